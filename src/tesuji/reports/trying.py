"""The report of a move that was tried."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from tesuji.diagnose import visible
from tesuji.notebook import preformatted, table
from tesuji.reports.words import cell_text, gain_text, score_text
from tesuji.task.task import Task

if TYPE_CHECKING:
    from tesuji.compare.trial import Trial
    from tesuji.moves.move import Table
    from tesuji.moves.trying import Tried


@dataclass(frozen=True)
class TryReport:
    """What came of a move: what was found, the challengers' trials, which of them won."""

    task: Task
    tried: Tried

    @property
    def kept(self) -> bool:
        """Whether a challenger is the best now."""
        return bool(self.tried.winner and self.tried.winner.kept)

    @property
    def best_before(self) -> str:
        """The entry that the challengers start from."""
        run = self.tried.evidence.run
        return run.entry if run else self.tried.evidence.entry.name

    def verdict(self) -> str:
        """The outcome in a sentence."""
        tried, best = self.tried, self.best_before
        if not tried.attempts:
            lacks = "" if tried.tables else "nothing to try: "  # some moves only look
            return tried.stopped or f"{lacks}{tried.relevance.why}"
        if tried.evidence.run is None:
            return "there was no run to compare with"
        top = tried.winner or self._nearest()
        if top is None or top.comparison is None:
            return "no challenger has a score to compare"
        said = top.comparison.sentence(best, top.run.entry)
        if len(tried.attempts) > 1 or tried.among > 1:
            said += f" (p and interval allow for {tried.among} challengers)"
        return said

    def outcome(self) -> str:
        """What is the best now."""
        winner, best = self.tried.winner, self.tried.evidence.run
        if winner is None:
            return f"nothing kept: {best.entry} stays as it is" if best else "nothing kept"
        if winner.kept:
            said = f"kept: {winner.run.entry} is the best now (entries/{winner.run.entry}.toml)"
            return said if best else f"{said}, for want of another"
        return (
            f"better, on the {winner.run.total:,} samples that there are; saved as "
            f"entries/{winner.run.entry}.toml: only a whole run can be the best"
        )

    def _nearest(self) -> Trial | None:
        compared = [a.trial for a in self.tried.attempts if a.trial.comparison]
        return max(compared, key=lambda t: t.comparison.gain if t.comparison else 0, default=None)

    def to_json(self) -> dict[str, Any]:
        """What was found, every challenger's comparison, the winner, an example, the tables."""
        tried, evidence = self.tried, self.tried.evidence
        return {
            "move": tried.move.name,
            "relevance": asdict(tried.relevance),
            "best_before": evidence.run and evidence.run.id,
            "outputs": evidence.outputs,
            "found": [asdict(found) for found in evidence.found],
            "challengers": [
                {
                    "run": asdict(attempt.trial.run),
                    "added": list(attempt.added),
                    "answers_changed": attempt.changed,
                    "comparison": attempt.trial.comparison and asdict(attempt.trial.comparison),
                    "kept": attempt.trial.kept,
                }
                for attempt in tried.attempts
            ],
            "among": tried.among,
            "winner": tried.winner and tried.winner.run.id,
            "kept": self.kept,
            "verdict": self.verdict(),
            "example": tried.example and asdict(tried.example),
            "tables": [asdict(table) for table in tried.tables],
            "steps": list(tried.steps),
            "absent": [{"entry": name, "reason": reason} for name, reason in tried.absent],
            "sent": tried.sent,
            "stopped": tried.stopped,
        }

    def _repr_html_(self) -> str:
        tried = self.tried
        rows = [
            (
                a.trial.run.entry, score_text(a.trial.run), gain_text(a.trial),
                a.trial.comparison.verdict if a.trial.comparison else "–", a.changed,
            )
            for a in tried.attempts
        ]  # fmt: skip
        heads = ("entry", self.task.metric.name, "gain", "verdict", "answers changed")
        shown = table(rows, heads) if rows else ""
        shown += table([(self.verdict(),), (self.outcome(),)] if rows else [(self.verdict(),)])
        if tried.absent:
            shown += table(tried.absent, ("not run", "why"))
        if tried.example:
            e = tried.example
            shown += table(
                [
                    ("raw", visible(e.raw)), ("cleaned", visible(e.cleaned)),
                    ("parsed before", e.before), ("parsed after", e.after), ("target", e.target),
                ],
                (f"sample {e.sample}", ""),
            )  # fmt: skip
        return shown + "".join(_move_table(one) for one in tried.tables)


def _move_table(shown: Table) -> str:
    rows = [[cell_text(cell) for cell in row] for row in shown.rows]
    parts = [table([(shown.title,)]), table(rows, shown.heads)]
    parts += [preformatted(shown.text)] if shown.text else []
    parts += [table([(shown.note,)])] if shown.note else []
    return "".join(parts)
