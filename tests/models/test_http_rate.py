"""How many requests at once a server gets: in simulated time, and from a real server."""

from __future__ import annotations

import asyncio
import heapq
import itertools
import random
import time
from collections.abc import Awaitable, Callable
from typing import Any, TypeAlias

import pytest

from benchmarks.server import Connection, Door
from tests.models import faulty
from tests.models.faulty import FaultyServer
from tesuji.models.base import Request
from tesuji.models.http import HttpModel
from tesuji.models.rate import Rate
from tesuji.models.registry import open_model

Say = Callable[..., Request]
Server: TypeAlias = Callable[[float], float | None]
"""Given the time: seconds until the answer, None for a refusal."""


def doors(door: Door) -> Server:
    """A door whose requests leave by themselves."""
    leaving: list[float] = []

    def ask(now: float) -> float | None:
        while leaving and leaving[0] <= now:
            heapq.heappop(leaving)
            door.inside -= 1
        seconds = door.ask(now)
        if seconds is not None:
            heapq.heappush(leaving, now + seconds)
        return seconds

    return ask


def at_random(share: float) -> Server:
    """Takes all, but for a share that it refuses whatever the load."""
    chance = random.Random(1)
    return lambda now: None if chance.random() < share else 0.05


class Fixed(Rate):
    """So many at once, whatever happens; pauses are kept."""

    def reset(self) -> None:
        super().reset()
        self.limit = self.bound

    def _judge(self, round: object, goodput: float) -> None:
        pass


def simulate(rate: Rate, server: Server, requests: int, pause: float | None = None) -> float:
    """Answers a second, in a time of its own; refused requests keep their place for a while."""
    now, number, chance = 0.0, itertools.count(), random.Random(2)
    rate.clock = lambda: now
    rate.reset()
    events: list[tuple[float, int, str, float]] = []
    waiting, answered = requests, 0
    while answered < requests:
        while waiting and rate.free():
            waiting -= 1
            rate.in_flight += 1
            seconds = server(now)
            event = ("refused", 0.001) if seconds is None else ("answered", seconds)
            heapq.heappush(events, (now + event[1], next(number), *event))
        if waiting and rate.in_flight < rate.limit:
            heapq.heappush(events, (rate.paused_until, next(number), "go on", 0.0))
        now, _, what, seconds = heapq.heappop(events)
        if what == "answered":
            rate.in_flight -= 1
            answered += 1
            rate.answered(seconds)
        elif what == "refused":
            wait = chance.uniform(0.0, 0.1) + (pause or 0.0)
            rate.refused(pause)
            heapq.heappush(events, (now + wait, next(number), "back", 0.0))
        elif what == "back":
            rate.in_flight -= 1
            waiting += 1
    return requests / now


SERVERS: dict[str, tuple[Callable[[], Server], float | None, float]] = {
    # server, the pause that it asks for, the least share of the best rate that is found
    "works on 4 at a time": (lambda: doors(Door(0.05, workers=4)), None, 0.95),
    "takes all": (lambda: doors(Door(0.05)), None, 0.8),
    "refuses over 10": (lambda: doors(Door(0.05, most=10)), None, 0.85),
    "refuses over 10 for a second": (lambda: doors(Door(0.05, most=10)), 1.0, 0.6),
    "refuses over 64, slow": (lambda: doors(Door(1.0, most=64)), None, 0.75),
    "refuses over 50 a second": (lambda: doors(Door(0.05, a_second=50)), None, 0.75),
    "refuses over 200 a second": (lambda: doors(Door(0.05, a_second=200)), None, 0.85),
    "refuses 3 in 100 at random": (lambda: at_random(0.03), None, 0.5),
    "refuses 13 in 100 at random": (lambda: at_random(0.13), None, 0.35),
}


@pytest.mark.parametrize(("make", "pause", "least"), SERVERS.values(), ids=SERVERS.keys())
def test_the_rate_found_comes_near_the_best(
    make: Callable[[], Server], pause: float | None, least: float
) -> None:
    best = max(simulate(Fixed(n), make(), 4000, pause) for n in (2, 4, 10, 16, 64, 256))
    found = simulate(Rate(256), make(), 4000, pause)
    assert found >= least * best


def test_a_server_that_only_queues_is_not_given_more_and_more() -> None:
    rate = Rate(256)
    simulate(rate, doors(Door(0.05, workers=4)), 8000)
    assert rate.limit <= 24


def test_a_server_that_refuses_all_is_asked_by_one_at_a_time() -> None:
    rate = Rate(256)
    rate.clock = lambda: 0.0
    for _ in range(300):
        rate.refused()
    assert rate.limit == 1


def test_a_server_in_which_most_time_out_is_given_less() -> None:
    rate = Rate(256)
    rate.clock = lambda: 0.0
    for _ in range(300):
        rate.timed_out()
    assert rate.limit < 16


def test_the_bound_is_kept() -> None:
    rate = Rate(20)
    seen: list[int] = []
    door = doors(Door(0.05))

    def server(now: float) -> float | None:
        seen.append(rate.in_flight)
        return door(now)

    simulate(rate, server, 2000)
    assert max(seen) == 20


def on_door(door: Door, work: Callable[[HttpModel], Awaitable[None]], **options: Any) -> None:
    async def go() -> None:
        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: Connection(door), "127.0.0.1", 0, backlog=512)
        model = open_model(
            f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1#bench", **options
        )
        assert isinstance(model, HttpModel)
        try:
            await work(model)
        finally:
            await model.close()
            server.close()

    asyncio.run(go())


def test_a_server_that_refuses_over_ten_answers_all(say: Say) -> None:
    async def work(model: HttpModel) -> None:
        await asyncio.gather(*(model.generate(say(str(n))) for n in range(600)))
        lane = model.pool.lanes[0]
        assert lane.rate.in_flight == 0
        assert lane.rate.limit < 64
        assert lane.transport.sent < 900  # refusals are tries, too

    on_door(Door(0.02, most=10), work)


def test_a_server_that_takes_all_gets_many_at_once(say: Say) -> None:
    most = 0

    class Watched(Door):
        def ask(self, now: float) -> float | None:
            nonlocal most
            most = max(most, self.inside + 1)
            return super().ask(now)

    async def work(model: HttpModel) -> None:
        await asyncio.gather(*(model.generate(say(str(n))) for n in range(600)))

    on_door(Watched(0.5), work)
    assert 64 <= most <= 256
    most = 0
    on_door(Watched(0.1), work, concurrency=5)
    assert most == 5


def test_retry_after_holds_back_all_requests_to_the_server(say: Say) -> None:
    came: list[float] = []

    async def go() -> None:
        async with FaultyServer(faulty.status(429, Retry_After="0.6")) as server:
            chat = server._chat

            async def watched(request: Any) -> Any:
                came.append(time.monotonic())
                return await chat(request)

            server._chat = watched  # type: ignore[method-assign]
            await server._runner.cleanup()
            async with server:
                model = open_model(server.uri)
                first = asyncio.create_task(model.generate(say("first")))
                while not came:
                    await asyncio.sleep(0.01)
                await asyncio.sleep(0.05)  # the refusal has arrived
                await asyncio.gather(first, *(model.generate(say(str(n))) for n in range(20)))
                await model.close()

    asyncio.run(go())
    assert len(came) == 22
    assert min(came[1:]) - came[0] >= 0.6
