"""How many of a run's seconds a sample gets, where samples are answered one at a time.

The next sample is only seen when the one before has its answer, so its difficulty is unknown. All
that are left are to get the same share, and what one does not use goes to those after it: the share
is the one that, judged by what the samples so far took, uses up the seconds that are left. Samples
so far that came to an end by themselves take as long again, those that were cut off a whole share;
so does, for want of knowledge at the start, a handful that is made up. So the first sample gets
its equal part, and shares grow where quick samples leave time over. docs/experiments.md has this
beside other rules, such as that of a strong notebook of the third AI Mathematical Olympiad.
"""

from __future__ import annotations

from bisect import insort

_MADE_UP = 2.0  # samples that take a whole share, known before the first
_KEPT = 0.5  # of its equal part is kept for each sample to come, whatever this one takes


class Shares:
    """Shares of one run's seconds."""

    def __init__(self) -> None:
        self._took: list[float] = []  # sorted seconds of the samples that ended by themselves
        self._cut = _MADE_UP

    def took(self, seconds: float, ended: bool) -> None:
        """A sample took so long; `ended`: by itself, before its share was over."""
        if ended:
            insort(self._took, seconds)
        else:
            self._cut += 1

    def share(self, left: float, samples: int) -> float:
        """Seconds for the next of `samples` samples that have `left` seconds together.

        >>> shares = Shares()
        >>> shares.share(100.0, 10)
        10.0
        >>> shares.took(1.0, ended=True)
        >>> shares.share(99.0, 9)
        16.0
        """
        if samples <= 1 or left <= 0:
            return max(0.0, left)
        most = left - (samples - 1) * _KEPT * left / samples
        return min(most, self._even(left / samples))

    def _even(self, mean: float) -> float:
        """The share c for which min(c, seconds of a sample) is `mean` on average."""
        whole = mean * (len(self._took) + self._cut)  # what as many samples again may take
        longer = len(self._took) + self._cut  # how many of them take a whole share
        for seconds in self._took:
            if seconds * longer >= whole:
                break
            whole -= seconds
            longer -= 1
        return whole / longer
