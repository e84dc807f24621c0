"""The shortest program that maps inputs to outputs, found by trying all of them by size."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from random import Random

from tesuji.baselines.induction.bank import Bank, Known, Steps
from tesuji.baselines.induction.learned import STEPS, same, two_answers
from tesuji.baselines.induction.pieces import joined
from tesuji.baselines.induction.programs import (
    LONGEST,
    Program,
    Row,
    Rule,
    constant,
    written,
)

_A_SECOND = 120_000  # steps in a second of one core (160,000 measured)
# Rounds of the search: operations on top of each other; operations of a learned or joined program.
_STAGES = ((0, 3), (1, 4), (2, 8), (2, 60), (3, 60), (4, 60))
_SAMPLE = 6  # examples searched on; a program found is tried on all
_ROUNDS = 4  # samples, so that a wrong row in one of them does not hide the rule
_PIECES = 2_000  # values that pieces of outputs may be
_WIDE = 200  # examples that tell two answers apart
_TRIED = 5_000  # examples that a program found is tried on
ENOUGH = 0.95  # share of the examples that a rule must reproduce

Example = tuple[Row, str]


def induce(
    examples: Sequence[tuple[str | tuple[str, ...], str]], *, seconds: float = 10.0
) -> Rule | None:
    """The shortest program that maps every (or nearly every) input to its output.

    `examples`: (input, output); an input of several columns is a tuple. `seconds` bounds the work,
    which is counted in steps: the same examples get the same rule on any machine that is not very
    slow. None: no program found that reproduces 95 % of the examples.
    """
    rows = [((x,) if isinstance(x, str) else tuple(x), y) for x, y in examples]
    rows = [(x, y) for x, y in rows if max(map(len, (*x, y)), default=0) <= LONGEST]
    if not rows or len({len(x) for x, _ in rows}) != 1 or not rows[0][0]:
        return None
    tried = rows[:: len(rows) // _TRIED + 1]
    if len({y for _, y in rows}) == 1 and len({x for x, _ in rows}) > 1:
        return _judged(constant(rows[0][1]), tried)
    steps = Steps(max(int(_A_SECOND * seconds), 1), time.monotonic() + 4 * seconds + 1)
    samples = [Search(sample, rows[:_WIDE], steps) for sample in _samples(rows)]
    refused: set[str] = set()
    for depth, most in _STAGES:
        for sample in samples:
            for program in sample.programs(depth, most):
                if program.text in refused:
                    continue
                rule = _judged(program, tried)
                if rule is not None and (rule.fits == rule.of or rule.of >= 20):
                    return rule
                refused.add(program.text)
            if steps.left <= 0:
                return None
    return None


def _judged(program: Program, rows: Sequence[Example]) -> Rule | None:
    """The rule, where it reproduces enough of the examples."""
    fits = sum(written(program(x)) == y for x, y in rows)
    if fits < ENOUGH * len(rows):
        return None
    return Rule(program.text, program.size, fits, len(rows), program)


def _samples(rows: Sequence[Example]) -> list[list[Example]]:
    """Small sets of distinct examples, drawn with a fixed seed; long ones are dear to search on."""
    distinct = sorted(dict.fromkeys(rows), key=lambda row: sum(map(len, row[0])) + len(row[1]))
    if len(distinct) <= _SAMPLE + 2:
        return [distinct]
    near = distinct[: max(len(distinct) * 2 // 3, _SAMPLE)]
    Random(0).shuffle(near)
    return [near[at : at + _SAMPLE] for at in range(0, len(near), _SAMPLE)][:_ROUNDS]


class Search:
    """Programs that reproduce a sample of the examples; what was built is kept between rounds."""

    def __init__(self, sample: Sequence[Example], wide: Sequence[Example], steps: Steps) -> None:
        self._outputs = [y for _, y in sample]
        self._wide, self._steps = wide, steps
        self._bank = Bank([x for x, _ in sample], steps)
        self._learned: list[Program] = []

    def programs(self, depth: int, most: int) -> Iterator[Program]:
        """Plain programs of size `depth`, then learned and joined ones of sizes up to `most`."""
        while len(self._bank.levels) <= depth:
            level = len(self._bank.levels)
            for known in self._bank.grow():
                if level == depth:
                    yield from same(known, self._outputs)
            if self._steps.left <= 0:
                return
            self._learn(level)
        found = [program for program in self._learned if program.size <= most]
        if depth in (1, 2):
            known_so_far = [known for level in self._bank.levels[:3] for known in level]
            program = joined(known_so_far[:_PIECES], self._outputs, most, self._steps)
            found += [program] if program is not None else []
        yield from sorted(found, key=lambda program: program.size)

    def _learn(self, level: int) -> None:
        """Programs whose last step is learned from the examples, on top of those of a level."""
        known = self._bank.levels[level]
        for one in known:
            if not self._steps.take(len(STEPS)):
                return
            for step in STEPS:
                self._learned += step(one, self._outputs)
        if level <= 1:
            self._learned += self._tests(known)

    def _tests(self, known: Sequence[Known]) -> list[Program]:
        """Programs that tell two answers apart with the fewest rows wrong; they need more rows."""
        found: list[tuple[int, Program]] = []
        for one in known:
            values = [one.program(x) for x, _ in self._wide]
            there = tuple(value for value in values if value is not None)
            if len(there) == len(values):
                found += two_answers(Known(one.program, there), [y for _, y in self._wide])
        fewest = min((wrong for wrong, _ in found), default=0)
        return [program for wrong, program in found if wrong == fewest]
