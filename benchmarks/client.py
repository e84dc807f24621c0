"""CPU time of the HTTP client per request, beside a bare aiohttp loop.

`python -m benchmarks.client [--requests 4000] [--rounds 5]`

Both send the same requests, 64 in flight, to a server in a process of its own that answers at once;
rounds alternate, each in a fresh process; medians. The time of the process, imports left out.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import subprocess
import sys
import time

from benchmarks.runner import CONCURRENCY, bare, server


async def client(url: str, requests: int) -> None:
    """The same by the client: bounded by a semaphore, as the runner does it."""
    from tesuji.models.base import Request, Sampling
    from tesuji.models.registry import open_model
    from tesuji.task.sample import Message

    model = open_model(f"{url}#bench", concurrency=CONCURRENCY)
    places = asyncio.Semaphore(CONCURRENCY)

    async def one(number: int) -> str:
        prompt = f"What is {number} plus {number % 7}? Answer with a number."
        async with places:
            return (await model.generate(Request((Message("user", prompt),), Sampling()))).text

    await asyncio.gather(*map(one, range(requests)))
    await model.close()


def measure(what: str, url: str, requests: int) -> float:
    """Microseconds of CPU a request, in this process."""
    import aiohttp  # noqa: F401

    send = {"bare": bare, "client": client}[what]
    asyncio.run(send(url, 100))  # imports
    began = time.process_time()
    asyncio.run(send(url, requests))
    return (time.process_time() - began) / requests * 1e6


def main() -> None:
    """Parse arguments, measure in turns, print medians and the ratio."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=4000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--one", nargs=2, metavar=("WHAT", "URL"))
    arguments = parser.parse_args()
    if arguments.one:
        what, url = arguments.one
        print(measure(what, url, arguments.requests))
        return
    found: dict[str, list[float]] = {"bare": [], "client": []}
    with server(0.0) as url:
        for _ in range(arguments.rounds):
            for what, figures in found.items():
                command = [sys.executable, "-m", "benchmarks.client", "--one", what, url]
                command += ["--requests", str(arguments.requests)]
                done = subprocess.run(command, check=True, capture_output=True, text=True)
                figures.append(float(done.stdout))
    for what, figures in found.items():
        print(f"{what:<8}{statistics.median(figures):>8.0f} µs of CPU a request")
    pairs = zip(found["client"], found["bare"], strict=True)
    print(f"client / bare, median: {statistics.median(ours / base for ours, base in pairs):.2f}")


if __name__ == "__main__":
    main()
