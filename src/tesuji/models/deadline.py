"""Time-outs that fall on a silent server, never on a client that had no time to listen.

A timer of the event loop fires also where the loop itself was late, with the answer lying in the
socket: the request would be sent again, and paid again. So a time that is up is looked at once
more, later by as much as the loop was late: in between, what has arrived is read.
"""

from __future__ import annotations

import asyncio
from types import TracebackType

_LOOK_AGAIN = 0.02  # seconds, at least


class Deadline:
    """`async with Deadline(total, stall) as deadline`: TimeoutError when a time is up.

    `total` seconds are for the whole block, `stall` seconds go by without a call of `heard`.
    `stalled` says afterwards which of them it was.
    """

    def __init__(self, total: float, stall: float) -> None:
        self._total, self._stall = total, stall
        self._looked_again = False
        self.stalled = False

    async def __aenter__(self) -> Deadline:
        self._loop = asyncio.get_running_loop()
        self._heard = self._loop.time()
        self._end = self._heard + self._total
        self._timeout = asyncio.timeout(None)
        await self._timeout.__aenter__()
        self._look_at(min(self._end, self._heard + self._stall))
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._handle.cancel()
        await self._timeout.__aexit__(kind, error, trace)

    def heard(self) -> None:
        """Something has come."""
        self._heard = self._loop.time()

    def _look_at(self, when: float) -> None:
        self._at = when
        self._handle = self._loop.call_at(when, self._look)

    def _look(self) -> None:
        now = self._loop.time()
        due = min(self._end, self._heard + self._stall)
        if now < due:
            self._looked_again = False
            self._look_at(due)
        elif not self._looked_again:
            self._looked_again = True
            self._look_at(now + _LOOK_AGAIN + 2 * (now - self._at))
        else:
            self.stalled = now < self._end
            self._timeout.reschedule(now)
