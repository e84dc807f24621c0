"""A prompt that holds examples of a hidden rule, and a question: read, solved, answered."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

from tesuji.baselines.induction.strings import induce


@dataclass(frozen=True, slots=True)
class Solved:
    """An answer, whether every plausible rule agrees on it, and the rule in one plain line."""

    answer: str
    sure: bool
    rule: str


def solve_prompt(
    text: str, *, seconds: float = 0.1, words: Collection[str] = ()
) -> Solved | None:
    """The answer to a question whose prompt holds the examples of the hidden rule.

    `words`: plain words that a cipher's answer may be made of, as other prompts show them.
    None: the prompt holds no examples that could be read, or no rule was found.
    """
    pairs = re.findall(r"^(.+?) (?:->|=) (.+)$", text, re.MULTILINE)
    question = re.search(r"[:：]\s*(\S.*)\s*\Z", text)
    if not pairs or question is None:
        return None
    rule = induce(pairs, seconds=seconds)
    answer = rule(question[1].strip()) if rule is not None else None
    return None if rule is None or answer is None else Solved(answer, False, rule.text)
