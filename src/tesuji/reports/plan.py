"""The report of the next moves."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from tesuji.notebook import table
from tesuji.reports.words import number_text, percent, usd_text
from tesuji.task.task import Task

if TYPE_CHECKING:
    from tesuji.moves.advice import Advice, Plan


@dataclass(frozen=True)
class PlanReport:
    """What to do next, the most promising first."""

    task: Task
    plan: Plan

    def heading(self) -> str:
        """The situation in a line."""
        s, metric = self.plan.situation, self.task.metric
        if s.run is None:
            return f"no run yet · {s.dev:,} samples to measure on"
        better = "higher" if metric.higher_is_better else "lower"
        kind = "best" if s.whole else "run"
        return (
            f"{kind} {s.entry} (run {s.run}) · {metric.name} {number_text(s.score)}, {better} is "
            f"better · {s.dev:,} samples"
        )

    def to_json(self) -> dict[str, Any]:
        """All advice in order, the remarks, and the numbers that they come from."""
        s = self.plan.situation
        return {
            "run": s.run,
            "entry": s.entry,
            "metric": s.metric,
            "score": s.score,
            "samples": s.dev,
            "stakes": asdict(s.stakes),
            "top": [one.move for one in self.plan.top],
            "advice": [asdict(one) | {"outcome": one.outcome} for one in self.plan.advice],
            "notes": list(self.plan.notes),
            "remarks": [asdict(one) for one in self.plan.remarks],
        }

    def _repr_html_(self) -> str:
        rows = [
            (one.move, STATES[one.state], gain_words(one), cost_words(one), one.outcome, one.why,
             one.command)
            for one in self.plan.advice
        ]  # fmt: skip
        heads = (self.heading(), "", "gain", "cost", "tried", "why", "command")
        return table([*rows, *((note,) for note in self.plan.notes)], heads)


STATES = {"now": "now", "later": "later", "done": "done", "missing": "not in this version yet"}


def gain_words(advice: Advice) -> str:
    """What a move may gain: the bound, and what is to be expected of it, as shares of samples."""
    if not advice.most:
        return ""
    return f"up to {percent(advice.most)}, perhaps {percent(advice.expected)}"


def cost_words(advice: Advice) -> str:
    """What trying it takes."""
    cost = advice.cost
    if advice.state == "missing":
        return ""
    if cost.free:
        return "nothing is sent"
    parts = [f"{cost.requests:,} request{'s' if cost.requests > 1 else ''}"]
    if cost.tokens:
        parts.append(f"{cost.tokens:,} tokens")
    if cost.usd is None:
        parts.append("price unknown")
    elif cost.usd:
        parts.append(usd_text(cost.usd))
    if cost.seconds:
        parts.append(f"{cost.seconds / 60:,.1f} min" if cost.seconds >= 60 else
                     f"{max(cost.seconds, 1):.0f} s")  # fmt: skip
    return ", ".join(parts)
