"""What the verbs return: reports that show themselves in a notebook and as JSON.

Each has `_repr_html_` (everything escaped) and `to_json` (what `--json` prints).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tesuji.diagnose import Diagnosed, Summary, summary, visible
from tesuji.notebook import table
from tesuji.run.entry import Entry
from tesuji.run.exchange import Imported
from tesuji.run.first import FirstMove
from tesuji.run.ledger import RunRow
from tesuji.task.guess import Guess
from tesuji.task.task import Task

if TYPE_CHECKING:
    from tesuji.compare.reuse import Reuse
    from tesuji.compare.trial import Trial
    from tesuji.moves.trying import Tried


@dataclass(frozen=True)
class FirstReport:
    """What the model wrote on a few samples."""

    task: Task
    entry: Entry
    moves: tuple[FirstMove, ...]

    def to_json(self) -> dict[str, Any]:
        """The whole of it: prompts, raw outputs, answers, findings."""
        return {
            "entry": self.entry.name,
            "model": self.entry.model,
            "samples": [_move(move) for move in self.moves],
        }

    def _repr_html_(self) -> str:
        return "".join(
            table(
                [
                    *((m.role, visible(m.content)) for m in move.messages),
                    *(("output", visible(d.output.text)) for d in move.drafts),
                    ("answer", move.row.answer),
                    ("target", move.sample.target),
                    (self.task.metric.name, move.row.score),
                    ("findings", ", ".join(_finding_words(move))),
                    ("state", " – ".join(filter(None, (move.row.state, move.row.reason)))),
                ],
                (f"sample {move.sample.id}", f"{self.entry.name} on {self.entry.model}"),
            )
            for move in self.moves
        )


@dataclass(frozen=True)
class RunReport:
    """What a run came to, and how it did against the best before it.

    `failure` is why the first of the failed requests failed; `examples` has one output with its
    surest finding for each kind, `history` the rate of each kind over the run, in equal parts,
    `alarms` what was said of rising rates while it ran.
    """

    task: Task
    trial: Trial
    findings: Mapping[str, float]
    failure: str | None = None
    examples: tuple[Diagnosed, ...] = ()
    history: Mapping[str, Sequence[float]] = field(default_factory=dict)
    alarms: tuple[str, ...] = ()

    @property
    def run(self) -> RunRow:
        """The run's row in the ledger."""
        return self.trial.run

    @property
    def score(self) -> float | None:
        """The run's score by the task's metric."""
        return self.trial.run.score

    def to_json(self) -> dict[str, Any]:
        """The run, its failure rates, and the comparison with the best before it."""
        comparison = self.trial.comparison
        return {
            "run": asdict(self.run),
            "findings": dict(self.findings),
            "examples": [_example(one) for one in self.examples],
            "history": {kind: list(rates) for kind, rates in self.history.items()},
            "alarms": list(self.alarms),
            "best_before": self.trial.before and self.trial.before.id,
            "comparison": comparison and asdict(comparison),
            "kept": self.trial.kept,
            "failure": self.failure,
        }

    def _repr_html_(self) -> str:
        comparison = self.trial.comparison
        return table(
            [
                ("entry", f"{self.run.entry} on {self.run.model}"),
                (self.run.metric, score_text(self.run)),
                ("samples", counts_text(self.run)),
                ("findings", rates_text(self.findings)),
                *(
                    ("example", f"{one.findings[0].kind}: {one.text[:200]}")
                    for one in self.examples
                ),
                *(("alarm", alarm) for alarm in self.alarms),
                *([("failure", self.failure)] if self.failure else []),
                *([("against the best", comparison.sentence())] if comparison else []),
            ],
            (f"run {self.run.id}", self.run.state),
        )


@dataclass(frozen=True)
class TryReport:
    """What came of a move: what was found, the challengers' trials, which of them won."""

    task: Task
    tried: Tried

    @property
    def kept(self) -> bool:
        """Whether a challenger is the best now."""
        return bool(self.tried.winner and self.tried.winner.kept)

    def verdict(self) -> str:
        """The outcome in a sentence."""
        tried, best = self.tried, self.tried.evidence.run.entry
        if not tried.attempts:
            return tried.stopped or f"nothing to try: {tried.relevance.why}"
        top = tried.winner or self._nearest()
        if top is None or top.comparison is None:
            return "no challenger has a score to compare"
        said = top.comparison.sentence(best, top.run.entry)
        if len(tried.attempts) > 1 or tried.among > 1:
            said += f" (p and interval allow for {tried.among} challengers)"
        return said

    def outcome(self) -> str:
        """What is the best now."""
        winner, best = self.tried.winner, self.tried.evidence.run.entry
        if winner is None:
            return f"nothing kept: {best} stays as it is"
        if winner.kept:
            return f"kept: {winner.run.entry} is the best now (entries/{winner.run.entry}.toml)"
        return (
            f"better, on the {winner.run.total:,} samples that there are; saved as "
            f"entries/{winner.run.entry}.toml: only a whole run can be the best"
        )

    def _nearest(self) -> Trial | None:
        compared = [a.trial for a in self.tried.attempts if a.trial.comparison]
        return max(compared, key=lambda t: t.comparison.gain if t.comparison else 0, default=None)

    def to_json(self) -> dict[str, Any]:
        """What was found, every challenger's comparison, the winner, an example, the inputs."""
        tried, evidence = self.tried, self.tried.evidence
        return {
            "move": tried.move.name,
            "relevance": asdict(tried.relevance),
            "best_before": evidence.run.id,
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
            "inputs": [asdict(cost) for cost in tried.inputs],
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
        if tried.example:
            e = tried.example
            shown += table(
                [
                    ("raw", visible(e.raw)), ("cleaned", visible(e.cleaned)),
                    ("parsed before", e.before), ("parsed after", e.after), ("target", e.target),
                ],
                (f"sample {e.sample}", ""),
            )  # fmt: skip
        return shown


@dataclass(frozen=True)
class RunsReport:
    """All runs of a competition. `best` holds the numbers of the best ones.

    `examples` are outputs of the newest run, one for each kind of failure in it; `judged` says of
    each split how many challengers it has judged.
    """

    task: Task
    rows: tuple[RunRow, ...]
    findings: Mapping[int, Mapping[str, float]]
    best: set[int]
    examples: tuple[Diagnosed, ...] = ()
    judged: tuple[Reuse, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """All runs with their failure rates."""
        return {
            "runs": [
                asdict(row) | {"findings": self.findings[row.id], "best": row.id in self.best}
                for row in self.rows
            ],
            "judged": [asdict(one) for one in self.judged],
        }

    def _repr_html_(self) -> str:
        return table(
            [
                (
                    f"{row.id}{' ★' if row.id in self.best else ''}", row.entry, row.model,
                    row.split, score_text(row), counts_text(row), cost_text(row),
                    rates_text(self.findings[row.id]), row.state,
                )
                for row in self.rows
            ],
            ("run", "entry", "model", "split", self.task.metric.name, "samples", "cost", "findings",
             ""),
        )  # fmt: skip


@dataclass(frozen=True)
class PredictReport:
    """A submission that was written, and what is wrong with it (nothing, mostly)."""

    task: Task
    run: RunRow
    path: Path
    problems: tuple[str, ...]
    findings: Mapping[str, float]

    def to_json(self) -> dict[str, Any]:
        """Where it is, the run behind it, its problems."""
        return {
            "path": str(self.path),
            "run": asdict(self.run),
            "findings": dict(self.findings),
            "problems": list(self.problems),
        }

    def _repr_html_(self) -> str:
        return table(
            [
                ("submission", self.path),
                ("entry", f"{self.run.entry} on {self.run.model}"),
                ("samples", counts_text(self.run)),
                ("findings", rates_text(self.findings)),
                ("problems", "\n".join(self.problems) or "none"),
            ]
        )


@dataclass(frozen=True)
class CheckReport:
    """What is wrong with a submission file; `notes` make it no worse, but are worth a look."""

    path: Path
    problems: tuple[str, ...]
    notes: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """The file, if it is valid, and its problems."""
        return {
            "path": str(self.path),
            "valid": not self.problems,
            "problems": list(self.problems),
            "notes": list(self.notes),
        }

    def _repr_html_(self) -> str:
        return table([(problem,) for problem in self.problems] or [("valid",)], (str(self.path),))


@dataclass(frozen=True)
class ExportReport:
    """A run that was written to a file."""

    run: RunRow
    path: Path
    samples: int

    def to_json(self) -> dict[str, Any]:
        """The run, the file, how many samples are in it."""
        return {"run": self.run.id, "path": str(self.path), "samples": self.samples}

    def _repr_html_(self) -> str:
        return table([(self.path, f"run {self.run.id}", f"{self.samples:,} samples")])


@dataclass(frozen=True)
class ImportReport:
    """Outputs that were recorded from a file; `name` is what they were told to be recorded as."""

    path: Path
    imported: Imported
    name: str | None

    def to_json(self) -> dict[str, Any]:
        """The file, and what became of its lines and outputs."""
        return {"path": str(self.path), "recorded_as": self.name, **asdict(self.imported)}

    def sentence(self) -> str:
        """What became of the outputs, in one line."""
        i = self.imported
        said = f"{i.new:,} outputs recorded"
        said += f", {i.known:,} were there already" if i.known else ""
        return said + (f"; {i.strangers:,} lines fit no sample" if i.strangers else "")

    def _repr_html_(self) -> str:
        return table([(self.path, self.sentence())])


@dataclass(frozen=True)
class NewReport:
    """A competition that was made; `guess` is None for a ready one."""

    task: Task
    guess: Guess | None

    def to_json(self) -> dict[str, Any]:
        """Where it is, and what was guessed with the reasons."""
        guess = None if self.guess is None else asdict(self.guess)
        return {"folder": str(self.task.folder), "guess": guess}

    def _repr_html_(self) -> str:
        return self.task._repr_html_()


@dataclass(frozen=True)
class DiagnosisReport:
    """Findings in many outputs. They are found anew at each pass, one output at a time.

    `examples` is how many outputs the summary keeps for each kind.
    """

    source: str
    found: Callable[[], Iterator[Diagnosed]]
    examples: int = 1

    @cached_property
    def summary(self) -> Summary:
        """Rates and examples by kind, over all outputs."""
        return summary(self.found(), self.examples)

    def to_json(self) -> dict[str, Any]:
        """The totals: how many outputs, how many clean, how many with each kind of failure."""
        return {
            "source": self.source,
            "outputs": self.summary.total,
            "clean": self.summary.clean,
            "kinds": {
                k.kind: {"outputs": k.count, "rate": k.rate, "fixes": dict(k.fixes)}
                for k in self.summary.kinds
            },
        }

    def records(self) -> Iterator[dict[str, Any]]:
        """One record an output: its id and its findings."""
        for one in self.found():
            yield {"id": one.id, "findings": [asdict(finding) for finding in one.findings]}

    def _repr_html_(self) -> str:
        kinds = self.summary.kinds
        return table(
            [(k.kind, k.count, percent(k.rate), visible(k.example.text)) for k in kinds],
            ("finding", "outputs", "share", f"an example, from {self.source}"),
        )


def number_text(value: float | None) -> str:
    """A score as people write it: four significant digits, or a dash."""
    return "–" if value is None else f"{value:.4g}"


def score_text(row: RunRow) -> str:
    """The score with its confidence interval."""
    if row.score is None:
        return "–"
    if row.low is None or row.high is None:
        return number_text(row.score)
    return f"{number_text(row.score)} ({number_text(row.low)} … {number_text(row.high)})"


def gain_text(trial: Trial) -> str:
    """How much better a challenger is than what it was compared with, with the interval."""
    c = trial.comparison
    if c is None:
        return "–"
    return f"{c.gain:+.3g} ({c.low:.3g} … {c.high:.3g})"


def counts_text(row: RunRow) -> str:
    """How many samples came to what; only what there is."""
    parts = [f"{row.answered} answered"]
    for count, words in (
        (row.unparsed, "without a readable answer"),
        (row.fallbacks, "fallback"),
        (row.errors, "failed"),
    ):
        if count:
            parts.append(f"{count} {words}")
    left = row.total - row.answered - row.unparsed - row.fallbacks - row.errors
    if left > 0:
        parts.append(f"{left} to go")
    return ", ".join(parts)


def cost_text(row: RunRow) -> str:
    """What all passes of a run cost together.

    Tokens, US dollars where they are known and any, and how long it took.
    """
    tokens = row.all_tokens_in + row.all_tokens_out
    parts = [f"{tokens:,} tokens"]
    if row.all_usd:
        parts.append(usd_text(row.all_usd))
    return ", ".join([*parts, f"{row.all_seconds:,.1f} s"])


def usd_text(usd: float) -> str:
    """US dollars; below one, to the hundredth of a cent.

    >>> usd_text(0.0123), usd_text(1234.5)
    ('$0.0123', '$1,234.50')
    """
    return f"${usd:.4f}" if usd < 1 else f"${usd:,.2f}"


def rates_text(rates: Mapping[str, float]) -> str:
    """Failure rates by kind, commonest first."""
    return ", ".join(f"{kind} {percent(rate)}" for kind, rate in rates.items()) or "none"


def percent(rate: float) -> str:
    """A share as a percentage; what is rare does not become 0 %.

    >>> percent(0.6), percent(0.0004), percent(0)
    ('60 %', '0.04 %', '0 %')
    """
    return f"{rate:.0%}".replace("%", " %") if rate >= 0.01 or rate == 0 else f"{rate * 100:.1g} %"


def _example(one: Diagnosed) -> dict[str, Any]:
    return {"sample": one.id, "output": one.text, "finding": asdict(one.findings[0])}


def _finding_words(move: FirstMove) -> list[str]:
    return [f"{f.kind}: {f.evidence}" for draft in move.drafts for f in draft.findings]


def _move(move: FirstMove) -> dict[str, Any]:
    return {
        "id": move.sample.id,
        "target": move.sample.target,
        "messages": [asdict(message) for message in move.messages],
        "state": move.row.state,
        "answer": move.row.answer,
        "score": move.row.score,
        "reason": move.row.reason,
        "outputs": [
            {
                "text": draft.output.text,
                "cleaned": draft.text,
                "finish": draft.output.finish,
                "tokens_in": draft.output.tokens_in,
                "tokens_out": draft.output.tokens_out,
                "seconds": draft.output.seconds,
                "recorded": draft.cached,
                "findings": [asdict(finding) for finding in draft.findings],
            }
            for draft in move.drafts
        ],
    }
