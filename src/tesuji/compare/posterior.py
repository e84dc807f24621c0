"""How good challengers are, by what is known of them so far, on whatever samples each has done.

A score is taken as the sum of the challenger's worth, the sample's ease and noise, all normal
around means (the two-way layout with random effects; Searle, Casella & McCulloch 1992, Variance
Components, ch. 7). So samples that two have done are compared in pairs, samples that only one has
done count for less, and the best so far is drawn towards the others by as much as it is likely to
be there by luck. The variances are estimated from the scores (empirical Bayes, by EM), and hold
well enough for 0/1 scores, too: a race decides by means over samples.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    import numpy as np

    Floats: TypeAlias = np.ndarray[Any, np.dtype[np.float64]]

_ROUNDS = 12
_DRAWS = 1_000


@dataclass(frozen=True, slots=True, eq=False)
class Posterior:
    """`mean` (one a challenger) and `covariance` of the challengers' worth, in the units of the
    scores; `noise` is the variance of a score that neither challenger nor sample explains, 0 where
    all scores are equal: nothing is known then."""

    mean: Floats
    covariance: Floats
    noise: float

    def behind(self, leader: int) -> tuple[Floats, Floats]:
        """How much better each is than `leader` (below 0: worse), and its standard deviation."""
        import numpy as np

        own = np.diagonal(self.covariance)
        spread = own + own[leader] - 2 * self.covariance[:, leader]
        return self.mean - self.mean[leader], np.sqrt(np.maximum(spread, 0.0))

    def draws(self, seed: int) -> Floats:
        """1,000 possible worths of all, rows of draws."""
        import numpy as np

        rng = np.random.default_rng((seed, 5))
        return rng.multivariate_normal(
            self.mean, self.covariance, _DRAWS, check_valid="ignore", method="eigh"
        )


def estimate(scores: Floats) -> Posterior:
    """The posterior from scores: a row a challenger, a column a sample, NaN where not scored.

    Each challenger has at least one score.
    """
    import numpy as np

    known = ~np.isnan(scores)
    count = len(scores)
    middle, scale = float(scores[known].mean()), float(scores[known].std())
    if scale == 0 or count < 2:
        wide = np.full(count, middle)
        return Posterior(wide, np.zeros((count, count)), 0.0)
    table = np.where(known, (scores - middle) / scale, 0.0)
    there = known.astype(np.float64)
    each = there.sum(axis=0)  # challengers that did a sample
    noise, ease, worth = 0.5, 0.5, 0.1
    centred = np.eye(count) - 1 / count  # the prior's mean is unknown
    for _ in range(_ROUNDS):
        share = ease / (noise + each * ease)
        precision = (np.diag(there.sum(axis=1)) - (there * share) @ there.T) / noise
        pull = (table.sum(axis=1) - there @ (share * table.sum(axis=0))) / noise
        # The ridge stands for a vague prior of the mean that all share: no sample's ease is known.
        spread = np.linalg.inv(precision + centred / worth + np.eye(count) * 1e-6)
        mean = spread @ pull
        noise, ease = _variances((table - mean[:, None]) * there, each, noise)
        own = centred @ spread @ centred
        worth = (float(np.trace(own)) + float(((mean - mean.mean()) ** 2).sum())) / (count - 1)
        worth = max(worth, 1e-8)
    return Posterior(mean * scale + middle, spread * scale**2, noise * scale**2)


def _variances(left: Floats, each: Floats, noise: float) -> tuple[float, float]:
    """(noise, ease) from what the challengers' worths leave of the scores."""
    done = each > 0
    means = left.sum(axis=0)[done] / each[done]
    within = float((left**2).sum()) - float((each[done] * means**2).sum())
    freedom = float((each[done] - 1).sum())
    # Five samples' worth of doubt: a handful of equal scores doesn't make the noise nothing.
    fresh = (within + 5 * noise) / (freedom + 5) if freedom > 0 else noise
    between = float((means**2).mean()) - fresh * float((1 / each[done]).mean())
    return max(fresh, 1e-8), max(between, 1e-6)
