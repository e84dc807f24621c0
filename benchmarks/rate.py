"""How near the client comes to the best number of requests at once, which it is not told.

`python -m benchmarks.rate [--seconds 12] [--rounds 3] [--only NAME]`

Servers that queue, take all, or refuse in several ways, each in a process of its own. The client
sends with a fixed number of places, many numbers for a short time; then, in alternating rounds,
with the best of these and as it is, up to 256. Printed: the best number, medians of both rates and
of their ratio, and the share of requests that were refused. The time that the client needs to find
the rate is in the figure.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import subprocess
import sys
from collections.abc import Iterator, Mapping
from statistics import median

from tesuji.models.base import Request, Sampling
from tesuji.models.http import HttpModel
from tesuji.models.rate import Rate
from tesuji.models.registry import open_model
from tesuji.task.sample import Message

SERVERS: Mapping[str, tuple[str, ...]] = {
    "4 at a time, the rest waits": ("0.05", "--workers", "4"),
    "takes all": ("0.05",),
    "takes all, 1 s": ("1",),
    "429 over 10": ("0.05", "--most", "10"),
    "429 over 10, Retry-After 1": ("0.05", "--most", "10", "--retry-after", "1"),
    "429 over 64, 0.5 s": ("0.5", "--most", "64"),
    "429 over 50 a second": ("0.05", "--a-second", "50"),
    "429 over 200 a second": ("0.05", "--a-second", "200"),
    "429 over 200 a second, Retry-After 1": ("0.05", "--a-second", "200", "--retry-after", "1"),
}
FIXED = (1, 2, 3, 4, 8, 10, 12, 16, 32, 64, 128, 256)
_ASK = Request((Message("user", "Is it?"),), Sampling())


class Fixed(Rate):
    """So many at once, whatever happens; pauses are kept."""

    def reset(self) -> None:
        super().reset()
        self.limit = self.bound

    def _judge(self, round: object, goodput: float) -> None:
        pass


@contextlib.contextmanager
def server(arguments: tuple[str, ...]) -> Iterator[str]:
    """A server in its own process; its URI."""
    command = [sys.executable, "-m", "benchmarks.server", *arguments]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        yield f"http://127.0.0.1:{int(process.stdout.readline())}/v1#bench"
    finally:
        process.kill()
        process.wait()


async def measure(uri: str, seconds: float, fixed: int | None) -> tuple[float, float, int]:
    """Answers a second, refusals a request, and the number of places at the end."""
    model = open_model(uri)
    assert isinstance(model, HttpModel)
    lane = model.pool.lanes[0]
    if fixed is not None:
        lane.rate = Fixed(fixed)
    answered = 0

    async def ask() -> None:
        nonlocal answered
        while True:
            await model.generate(_ASK)
            answered += 1

    await model.ready()
    tasks = [asyncio.create_task(ask()) for _ in range(fixed or model.concurrency)]
    await asyncio.sleep(seconds)
    rate, sent = answered / seconds, lane.transport.sent - 1
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    await model.close()
    refused = max(0, sent - answered - lane.rate.limit) / max(1, sent)
    return rate, refused, lane.rate.limit


def main() -> None:
    """Measure each server and print a line for it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=12)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", default="")
    arguments = parser.parse_args()
    print(f"{'server':<38}{'best fixed':>11}{'req/s':>7}{'found':>7}{'ratio':>7}{'refused':>9}")
    for name, options in SERVERS.items():
        if arguments.only in name:
            line(name, options, arguments.seconds, arguments.rounds)


def line(name: str, options: tuple[str, ...], seconds: float, rounds: int) -> None:
    """Look for the best fixed number, then measure it and the client as it is, in turns."""
    with server(options) as uri:
        best = max(FIXED, key=lambda n: asyncio.run(measure(uri, seconds / 8, n))[0])
        pairs = [
            (asyncio.run(measure(uri, seconds, best)), asyncio.run(measure(uri, seconds, None)))
            for _ in range(rounds)
        ]
    fixed, found = (median(pair[at][0] for pair in pairs) for at in (0, 1))
    ratio = median(found[0] / fixed[0] for fixed, found in pairs)
    refused = median(found[1] for _, found in pairs)
    limits = ", ".join(str(found[2]) for _, found in pairs)
    print(
        f"{name:<38}{best:>11}{fixed:>7.0f}{found:>7.0f}{ratio:>7.2f}{refused:>9.3f}"
        f"   (places at the end: {limits})",
        flush=True,
    )


if __name__ == "__main__":
    main()
