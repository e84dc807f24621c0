"""The board over a ledger of a million outputs: how long pages take, and what the server takes.

`python -m benchmarks.board [--runs 10] [--samples 100000] [--repeats 5] [--folder FOLDER]`

Makes a competition of `--samples` rows and a ledger of `--runs` runs on it, starts `tesuji board`
on it as a person would, and loads pages over HTTP: the first time ("first"), when the server knows
nothing of what is asked, and then again (median "again"). Beside them, in the same minutes, what a
page of fifty samples costs somebody who reads the run's rows into Python and sorts them there
("naive"). Memory is the server's own (VmRSS, VmHWM: its peak). With `--folder` the competition is
kept, and used again where it is there.
"""

from __future__ import annotations

import argparse
import http.cookiejar
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlencode

from benchmarks.browse import looks, naive
from benchmarks.large import make_competition
from tesuji.run.ledger import FILE, Ledger
from tesuji.task.task import Task, load


@contextmanager
def served(folder: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """`tesuji board` on a free port: the process, and the address with the token."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tesuji", "board", "-C", str(folder), "--port", "0"],
        stdout=subprocess.PIPE, text=True, encoding="utf-8",
    )  # fmt: skip
    assert process.stdout is not None
    try:
        yield process, process.stdout.readline().strip()
    finally:
        process.terminate()
        process.wait()


def memory(process: subprocess.Popen[str]) -> str:
    """What the server holds now and held at most."""
    status = Path(f"/proc/{process.pid}/status").read_text(encoding="utf-8")
    found = dict(line.split(":", 1) for line in status.splitlines())
    now, peak = (int(found[name].split()[0]) / 1024 for name in ("VmRSS", "VmHWM"))
    return f"{now:.0f} MB, at most {peak:.0f} MB"


def pages(task: Task, runs: int) -> dict[str, str]:
    """The pages that are loaded, by what they are called here."""
    samples = f"/run/{runs}/samples"
    middle = task.dev[len(task.dev) // 2].id
    return {
        "first page": "/",
        "run": f"/run/{runs}",
        "samples": samples,
        "samples: last page": f"{samples}?page={len(task.dev) // 50}",
        "samples: a finding": f"{samples}?kind=preamble",
        "samples: any failure": f"{samples}?kind=any",
        "samples: worst first": f"{samples}?order=score-down",
        "samples: text": f"{samples}?text=prices+waited",
        "sample": f"/run/{runs}/sample?{urlencode({'id': middle})}",
        "sample, among failures": f"/run/{runs}/sample?{urlencode({'id': middle, 'kind': 'any'})}",
        "compare": f"/compare?a=1&b={runs}",
    }


def measure(folder: Path, runs: int, repeats: int) -> None:
    """The table of pages."""
    task = load(folder)
    with served(folder) as (process, address):
        base = address.split("/?")[0]
        opener = urllib.request.build_opener(
            urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()),
            urllib.request.ProxyHandler({}),
        )

        def fetch(url: str) -> tuple[float, int]:
            began = time.perf_counter()
            with opener.open(url, timeout=600) as answer:
                size = len(answer.read())
            return (time.perf_counter() - began) * 1000, size

        opener.open(f"{base}/static/board.css").read()  # it listens before it is ready
        print(f"{'':<26}{'first, ms':>11}{'again, ms':>11}{'kB':>8}   server")
        for name, path in pages(task, runs).items():
            first, size = fetch(address if path == "/" else base + path)
            again = statistics.median(fetch(base + path)[0] for _ in range(repeats))
            print(f"{name:<26}{first:>11.0f}{again:>11.1f}{size / 1000:>8.0f}   {memory(process)}",
                  flush=True)  # fmt: skip
    with Ledger(folder / FILE) as ledger:
        look = next(one for one in looks() if one.name == "finding")
        began = time.perf_counter()
        naive(ledger, look)
        print(f"{'naive: a finding':<26}{(time.perf_counter() - began) * 1000:>11.0f}")


def main() -> None:
    """Make the competition where there is none, then print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=10)
    parser.add_argument("--samples", type=int, default=100_000)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--folder", type=Path)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = asked.folder or Path(scratch) / "large"
        make_competition(folder, asked.runs, asked.samples)
        measure(folder, asked.runs, asked.repeats)


if __name__ == "__main__":
    main()
