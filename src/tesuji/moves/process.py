"""The move `process`: clean what the model wrote, and what it is given to read.

Cleaning is searched for forward: each cleaner alone, all together (two that do nothing alone may
do much together), then the best so far with one more, until nothing more helps. Cleaners stand in
the order of `CLEANERS`. What is found in fewer than five outputs is left alone: no paired test
could tell if mending it helps.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

from tesuji.diagnose import CLEANERS
from tesuji.models.prices import cost
from tesuji.moves.move import Attempt, Evidence, Relevance, Table
from tesuji.run.budget import Budget
from tesuji.run.entry import Entry
from tesuji.task.inputs import NORMALISERS

# Five changes, all for the better, are the fewest that McNemar's test (mid-p) takes for more than
# chance at 0.05: p = 0.031; of four it is 0.063.
FEWEST = 5
_LONGEST_NAME = 80


@dataclass(frozen=True, slots=True)
class Process:
    """Pre- and post-processing found from the diagnosis (`tesuji.moves.Move`).

    `inputs`: normalisers are tried too, without a budget as well.
    """

    name: ClassVar[str] = "process"
    does: ClassVar[str] = "clean outputs (from what is recorded, no model call) and inputs"
    inputs: bool = False

    @property
    def asks(self) -> bool:
        """Cleaning asks no model."""
        return self.inputs

    def relevance(self, evidence: Evidence) -> Relevance:
        """The cleaners that would have something to do."""
        names = cleaners(evidence)
        if not names:
            return Relevance(_nothing(evidence), 0.0, 0)
        seen = ", ".join(f"{name} {evidence.mends[name]:,}" for name in names)
        why = f"cleaners have work in {evidence.mendable:,} of {evidence.outputs:,} outputs: {seen}"
        return Relevance(why, evidence.mendable / evidence.outputs, 0)

    def challengers(
        self, best: Entry, evidence: Evidence, budget: Budget | None
    ) -> Iterator[Entry]:
        """Cleaning first, which costs nothing; with a budget, plain inputs too."""
        yield from _cleaning(best, evidence, cleaners(evidence))
        if budget is not None:
            yield from _inputs(best, normalisers(evidence))

    def reachable(self, evidence: Evidence, budget: Budget | None) -> int:
        """Every set of cleaners, in their one order, and the inputs' challengers."""
        pipelines = (1 << len(cleaners(evidence))) - 1
        plain = list(_inputs(evidence.entry, normalisers(evidence))) if budget else []
        return max(1, pipelines + len(plain))

    def tables(self, evidence: Evidence, attempts: Sequence[Attempt]) -> Sequence[Table]:
        """What was found, and what trying the normalisers would take."""
        shown = [_found(evidence)] if attempts else []
        return [*shown, _costs(evidence)] if evidence.inputs else shown

    def steps(self, evidence: Evidence, attempts: Sequence[Attempt]) -> Sequence[str]:
        """Plain inputs, where they were not tried."""
        added = {name for attempt in attempts for name in attempt.added}
        return ["try process --inputs"] if evidence.inputs.keys() - added else []


def cleaners(evidence: Evidence) -> list[str]:
    """The cleaners that have enough to do, in order of use."""
    return [name for name in CLEANERS if evidence.mends.get(name, 0) >= FEWEST]


def normalisers(evidence: Evidence) -> list[str]:
    """The normalisers that would change enough inputs, in order of use."""
    return [name for name in NORMALISERS if evidence.inputs.get(name, 0) >= FEWEST]


def _nothing(evidence: Evidence) -> str:
    if not evidence.outputs:
        return "no output is recorded that could be cleaned"
    rare = [f"{name} in {count}" for name, count in evidence.mends.items() if count]
    if rare:
        return f"too few outputs to mend to tell a difference: {', '.join(rare)}"
    left = "left that another cleaner" if evidence.entry.clean else "that a cleaner"
    return f"no failure {left} mends in {evidence.outputs:,} outputs"


def _cleaning(best: Entry, evidence: Evidence, names: Sequence[str]) -> Iterator[Entry]:
    alone = [with_cleaners(best, [name]) for name in names]
    yield from alone
    asked = {entry.digest for entry in alone}
    whole = with_cleaners(best, names)
    if len(names) > 1:
        asked.add(whole.digest)
        yield whole
    top, chosen = best, list[str]()
    while True:
        nearby = [(name, with_cleaners(best, [*chosen, name])) for name in names
                  if name not in chosen]  # fmt: skip
        for _, entry in nearby:
            if entry.digest not in asked:
                asked.add(entry.digest)
                yield entry
        step: tuple[str, Entry] | None = None
        for name, entry in nearby:
            if evidence.better(entry, step[1] if step else top):
                step = name, entry
        if step is None:
            return
        chosen.append(step[0])
        top = step[1]


def _found(evidence: Evidence) -> Table:
    rows = []
    for found in evidence.found:
        fixes = [f"{name} mends {count:,}" if len(found.fixes) > 1 or count != found.outputs
                 else name for name, count in found.fixes.items()]  # fmt: skip
        share = _percent(found.outputs / evidence.outputs)
        rows.append((found.kind, found.outputs, share, ", ".join(fixes) or None))
    title = f"found in {evidence.outputs:,} recorded outputs"
    return Table(title, ("finding", "outputs", "share", "cleaner"), tuple(rows), before=True)


def _percent(share: float) -> str:
    return f"{share:.0%}".replace("%", " %") if share >= 0.01 else f"{100 * share:.1g} %"


def _costs(evidence: Evidence) -> Table:
    usage, rows = evidence.usage, []
    for name, count in evidence.inputs.items():
        tokens_in, tokens_out = round(count * usage.tokens_in), round(count * usage.tokens_out)
        usd = cost(evidence.entry.model, tokens_in, tokens_out, evidence.task.prices)
        rows.append((name, count, round(count * usage.requests), tokens_in + tokens_out,
                     round(count * usage.seconds, 1), usd))  # fmt: skip
    return Table(
        "plain inputs would be other prompts, to be sent",
        ("inputs", "samples", "requests", "tokens", "s, one by one", "US$"), tuple(rows),
        "by what the recorded outputs took",
    )  # fmt: skip


def _inputs(best: Entry, names: Sequence[str]) -> Iterator[Entry]:
    for name in names:
        yield with_inputs(best, [name])
    if len(names) > 1:
        yield with_inputs(best, names)


def with_cleaners(entry: Entry, names: Iterable[str]) -> Entry:
    """The entry with more cleaners, called after them; its own come first if out of order."""
    added = _ordered(names, CLEANERS)
    whole = _ordered({*entry.clean, *added}, CLEANERS)
    if _ordered(entry.clean, CLEANERS) != list(entry.clean):
        whole = [*entry.clean, *added]
    return replace(entry, clean=tuple(whole), name=_name(entry, added))


def with_inputs(entry: Entry, names: Iterable[str]) -> Entry:
    """The entry with more normalisers after its own, called after them."""
    added = _ordered(names, NORMALISERS)
    return replace(entry, inputs=(*entry.inputs, *added), name=_name(entry, added))


def _ordered(names: Iterable[str], table: Iterable[str]) -> list[str]:
    wanted = set(names)
    return [name for name in table if name in wanted]


def _name(entry: Entry, added: Sequence[str]) -> str:
    tail = "".join(f"+{name}" for name in added)
    return entry.name[: _LONGEST_NAME - len(tail)] + tail
