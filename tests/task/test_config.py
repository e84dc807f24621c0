"""competition.toml: what is read, and every mistake as one line with file and key."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tesuji.errors import ConfigError
from tesuji.task.config import Price, read_config

Write = Any

LEAST = """
[data]
train = "train.csv"
target = "answer"
[prompt]
user = "{question}"
"""

FULL = """
name = "全部"
metric = { name = "numeric", tolerance = 0.01 }
language = "ja"
model = "nano"
[data]
train = "data/train.csv"
test = "/elsewhere/test.csv"
id = "key"
target = "answer"
fields = ["question", "key"]
submission = ["key", "answer"]
[split]
dev = 200
seed = 7
stratify = "kind"
[answer]
format = "number"
tolerance = 0.5
fallback = 0
[prompt]
system = "You are terse."
user = "{question}"
examples = 3
[sampling]
temperature = 0
stop = ["\\n"]
[limits]
seconds = 32400
usd = 0.5
[prices."openai:gpt-x"]
input = 0.15
output = 0.6
"""


def test_the_least_file_gets_defaults(write: Write, tmp_path: Path) -> None:
    path = write("competition.toml", LEAST)
    config = read_config(tmp_path)
    assert config == read_config(path)
    assert config.name == tmp_path.name
    assert config.data.train == tmp_path / "train.csv" and config.data.target == ("answer",)
    assert (config.split.dev, config.split.seed) == (0.2, 0)
    assert config.answer.format == "text" and config.prompt.examples == 0
    assert config.metric is None and config.limits == {} and config.prices == {}


def test_a_full_file(write: Write, tmp_path: Path) -> None:
    write("competition.toml", b"\xef\xbb\xbf" + FULL.replace("\n", "\r\n").encode())
    config = read_config(tmp_path)
    assert config.name == "全部" and config.language == "ja"
    assert (config.metric, config.metric_options) == ("numeric", {"tolerance": 0.01})
    assert config.data.train == tmp_path / "data" / "train.csv"
    assert config.data.test == Path("/elsewhere/test.csv")
    assert config.data.fields == ("question", "key")
    assert config.split.stratify == "kind"
    assert config.answer.options == {"tolerance": 0.5} and config.answer.fallback == 0
    assert config.sampling == {"temperature": 0, "stop": ("\n",)}
    assert config.limits == {"seconds": 32400, "usd": 0.5}
    assert config.prices == {"openai:gpt-x": Price(0.15, 0.6)}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ('nmae = "x"', "nmae: unknown key; did you mean 'name'?"),
        ("name = 3", "name: must be a text, not 3"),
        ("metric = 3", "metric: must be a metric's name"),
        ("metric = { tolerance = 1 }", "[metric] name: missing"),
        ('language = "English"', "language: must be a language code"),
        ('data = "train.csv"', "data: must be a table, not 'train.csv'"),
        ('data = { train = "a.csv" }', "[data] target: missing"),
        ('data = { train = "../a.csv", target = "t" }', "'../a.csv' leads out of"),
        ('data = { train = "a.csv", target = "t", fields = ["t"] }', "[data] fields: 't' is the"),
        ('data = { train = "a.csv", target = "t", id = "t" }', "[data] id: 't' is the target"),
        ('data = { train = "a.csv", target = "t", submission = ["a"] }', "[data] submission: must"),
        ('data = { train = "a.csv", target = ["t", "t"] }', "[data] target: must be the column"),
        ("prompt = { system = 'x' }", "[prompt] user: missing"),
        ("prompt = { user = '{a}', examples = -1 }", "[prompt] examples: must be a count"),
        ("prompt = { user = '{a}', examples = true }", "[prompt] examples: must be a count"),
        ("split = { dev = 1.5 }", "[split] dev: must be a fraction between 0 and 1"),
        ("split = { dev = 0 }", "[split] dev: must be a fraction"),
        ("split = { seed = 0.5 }", "[split] seed: must be a whole number, not 0.5"),
        ("split = { group = 'a', stratify = true }", "stratify and group exclude each other"),
        ("sampling = { temprature = 1 }", "[sampling] temprature: unknown key; did you mean 'temp"),
        ("sampling = { temperature = nan }", "[sampling] temperature: must be a number"),
        ("sampling = { stop = 'x' }", "[sampling] stop: must be a list"),
        ("limits = { seconds = 0 }", "[limits] seconds: must be a number above 0, not 0"),
        ("limits = { requests = 1.5 }", "[limits] requests: must be a whole number"),
        ("prices = { nano = { input = 1 } }", '[prices."nano"] output: missing'),
        ("prices = { nano = 3 }", 'prices."nano": must be a table'),
        ("answer = { format = 3 }", "[answer] format: must be an answer format's name"),
        ("= 3", "not TOML"),
    ],
)
def test_mistakes_are_named(write: Write, tmp_path: Path, change: str, said: str) -> None:
    lines = {"data": 'data = { train = "a.csv", target = "t" }', "prompt": 'prompt = {user = "x"}'}
    lines[change.split(" =")[0]] = change
    path = write("competition.toml", "\n".join(lines.values()) + "\n")
    with pytest.raises(ConfigError) as caught:
        read_config(tmp_path)
    text = str(caught.value)
    assert said in text and text.startswith(f"{path}: ") and "\n" not in text


@pytest.mark.parametrize("section", ["data", "prompt"])
def test_missing_sections(write: Write, tmp_path: Path, section: str) -> None:
    write("competition.toml", LEAST.replace(f"[{section}]", "[split]").split("[split]")[0])
    with pytest.raises(ConfigError, match=r"\[data\] is missing|\[prompt\] is missing"):
        read_config(tmp_path)


def test_a_dev_file_leaves_nothing_to_split(write: Write, tmp_path: Path) -> None:
    text = LEAST.replace("target", 'dev = "dev.csv"\ntarget') + "[split]\nseed = 1\n"
    write("competition.toml", text)
    with pytest.raises(ConfigError, match=r"\[split\] seed: the dev split is the file"):
        read_config(tmp_path)


def test_no_file_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no such file; make a competition by: tesuji new"):
        read_config(tmp_path)
    with pytest.raises(ConfigError, match="no such file"):
        read_config(tmp_path / "no" / "competition.toml")


def test_not_utf8(write: Write, tmp_path: Path) -> None:
    write("competition.toml", 'name = "日本"'.encode("cp932"))
    with pytest.raises(ConfigError, match="byte 8: not UTF-8"):
        read_config(tmp_path)
