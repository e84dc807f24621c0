"""Under a budget: a first answer for every sample, then attempts where they are worth most.

Hours of these runs take no time: the clock is simulated, the model is made of latencies and
answer distributions; runner, ledger and scheduler are real.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from tests.models import faulty
from tests.models.faulty import FaultyServer
from tests.run.conftest import Scripted, add, prompt
from tests.simulated_clock import run_simulated, simulated_meter
from tesuji.models.base import Request
from tesuji.models.registry import open_model
from tesuji.run.budget import Budget
from tesuji.run.entry import Entry
from tesuji.run.ledger import Ledger, RunRow, iter_answers
from tesuji.run.runner import run_entry
from tesuji.task.task import Task, load

FOREVER = 10.0**9
HOUR = 3600.0

Simulate = Callable[..., RunRow]


def chance(request: Request, salt: str = "") -> random.Random:
    """The same luck for the same draw of the same prompt, in whatever order they are asked."""
    return random.Random(f"{prompt(request)} {request.index} {salt}")


def easy_or_hard(request: Request) -> str:
    """Sums of an odd number are drawn right in 19 of 20 draws, the others in 6 of 10."""
    right = 0.95 if int(prompt(request).split("+")[0]) % 2 else 0.6
    luck = chance(request, "answer").random()
    return add(request) if luck < right else str(-1 - int(luck * 3))


def thinking(request: Request) -> float:
    """Three minutes on average, log-normal: now and then ten times as long."""
    return chance(request, "time").lognormvariate(4.7, 1.0)


@pytest.fixture
def big(tmp_path: Path, task: Task) -> Task:
    """Four hundred sums."""
    rows = [f"d{n},{n},{n + 1},{2 * n + 1}" for n in range(400)]
    (tmp_path / "dev.csv").write_text("id,a,b,sum\n" + "\n".join(rows) + "\n")
    return load(tmp_path)


@pytest.fixture
def simulate(task: Task, entry: Entry, ledger: Ledger) -> Simulate:
    """Run the dev split on a simulated clock under a budget, given by keywords."""

    def run(
        model: Scripted, *, at: Task = task, limit: int = 10_000, flow: str = "vote",
        options: dict | None = None, into: Ledger = ledger, **budget: float,
    ) -> RunRow:  # fmt: skip
        chosen = replace(entry, flow=flow, options=options or {})

        async def main() -> RunRow:
            meter = simulated_meter(Budget(**budget))  # type: ignore[arg-type]
            return await run_entry(
                at, chosen, at.dev[:limit], split="dev", model=model, ledger=into, meter=meter
            )

        return run_simulated(main())

    return run


def draws(model: Scripted) -> Counter[str]:
    """How often each prompt was asked."""
    return Counter(map(prompt, model.asked))


def rows(ledger: Ledger, run: RunRow) -> dict[str, tuple[str, str | None]]:
    return {row.sample: (row.state, row.reason) for row in iter_answers(ledger, run.id)}


def test_nine_hours_of_voting_end_in_time_and_take_no_time(simulate: Simulate, big: Task) -> None:
    model = Scripted(easy_or_hard, thinking)
    began = time.process_time()
    run = simulate(model, at=big, options={"n": 64, "stop": 0.99}, limit=100, seconds=9 * HOUR)
    assert time.process_time() - began < 20  # about 1 s
    assert (run.answered, run.fallbacks, run.errors) == (100, 0, 0)
    assert run.seconds <= 9 * HOUR * 1.02
    assert run.score is not None and run.score > 0.9
    hard, easy = (sum(n for q, n in draws(model).items() if int(q.split("+")[0]) % 2 == odd)
                  for odd in (0, 1))  # fmt: skip
    assert hard > 2 * easy


@pytest.mark.parametrize("stop", [None, 0.95])
def test_every_first_draw_is_sent_before_any_second(simulate: Simulate, stop: float | None) -> None:
    model = Scripted(easy_or_hard, thinking)
    simulate(model, options={"n": 4, "stop": stop}, seconds=HOUR)
    assert [request.index for request in model.asked[:20]] == [0] * 20
    assert {request.index for request in model.asked[20:30]} <= {1, 2}


def test_a_short_clock_leaves_nobody_without_an_answer(
    simulate: Simulate, ledger: Ledger, big: Task
) -> None:
    """Time for about 500 draws of a minute, 4 at once: 400 samples, 16 draws wanted of each."""
    model = Scripted(easy_or_hard, 60.0)
    run = simulate(model, at=big, options={"n": 16}, seconds=500 / 4 * 60.0)
    assert (run.answered, run.fallbacks) == (400, 0)
    assert run.reason == f"the 7500 seconds are over: {400:,} samples were cut short"
    assert draws(model).most_common()[-1][1] == 1
    assert set(rows(ledger, run).values()) == {("answered", "cut short: the 7500 seconds are over")}


@pytest.mark.parametrize(
    "budget", [{"requests": 50}, {"tokens": 350}, {"usd": 350.0}, {"seconds": 750}]
)
def test_whatever_binds_later_draws_go_where_the_vote_is_open(
    simulate: Simulate, ledger: Ledger, task: Task, budget: dict[str, float]
) -> None:
    """Only sums of an even number are ever in doubt: their first two draws disagree."""

    def reply(request: Request) -> str:
        doubtful = int(prompt(request).split("+")[0]) % 2 == 0
        return "-1" if doubtful and request.index == 1 else add(request)

    model = Scripted(reply, lambda request: 60.0)
    run = simulate(model, options={"n": 8}, **budget)
    assert (run.answered, run.fallbacks) == (20, 0)
    asked = draws(model)
    even = sum(n for q, n in asked.items() if int(q.split("+")[0]) % 2 == 0)
    assert even > 1.3 * (asked.total() - even)


def test_with_less_than_a_request_for_each_the_rest_falls_back(
    simulate: Simulate, ledger: Ledger
) -> None:
    run = simulate(Scripted(add), options={"n": 4}, requests=5)
    assert (run.answered, run.fallbacks) == (5, 15)
    states = rows(ledger, run)
    assert states["d0"] == ("answered", "cut short: the 5 requests are spent")
    assert states["d19"] == ("fallback", "the 5 requests are spent")


def test_stalled_requests_are_given_up_and_asked_again(simulate: Simulate, big: Task) -> None:
    """One in ten never comes the first time: without giving up, all four places would be lost."""
    seen: Counter[str] = Counter()

    def seconds(request: Request) -> float:
        seen[prompt(request)] += 1
        stalls = chance(request, "stall").random() < 0.1 and seen[prompt(request)] == 1
        return FOREVER if stalls else 1.0

    run = simulate(Scripted(add, seconds), at=big, flow="ask", seconds=600)
    assert (run.answered, run.score) == (400, 1.0)
    assert run.seconds < 500


def test_long_requests_are_not_taken_for_stalled(simulate: Simulate, big: Task) -> None:
    """The quickest come first: those under way are not slow for that."""
    model = Scripted(add, lambda request: 1.0 if int(prompt(request).split("+")[0]) < 20 else 300.0)
    model.concurrency = 100
    run = simulate(model, at=big, flow="ask", seconds=3000)
    assert (run.answered, run.sent) == (400, 400)


@pytest.mark.parametrize("seconds", [10.0, 600.0, 9 * HOUR])
def test_the_deadline_holds_although_everything_stalls(simulate: Simulate, seconds: float) -> None:
    run = simulate(Scripted(add, FOREVER), options={"n": 4}, seconds=seconds)
    assert run.fallbacks == 20
    assert seconds <= run.seconds <= seconds + max(5.0, 0.02 * seconds)


def test_the_server_goes_down_at_half_time(simulate: Simulate) -> None:
    asked = 0

    def seconds(request: Request) -> float:
        nonlocal asked
        asked += 1
        return 1.0 if asked <= 30 else FOREVER

    run = simulate(Scripted(add, seconds), options={"n": 8}, seconds=60)
    assert (run.answered, run.fallbacks) == (20, 0)
    assert run.seconds <= 65


def test_an_attempt_that_no_longer_fits_is_not_sent(simulate: Simulate) -> None:
    model = Scripted(easy_or_hard, 10.0)
    run = simulate(model, options={"n": 16}, seconds=85)
    # Eight rounds of four end by second 80: the ninth could not end by 85.
    assert len(model.asked) == 32 and run.outputs == 32
    assert run.seconds == pytest.approx(80, abs=1)


def own_flow(folder: Path, code: str) -> Task:
    (folder / "competition.py").write_text(
        "import asyncio\nfrom collections import Counter\n" + code
    )
    return load(folder)


def test_a_flow_that_hangs_is_ended_with_the_time(
    simulate: Simulate, ledger: Ledger, tmp_path: Path, task: Task
) -> None:
    own = own_flow(
        tmp_path,
        "async def flow_slow(sample, ask):\n"
        "    draft = await ask()\n"
        "    if sample.fields['a'] == '3':\n"
        "        await asyncio.sleep(1e9)\n"
        "    return draft\n",
    )
    run = simulate(Scripted(add, 1.0), at=own, flow="slow", seconds=60)
    assert run.seconds <= 65 and run.answered == 20 and run.score == 1.0
    assert rows(ledger, run)["d3"] == ("answered", "cut short: the 60 seconds are over")


def test_a_flow_that_does_not_catch_the_end_keeps_what_came(
    simulate: Simulate, ledger: Ledger, tmp_path: Path, task: Task
) -> None:
    own = own_flow(
        tmp_path,
        "async def flow_three(sample, ask):\n"
        "    drafts = await asyncio.gather(*(ask(index=i) for i in range(3)))\n"
        "    return Counter(d.answer for d in drafts).most_common(1)[0][0]\n",
    )
    model = Scripted(add, 1.0)
    run = simulate(model, at=own, flow="three", requests=25)
    assert (run.answered, run.fallbacks, run.score) == (20, 0, 1.0)
    assert len(model.asked) == 25


def test_a_flow_can_say_that_its_next_step_goes_first(
    simulate: Simulate, tmp_path: Path, task: Task
) -> None:
    """A plan is no answer: ten requests make five whole answers, not ten plans."""
    code = (
        "async def flow_plan(sample, ask):\n"
        "    plan = await ask(temperature=1)\n"
        "    ask.worth = WORTH\n"
        "    return await ask()\n"
    )

    def reply(request: Request) -> str:
        return "let me see" if request.sampling.temperature else add(request)

    first = simulate(
        Scripted(reply, 1.0), at=own_flow(tmp_path, code.replace("WORTH", "2")), flow="plan",
        requests=12,
    )  # fmt: skip
    assert 4 <= first.answered <= 6
    with Ledger(tmp_path / "other.db") as other:
        last = simulate(
            Scripted(reply, 1.0), at=own_flow(tmp_path, code.replace("WORTH", "0.5")), flow="plan",
            requests=12, into=other,
        )  # fmt: skip
    assert last.answered == 0


def test_draws_depend_on_nobody_else(simulate: Simulate, big: Task, tmp_path: Path) -> None:
    """Other latencies, another concurrency: the same requests and the same answers."""
    found = []
    for at, concurrency in enumerate((1, 4, 50)):
        model = Scripted(easy_or_hard, lambda r, at=at: chance(r, str(at)).random())
        model.concurrency = concurrency
        with Ledger(tmp_path / f"ledger{at}.db") as into:
            play = partial(simulate, at=big, limit=60, options={"n": 16, "stop": 0.95}, into=into)
            run = play(model)
            answers = [(r.sample, r.answer) for r in iter_answers(into, run.id)]
            again = play(Scripted(add))
        assert (again.sent, again.outputs, again.score) == (0, run.outputs, run.score)
        found.append((sorted((prompt(r), r.index) for r in model.asked), sorted(answers)))
    assert found[0] == found[1] == found[2]
    assert len(found[0][0]) < 0.6 * 16 * 60


def test_an_interrupted_vote_ends_as_one_that_was_not(
    simulate: Simulate, ledger: Ledger, big: Task, tmp_path: Path
) -> None:
    play = partial(simulate, at=big, limit=60, options={"n": 16, "stop": 0.95})
    play(Scripted(easy_or_hard, thinking), requests=150)
    resumed = play(Scripted(easy_or_hard, 1.0))
    with Ledger(tmp_path / "whole.db") as into:
        whole = play(Scripted(easy_or_hard, 1.0), into=into)
        assert (resumed.score, resumed.outputs) == (whole.score, whole.outputs)
        assert [r.answer for r in iter_answers(ledger, resumed.id)] == [
            r.answer for r in iter_answers(into, whole.id)
        ]
    assert resumed.reason is None


def test_a_draw_that_another_sample_gave_up_is_asked_again(
    entry: Entry, ledger: Ledger, tmp_path: Path, task: Task
) -> None:
    """Two equal prompts share a request; the flow of one gives it up, the other still waits."""
    own = own_flow(
        tmp_path,
        "async def flow_hasty(sample, ask):\n"
        "    if sample.id == 'hasty':\n"
        "        try:\n"
        "            return await asyncio.wait_for(ask(), 1)\n"
        "        except TimeoutError:\n"
        "            return 0\n"
        "    return await ask()\n",
    )
    twins = [replace(own.dev[3], id="hasty"), replace(own.dev[3], id="patient")]
    chosen = replace(entry, flow="hasty")
    model = Scripted(add, 5.0)
    run = run_simulated(run_entry(own, chosen, twins, split="dev", model=model, ledger=ledger))
    answers = {row.sample: row.answer for row in iter_answers(ledger, run.id)}
    assert answers == {"hasty": 0, "patient": 7}


def test_few_samples_are_open_at_once_without_a_budget(simulate: Simulate, big: Task) -> None:
    """Memory stays bounded: the oldest samples are done before new ones begin."""
    model = Scripted(easy_or_hard, 1.0)
    simulate(model, at=big, limit=60, options={"n": 4})
    first = {prompt(request) for request in model.asked[: 4 * 40]}
    assert len(first) <= 40 + 2 * model.concurrency


def test_asks_of_a_flow_that_is_over_are_not_sent(
    simulate: Simulate, tmp_path: Path, task: Task
) -> None:
    own = own_flow(
        tmp_path,
        "async def flow_first(sample, ask):\n"
        "    asks = [asyncio.ensure_future(ask(index=i)) for i in range(50)]\n"
        "    done, _ = await asyncio.wait(asks, return_when=asyncio.FIRST_COMPLETED)\n"
        "    return done.pop().result()\n",
    )
    model = Scripted(add, 1.0)
    run = simulate(model, at=own, flow="first", requests=10_000)
    assert run.answered == 20
    assert len(model.asked) <= 20 + 3 * model.concurrency


def test_the_backend_may_widen_and_narrow_while_it_runs(simulate: Simulate, big: Task) -> None:
    model = Scripted(add)
    wide: list[int] = []

    def seconds(request: Request) -> float:
        model.concurrency = 2 if len(model.asked) < 100 else 40 if len(model.asked) < 300 else 1
        wide.append(model.in_flight)
        return 1.0

    model.seconds = seconds
    assert simulate(model, at=big, flow="ask").answered == 400
    assert max(wide[10:90]) <= 4 and max(wide[150:280]) == 40 and max(wide[350:]) == 1


def test_real_time_and_a_real_stall(entry: Entry, ledger: Ledger, task: Task) -> None:
    """The same without any simulation."""
    model = Scripted(add, lambda request: 60.0 if request.index else 0.01)
    chosen = replace(entry, flow="vote", options={"n": 3})
    began = time.monotonic()
    run = asyncio.run(
        run_entry(
            task, chosen, task.dev, split="dev", model=model, ledger=ledger,
            budget=Budget(seconds=1.5),
        )
    )  # fmt: skip
    assert time.monotonic() - began < 6
    assert (run.answered, run.fallbacks, run.score) == (20, 0, 1.0)


def test_a_real_server_that_stalls_leaves_nobody_without_an_answer(
    entry: Entry, ledger: Ledger, big: Task
) -> None:
    async def main() -> RunRow:
        async with FaultyServer(*[faulty.stall(60)] * 5) as server:
            model = open_model(server.uri, concurrency=10)
            try:
                return await run_entry(
                    big, entry, big.dev[:100], split="dev", model=model, ledger=ledger,
                    budget=Budget(seconds=30),
                )  # fmt: skip
            finally:
                await model.close()

    run = asyncio.run(main())
    assert (run.outputs, run.fallbacks, run.errors) == (100, 0, 0)
    assert run.seconds < 25


def test_progress_says_how_many_have_a_first_answer(
    entry: Entry, ledger: Ledger, task: Task
) -> None:
    model, seen = Scripted(add, 0.05), []
    chosen = replace(entry, flow="vote", options={"n": 6})
    asyncio.run(
        run_entry(
            task, chosen, task.dev, split="dev", model=model, ledger=ledger, watch=seen.append,
            budget=Budget(requests=1000),
        )
    )  # fmt: skip
    assert any(p.begun == 20 and p.done < 10 for p in seen)
    assert (seen[-1].begun, seen[-1].done) == (20, 20)
