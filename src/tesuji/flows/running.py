"""Where the flow `code` has its code run: the sandbox of this process."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Protocol

from tesuji.sandbox.outcome import Outcome


class Session(Protocol):
    """One attempt's Python: what a piece of code defines is there for the next."""

    async def run(self, code: str, *, seconds: float | None = None) -> Outcome:
        """Run code; whatever it does, an outcome."""


@asynccontextmanager
async def opened(unsafe: bool) -> AsyncIterator[Session]:
    """A session of the process's sandbox, closed in the end."""
    from tesuji.sandbox import shared  # heavy: starts workers

    session = await (await shared(unsafe=unsafe)).open()
    try:
        yield session
    finally:
        await session.close()
