"""Many prompts solved by their own examples: here at first, by processes once that takes long.

A process takes half a second to start, so a handful of prompts is solved in place. Processes are
fed lines of JSON (no pickling, no import of the caller's main module), and one that is silent for
long is killed and its prompt left unsolved.
"""

from __future__ import annotations

import contextlib
import json
import os
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from weakref import finalize

from tesuji.baselines.induction import Solved, solve_prompt

SECONDS = 0.1  # of processor for one prompt
_PATIENCE = 1.0  # seconds of solving in place before processes are worth their start
_SILENCE = 30.0  # seconds after which a process is given up
_WORTH = 16  # prompts that must be left for processes to be started


class Solver:
    """Solves prompts with a vocabulary of plain `words`; from one thread at a time."""

    def __init__(self, words: Sequence[str] = (), seconds: float = SECONDS) -> None:
        self._words, self._seconds = tuple(words), seconds
        self._known = frozenset(words)
        self._workers: list[_Worker] = []
        self._spent = 0.0

    def solve(self, texts: Sequence[str]) -> list[Solved | None]:
        """One answer a text, in order; None where no rule was found."""
        found: list[Solved | None] = []
        for at, text in enumerate(texts):
            late, left = self._spent > _PATIENCE, len(texts) - at
            if late and left >= _WORTH and _processors() > 1:
                return found + self._by_processes(texts[at:])
            began = time.monotonic()
            found.append(solve_prompt(text, seconds=self._seconds, words=self._known))
            self._spent += time.monotonic() - began
        return found

    def close(self) -> None:
        """End the processes."""
        workers, self._workers = self._workers, []
        for worker in workers:
            worker.close()

    def _by_processes(self, texts: Sequence[str]) -> list[Solved | None]:
        if not self._workers:
            self._workers = [_Worker(self._words, self._seconds) for _ in range(_processors())]
            for worker in self._workers:
                finalize(self, worker.close)
        free: queue.SimpleQueue[_Worker] = queue.SimpleQueue()
        for worker in self._workers:
            free.put(worker)

        def one(text: str) -> Solved | None:
            worker = free.get()
            try:
                return worker.solve(text)
            finally:
                free.put(worker)

        with ThreadPoolExecutor(len(self._workers)) as threads:
            return list(threads.map(one, texts))


class _Worker:
    """One process, started when it is first needed, and again after it was killed."""

    def __init__(self, words: Sequence[str], seconds: float) -> None:
        self._setting = json.dumps([list(words), seconds])
        self._process: subprocess.Popen[str] | None = None
        self._lines: queue.SimpleQueue[str] = queue.SimpleQueue()

    def solve(self, text: str) -> Solved | None:
        """What the process finds; None, too, where it is silent or dies."""
        process = self._started()
        assert process.stdin is not None
        try:
            process.stdin.write(json.dumps(text) + "\n")
            process.stdin.flush()
            line = self._lines.get(timeout=_SILENCE)
        except (queue.Empty, OSError):
            line = ""
        if not line:
            self.close()
            return None
        found = json.loads(line)
        return None if found is None else Solved(*found)

    def close(self) -> None:
        """Kill the process, if there is one."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait()
            if process.stdin is not None:
                with contextlib.suppress(OSError):
                    process.stdin.close()

    def _started(self) -> subprocess.Popen[str]:
        if self._process is not None and self._process.poll() is None:
            return self._process
        root = str(Path(__file__).parents[2])
        paths = [root, *filter(None, [os.environ.get("PYTHONPATH")])]
        process = subprocess.Popen(
            [sys.executable, "-m", "tesuji.baselines.solving"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            text=True, encoding="utf-8", env=os.environ | {"PYTHONPATH": os.pathsep.join(paths)},
        )  # fmt: skip
        self._process, self._lines = process, queue.SimpleQueue()
        threading.Thread(target=_read, args=(process, self._lines), daemon=True).start()
        assert process.stdin is not None
        with contextlib.suppress(OSError):  # it is dead, which the next line finds out
            process.stdin.write(self._setting + "\n")
        return process


def _read(process: subprocess.Popen[str], lines: queue.SimpleQueue[str]) -> None:
    assert process.stdout is not None
    with process.stdout as stdout:
        for line in stdout:
            lines.put(line)
    lines.put("")


def _processors() -> int:
    counted = getattr(os, "sched_getaffinity", None)
    return len(counted(0)) if counted else os.cpu_count() or 1


def main() -> None:
    """A process's work: the words and seconds on the first line, then a prompt a line."""
    listed, seconds = json.loads(sys.stdin.readline())
    words = frozenset(listed)
    for line in sys.stdin:
        try:
            solved = solve_prompt(json.loads(line), seconds=seconds, words=words)
        except RecursionError:
            solved = None
        found = None if solved is None else (solved.answer, solved.sure, solved.rule)
        print(json.dumps(found), flush=True)


if __name__ == "__main__":
    main()
