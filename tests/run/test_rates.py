"""Failure rates over a run, its alarms and its stop rules, with a model that begins to loop."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path

import pytest

import tesuji as tj
from tesuji.models.base import Output, Request
from tesuji.run.alarms import parse_stop_rule
from tesuji.run.entry import base_entry
from tesuji.run.ledger import Ledger, finding_examples, rate_history, read_alarms, read_rates
from tesuji.run.progress import Progress
from tesuji.run.runner import run_entry

LOOP = "I think so. " * 40


class Breaking:
    """Answers well `good` times, and then loops."""

    uri = identity = "breaking"
    concurrency = 4
    capabilities = frozenset({"generate"})

    def __init__(self, good: int) -> None:
        self.good, self.asked = good, 0

    async def ready(self) -> None:
        pass

    async def generate(self, request: Request) -> Output:
        self.asked += 1
        text = "ja" if self.asked <= self.good else LOOP
        return Output(text, "stop", 5, 5, 0.0)

    async def close(self) -> None:
        pass


@pytest.fixture
def task(tmp_path: Path) -> tj.Task:
    rows = "".join(f"{n},{n}?,ja\n" for n in range(400))
    (tmp_path / "train.csv").write_text("id,question,answer\n" + rows)
    (tmp_path / "competition.toml").write_text(
        'name = "t"\nmetric = "exact"\nmodel = "nano"\n[data]\ntrain = "train.csv"\nid = "id"\n'
        'target = "answer"\n[split]\ndev = 300\n[answer]\nformat = "text"\n'
        '[prompt]\nuser = "{question}"\n'
    )
    return tj.load(tmp_path)


def run(task: tj.Task, model: Breaking, seen: list[Progress], rules: Sequence[str] = ()) -> int:
    async def go() -> int:
        with Ledger(task.folder / "ledger.sqlite") as ledger:
            row = await run_entry(
                task, base_entry(task), task.split("dev"), split="dev",
                model=model, ledger=ledger, watch=seen.append,
                stop_when=[parse_stop_rule(rule) for rule in rules],
            )  # fmt: skip
        assert row.id == 1
        return row.answered if row.state == "finished" else -row.answered

    return asyncio.run(go())


def test_a_run_that_begins_to_loop_says_so_and_the_ledger_has_it(task: tj.Task) -> None:
    seen: list[Progress] = []
    assert run(task, Breaking(good=150), seen) == 300
    (words,) = seen[-1].alarms
    assert words.startswith("loop in ")
    with Ledger(task.folder / "ledger.sqlite") as ledger:
        assert read_alarms(ledger, 1) == [("loop", words)]
        history = rate_history(read_rates(ledger, 1), "loop")
        assert len(history) >= 20 and history[0] == 0.0 and history[-1] == 1.0
        (example,) = finding_examples(ledger, 1)
        assert example.text == LOOP and example.findings[0].kind == "loop"


def test_a_rule_stops_the_run_and_nothing_more_is_sent(task: tj.Task) -> None:
    model = Breaking(good=0)
    assert run(task, model, [], ["loop>20%"]) < 0
    assert model.asked < 30
    with Ledger(task.folder / "ledger.sqlite") as ledger:
        row = ledger.row("SELECT state, reason FROM runs")
    assert row is not None and row[0] == "stopped"
    assert row[1].startswith("stop-when loop>20%: loop in ")


def test_the_same_run_again_concludes_anew_and_keeps_no_old_alarm(task: tj.Task) -> None:
    run(task, Breaking(good=150), [])
    run(task, Breaking(good=150), [])
    with Ledger(task.folder / "ledger.sqlite") as ledger:
        assert len(read_alarms(ledger, 1)) == 1
        points = read_rates(ledger, 1)
        assert points[-1].outputs == 300
        assert [p.outputs for p in points] == list(range(10, 301, 10))
