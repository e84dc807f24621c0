"""How many samples does it take to tell a difference, and what can be told with those there are?

0/1 scores: McNemar's test, whose power depends on the share of samples on which the two differ
(Connor 1987, Biometrics 43:207). Other scores: the paired deviation, by the normal approximation.
"""

from __future__ import annotations

import math
from statistics import NormalDist

from tesuji.errors import InputError

POWER = 0.8


def samples_for(
    difference: float,
    *,
    discordance: float | None = None,
    deviation: float | None = None,
    power: float = POWER,
    confidence: float = 0.95,
    among: int = 1,
) -> int:
    """How many samples tell a gain of `difference` (metric's units; a point of accuracy is 0.01)
    with a chance of `power`.

    Say one of: `discordance`, for 0/1 scores, the share of samples on which the two differ;
    `deviation`, for others, the standard deviation of a sample's gain. `among` is how many
    challengers share the error. InputError for values that make no sense.
    """
    spread = _deviation(difference, discordance, deviation)
    z = NormalDist().inv_cdf(1 - (1 - confidence) / among / 2) + NormalDist().inv_cdf(power)
    return max(6, math.ceil((z * spread / difference) ** 2))


def detectable(
    n: int,
    *,
    discordance: float | None = None,
    deviation: float | None = None,
    power: float = POWER,
    confidence: float = 0.95,
    among: int = 1,
) -> float:
    """The smallest gain that `n` samples tell with a chance of `power`; arguments as above.

    math.inf (or a gain above `discordance`, which cannot be) where no gain can be told.
    """
    low, high = 0.0, 1.0 if deviation is None else 1e3 * deviation
    for _ in range(60):
        middle = (low + high) / 2
        needed = samples_for(
            middle, discordance=discordance, deviation=deviation, power=power,
            confidence=confidence, among=among,
        )  # fmt: skip
        low, high = (middle, high) if needed > n else (low, middle)
    return high


def _deviation(difference: float, discordance: float | None, deviation: float | None) -> float:
    if (discordance is None) == (deviation is None):
        raise InputError("say either discordance (0/1 scores) or deviation (others)")
    if deviation is not None:
        return deviation
    assert discordance is not None
    return math.sqrt(max(0.0, discordance - difference**2))
