"""What the runner costs: a whole run beside a bare aiohttp loop, on the same local server.

`python -m benchmarks.runner [--samples 2000] [--rounds 5] [--beside ../older/src]`

Both send the same prompts, 64 in flight, to a server in a process of its own that answers at once
or after 50 ms, each time in other words. The run has everything on: ledger, parse, score,
diagnosis. Each measurement is a fresh process; rounds alternate, medians are printed. CPU is that
of the client's work alone (imports left out), memory the peak of its whole process. `--beside`
measures another edition of Tesuji, the folder that holds its package, in the same rounds.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.server import NUMBERED

CONCURRENCY = 64
PROMPT = "What is {question}? Answer with a number."
TOML = """
name = "bench"
metric = "exact"
[data]
train = "train.csv"
target = "answer"
[split]
dev = {samples}
[answer]
format = "integer"
[prompt]
user = "{prompt}"
"""


def questions(samples: int) -> list[str]:
    """Distinct questions, so that no output is found in the ledger."""
    return [f"{n} plus {n % 7}" for n in range(samples)]


async def bare(url: str, samples: int) -> None:
    """The least that a client can do: send, read, decode; bounded by a semaphore."""
    import aiohttp

    places = asyncio.Semaphore(CONCURRENCY)
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:

        async def one(question: str) -> str:
            message = {"role": "user", "content": PROMPT.format(question=question)}
            body = {"model": "bench", "messages": [message]}
            async with places, session.post(f"{url}/chat/completions", json=body) as response:
                data = await response.json()
                return str(data["choices"][0]["message"]["content"])

        await asyncio.gather(*(one(question) for question in questions(samples)))


def measure(what: str, url: str, samples: int) -> dict[str, float]:
    """Run one client in this process and take its figures."""
    import aiohttp  # noqa: F401

    import tesuji

    with tempfile.TemporaryDirectory() as aside:
        if what == "tesuji":
            folder = Path(aside)
            (folder / "competition.toml").write_text(TOML.format(samples=samples, prompt=PROMPT))
            rows = [f"{question},42" for question in questions(samples)]
            header = "question,answer\n"
            (folder / "train.csv").write_text(header + "\n".join([*rows, "one more,42"]) + "\n")
            task = tesuji.load(folder).with_options(concurrency=CONCURRENCY)
            began, cpu = time.perf_counter(), time.process_time()
            report = tesuji.run(task, model=f"{url}#bench")
            assert report.run.answered == samples and report.score == 1.0, report.run
        else:
            began, cpu = time.perf_counter(), time.process_time()
            asyncio.run(bare(url, samples))
    return {
        "seconds": time.perf_counter() - began,
        "cpu": time.process_time() - cpu,
        "megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


@contextlib.contextmanager
def server(delay: float, *options: str) -> Iterator[str]:
    """A benchmark server in its own process; its address."""
    command = [sys.executable, "-m", "benchmarks.server", str(delay), *options]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        yield f"http://127.0.0.1:{int(process.stdout.readline())}/v1"
    finally:
        process.kill()
        process.wait()


def child(what: str, url: str, samples: int, package: str | None = None) -> dict[str, float]:
    """`measure` in a fresh process, which finds Tesuji in the folder `package`, if one is named.

    It may keep byte code, as an installed package does: else each would compile what it imports.
    """
    paths = [package, str(Path.cwd()), os.environ.get("PYTHONPATH")]
    path = os.pathsep.join(path for path in paths if path)
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.runner", "--one", what, url, "--samples", str(samples)],
        env={**os.environ, "PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": ""},
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    figures: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return figures


def table(delay: float, samples: int, rounds: int, beside: str | None) -> None:
    """Print one table: medians of the clients, and their ratio to the bare one by rounds."""
    results: dict[str, list[dict[str, float]]] = {"bare aiohttp": [], "tesuji": []}
    if beside:
        results["beside"] = []
    with server(delay, "--reply", NUMBERED) as url:
        for _ in range(rounds):
            for what, found in results.items():
                package = beside if what == "beside" else None
                client = "tesuji" if what == "beside" else what
                found.append(child(client, url, samples, package))
    print(f"\nserver answers after {delay * 1000:.0f} ms; {samples} samples, {CONCURRENCY} at once")
    print(f"{'client':<14}{'samples/s':>11}{'CPU ms/sample':>15}{'peak MB':>9}")
    for what, found in results.items():
        rate = statistics.median(samples / f["seconds"] for f in found)
        cpu = statistics.median(f["cpu"] / samples * 1000 for f in found)
        memory = statistics.median(f["megabytes"] for f in found)
        print(f"{what:<14}{rate:>11.0f}{cpu:>15.3f}{memory:>9.1f}")
    bare_ones = results.pop("bare aiohttp")
    for what, found in results.items():
        pairs = zip(bare_ones, found, strict=True)
        ratio = statistics.median(bare["seconds"] / ours["seconds"] for bare, ours in pairs)
        print(f"rate of {what} / bare, median of {rounds} rounds: {ratio:.3f}")


def main() -> None:
    """Parse arguments and print both tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--samples", type=int, default=2000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--beside", metavar="FOLDER", help="another edition of Tesuji")
    parser.add_argument("--one", nargs=2, metavar=("CLIENT", "URL"))
    arguments = parser.parse_args()
    if arguments.one:
        what, url = arguments.one
        print(json.dumps(measure(what, url, arguments.samples)))
        return
    for delay in (0.0, 0.05):
        table(delay, arguments.samples, arguments.rounds, arguments.beside)


if __name__ == "__main__":
    main()
