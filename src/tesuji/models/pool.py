"""One queue of requests, pulled by one server or several, each as fast as it can.

A free place on the quickest server is taken first. What failed on one server is tried on another,
if there is one. A server that takes no connection, or fails many times in a row, is left out, and
tried again with one request after a while (a circuit breaker, half open; Nygard, "Release It!").
"""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from tesuji.errors import ModelUnavailableError, RequestFailedError
from tesuji.models.rate import Rate
from tesuji.models.retry import Patience, RetryPolicy
from tesuji.models.stream import StreamReader
from tesuji.models.transport import BadRequestError, Fault, Transport

T = TypeVar("T")
_log = logging.getLogger("tesuji")

_IN_A_ROW = 8  # faults of one server, of several, and it is left out
_REST = (1.0, 60.0)  # seconds that it is left out: at first, and at most (doubled each time)
_KEPT = "what came before is kept, and the same command goes on there"


@dataclass(slots=True, eq=False)
class Lane:
    """One server of the pool: the way to it, its places, and whether it is left out."""

    transport: Transport
    rate: Rate
    faults: int = 0
    rest: float = 0.0
    out_until: float = 0.0
    probed: bool = False

    def free(self, now: float) -> bool:
        """Whether a request may go there now; a single one, where it has been left out."""
        if self.out_until and (now < self.out_until or self.probed):
            return False
        return self.rate.free()

    def take(self) -> None:
        """Take a free place."""
        self.rate.in_flight += 1
        self.probed = bool(self.out_until)

    def opens(self, now: float) -> float | None:
        """When it may take a request again by itself; None: when a place is given back."""
        opens = max(self.out_until, self.rate.paused_until)
        return opens if opens > now else None


@dataclass(slots=True, eq=False)
class _Waiter:
    place: asyncio.Future[Lane]
    shunned: Lane | None


@dataclass(slots=True)
class Pool:
    """Sends requests to the servers of one model. Use from one event loop at a time.

    `gate` is called before each try; what it raises is passed on, and nothing is sent. After
    `give_up` requests that failed for good one after the other, none answered in between, the
    model counts as unavailable. `answered` counts answers, `lost` such failures.
    """

    lanes: Sequence[Lane]
    policy: RetryPolicy
    gate: Callable[[], None] | None = None
    give_up: int = 100
    answered: int = 0
    lost: int = 0
    _queue: deque[_Waiter] = field(default_factory=deque)
    _alarm: asyncio.TimerHandle | None = None
    _holding: set[asyncio.Task[None]] = field(default_factory=set)

    async def post(
        self,
        path: str,
        body: Mapping[str, Any],
        read: Callable[[object, float], T],
        stream: Callable[[], StreamReader] | None = None,
    ) -> T:
        """POST `body` to whichever server is free, until one gives an answer that can be read.

        `read` and what `stream` makes: see `Transport.post`. RequestFailedError,
        ModelUnavailableError, CapabilityError.
        """
        data = json.dumps(body).encode()
        patience = Patience(self.policy)
        answered, shunned = self.answered, None
        while True:
            lane = await self._place(shunned, first=not patience.sent)
            try:
                if self.gate:
                    self.gate()
                patience.sent += 1
                began = time.perf_counter()
                answer = await lane.transport.post(path, data, read, stream and stream())
                self._worked(lane, time.perf_counter() - began)
                return answer
            except BadRequestError as error:
                raise self._refused(error) from None
            except Fault as fault:
                wait = self._failed(lane, fault, patience)
                if wait is None:
                    raise self._given_up(lane, fault, patience, answered) from None
                # Once round all servers without a wait, then a wait, then round again.
                elsewhere = self._others(lane) and patience.sent % len(self.lanes) > 0
                shunned = lane if elsewhere else None
                if fault.kind == "busy":
                    await self._keep_place(lane, wait, elsewhere)
                    wait = 0.0
            finally:
                self._give_back(lane)
            if wait and not elsewhere:
                await self.policy.sleep(wait)

    def leave_out(self, lane: Lane, why: str) -> None:
        """Send nothing to a server for a while; twice as long as the last time."""
        now = self.policy.clock()
        if now < lane.out_until:
            return  # what was in flight when it was found out
        least, most = _REST
        lane.rest = min(2 * lane.rest, most) if lane.rest else least
        lane.out_until = now + lane.rest
        lane.rate.reset()
        if len(self.lanes) > 1:
            base = lane.transport.endpoint.base
            _log.warning("%s is left out for %g s: %s", base, lane.rest, why)

    def close(self) -> None:
        """Stop waiting for anything."""
        if self._alarm:
            self._alarm.cancel()
            self._alarm = None
        for task in list(self._holding):
            task.cancel()

    async def _place(self, shunned: Lane | None, *, first: bool) -> Lane:
        """Take a place on the quickest server that has one; wait for it, where none has."""
        if not self._queue:
            lane = self._free(shunned)
            if lane is not None:
                lane.take()
                return lane
        waiter = _Waiter(asyncio.get_running_loop().create_future(), shunned)
        self._queue.append(waiter) if first else self._queue.appendleft(waiter)
        self._serve()
        try:
            return await waiter.place
        except asyncio.CancelledError:
            if waiter.place.done() and not waiter.place.cancelled():
                self._give_back(waiter.place.result())
            raise

    def _free(self, shunned: Lane | None) -> Lane | None:
        now = self.policy.clock()
        if len(self.lanes) == 1:
            return self.lanes[0] if self.lanes[0].free(now) else None
        free = [lane for lane in self.lanes if lane.free(now)]
        if shunned in free and self._others(shunned):
            free.remove(shunned)
        return min(free, key=lambda lane: lane.rate.seconds, default=None)

    def _others(self, lane: Lane | None) -> bool:
        """Whether there is a server besides this one that is not left out."""
        return any(other is not lane and not other.out_until for other in self.lanes)

    def _serve(self) -> None:
        """Give free places to those who wait, first come first served."""
        passed: list[_Waiter] = []
        while self._queue:
            waiter = self._queue.popleft()
            if waiter.place.done():
                continue
            lane = self._free(waiter.shunned)
            if lane is not None:
                lane.take()
                waiter.place.set_result(lane)
                continue
            passed.append(waiter)
            if waiter.shunned is None or self._free(None) is None:
                break
        self._queue.extendleft(reversed(passed))
        if self._queue:
            self._set_alarm()

    def _set_alarm(self) -> None:
        now = self.policy.clock()
        opening = [at for lane in self.lanes if (at := lane.opens(now)) is not None]
        if not opening:
            return
        if self._alarm:
            self._alarm.cancel()
        # A little late rather than a little early: early, nothing would be free yet.
        delay = min(opening) - now + 0.001
        self._alarm = asyncio.get_running_loop().call_later(delay, self._serve)

    def _give_back(self, lane: Lane) -> None:
        lane.rate.in_flight -= 1
        lane.probed = False
        if self._queue:
            self._serve()

    def _worked(self, lane: Lane, seconds: float) -> None:
        self.answered += 1
        self.lost = 0
        lane.faults, lane.rest, lane.out_until = 0, 0.0, 0.0
        lane.rate.answered(seconds)

    def _failed(self, lane: Lane, fault: Fault, patience: Patience) -> float | None:
        """Take note of a fault; seconds to wait before the next try, None to give up."""
        if fault.kind == "busy":
            wait = patience.put_off(usual=lane.rate.seconds, least=fault.retry_after)
            after = fault.retry_after
            lane.rate.refused(after and min(after, self.policy.longest_wait))
            return wait
        if fault.kind == "slow":
            lane.rate.refused()
        lane.faults += 1
        if fault.kind == "gone":
            self._check_reached(lane, fault)
            self.leave_out(lane, fault.why)
            left = max(0.0, lane.out_until - self.policy.clock())
            return patience.put_off(usual=0.0, least=left)
        if lane.out_until or (lane.faults >= _IN_A_ROW and self._others(lane)):
            self.leave_out(lane, fault.why)
        return patience.again()

    def _check_reached(self, lane: Lane, fault: Fault) -> None:
        if not any(other.transport.reached for other in self.lanes) and not self._others(lane):
            raise lane.transport.absent(fault)

    def _given_up(
        self, lane: Lane, fault: Fault, patience: Patience, answered: int
    ) -> RequestFailedError | ModelUnavailableError:
        base = lane.transport.endpoint.base
        if fault.kind in ("busy", "gone") and self.answered == answered:
            return ModelUnavailableError(
                f"{base}: nothing was answered for {self.policy.patience:g} s; the last: "
                f"{fault.why}; {_KEPT}"
            )
        tries = f"{patience.sent} tries" if patience.sent > 1 else "one try"
        return self._lost(f"{base}: no answer after {tries}; the last: {fault.why}")

    def _refused(self, error: BadRequestError) -> RequestFailedError | ModelUnavailableError:
        """A request refused as it is: its own fault, unless no other was ever taken."""
        if self.answered or error.too_long:
            return error
        lost = self._lost(str(error))
        return lost if isinstance(lost, ModelUnavailableError) else error

    def _lost(self, why: str) -> RequestFailedError | ModelUnavailableError:
        self.lost += 1
        if self.lost < self.give_up:
            return RequestFailedError(why)
        return ModelUnavailableError(
            f"{self.lost} requests failed one after the other, none was answered in between; "
            f"the last: {why}; {_KEPT}"
        )

    async def _keep_place(self, lane: Lane, seconds: float, elsewhere: bool) -> None:
        """Keep a place on a busy server for a while: that alone takes load off it.

        With `elsewhere` the request itself goes on at once, to another server.
        """
        if not elsewhere:
            await self.policy.sleep(seconds)
            return
        lane.rate.in_flight += 1
        task = asyncio.get_running_loop().create_task(self._held(lane, seconds))
        self._holding.add(task)
        task.add_done_callback(self._holding.discard)

    async def _held(self, lane: Lane, seconds: float) -> None:
        try:
            await self.policy.sleep(seconds)
        finally:
            self._give_back(lane)
