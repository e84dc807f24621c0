"""Many coroutines, one model in this process: their jobs are collected into batches.

One thread does the work. While a batch runs, jobs gather; the next batch takes those that go
together with the one that has waited longest, nearest to it in length, so that little is padded.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Hashable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Generic, TypeVar

from tesuji.errors import ModelUnavailableError

J = TypeVar("J")
R = TypeVar("R")
T = TypeVar("T")
Alive = Callable[[int], bool]
"""Whether the answer to job number i of a batch is still wanted; safe to call from the thread."""


@dataclass(slots=True, eq=False)
class _Waiting(Generic[J, R]):
    job: J
    future: asyncio.Future[R]
    wanted: bool = True


class Batcher(Generic[J, R]):
    """Runs jobs in batches of at most `size` in one thread.

    `run(jobs, alive)` gives a result or an exception for each job; what it raises goes to that
    batch alone. `wait` is how long, in seconds, a batch that is not full waits for company.
    """

    def __init__(
        self,
        run: Callable[[Sequence[J], Alive], Sequence[R | BaseException]],
        *,
        size: int,
        key: Callable[[J], Hashable],
        length: Callable[[J], int],
        wait: float = 0.002,
    ) -> None:
        self._run, self._size, self._wait = run, size, wait
        self._key, self._length = key, length
        self._pending: list[_Waiting[J, R]] = []
        self._running: list[_Waiting[J, R]] = []
        self._drain: asyncio.Task[None] | None = None
        self._thread: ThreadPoolExecutor | None = None
        self._closed = False

    async def submit(self, job: J) -> R:
        """The result of `job`. When the caller is cancelled, the job is dropped."""
        self._check_open()
        loop = asyncio.get_running_loop()
        waiting: _Waiting[J, R] = _Waiting(job, loop.create_future())
        if self._drain is not None and self._drain.get_loop() is not loop:
            # An earlier event loop was left behind with jobs that nobody waits for any more.
            self._drain, self._pending = None, []
        self._pending.append(waiting)
        if self._drain is None or self._drain.done():
            self._drain = loop.create_task(self._work())
        try:
            return await waiting.future
        finally:
            waiting.wanted = False
            if waiting in self._pending:
                self._pending.remove(waiting)

    async def in_thread(self, function: Callable[[], T]) -> T:
        """Call `function` in the thread that runs the batches."""
        self._check_open()
        return await asyncio.get_running_loop().run_in_executor(self._executor(), function)

    async def close(self) -> None:
        """Drop what waits, stop what runs at its next step, end the thread."""
        self._closed = True
        gone = ModelUnavailableError("the model is closed")
        for waiting in [*self._pending, *self._running]:
            waiting.wanted = False
            if not waiting.future.done() and not waiting.future.get_loop().is_closed():
                waiting.future.set_exception(gone)
        self._pending = []
        thread, self._thread = self._thread, None
        if thread is not None:
            await asyncio.to_thread(thread.shutdown)

    async def _work(self) -> None:
        loop = asyncio.get_running_loop()
        while self._pending:
            if len(self._pending) < self._size:
                await asyncio.sleep(self._wait)
            batch = self._running = self._take()
            if not batch or self._closed:
                continue
            jobs = [waiting.job for waiting in batch]

            def alive(at: int, batch: list[_Waiting[J, R]] = batch) -> bool:
                return batch[at].wanted

            try:
                results = await loop.run_in_executor(self._executor(), self._run, jobs, alive)
            except Exception as error:
                results = [error] * len(batch)
            for waiting, result in zip(batch, results, strict=True):
                if waiting.future.done():
                    continue
                if isinstance(result, BaseException):
                    waiting.future.set_exception(result)
                else:
                    waiting.future.set_result(result)
            self._running = []

    def _take(self) -> list[_Waiting[J, R]]:
        """The next batch, shortest first: the job that waited longest and its neighbours."""
        if not self._pending:
            return []
        oldest = self._pending[0]
        key = self._key(oldest.job)
        fit = [w for w in self._pending if self._key(w.job) == key]
        fit.sort(key=lambda w: self._length(w.job))
        at = fit.index(oldest)
        start = max(0, min(at - self._size // 2, len(fit) - self._size))
        batch = fit[start : start + self._size]
        chosen = set(map(id, batch))
        self._pending = [w for w in self._pending if id(w) not in chosen]
        return batch

    def _executor(self) -> ThreadPoolExecutor:
        if self._thread is None:
            self._thread = ThreadPoolExecutor(1, thread_name_prefix="tesuji-model")
        return self._thread

    def _check_open(self) -> None:
        if self._closed:
            raise ModelUnavailableError("the model is closed")
