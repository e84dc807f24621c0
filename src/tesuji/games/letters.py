"""Sets of letters in questions: "m", 'Z', 'G' or 'V', between A and M, a vowel, "ice"."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

VOWELS = frozenset("aeiou")


def letters_in(word: str) -> str:
    """The letters and digits of a word, in lower case."""
    return "".join(c for c in word.lower() if c.isalnum())


@dataclass(frozen=True, slots=True)
class SetOfLetters:
    """Texts (mostly single letters) of which one is asked for, or a class of letters.

    `every` says that all of them are asked for together.
    """

    texts: tuple[str, ...] = ()
    kind: Callable[[str], bool] | None = None
    every: bool = False
    times: int = 1

    def begins(self, letters: str, word: str) -> bool:
        """Whether a word begins so."""
        if self.kind:
            return bool(letters) and self.kind(letters[0])
        return any(letters.startswith(letters_in(t)) or word.lower().startswith(t)
                   for t in self.texts)  # fmt: skip

    def ends(self, letters: str, word: str) -> bool:
        """Whether a word ends so."""
        if self.kind:
            return bool(letters) and self.kind(letters[-1])
        return any(letters.endswith(letters_in(t)) or word.lower().endswith(t)
                   for t in self.texts)  # fmt: skip

    def occurs(self, letters: str, word: str) -> bool:
        """Whether one of them (or each) is in the word so many times."""
        if self.kind:
            return sum(map(self.kind, letters)) >= self.times
        hits = [max(letters.count(t), word.lower().count(t)) >= self.times for t in self.texts]
        return all(hits) if self.every else any(hits)


_RANGE = re.compile(
    r"""\b(?:between|from|range|in)?\s*["'(\[]?\b([a-z])["']?\s*(?:-|–|—|to|and|through|thru)\s*"""
    r"""["']?([a-z])\b["')\]]?"""
)
_BEYOND = re.compile(
    r"""\b(before|after|precede\w*|follow\w*|earlier|later)\b[^"']*?["']?\b([a-z])\b"""
)
_NOISE = re.compile(
    r"\b(?:is|be|are|it|its|the|of|in|with|one|any|all|both|each|either|following|these|letters?|"
    r"characters?|word|string|substring|prefix|suffix|sequence|set|among|from|keyword|name|more|"
    r"than|once|twice|at|least|two|times?|english|alphabet|capital|uppercase|lowercase|or|and|"
    r"contains?|includes?|has|have|there|does|do|list|equal|to|same|as)\b"
)


def letters_named(rest: str) -> SetOfLetters | None:
    """What the end of a question names; None: no letters.

    >>> letters_named(" one of the letters 'Z', 'G' or 'V'?").texts
    ('z', 'g', 'v')
    >>> letters_named(" a letter between A and C").kind("b")
    True
    """
    text = rest.lower()
    times = 2 if re.search(r"\b(?:more than (?:one|once)|twice|at least two|two)\b", text) else 1
    plain = re.sub(r"""["'][^"']*["']""", " ", text)
    if re.search(r"\bvowels?\b", plain):
        return SetOfLetters(kind=VOWELS.__contains__, times=times)
    if re.search(r"\bconsonants?\b", plain):
        return SetOfLetters(kind=lambda c: c.isalpha() and c not in VOWELS, times=times)
    if re.search(r"\b(?:number|digit|numeral)\b", plain):
        return SetOfLetters(kind=str.isdigit, times=times)
    if half := re.search(r"\b(first|second|last|latter) half\b", plain):
        first = half[1] == "first"
        return SetOfLetters(kind=lambda c: ("a" <= c <= "m") if first else ("n" <= c <= "z"))
    if (found := _BEYOND.search(text)) is not None:
        edge, before = found[2], found[1][0] in "bpe"
        return SetOfLetters(kind=lambda c: c < edge if before else c > edge)
    ranges = [] if _is_list(text) else _RANGE.findall(text)
    if ranges:
        return SetOfLetters(kind=lambda c: any(a <= c <= b for a, b in ranges))
    texts = _texts(text)
    every = re.search(r"\b(?:both|all|and)\b", text) and not re.search(
        r"\b(?:any|one|either)\b", text
    )
    return SetOfLetters(texts, every=bool(every), times=times) if texts else None


def _is_list(text: str) -> bool:
    """Whether "and" joins letters one by one: "the letters a, b and c", "both x and y"."""
    return "," in text or (re.search(r"\b(?:both|letters)\b", text) is not None and not re.search(
        r"\b(?:between|range|from|through)\b|[a-z]\s*[-–—]\s*[a-z]\b", text
    ))  # fmt: skip


def _texts(text: str) -> tuple[str, ...]:
    """What stands in quotes; where nothing does, the single letters."""
    quoted = re.findall(r'"([^"]+)"', text) or re.findall(r"'([^']+)'", text)
    if quoted:
        return tuple(dict.fromkeys(t.strip() for t in quoted if t.strip()))
    bare = re.sub(r"\ba\s+(?=[a-z]\b)", "", _NOISE.sub(" ", text))
    bare = re.sub(r"\ban?\s+(?=letter)", "", bare)
    tokens = re.findall(r"\w+", bare)
    if tokens and all(len(token) == 1 for token in tokens):
        return tuple(dict.fromkeys(tokens))
    return ()
