"""Where the asks of many samples meet: the ledger first, then the budget, then the backend."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from typing import TypeVar

from tesuji.errors import BudgetSpentError
from tesuji.models.base import Gated, Model, Output, Request
from tesuji.models.several import other_models, own_model
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
_NO_TIME = 0.01  # seconds: a timer may be a little early


class _StalledError(Exception):
    """A call was given up."""


class Scheduler:
    """Answers requests from the ledger or by the model, at most `model.concurrency` at once.

    An output is on disk before anyone sees it. Equal requests in flight are sent once. Under a
    clock, a request that stalls is given up and sent again, one that no longer fits is not sent,
    and when the time is over, what is in flight is given up.

    Of several models each has a scheduler of its own, in `others`, with its own places and pace;
    ledger and meter are common. `name` is the model's name among them, None for the entry's own.
    """

    def __init__(self, model: Model, ledger: Ledger, meter: Meter, name: str | None = None) -> None:
        self.others = {
            other: Scheduler(one, ledger, meter, other)
            for other, one in other_models(model).items()
        }
        model = own_model(model)
        self.model, self.ledger, self.meter, self.name = model, ledger, meter, name
        self.allocator = Allocator(lambda: model.concurrency, by_worth=meter.budget.limited)
        self._pace = Pace()
        self._clocks: dict[asyncio.Timeout, tuple[float, int]] = {}
        self._in_flight: dict[bytes, asyncio.Future[Output]] = {}
        if isinstance(model, Gated):
            model.gate = meter.retake

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

    def has_answer(self) -> None:
        """The one sample at hand has an answer: its time is over with its share."""
        meter = self.meter
        if meter.enough is None:
            return
        meter.until, meter.enough = max(meter.enough, meter.seconds), None
        for scheduler in (self, *self.others.values()):
            scheduler._wind_clocks()

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
            if (text := storable(output.text)) is not output.text:
                output = replace(output, text=text)
            self.meter.pay(output.tokens_in, output.tokens_out, self.name)
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
            self.allocator.give_back(claim)

    async def _in_time(self, call: Callable[[], Awaitable[T]], claim: Claim) -> T:
        for tries_left in reversed(range(_TRIES)):
            self.meter.take()
            began = self.meter.seconds
            if claim.worth < 1 and (self.meter.seconds_left() or 0.0) < self._pace.quick:
                self.meter.give_back()
                raise BudgetSpentError(f"the {self.meter.budget.seconds:g} seconds are nearly over")
            try:
                result = await self._watched(call, began, tries_left)
            except _StalledError:
                if (self.meter.seconds_left() or 0.0) < _NO_TIME:
                    break
                continue
            if self._pace.add(self.meter.seconds - began, len(self._clocks)):
                self._wind_clocks()
            return result
        raise BudgetSpentError(self.meter.rung())

    async def _watched(self, call: Callable[[], Awaitable[T]], began: float, tries_left: int) -> T:
        """The call's result; _StalledError where it was given up."""
        clock = asyncio.timeout_at(self._until(began, tries_left))
        try:
            async with clock:
                self._clocks[clock] = began, tries_left
                return await call()
        except TimeoutError:
            if clock.expired():
                raise _StalledError from None
            raise
        finally:
            del self._clocks[clock]

    def _until(self, began: float, tries_left: int) -> float:
        """When, on the loop's clock, a call is given up: stalled, or at the end of the time."""
        now, left = self.meter.seconds, self.meter.seconds_left() or 0.0
        if tries_left and self._pace.stalled is not None:
            patience = max(self._pace.stalled, grace(self.meter.budget.seconds or 0.0))
            left = min(left, began + patience - now)
        return asyncio.get_running_loop().time() + left

    def _wind_clocks(self) -> None:
        """Apply what was learned to the calls that are under way."""
        for clock, (began, tries_left) in self._clocks.items():
            if not clock.expired():
                clock.reschedule(self._until(began, tries_left))
