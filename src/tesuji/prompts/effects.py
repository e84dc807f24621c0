"""What each option of the elements did, as far as a race can tell.

A least-squares fit of the candidates' gains by the options that they changed, each candidate
weighted by its samples, with a small ridge: candidates differ in several elements at once, and the
worse ones were seen on few samples. It says what the options did in these prompts, in a plain sum;
where two options help only together, it says so to neither.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

_RIDGE = 2.0  # samples' worth of "no effect"


@dataclass(frozen=True, slots=True)
class Seen:
    """A candidate: what it changed, its gain over the base, and on how many samples."""

    changed: Mapping[str, str]
    gain: float
    samples: int


@dataclass(frozen=True, slots=True)
class Effect:
    """An option's effect on the gain, in the metric's units (above 0: better), with its standard
    error, and how many candidates and samples it is read from."""

    element: str
    option: str
    effect: float
    error: float
    candidates: int
    samples: int


def effects(seen: Sequence[Seen]) -> list[Effect]:
    """The effect of every option that a candidate changed, the largest first."""
    import numpy as np

    seen = [one for one in seen if one.samples and one.changed and math.isfinite(one.gain)]
    options = list(dict.fromkeys(pair for one in seen for pair in one.changed.items()))
    if not options:
        return []
    rows = np.array([[one.changed.get(e) == o for e, o in options] for one in seen], dtype=float)
    weights = np.array([float(one.samples) for one in seen])
    gains = np.array([one.gain for one in seen])
    scale = weights.mean()
    gram = rows.T @ (rows * weights[:, None] / scale) + _RIDGE / scale * np.eye(len(options))
    inverse = np.linalg.inv(gram)
    fitted = inverse @ (rows.T @ (gains * weights / scale))
    rest = gains - rows @ fitted
    freedom = max(
        1.0, len(seen) - float(np.trace(inverse @ rows.T @ (rows * weights[:, None] / scale)))
    )
    variance = float((rest**2 * weights / scale).sum()) / freedom
    errors = np.sqrt(np.maximum(np.diag(inverse) * variance, 0.0))
    found = [
        Effect(
            element, option, float(fitted[at]), float(errors[at]), int(rows[:, at].sum()),
            int((rows[:, at] * weights).sum()),
        )
        for at, (element, option) in enumerate(options)
    ]  # fmt: skip
    return sorted(found, key=lambda one: (-abs(one.effect), one.element, one.option))
