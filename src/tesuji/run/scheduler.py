"""Where the asks of many samples meet: the ledger first, then the budget, then the backend."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from typing import TypeVar

from tesuji.errors import BudgetSpentError
from tesuji.models.base import Model, Output, Request
from tesuji.run.allocator import Allocator, Claim
from tesuji.run.budget import Meter, grace
from tesuji.run.ledger import (
    Ledger,
    find_output,
    find_scores,
    output_key,
    record_output,
    record_scores,
    score_key,
    storable,
)
from tesuji.run.pace import Pace
from tesuji.task.sample import Message

T = TypeVar("T")

_TRIES = 3  # of a call that stalls; the last has all the time that is left


class Scheduler:
    """Answers requests from the ledger or by the model, at most `model.concurrency` at once.

    An output is on disk before anyone sees it. Equal requests in flight are sent once. Under a
    clock, a request that stalls is given up and sent again, one that no longer fits is not sent,
    and when the time is over, what is in flight is given up.
    """

    def __init__(self, model: Model, ledger: Ledger, meter: Meter) -> None:
        self.model, self.ledger, self.meter = model, ledger, meter
        self.allocator = Allocator(lambda: model.concurrency, by_worth=meter.budget.limited)
        self._pace = Pace()
        self._in_flight: dict[bytes, asyncio.Future[Output]] = {}

    async def generate(self, request: Request, claim: Claim) -> tuple[Output, bytes, bool]:
        """(output, its key, whether it was recorded before)."""
        key = output_key(self.model.identity, request)
        found = find_output(self.ledger, key)
        if found is not None:
            self.meter.cached += 1
            return found, key, True
        while (other := self._in_flight.get(key)) is not None:
            try:
                return await asyncio.shield(other), key, True
            except asyncio.CancelledError:
                task = asyncio.current_task()
                if not other.cancelled() or (task is not None and task.cancelling()):
                    raise
                # Whoever asked for the same gave it up: it is ours to ask now.
        return await self._share(key, request, claim), key, False

    async def score(
        self, messages: Sequence[Message], choices: Sequence[str], claim: Claim
    ) -> list[float]:
        """Log-probability of each choice as the whole reply to `messages`."""
        key = score_key(self.model.identity, messages, choices)
        found = find_scores(self.ledger, key)
        if found is not None:
            self.meter.cached += 1
            return found
        await self.allocator.take(claim)
        try:
            scores = await self._send(lambda: self.model.score(messages, choices), claim)
            await record_scores(self.ledger, key, self.model.identity, messages, choices, scores)
        finally:
            self.allocator.delivered(claim)
        return scores

    async def _share(self, key: bytes, request: Request, claim: Claim) -> Output:
        """Send a request; whoever asks for the same meanwhile gets the same outcome."""
        future = self._in_flight[key] = asyncio.get_running_loop().create_future()
        try:
            output = await self._fetch(key, request, claim)
        except asyncio.CancelledError:
            future.cancel()
            raise
        except Exception as error:
            future.set_exception(error)
            future.exception()  # nobody may be waiting, which is no fault
            raise
        else:
            future.set_result(output)
            return output
        finally:
            del self._in_flight[key]

    async def _fetch(self, key: bytes, request: Request, claim: Claim) -> Output:
        await self.allocator.take(claim)
        try:
            output = await self._send(lambda: self.model.generate(request), claim)
            output = replace(output, text=storable(output.text))
            self.meter.pay(output.tokens_in, output.tokens_out)
            await record_output(self.ledger, key, self.model.identity, request, output)
            return output
        finally:
            self.allocator.delivered(claim)

    async def _send(self, call: Callable[[], Awaitable[T]], claim: Claim) -> T:
        """Make a call in the place that was taken for it, and free the place."""
        try:
            if self.meter.budget.seconds is None:
                self.meter.take()
                return await call()
            return await self._in_time(call, claim)
        finally:
            self.allocator.give_back()

    async def _in_time(self, call: Callable[[], Awaitable[T]], claim: Claim) -> T:
        seconds = self.meter.budget.seconds or 0.0
        for left_tries in reversed(range(_TRIES)):
            self.meter.take()
            left = self.meter.seconds_left() or 0.0
            if claim.worth < 1 and left < self._pace.quick:
                self.meter.give_back()
                raise BudgetSpentError(f"the {seconds:g} seconds are nearly over")
            stalled = self._pace.stalled if left_tries else None
            limit = left if stalled is None else min(left, max(stalled, grace(seconds)))
            began = self.meter.seconds
            try:
                async with asyncio.timeout(limit) as clock:
                    result = await call()
            except TimeoutError:
                if not clock.expired():
                    raise
            else:
                self._pace.add(self.meter.seconds - began)
                return result
        raise BudgetSpentError(self.meter.spent() or f"the {seconds:g} seconds are over")
