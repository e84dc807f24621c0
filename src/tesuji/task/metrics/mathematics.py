"""The metric `math`: equality of mathematical answers, 1/2 = 0.5 = \\frac{1}{2}.

Answers that are equal as strings, or both plain integers, are judged here. All else goes to
math-verify in a process of its own that stays warm, and that is killed where a pair takes more
than `SECONDS`: a hostile answer costs that much once, and counts as wrong.
"""

from __future__ import annotations

import atexit
import contextlib
import importlib.util
import json
import os
import queue
import re
import sys
import threading
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tesuji.errors import MissingExtraError, TesujiError
from tesuji.task.formats.base import AnswerFormat
from tesuji.task.formats.numerals import whole_number
from tesuji.task.metrics.base import Metric, MetricKind, mean_of
from tesuji.task.sample import Answer

if TYPE_CHECKING:
    import subprocess

SECONDS = 5.0
_START_SECONDS = 120.0  # importing sympy on a busy machine
_LONGEST = 2000  # characters of an answer that is worth reading
_FORMATS = frozenset({"boxed", "text", "number", "integer"})
_ENVIRONMENT = ("PATH", "PYTHONPATH", "SYSTEMROOT", "LANG", "LC_ALL", "TMPDIR", "TEMP", "TMP")
_NOISE = re.compile(r"\\left(?![a-z])|\\right(?![a-z])|\\[!,;: ]|[\s$]|(?<=\\)[dt](?=frac)")


class MathWorker:
    """One warm process that compares pairs; started at the first, and again after a kill."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: subprocess.Popen[str] | None = None
        self._lines: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._owner = 0

    def equal(self, target: str, answer: str, seconds: float = SECONDS) -> bool:
        """Whether the two mean the same; False where that takes longer than `seconds`."""
        with self._lock:
            process = self._started()
            assert process.stdin is not None
            try:
                process.stdin.write(json.dumps([target, answer]) + "\n")
                process.stdin.flush()
                verdict = self._lines.get(timeout=seconds)
            except (queue.Empty, OSError):
                verdict = ""
            if verdict not in ("1", "0"):  # too slow, or it died of the memory limit
                self._kill()
            return verdict == "1"

    def close(self) -> None:
        """End the process, if there is one."""
        with self._lock:
            self._kill()

    def _started(self) -> subprocess.Popen[str]:
        import subprocess

        alive = self._process is not None and self._process.poll() is None
        if self._process is not None and alive and self._owner == os.getpid():
            return self._process
        self._owner = os.getpid()  # after a fork the parent's process is not ours to talk to
        self._process = subprocess.Popen(
            # -P: the script's folder must not come first on the path of imports.
            [sys.executable, "-P", str(Path(__file__).with_name("math_worker.py"))],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            encoding="utf-8",
            env={name: os.environ[name] for name in _ENVIRONMENT if name in os.environ},
        )
        self._lines = queue.SimpleQueue()
        reader = threading.Thread(
            target=_read_lines, args=(self._process, self._lines), daemon=True
        )
        reader.start()
        try:
            ready = self._lines.get(timeout=_START_SECONDS)
        except queue.Empty:
            ready = ""
        if ready != "ready":
            self._kill()
            raise TesujiError(
                "metric 'math': math-verify does not start; try: "
                'python -c "from math_verify import parse, verify"'
            )
        return self._process

    def _kill(self) -> None:
        process, self._process = self._process, None
        if process is not None and self._owner == os.getpid():
            process.kill()
            process.wait()
            if process.stdin is not None:
                with contextlib.suppress(OSError):
                    process.stdin.close()


def _read_lines(process: subprocess.Popen[str], lines: queue.SimpleQueue[str]) -> None:
    assert process.stdout is not None
    with process.stdout as stdout:
        for line in stdout:
            lines.put(line.strip())
    lines.put("")  # it has ended: whoever waits need not wait for the time-out


_WORKER = MathWorker()
atexit.register(_WORKER.close)


def math_equal(answer: Answer, target: Answer) -> float:
    """1.0 if two answers mean the same number, expression, set or interval, else 0.0."""
    given, right = _tidy(str(answer)), _tidy(str(target))
    if given == right:
        return 1.0
    numbers = (whole_number(given), whole_number(right))
    if isinstance(numbers[0], int) and isinstance(numbers[1], int):
        return float(numbers[0] == numbers[1])
    if not given or not right or max(len(given), len(right)) > _LONGEST:
        return 0.0
    return float(_compared(str(target).strip(), str(answer).strip()))


@lru_cache(maxsize=20_000)
def _compared(target: str, answer: str) -> bool:
    return _WORKER.equal(target, answer)


def _tidy(text: str) -> str:
    """Without what LaTeX ignores or only sets differently."""
    return _NOISE.sub("", text.strip()).removesuffix(".")


def _make_math(name: str, options: Mapping[str, Any], format: AnswerFormat) -> Metric:
    if importlib.util.find_spec("math_verify") is None:
        raise MissingExtraError("math-verify", "math", "metric 'math'")
    return Metric(name, True, 1.0, math_equal, mean_of(math_equal), _FORMATS, True)


MATH = MetricKind(_FORMATS, _make_math)
