"""A run that is run again: what need not be done again is not, and what must be is."""

from __future__ import annotations

import asyncio
import sqlite3
from dataclasses import replace
from importlib import import_module
from pathlib import Path

import pytest

from tests.run.conftest import Play, Scripted, add, prompt
from tesuji.errors import RequestFailedError
from tesuji.models.base import Request
from tesuji.run import diagnoser, settled
from tesuji.run.budget import Budget, Meter
from tesuji.run.entry import Entry, base_entry
from tesuji.run.ledger import Ledger, finding_counts, iter_answers, list_runs, read_rates
from tesuji.run.progress import Progress
from tesuji.run.runner import run_entry
from tesuji.task.task import Task, load


def talk(request: Request) -> str:
    return f"Sure! Here is the sum: {add(request)}"


def conclusions(ledger: Ledger, run: int) -> dict[str, object]:
    return {row.sample: (row.state, row.answer, row.score) for row in iter_answers(ledger, run)}


def forget_answers(ledger: Ledger) -> None:
    """What a pass that concludes anew writes again, and one that need not leaves as it is."""
    with ledger.transaction() as connection:
        connection.execute("UPDATE answers SET answer = '-1'")


def concluded_anew(ledger: Ledger, run: int) -> bool:
    return all(row.answer != -1 for row in iter_answers(ledger, run))


def test_a_finished_run_is_not_gone_through_again(play: Play, ledger: Ledger) -> None:
    first = play(Scripted(talk))
    points = read_rates(ledger, first.id)
    forget_answers(ledger)
    seen: list[Progress] = []
    silent = Scripted(add)
    again = play(silent, watch=seen.append)
    assert not concluded_anew(ledger, again.id) and silent.asked == []
    assert (again.id, again.score, again.sent, again.cached) == (first.id, 1.0, 0, 20)
    assert (seen[-1].done, seen[-1].score, seen[-1].findings) == (20, 1.0, seen[-1].findings)
    assert seen[-1].findings["preamble"] == 1.0
    assert read_rates(ledger, first.id) == points


def test_what_could_conclude_otherwise_is_gone_through(
    play: Play, task: Task, entry: Entry, ledger: Ledger, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    run = play(Scripted(talk))
    changes: list[dict[str, object]] = [
        {"budget": Budget(requests=50)},
        {"task": replace(task, language="en")},
        {"task": replace(task, dev=(replace(task.dev[0], fields={"a": 5, "b": 6}), *task.dev[1:]))},
    ]
    for change in changes:
        forget_answers(ledger)
        assert play(Scripted(talk), **change).id == run.id
        assert concluded_anew(ledger, run.id), change
    forget_answers(ledger)
    monkeypatch.setattr(settled, "code_digest", lambda: "tomorrow's code")
    play(Scripted(talk))
    assert concluded_anew(ledger, run.id)
    monkeypatch.undo()
    (tmp_path / "competition.py").write_text("def parse(text):\n    return int(text.split()[-1])\n")
    own = load(tmp_path)
    ids = {play(Scripted(talk), task=own).id}
    forget_answers(ledger)
    ids.add(play(Scripted(talk), task=own).id)
    assert concluded_anew(ledger, ids.pop()) and not ids


def test_changed_weights_are_another_model(play: Play, ledger: Ledger) -> None:
    play(Scripted(talk))
    other = Scripted(talk)
    other.identity = "scripted, trained on"
    assert play(other).sent == 20


def test_a_draw_that_failed_is_asked_for_again_though_its_sample_is_answered(
    play: Play, entry: Entry
) -> None:
    voting = replace(entry, flow="vote", options={"n": 3})

    def reply(request: Request) -> str | Exception:
        broken = request.index == 2 and prompt(request) == "3+4="
        return RequestFailedError("status 500") if broken else add(request)

    first = play(Scripted(reply), entry=voting)
    assert (first.errors, first.answered) == (0, 20)
    healed = Scripted(add)
    play(healed, entry=voting)
    assert [(prompt(r), r.index) for r in healed.asked] == [("3+4=", 2)]


def test_findings_of_recorded_outputs_are_found_once(
    play: Play, entry: Entry, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = play(Scripted(talk))
    counts = finding_counts(ledger, first.id)
    assert counts["preamble"] == 20

    def fail(*arguments: object) -> list[object]:
        raise AssertionError("diagnosed again")

    monkeypatch.setattr(diagnoser, "diagnose", fail)
    cleaned = play(Scripted(talk), entry=replace(entry, clean=("preamble",)))
    assert (cleaned.answered, finding_counts(ledger, cleaned.id)) == (20, counts)


def test_other_detectors_diagnose_recorded_outputs_anew(
    play: Play, task: Task, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = play(Scripted(talk))
    monkeypatch.setattr(settled, "code_digest", lambda: "tomorrow's code")
    monkeypatch.setattr(diagnoser, "diagnose", lambda *arguments: [])
    play(Scripted(talk))
    assert finding_counts(ledger, run.id) == {}
    monkeypatch.undo()
    play(Scripted(talk))
    assert finding_counts(ledger, run.id)["preamble"] == 20


def test_a_run_says_what_all_its_passes_cost(
    play: Play, task: Task, entry: Entry, ledger: Ledger
) -> None:
    def meter(**limits: int) -> Meter:
        return Meter(Budget(**limits), price=lambda tokens_in, tokens_out: 0.5 * tokens_out)

    part = play(Scripted(add), meter=meter(requests=5))
    assert (part.sent, part.all_sent, part.fallbacks) == (5, 5, 15)
    whole = play(Scripted(add), meter=meter())
    assert (whole.sent, whole.all_sent) == (15, 20)
    texts = [str(row.answer) for row in iter_answers(ledger, whole.id)]
    assert whole.all_tokens_out == sum(map(len, texts)) > whole.tokens_out
    assert whole.all_usd == pytest.approx(0.5 * whole.all_tokens_out)
    assert whole.all_seconds > whole.seconds
    again = play(Scripted(add), meter=meter())
    assert (again.sent, again.all_sent, again.all_usd) == (0, 20, whole.all_usd)


def test_a_run_that_was_killed_has_told_its_cost(
    task: Task, entry: Entry, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_module("tesuji.run.working"), "_SPENT_SECONDS", 0.0)
    told: list[int] = []

    def reply(request: Request) -> str:
        told.append(list_runs(ledger)[0].all_sent)  # as another process would find it
        return add(request)

    model = Scripted(reply, seconds=0.02)
    asyncio.run(run_entry(task, entry, task.dev, split="dev", model=model, ledger=ledger))
    assert told[-1] >= 8 and told == sorted(told)


def test_a_ledger_of_an_older_tesuji_keeps_its_costs(tmp_path: Path) -> None:
    from tesuji.run.ledger.schema import MIGRATIONS

    with sqlite3.connect(tmp_path / "l.db") as connection:
        for migration in MIGRATIONS[:2]:
            connection.executescript(migration)
        connection.execute("PRAGMA user_version = 2")
        connection.execute(
            "INSERT INTO runs (entry, model, entry_digest, entry_table, task_digest, split, "
            "samples_digest, total, state, metric, sent, tokens_in, usd, seconds, started) "
            "VALUES ('e', 'm', 'd', '{}', 't', 'dev', 's', 1, 'finished', 'exact', 7, 9, 0.5, 2, 0)"
        )
        connection.execute("INSERT INTO answers VALUES (1, 'a', 'answered', 1, '1', NULL, NULL)")
    with Ledger(tmp_path / "l.db") as ledger:
        (run,) = list_runs(ledger)
        assert (run.all_sent, run.all_tokens_in, run.all_usd, run.all_seconds) == (7, 9, 0.5, 2)
        assert [row.answer for row in iter_answers(ledger, run.id)] == [1]


def test_three_thousand_recorded_samples_take_no_time(
    tmp_path: Path, task: Task, ledger: Ledger
) -> None:
    rows = [f"d{n},{n},{n + 1},{2 * n + 1}" for n in range(3_000)]
    (tmp_path / "dev.csv").write_text("id,a,b,sum\n" + "\n".join(rows) + "\n")
    large = load(tmp_path)
    model = Scripted(add)
    model.concurrency = 64

    def run() -> float:
        meter = Meter()
        started = run_entry(
            large, base_entry(large), large.dev, split="dev", model=model, ledger=ledger,
            meter=meter,
        )  # fmt: skip
        assert asyncio.run(started).answered == 3_000
        return meter.seconds

    first = run()
    assert len(model.asked) == 3_000
    assert run() < min(2.0, first / 4) and len(model.asked) == 3_000
