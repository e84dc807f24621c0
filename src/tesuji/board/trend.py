"""The plots of a competition: every trial's score over time, and against what its entry takes."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from tesuji.board.loads import Loads
from tesuji.board.overview import Line
from tesuji.diagnose import visible
from tesuji.moves.fit import Load
from tesuji.moves.picture import Point, frontier
from tesuji.run.ledger import Ledger, RunRow
from tesuji.task.task import Task

_MOST = 1000  # trials


@dataclass(frozen=True, slots=True)
class Mark:
    """A trial in the plots. `so_far` is the best score when it was judged, `cost` what 1,000
    samples cost (in the plots' `unit`), `seconds` what a sample takes; None: unknown. The last two
    say that nothing beats its score at no higher cost, or in no more time."""

    run: RunRow
    fate: str
    when: str
    so_far: float | None
    cost: float | None
    seconds: float | None
    cheapest: bool = False
    quickest: bool = False


@dataclass(frozen=True, slots=True)
class Plots:
    """The trials, oldest first, and whether their costs are in "usd" or "tokens"."""

    marks: tuple[Mark, ...]
    unit: str

    def data(self) -> dict[str, Any]:
        """What the script draws from. Names are text with what is invisible made visible."""
        return {
            "unit": self.unit,
            "trials": [
                {
                    "run": mark.run.id, "entry": visible(mark.run.entry), "when": mark.when,
                    "score": mark.run.score, "fate": mark.fate, "best": mark.so_far,
                    "cost": mark.cost, "seconds": mark.seconds, "cheapest": mark.cheapest,
                    "quickest": mark.quickest,
                }
                for mark in self.marks
            ],
        }  # fmt: skip


def make_plots(task: Task, ledger: Ledger, lines: Sequence[Line], loads: Loads) -> Plots:
    """All trials on the dev split by today's rules that have a score, the newest thousand."""
    runs = [line.run for line in lines]
    trials = [
        line for line in reversed(lines)
        if (line.run.split, line.run.task_digest) == ("dev", task.digest)
        and line.run.score is not None and math.isfinite(line.run.score)
    ][-_MOST:]  # fmt: skip
    known = [loads.of(task, ledger, line.run, runs) for line in trials]
    priced = [load for load in known if load is not None]
    unit = "tokens"
    if all(load.usd is not None for load in priced) and any(load.usd for load in priced):
        unit = "usd"
    marks, best = [], None
    for line, load in zip(trials, known, strict=True):
        if line.fate in ("is_best", "kept"):
            best = line.run.score
        seconds = load.seconds if load and load.seconds else None
        marks.append(
            Mark(line.run, line.fate, moment(line.run.started), best, _cost(load, unit), seconds)
        )
    return Plots(tuple(_with_frontiers(marks, task.metric.higher_is_better)), unit)


def _cost(load: Load | None, unit: str) -> float | None:
    if load is None:
        return None
    cost = load.usd if unit == "usd" else load.tokens_in + load.tokens_out
    return None if cost is None else 1000 * cost


def _with_frontiers(marks: Sequence[Mark], higher_is_better: bool) -> list[Mark]:
    def front(value: Callable[[Mark], float | None]) -> set[str]:
        points = [
            Point(str(mark.run.id), x, mark.run.score)
            for mark in marks if (x := value(mark)) is not None and mark.run.score is not None
        ]  # fmt: skip
        return set(frontier(points, higher_is_better))

    cheapest, quickest = front(lambda mark: mark.cost), front(lambda mark: mark.seconds)
    return [
        replace(mark, cheapest=str(mark.run.id) in cheapest, quickest=str(mark.run.id) in quickest)
        for mark in marks
    ]


def moment(seconds: float) -> str:
    """A time of day as people write it, in this computer's zone."""
    return time.strftime("%Y-%m-%d %H:%M", time.localtime(seconds))
