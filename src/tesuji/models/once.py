"""Something slow that many coroutines need and that must happen once: loading, asking a server."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable


class Once:
    """Awaits `work` once, for all who wait meanwhile; again only after it failed."""

    def __init__(self, work: Callable[[], Awaitable[None]]) -> None:
        self._work = work
        self._task: asyncio.Task[None] | None = None
        self.done = False

    async def wait(self) -> None:
        """Return when the work is done; raise what it raised."""
        if self.done:
            return
        loop = asyncio.get_running_loop()
        task = self._task
        if task is None or task.done() or task.get_loop() is not loop:
            task = self._task = loop.create_task(self._go())
        # One who is cancelled must not take the work from the others.
        await asyncio.shield(task)

    async def _go(self) -> None:
        await self._work()
        self.done = True
