"""`baseline:METHOD` as a model: run, recorded, resumed, never stale, and judged like any other."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from pathlib import Path

import pytest

import tesuji as tj
from tesuji.baselines.model import BaselineModel
from tesuji.baselines.uri import parse_uri
from tesuji.diagnose import diagnose
from tesuji.errors import ConfigError, InputError, MissingExtraError, RequestFailedError
from tesuji.models.base import COMPUTED, Output, Request
from tesuji.models.registry import open_model
from tesuji.run.entry import Entry, baseline_entry
from tesuji.run.fitting import training_pool
from tesuji.run.opening import open_for
from tesuji.task.sample import Message
from tesuji.task.template import PromptTemplate

TOML = """
name = "reverse"
metric = "exact"
[data]
train = "train.csv"
dev = "dev.csv"
test = "test.csv"
id = "id"
target = "answer"
[answer]
format = "text"
[prompt]
user = "Reverse: {text}"
"""
WORDS = [
    "apple",
    "river",
    "stone",
    "cloud",
    "green",
    "seven",
    "happy",
    "quiet",
    "lemon",
    "tiger",
    "東京都",
    "大阪府",
    "noon",
    "piano",
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "competition.toml").write_text(TOML, encoding="utf-8")
    rows = [f"{at},{word},{word[::-1]},seen" for at, word in enumerate(WORDS)]
    for name, part in (("train", rows), ("dev", [f"d{row}" for row in rows[:8]])):
        text = "id,text,answer,why\n" + "\n".join(part) + "\n"
        (tmp_path / f"{name}.csv").write_text(text, encoding="utf-8")
    (tmp_path / "test.csv").write_text("id,text\nt0,water\nt1,\n", encoding="utf-8")
    return tmp_path


def outputs(folder: Path) -> dict[str, str]:
    """What was recorded: the text of the first field of each prompt, and the output."""
    with sqlite3.connect(folder / "ledger.db") as ledger:
        rows = ledger.execute(
            "SELECT messages, body FROM outputs JOIN prompts ON prompts.id = outputs.prompt "
            "JOIN texts ON texts.output = outputs.id"
        ).fetchall()
    return {json.loads(m)[-1][1] if isinstance(json.loads(m)[-1], list) else
            json.loads(m)[-1]["content"]: body for m, body in rows}  # fmt: skip


def test_it_is_run_resumed_and_submitted_like_any_model(folder: Path) -> None:
    task = tj.load(folder)
    report = tj.run(task, model="baseline:rules")
    assert report.score == 1.0 and report.run.sent == 8 and report.run.tokens_out == 0
    assert report.run.entry == "baseline-rules" and not report.findings
    saved = tj.load_entry(folder, "baseline-rules")
    assert saved == baseline_entry("baseline:rules") and saved.prompt == PromptTemplate("{*}")
    assert tj.run(tj.load(folder), model="baseline:rules").run.sent == 0
    assert tj.run(tj.load(folder), entry="baseline-rules").run.sent == 0
    tj.predict(tj.load(folder))
    assert (folder / "submission.csv").read_text(encoding="utf-8") == "id,answer\nt0,retaw\nt1,-\n"
    row = json.loads(next(iter(outputs(folder))))
    assert set(row) == {"id", "text"}  # neither the target nor what the test rows lack


def test_recorded_answers_are_never_those_of_other_rows(folder: Path) -> None:
    def identity() -> str:
        return open_for(tj.load(folder), baseline_entry("baseline:rules")).identity

    before = identity()
    assert before == identity()
    dev = folder / "dev.csv"
    dev.write_text(dev.read_text(encoding="utf-8").replace("elppa", "apple"), encoding="utf-8")
    assert identity() == before  # the dev split is no part of it
    train = folder / "train.csv"
    text = train.read_text(encoding="utf-8")
    train.write_text(text.replace("elppa", "apple"), encoding="utf-8")
    assert identity() != before
    train.write_text(text, encoding="utf-8")
    toml = folder / "competition.toml"
    toml.write_text(TOML + '[models."baseline:rules"]\nseed = 1\n', encoding="utf-8")
    assert identity() != before


def test_the_pool_holds_no_dev_row_no_id_and_no_column_of_training_alone(folder: Path) -> None:
    pool = training_pool(tj.load(folder))
    assert pool.columns == ("text",) and len(pool) == len(WORDS)


def answers(task: tj.Task, entry: Entry, *prompts: str) -> list[Output]:
    async def ask() -> list[Output]:
        model = open_for(task, entry)
        try:
            requests = [Request((Message("user", prompt),)) for prompt in prompts]
            return list(await asyncio.gather(*map(model.generate, requests)))
        finally:
            await model.close()

    return asyncio.run(ask())


def test_under_another_prompt_rows_are_known_by_what_is_asked_about_them(folder: Path) -> None:
    """So it can stand before an LLM in a cascade, where both get one prompt."""
    task = tj.load(folder)
    entry = Entry("first", "baseline:rules?sure", task.template)
    got = answers(task, entry, "Reverse: apple", "Reverse: water", "Reverse: nowhere")
    assert [output.text for output in got] == ["elppa", "retaw", ""]
    assert {output.finish for output in got} == {COMPUTED}
    assert open_for(task, entry).identity != open_for(
        task, Entry("e", "baseline:rules?sure", PromptTemplate("{*}"))).identity  # fmt: skip


def test_sure_leaves_out_what_it_would_only_guess(folder: Path) -> None:
    task = tj.load(folder)
    row = json.dumps({"text": "water"})
    (guessed,) = answers(task, baseline_entry("baseline:constant"), row)
    (nothing,) = answers(task, baseline_entry("baseline:constant?sure"), row)
    assert guessed.text in {word[::-1] for word in WORDS} and nothing.text == ""
    (rule,) = answers(task, baseline_entry("baseline:rules?sure"), row)
    assert rule.text == "retaw"


def test_what_was_computed_has_no_findings() -> None:
    """A copied column is in whatever language it is, and no answer is none."""
    request = Request((Message("user", "What is the title of this text?"),))
    text = "はい、わかりました。日本語の長い文章がここにあります。"
    assert diagnose(Output(text, "stop"), request, language="en")
    assert not diagnose(Output(text, COMPUTED), request, language="en")
    assert not diagnose(Output("", COMPUTED), request)


def test_what_cannot_be_is_said_in_one_line(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    task = tj.load(folder)
    with pytest.raises(ConfigError, match=r"no baseline 'ruls'; did you mean 'rules'"):
        tj.run(task, model="baseline:ruls")
    with pytest.raises(ConfigError, match="only \\?sure may follow"):
        tj.run(task, model="baseline:rules?maybe")
    with pytest.raises(ConfigError, match="names no method; there are: constant"):
        tj.run(task, model="baseline:")
    with pytest.raises(ConfigError, match="run it there"):
        open_model("baseline:rules")
    with pytest.raises(InputError, match="baseline:linear cannot be fitted: the targets are free"):
        tj.run(task, model="baseline:linear")
    toml = folder / "competition.toml"
    toml.write_text(TOML + '[models."baseline:rules"]\nsteps = 1\n', encoding="utf-8")
    with pytest.raises(ConfigError, match=r"has the options seed .* and seconds .* not steps"):
        tj.run(tj.load(folder), model="baseline:rules")
    pool = training_pool(task)
    with pytest.raises(RequestFailedError, match=r"its prompt must be \{\*\}"):
        asyncio.run(BaselineModel(parse_uri("baseline:copy"), pool).generate(
            Request((Message("user", "[1]"),))))  # fmt: skip
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(MissingExtraError, match=r"baseline:neighbours needs .*tesuji\[baseline\]"):
        tj.run(task, model="baseline:neighbours")
    assert not (folder / "ledger.db").exists()
