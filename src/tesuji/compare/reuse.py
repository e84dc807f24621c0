"""How worn a split is: the more challengers it has judged, the more its best one flatters itself.

Each comparison keeps its own error, and the challengers of a move share one. Over many moves the
same samples judge again and again, and what is kept fits them a little better each time (Dwork et
al. 2015, Science 349:636; Blum & Hardt 2015, ICML). How much that can be is reckoned from the
challengers' own scores.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from tesuji.compare.many import optimism
from tesuji.run.ledger import Ledger, list_trials, paired_scores
from tesuji.task.task import Task

_MOST = 200  # of the newest challengers the optimism is reckoned


@dataclass(frozen=True, slots=True)
class Reuse:
    """`challengers` entries that a split has judged. `optimism` is how much better than it is the
    best of them would look if none were any better, in the metric's units; None for a metric of
    the whole."""

    split: str
    challengers: int
    optimism: float | None
    zero_one: bool

    def sentence(self) -> str:
        """What that means, in one plain line."""
        judged = f"the {self.split} split has judged {self.challengers:,} challengers"
        if self.optimism is None:
            return f"{judged}: the best of so many looks better than it is"
        size = f"{100 * self.optimism:.1f} points" if self.zero_one else f"{self.optimism:.2g}"
        return (
            f"{judged}: if none were any better, the best of so many would still look better "
            f"by about {size}"
        )


def reuse(task: Task, ledger: Ledger, split: str = "dev") -> Reuse:
    """How many challengers a split of this task has judged so far, and what that is worth."""
    trials = list_trials(ledger, task.digest, split)
    if task.metric.sample is None:
        return Reuse(split, len(trials), None, task.metric.zero_one)
    sign = 1 if task.metric.higher_is_better else -1
    rows = [
        {sample: sign * (b - a) for sample, a, b in paired_scores(ledger, best, challenger)}
        for best, challenger in trials[-_MOST:]
    ]
    samples = sorted({sample for row in rows for sample in row})
    groups = task.groups.get(split)
    found = optimism(
        [[row.get(sample, math.nan) for sample in samples] for row in rows],
        groups=None if groups is None else [groups.get(s, ("", s)) for s in samples],
    )
    return Reuse(split, len(trials), found, task.metric.zero_one)
