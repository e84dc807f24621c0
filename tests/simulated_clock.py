"""An event loop whose time jumps to its next timer: hours of waiting take no time.

Everything else is real. What comes from outside the loop (sockets, threads) is waited for only
where no timer is set, so models in such a run must be coroutines that sleep.
"""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Coroutine
from typing import Any, TypeVar

from tesuji.run.budget import Budget, Meter

T = TypeVar("T")


class _Jumping(selectors.DefaultSelector):
    now = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        ready = super().select(None if timeout is None else 0)
        if not ready and timeout:
            self.now += timeout
        return ready


class SimulatedLoop(asyncio.SelectorEventLoop):
    """Its clock starts at 0 and moves only when everything waits."""

    def __init__(self) -> None:
        self._jumping = _Jumping()
        super().__init__(self._jumping)

    def time(self) -> float:
        """Simulated seconds."""
        return self._jumping.now


def run_simulated(main: Coroutine[Any, Any, T]) -> T:
    """As `asyncio.run`, on a simulated clock."""
    with asyncio.Runner(loop_factory=SimulatedLoop) as runner:
        return runner.run(main)


def simulated_meter(budget: Budget) -> Meter:
    """A meter on the running loop's clock. Everything is free of charge but for `usd` budgets,
    where a token costs a dollar."""
    return Meter(budget, lambda i, o: float(i + o), clock=asyncio.get_running_loop().time)
