"""One sample at a time under a clock: each is answered, and quick ones leave time to slow ones."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.run.conftest import Scripted, add, prompt
from tests.simulated_clock import run_simulated, simulated_meter
from tesuji.models.base import Output, Request
from tesuji.run.budget import Budget
from tesuji.run.entry import Entry
from tesuji.run.ledger import Ledger, RunRow, iter_answers
from tesuji.run.runner import run_entry
from tesuji.run.shares import Shares
from tesuji.task.task import Task, load

SLOW = "7+8="


class Timed(Scripted):
    """Notes when each request came and went, in simulated seconds."""

    concurrency = 8

    async def generate(self, request: Request) -> Output:
        began = asyncio.get_running_loop().time()
        try:
            return await super().generate(request)
        finally:
            self.spans.append((began, asyncio.get_running_loop().time(), prompt(request)))

    def __init__(self, *given: object) -> None:
        super().__init__(*given)  # type: ignore[arg-type]
        self.spans: list[tuple[float, float, str]] = []

    def time_of(self, asked: str) -> float:
        """From the first ask of a sample to the end of the last."""
        spans = [span for span in self.spans if span[2] == asked]
        return max(end for _, end, _ in spans) - min(begin for begin, _, _ in spans)


def played(
    task: Task, entry: Entry, ledger: Ledger, model: Scripted, seconds: float | None
) -> RunRow:
    async def main() -> RunRow:
        meter = simulated_meter(Budget(seconds=seconds, one_at_a_time=True))
        return await run_entry(
            task, entry, task.dev, split="dev", model=model, ledger=ledger, meter=meter
        )

    return run_simulated(main())


def voting(entry: Entry, **options: object) -> Entry:
    return replace(entry, name="v", flow="vote", options={"n": 8, "agree": 4, **options})


def test_the_next_is_seen_when_the_one_before_is_answered(
    task: Task, entry: Entry, ledger: Ledger
) -> None:
    model = Timed(add, 10.0)
    run = played(task, voting(entry), ledger, model, None)
    assert run.score == 1.0 and run.answered == 20
    order = list(dict.fromkeys(asked for _, _, asked in model.spans))
    assert order != [f"{n}+{n + 1}=" for n in range(20)]  # in random order
    ends = {asked: max(e for _, e, a in model.spans if a == asked) for asked in order}
    begins = {asked: min(b for b, _, a in model.spans if a == asked) for asked in order}
    assert all(begins[later] >= ends[earlier] for earlier, later in pairwise(order))
    again = Timed(add, 10.0)
    assert played(task, voting(entry), ledger, again, None).score == 1.0
    assert not again.asked  # all of it is recorded


def test_a_slow_sample_borrows_what_quick_ones_left_over(
    task: Task, entry: Entry, ledger: Ledger
) -> None:
    def seconds(request: Request) -> float:
        return 400.0 if prompt(request) == SLOW else 20.0

    model = Timed(add, seconds)
    run = played(task, entry, ledger, model, 2000.0)  # 100 s each
    assert run.score == 1.0 and not run.fallbacks and run.reason is None
    assert model.time_of(SLOW) == pytest.approx(400, abs=1)


def test_no_sample_takes_the_time_of_all_others(task: Task, entry: Entry, ledger: Ledger) -> None:
    def seconds(request: Request) -> float:
        return 1e6 if prompt(request) == SLOW else 30.0

    model = Timed(add, seconds)
    run = played(task, voting(entry), ledger, model, 2000.0)
    rows = {row.sample: row for row in iter_answers(ledger, run.id)}
    assert rows["d7"].state == "fallback" and "share of the 2000 seconds" in rows["d7"].reason
    assert run.answered == 19 and run.fallbacks == 1 and run.seconds <= 2000
    assert model.time_of(SLOW) <= 1100  # half of what the others need is kept


def test_with_an_answer_a_sample_ends_with_its_share(
    task: Task, entry: Entry, ledger: Ledger
) -> None:
    """Without any answer it is waited for longer."""

    def seconds(request: Request) -> float:
        return 150.0 if request.index == 0 else 1e6

    model = Timed(add, seconds)
    run = played(task, voting(entry, agree=2), ledger, model, 2000.0)
    assert run.answered >= 7 and run.seconds <= 2001
    first = model.spans[0][2]
    assert model.time_of(first) == pytest.approx(150, abs=1)  # its share was 100


OWN = """
async def flow_steps(sample, ask):
    ask.worth = 1.0
    plan = await ask()
    ask.step(plan)
    return await ask(index=1)
"""


def test_a_step_is_no_answer(task: Task, entry: Entry, ledger: Ledger) -> None:
    """A flow that goes in steps is waited for until it has come to an answer."""
    (task.folder / "competition.py").write_text(OWN)
    task = load(task.folder)
    model = Timed(add, lambda request: 70.0)
    run = played(task, replace(entry, name="s", flow="steps"), ledger, model, 2000.0)
    assert model.time_of(model.spans[0][2]) == pytest.approx(140, abs=1)  # its share was 100
    assert run.answered > 10


def test_the_rest_of_a_settled_vote_is_given_up(task: Task, entry: Entry, ledger: Ledger) -> None:
    model = Timed(add, lambda request: 10.0 * (1 + request.index))
    run = played(task, voting(entry), ledger, model, 9000.0)
    assert run.score == 1.0
    assert max(model.time_of(asked) for _, _, asked in model.spans) == pytest.approx(40, abs=1)
    assert model.most_in_flight == 8


def test_every_sample_has_an_answer_however_short_the_time(
    task: Task, entry: Entry, ledger: Ledger
) -> None:
    run = played(task, voting(entry), ledger, Timed(add, 50.0), 200.0)
    assert run.answered + run.fallbacks == 20 and run.answered >= 1
    assert run.state == "finished" and run.seconds <= 201


def test_it_is_a_limit_of_the_competition(task: Task) -> None:
    path = task.folder / "competition.toml"
    path.write_text(path.read_text() + "[limits]\nseconds = 9\none_at_a_time = true\n")
    assert load(task.folder).limits == {"seconds": 9, "one_at_a_time": True}
    assert Budget(one_at_a_time=True).limited is False


took = st.lists(st.tuples(st.floats(0.0, 1e4), st.booleans()), max_size=30)


@given(took, st.floats(0.1, 1e5), st.integers(1, 60))
def test_a_share_is_at_least_an_equal_part_and_leaves_half_of_the_others(
    took: list[tuple[float, bool]], left: float, samples: int
) -> None:
    shares = Shares()
    for seconds, ended in took:
        shares.took(seconds, ended, ended)
    share, patience = shares.share(left, samples), shares.patience(left, samples)
    assert left / samples * (1 - 1e-9) <= share <= patience <= left
    assert left - patience >= (samples - 1) * 0.5 * left / samples * (1 - 1e-9)


@given(st.floats(0.1, 1e5), st.integers(2, 60))
def test_quick_samples_make_shares_grow(left: float, samples: int) -> None:
    shares = Shares()
    before = shares.share(left, samples)
    shares.took(left / samples / 10, ended=True)
    assert before < shares.share(left, samples)
    assert Shares().share(0.0, samples) == 0.0
