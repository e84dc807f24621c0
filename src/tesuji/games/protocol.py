"""The alphabet protocol, and questions that a rule answers without knowing the world.

Many agents of the contest speak it: "Is it Agent Alpha?" is answered yes by those that do, then
`Does the keyword (in lowercase) precede "lake" in alphabetical order?` halves what is left. Letter
and length questions ("Does the keyword contain the letter "e"?") are answered by rule as well.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

HANDSHAKE = "Is it Agent Alpha?"
"""Asked first; yes means: I speak the protocol."""

_HANDSHAKE = re.compile(r"\bis it agent alpha\b", re.IGNORECASE)
_PRECEDES = re.compile(r'keyword.*(?:come before|precede) "([^"]+)" .+ order\?$', re.DOTALL)
"""As the contest's agents recognise it."""

Rule = Callable[[str], bool]
"""What is true of a keyword."""


def precedes(word: str) -> str:
    """The question if the keyword comes before `word`; quotation marks are dropped from it.

    >>> precedes("lake")
    'Does the keyword (in lowercase) precede "lake" in alphabetical order?'
    """
    word = word.lower().replace('"', "")
    return f'Does the keyword (in lowercase) precede "{word}" in alphabetical order?'


def is_handshake(question: str) -> bool:
    """Whether a question asks if the answerer speaks the protocol."""
    return _HANDSHAKE.search(question) is not None


def pivot(question: str) -> str | None:
    """The word that a question of the protocol compares the keyword with; None: it is none.

    >>> pivot('Does the keyword (in lowercase) precede "lake" in alphabetical order?')
    'lake'
    """
    found = _PRECEDES.search(question.strip())
    return found[1].lower() if found else None


def comes_before(keyword: str, word: str) -> bool:
    """The protocol's order: by code point, in lower case; a word doesn't precede itself."""
    return keyword.lower() < word.lower()


def starts_before(letter: str) -> str:
    """The question if the keyword's first letter comes before `letter`."""
    return f'Does the keyword start with a letter that comes before "{letter.upper()}"?'


def starts_with(letter: str) -> str:
    """The question if the keyword starts with `letter`."""
    return f'Does the keyword start with the letter "{letter.upper()}"?'


def has_letter(letter: str) -> str:
    """The question if `letter` is anywhere in the keyword."""
    return f'Does the keyword contain the letter "{letter.upper()}"?'


def longer_than(letters: int) -> str:
    """The question if the keyword has more letters than that (spaces don't count)."""
    return f"Does the keyword have more than {letters} letters?"


def more_words(words: int) -> str:
    """The question if the keyword has more words than that."""
    plural = "" if words == 1 else "s"
    return f"Does the keyword consist of more than {words} word{plural}?"


@dataclass(frozen=True, slots=True)
class _Shape:
    """A way of asking, and the rule that it stands for, given what was asked about."""

    pattern: re.Pattern[str]
    rule: Callable[[str, str], bool]


def _letters(keyword: str) -> str:
    return "".join(c for c in keyword.lower() if c.isalnum())


def _words(keyword: str) -> int:
    return len(keyword.replace("-", " ").split())


def _shape(pattern: str, rule: Callable[[str, str], bool]) -> _Shape:
    return _Shape(re.compile(pattern, re.IGNORECASE), rule)


_NUMBERS = {"one": 1, "two": 2, "three": 3}


def _number(text: str) -> int:
    return _NUMBERS[text] if text in _NUMBERS else int(text)


_QUOTED = r"""["'“‘(]?([a-z])["'”’)]?"""
_BEGIN = r"(?:start|begin)s?"
_SHAPES = (
    _shape(
        rf"keyword.*{_BEGIN} with a letter (?:that comes )?before {_QUOTED}\W*$",
        lambda keyword, letter: _letters(keyword)[:1] < letter,
    ),
    _shape(
        rf"{_BEGIN} with (?:the |a )?(?:letter )?{_QUOTED}\W*$",
        lambda keyword, letter: _letters(keyword).startswith(letter),
    ),
    _shape(
        rf"ends? (?:with|in) (?:the |a )?(?:letter )?{_QUOTED}\W*$",
        lambda keyword, letter: _letters(keyword).endswith(letter),
    ),
    _shape(
        rf"(?:contains?|includes?|ha(?:s|ve)) (?:the |a )?letter {_QUOTED}\W*$",
        lambda keyword, letter: letter in _letters(keyword),
    ),
    _shape(
        r"more than (\d{1,3}) (?:letters|characters)",
        lambda keyword, count: len(_letters(keyword)) > int(count),
    ),
    _shape(
        r"(?:fewer|less) than (\d{1,3}) (?:letters|characters)",
        lambda keyword, count: len(_letters(keyword)) < int(count),
    ),
    _shape(
        r"more than (one|two|three|\d{1,2}) words?\b",
        lambda keyword, count: _words(keyword) > _number(count),
    ),
    _shape(
        r"\b(?:is (?:it|the keyword)|consists? of) (?:a |just |only )?(?:single|one) (word)\b",
        lambda keyword, _: _words(keyword) == 1,
    ),
)


def rule(question: str) -> Rule | None:
    """What a question asks of the keyword's spelling; None where it asks about the world.

    >>> rule('Does the keyword contain the letter "E"?')("Apple")
    True
    >>> rule("Is it edible?") is None
    True
    """
    word = pivot(question)
    if word is not None:
        return lambda keyword: comes_before(keyword, word)
    for shape in _SHAPES:
        found = shape.pattern.search(question.strip())
        if found:
            about, judge = found[1].lower(), shape.rule
            return lambda keyword: judge(keyword, about)
    return None


LETTER_QUESTIONS: tuple[str, ...] = (
    *(starts_before(letter) for letter in "bcdefghijklmnoprstw"),
    *(has_letter(letter) for letter in "abcdefghiklmnoprstuvwy"),
    *(longer_than(letters) for letters in (5, 6, 7, 8, 9, 10, 12)),
    more_words(1),
)
"""The questions about spelling that the asker considers; each is read back by `rule`."""
