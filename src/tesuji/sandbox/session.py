"""A session: one worker, which keeps its variables from one piece of code to the next."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Callable

from tesuji.errors import TesujiError
from tesuji.sandbox.exchange import Exchange
from tesuji.sandbox.helper import Ends
from tesuji.sandbox.limits import Limits
from tesuji.sandbox.outcome import Outcome

_LONGEST = 10_000_000  # characters of code
_LEAVING = 2.0  # seconds to wait for a worker that was killed to be gone


class Session:
    """One attempt's worker. `run` keeps variables from call to call while the worker lives.

    After an `end` of "time" they are kept where the code could be interrupted. Where they are
    lost, as after "killed" and "output", `error` says so, and the next `run` begins without any.

    What to trust of an outcome: `seconds`, that texts are within the limits, and an `end` of
    "time", "output" or "killed" are this side's finding. All else the code's own process says:
    code that wants to can claim a value or an error of its own, as it could print one. It has no
    way to another session or to the server: it holds none of their pipes.
    """

    def __init__(self, open_worker: Callable[[], Ends], limits: Limits) -> None:
        self._open_worker, self.limits = open_worker, limits
        self._ends: Ends | None = None
        self._runs = 0
        self._closed = self._running = False
        self._ends = open_worker()

    @property
    def alive(self) -> bool:
        """Whether there is a worker, with the variables of earlier runs."""
        return self._ends is not None

    async def run(self, code: str) -> Outcome:
        """Run a piece of code; what it printed, the last expression's value, how it ended.

        Never raises for what the code does. TesujiError where the session is closed or running
        already, or the sandbox is gone. If the task is cancelled the code is killed.
        """
        if self._closed or self._running:
            state = "closed" if self._closed else "still running other code"
            raise TesujiError(f"this session of the sandbox is {state}")
        if len(code) > _LONGEST:
            text = f"the code has {len(code):,} characters; at most {_LONGEST:,} are run"
            return Outcome("", None, text, "error", 0.0)
        self._running = True
        try:
            return await self._run(code.encode("utf-8", "surrogatepass"))
        except BaseException:
            self._drop()
            raise
        finally:
            self._running = False

    async def _run(self, code: bytes) -> Outcome:
        if self._ends is None:
            self._ends, self._runs = self._open_worker(), 0
        self._runs += 1
        exchange = Exchange(self._ends, self._runs, code, self.limits)
        await exchange.go()
        error = exchange.error
        if exchange.lost:
            ends, self._ends = self._ends, None
            await _end(ends)
            error = f"{error or 'the process ended'}; all variables are lost"
        end, seconds = exchange.end or "killed", exchange.seconds
        return Outcome(exchange.printed(), exchange.value, error, end, seconds)

    async def close(self) -> None:
        """Kill the worker and wait until it is gone. A second time it does nothing."""
        self._closed = True
        ends, self._ends = self._ends, None
        if ends is not None:
            await _end(ends)

    async def __aenter__(self) -> Session:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    def _drop(self) -> None:
        ends, self._ends = self._ends, None
        if ends is not None:
            ends.close()

    def __del__(self) -> None:
        self._drop()


async def _end(ends: Ends) -> None:
    """Have the worker killed, and wait until nothing is left of it."""
    try:
        with contextlib.suppress(OSError, TimeoutError):
            ends.line.shutdown(socket.SHUT_WR)
            await asyncio.wait_for(_until_closed(ends.line), _LEAVING)
    finally:
        ends.close()


async def _until_closed(line: socket.socket) -> None:
    loop = asyncio.get_running_loop()
    while await loop.sock_recv(line, 64):
        pass
