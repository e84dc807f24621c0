"""How long the backend takes for a call, learned as the run goes."""

from __future__ import annotations

from collections import deque

_WINDOW = 1024  # calls looked at: more than are ever in flight, few enough to follow a change
_FEWEST = 16  # below that nothing is known
_RENEW = 16  # calls between two looks: a look sorts the window
# A call that takes 25 times as long as half of them do is taken for stalled. Of log-normal times
# with sigma = 1, which is wider than those of reasoning models, that hits 6 calls in 10,000.
_STALLED = 25.0


class Pace:
    """Seconds of the calls that came to an end, newest first."""

    def __init__(self) -> None:
        self._seconds: deque[float] = deque(maxlen=_WINDOW)
        self._count = 0
        self.quick = 0.0
        """Nine calls in ten took longer; 0 while too few are known."""
        self.stalled: float | None = None
        """A call that takes longer will not come; None while too few are known."""

    def add(self, seconds: float, under_way: int) -> bool:
        """A call took so long, while others are under way. True where that changed what is known.

        Those under way count as longer than all that ended: at the start of a run only quick ones
        have come, and the rest are not stalled for that.
        """
        self._seconds.append(seconds)
        self._count += 1
        if self._count < _FEWEST or self._count % _RENEW:
            return False
        ranked = sorted(self._seconds)
        self.quick = ranked[len(ranked) // 10]
        middle = (len(ranked) + under_way) // 2
        self.stalled = _STALLED * ranked[middle] if middle < len(ranked) else None
        return True
