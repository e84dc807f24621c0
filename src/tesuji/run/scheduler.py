"""Where the asks of many samples meet: the ledger first, then the budget, then the backend."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from typing import TypeVar

from tesuji.errors import BudgetSpentError
from tesuji.models.base import Gated, Model, Output, Request
from tesuji.run.budget import Meter
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
from tesuji.task.sample import Message

T = TypeVar("T")


class Scheduler:
    """Answers requests from the ledger or by the model, at most `model.concurrency` at once.

    An output is on disk before anyone sees it. Equal requests in flight are sent once. When the
    budget's time is over, what is in flight is given up.
    """

    def __init__(self, model: Model, ledger: Ledger, meter: Meter) -> None:
        self.model, self.ledger, self.meter = model, ledger, meter
        self._places = asyncio.Semaphore(model.concurrency)
        self._in_flight: dict[bytes, asyncio.Future[Output]] = {}
        if isinstance(model, Gated):
            model.gate = meter.retake

    async def generate(self, request: Request) -> tuple[Output, bytes, bool]:
        """(output, its key, whether it was recorded before)."""
        key = output_key(self.model.identity, request)
        found = find_output(self.ledger, key)
        if found is not None:
            self.meter.cached += 1
            return found, key, True
        if key in self._in_flight:
            return await asyncio.shield(self._in_flight[key]), key, True
        return await self._share(key, request), key, False

    async def score(self, messages: Sequence[Message], choices: Sequence[str]) -> list[float]:
        """Log-probability of each choice as the whole reply to `messages`."""
        key = score_key(self.model.identity, messages, choices)
        found = find_scores(self.ledger, key)
        if found is not None:
            self.meter.cached += 1
            return found
        scores = await self._send(lambda: self.model.score(messages, choices))
        await record_scores(self.ledger, key, self.model.identity, messages, choices, scores)
        return scores

    async def _share(self, key: bytes, request: Request) -> Output:
        """Send a request; whoever asks for the same meanwhile gets the same outcome."""
        future = self._in_flight[key] = asyncio.get_running_loop().create_future()
        try:
            output = await self._send(lambda: self.model.generate(request))
            output = replace(output, text=storable(output.text))
            self.meter.pay(output.tokens_in, output.tokens_out)
            await record_output(self.ledger, key, self.model.identity, request, output)
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

    async def _send(self, call: Callable[[], Awaitable[T]]) -> T:
        async with self._places:
            self.meter.take()
            left = self.meter.seconds_left()
            try:
                async with asyncio.timeout(left):
                    return await call()
            except TimeoutError:
                raise BudgetSpentError(self.meter.spent() or "the time is over") from None
