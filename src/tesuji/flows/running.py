"""Where the flow `code` has its code run: the sandbox of this process."""

from __future__ import annotations

import asyncio
import atexit
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from tesuji.sandbox.outcome import Outcome

if TYPE_CHECKING:
    from tesuji.sandbox import Sandbox, Session

# The same random numbers at every run, so that one that goes on finds what it asked before.
_SEED = "import random as _r, numpy as _n\n_r.seed(0); _n.random.seed(0); del _r, _n\n"


_MOST_OPEN = 128  # sessions at once: a process each
_FILES = 6  # that a session takes in this process, with some to spare
_Gates = WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Semaphore]
_turns: _Gates = WeakKeyDictionary()
_doors: _Gates = WeakKeyDictionary()


@dataclass(frozen=True, slots=True)
class Python:
    """One attempt's Python: what a piece of code defines is there for the next."""

    session: Session

    async def run(self, code: str) -> Outcome:
        """Run a piece of code, at most as many at once in this process as there are processors: the
        time that it may take is not to depend on how many others run."""
        async with _gate(_turns, max(2, os.cpu_count() or 1)):
            return await self.session.run(code)


@asynccontextmanager
async def opened(seconds: float, unsafe: bool) -> AsyncIterator[Python]:
    """A session of the process's sandbox for code of at most so many seconds, closed in the end.

    Where as many are open as this process has files for, it waits. TesujiError where there can be
    no sandbox, or none that holds and `unsafe` is not said.
    """
    sandbox = _sandbox(unsafe)
    limits = replace(sandbox.limits, seconds=seconds)
    async with _gate(_doors, _most_open()), await sandbox.open(limits) as session:
        python = Python(session)
        await python.run(_SEED)
        yield python


def _gate(gates: _Gates, width: int) -> asyncio.Semaphore:
    loop = asyncio.get_running_loop()
    if loop not in gates:
        gates[loop] = asyncio.Semaphore(width)
    return gates[loop]


def _most_open() -> int:
    import resource

    files, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    spare = files // 2 if files > 0 else _MOST_OPEN * _FILES
    return max(2, min(_MOST_OPEN, spare // _FILES))


def _sandbox(unsafe: bool) -> Sandbox:
    from tesuji.sandbox import shared  # not at the start of every command

    return _unsafe() if unsafe else shared()


@cache
def _unsafe() -> Sandbox:
    from tesuji.sandbox import Sandbox

    sandbox = Sandbox(unsafe=True)
    atexit.register(sandbox.shut)
    return sandbox


def lacking() -> str | None:
    """Why code can't be run here without `unsafe`; None where it can."""
    from tesuji.sandbox import layers
    from tesuji.sandbox.layers import holes

    missing = {layer.name: layer.why_not for layer in layers() if layer.why_not is not None}
    if all(not layer.on for layer in layers()):
        return f"there is no sandbox here: {next(iter(missing.values()))}"
    open_to = holes(missing)
    return f"the sandbox would leave {' and '.join(open_to)} open here" if open_to else None
