"""A prompt that holds examples of a hidden rule, and a question: read, solved, answered."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

from tesuji.baselines.induction.bits import solve_bits
from tesuji.baselines.induction.cipher import borne_out, solve_cipher, words_of
from tesuji.baselines.induction.cryptarithm import solve_hidden
from tesuji.baselines.induction.equations import read, solve_digits
from tesuji.baselines.induction.formulas import solve_formula
from tesuji.baselines.induction.numerals import solve_numerals
from tesuji.baselines.induction.reading import Puzzle, read_prompt
from tesuji.baselines.induction.solved import Solved
from tesuji.baselines.induction.strings import induce

_ROWS_A_SECOND = 4_000_000  # rows of hidden-digit tables that one second of one core joins


def solve_prompt(text: str, *, seconds: float = 0.1, words: Collection[str] = ()) -> Solved | None:
    """The answer to a question whose prompt holds the examples of the hidden rule.

    `words`: plain words that a cipher's answer may be made of (`words_in` of other prompts).
    `seconds` bounds the work; it is counted in steps, so that answers do not depend on the
    machine's speed. None: no examples could be read, or no rule was found.
    """
    for puzzle in read_prompt(text):
        for question in puzzle.questions:
            solved = _solve(puzzle, question, seconds, words)
            if solved is not None:
                return solved
    return None


def _solve(puzzle: Puzzle, question: str, seconds: float, words: Collection[str]) -> Solved | None:
    """The first family of rules that has an answer."""
    pairs = puzzle.pairs
    return (
        solve_bits(pairs, question)
        or _equation(puzzle, question, seconds)
        or solve_numerals(pairs, question)
        or solve_formula(pairs, question)
        or (solve_cipher(pairs, question, words) if borne_out(pairs) else None)
        or _string(puzzle, question, seconds)
        or solve_cipher(pairs, question, words)
    )


def _equation(puzzle: Puzzle, question: str, seconds: float) -> Solved | None:
    """Hidden arithmetic, where every example and the question are of its shape."""
    equations = [read(line, result) for line, result in puzzle.pairs]
    asked = read(question)
    if asked is None or any(e is None or len(e.result) > 5 for e in equations):
        return None
    known = [e for e in equations if e is not None]
    if all(re.fullmatch(r"\d\d\D\d\d", line) for line, _ in (*puzzle.pairs, (question, ""))):
        return solve_digits(known, asked)
    if any(c.isalnum() for line, _ in puzzle.pairs for c in line):
        return None
    return solve_hidden(known, asked, rows=int(_ROWS_A_SECOND * seconds))


def _string(puzzle: Puzzle, question: str, seconds: float) -> Solved | None:
    """A program on strings that gives every output."""
    rule = induce(puzzle.pairs, seconds=seconds)
    if rule is None or rule.fits < rule.of:
        return None
    answer = rule(question)
    return (
        None if answer is None else Solved(answer, rule.of > 2 and rule.size <= rule.of, rule.text)
    )


def words_in(prompts: Iterable[str]) -> frozenset[str]:
    """The plain words of all ciphers' examples in these prompts, for `solve_prompt`."""
    words: set[str] = set()
    for text in prompts:
        for puzzle in read_prompt(text):
            words |= words_of(puzzle.pairs)
    return frozenset(words)
