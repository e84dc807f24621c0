"""How long the backend takes for a call, learned as the run goes."""

from __future__ import annotations

from collections import deque

_WINDOW = 256  # calls looked at: enough for a 95 % quantile, few enough to follow a change
_FEWEST = 16  # below that nothing is known
_RENEW = 16  # calls between two looks: a look sorts the window
# A call that takes five times as long as 95 % of them do is taken for stalled: of log-normal times
# with sigma = 1, which is wider than those of reasoning models, it hits 6 calls in 10,000.
_STALLED = 5.0


class Pace:
    """Seconds of the calls that came to an end, newest first. Stalled ones are not among them."""

    def __init__(self) -> None:
        self._seconds: deque[float] = deque(maxlen=_WINDOW)
        self._count = 0
        self.quick = 0.0
        """Nine calls in ten took longer; 0 while too few are known."""
        self.stalled: float | None = None
        """A call that takes longer will not come; None while too few are known."""

    def add(self, seconds: float) -> bool:
        """A call came to its end after so many seconds. True where that changed what is known."""
        self._seconds.append(seconds)
        self._count += 1
        if self._count < _FEWEST or self._count % _RENEW:
            return False
        ranked = sorted(self._seconds)
        self.quick = ranked[len(ranked) // 10]
        self.stalled = _STALLED * ranked[len(ranked) * 95 // 100]
        return True
