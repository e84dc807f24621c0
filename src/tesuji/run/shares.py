"""How many of a run's seconds a sample gets, where samples are answered one at a time.

The next sample is only seen when the one before has its answer, so its difficulty is unknown. All
that are left are to get the same share, and what one does not use goes to those after it: the share
is the one that, judged by what the samples so far took, uses up the seconds that are left. Samples
so far that came to an end by themselves take as long again, those that were cut off a whole share;
so does, for want of knowledge at the start, a handful that is made up. So the first sample gets
its equal part, and shares grow where quick samples leave time over. A sample that has no answer yet
at the end of its share is waited for a while longer, and twice as long after one that had none in
the end: then the model is slower than was thought. docs/experiments.md has this
beside other rules, such as that of a strong notebook of the third AI Mathematical Olympiad.
"""

from __future__ import annotations

from bisect import insort

_MADE_UP = 2.0  # samples that take a whole share, known before the first
_PATIENCE = 2.5  # equal parts that a sample without any answer may take
_KEPT = 0.5  # of its equal part is kept for each sample to come, whatever this one takes


class Shares:
    """Shares of one run's seconds."""

    def __init__(self) -> None:
        self._took: list[float] = []  # sorted seconds of the samples that ended by themselves
        self._cut = _MADE_UP
        self._doublings = 0  # of the patience

    def took(self, seconds: float, ended: bool, answered: bool = True) -> None:
        """A sample took so long; `ended`: by itself, before its share was over."""
        self._doublings = max(0, self._doublings - 1) if answered else self._doublings + 1
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
        return min(_most(left, samples), self._even(left / samples))

    def patience(self, left: float, samples: int) -> float:
        """Seconds that the next sample may take if no answer comes sooner: its share or more."""
        if samples <= 1 or left <= 0:
            return max(0.0, left)
        patience = _PATIENCE * 2.0 ** min(self._doublings, 20)
        longest = min(_most(left, samples), patience * left / samples)
        return max(self.share(left, samples), longest)

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


def _most(left: float, samples: int) -> float:
    return left - (samples - 1) * _KEPT * left / samples
