"""How many samples does it take to tell a difference, and what can be told with those there are?

0/1 scores: the test is McNemar's, and what it sees depends on the share of samples on which the
two differ (Connor 1987, Biometrics 43:207). Up to 3,000 samples the power is summed over what may
be seen, for the very test and interval that the referee uses; above, Connor's formula, which
agrees with the sum there. Other scores: the paired t-test's, which the sign-flip test matches
(Guenther 1981, The American Statistician 35:243).
"""

from __future__ import annotations

import math
from functools import lru_cache
from statistics import NormalDist
from typing import TYPE_CHECKING, Any, TypeAlias

from tesuji.compare.paired import bonett_price, mcnemar
from tesuji.errors import InputError

if TYPE_CHECKING:
    import numpy as np

    Floats: TypeAlias = np.ndarray[Any, np.dtype[np.float64]]

POWER = 0.8
_EXACT = 3_000
_MOST = 10**9
_ALIKE = 0.5


def samples_for(
    difference: float,
    *,
    discordance: float | None = None,
    deviation: float | None = None,
    power: float = POWER,
    confidence: float = 0.95,
    among: int = 1,
) -> int:
    """How many samples tell a gain of `difference` with a chance of `power`.

    `difference` is in the metric's units (a point of accuracy is 0.01) and above 0. Say one of:
    `discordance`, for 0/1 scores, the share of samples on which the two differ (see
    `likely_discordance`); `deviation`, for others, the standard deviation of a sample's gain.
    `among` is how many different challengers share the error. InputError for values that make no
    sense, or where it would take more than 10⁹ samples.

    >>> samples_for(0.05, discordance=0.2), samples_for(0.05, discordance=0.2, among=10)
    (624, 1060)
    """
    _check(discordance, deviation, power, confidence, among)
    if not 0 < difference < math.inf:
        raise InputError(f"a difference of {difference} can't be told; it must be above 0")
    if discordance is not None and difference > discordance:
        raise InputError(
            f"a difference of {difference:g} needs at least as large a share of samples on which "
            f"the two differ; it is {discordance:g}"
        )
    low, high = 1, 8
    while _power(high, difference, discordance, deviation, confidence, among) < power:
        low, high = high, 2 * high
        if high > _MOST:
            raise InputError(f"a difference of {difference:g} would take more than 10⁹ samples")
    while high - low > max(1, low // 200):
        middle = (low + high) // 2
        enough = _power(middle, difference, discordance, deviation, confidence, among) >= power
        low, high = (low, middle) if enough else (middle, high)
    return high


def detectable(
    n: int,
    *,
    discordance: float | None = None,
    deviation: float | None = None,
    power: float = POWER,
    confidence: float = 0.95,
    among: int = 1,
) -> float:
    """The smallest gain that `n` samples tell with a chance of `power`, in the metric's units.

    Arguments as for `samples_for`. math.inf where so few samples tell nothing.

    >>> round(detectable(300, discordance=0.2), 3)
    0.072
    """
    _check(discordance, deviation, power, confidence, among)
    if n < 1:
        raise InputError(f"{n} samples tell nothing; there must be at least 1")

    def enough(gain: float) -> bool:
        return _power(n, gain, discordance, deviation, confidence, among) >= power

    high = discordance if discordance is not None else 1e3 * (deviation or 0.0)
    if not enough(high):
        return math.inf
    low = 0.0
    while high - low > 1e-3 * high:
        middle = (low + high) / 2
        low, high = (low, middle) if enough(middle) else (middle, high)
    return high


def likely_discordance(a: float, b: float) -> float:
    """On what share of samples two entries with the accuracies `a` and `b` may be expected to
    differ, before they have been run: half of what chance would make it, and at least |a - b|.

    Half, since what is hard for one is hard for the other: the correlation is taken as 0.5. Take
    the share that was seen as soon as both have been run.
    """
    if not (0 <= a <= 1 and 0 <= b <= 1):
        raise InputError(f"accuracies are between 0 and 1, not {a:g} and {b:g}")
    apart = a * (1 - b) + b * (1 - a)
    shared = 2 * _ALIKE * math.sqrt(a * (1 - a) * b * (1 - b))
    return max(apart - shared, abs(a - b))


def _check(
    discordance: float | None,
    deviation: float | None,
    power: float,
    confidence: float,
    among: int,
) -> None:
    if (discordance is None) == (deviation is None):
        raise InputError("say either discordance (0/1 scores) or deviation (others)")
    if discordance is not None and not 0 < discordance <= 1:
        raise InputError(f"discordance is {discordance:g}; it must be above 0 and at most 1")
    if deviation is not None and not 0 < deviation < math.inf:
        raise InputError(f"deviation is {deviation:g}; it must be above 0")
    if not (0 < power < 1 and 0 < confidence < 1 and among >= 1):
        raise InputError("power and confidence are between 0 and 1, among is at least 1")


def _power(
    n: int,
    gain: float,
    discordance: float | None,
    deviation: float | None,
    confidence: float,
    among: int,
) -> float:
    """The chance that `n` samples tell a gain of that size."""
    level = (1 - confidence) / among
    bar = NormalDist().inv_cdf(1 - level / 2)
    if discordance is None:
        assert deviation is not None
        # Guenther: the t-test needs bar²/2 samples more than a known deviation would.
        shift = gain / deviation * math.sqrt(max(0.0, n - bar * bar / 2))
        return NormalDist().cdf(shift - bar)
    if n <= _EXACT:
        return _exact_power(n, gain, discordance, level)
    spread = math.sqrt(discordance - gain * gain)
    if spread == 0:
        return 1.0
    shift = gain * math.sqrt(n) - bar * math.sqrt(discordance)
    return NormalDist().cdf(shift / spread)


def _exact_power(n: int, gain: float, discordance: float, level: float) -> float:
    """The chance of as many differing samples, times that of wins enough among them."""
    import numpy as np

    win = (discordance + gain) / (2 * discordance)
    middle, width = n * discordance, 7 * math.sqrt(n * discordance * (1 - discordance)) + 1
    total = 0.0
    for differing in range(max(1, int(middle - width)), min(n, int(middle + width)) + 1):
        wins = _fewest_wins(differing, n, level)
        if wins is None:
            continue
        share = math.exp(_log_binomial(n, differing, discordance))
        if win >= 1:
            total += share
            continue
        counts = np.arange(wins, differing + 1)
        logs = _log_choose(differing)[counts] + counts * math.log(win)
        total += share * float(np.exp(logs + (differing - counts) * math.log1p(-win)).sum())
    return min(1.0, total)


def _log_choose(n: int) -> Floats:
    """log of "n choose k" for k = 0 … n."""
    import numpy as np

    steps = np.arange(1, n + 1)
    return np.concatenate([[0.0], np.cumsum(np.log(n - steps + 1) - np.log(steps))])


@lru_cache(maxsize=100_000)
def _fewest_wins(differing: int, n: int, level: float) -> int | None:
    """The fewest wins, of so many differing samples, that the referee calls better."""

    def told(wins: int) -> bool:
        if mcnemar(wins, differing - wins) >= level:
            return False
        return bonett_price(wins, differing - wins, n, 1 - level)[0] > 0

    low, high = differing // 2, differing
    if not told(high):
        return None
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if told(middle) else (middle, high)
    return high


def _log_binomial(n: int, k: int, chance: float) -> float:
    choose = math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)
    rest = (n - k) * math.log1p(-chance) if chance < 1 else (0.0 if n == k else -math.inf)
    return choose + k * math.log(chance) + rest
