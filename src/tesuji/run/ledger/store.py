"""The ledger's file: one long-lived SQLite connection, and commits in groups.

WAL with `synchronous=NORMAL`: a commit survives `kill -9` of the process at any instant; a power
cut may take the last moments, never the file's integrity.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, TypeAlias

from tesuji.errors import LedgerError
from tesuji.run.ledger.schema import migrate

FILE = "ledger.db"

Write: TypeAlias = Callable[[sqlite3.Connection], None]

# A commit costs about 0.1 ms however many rows it holds, so rows wait a moment for company.
# 5 ms is below what any model takes; 256 rows bound the wait at high rates.
_WAIT_SECONDS = 0.005
_GROUP = 256


class Ledger:
    """A competition's memory. Use as a context manager; one per process and file is enough.

    Writes made inside an event loop are grouped (`append`); those outside are single
    transactions (`transaction`). Other processes may read and write the same file.
    """

    def __init__(self, path: Path | str) -> None:
        self.path = Path(path)
        self._errors = _Errors(self.path)
        with self._errors:
            if self.path.exists() and self.path.is_dir():
                raise LedgerError(f"{self.path}: is a folder, not a ledger")
            self.connection = sqlite3.connect(self.path, timeout=30, isolation_level=None)
            try:
                self._prepare()
            except BaseException:
                self.connection.close()
                raise
        self.setups: dict[tuple[str, str], int] = {}
        self._pending: list[Write] = []
        self._waiting: list[asyncio.Future[None]] = []
        self._timer: asyncio.TimerHandle | None = None
        self._late: LedgerError | None = None

    def _prepare(self) -> None:
        self.connection.execute("PRAGMA journal_mode = WAL")
        self.connection.execute("PRAGMA synchronous = NORMAL")
        self.connection.execute("PRAGMA foreign_keys = OFF")  # checked by the tests, not per row
        try:
            migrate(self.connection)
        except LedgerError as error:
            raise LedgerError(f"{self.path}: {error}") from None

    def append(self, write: Write) -> None:
        """Queue a write for the next grouped commit."""
        self._pending.append(write)
        if len(self._pending) >= _GROUP:
            self.flush()
        elif self._timer is None:
            loop = asyncio.get_running_loop()
            self._timer = loop.call_later(_WAIT_SECONDS, self._flush_in_time)

    def commit(self, write: Write) -> asyncio.Future[None]:
        """As `append`; the future is done when the write is on disk."""
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(future)
        self.append(write)
        return future

    @property
    def pending(self) -> int:
        """How many writes wait for the next commit."""
        return len(self._pending)

    def flush(self) -> None:
        """Commit what is queued now. LedgerError if that fails, told to all who wait as well."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        late, self._late = self._late, None
        group, self._pending = self._pending, []
        waiting, self._waiting = self._waiting, []
        if late is not None:  # these cannot be written either, and somebody may wait for them
            self._tell(waiting, late)
            raise late
        if not group:
            return
        try:
            with self.transaction() as connection:
                for write in group:
                    write(connection)
        except LedgerError as error:
            self._tell(waiting, error)
            raise
        self._tell(waiting, None)

    def _flush_in_time(self) -> None:
        try:
            self.flush()
        except LedgerError as error:
            self._late = error  # raised by the next flush: not every write has one who waits

    @staticmethod
    def _tell(waiting: list[asyncio.Future[None]], error: LedgerError | None) -> None:
        for future in waiting:
            if future.done():
                continue
            if error is None:
                future.set_result(None)
            else:
                future.set_exception(error)
                future.exception()  # a waiter that is gone must not make a warning

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """All of the block's writes, or none. LedgerError says in one line what failed."""
        with self._errors:
            self.connection.execute("BEGIN IMMEDIATE")
            try:
                yield self.connection
                self.connection.execute("COMMIT")
            except BaseException:
                self.setups.clear()  # an id that was rolled back must not be used again
                if self.connection.in_transaction:
                    self.connection.execute("ROLLBACK")
                raise

    def rows(self, query: str, *parameters: Any) -> list[tuple[Any, ...]]:
        """All rows of a query."""
        with self._errors:
            return self.connection.execute(query, parameters).fetchall()

    def row(self, query: str, *parameters: Any) -> tuple[Any, ...] | None:
        """The first row of a query, or None."""
        with self._errors:
            found: tuple[Any, ...] | None = self.connection.execute(query, parameters).fetchone()
            return found

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """For cursors that are read as a stream; LedgerError says in one line what failed."""
        with self._errors:
            yield self.connection

    def close(self) -> None:
        """Flush and let go of the file. May be called twice."""
        try:
            self.flush()
        finally:
            self.connection.close()

    def __enter__(self) -> Ledger:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


class _Errors:
    """Within it, what the file or SQLite raises is a LedgerError. Entered for each query: a class
    costs a quarter of a generator."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __enter__(self) -> None:
        """Nothing to be done yet."""

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if isinstance(error, sqlite3.Error):
            raise LedgerError(f"{self._path}: {_explain(error)}") from error
        if isinstance(error, OSError):
            raise LedgerError(f"{self._path}: {error.strerror or error}") from error


def _explain(error: sqlite3.Error) -> str:
    text = str(error)
    if "not a database" in text or "malformed" in text:
        return (
            f"not a readable ledger ({text}): move it away; a new one is made at the next run, "
            "or restore it from a copy"
        )
    if "readonly" in text or "unable to open" in text:
        return f"cannot be written ({text}): check the folder's permissions"
    if "full" in text:
        return f"the disk is full ({text}): nothing recorded is lost; free space and run again"
    if "I/O error" in text:  # also a quota, or a limit on the sizes of files
        return (
            f"the disk refuses it ({text}): nothing recorded is lost; look at its space, quota "
            "and limits, and run again"
        )
    if "locked" in text or "busy" in text:
        return f"another process holds it ({text}): wait for it and run again; nothing is lost"
    return text
