"""Hidden arithmetic in hidden digits: every digit is written as some other character.

For each style, and each choice of an operation for every sign, all assignments of digits that fit
the equations are counted; the question's answer is the one that most of the weight stands behind.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import perm

from tesuji.baselines.induction.digits import Table, Work, anything, join, nothing, relation
from tesuji.baselines.induction.equations import Equation, by_sign, grids, joined
from tesuji.baselines.induction.priors import FAMILY_OF, STYLES, Prior
from tesuji.baselines.induction.solved import Ballot, Solved

_PUNCTUATION = "!\"#$%&'()/:<>?@[\\]^`{|}"
_UNKNOWN = "\0"
_ASKED = 6_000  # rows for which the question's result is worked out
World = tuple[dict[str, str], Table]  # an operation for each sign, and the digits that then fit


@dataclass(frozen=True, slots=True)
class Case:
    """A puzzle read in one style; `leading`: characters that begin a number, and so are no 0."""

    equations: Sequence[Equation]
    question: Equation
    style: str
    leading: frozenset[str]
    work: Work

    @property
    def characters(self) -> set[str]:
        """Every character that stands for a digit, as far as the puzzle shows."""
        everything = (*self.equations, self.question)
        signs = {one.sign for one in everything}
        return set("".join(e.left + e.right + e.result for e in everything)) - signs


def solve_hidden(
    equations: Sequence[Equation], question: Equation, *, rows: int = 400_000
) -> Solved | None:
    """The question's result where digits are hidden too; `rows` bounds the work.

    Numbers have two digits, so that the first is no 0; only where nothing fits may it be.
    """
    everything = (*equations, question)
    signs = {one.sign for one in everything}
    if signs & set("".join(one.left + one.right for one in everything)):
        return None
    work, prior = Work(rows), Prior.of(signs, hidden=True)
    for strict in (True, False):
        ballot = Ballot()
        for style in STYLES:
            first = 0 if style == "as written" else 1
            starts = {number[first] for e in everything for number in (e.left, e.right)}
            leading = frozenset(starts if strict else ())
            _vote(ballot, prior, Case(equations, question, style, leading, work))
        if ballot.total:
            return ballot.result(whole=work.whole and strict)
    return None


def _vote(ballot: Ballot, prior: Prior, case: Case) -> None:
    """Count the votes of all operations and digits that fit in one style."""
    sign = case.question.sign
    for names, table in _worlds(case):
        asked = [names[sign]] if sign in names else _unmet(names)
        for name in asked:
            weight = prior(case.style, {**names, sign: name})
            rule = f"hidden digits, {case.style}: a{sign}b is {name}"
            for answer, count in _answers(case, name, table):
                ballot.add(answer, weight * count, rule)


def _unmet(names: Mapping[str, str]) -> list[str]:
    """The operations that a sign without an example may have."""
    return [name for name in FAMILY_OF if not _repeats(name, names)]


def _repeats(name: str, names: Mapping[str, str]) -> bool:
    """Whether another sign has an operation of the same family: too rare to search for."""
    family = FAMILY_OF[name]
    return family != "join" and any(FAMILY_OF[other] == family for other in names.values())


def _worlds(case: Case) -> Iterator[World]:
    """Every choice of operations with the digits under which all equations hold."""
    groups = [(s, _tables(case, group)) for s, group in by_sign(case.equations).items()]
    groups.sort(key=lambda group: sum(len(table.rows) for table in group[1].values()))

    def deeper(at: int, names: dict[str, str], table: Table) -> Iterator[World]:
        if at == len(groups):
            yield names, table
            return
        sign, tables = groups[at]
        for name, other in tables.items():
            if not _repeats(name, names):
                both = join(table, other, case.work) if other.characters else table
                if both is not None:
                    yield from deeper(at + 1, {**names, sign: name}, both)

    if all(tables for _, tables in groups):
        yield from deeper(0, {}, nothing())


def _tables(case: Case, group: Sequence[Equation]) -> dict[str, Table]:
    """For each operation that all equations of a sign may have: their joined table."""
    if all(one.result in (one.left + one.right, one.right + one.left) for one in group):
        return {
            name: nothing()
            for name in ("ab", "ba")
            if all(joined(one, case.style, name) == one.result for one in group)
        }
    found = {}
    for name in grids():
        each = [relation(one, case.style, name, case.leading) for one in group]
        there = sorted((one for one in each if one is not None), key=lambda one: len(one.rows))
        table: Table | None = nothing() if len(there) == len(each) else None
        for one in there:
            table = join(table, one, case.work) if table is not None else None
        if table is not None:
            found[name] = table
    return found


def _answers(case: Case, name: str, table: Table) -> Iterator[tuple[str | None, float]]:
    """(answer, assignments behind it); None where it holds characters that are not known."""
    question = case.question
    if FAMILY_OF[name] == "join":
        yield joined(question, case.style, name), len(table.rows) * table.weight
        return
    wider: Table | None = table
    for character in question.left + question.right:
        if wider is not None and character not in wider.characters:
            free = anything(character).without_zero(case.leading)
            wider = join(wider.thinned(_ASKED), free, case.work)
    if wider is None:
        return
    wider = wider.thinned(_ASKED)
    fresh = len(wider.characters) - len(table.characters)
    share = wider.weight / perm(10 - len(table.characters), fresh)
    guesses = list(_guesses(case, wider))
    for answer, count in _results(case, name, wider):
        if _UNKNOWN not in answer:
            yield answer, count * share
            continue
        tried = 0.0
        for guess, part in guesses:
            part = part if answer.count(_UNKNOWN) == 1 else 1e-3 * part
            tried += part
            yield answer.replace(_UNKNOWN, guess), count * share * part
        yield None, count * share * (1 - tried)


def _guesses(case: Case, table: Table) -> Iterator[tuple[str, float]]:
    """(character, its share) for a digit that no character of the table stands for.

    It is one of the puzzle's other characters, each alike for every open digit, or one that the
    puzzle does not show: of these one is tried.
    """
    open_digits = 10 - len(table.characters)
    shown = case.characters
    unseen = sorted(shown - set(table.characters))
    for character in unseen:
        yield character, 1 / open_digits
    signs = {one.sign for one in (*case.equations, case.question)}
    never = [c for c in _PUNCTUATION if c not in shown and c not in signs]
    if never and open_digits > len(unseen):
        yield never[0], (1 - len(unseen) / open_digits) / len(never)


def _results(case: Case, name: str, table: Table) -> Iterator[tuple[str, int]]:
    """(the question's result, rows that give it); `_UNKNOWN` for a digit of no known character."""
    import numpy as np

    left, right = case.question.left, case.question.right
    if case.style != "as written":
        left, right = left[::-1], right[::-1]
    if case.style == "line reversed":
        left, right = right, left
    column = {c: table.rows[:, at].astype(np.int64) for at, c in enumerate(table.characters)}
    a, b = (column[number[0]] * 10 + column[number[1]] for number in (left, right))
    value = grids()[name][a, b]
    unknown = len(table.characters)
    which = np.full((len(value), 10), unknown, dtype=np.int64)  # the character of each digit
    np.put_along_axis(which, table.rows.astype(np.int64), np.arange(unknown)[None, :], axis=1)
    size, code = abs(value), np.zeros(len(value), dtype=np.int64)
    for power in range(4):
        digit = size // 10**power % 10
        there = (size >= 10**power) | (power == 0)
        character = np.take_along_axis(which, digit[:, None], axis=1)[:, 0]
        code = code * 16 + np.where(there, character, 15)
    code = (code * 2 + (value < 0))[value > -100_000]
    for one, count in zip(
        *(part.tolist() for part in np.unique(code, return_counts=True)), strict=True
    ):
        yield _decoded(one, table.characters, case), count


def _decoded(code: int, characters: str, case: Case) -> str:
    """The written result of a code of `_results`: four places of 4 bits, then the sign."""
    negative, code = code % 2, code // 2
    places = [code >> shift & 15 for shift in (12, 8, 4, 0)]  # the last digit first
    text = "".join((characters + _UNKNOWN)[place] for place in places if place != 15)
    text = text[::-1] if case.style == "as written" else text
    if not negative:
        return text
    sign = case.question.sign
    return text + sign if case.style == "line reversed" else sign + text
