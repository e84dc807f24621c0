"""One thread that reads the ledger for all pages.

SQLite's connections belong to a thread, and an open ledger remembers the lists of samples that were
asked for last, so that paging through them costs nothing. Reading never holds up a run that writes.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from tesuji.api.opening import NO_RUN
from tesuji.errors import InputError
from tesuji.run.ledger import Ledger

T = TypeVar("T")


class Reader:
    """The ledger of a file, opened when it is first there, and anew when another takes its place.
    `ledger` is for work that `run` does."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._thread = ThreadPoolExecutor(1, "board")
        self._open: Ledger | None = None
        self._file: tuple[int, int] | None = None
        self._opened = 0

    async def run(self, work: Callable[[], T]) -> T:
        """Do the work in the thread; what it raises is raised here."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)

    @contextmanager
    def ledger(self) -> Iterator[Ledger]:
        """The open ledger. InputError where there is none: looking must not make one."""
        try:
            found = self.path.stat()
        except FileNotFoundError:
            self._let_go()
            raise InputError(NO_RUN) from None
        file = found.st_dev, found.st_ino
        if self._open is None or file != self._file:
            self._let_go()
            self._open, self._file = Ledger(self.path), file
            self._opened += 1
        yield self._open

    def version(self) -> str:
        """Changes with every commit to the file, of this process or another, and with the file. For
        work that `run` does; no table is read."""
        if not self.path.exists():
            return "none"
        with self.ledger() as ledger:
            (version,) = ledger.row("PRAGMA data_version") or (0,)
            return f"{self._opened}.{version}.{ledger.connection.total_changes}"

    async def close(self) -> None:
        """Let go of the file and the thread."""
        await self.run(self._let_go)
        self._thread.shutdown()

    def _let_go(self) -> None:
        if self._open is not None:
            self._open.close()
            self._open = None
