"""The move `prompt`: a better prompt, put together of elements or written by a model, raced.

Candidates meet the best entry's prompt on growing sets of samples and leave once the referee is
sure (`tesuji.prompts.search`). Only the one that is left in front is run on the whole split. A
search over thousands of prompts fits itself to the samples that it sees, so it sees one half of
them, and the referee judges what it found on the other half alone. A space so small that the
shared error is the better deal (`tesuji.compare.trial.judge_together`) is raced and judged on all.
"""

from __future__ import annotations

import hashlib
import json
import math
import random
import statistics
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from tesuji.compare.race import Race
from tesuji.errors import BudgetSpentError, ConfigError, InputError
from tesuji.moves.live import Live
from tesuji.moves.move import Evidence, Played, Relevance
from tesuji.moves.prompt_tables import effect_table, race_table
from tesuji.moves.prompt_writing import Leading, Made, Writers
from tesuji.prompts.elements import make_space
from tesuji.prompts.search import Candidate, Scored, Search
from tesuji.prompts.study import FILE, Study, check_sampler, has_optuna
from tesuji.run.block import Answered
from tesuji.run.budget import Budget
from tesuji.run.entry import Entry, entry_path, load_entry, save_entry
from tesuji.run.ledger import Ledger, RunRow, find_findings, find_output, iter_answers
from tesuji.task.sample import Answer, Sample
from tesuji.task.task import Task
from tesuji.task.template import PromptTemplate

FEWEST = 20  # samples with a target: below that no prompt can be told from another
_BONFERRONI = 30  # challengers up to which sharing the error needs fewer samples than halving
_STEP = 10  # samples in a round of the race
# At which a prompt leaves that would be ahead with at most this probability. On simulated worlds
# 0.15 missed 1.6 points of the best prompt, 0.03 a fourth of that for twice the requests.
_ERROR = 0.05
_LONGEST_NAME = 80
_THINKING = 512  # tokens that an output needs at least where the prompt asks for thoughts


@dataclass(frozen=True)
class Prompt:
    """A better prompt (`tesuji.moves.Move`).

    `trials` is how many prompts meet the best one, `examples` how many few-shot examples one may
    show, `elements` which elements are varied (none named: all), `models` who writes prompts,
    `rewrites` how often each does, `keep` how many of the best are saved to `entries/` besides a
    winner, `sampler` who suggests: tpe or random; auto is tpe where Optuna is installed.
    """

    name: str = "prompt"
    does: str = "prompt elements searched by TPE, and rewrites by a model, raced"
    trials: int = 40
    examples: int = 4
    elements: tuple[str, ...] = ()
    models: tuple[str, ...] = ()
    rewrites: int = 3
    keep: int = 0
    sampler: str = "auto"
    seed: int = 0

    def check(self, task: Task) -> None:
        """Raise what is missing: Optuna, targets, sense in the settings."""
        for setting, least in (("trials", 1), ("examples", 0), ("rewrites", 0), ("keep", 0)):
            if getattr(self, setting) < least:
                raise ConfigError(
                    f"prompt: {setting} is {getattr(self, setting)}; at least {least}"
                )
        if self.sampler not in ("auto", "tpe", "random"):
            raise ConfigError(f"prompt: sampler is '{self.sampler}'; it is auto, tpe or random")
        check_sampler(self.sampler)
        known = sum(sample.target is not None for sample in task.dev)
        if known < FEWEST:
            raise InputError(
                f"the dev split has {known} samples with a target; a race of prompts needs at "
                f"least {FEWEST}: name more rows in [data] dev, or a larger [split] dev"
            )
        make_space(task, task.template, self.examples, self.elements)

    def relevance(self, evidence: Evidence) -> Relevance:
        """Any task has prompts; how much there is to gain is the distance to the best score."""
        space = make_space(evidence.task, evidence.entry.prompt, self.examples, self.elements)
        best = evidence.task.metric.best
        score = evidence.run.score if evidence.run else None
        gain = 1.0
        if best is not None and score is not None:
            gain = min(1.0, abs(best - score))
        around = f"around {evidence.entry.name}"
        why = f"{space.size():,} prompts of {len(space.elements)} elements {around}"
        cost = round(evidence.usage.requests * _guess(self, evidence.samples))
        return Relevance(why, gain, cost)

    def challengers(
        self, best: Entry, evidence: Evidence, budget: Budget | None
    ) -> Iterator[Entry]:
        """None: it plays its own search."""
        return iter(())

    def reachable(self, evidence: Evidence, budget: Budget | None) -> int:
        """One prompt comes to be judged, on samples that it was not chosen on."""
        return 1

    async def play(self, task: Task, ledger: Ledger, evidence: Evidence, live: Live) -> Played:
        """Race prompts, and run the one in front on the whole split."""
        return await _Game(self, task, ledger, evidence, live).play()


def _guess(move: Prompt, samples: int) -> int:
    """About how many evaluations a race and the winner's run take."""
    return round(1.5 * _STEP * move.trials) + samples


def half_of(rows: Sequence[Sample], groups: Mapping[str, Hashable], seed: int) -> list[Sample]:
    """About half of the samples, by chance; those of a group (by their ids) go together."""
    shuffled = random.Random(f"prompt {seed}").sample(rows, len(rows))
    together: dict[Hashable, list[Sample]] = {}
    for sample in shuffled:
        together.setdefault(groups.get(sample.id, ("", sample.id)), []).append(sample)
    half: list[Sample] = []
    for some in together.values():
        if len(half) + len(some) / 2 <= len(rows) / 2:
            half += some
    return half


class _Game:
    """One search, from the split of the samples to the run of what was found."""

    def __init__(
        self, move: Prompt, task: Task, ledger: Ledger, evidence: Evidence, live: Live
    ) -> None:
        self.move, self.task, self.ledger = move, task, ledger
        self.evidence, self.live = evidence, live
        self.best = evidence.entry
        self.space = make_space(task, self.best.prompt, move.examples, move.elements)
        self.rows = [sample for sample in evidence.rows if sample.target is not None]
        self.halved = self.space.size() - 1 > _BONFERRONI or bool(move.models)
        self.raced = self.rows
        if self.halved:
            self.raced = half_of(self.rows, task.groups.get(evidence.split) or {}, move.seed)
        self.seen: dict[tuple[str, str], Answered] = {}
        self.entries: dict[str, Entry] = {}
        self.rounds = 0

    async def play(self) -> Played:
        small = self._too_small()
        if small:
            return Played((), 1, small)
        writers = Writers(self.move.models, self.move.rewrites, self.task, self.live)
        await writers.open()
        search = self._search()
        await search.run(self._evaluate, lambda: writers.write(self._leading(search)))
        runs, stopped = await self._final(search)
        for name in self._kept(search):
            save_entry(self.task.folder, self._entry(search.candidates[name]))
        tables = [race_table(search, self.task.metric, writers.notes), effect_table(search)]
        among = 1 if self.halved else max(1, self.space.size() - 1)
        judged = {sample.id for sample in self.rows} - {sample.id for sample in self.raced}
        return Played(
            runs, among, stopped, samples=frozenset(judged) if self.halved else None,
            tables=tuple(table for table in tables if table.rows),
        )  # fmt: skip

    def _search(self) -> Search:
        race = Race(
            len(self.raced), base=self.best.name, higher_is_better=self._higher,
            requests=math.inf if (pays := self._affordable()) is None else pays,
            seed=self.move.seed, strata=self._strata(), error=_ERROR,
            indifference=self._indifference, first=_STEP, step=_STEP,
        )  # fmt: skip
        at = {sample.id: n for n, sample in enumerate(self.raced)}
        known = [(at[id], score) for id, score in self._base_scores.items() if id in at]
        race.tell_all(self.best.name, known)
        study = Study(
            self.space, seed=self.move.seed, name=self._study_name, sampler=self._sampler,
            journal=self.task.folder / FILE if has_optuna() else None,
            about={"competition": self.task.name, "metric": self.task.metric.name,
                   "base": self.best.name, "model": self.best.model},
        )  # fmt: skip
        return Search(
            self.space, race, study, self.best.name, self.move.trials,
            best=self.task.metric.best if self._by_metric else 1.0, naming=self._name,
        )  # fmt: skip

    # What a score is

    @property
    def _by_metric(self) -> bool:
        """Whether the metric scores single samples; else a right answer counts 1."""
        return self.task.metric.sample is not None

    @property
    def _higher(self) -> bool:
        return self.task.metric.higher_is_better if self._by_metric else True

    def _score(self, answer: Answer, sample: Sample) -> float:
        if self.task.metric.sample is None:
            return float(answer == sample.target)
        return float(self.task.metric.sample(answer, sample.target))

    @cached_property
    def _base_scores(self) -> dict[str, float]:
        """The best entry's, from the ledger. An error counts as the fallback: in a submission it
        would be that."""
        assert self.evidence.run is not None
        rows = {row.sample: row for row in iter_answers(self.ledger, self.evidence.run.id)}
        scores = {}
        for sample in self.rows:
            row = rows.get(sample.id)
            if row is not None:
                failed = row.state == "error"
                answer = self.task.format.fallback() if failed else row.answer
                scores[sample.id] = self._score(answer, sample)
        return scores

    @property
    def _indifference(self) -> float:
        """Half a point of accuracy; for other metrics a hundredth of the scores' deviation."""
        scores = list(self._base_scores.values())
        spread = statistics.pstdev(scores) if len(scores) > 1 else 0.0
        zero_one = self.task.metric.zero_one or not self._by_metric
        return 0.005 if zero_one or not spread else 0.01 * spread

    def _strata(self) -> list[str] | None:
        keys = [json.dumps(sample.target, sort_keys=True) for sample in self.raced]
        return keys if len(set(keys)) <= len(keys) / 4 else None

    # What it may cost

    def _affordable(self) -> int | None:
        """How many evaluations the budget pays for, less those of the final run; None: any."""
        left, usage = self.live.left(), self.evidence.usage
        if left is None:
            return 0
        per_sample = {
            "requests": max(usage.requests, 1.0),
            "tokens": max(usage.tokens_in + usage.tokens_out, 1.0),
        }
        pays = [
            int(limit / cost) for name, cost in per_sample.items()
            if (limit := getattr(left, name)) is not None
        ]  # fmt: skip
        return max(0, min(pays) - len(self.rows)) if pays else None

    def _too_small(self) -> str | None:
        affordable = self._affordable()
        if affordable is None or affordable >= 2 * _STEP:
            return None
        usage = self.evidence.usage
        need, least = _guess(self.move, len(self.rows)), 2 * _STEP + len(self.rows)
        if self.live.budget.requests is None:
            tokens = usage.tokens_in + usage.tokens_out
            return (
                f"the budget is too small for a race: it takes about {round(need * tokens):,} "
                f"tokens, and at the least {round(least * tokens):,}"
            )
        each = max(usage.requests, 1.0)
        return (
            f"the budget is too small for a race: {self.move.trials} prompts and the winner's run "
            f"on {len(self.rows):,} samples take about {round(need * each):,} requests, and at the "
            f"least {round(least * each):,}"
        )

    # Candidates as entries

    def _name(self, words: str, prompt: PromptTemplate) -> str:
        name = f"{self.best.name}+{words}"
        digest = replace(self.best, prompt=prompt).digest[:4]
        if len(name) > _LONGEST_NAME:
            name = f"{name[: _LONGEST_NAME - 5]}-{digest}"
        if entry_path(self.task.folder, name).exists():
            there = load_entry(self.task.folder, name)
            if there.prompt != prompt:
                return f"{name[: _LONGEST_NAME - 5]}-{digest}"
        return name

    def _entry(self, candidate: Candidate) -> Entry:
        if candidate.name not in self.entries:
            made = replace(self.best, name=candidate.name, prompt=candidate.prompt)
            if (candidate.choice or {}).get("answer") == "steps":
                longer = max(made.sampling.max_tokens, _THINKING)
                made = replace(made, sampling=replace(made.sampling, max_tokens=longer))
            self.entries[candidate.name] = made
        return self.entries[candidate.name]

    async def _evaluate(self, wanted: Sequence[tuple[Candidate, tuple[int, ...]]]) -> list[Scored]:
        """A block of the race, all of it asked at once."""
        self.rounds += 1
        asked = [(self._entry(one), self.raced[at], at) for one, rows in wanted for at in rows]
        called = f"round {self.rounds}: {len(wanted)} prompts"
        try:
            found = await self.live.answers([(entry, row) for entry, row, _ in asked], called)
        except BudgetSpentError:
            return []
        scored = []
        for (entry, sample, at), one in zip(asked, found, strict=True):
            if one.row is None:
                continue
            self.seen[entry.name, sample.id] = one
            failed = one.row.state == "error"
            answer = self.task.format.fallback() if failed else one.row.answer
            scored.append(Scored(entry.name, at, self._score(answer, sample), one.free))
        return scored

    # What comes of it

    async def _final(self, search: Search) -> tuple[list[RunRow], str | None]:
        """The run of the prompt in front, and why there is none or why it was stopped."""
        leader, met = search.front, len(search.candidates) - 1
        more = "the same command goes on there"
        if search.cut_short:
            why = self.live.stopped or "the budget is spent"
            return [], why if why == "interrupted" else f"{why} after {met} prompts: {more}"
        gained = search.standings()[leader].gain
        if leader == self.best.name or not gained > search.race.indifference:
            return [], f"none of {met} prompts did better than {self.best.name} in the race"
        try:
            run = await self.live.run(self._entry(search.candidates[leader]))
        except BudgetSpentError as error:
            return [], f"{error} before the run of {leader}: {more}"
        if run.state != "finished":
            return [], run.reason
        if self.live.cut_short(run, self.evidence.run):
            return [], f"the budget ended within the run of {leader}: {more}"
        ended = "the race's part of the budget was spent" if search.spent else None
        self.evidence.tried[run.entry_digest] = run
        return [run], ended

    def _kept(self, search: Search) -> list[str]:
        standings = sorted(search.race.standings(), key=lambda one: -one.gain)
        ranked = [one.name for one in standings if one.samples and one.name != self.best.name]
        return ranked[: self.move.keep]

    def _leading(self, search: Search) -> Leading:
        """The prompt in front, and what it made of the samples that it was raced on."""
        leader = search.candidates[search.front]
        made: list[Made] = []
        for sample in self.raced:
            one = self.seen.get((leader.name, sample.id))
            if one is not None and one.row is not None:
                output = one.drafts[-1].output.text if one.drafts else ""
                found = [f for draft in one.drafts for f in draft.findings]
                made.append(Made(sample, output, self._score(one.row.answer, sample), found))
        if leader.name == self.best.name:
            made = self._made_by_base()
        mean = statistics.fmean(one.score for one in made) if made else 0.0
        return Leading(leader.prompt, made, mean, self._higher)

    def _made_by_base(self) -> list[Made]:
        assert self.evidence.run is not None
        run = self.evidence.run.id
        rows = {row.sample: row for row in iter_answers(self.ledger, run)}
        made = []
        for sample in self.raced:
            row = rows.get(sample.id)
            if row is not None and row.output is not None and sample.id in self._base_scores:
                output = find_output(self.ledger, row.output)
                found = [finding for _, finding in find_findings(self.ledger, run, sample.id)]
                score = self._base_scores[sample.id]
                made.append(Made(sample, output.text if output else "", score, found))
        return made

    @property
    def _sampler(self) -> str:
        if self.move.sampler == "auto":
            return "tpe" if has_optuna() else "random"
        return self.move.sampler

    @property
    def _study_name(self) -> str:
        content = (
            self.task.digest, self.best.digest, self.move.seed,
            [(element.name, element.options) for element in self.space.elements],
            [sample.id for sample in self.raced], self._sampler,
        )  # fmt: skip
        digest = hashlib.sha256(json.dumps(content, default=str).encode()).hexdigest()[:8]
        return f"{self.best.name} {digest}"
