"""A block of answers outside any run: all at once, recorded, counted, no run written."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from tests.run.conftest import Scripted, add
from tesuji.errors import ConfigError, RequestFailedError
from tesuji.run.block import Answered, answer_block
from tesuji.run.budget import Budget, Meter
from tesuji.run.entry import Entry
from tesuji.run.ledger import Ledger, list_runs
from tesuji.task.task import Task


def block(
    task: Task, ledger: Ledger, model: Scripted, entries: list[Entry], meter: Meter
) -> list[Answered]:
    asked = [(entry, sample) for entry in entries for sample in task.dev[:6]]
    return asyncio.run(answer_block(task, asked, model=model, ledger=ledger, meter=meter))


@pytest.fixture
def entries(entry: Entry) -> list[Entry]:
    loud = replace(entry, name="loud", prompt=replace(entry.prompt, system="Loud."))
    return [entry, loud]


def test_all_are_asked_at_once_in_the_order_given_and_no_run_is_written(
    task: Task, ledger: Ledger, entries: list[Entry]
) -> None:
    model = Scripted(add, seconds=lambda request: 0.01 * (len(request.messages) == 1))
    meter = Meter()
    found = block(task, ledger, model, entries, meter)
    asked = [(entry.name, sample.id) for entry in entries for sample in task.dev[:6]]
    assert [(one.entry.name, one.sample.id) for one in found] == asked
    assert [one.row.score if one.row else None for one in found] == [1.0] * 12
    assert model.most_in_flight == model.concurrency and meter.sent == 12
    assert list_runs(ledger) == [] and not any(one.free for one in found)


def test_what_is_recorded_is_free(task: Task, ledger: Ledger, entries: list[Entry]) -> None:
    block(task, ledger, Scripted(add), entries[:1], Meter())
    model, meter = Scripted(add), Meter()
    found = block(task, ledger, model, entries, meter)
    assert [one.free for one in found] == [True] * 6 + [False] * 6
    assert len(model.asked) == 6 and (meter.sent, meter.cached) == (6, 6)


def test_what_a_budget_leaves_out_has_no_row(
    task: Task, ledger: Ledger, entries: list[Entry]
) -> None:
    found = block(task, ledger, Scripted(add), entries, Meter(Budget(requests=5)))
    assert sum(one.row is not None for one in found) == 5


def test_a_failed_request_is_an_error_with_its_reason(
    task: Task, ledger: Ledger, entries: list[Entry]
) -> None:
    def fail(request: object) -> Exception:
        return RequestFailedError("no")

    found = block(task, ledger, Scripted(fail), entries, Meter())
    assert all(one.row and (one.row.state, one.row.reason) == ("error", "no") for one in found)


def test_an_entry_that_cannot_run_is_said_before_anything_is_sent(
    task: Task, ledger: Ledger, entries: list[Entry]
) -> None:
    wrong = replace(entries[1], prompt=replace(entries[1].prompt, user="{c}"))
    model = Scripted(add)
    with pytest.raises(ConfigError, match=r"\{c\}"):
        block(task, ledger, model, [entries[0], wrong], Meter())
    assert model.asked == []
