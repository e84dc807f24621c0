"""The move `models`: the same entry on other models, on the same samples.

Besides the referee's verdict it tells what each costs, which of them are worth their price, and
where one is right and another wrong: models that fail on different samples may vote together.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import ClassVar

from tesuji.errors import ConfigError
from tesuji.moves.fit import Load, load_of_run
from tesuji.moves.move import Attempt, Cell, Evidence, Relevance, Table
from tesuji.moves.naming import named_for
from tesuji.moves.picture import Point, frontier, scatter
from tesuji.run.budget import Budget
from tesuji.run.entry import Entry
from tesuji.run.ledger import AnswerRow, RunRow, finding_rates, iter_answers
from tesuji.task.task import Task

_MARKS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_TEAMS = 6  # the best so many models are tried in votes of three
_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Models:
    """Candidate models on the same samples (`tesuji.moves.Move`). `models`: their URIs."""

    name: ClassVar[str] = "models"
    does: ClassVar[str] = "candidate models on the same samples: score, failures, speed, price"
    models: tuple[str, ...] = ()

    def check(self, task: Task) -> None:
        """ConfigError where no model is named, or more than there are letters."""
        if not self.models:
            raise ConfigError("which models? tesuji try models --with URI --with URI …")
        if len(self.models) >= len(_MARKS):
            raise ConfigError(f"{len(self.models)} models are too many at once: at most 25")

    def relevance(self, evidence: Evidence) -> Relevance:
        """Worth a try wherever answers are wrong."""
        wrong = evidence.stakes.share("wrong") if evidence.stakes.scored else 1.0
        known = ", ".join(self.models) or "name them: --with URI"
        if self.models and set(self.models) <= {evidence.entry.model}:
            return Relevance(f"the best entry is on {self.models[0]} already", 0.0, 0)
        requests = len(self.models) * evidence.samples * max(1.0, evidence.usage.requests)
        return Relevance(f"{wrong:.0%} wrong; models to compare: {known}", wrong, round(requests))

    def challengers(
        self, best: Entry, evidence: Evidence, budget: Budget | None
    ) -> Iterator[Entry]:
        """The entry on each model, in the order given."""
        names = {best.name}
        for uri in dict.fromkeys(self.models):
            if uri == best.model:
                continue
            name = named_for(best, "", uri)
            if name in names:
                name = named_for(best, f"-{len(names)}", uri)
            names.add(name)
            yield replace(best, name=name, model=uri)

    def reachable(self, evidence: Evidence, budget: Budget | None) -> int:
        """All of them."""
        return max(1, sum(uri != evidence.entry.model for uri in dict.fromkeys(self.models)))

    def tables(self, evidence: Evidence, attempts: Sequence[Attempt]) -> Sequence[Table]:
        """The models beside each other, the picture, who is right where others are wrong."""
        if not attempts or evidence.ledger is None or evidence.run is None:
            return ()
        runs = [evidence.run, *(attempt.trial.run for attempt in attempts)]
        marked = dict(zip(_MARKS, runs, strict=False))
        tables = [_beside(evidence, marked)]
        if evidence.task.metric.sample is not None:
            answers = {m: _answers(evidence, run) for m, run in marked.items()}
            tables += [_pairs(evidence, answers), *_votes(evidence, answers)]
        return tables


Rows = Mapping[str, AnswerRow]


def _answers(evidence: Evidence, run: RunRow) -> Rows:
    assert evidence.ledger is not None
    return {row.sample: row for row in iter_answers(evidence.ledger, run.id)
            if row.score is not None}  # fmt: skip


def _beside(evidence: Evidence, runs: Mapping[str, RunRow]) -> Table:
    loads = {mark: load_of_run(run) for mark, run in runs.items()}
    priced = all(load.usd is not None for load in loads.values()) and any(
        load.usd for load in loads.values()
    )
    unit = "US$ per 1,000 samples" if priced else "seconds a sample"
    points = [
        Point(mark, _cost(loads[mark], priced), run.score)
        for mark, run in runs.items() if run.score is not None
    ]  # fmt: skip
    higher = evidence.task.metric.higher_is_better
    best = set(frontier(points, higher))
    rows = [_row(evidence, mark, run, loads[mark], mark in best) for mark, run in runs.items()]
    heads = ("", "model", "score", "failures", "s", "tokens", "US$", "")
    picture = scatter(points, unit=unit, score=evidence.task.metric.name, higher_is_better=higher)
    return Table("the models beside each other", heads, tuple(rows),
                 f"s, tokens: a sample; US$: 1,000 samples; ★ no other is better for less ({unit})",
                 picture)  # fmt: skip


def _cost(load: Load, priced: bool) -> float:
    return 1000 * (load.usd or 0.0) if priced else load.seconds


def _row(evidence: Evidence, mark: str, run: RunRow, load: Load, best: bool) -> tuple[Cell, ...]:
    assert evidence.ledger is not None
    rates = finding_rates(evidence.ledger, run.id)
    if run.unparsed:
        rates = {"unread": run.unparsed / max(run.total, 1), **rates}
    if run.errors:
        rates = {"failed": run.errors / max(run.total, 1), **rates}
    failures = ", ".join(f"{kind} {rate:.0%}" for kind, rate in list(rates.items())[:3])
    score = "–" if run.score is None else f"{run.score:.3g}"
    if run.low is not None and run.high is not None:
        score += f" ({run.low:.2f} … {run.high:.2f})"
    usd = None if load.usd is None else 1000 * load.usd
    tokens = round(load.tokens_in + load.tokens_out)
    return (mark, run.model.rpartition("#")[2], score, failures or "none",
            _rounded(load.seconds), tokens, usd, "★" if best else "")  # fmt: skip


def _rounded(value: float) -> float:
    return float(f"{value:.3g}")


def _pairs(evidence: Evidence, answers: Mapping[str, Rows]) -> Table:
    """On how many samples the model of the row does better than that of the column; and what the
    best of both would come to."""
    marks = list(answers)
    rows: list[tuple[Cell, ...]] = []
    for a in marks:
        cells: list[Cell] = [a]
        for b in marks:
            cells.append(None if a == b else _better(evidence, answers[a], answers[b]))
        rows.append(tuple(cells))
    single = _best_single(evidence, answers)
    ideal = _ideal(evidence, list(answers.values()))
    note = f"best single {single:.4g}; the best of all on each sample {ideal:.4g}. " + _complement(
        evidence, answers
    )
    return Table(
        "samples on which the row does better than the column", ("", *marks), tuple(rows), note
    )


def _complement(evidence: Evidence, answers: Mapping[str, Rows]) -> str:
    """The pair whose better answers together come to most."""
    sign = 1 if evidence.task.metric.higher_is_better else -1
    pairs = [(sign * _ideal(evidence, [answers[a], answers[b]]), a, b)
             for a, b in combinations(answers, 2)]  # fmt: skip
    ideal, a, b = max(pairs, key=lambda one: one[0])
    return f"The pair that complements best: {a} and {b}, up to {sign * ideal:.4g}"


def _better(evidence: Evidence, a: Rows, b: Rows) -> int:
    sign = 1 if evidence.task.metric.higher_is_better else -1
    return sum(
        sign * (a[name].score or 0.0) > sign * (b[name].score or 0.0)
        for name in a.keys() & b.keys()
    )


def _common(answers: Sequence[Rows]) -> list[str]:
    names = set.intersection(*(set(rows) for rows in answers)) if answers else set()
    return sorted(names)


def _best_single(evidence: Evidence, answers: Mapping[str, Rows]) -> float:
    names = _common(list(answers.values()))
    top = max if evidence.task.metric.higher_is_better else min
    return top(sum(rows[n].score or 0.0 for n in names) / max(len(names), 1)
               for rows in answers.values())  # fmt: skip


def _ideal(evidence: Evidence, answers: Sequence[Rows]) -> float:
    """The mean of the best score on each sample: no choice among these answers does better."""
    names = _common(answers)
    top = max if evidence.task.metric.higher_is_better else min
    best = [top(rows[name].score or 0.0 for rows in answers) for name in names]
    return sum(best) / max(len(best), 1)


def _votes(evidence: Evidence, answers: Mapping[str, Rows]) -> Iterator[Table]:
    """Votes of three models, counted in their answers: ties go to the best of the three."""
    sign = 1 if evidence.task.metric.higher_is_better else -1
    names = _common(list(answers.values()))
    if len(answers) < 3 or not names:
        return
    mean = {m: sum(rows[n].score or 0.0 for n in names) / len(names) for m, rows in answers.items()}
    order = sorted(answers, key=lambda mark: -sign * mean[mark])[:_TEAMS]
    teams = [(_vote([answers[m] for m in team], names), team) for team in combinations(order, 3)]
    teams.sort(key=lambda one: -sign * one[0])
    rows = tuple(
        (" + ".join(team), score, score - mean[order[0]]) for score, team in teams[:_SHOWN]
    )
    yield Table(
        "votes of three models", ("models", "score", "over the best single"), rows,
        "counted in the recorded answers, which also chose them: the best looks better than it is",
    )  # fmt: skip


def _vote(team: Sequence[Rows], names: Sequence[str]) -> float:
    """The mean score of the plurality; the team's first breaks ties."""
    total = 0.0
    for name in names:
        ballots = [json.dumps(rows[name].answer, sort_keys=True) for rows in team]
        winner = Counter(ballots).most_common(1)[0][0]
        total += team[ballots.index(winner)][name].score or 0.0
    return total / max(len(names), 1)
