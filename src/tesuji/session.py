"""A session: the ledger and a model, opened for one verb and closed after it, from plain code."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

from tesuji.run.collector import seldom_collecting
from tesuji.run.entry import Entry
from tesuji.run.ledger import FILE, Ledger
from tesuji.run.opening import open_for
from tesuji.run.runner import check_entry
from tesuji.task.task import Task

if TYPE_CHECKING:
    from tesuji.models.base import Model

T = TypeVar("T")


def with_model(
    task: Task, entry: Entry, work: Callable[[Ledger, Model], Coroutine[Any, Any, T]]
) -> T:
    """Do `work` with the ledger and the entry's model open, and close both.

    The entry is checked before the ledger is opened: one that cannot run leaves nothing behind.
    """

    async def session() -> T:
        backend = open_for(task, entry)
        try:
            await backend.ready()
            check_entry(task, entry, backend)
            with Ledger(task.folder / FILE) as ledger, seldom_collecting():
                return await work(ledger, backend)
        finally:
            await backend.close()

    return run_sync(session())


def run_sync(coroutine: Coroutine[Any, Any, T]) -> T:
    """The coroutine's result, also where an event loop runs already, as in a notebook."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(coroutine)
    # A notebook's own loop runs in this thread, so ours runs in another one.
    stop: list[Callable[[], object]] = []

    async def stoppable() -> T:
        loop, task = asyncio.get_running_loop(), asyncio.current_task()
        assert task is not None
        stop.append(lambda: loop.call_soon_threadsafe(task.cancel))
        return await coroutine

    with ThreadPoolExecutor(1) as pool:
        result = pool.submit(asyncio.run, stoppable())
        try:
            return result.result()
        except KeyboardInterrupt:  # the notebook's stop button reaches this thread alone
            for halt in stop:
                halt()
            raise


@contextmanager
def halting(halt: Callable[[str], None], notify: Callable[[], None] | None) -> Iterator[None]:
    """Ctrl-C once: finish what is in flight. Twice: stop at once. Both resume later."""
    import signal

    loop, task = asyncio.get_running_loop(), asyncio.current_task()
    presses: list[int] = []

    def on_sigint() -> None:
        presses.append(1)
        if len(presses) == 1:
            halt("interrupted")
            if notify:
                notify()
        elif task:
            task.cancel()

    try:
        loop.add_signal_handler(signal.SIGINT, on_sigint)
    except (NotImplementedError, RuntimeError, ValueError):  # Windows, or not the main thread
        yield
        return
    try:
        yield
    except asyncio.CancelledError:
        if len(presses) > 1:
            raise KeyboardInterrupt from None
        raise
    finally:
        loop.remove_signal_handler(signal.SIGINT)
