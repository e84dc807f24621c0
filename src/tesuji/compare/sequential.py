"""A comparison that may be looked at after every sample, and stopped as soon as it is sure.

A test for a number of samples fixed beforehand errs far more often than it says when it is looked
at again and again. The ones here hold at any time, so at the time one stops (Ramdas, Grünwald,
Vovk & Shafer 2023, Stat. Sci. 38:576).

0/1 scores, and others within known bounds: betting (Waudby-Smith & Ramdas 2024, JRSS B 86:1).
Whoever bets that B is no better than A, at fair odds, would multiply their capital by 1/error with
a probability of at most `error`. The capital is a mixture over stakes, so the order of the samples
plays no part. For 0/1 scores it is a bet on the samples where the two differ, as in McNemar's test.

Other scores: the asymptotic confidence sequence of Waudby-Smith, Arbour, Sinha, Kennedy & Ramdas
(2024, Ann. Stat. 52:2613), a normal mixture (Robbins 1970, Ann. Math. Stat. 41:1397) with the
deviation estimated. It holds for many samples, so it says nothing before the 100th: skewed gains
would pass too often (1 in 10 where it should be 1 in 20, were it to speak from the 20th on).
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeAlias

from tesuji.compare.comparison import Comparison, Verdict, samples_needed
from tesuji.errors import InputError

if TYPE_CHECKING:
    import numpy as np

    Floats: TypeAlias = np.ndarray[Any, np.dtype[np.float64]]

_BURN_IN = 100  # samples before the asymptotic sequence speaks; see docs/referee.md


class Sequential:
    """B against A, sample by sample; looked at as often as one likes.

    `zero_one` says that all scores are 0 or 1; `bounds` between what others lie, where that is
    known. `error` is the chance that a verdict is ever given when there is no difference.
    `around` is the number of samples at which the sequence for unbounded scores is narrowest.
    """

    def __init__(
        self,
        *,
        higher_is_better: bool,
        zero_one: bool = False,
        bounds: tuple[float, float] | None = None,
        error: float = 0.05,
        around: int = 300,
    ) -> None:
        if not 0 < error < 1:
            raise InputError(f"error is {error}; it must be between 0 and 1")
        if bounds is not None and not bounds[0] < bounds[1]:
            raise InputError(f"bounds are {bounds}; the first must be below the second")
        self._bounds = (0.0, 1.0) if zero_one else bounds
        self._sign = 1.0 if higher_is_better else -1.0
        self._zero_one, self._error, self._around = zero_one, error, around
        self._gains: Counter[float] = Counter()
        self._n = self._left_out = 0
        self._sum_a = self._sum_b = self._sum = self._squares = 0.0
        self._capital = _Capital() if self._bounds else None

    def update(self, a: float | None, b: float | None) -> None:
        """The scores of A and B on one more sample; one without a score (None, NaN) is left out.

        InputError for a score outside its bounds.
        """
        if a is None or b is None or math.isnan(a) or math.isnan(b):
            self._left_out += 1
            return
        self._check(a, "A")
        self._check(b, "B")
        gain = self._sign * (b - a)
        self._n += 1
        self._sum_a, self._sum_b = self._sum_a + a, self._sum_b + b
        self._sum, self._squares = self._sum + gain, self._squares + gain * gain
        self._gains[gain] += 1
        if self._capital is not None:
            self._capital.bet(gain / self._width)

    def _check(self, score: float, name: str) -> None:
        if self._zero_one and score not in (0, 1):
            raise InputError(f"the scores of {name} must be 0 or 1; one is {score:g}")
        low, high = self._bounds or (-math.inf, math.inf)
        if not low <= score <= high or not math.isfinite(score):
            raise InputError(f"a score of {name} is {score:g}: not within {low:g} … {high:g}")

    @property
    def _width(self) -> float:
        low, high = self._bounds or (0.0, 1.0)
        return high - low

    @property
    def n(self) -> int:
        """How many samples both had a score for."""
        return self._n

    @property
    def p(self) -> float:
        """The p-value of "no difference", right at any time: one over the capital won."""
        if self._n == 0:
            return 1.0
        if self._capital is not None:
            up, down = self._capital.log
            return min(1.0, 2 * math.exp(-max(up, down)))
        if self._n < _BURN_IN or self._sum == 0:
            return 1.0
        spread = self._deviation()
        if spread == 0:
            return 0.0
        size, t = self._rho2(), self._n
        grown = size * (self._sum / spread) ** 2 / (2 * (t * size + 1))
        return min(1.0, math.exp(0.5 * math.log(t * size + 1) - grown))

    def interval(self) -> tuple[float, float]:
        """The confidence interval of the gain, right at any time."""
        if self._n == 0:
            return -math.inf, math.inf
        if self._bounds is not None:
            width, fair = self._width, math.log(2 / self._error)
            gains = {gain / width: count for gain, count in self._gains.items()}
            mirrored = {-gain: count for gain, count in gains.items()}
            return width * lower_edge(gains, fair), -width * lower_edge(mirrored, fair)
        if self._n < _BURN_IN:
            return -math.inf, math.inf
        size, t = self._rho2(), self._n
        grown = 2 * (t * size + 1) * math.log(math.sqrt(t * size + 1) / self._error)
        spread = self._deviation() * math.sqrt(grown / size) / t
        return self._sum / t - spread, self._sum / t + spread

    def verdict(self) -> Verdict:
        """B is "better" or "worse" than A, or "can't tell" yet."""
        if self.p > self._error:
            return "can't tell"
        return "better" if self._sum > 0 else "worse"

    def comparison(self) -> Comparison:
        """All that can be said now."""
        n, verdict = self._n, self.verdict()
        nan = math.nan
        wins = sum(count for gain, count in self._gains.items() if gain > 0)
        losses = sum(count for gain, count in self._gains.items() if gain < 0)
        low, high = self.interval()
        gain = self._sum / n if n else nan
        more = None
        if n and verdict == "can't tell":
            more = samples_needed(gain, self._deviation(), n, 1 - self._error)
        method = "asymptotic confidence sequence" if self._bounds is None else "betting"
        return Comparison(
            n, self._sum_a / n if n else nan, self._sum_b / n if n else nan, gain, low, high,
            self.p, verdict, more, f"{method}, valid at any time", self._zero_one, wins, losses,
            n - wins - losses, self._left_out,
        )  # fmt: skip

    def sentence(self, a: str = "A", b: str = "B") -> str:
        """What is known now, in one plain line."""
        return self.comparison().sentence(a, b)

    def _deviation(self) -> float:
        mean = self._sum / self._n
        return math.sqrt(max(0.0, self._squares / self._n - mean * mean))

    def _rho2(self) -> float:
        """The mixture's variance for which the sequence is narrowest after `around` samples."""
        logs = -2 * math.log(self._error)
        return (logs + math.log(logs) + 1) / self._around


class _Capital:
    """What bets on "B is better" and on "B is worse" have made of 1, against a fair game.

    A stake of c turns a gain x, between -1 and 1, into the factor 1 + c·x. The bettor divides the
    capital over many stakes (`stakes`).
    """

    def __init__(self) -> None:
        import numpy as np

        self._stakes = stakes()
        self._up = np.zeros(len(self._stakes))
        self._down = np.zeros(len(self._stakes))

    def bet(self, gain: float) -> None:
        import numpy as np

        if gain:
            self._up += np.log1p(self._stakes * gain)
            self._down += np.log1p(-self._stakes * gain)

    @property
    def log(self) -> tuple[float, float]:
        return log_mean(self._up), log_mean(self._down)


def stakes() -> Floats:
    """The stakes over which the capital is divided, in equal parts.

    The best one is about the gain by its mean square: for 0/1 scores gain / discordance. Most lie
    where a few hundred samples can tell (docs/experiments.md), four below for large data.
    """
    import numpy as np

    return np.concatenate([np.geomspace(0.01, 0.06, 4), np.geomspace(0.08, 0.8, 12)])


def log_mean(logs: Floats) -> float:
    """log of the mean of exp(logs), without overflow."""
    import numpy as np

    top = float(logs.max())
    return top + math.log(float(np.exp(logs - top).mean()))


def lower_edge(gains: dict[float, int], needed: float) -> float:
    """The largest mean that bets on more have refuted: their log capital reaches `needed`.

    `gains` counts values between -1 and 1. Against a mean of m a stake of c has the factor
    1 - c + c·(x + 1)/(m + 1), which falls as m grows, so the edge is found by bisection.
    """
    import numpy as np

    values = np.array(list(gains), dtype=np.float64) + 1
    counts = np.array(list(gains.values()), dtype=np.float64)
    bets = stakes()[:, None]

    def won(mean: float) -> float:
        factors = 1 - bets + bets * (values / (mean + 1))
        return log_mean(np.log(factors) @ counts)

    return _last(lambda mean: won(mean) >= needed, -1.0, 1.0)


def _last(holds: Callable[[float], bool], low: float, high: float) -> float:
    """The largest number for which `holds`, where it holds below a bound and not above."""
    for _ in range(40):
        middle = (low + high) / 2
        low, high = (middle, high) if holds(middle) else (low, middle)
    return low
