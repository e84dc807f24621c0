"""The move `flow`: more than one request a sample, or none that writes.

Which flows are tried follows from what is recorded: shapeless answers ask for `retry`, labels for
`choose`, draws that disagree (or were never made) for `vote`; `check` and, with a second model,
`cascade` are tried wherever answers are wrong, and where these are numbers `code` and votes that
end when they are settled. What the competition's limits would not allow on the test split is left
out, and said so.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

from tesuji.errors import ConfigError
from tesuji.moves.fit import Load, load_of, load_of_run, misfit
from tesuji.moves.flow_plan import Plan, number_plans, weighed_plans
from tesuji.moves.move import Attempt, Cell, Evidence, Relevance, Table
from tesuji.moves.naming import named_for
from tesuji.run.budget import Budget
from tesuji.run.entry import Entry
from tesuji.run.ledger import Ledger, find_identities, outputs_by_model
from tesuji.task.rules import base_format
from tesuji.task.task import Task

KINDS = ("retry", "choose", "vote", "check", "code", "cascade")
# A vote over 16 draws gains little more than one over 8, at twice the price: Wang et al. 2022
# (arXiv 2203.11171), figure 2. So 8 is tried first, and fewer where 8 do not fit.
_VOTES = (8, 5, 3)
_FEWEST = 5  # changes, all for the better, that a paired test takes for more than chance
_DRAWS = 3  # of the cheap model in a cascade
_MARGIN = 0.5  # of the likeliest label before the second, in a cascade
_PROSE = 60  # characters of a right answer above which two draws hardly ever say the same


@dataclass(frozen=True, slots=True)
class Flow:
    """Vote, retry, choose, check, code, cascade (`tesuji.moves.Move`).

    `models`: strong models for a cascade, one challenger each. `flows`: only these. `n`: draws of
    the vote (default: by what fits). `share`: the most samples that a cascade sends to the strong
    model. `weigh`: "logprob" adds a vote weighed by log-probability, `reward` (a model's URI) one
    weighed by what that model says of each draw.
    """

    name: ClassVar[str] = "flow"
    does: ClassVar[str] = (
        "vote, retry, choose by log-probability, check, run code, cascade to a strong model"
    )
    models: tuple[str, ...] = ()
    flows: tuple[str, ...] = ()
    n: int | None = None
    share: float = 0.5
    weigh: tuple[str, ...] = ()
    reward: str | None = None

    def check(self, task: Task) -> None:
        """ConfigError for a flow that there is not, or settings that cannot be."""
        for flow in self.flows:
            if flow not in KINDS:
                raise ConfigError(f"the move 'flow' tries {', '.join(KINDS)}, not '{flow}'")
        if "cascade" in self.flows and not self.models:
            raise ConfigError("a cascade needs a strong model: tesuji try flow --with URI")
        if not 0 < self.share <= 1:
            raise ConfigError(f"the move 'flow': share is {self.share}; it is above 0, at most 1")
        if self.n is not None and self.n < 2:
            raise ConfigError(f"the move 'flow': n is {self.n}; it must be at least 2")
        if unknown := set(self.weigh) - {"logprob"}:
            raise ConfigError(
                f"the move 'flow': weigh is 'logprob', not '{min(unknown)}'; for a reward model: "
                "--option reward=URI"
            )

    def relevance(self, evidence: Evidence) -> Relevance:
        """Whether any flow could do something, and what the first one would send."""
        plans = self.plans(evidence)
        wanted = [plan for plan in plans if plan.out is None]
        if not wanted:
            return Relevance(_nothing(plans), 0.0, 0)
        why = "; ".join(f"{plan.flow}: {plan.why}" for plan in wanted)
        gain = evidence.stakes.share("wrong") if evidence.stakes.scored else 1.0
        sent = sum(plan.factor for plan in wanted) * evidence.samples
        return Relevance(why, gain, round(sent))

    def challengers(
        self, best: Entry, evidence: Evidence, budget: Budget | None
    ) -> Iterator[Entry]:
        """The cheapest first."""
        for plan in self.plans(evidence, budget):
            if plan.out is None:
                yield with_flow(best, plan)

    def reachable(self, evidence: Evidence, budget: Budget | None) -> int:
        """All that are proposed are fixed beforehand."""
        return max(1, sum(plan.out is None for plan in self.plans(evidence, budget)))

    def plans(self, evidence: Evidence, budget: Budget | None = None) -> list[Plan]:
        """All flows that might be tried, those left out with the reason, cheapest first."""
        plans = [*_retry(evidence), *_choose(evidence), *_check(evidence),
                 *self._votes(evidence, budget), *self._cascades(evidence)]  # fmt: skip
        if self.flows:
            plans = [plan for plan in plans if plan.flow in self.flows]
        known = [plan if plan.out else replace(plan, out=_out(evidence, plan)) for plan in plans]
        return sorted(known, key=lambda plan: plan.factor)

    def _votes(self, evidence: Evidence, budget: Budget | None) -> Iterator[Plan]:
        stakes, options = evidence.stakes, {"temperature": _warm(evidence.entry)}
        out = None
        if stakes.drawn and not stakes.split:
            out = f"in all {stakes.drawn:,} samples that were drawn twice the draws agree"
        elif _prose(evidence):
            out = "right answers are long texts: no two draws would say the same"
        why = "whether draws agree is unknown"
        if stakes.split:
            why = f"draws disagree in {stakes.split:,} of {stakes.drawn:,} samples"
        sizes = _VOTES if self.n is None else (self.n,)
        tried = [Plan("vote", {"n": n, **options}, n, why, out=out) for n in sizes]
        fit = [p for p in tried if not _out(evidence, p) and _pays(evidence, p, budget)]
        plain = fit[0] if fit else tried[-1]
        yield plain
        n, warm = plain.options["n"], options["temperature"]
        yield from number_plans(evidence, n, warm, out, self.flows)
        yield from weighed_plans(n, warm, self.weigh, self.reward, out)

    def _cascades(self, evidence: Evidence) -> Iterator[Plan]:
        if not self.models:
            yield Plan("cascade", {}, _DRAWS, "", out="it needs a strong model: --with URI")
        for uri in self.models:
            models = {"strong": uri}
            share = {} if self.share == 1.0 else {"share": self.share}
            if _labels(evidence):
                yield Plan("cascade", {"margin": _MARGIN, **share}, 1 + self.share,
                           "the strong model where two labels are near", models)  # fmt: skip
            if not _prose(evidence):
                yield Plan(
                    "cascade", {"n": _DRAWS, "temperature": _warm(evidence.entry), **share},
                    _DRAWS + self.share, f"the strong model where {_DRAWS} draws disagree", models,
                )  # fmt: skip
            else:
                yield Plan("cascade", share, 1 + self.share,
                           "the strong model where nothing can be read", models)  # fmt: skip

    def tables(self, evidence: Evidence, attempts: Sequence[Attempt]) -> Sequence[Table]:
        """What was measured of each flow, and which flows were left out."""
        left = [(plan.flow, plan.out) for plan in self.plans(evidence) if plan.out]
        tables = []
        if attempts:
            tables.append(_measured(evidence, attempts))
        if left:
            tables.append(Table("left out", ("flow", "because"), tuple(left)))
        return tables


def with_flow(best: Entry, plan: Plan) -> Entry:
    """The entry with another flow, called after it."""
    name = named_for(best, f"+{plan.label}", plan.models.get("strong"))
    return replace(
        best, name=name, flow=plan.flow, options=dict(plan.options), models=dict(plan.models)
    )


def _retry(evidence: Evidence) -> Iterator[Plan]:
    stakes = evidence.stakes
    unread = max(stakes.shapeless, evidence.run.unparsed if evidence.run else 0)
    share = unread / max(evidence.samples, 1)
    out = None if unread >= _FEWEST else f"only {unread:,} answers are unread or shapeless"
    yield Plan("retry", {"tries": 3}, 1 + 2 * share,
               f"{unread:,} answers are not right-shaped", out=out)  # fmt: skip


def _choose(evidence: Evidence) -> Iterator[Plan]:
    if not _labels(evidence):
        name = base_format(evidence.task.format).name
        yield Plan("choose", {}, 1, "", out=f"the answer format '{name}' has no labels")
        return
    yield Plan(
        "choose", {}, 1, f"{_labels(evidence)} labels can be scored, nothing is left to read"
    )


def _check(evidence: Evidence) -> Iterator[Plan]:
    # A second request with the draft in it: about two and a half times the tokens.
    yield Plan("check", {"rounds": 1}, 2.5, "the model sees its draft again")


def _out(evidence: Evidence, plan: Plan) -> str | None:
    """Why a plan is not worth a try, if it is not."""
    best = evidence.entry
    if (plan.flow, dict(plan.options)) == (best.flow, dict(best.options)):
        return "it is what the best entry does"
    if evidence.stakes.scored and not evidence.stakes.wrong:
        return "every answer is as good as can be"
    return misfit(evidence, _load(evidence, plan), clocked=plan.clocked)


def _load(evidence: Evidence, plan: Plan) -> Load:
    own = load_of(evidence)
    return own.grown(plan.factor / max(own.requests, 1.0))


def _pays(evidence: Evidence, plan: Plan, budget: Budget | None) -> bool:
    """Whether the budget of this try would do for the vote on all samples."""
    if budget is None:
        return True
    need = _load(evidence, plan).times(evidence.samples)
    takes = {"requests": need.requests, "tokens": need.tokens_in + need.tokens_out,
             "usd": need.usd, "seconds": need.seconds}  # fmt: skip
    return all(
        value is None or (limit := getattr(budget, name)) is None or value <= limit
        for name, value in takes.items()
    )


def _labels(evidence: Evidence) -> int:
    return len(getattr(base_format(evidence.task.format), "labels", None) or ())


def _prose(evidence: Evidence) -> bool:
    """Whether right answers are so long that no two draws would agree."""
    targets = [len(s.target) for s in evidence.rows[:200] if isinstance(s.target, str)]
    return bool(targets) and sum(targets) / len(targets) > _PROSE


def _warm(entry: Entry) -> float:
    """The temperature of draws that are to differ."""
    return entry.sampling.temperature or 0.8


def _nothing(plans: Sequence[Plan]) -> str:
    return "; ".join(f"{plan.flow}: {plan.out}" for plan in plans)


def _measured(evidence: Evidence, attempts: Sequence[Attempt]) -> Table:
    rows = len(evidence.task.test) or evidence.samples
    ledger, table = evidence.ledger, []
    best = load_of(evidence)
    score = evidence.run.score if evidence.run else None
    lines: list[tuple[str, Load, float | None, str | None]] = [("as it is", best, score, None)]
    for attempt in attempts:
        run = attempt.trial.run
        lines.append((run.entry, _whole_load(attempt), run.score, _strong(ledger, run.id)))
    for name, load, score, strong in lines:
        row: tuple[Cell, ...] = (
            name, score, round(load.requests, 2), strong, round(load.times(rows).requests),
            round(load.times(rows).seconds), load.times(rows).usd,
        )  # fmt: skip
        table.append(row)
    where = "test" if evidence.task.test else evidence.split
    return Table(
        "what each takes",
        ("entry", "score", "requests a sample", "to the strong", f"on {where}: requests", "s",
         "US$"),
        tuple(table), f"{where} has {rows:,} rows; seconds with as many requests in flight as here",
    )  # fmt: skip


def _whole_load(attempt: Attempt) -> Load:
    """What a sample took; what came from the ledger counts as if it had been sent."""
    run = attempt.trial.run
    load = load_of_run(run)
    asked = (run.sent + run.cached) / max(run.total, 1)
    return load.grown(asked / load.requests) if load.requests else replace(load, requests=asked)


def _strong(ledger: Ledger | None, run: int) -> str | None:
    """Which share of a run's outputs came from further models than the entry's own."""
    if ledger is None:
        return None
    names = find_identities(ledger, run)
    if not names:
        return None
    counts = outputs_by_model(ledger, run)
    strong = sum(counts.get(identity, 0) for name, identity in names.items() if name)
    total = ledger.row("SELECT count(*) FROM answers WHERE run = ?", run)
    return f"{strong:,} ({strong / max(total[0] if total else 1, 1):.0%})"
