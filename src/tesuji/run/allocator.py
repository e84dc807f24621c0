"""Which sample's ask is sent next.

Asks wait in a queue for one of the backend's places. Without a budget all of them will be sent,
so the oldest sample goes first: it is done soonest, and few are open at once. Where a budget may
end first, the ask that is worth most goes first (`tesuji.flows.Ask.worth`). An untried sample's is
worth 1 and any later one less, so every sample has its first answer before any has its second try.
"""

from __future__ import annotations

import asyncio
import heapq
import sys
from collections import deque
from collections.abc import AsyncGenerator, Callable, Sequence
from typing import TypeVar

# A sample's flow waits most of the time; twice the backend's places keep those filled while other
# samples are being parsed and recorded.
_OPEN_PER_PLACE = 2
# After a sample was opened, asks that are worth less than first ones wait so many ticks of the
# loop: a flow that has just begun makes its first ask within three.
_TICKS = 5
_FIRST = -1.0  # rank of a first ask: minus its worth

S = TypeVar("S")


class Claim:
    """One sample's standing in the queue: its asks that wait, and what the next is worth."""

    __slots__ = ("fresh", "order", "ranked", "ticket", "under_way", "waiting", "worth")

    def __init__(self, order: int) -> None:
        self.order = order
        self.worth = 1.0
        self.under_way = 0  # asks that have a place, or whose output the flow has not seen yet
        self.fresh = True  # counts as open
        self.ranked = False  # has said its doubt
        self.ticket = 0  # of its newest entry in the queue: older ones are void
        self.waiting: deque[asyncio.Future[None]] = deque()


class Allocator:
    """Gives out places, at most `limit()` at once, and says when one more sample may be opened.

    `by_worth`: whether a budget may end before all is sent.
    """

    def __init__(self, limit: Callable[[], int], *, by_worth: bool) -> None:
        self._limit, self._by_worth = limit, by_worth
        self._queue: list[tuple[float, int, int, Claim]] = []
        self._taken = 0
        self._claims = 0
        self._left = 0  # samples whose flows have ended
        self._expected = 0
        self._fresh = 0
        self._admitting = False  # samples are being opened, whose first asks go before all others
        self._full: asyncio.Future[None] | None = None
        self._waits_for_all: list[asyncio.Future[None]] = []
        self._doubts: dict[int, float] = {}
        self._ranks: dict[int, int] | None = None
        self._without_doubt = 0  # samples whose flows have ended without saying one
        self._waits_for_doubts: list[asyncio.Future[None]] = []
        self._ticks = 0  # of the loop, until asks that are worth less than first ones get a place

    def claim(self) -> Claim:
        """The standing of one more sample; `leave` when its flow has ended."""
        self._claims += 1
        self._fresh += 1
        if self._by_worth:
            if not self._ticks:
                asyncio.get_running_loop().call_soon(self._tick)
            self._ticks = _TICKS
        return Claim(self._claims)

    @property
    def width(self) -> int:
        """How many asks of one sample at once keep all places busy; more would only wait."""
        if not self._by_worth:
            return sys.maxsize
        open_ones = max(1, max(self._expected, self._claims) - self._left)
        return -(-_OPEN_PER_PLACE * self._places() // open_ones)

    async def admit(self, samples: Sequence[S]) -> AsyncGenerator[tuple[S, Claim]]:
        """Each sample with its claim, as soon as there is room for it. Once at a time.

        Where turns go by worth, a sample takes room until its first call has ended: after that it
        may wait for long.
        """
        self._expected = len(samples)
        self._admitting = True
        try:
            for sample in samples:
                while self._fresh >= _OPEN_PER_PLACE * self._places():
                    self._full = asyncio.get_running_loop().create_future()
                    self._admitting = False
                    self._grant()
                    await self._full
                yield sample, self.claim()
        finally:
            self._admitting = False
            self._expected = self._claims  # no more will be opened
            self._tell_if_all_begun()
            self._grant()

    async def all_begun(self, claim: Claim) -> None:
        """Wait until no sample waits for its first output any more; this one does not."""
        self._make_room(claim)
        if self._fresh or self._claims < self._expected:
            turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._waits_for_all.append(turn)
            await turn

    async def rank(self, claim: Claim, doubt: float) -> float:
        """Which share of the samples is in greater doubt, or in as great a one and before this one;
        known when all have said theirs or ended. 0 where samples are not opened by `admit`."""
        if not self._expected:
            return 0.0
        self._make_room(claim)
        claim.ranked = True
        self._doubts[claim.order] = doubt
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waits_for_doubts.append(turn)
        self._tell_if_all_begun()
        await turn
        if self._ranks is None:
            ordered = sorted(self._doubts, key=lambda order: (-self._doubts[order], order))
            self._ranks = {order: at for at, order in enumerate(ordered)}
        return self._ranks[claim.order] / max(1, self._claims)

    def leave(self, claim: Claim) -> None:
        """The sample's flow has ended: asks of its that still wait are dropped."""
        self._without_doubt += not claim.ranked
        while claim.waiting:
            claim.waiting.popleft().cancel()
        self._left += 1
        self._make_room(claim)
        self._tell_if_all_begun()

    def set_worth(self, claim: Claim, worth: float) -> None:
        """Say what the next ask of this sample is worth."""
        claim.worth = worth
        if self._by_worth:
            self._enter(claim)

    async def take(self, claim: Claim) -> None:
        """Wait for a place; `give_back` it, and say when its output is `delivered`."""
        if not self._by_worth and not self._queue and self._taken < self._places():
            self._taken += 1
            claim.under_way += 1
            return
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        claim.waiting.append(turn)
        self._enter(claim)
        self._grant()
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():  # the place came too late
                self.give_back(claim)
                self.delivered(claim)
            raise

    def give_back(self, claim: Claim) -> None:
        """A place is free again."""
        self._taken -= 1
        if self._by_worth:
            self._make_room(claim)
        self._grant()

    def delivered(self, claim: Claim) -> None:
        """The flow is about to see what came of a place."""
        claim.under_way -= 1
        if self._by_worth:
            self._enter(claim)

    def _places(self) -> int:
        return max(1, self._limit())

    def _grant(self) -> None:
        """Give free places to those that wait, best first."""
        if not self._queue:
            return
        places = self._places()
        while self._queue and self._taken < places:
            rank, _, ticket, claim = self._queue[0]
            if ticket != claim.ticket:
                heapq.heappop(self._queue)
            elif rank > _FIRST and (self._admitting or self._ticks):
                return  # there may be a first ask in a moment
            else:
                heapq.heappop(self._queue)
                self._grant_to(claim)

    def _tick(self) -> None:
        self._ticks -= 1
        if self._ticks:
            asyncio.get_running_loop().call_soon(self._tick)
        else:
            self._grant()

    def _grant_to(self, claim: Claim) -> None:
        while claim.waiting:
            turn = claim.waiting.popleft()
            if not turn.done():
                self._taken += 1
                claim.under_way += 1
                turn.set_result(None)
                break
        self._enter(claim)

    def _enter(self, claim: Claim) -> None:
        """Queue the sample at what its next ask is worth now."""
        if not claim.waiting:
            return
        claim.ticket += 1
        # Any of the asks under way may settle the sample, so each halves the worth of one more.
        rank = -claim.worth * 0.5**claim.under_way if self._by_worth else _FIRST
        heapq.heappush(self._queue, (rank, claim.order, claim.ticket, claim))

    def _make_room(self, claim: Claim) -> None:
        if claim.fresh:
            claim.fresh = False
            self._fresh -= 1
            if self._full is not None and not self._full.done():
                self._full.set_result(None)
                self._admitting = True
            self._tell_if_all_begun()

    def _tell_if_all_begun(self) -> None:
        if self._fresh or self._claims < self._expected:
            return
        waiting, self._waits_for_all = self._waits_for_all, []
        if len(self._doubts) + self._without_doubt >= self._claims:
            waiting += self._waits_for_doubts
            self._waits_for_doubts = []
        for turn in waiting:
            if not turn.done():
                turn.set_result(None)
