"""What one process costs that does the task, seen from outside, and what its samples cost."""

from __future__ import annotations

import contextlib
import json
import os
import resource
import signal
import subprocess
import tempfile
import threading
import time
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import astuple, dataclass
from pathlib import Path
from statistics import median
from typing import Self

from benchmarks.rivals.failure import FailedError, last_words
from benchmarks.rivals.tool import Job, Tool
from benchmarks.runner import server

ROOT = Path(__file__).resolve().parents[2]
DELAY = 0.05
LIMIT = 900.0


@dataclass(frozen=True, slots=True)
class Process:
    """One process that answered `samples` questions.

    `whole` and `asking` are wall-clock seconds: from start to end, and between the server's first
    request and its last reply. `cpu` is seconds, user and system, of the process and its children;
    `megabytes` the peak of the largest among them; `at_once` the most requests in flight.
    """

    samples: int
    whole: float
    cpu: float
    megabytes: float
    requests: int
    at_once: int
    asking: float


@dataclass(frozen=True, slots=True)
class Figures:
    """What a tool's samples cost, its start and stop apart."""

    rate: float
    cpu_ms: float
    start_cpu: float
    megabytes: float
    requests: float
    at_once: float
    whole: float

    @classmethod
    def of(cls, many: Process, few: Process) -> Self:
        """The difference of two processes is what samples cost; the rest is start and stop."""
        each = (many.cpu - few.cpu) / (many.samples - few.samples)
        return cls(
            rate=many.samples / many.asking,
            cpu_ms=each * 1000,
            start_cpu=few.cpu - few.samples * each,
            megabytes=many.megabytes,
            requests=many.requests,
            at_once=many.at_once,
            whole=many.whole,
        )

    @classmethod
    def middle(cls, rounds: list[Self]) -> Self:
        """The median of each figure."""
        return cls(*map(median, zip(*map(astuple, rounds), strict=True)))


def measure(tool: Tool, interpreter: Path, samples: int) -> Figures:
    """One round of a tool: on all samples and on a tenth. FailedError where it does not do them."""
    few = process(tool, interpreter, max(1, samples // 10))
    return Figures.of(process(tool, interpreter, samples), few)


def process(tool: Tool, interpreter: Path, samples: int) -> Process:
    """Run a tool once on so many samples, with a server and a folder of its own."""
    with (
        tempfile.TemporaryDirectory() as aside,
        server(DELAY, "--reply", tool.reply) as url,
    ):
        job = Job(Path(aside), url, samples)
        command = [str(part) for part in tool.command(interpreter, job)]
        began = time.perf_counter()
        usage = _run(command, job.folder, _environment(job.folder, tool.variables))
        whole = time.perf_counter() - began
        _check(tool, job.folder)
        with urllib.request.urlopen(url.removesuffix("/v1") + "/seen") as response:
            seen = json.load(response)
    return Process(
        samples=samples,
        whole=whole,
        cpu=usage.ru_utime + usage.ru_stime,
        megabytes=usage.ru_maxrss / 1024,
        requests=seen["requests"],
        at_once=seen["at_once"],
        asking=seen["seconds"],
    )


def _check(tool: Tool, folder: Path) -> None:
    """FailedError where the tool did not find every answer right, or left no score."""
    try:
        score = tool.score(folder)
    except (OSError, ValueError, LookupError, ArithmeticError) as error:
        raise FailedError(f"left no score: {error!r}") from error
    if score != 1:
        raise FailedError(f"scored {score:.4f} where every answer is right")


def _environment(folder: Path, variables: Mapping[str, str]) -> dict[str, str]:
    """Ours, with a home in the job's folder: no settings, caches or logs of earlier runs."""
    strangers = ("PYTHONPATH", "HOME", "XDG_", "PROMPTFOO_", "INSPECT_", "DSPY", "HF_", "OPENAI_")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(strangers)}
    path = os.pathsep.join(map(str, (ROOT, ROOT / "src")))
    return {**kept, "PYTHONPATH": path, "HOME": str(folder), **variables}


def _run(command: list[str], folder: Path, variables: dict[str, str]) -> resource.struct_rusage:
    """Run to the end, output into a file; what the process and all its children used."""
    with (folder / "output.txt").open("w+", encoding="utf-8", errors="replace") as output:
        try:
            child = subprocess.Popen(
                command, cwd=folder, env=variables, stdin=subprocess.DEVNULL,
                stdout=output, stderr=output, start_new_session=True,
            )  # fmt: skip
        except OSError as error:
            raise FailedError(f"can't be started: {error}") from error
        with _ended_after(LIMIT, child.pid):
            _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode:
            output.seek(0)
            raise FailedError(f"ended with {child.returncode}: {last_words(output.read())}")
    return usage


@contextlib.contextmanager
def _ended_after(seconds: float, group: int) -> Iterator[None]:
    """Kill a process group that takes longer."""
    timer = threading.Timer(seconds, os.killpg, (group, signal.SIGKILL))
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
