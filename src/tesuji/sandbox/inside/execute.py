"""Running a piece of code as a notebook does: the last expression's value is kept."""

from __future__ import annotations

import ast
import contextlib
import io
import linecache
import signal
import sys
import traceback
import types
from typing import Any

from .wire import cut

TOO_LONG = "the code ran out of time"


class OutOfTime(BaseException):
    """Raised in the code when its time is over; not an Exception, so that few handlers catch it."""


class Interpreter:
    """A `__main__` module in which pieces of code run one after another."""

    def __init__(self, shown: int) -> None:
        module = types.ModuleType("__main__")
        sys.modules["__main__"] = module
        self._names = module.__dict__
        self._shown = shown  # at most so many characters of a value or a traceback
        self._count = 0
        self._running = False

    def _interrupt(self, number: int, frame: object) -> None:
        if self._running:
            raise OutOfTime(TOO_LONG)

    def run(self, code: str) -> tuple[str, str | None, str | None]:
        """How it ended (ok, error, memory, time), the last value's repr, the traceback."""
        self._count += 1
        signal.signal(signal.SIGINT, self._interrupt)  # the code may have set another
        end, value, error = "ok", None, None
        try:
            self._running = True
            try:
                value = self._evaluate(code, f"<code {self._count}>")
            finally:
                self._running = False
        except SystemExit as leaving:
            if leaving.code not in (None, 0):
                end, error = "error", cut(_traceback(leaving), self._shown)
        except BaseException as problem:
            end = _end_of(problem)
            error = cut(_traceback(problem), self._shown)
        for stream in (sys.stdout, sys.stderr):
            with contextlib.suppress(BaseException):
                stream.flush()
        return end, value, error

    def _evaluate(self, code: str, name: str) -> str | None:
        linecache.cache[name] = (len(code), None, code.splitlines(keepends=True), name)
        tree = ast.parse(code, name)
        last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
        exec(compile(tree, name, "exec", dont_inherit=True), self._names)
        if not isinstance(last, ast.Expr):
            return None
        expression = compile(ast.Expression(last.value), name, "eval", dont_inherit=True)
        result: Any = eval(expression, self._names)
        return None if result is None else cut(repr(result), self._shown)


def _end_of(problem: BaseException) -> str:
    if isinstance(problem, MemoryError):
        return "memory"
    return "time" if isinstance(problem, OutOfTime) else "error"


def _traceback(problem: BaseException) -> str:
    """The traceback from the code's first frame on."""
    try:
        frames = problem.__traceback__
        while frames is not None and frames.tb_frame.f_code.co_filename == __file__:
            frames = frames.tb_next
        if frames is not None and frames.tb_frame.f_code.co_filename == ast.__file__:
            frames = None  # the parser's own frames say nothing of a fault that it found
        told = traceback.TracebackException(type(problem), problem, frames, limit=30)
        told.stack[:] = [frame for frame in told.stack if frame.filename != __file__]
        return "".join(told.format()).strip().replace(f"{__name__}.", "")
    except BaseException as worse:
        return f"{type(problem).__name__} (and {type(worse).__name__} while it was told)"


def open_streams() -> None:
    """stdout and stderr that write at once and in order, and an empty stdin."""
    for name, descriptor in (("stdout", 1), ("stderr", 2)):
        raw = io.FileIO(descriptor, "w", closefd=False)
        stream = io.TextIOWrapper(raw, "utf-8", "backslashreplace", "\n", write_through=True)
        setattr(sys, name, stream)
        setattr(sys, f"__{name}__", stream)
    sys.stdin = sys.__stdin__ = io.TextIOWrapper(io.BytesIO(), "utf-8")  # type: ignore[misc]
    sys.argv = [""]
