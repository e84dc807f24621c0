"""What takes too long for a page is worked out beside it, and shown when it is there.

The planner goes through all outputs of the best run, the slowest of 100,000 samples take a look at
each: seconds, where a page should come at once. A page waits a moment, then goes without.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

T = TypeVar("T")

PATIENCE = 0.1  # seconds that a page waits
_KEPT = 64  # results


@dataclass(frozen=True, slots=True)
class Found(Generic[T]):
    """What is known: None while nothing is, and not `fresh` while it is of what was recorded
    before."""

    value: T | None
    fresh: bool


class Later:
    """Work done beside the pages, each kind of it once at a time. For one event loop."""

    def __init__(self, patience: float = PATIENCE) -> None:
        self.patience = patience
        self.done = 0
        """How many results have come: it changes when a page would show more than before."""
        self._known: OrderedDict[Hashable, tuple[Hashable, Any]] = OrderedDict()
        self._doing: dict[Hashable, asyncio.Task[None]] = {}

    async def get(
        self, name: Hashable, stamp: Hashable, work: Callable[[], Awaitable[T]],
        quick: bool = True,
    ) -> Found[T]:  # fmt: skip
        """The result of `work` as of `stamp`, which changes whenever the result may. What is not
        `quick` is not waited for, unless one has much patience.

        While it is worked out for another stamp, that one comes first: who asks again gets it
        begun. What the work raises is raised here, each time until the stamp changes.
        """
        if (found := self._found(name, stamp)) is None:
            doing = self._doing.get(name)
            if doing is None:
                doing = asyncio.create_task(self._do(name, stamp, work))
                self._doing[name] = doing
            if quick or self.patience > PATIENCE:
                await asyncio.wait({doing}, timeout=self.patience)
            else:
                await asyncio.sleep(0)  # so that it begins
            found = self._found(name, stamp)
        if found is not None:
            return found
        known = self._known.get(name)
        stale = None if known is None or isinstance(known[1], BaseException) else known[1]
        return Found(stale, False)

    def forget(self) -> None:
        """Drop all that is known."""
        self._known.clear()

    async def close(self) -> None:
        """Stop what is being done."""
        doing = list(self._doing.values())
        for task in doing:
            task.cancel()
        await asyncio.gather(*doing, return_exceptions=True)

    def _found(self, name: Hashable, stamp: Hashable) -> Found[Any] | None:
        known = self._known.get(name)
        if known is None or known[0] != stamp:
            return None
        self._known.move_to_end(name)
        if isinstance(known[1], BaseException):
            raise known[1]
        return Found(known[1], True)

    async def _do(
        self, name: Hashable, stamp: Hashable, work: Callable[[], Awaitable[Any]]
    ) -> None:
        result: Any
        try:
            result = await work()
        except Exception as error:  # told to who asks
            result = error
        finally:
            del self._doing[name]
        self._known[name] = stamp, result
        self._known.move_to_end(name)
        while len(self._known) > _KEPT:
            self._known.popitem(last=False)
        self.done += 1
