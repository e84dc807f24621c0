"""Where the flow `code` has its code run: the sandbox of this process."""

from __future__ import annotations

import atexit
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tesuji.sandbox import Sandbox, Session

# The same random numbers at every run, so that one that goes on finds what it asked before.
_SEED = "import random as _r, numpy as _n\n_r.seed(0); _n.random.seed(0); del _r, _n\n"


@asynccontextmanager
async def opened(seconds: float, unsafe: bool) -> AsyncIterator[Session]:
    """A session of the process's sandbox for code of at most so many seconds, closed in the end.

    TesujiError where there can be no sandbox, or none that holds and `unsafe` is not said.
    """
    sandbox = _sandbox(unsafe)
    async with await sandbox.open(replace(sandbox.limits, seconds=seconds)) as session:
        await session.run(_SEED)
        yield session


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
