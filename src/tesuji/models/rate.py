"""How many requests one server is given at once: the number that answers most, found by trying.

Slow start, then additive increase and multiplicative decrease (Chiu and Jain 1989), judged by
goodput: the answers a second over a round of requests, pauses included. A rise is kept if it
answers more, a halving if it does not answer much less. So a server that merely queues is not
given more than it can do, refusals that come of too many requests bring the limit down, and those
that come at random, whatever the load, do not. Near a limit where it was refused before, it rises
ever more seldom (as TCP CUBIC does; Ha, Rhee and Xu 2008).
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, TypeAlias

_START = 16
_MORE_IN_START = 1.15  # of the goodput, where places double: less is no growth …
_FLAT = 3  # … and so many rounds of it end the start (as in BBR; Cardwell and others 2016)
_RISE = 1.25
_MORE_IN_RISE = 0.32  # of what the rise would bring on a server with room to spare
_KEPT_IN_FALL = 0.7  # refusals that don't depend on the load leave 0.5
_THRIFT = 4  # every so many rises, half the limit is tried instead …
_KEPT_BY_THRIFT = 0.92  # … and kept where it answers about as much: waiting in line costs time
_BORNE = 0.05  # of a round's requests may be refused: knocking is how a limit is known
_TOO_MANY = 0.5  # are never borne
_OUTCOMES = 32  # of a round, at least, once the start is over
_RESTS = (2, 16)  # rounds between two changes: at first, and at most (doubled when one fails)
# Rounds before it rises to where it was refused: at first, and at most (doubled each time).
_WARY = (8, 256)

Mode: TypeAlias = Literal["start", "rest", "rise", "fall"]


@dataclass(slots=True)
class _Round:
    """What came back since `began`. `full`: every place was taken at some moment."""

    began: float
    limit: int
    outcomes: int
    settling: bool
    answered: int = 0
    refused: int = 0
    slow: int = 0
    paused: bool = False
    full: bool = False

    @property
    def over(self) -> bool:
        return self.answered + self.refused + self.slow >= self.outcomes

    @property
    def share(self) -> float:
        """Refused, of all that came back; late ones count where they are most of it."""
        back = self.answered + self.refused + self.slow
        late = self.slow if self.slow > _TOO_MANY * back else 0
        return (self.refused + late) / max(1, back)


class Rate:
    """The places of one server: look for a `free` one before sending, say what came of it."""

    def __init__(self, bound: int, clock: Callable[[], float] = time.monotonic) -> None:
        self.bound, self.clock = bound, clock
        self.in_flight = 0
        self.paused_until = 0.0
        self.seconds = 0.0
        """Of an answer, on average, lately."""
        self.reset()

    def reset(self) -> None:
        """Know nothing: the server was away, and may come back as another."""
        self.limit = min(_START, self.bound)
        self._mode: Mode = "start"
        self._best = (self.limit, 0.0)  # the limit that it comes back to, and its goodput
        self._flat = 0
        self._rest, self._rested = _RESTS[0], 0
        self._ceiling: int | None = None  # where it was refused last
        self._wary = _WARY[0]
        self._rises, self._thrifty = 0, False
        self._before = (self.limit, 0.0, 0.0)  # limit, goodput and share refused before a fall
        self._borne, self._pauses_borne = _BORNE, False
        self._round = self._new_round(settling=False)
        self._since, self._answered = self._round.began, 0

    def free(self) -> bool:
        """Whether one more may be sent now."""
        if self.in_flight < self.limit:
            return not self.paused_until or self.clock() >= self.paused_until
        self._round.full = True
        return False

    def answered(self, seconds: float) -> None:
        """An answer came, `seconds` after it was asked for."""
        self.seconds += (seconds - self.seconds) * (0.1 if self.seconds else 1.0)
        round = self._round
        round.answered += 1
        growing = self._mode == "start" and not self._flat
        if growing and round.full and self.limit < self.bound:
            self.limit += 1
        if round.over:
            self._end_round()

    def refused(self, pause: float | None = None) -> None:
        """The server said "too many".

        `pause`: for so many seconds nothing is to be sent to it.
        """
        round, now, news = self._round, self.clock(), False
        if pause is not None:
            if now < self.paused_until:  # sent before the pause: it says nothing new
                self.paused_until = max(self.paused_until, now + pause)
                return
            self.paused_until = now + pause
            round.paused, news = True, not self._pauses_borne
        round.refused += 1
        at_once = news and (self._mode == "rise" or not (round.settling or self._mode == "fall"))
        if at_once or round.over:
            self._end_round()

    def timed_out(self) -> None:
        """An answer did not come in time: a sign of too many only where most do not."""
        round = self._round
        round.slow += 1
        if round.over:
            self._end_round()

    def _new_round(self, settling: bool) -> _Round:
        if settling:
            outcomes = max(self.limit, self.in_flight)
        else:
            outcomes = self.limit if self._mode == "start" else max(2 * self.limit, _OUTCOMES)
        began = max(self.clock(), self.paused_until)
        return _Round(began, self.limit, outcomes, settling)

    def _end_round(self) -> None:
        round, before = self._round, self.limit
        if not round.settling or (round.paused and self._mode == "rise"):
            self._answered += round.answered
            answered, began = round.answered, round.began
            if round.paused:  # a part of a cycle: the whole of it counts
                answered, began = self._answered, self._since
            seconds = max(self.clock(), self.paused_until) - began
            self._judge(round, answered / max(seconds, 1e-6))
        # What was sent under another limit is still coming in: that round is not judged.
        changed = self._mode != "start" and self.limit != before
        self._round = self._new_round(settling=changed)
        if changed or self._mode == "start" or round.settling or round.paused:
            self._since, self._answered = self._round.began, 0

    def _judge(self, round: _Round, goodput: float) -> None:
        refused = round.share > self._borne or (round.paused and not self._pauses_borne)
        if self._mode == "fall":
            self._judge_fall(goodput, round.share)
        elif self._mode == "rise":
            borne = round.full and round.share <= self._borne
            self._judge_rise(goodput if borne else 0.0, refused)
        elif refused:
            self._fall(goodput, round.share)
        elif self._mode == "start":
            self._judge_start(round, goodput)
        else:
            self._judge_rest(round, goodput)

    def _judge_start(self, round: _Round, goodput: float) -> None:
        if goodput > _MORE_IN_START * self._best[1]:
            self._best, self._flat = (round.limit, goodput), 0
        elif round.full:
            self._flat += 1
            if self._flat == _FLAT:
                self._settle(*self._best)

    def _judge_rest(self, round: _Round, goodput: float) -> None:
        limit, usual = self._best
        if round.full:
            self._best = limit, usual + 0.25 * (goodput - usual) if usual else goodput
        self._rested += 1
        if self._rested < self._rest:
            return
        if round.share > _BORNE or round.paused:  # borne till now: is it still not the load?
            self._fall(goodput, round.share)
        elif round.full:
            self._rises += 1
            if self._rises % _THRIFT == 0 and limit > _START:
                self._fall(self._best[1], 0.0)
                self._thrifty = True
            else:
                self._rise()

    def _rise(self) -> None:
        """Try a higher limit: half-way to where it was refused, beyond that but seldom."""
        limit = self._best[0]
        wanted = max(limit + 1, int(limit * _RISE))
        if self._ceiling and limit < self._ceiling - 1:
            wanted = min(max(wanted, (limit + self._ceiling) // 2), self._ceiling - 1)
        elif self._ceiling and self._rested < self._wary:
            return
        if limit < self.bound:
            self._mode, self.limit = "rise", min(wanted, self.bound)

    def _judge_rise(self, goodput: float, refused: bool) -> None:
        limit, usual = self._best
        if goodput >= usual * (1 + _MORE_IN_RISE * (self.limit / limit - 1)):
            if self._ceiling and self.limit >= self._ceiling:
                self._ceiling, self._wary = None, _WARY[0]
            self._settle(self.limit, goodput)
            self._rest = _RESTS[0]
            self._rise()
        else:
            if refused:
                self._refused_at(self.limit)
            else:
                self._rest = min(2 * self._rest, _RESTS[1])
            self._settle(limit, usual)

    def _refused_at(self, limit: int) -> None:
        near = self._ceiling and limit >= 0.9 * self._ceiling
        self._wary = min(2 * self._wary, _WARY[1]) if near else _WARY[0]
        self._ceiling = limit

    def _fall(self, goodput: float, share: float) -> None:
        self._before = self.limit, goodput, share
        half = (self.limit + 1) // 2
        if self._mode == "start":
            half = min(half, self._best[0])
        self._mode, self.limit, self._thrifty = "fall", max(1, half), False

    def _judge_fall(self, goodput: float, still: float) -> None:
        limit, usual, share = self._before
        if self._thrifty:
            if goodput >= _KEPT_BY_THRIFT * usual:
                self._settle(self.limit, goodput)
                self._rest, self._rises = _RESTS[0], _THRIFT - 1  # perhaps less will do, too
            else:
                self._settle(limit, usual)
                self._rest = min(2 * self._rest, _RESTS[1])
            return
        helped = goodput >= _KEPT_IN_FALL * usual and still <= _KEPT_IN_FALL * share
        if helped or share > _TOO_MANY:
            self._refused_at(limit)
            self._settle(self.limit, goodput)
            self._rest = _RESTS[0]
            return
        # Half the load brought half the answers: it was not the load.
        self._borne = max(self._borne, min(1.5 * share, _TOO_MANY))
        self._pauses_borne = True
        self._settle(limit, usual)
        if not self._flat:
            self._mode = "start"
        self._rest = min(2 * self._rest, _RESTS[1])

    def _settle(self, limit: int, goodput: float) -> None:
        self._mode, self.limit, self._best, self._rested = "rest", limit, (limit, goodput), 0
