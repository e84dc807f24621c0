"""Saying at once when a run begins to fail in a new way, and stopping one that fails too often.

Every test here accounts for chance, also for looking again and again: look j of a test may err
with probability alpha · 6 / (π² j²), which sums to alpha over all looks ever taken (the union
bound; Robbins and Siegmund use such spending for tests of power one). Alpha is shared by the
kinds and the windows. So a run whose failures come at a steady rate raises any alarm at all with
a probability of at most `ALPHA`, however long it is.
"""

from __future__ import annotations

import math
import re
from collections import Counter, deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from tesuji.diagnose.finding import KINDS
from tesuji.errors import ConfigError

ALPHA = 0.01
"""How likely a false alarm is in a whole run, of any kind, of one sort (rising, or new)."""
STOP_ALPHA = 0.01
"""How likely a run is stopped by a rule although its rate is not above the rule's."""

_BLOCK = 20  # outputs between two looks at the windows
_WINDOWS = (20, 100, 500)  # a breakdown shows in the shortest, a slow rise in the longest
_STATES = ("unparsed", "failed")
_RULE = re.compile(r"\s*([a-z]+)\s*>\s*(\d+(?:\.\d+)?)\s*(%?)\s*")


@dataclass(frozen=True, slots=True)
class Alarm:
    """A failure that has become more frequent: `hits` of `outputs`, against those before.

    `before` says what they are compared with; `p` is the probability of so many by chance.
    """

    kind: str
    hits: int
    outputs: int
    before_hits: int
    before_outputs: int
    before: str
    p: float

    def sentence(self) -> str:
        """The alarm in words."""
        now, then = self.hits / self.outputs, self.before_hits / self.before_outputs
        return (
            f"{self.kind} in {now:.0%} of the last {self.outputs:,} outputs, "
            f"in {then:.0%} of the {self.before_outputs:,} {self.before} "
            f"(by chance: {_odds(self.p)})"
        )


def _odds(p: float) -> str:
    return "1 in a million or less" if p < 1e-6 else f"1 in {1 / p:,.0f}"


@dataclass(frozen=True, slots=True)
class StopRule:
    """Stop when the share of outputs with `kind` is surely above `share`."""

    kind: str
    share: float

    def __str__(self) -> str:
        return f"{self.kind}>{self.share * 100:g}%"


def parse_stop_rule(text: str) -> StopRule:
    """A rule such as `loop>20%`; ConfigError says what there is.

    >>> parse_stop_rule("loop > 20%")
    StopRule(kind='loop', share=0.2)
    """
    match = _RULE.fullmatch(text)
    known = (*KINDS, *_STATES)
    if match is None:
        raise ConfigError(f"stop-when {text!r}: write it as KIND>SHARE, such as loop>20%")
    kind, share = match[1], float(match[2]) / (100 if match[3] else 1)
    if kind not in known:
        raise ConfigError(f"stop-when {text!r}: {kind!r} is none of {', '.join(known)}")
    if not 0 <= share < 1:
        raise ConfigError(f"stop-when {text!r}: the share must be from 0 % to below 100 %")
    return StopRule(kind, share)


@dataclass(slots=True)
class Guard:
    """Watches a run's findings as they come. `add` for each sample, then look at what it says.

    `baseline` are (hits by kind, outputs) of an earlier run, `named` what to call it.
    """

    rules: Sequence[StopRule] = ()
    baseline: tuple[Mapping[str, int], int] | None = None
    named: str = ""
    alarms: list[Alarm] = field(default_factory=list)
    stop: str | None = None
    _kinds: Counter[str] = field(default_factory=Counter)
    _outputs: int = 0
    _samples: int = 0
    _blocks: deque[tuple[int, Counter[str]]] = field(default_factory=deque)
    _next_block: int = _BLOCK
    _block_looks: int = 0
    _next_mark: int = 5
    _mark_looks: int = 0

    def add(self, findings: Iterable[set[str]], state: str) -> list[Alarm]:
        """Count a sample: the kinds found in each of its outputs, and its state.

        Returns the alarms that this raised. `stop` is set once a rule is broken.
        """
        for kinds in findings:
            self._outputs += 1
            for kind in kinds:
                self._kinds[kind] += 1
        self._samples += 1
        if state in ("unparsed", "error"):
            self._kinds["failed" if state == "error" else "unparsed"] += 1
        raised: list[Alarm] = []
        if self._outputs >= self._next_block:
            raised += self._rising()
        if self._samples >= self._next_mark:
            self._next_mark = max(self._next_mark + 1, int(self._next_mark * 1.15))
            self._mark_looks += 1
            raised += self._new()
            self.stop = self.stop or next(self._broken(), None)
        self.alarms += raised
        return raised

    def _rising(self) -> list[Alarm]:
        """Compare the last outputs with those before them in this run."""
        self._next_block = self._outputs + _BLOCK
        self._block_looks += 1
        self._blocks.append((self._outputs, self._kinds.copy()))
        level = _spend(ALPHA, self._block_looks) / (len(KINDS) * len(_WINDOWS))
        raised: list[Alarm] = []
        for kind in KINDS:
            if not self._kinds[kind] or self._told(kind, "before"):
                continue
            for width in _WINDOWS:
                edge = self._edge(width)
                if edge is None:
                    break
                outputs, before = edge
                hits, width = self._kinds[kind] - before[kind], self._outputs - outputs
                p = more_by_chance(hits, width, before[kind], outputs)
                if p <= level:
                    raised.append(Alarm(kind, hits, width, before[kind], outputs, "before", p))
                    break
        return raised

    def _edge(self, width: int) -> tuple[int, Counter[str]] | None:
        """(outputs, counts) of this run as they were about `width` outputs ago."""
        while len(self._blocks) > 1 and self._blocks[0][0] < self._outputs - 2 * _WINDOWS[-1]:
            self._blocks.popleft()
        return next(
            (block for block in reversed(self._blocks) if block[0] <= self._outputs - width), None
        )

    def _new(self) -> list[Alarm]:
        """Compare all outputs so far with those of the earlier run."""
        if self.baseline is None or not self.baseline[1]:
            return []
        hits_before, outputs_before = self.baseline
        level = _spend(ALPHA, self._mark_looks) / len(KINDS)
        raised = []
        for kind in KINDS:
            hits = self._kinds[kind]
            if not hits or self._told(kind, self.named):
                continue
            before = hits_before.get(kind, 0)
            p = more_by_chance(hits, self._outputs, before, outputs_before)
            if p <= level:
                raised.append(
                    Alarm(kind, hits, self._outputs, before, outputs_before, self.named, p)
                )
        return raised

    def _told(self, kind: str, before: str) -> bool:
        return any(alarm.kind == kind and alarm.before == before for alarm in self.alarms)

    def _broken(self) -> Iterator[str]:
        level = _spend(STOP_ALPHA, self._mark_looks)
        for rule in self.rules:
            of_samples = rule.kind in _STATES
            total, hits = self._samples if of_samples else self._outputs, self._kinds[rule.kind]
            if binomial_tail(hits, total, rule.share) <= level:
                what = "samples" if of_samples else "outputs"
                yield f"stop-when {rule}: {rule.kind} in {hits:,} of {total:,} {what}"


def _spend(alpha: float, look: int) -> float:
    return alpha * 6 / (math.pi * look) ** 2


def more_by_chance(hits: int, outputs: int, before_hits: int, before_outputs: int) -> float:
    """Probability of at least so many hits in `outputs`, were both parts of one kind.

    Fisher's exact test, one-sided: the hypergeometric tail. 1.0 where the rate has not risen.

    >>> round(more_by_chance(5, 10, 1, 10), 4)
    0.0704
    """
    if hits * before_outputs <= before_hits * outputs:
        return 1.0
    total, marked = outputs + before_outputs, hits + before_hits
    log_all = _log_choose(total, outputs)
    return _sum_tail(
        _log_choose(marked, k) + _log_choose(total - marked, outputs - k) - log_all
        for k in range(hits, min(outputs, marked) + 1)
        if outputs - k <= total - marked
    )


def binomial_tail(hits: int, total: int, share: float) -> float:
    """Probability of at least `hits` in `total` where each comes with probability `share`.

    >>> round(binomial_tail(3, 4, 0.5), 4)
    0.3125
    """
    if hits <= total * share:
        return 1.0
    if share <= 0:
        return 0.0
    log_yes, log_no = math.log(share), math.log1p(-share)
    return _sum_tail(
        _log_choose(total, k) + k * log_yes + (total - k) * log_no for k in range(hits, total + 1)
    )


def _sum_tail(log_terms: Iterable[float]) -> float:
    """Sum of terms that fall: the rest is left out once it no longer counts."""
    total = 0.0
    for log_term in log_terms:
        term = math.exp(min(log_term, 0.0))
        total += term
        if term < total * 1e-6:
            break
    return min(total, 1.0)


def _log_choose(n: int, k: int) -> float:
    return math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)
