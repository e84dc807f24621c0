"""`try baseline`: the floor, before any run or against the best one."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import tesuji as tj
from tesuji.baselines.methods import METHODS
from tesuji.cli import main
from tesuji.competitions import create_competition
from tesuji.errors import ConfigError, InputError

FAST = {"methods": ("constant", "copy", "rules")}


@pytest.fixture
def reverse(tmp_path: Path) -> Path:
    create_competition("llm-prompt-reverse", tmp_path)
    return tmp_path


def test_it_finds_the_rule_before_there_is_any_run(reverse: Path) -> None:
    report = tj.try_move(tj.load(reverse), "baseline", **FAST)
    assert report.kept and report.tried.winner is not None
    assert report.tried.winner.run.entry == "baseline-rules"
    assert report.tried.winner.run.score == 0.0
    (table,) = report.tried.tables
    rows = {row[0]: row for row in table.rows}
    assert set(rows) == {"constant", "copy", "rules"}
    assert "reverse(original), fits 100 of 100 training rows" in str(rows["rules"][3])
    assert rows["rules"][1:3] == (0.0, 0.0)  # on training rows that it had not seen, and on dev
    for name, _, dev, _ in table.rows:
        runs = [attempt.trial.run for attempt in report.tried.attempts]
        assert [run.score for run in runs if run.model == f"baseline:{name}"] == [dev]
    relevance = report.tried.relevance
    assert relevance.cost == 0 and relevance.gain == 1.0 and "no run yet" in relevance.why
    again = tj.try_move(tj.load(reverse), "baseline", **FAST)
    assert not any(attempt.trial.run.sent for attempt in again.tried.attempts)
    assert "is a baseline" in again.tried.relevance.why and again.tried.relevance.gain == 0.0
    assert "reverse(original)" in str(again.tried.tables[0].rows)


def test_it_is_judged_against_the_best_run(reverse: Path) -> None:
    said = reverse / "said.jsonl"
    task = tj.load(reverse)
    lines = [{"prompt": f"Reverse the string: {s.fields['original']}", "output": "oops"}
             for s in task.dev]  # fmt: skip
    said.write_text("\n".join(map(json.dumps, lines)) + "\n")
    base = tj.run(task, model=f"replay:{said}")
    report = tj.try_move(task, "baseline", **FAST)
    assert report.kept and report.tried.among == 3
    assert {a.added for a in report.tried.attempts} == {
        ("baseline:constant",), ("baseline:copy",), ("baseline:rules",)}  # fmt: skip
    assert report.tried.winner is not None
    assert report.tried.winner.comparison is not None
    assert report.tried.winner.comparison.verdict == "better"
    assert tj.runs(task).best == {report.tried.winner.run.id} != {base.run.id}


def test_only_methods_that_fit_are_tried_and_the_others_say_why(tmp_path: Path) -> None:
    rows = "\n".join(f"{'ab' * (n % 2 + 1)} {n},{'xy'[n % 2]}" for n in range(40))
    (tmp_path / "train.csv").write_text(f"text,label\n{rows}\n")
    (tmp_path / "competition.toml").write_text(
        'metric = "log_loss"\n[data]\ntrain = "train.csv"\ntarget = "label"\n'
        '[answer]\nformat = "probabilities"\nlabels = ["x", "y"]\n[prompt]\nuser = "{text}"\n'
        '[models."baseline:boosted"]\nseconds = 5\n[models."baseline:linear"]\nseconds = 5\n'
    )
    report = tj.try_move(tj.load(tmp_path), "baseline")
    tried = {attempt.trial.run.entry for attempt in report.tried.attempts}
    assert tried == {f"baseline-{name}" for name in METHODS if name != "rules"}
    said = {row[0]: row for row in report.tried.tables[0].rows}
    why = "– (rules give no answers of the format 'probabilities')"
    assert said["rules"][1:] == (None, None, why)
    scores = {a.trial.run.entry: a.trial.run.score for a in report.tried.attempts}
    assert scores["baseline-linear"] < scores["baseline-constant"] / 2


def test_bad_settings_are_one_line(reverse: Path) -> None:
    task = tj.load(reverse)
    with pytest.raises(ConfigError, match="no baseline 'magic'"):
        tj.try_move(task, "baseline", methods=("magic",))
    with pytest.raises(InputError, match="baseline:boosted cannot be fitted: the targets are free"):
        tj.try_move(task, "baseline", methods=("boosted",))


def test_at_the_terminal(reverse: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def said(*arguments: str) -> str:
        with pytest.raises(SystemExit) as exit:
            main(["try", "baseline", "-C", str(reverse), *arguments])
        out = capsys.readouterr().out
        assert not exit.value.code, out
        return out

    seen = " ".join(said("--option", "methods=constant,rules").split())
    assert "reverse(original), fits 100 of 100" in seen
    assert "baseline-rules is the best now" in seen
    machine = json.loads(said("--option", "methods=rules", "--json"))
    assert machine["tables"][0]["rows"]
