"""Partners of the field: answerers and askers of many habits, to play with and to measure by.

Each depends on what it sees, its seed and its list alone, so a game can be played again.
"""

from __future__ import annotations

import hashlib
import string
from collections.abc import Sequence

from tesuji.games.answerer import known_chance
from tesuji.games.asker import Asker
from tesuji.games.facts import in_table
from tesuji.games.keywords import KeywordList
from tesuji.games.observation import Observation, Player
from tesuji.games.protocol import is_handshake
from tesuji.games.rules import QUESTION_CHARACTERS
from tesuji.games.spelling import by_spelling, listed
from tesuji.games.table import QuestionTable

ANSWERERS = (
    "alphabet", "rules", "natural", "natural 5 %", "natural 10 %", "natural 20 %", "says no", "lies"
)  # fmt: skip
"""What an answering partner may be: one that speaks the protocol and errs in nothing that a rule
answers; one that does so but denies the handshake; those that answer about the world only and turn
so many answers round; one that always says no; one that says the contrary of the first."""

ASKERS = ("alphabet asker", "natural asker", "letter asker", "list asker")
"""What an asking partner may be: by which kind of question it finds the keyword."""

_SPELLS_WRONGLY = 0.45
"""How often one who answers about the world errs in letters, as language models do."""


def answering(kind: str, table: QuestionTable | None = None, seed: int = 0) -> Player:
    """An answerer of a kind; ValueError for one that there is not."""
    if kind not in ANSWERERS:
        raise ValueError(f"no answerer is called {kind!r}; there are: {', '.join(ANSWERERS)}")
    error = float(kind.split()[1]) / 100 if kind.endswith("%") else 0.0

    def answer(seen: Observation) -> str:
        question = seen.questions[-1]
        if kind == "says no":
            return "no"
        if kind.startswith("natural"):
            return _yes(_naturally(seen, table, error, seed))
        if kind == "rules" and is_handshake(question):
            return "no"
        known = known_chance(question, seen.keyword, seen.category, table)
        return _yes((known is not None and known >= 0.5) != (kind == "lies"))

    return answer


def _naturally(seen: Observation, table: QuestionTable | None, error: float, seed: int) -> bool:
    """About the world as the table has it, with errors; about letters hardly better than chance."""
    question, keyword = seen.questions[-1], seen.keyword
    luck = _luck(question, keyword, seed)
    if is_handshake(question):
        return False
    known = None if table is None else in_table(question, keyword, table)
    spelt = by_spelling(question, keyword) if known is None else None
    if spelt is not None and not listed(question):
        return spelt != (luck < _SPELLS_WRONGLY)
    if known is None:
        known = known_chance(question, keyword, seen.category, table)
    return (known is not None and known >= 0.5) != (luck < error)


def _luck(*parts: object) -> float:
    """A number from 0 to 1 that looks random and is the same for the same parts."""
    digest = hashlib.sha256(repr(parts).encode("utf-8", "surrogatepass")).digest()
    return int.from_bytes(digest[:6], "big") / 256**6


def _yes(is_true: bool) -> str:
    return "yes" if is_true else "no"


def asking(kind: str, keywords: KeywordList, table: QuestionTable | None = None) -> Player:
    """A guesser of a kind; ValueError for one that there is not."""
    if kind == "alphabet asker":
        return Asker(keywords, letters=False)
    if kind == "natural asker":
        return Asker(keywords, table, protocol=False, letters=False)
    if kind == "letter asker":
        return Asker(keywords, protocol=False)
    if kind == "list asker":
        return ListAsker(keywords.words)
    raise ValueError(f"no asker is called {kind!r}; there are: {', '.join(ASKERS)}")


class ListAsker:
    """Halves a list by first letters, then by naming half of what is left; it trusts every answer.

    The wordings are those of agents that were seen in the contest.
    """

    def __init__(self, words: Sequence[str]) -> None:
        self.words = sorted(words, key=str.lower)
        self._followed: tuple[tuple[str, ...], list[str]] = ((), self.words)

    def __call__(self, seen: Observation) -> str:
        """A question or a guess."""
        left = self._left(seen)
        if seen.turn == "guess":
            return left[0] if left else self.words[len(seen.guesses) % len(self.words)]
        return _listing(left) or _first_letters(left)

    def _left(self, seen: Observation) -> list[str]:
        """The words that fit all answers and were not guessed; a game is followed, where it can."""
        said = tuple(f"{a}: {q}" for q, a in zip(seen.questions, seen.answers, strict=False))
        known, left = self._followed
        if said[: len(known)] != known:
            known, left = (), self.words
        for line in said[len(known) :]:
            answer, _, question = line.partition(": ")
            left = [word for word in left if by_spelling(question, word) == (answer == "yes")]
        self._followed = (said, left)
        tried = set(seen.guesses)
        return [word for word in left if word not in tried]


def _listing(left: Sequence[str]) -> str | None:
    """Half of the words by name, where they fit into one question."""
    half = ", ".join(left[: (len(left) + 1) // 2]) or "none"
    question = f"Is the keyword one of the following? {half}?"
    return question if len(question) <= QUESTION_CHARACTERS else None


def _first_letters(left: Sequence[str]) -> str:
    """Those first letters, from a on, under which half of the words stand."""
    initials = [next((c for c in word.lower() if c.isalnum()), "a") for word in left]
    letters = ""
    for letter in string.ascii_lowercase:
        letters += letter
        if 2 * sum(c in letters for c in initials) >= len(initials):
            break
    if len(letters) == 1:
        return f"Does the keyword start with the letter '{letters.upper()}'?"
    named = ", ".join(f"'{c}'" for c in letters[:-1].upper())
    return f"Does the keyword start with one of the letters {named} or '{letters[-1].upper()}'?"
