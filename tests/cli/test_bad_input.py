"""What a user can get wrong: one clear line, exit code 2, nothing written."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.cli.terminal import Said, Tesuji, best_of, contents

Refused = Callable[..., Said]


@pytest.fixture
def refused(tesuji: Tesuji, tmp_path: Path) -> Refused:
    """Runs a command that must be refused, naming `words`, and must write nothing."""

    def run(*arguments: object, words: tuple[str, ...]) -> Said:
        before = contents(tmp_path)
        said = tesuji(*arguments)
        assert said.code == 2
        assert said.err.startswith("error: ") and said.err.count("\n") == 1, said.err
        assert said.out == "" and "Traceback" not in said.err
        for word in words:
            assert word in said.err
        assert contents(tmp_path) == before
        return said

    return run


TOML = """
name = "small"
metric = "exact"
model = "nano"
[data]
id = "id"
train = "train.csv"
test = "test.csv"
target = "answer"
submission = ["id", "answer"]
[split]
dev = 2
[prompt]
user = "Say {text}"
"""
TRAIN = "id,text,answer\n1,a,b\n2,c,d\n3,e,f\n4,g,h\n"


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small competition; the current folder."""
    folder = tmp_path / "small"
    folder.mkdir()
    (folder / "competition.toml").write_text(TOML)
    (folder / "train.csv").write_text(TRAIN)
    (folder / "test.csv").write_text("id,text\n8,i\n9,j\n")
    monkeypatch.chdir(folder)
    return folder


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ('train = "train.csv"', 'train = "gone.csv"', ("gone.csv",)),
        ('target = "answer"', 'target = "reply"', ("train.csv", "reply", "answer")),
        ('target = "answer"', "", ("competition.toml", "target")),
        ('name = "small"', "name = ", ("competition.toml", "line 2")),
        ("Say {text}", "Say {word}", ("word", "text")),
        ('metric = "exact"', 'metric = "auc"', ("auc", "text")),
        ('metric = "exact"', 'metric = "exat"', ("exat", "exact")),
        ("[split]", "[splt]", ("splt", "split")),
        ('[prompt]', '[answer]\nformat = "integer"\n[prompt]', ("train.csv", "answer", "'b'")),
    ],
)  # fmt: skip
def test_a_wrong_competition(
    refused: Refused, small: Path, before: str, after: str, words: tuple[str, ...]
) -> None:
    assert before in TOML
    (small / "competition.toml").write_text(TOML.replace(before, after))
    for verb in (("first",), ("run",), ("predict",), ("check", "train.csv")):
        refused(*verb, words=words)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (TRAIN.replace("3,e", "2,e").encode(), ("train.csv", "4", "id", "'2'")),
        (b"", ("train.csv", "empty")),
        (b"id,text,answer\n", ("train.csv",)),
        (TRAIN.replace("a,b", "é,b").encode("latin-1"), ("train.csv", "UTF-8")),
        (TRAIN.replace("a,b", "a").encode(), ("train.csv", "2")),
    ],
)  # fmt: skip
def test_wrong_data(refused: Refused, small: Path, data: bytes, words: tuple[str, ...]) -> None:
    (small / "train.csv").write_bytes(data)
    refused("run", words=words)


def test_no_competition_here(refused: Refused, tmp_path: Path) -> None:
    refused("run", "-C", tmp_path, words=("competition.toml", "tesuji new"))
    refused("run", "-C", tmp_path / "gone", words=("gone",))


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--model", "nanoo"), ("nanoo", "nano", "openai:NAME")),
        (("--model", "foo:bar"), ("foo", "replay:FILE")),
        (("--model", "openai:gpt-4o"), ("OPENAI_API_KEY",)),
        (("--model", "http://127.0.0.1:9/v1#x"), ("http://127.0.0.1:9/v1", "running")),
        (("--model", "replay:gone.jsonl"), ("gone.jsonl", "no such file")),
        (("--model", "onnx:gone"), ("gone",)),
        (("--entry", "gone"), ("gone", "none yet")),
        (("--clean", "polish"), ("polish", "echo, loop, preamble")),
        (("--flow", "float"), ("float", "vote")),
        (("--flow", "vote", "--option", "n"), ("--option n", "NAME=VALUE")),
        (("--flow", "vote", "--option", "m=3"), ("'m'", "n")),
        (("--user", "Say {word}"), ("word", "text")),
        (("--temperature", "-1"), ("temperature", "0")),
        (("--max-tokens", "0"), ("max_tokens", "1")),
        (("--examples", "-1"), ("examples", "0")),
        (("--name", "../up", "--clean", "loop"), ("../up", "letters")),
        (("--split", "devv"), ("devv", "dev")),
        (("--bogus",), ("--bogus", "see: tesuji ", "--help")),
    ],
)  # fmt: skip
def test_wrong_options(
    refused: Refused, small: Path, arguments: tuple[str, ...], words: tuple[str, ...]
) -> None:
    name = () if "--name" in arguments else ("--name", "challenger")
    refused("run", *arguments, *(() if "--entry" in arguments else name), words=words)
    refused("first", *arguments, words=words)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--requests", "0"), ("requests", "0")),
        (("--seconds", "-1"), ("seconds",)),
        (("--seconds", "soon"), ("--seconds", "soon", "--help")),
        (("--limit", "0"), ("limit", "1")),
    ],
)
def test_wrong_limits(
    refused: Refused, small: Path, arguments: tuple[str, ...], words: tuple[str, ...]
) -> None:
    refused("run", *arguments, words=words)


@pytest.mark.skipif(find_spec("vllm") is not None, reason="vllm is installed here")
def test_a_missing_package_names_its_extra(refused: Refused, small: Path) -> None:
    refused("run", "--model", "vllm:x", words=("vllm", "pip install 'tesuji[vllm]'"))


def test_an_unknown_command(refused: Refused) -> None:
    refused("rum", words=("rum", "tesuji --help"))


def test_tesuji_alone_shows_its_help(tesuji: Tesuji) -> None:
    said = tesuji()
    assert "Usage: " in said.err and "demo" in said.err and "error" not in said.err


def test_no_such_run(refused: Refused, played: Path) -> None:
    for arguments in (("show", 99), ("compare", 1, 99), ("diagnose", 99)):
        refused(*arguments, words=("no run 99", "tesuji runs"))
    refused("show", "nobody", words=("no run of 'nobody'", "2 (base+preamble)"))
    refused("show", 1, "no-such-sample", words=("no-such-sample", "run 1"))
    refused("compare", 1, 7, words=("split", "dev", "test"))


def test_a_corrupt_ledger(refused: Refused, small: Path) -> None:
    (small / "ledger.db").write_bytes(b"no database at all, but long enough to be read as one" * 40)
    for arguments in (("run",), ("runs",), ("show", 1), ("predict",), ("diagnose",)):
        refused(*arguments, words=("ledger.db", "move it away"))


def test_a_ledger_of_a_later_version(refused: Refused, small: Path) -> None:
    with sqlite3.connect(small / "ledger.db") as ledger:
        ledger.execute("PRAGMA journal_mode = WAL")
        ledger.execute("PRAGMA user_version = 9999")
    ledger.close()
    refused("runs", words=("ledger.db",))


def test_predict_without_a_test_split(refused: Refused, small: Path) -> None:
    (small / "competition.toml").write_text(TOML.replace('test = "test.csv"\n', ""))
    refused("predict", words=("competition.toml", "test"))


def test_predict_without_the_columns_of_a_submission(refused: Refused, small: Path) -> None:
    unsaid = TOML.replace('submission = ["id", "answer"]\n', "").replace('id = "id"\n', "")
    (small / "competition.toml").write_text(unsaid)
    refused("predict", words=("competition.toml", "submission"))


def test_predict_is_for_the_test_split(refused: Refused, small: Path) -> None:
    refused("predict", "--split", "dev", words=("test", "dev"))


def test_an_output_that_cannot_be_written(refused: Refused, small: Path) -> None:
    """It is said before the model is asked, not after."""
    refused("predict", "-o", "no/such/folder.csv", words=("no/such/folder.csv", "make it"))
    refused("predict", "-o", ".", words=("a folder",))
    refused("predict", "-o", "answers.xlsx", words=("answers.xlsx", ".csv"))


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_without_permission(refused: Refused, small: Path) -> None:
    small.chmod(0o500)
    try:
        refused("run", words=("ledger.db", "permission"))
        refused("predict", words=("submission.csv", "permission"))
    finally:
        small.chmod(0o700)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("new", "x"), ("--like", "--from")),
        (("new", "x", "--like", "no-such"), ("no-such", "llm-prompt-reverse")),
        (("new", "x", "--like", "llm-prompt-reverse", "--target", "y"), ("--target", "--from")),
        (("new", "x", "--from", "train.csv"), ("--target",)),
        (("new", "x", "--from", "gone.csv", "--target", "y"), ("gone.csv", "no such file")),
        (("new", "x", "--from", "train.csv", "--target", "y"), ("train.csv", "'y'", "answer")),
        (("new", "train.csv", "--like", "llm-prompt-reverse"), ("train.csv", "a file")),
        (("new", "train.csv/x", "--like", "llm-prompt-reverse"), ("train.csv/x",)),
        (("new",), ("NAME", "tesuji new --help")),
        (("diagnose", "gone.jsonl"), ("gone.jsonl", "no such file")),
        (("diagnose", "train.csv"), ("train.csv", "'output'", "text")),
        (("diagnose", "train.csv", "--text", "text", "--language", "english"), ("english",)),
        (("doctor", "--model", "nope:x"), ("nope",)),
        (("first", "-n", "0"), ("0",)),
        (("show", "1", "-n", "x"), ("'x'", "--help")),
    ],
)  # fmt: skip
def test_wrong_arguments(
    refused: Refused, small: Path, arguments: tuple[str, ...], words: tuple[str, ...]
) -> None:
    refused(*arguments, words=words)


def test_new_overwrites_no_data(refused: Refused, small: Path) -> None:
    (small / "x" / "data").mkdir(parents=True)
    (small / "x" / "data" / "train.csv").write_text("mine")
    refused("new", "x", "--like", "llm-prompt-reverse", words=("train.csv", "exists"))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("id,answer\n8,x\n", ("missing", "9")),
        ("id,answer\n8,x\n9,y\n10,z\n", ("line 4", "10", "test.csv")),
        ("id,answer\n8,x\n8,y\n9,z\n", ("line 3", "again", "8")),
        ("id,reply\n8,x\n9,y\n", ("line 1", "id,answer", "reply")),
        ("id,answer\n8,x\n9,\n", ("line 3", "empty")),
        ("", ("empty",)),
        (None, ("no such file",)),
    ],
)
def test_a_submission_that_is_not_valid(
    tesuji: Tesuji, small: Path, text: str | None, words: tuple[str, ...]
) -> None:
    if text is not None:
        (small / "submission.csv").write_text(text)
    said = tesuji("check")
    assert said.code == 2 and said.err == ""
    assert said.out.startswith("✗ submission.csv is not a valid submission:\n  submission.csv")
    for word in words:
        assert word in said.out
    machine = tesuji("check", "--json")
    assert machine.code == 2 and machine.json["valid"] is False and machine.json["problems"]


def test_an_entry_of_that_name_is_there_already(tesuji: Tesuji, played: Path) -> None:
    name = best_of(played)
    before = (played / "entries" / f"{name}.toml").read_bytes()
    said = tesuji("run", "--name", name, "--clean", "loop")
    assert said.code == 2 and "take another --name" in said.err
    assert (played / "entries" / f"{name}.toml").read_bytes() == before
