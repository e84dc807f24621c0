"""A run: every sample answered, everything recorded, nothing paid for twice."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace
from pathlib import Path

import pytest

from tests.run.conftest import Play, Scripted, add, prompt
from tesuji.errors import (
    CapabilityError,
    ConfigError,
    ModelUnavailableError,
    RequestFailedError,
)
from tesuji.models.base import Request, Sampling
from tesuji.run.budget import Budget, Meter
from tesuji.run.entry import Entry, base_entry
from tesuji.run.ledger import (
    Ledger,
    find_output,
    finding_rates,
    iter_answers,
    iter_records,
    list_runs,
    output_key,
)
from tesuji.run.runner import run_entry
from tesuji.task.task import Task, load


def states(ledger: Ledger, run: int) -> dict[str, str]:
    return {row.sample: row.state for row in iter_answers(ledger, run)}


def test_every_sample_is_answered_and_scored(play: Play, ledger: Ledger) -> None:
    run = play(Scripted(add))
    assert (run.state, run.score, run.answered, run.sent) == ("finished", 1.0, 20, 20)
    assert run.low is not None and run.low > 0.8
    assert run.high == 1.0
    answers = {row.sample: row.answer for row in iter_answers(ledger, run.id)}
    assert answers["d7"] == 15
    assert ledger.rows("PRAGMA foreign_key_check") == []


def test_what_was_sent_is_recorded_to_the_letter(play: Play, ledger: Ledger) -> None:
    model = Scripted(add)
    run = play(model)
    record = next(iter_records(ledger, run.id, sample="d3"))
    assert [(m.role, m.content) for m in record.messages] == [("user", "3+4=")]
    assert record.output is not None and record.output.text == "7"
    assert record.row.score == 1.0


def test_a_finished_run_sends_nothing_when_run_again(play: Play, ledger: Ledger) -> None:
    first = play(Scripted(add))
    again = Scripted(add)
    second = play(again)
    assert again.asked == []
    assert (second.id, second.score, second.sent, second.cached) == (first.id, 1.0, 0, 20)
    assert len(list_runs(ledger)) == 1


def test_a_cleaner_is_tried_without_asking_again(
    play: Play, ledger: Ledger, tmp_path: Path
) -> None:
    (tmp_path / "competition.toml").write_text(
        (tmp_path / "competition.toml")
        .read_text()
        .replace('format = "integer"', "format = 'text'\npattern = '[0-9]+'")
        .replace("accuracy", "exact")
    )
    task = load(tmp_path)
    model = Scripted(lambda request: f"Sure! Here is the answer: {add(request)}")
    before = play(model, task=task)
    assert (before.score, before.unparsed) == (0.0, 20)
    assert finding_rates(ledger, before.id)["preamble"] == 1.0
    after = play(model, task=task, entry=replace(base_entry(task), clean=("preamble",)))
    assert (after.score, after.sent, after.cached) == (1.0, 0, 20)
    assert after.id != before.id


def test_a_failed_request_is_no_wrong_answer(play: Play, ledger: Ledger) -> None:
    def reply(request: Request) -> str | Exception:
        if prompt(request) in ("3+4=", "5+6="):
            return RequestFailedError("status 500, four times")
        return add(request)

    run = play(Scripted(reply))
    assert (run.errors, run.answered, run.score) == (2, 18, 1.0)
    failed = next(iter_records(ledger, run.id, sample="d3"))
    assert (failed.row.state, failed.row.score) == ("error", None)
    assert failed.row.reason == "status 500, four times"

    healed = Scripted(add)
    again = play(healed)
    assert sorted(map(prompt, healed.asked)) == ["3+4=", "5+6="]
    assert (again.errors, again.answered) == (0, 20)


def test_what_cannot_be_read_gets_the_fallback_and_is_counted(play: Play, ledger: Ledger) -> None:
    run = play(Scripted(lambda request: "I would rather not."))
    assert (run.unparsed, run.answered, run.score) == (20, 0, 0.0)
    answers = [row.answer for row in iter_answers(ledger, run.id)]
    assert answers == [0] * 20


def test_the_model_gone_ends_the_run_and_the_next_goes_on(play: Play, ledger: Ledger) -> None:
    asked = 0

    def reply(request: Request) -> str | Exception:
        nonlocal asked
        asked += 1
        return add(request) if asked <= 8 else ModelUnavailableError("no such model")

    with pytest.raises(ModelUnavailableError, match="no such model"):
        play(Scripted(reply))
    (run,) = list_runs(ledger)
    assert (run.state, run.reason) == ("stopped", "no such model")

    rest = Scripted(add)
    done = play(rest)
    assert done.id == run.id
    assert done.state == "finished"
    assert len(rest.asked) == 12
    assert done.cached == 8


def test_a_halted_run_stops_clean_and_goes_on_later(
    task: Task, entry: Entry, ledger: Ledger, play: Play
) -> None:
    meter = Meter()
    asked = 0

    def reply(request: Request) -> str:
        nonlocal asked
        asked += 1
        if asked == 6:
            meter.halt("interrupted")
        return add(request)

    model = Scripted(reply, seconds=0.001)
    run = asyncio.run(
        run_entry(task, entry, task.dev, split="dev", model=model, ledger=ledger, meter=meter)
    )
    assert (run.state, run.reason) == ("stopped", "interrupted")
    assert run.fallbacks == 0
    recorded = ledger.row("SELECT COUNT(*) FROM outputs")
    assert recorded == (len(model.asked),)

    rest = Scripted(add)
    assert play(rest).state == "finished"
    assert len(rest.asked) == 20 - len(model.asked)


def test_within_the_requests_and_an_answer_for_every_sample(play: Play, ledger: Ledger) -> None:
    model = Scripted(add)
    run = play(model, budget=Budget(requests=5))
    assert len(model.asked) == 5
    assert (run.state, run.answered, run.fallbacks) == ("finished", 5, 15)
    assert states(ledger, run.id).keys() == {f"d{n}" for n in range(20)}
    assert run.score == 5 / 20  # the fallback 0 is never right here


def test_within_the_tokens(play: Play) -> None:
    run = play(Scripted(add), budget=Budget(tokens=30))
    assert run.fallbacks > 0
    # What is in flight when the tokens are spent still comes: at most four more.
    assert 30 <= run.tokens_in + run.tokens_out <= 30 + 4 * 10


def test_within_the_seconds_although_requests_stall(play: Play, ledger: Ledger) -> None:
    began = time.monotonic()
    run = play(Scripted(add, seconds=60.0), budget=Budget(seconds=0.3))
    assert time.monotonic() - began < 3
    assert (run.state, run.fallbacks) == ("finished", 20)
    reasons = {row.reason for row in iter_answers(ledger, run.id)}
    assert reasons == {"the 0.3 seconds are over"}


def test_a_limit_in_dollars_needs_a_price(play: Play) -> None:
    with pytest.raises(ConfigError, match="price is unknown"):
        play(Scripted(add), budget=Budget(usd=1.0))


def test_equal_requests_in_flight_are_sent_once(task: Task, entry: Entry, ledger: Ledger) -> None:
    samples = [replace(task.dev[0], id=f"copy{n}") for n in range(8)]
    model = Scripted(add, seconds=0.01)
    run = asyncio.run(run_entry(task, entry, samples, split="dev", model=model, ledger=ledger))
    assert len(model.asked) == 1
    assert run.answered == 8


def test_no_more_at_once_than_the_backend_wants(play: Play) -> None:
    model = Scripted(add, seconds=0.005)
    play(model)
    assert model.most_in_flight == model.concurrency


def test_an_output_is_on_disk_before_its_flow_sees_it(
    task: Task, entry: Entry, ledger: Ledger, tmp_path: Path
) -> None:
    (tmp_path / "competition.py").write_text(
        "import sqlite3\n"
        "async def careful(sample, ask):\n"
        "    draft = await ask()\n"
        f"    other = sqlite3.connect({str(ledger.path)!r})\n"
        "    found = other.execute('SELECT COUNT(*) FROM outputs WHERE key = ?', (draft.key,))\n"
        "    assert found.fetchone() == (1,)\n"
        "    return draft\n"
    )
    own = load(tmp_path)
    chosen = replace(entry, flow="careful")
    run = asyncio.run(
        run_entry(own, chosen, own.dev, split="dev", model=Scripted(add), ledger=ledger)
    )
    assert (run.answered, run.errors) == (20, 0)


def test_a_mistake_in_ones_own_flow_is_shown_with_its_line(
    entry: Entry, ledger: Ledger, tmp_path: Path, task: Task
) -> None:
    (tmp_path / "competition.py").write_text(
        "async def wrong(sample, ask):\n    return sample.fields['c']\n"
    )
    own = load(tmp_path)
    run = asyncio.run(
        run_entry(
            own, replace(entry, flow="wrong"), own.dev, split="dev", model=Scripted(add),
            ledger=ledger,
        )
    )  # fmt: skip
    assert run.errors == 20
    row = next(iter_answers(ledger, run.id))
    assert row.reason is not None
    assert "KeyError" in row.reason
    assert "competition.py: line 2" in row.reason


@pytest.mark.parametrize(
    ("changes", "error", "words"),
    [
        ({"flow": "choose"}, ConfigError, "answer format 'integer' has none"),
        ({"flow": "vot"}, ConfigError, "there is no flow 'vot'"),
        ({"flow": "vote", "options": {"m": 3}}, ConfigError, "no option 'm'; allowed: n, temp"),
        ({"sampling": Sampling(logprobs=3)}, CapabilityError, "cannot give log-probabilities"),
        ({"constrain": True}, CapabilityError, "cannot decode by a grammar"),
    ],
)
def test_what_cannot_work_is_said_before_anything_is_sent(
    play: Play, entry: Entry, ledger: Ledger, changes: dict, error: type, words: str
) -> None:
    model = Scripted(add)
    with pytest.raises(error, match=words):
        play(model, entry=replace(entry, **changes))
    assert model.asked == []
    assert list_runs(ledger) == []


def test_repeated_draws_are_told_apart(task: Task, entry: Entry, ledger: Ledger) -> None:
    model = Scripted(add)
    voter = replace(entry, flow="vote", options={"n": 5})
    run = asyncio.run(run_entry(task, voter, task.dev[:2], split="dev", model=model, ledger=ledger))
    assert sorted(request.index for request in model.asked) == [0, 0, 1, 1, 2, 2, 3, 3, 4, 4]
    assert {request.n for request in model.asked} == {5}
    assert (run.outputs, run.answered) == (10, 2)


def test_progress_is_told(play: Play) -> None:
    seen = []
    play(Scripted(add, seconds=0.05), watch=seen.append)
    last = seen[-1]
    assert (last.done, last.total, last.sent, last.score) == (20, 20, 20, 1.0)
    assert [p.done for p in seen] == sorted(p.done for p in seen)
    assert len(seen) > 2


def test_a_lone_surrogate_in_an_output_is_harmless(
    play: Play, ledger: Ledger, entry: Entry
) -> None:
    run = play(Scripted(lambda request: f"\ud800 {add(request)}"))
    assert run.answered == 20
    key = output_key("scripted", Request(next(iter_records(ledger, run.id)).messages))
    found = find_output(ledger, key)
    assert found is not None and found.text.startswith("? ")
