"""Many coroutines, one model in this process: their jobs meet in one thread.

The thread's work takes jobs whenever it has room, also while others are still under way, and hands
every result over as soon as it is there. Of the jobs that wait, the oldest goes first, and with it
those that begin like it and are about as long: what they share is computed once, and little is
padded.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from typing import Generic, TypeVar

from tesuji.errors import ModelUnavailableError

J = TypeVar("J")
R = TypeVar("R")
T = TypeVar("T")

_ALIKE = 64  # characters: prefixes that differ by less are equally good company


@dataclass(slots=True, eq=False)
class Ticket(Generic[J, R]):
    """A job on its way. `wanted` turns false when nobody waits for it any more."""

    job: J
    future: asyncio.Future[R]
    wanted: bool = True

    def finish(self, result: R | BaseException) -> None:
        """Hand over the job's result, or the exception it ends with; from any thread."""
        with suppress(RuntimeError):  # its event loop is closed: nobody waits
            self.future.get_loop().call_soon_threadsafe(_settle, self.future, result)


class Batcher(Generic[J, R]):
    """Collects jobs for a `run` that is called in one thread.

    `run(take)` works until `take` gives nothing and nothing is under way; `take(room)` gives at
    most `room` jobs at once, without waiting for any. What `run` raises goes to all jobs that it
    has taken and not finished. `size` is how many jobs are worth waiting for, `wait` how long a
    run waits for them when it starts, in seconds; `text` says what a job is about to read.
    """

    def __init__(
        self,
        run: Callable[[Callable[[int], list[Ticket[J, R]]]], None],
        *,
        size: int,
        text: Callable[[J], str] = lambda _: "",
        wait: float = 0.002,
    ) -> None:
        self._run, self._size, self._text, self._wait = run, size, text, wait
        self._lock = threading.Lock()
        self._pending: list[Ticket[J, R]] = []
        self._taken: list[Ticket[J, R]] = []
        self._work: asyncio.Task[None] | None = None
        self._thread: ThreadPoolExecutor | None = None
        self._closed = False

    async def submit(self, job: J) -> R:
        """The result of `job`. When the caller is cancelled, the job is dropped."""
        self._check_open()
        loop = asyncio.get_running_loop()
        ticket: Ticket[J, R] = Ticket(job, loop.create_future())
        with self._lock:
            if self._work is not None and self._work.get_loop() is not loop:
                # An earlier event loop was left behind with jobs that nobody waits for any more.
                self._work, self._pending = None, []
            self._pending.append(ticket)
        if self._work is None or self._work.done():
            self._work = loop.create_task(self._drain())
        try:
            return await ticket.future
        finally:
            ticket.wanted = False
            with self._lock:
                if ticket in self._pending:
                    self._pending.remove(ticket)

    async def in_thread(self, function: Callable[[], T]) -> T:
        """Call `function` in the thread that does the work."""
        self._check_open()
        return await asyncio.get_running_loop().run_in_executor(self._executor(), function)

    async def close(self) -> None:
        """Drop what waits, stop what is under way at its next step, end the thread."""
        self._closed = True
        with self._lock:
            left, self._pending = [*self._pending, *self._taken], []
        for ticket in left:
            ticket.wanted = False
            ticket.finish(ModelUnavailableError("the model is closed"))
        thread, self._thread = self._thread, None
        if thread is not None:
            await asyncio.to_thread(thread.shutdown)

    async def _drain(self) -> None:
        loop = asyncio.get_running_loop()
        while self._pending and not self._closed:
            if len(self._pending) < self._size:
                await asyncio.sleep(self._wait)
            await loop.run_in_executor(self._executor(), self._work_off)

    def _work_off(self) -> None:
        try:
            self._run(self._take)
        except Exception as error:
            for ticket in self._taken:
                ticket.finish(error)
        self._taken = []

    def _take(self, room: int) -> list[Ticket[J, R]]:
        if room < 1 or not self._pending:
            return []
        with self._lock:
            taken = _company(self._pending, room, self._text)
            chosen = set(map(id, taken))
            self._pending = [ticket for ticket in self._pending if id(ticket) not in chosen]
            self._taken = [t for t in self._taken if not t.future.done()] + taken
        return taken

    def _executor(self) -> ThreadPoolExecutor:
        if self._thread is None:
            self._thread = ThreadPoolExecutor(1, thread_name_prefix="tesuji-model")
        return self._thread

    def _check_open(self) -> None:
        if self._closed:
            raise ModelUnavailableError("the model is closed")


def _settle(future: asyncio.Future[R], result: R | BaseException) -> None:
    if future.done():
        return
    if isinstance(result, BaseException):
        future.set_exception(result)
    else:
        future.set_result(result)


def _company(
    pending: list[Ticket[J, R]], room: int, text: Callable[[J], str]
) -> list[Ticket[J, R]]:
    """The oldest job and those that go with it best, at most `room` in all."""
    if len(pending) <= room:
        return pending
    oldest = pending[0]
    first = text(oldest.job)

    def strangeness(ticket: Ticket[J, R]) -> tuple[int, int]:
        other = text(ticket.job)
        return -(common_prefix(first, other) // _ALIKE), abs(len(other) - len(first))

    return [oldest, *sorted(pending[1:], key=strangeness)[: room - 1]]


def common_prefix(one: Sequence[object], other: Sequence[object]) -> int:
    """How many items (characters of texts, say) two sequences have in common at the beginning."""
    low, high = 0, min(len(one), len(other))
    while low < high:  # by bisection: comparing slices is a hundred times faster than a loop
        middle = (low + high + 1) // 2
        if one[low:middle] == other[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low
