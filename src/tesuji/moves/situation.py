"""The situation that the planner judges: plain numbers about task, best run and what was tried.

It holds no ledger and no model, so that any situation can be made up, and judged, in a test.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Any

from tesuji.baselines.uri import is_baseline
from tesuji.moves.move import Evidence, Relevance, Usage
from tesuji.moves.stakes import Stakes
from tesuji.run.budget import Budget
from tesuji.run.ledger import RunRow, Try
from tesuji.task.metrics import METRICS
from tesuji.task.rules import base_format
from tesuji.task.sample import Sample
from tesuji.task.task import Task

# Schemes whose backends score labels by log-probability (`capabilities` of tesuji.models).
_SCORING = ("nano", "onnx", "hf", "vllm", "http", "https")
_CLOSED = ("openai",)
_EMBEDDING = re.compile(r"embed|sentence|cosine|\bsbert|\bst5", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Situation:
    """What is known when one asks what to do next.

    task        `format`, `labels` (how many there are to choose from), `metric` and its nature
                (`zero_one`, `embedding`: it compares embeddings), sizes of the splits, `derived`
                (share of the training rows whose answer is made of the letters of a field)
    best run    `run`, its `model`, `flow`, `score`; `stakes` counts samples; `findings` are rates
                by kind; `usage` is what a sample costs, `pace` seconds a request takes with all
                that run at once. `run` is None before there is one; `whole` says that it is
                the best, a finished one on the whole split; `looked` that outputs were recorded,
                by `tesuji first`; `unfinished` names the newest run that was cut short
    past        `models` that were run, `tries` by move (the newest of each), `chain` of moves that
                were kept, `predicted`: the best has answered the test split
    limits      `limits` of one run, `left` to spend now
    moves       `relevance` of each move that exists, None where it can't say yet
    """

    format: str = "text"
    labels: int = 0
    metric: str = "exact"
    zero_one: bool = True
    embedding: bool = False
    train: int = 100
    dev: int = 200
    test: int = 200
    derived: float = 0.0
    run: int | None = 1
    entry: str = "base"
    model: str = "nano"
    flow: str = "ask"
    temperature: float = 0.0
    score: float | None = 0.5
    best_possible: float | None = 1.0
    stakes: Stakes = field(default_factory=Stakes)
    findings: Mapping[str, float] = field(default_factory=dict)
    usage: Usage = field(default_factory=lambda: Usage(1.0, 50.0, 20.0, 0.1))
    pace: float = 0.1
    looked: bool = True
    whole: bool = True
    unfinished: str | None = None
    models: tuple[str, ...] = ()
    tries: Mapping[str, Try] = field(default_factory=dict)
    chain: tuple[str, ...] = ()
    predicted: bool = False
    limits: Mapping[str, float] = field(default_factory=dict)
    left: Budget = field(default_factory=Budget)
    relevance: Mapping[str, Relevance | None] = field(default_factory=dict)
    prices: Mapping[str, Any] = field(default_factory=dict)

    @property
    def wrong(self) -> float:
        """The share of samples that are not as good as can be; all of them before a run."""
        return self.stakes.share("wrong") if self.stakes.scored else 1.0

    @property
    def no_llm(self) -> bool:
        """Whether the best run answers without an LLM."""
        return self.run is not None and is_baseline(self.model)

    @property
    def only_baselines(self) -> bool:
        """Whether nothing but baselines was run."""
        return self.no_llm and not self.llms

    @property
    def llms(self) -> tuple[str, ...]:
        """The models that were run, without the baselines."""
        return tuple(uri for uri in self.models if not is_baseline(uri))

    @property
    def can_score(self) -> bool:
        """Whether the model gives log-probabilities of labels."""
        return self.model.partition(":")[0] in _SCORING

    @property
    def closed(self) -> bool:
        """Whether the model is one behind a company's API."""
        return self.model.partition(":")[0] in _CLOSED

    @property
    def fewest(self) -> int:
        """How many samples must change, all for the better, for the referee to call it real: five
        0/1 scores of up to 48 samples, six of more (where five pass McNemar's test, p = 0.031, but
        their interval holds 0), six of other scores (the sign-flip test, p = 0.031)."""
        return 5 if self.zero_one and self.dev <= 48 else 6

    @property
    def tellable(self) -> float:
        """The smallest gain, as a share of the samples, that the referee could ever call real."""
        return self.fewest / max(self.dev, 1)


def situation_of(
    task: Task, evidence: Evidence, *, relevance: Mapping[str, Relevance | None],
    tries: Sequence[Try] = (), chain: Sequence[str] = (), runs: Sequence[RunRow] = (),
    whole: bool = True, looked: bool = False, left: Budget | None = None,
) -> Situation:  # fmt: skip
    """The situation of a task with this evidence; `runs` are all that the ledger has."""
    run, metric, entry = evidence.run, task.metric, evidence.entry
    same = [one for one in runs if one.task_digest == task.digest]
    outputs = max(evidence.outputs, 1)
    unfinished = next((one for one in reversed(same) if one.state != "finished"), None)
    return Situation(
        format=base_format(task.format).name,
        labels=len(getattr(base_format(task.format), "labels", None) or ()),
        metric=metric.name, zero_one=metric.zero_one, embedding=compares_embeddings(task),
        train=len(task.train), dev=len(task.split(evidence.split)), test=len(task.test),
        derived=derived_share(task.train),
        run=run.id if run else None, entry=run.entry if run else entry.name, model=entry.model,
        flow=entry.flow, temperature=entry.sampling.temperature,
        score=run.score if run else None, best_possible=metric.best, stakes=evidence.stakes,
        findings={found.kind: found.outputs / outputs for found in evidence.found},
        usage=evidence.usage, pace=_pace(run, same, evidence.usage),
        looked=looked or run is not None, whole=whole,
        unfinished=f"{unfinished.id} ({unfinished.entry})" if unfinished else None,
        models=tuple(dict.fromkeys(one.model for one in same if one.split == evidence.split)),
        tries={one.move: one for one in tries}, chain=tuple(chain),
        predicted=any(
            one.split == "test" and one.state == "finished" and run is not None
            and one.entry_digest == run.entry_digest for one in same
        ),
        limits=task.limits, left=left or Budget(), relevance=relevance, prices=task.prices,
    )  # fmt: skip


def _pace(run: RunRow | None, runs: Sequence[RunRow], usage: Usage) -> float:
    """Seconds a request, by the run's own clock; one that was read from recorded outputs has the
    clock of the run of its model that sent most."""
    if run is None:
        return 0.0
    if not run.all_sent:
        same_model = (one for one in (run, *runs) if one.model == run.model)
        run = max(same_model, key=lambda one: one.all_sent)
    if run.all_sent:
        return run.all_seconds / run.all_sent
    return usage.seconds / usage.requests if usage.requests else 0.0


def compares_embeddings(task: Task) -> bool:
    """Whether the metric seems to compare embeddings: by its name, or, where it is the user's own,
    by what competition.py says."""
    name = task.metric.name
    own = name not in METRICS and not name.startswith("map@")
    return bool(_EMBEDDING.search(name) or (own and _EMBEDDING.search(task.own.source)))


def derived_share(samples: Sequence[Sample], most: int = 200) -> float:
    """The share of samples whose answer is made of letters that one of its fields has, each at most
    as often as there: reversed, sorted, cut out, put together anew.

    Answers under three letters, and fields over four times as long as the answer, say nothing: a
    long text has all letters.
    """
    looked = [one for one in samples[:most] if isinstance(one.target, str | int)]
    hits = sum(_derived(str(one.target), one.fields) for one in looked)
    return hits / len(looked) if looked else 0.0


def _derived(target: str, fields: Mapping[str, Any]) -> bool:
    if len(target) < 3:
        return False
    texts = (str(value) for value in fields.values() if isinstance(value, str | int))
    return any(
        len(text) <= 4 * len(target) and all(text.count(c) >= target.count(c) for c in set(target))
        for text in texts
    )


def task_kind(task: Task) -> str:
    """What kind of task it seems to be: "string", "code", "maths", "choice", "probabilities",
    "ranking" or "text"; a guess from the answers' format, the metric and the training rows."""
    shape = base_format(task.format).name
    if derived_share(task.train) >= 0.9:
        return "string"
    if shape in ("boxed", "integer", "number") or task.metric.name in ("math", "numeric"):
        return "maths"
    return shape if shape in ("code", "choice", "probabilities", "ranking") else "text"


def short(path: str) -> str:
    """A model's name without the way to it."""
    return PurePath(path.rpartition("#")[2] or path).name or path
