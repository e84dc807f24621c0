"""Nouns with priors and facts, from WordNet 3.1 and wordfreq: works for any list of keywords.

`lexicon.npz` (made by `training/lexicon`) holds 32,000 nouns, their senses, and of each sense its
kinds, its parts and what its definition speaks of. A keyword that isn't among them gets the facts
of its head, "Yoga mat" those of "mat", and has to do with what comes before, "yoga".
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files
from io import BytesIO

import numpy as np
from numpy.typing import NDArray

from tesuji.games.keywords import KeywordList, alike, keyword_list, normalise
from tesuji.games.table import QuestionTable, as_cells

FLATTER = 0.4
"""A keyword's prior grows with this power of its frequency: keywords are rarer than usual words."""
_PER_STEP = 30  # steps of the stored frequency (Zipf scale) in a factor of ten


@dataclass(frozen=True, eq=False)
class Lexicon:
    """What the file holds. Senses and facts are numbered; `of[w]` are the senses of word w."""

    words: tuple[str, ...]
    features: tuple[str, ...]
    zipf: NDArray[np.float64]
    of: tuple[tuple[tuple[int, float], ...], ...]
    facts: tuple[NDArray[np.intp], ...]
    things: NDArray[np.float64]
    places: NDArray[np.float64]

    @cached_property
    def index(self) -> dict[str, int]:
        """A word's number by its normal form."""
        return {normalise(word): i for i, word in enumerate(self.words)}

    @cached_property
    def feature_index(self) -> dict[str, int]:
        """A feature's number by its name, such as "kind food"."""
        return {name: i for i, name in reversed(list(enumerate(self.features)))}

    def find(self, text: str) -> int | None:
        """The word that a text stands for, or its singular or plural; None: not in the file."""
        return next((self.index[f] for f in alike(normalise(text)) if f in self.index), None)

    def known(self, word: int) -> NDArray[np.float32]:
        """How far each feature is true of a word, by the shares of its senses."""
        row = np.zeros(len(self.features), np.float32)
        for sense, share in self.of[word]:
            row[self.facts[sense]] += share
        return row


@cache
def load() -> Lexicon:
    """The built-in lexicon, read once."""
    raw = files("tesuji.games").joinpath("lexicon.npz").read_bytes()
    with np.load(BytesIO(raw)) as data:
        ends = np.cumsum(data["sense_count"].astype(np.intp))
        senses, shares = data["sense"].tolist(), (data["share"] / 255).tolist()
        pairs = list(zip(senses, shares, strict=True))
        of = tuple(tuple(pairs[a:b]) for a, b in zip([0, *ends[:-1]], ends, strict=True))
        fact_ends = np.cumsum(data["fact_end"].astype(np.intp))
        steps = np.split(data["fact"].astype(np.uint16), fact_ends[:-1])
        return Lexicon(
            words=tuple(data["words"].tobytes().decode().split("\n")),
            features=tuple(data["features"].tobytes().decode().split("\n")),
            zipf=data["zipf"] / _PER_STEP,
            of=of,
            facts=tuple(np.cumsum(s, dtype=np.uint16).astype(np.intp) for s in steps),
            things=data["things"] / 255,
            places=data["places"] / 255,
        )


def built_in(category: str = "things", size: int | None = None) -> KeywordList:
    """The lexicon's likeliest keywords of a category ("things", "places"; else both).

    The prior is how often a word is used, flattened, times how often its senses are what one would
    set as a keyword.
    """
    lexicon = load()
    fits = {"things": lexicon.things, "places": lexicon.places}.get(
        category, np.maximum(lexicon.things, lexicon.places)
    )
    worth = np.array([sum(share * fits[s] for s, share in own) for own in lexicon.of])
    prior = 10 ** (FLATTER * lexicon.zipf) * worth
    order = np.argsort(-prior, kind="stable")[:size]
    order = order[prior[order] > 0]
    return keyword_list([lexicon.words[i] for i in order], prior[order].tolist())


def feature_rows(keywords: Iterable[str]) -> NDArray[np.float32]:
    """How far each feature is true of each keyword, shape (keywords, features)."""
    return np.stack([_row(load(), keyword) for keyword in keywords])


def _row(lexicon: Lexicon, keyword: str) -> NDArray[np.float32]:
    """The facts of a keyword: its own, or its head's and its modifiers' topics."""
    parts = keyword.replace("-", " ").split()
    row = np.zeros(len(lexicon.features), np.float32)
    head = len(parts)
    for start in range(len(parts)):
        word = lexicon.find(" ".join(parts[start:]))
        if word is not None:
            row, head = lexicon.known(word), start
            break
    for part in parts[:head] if head < len(parts) else parts:
        row = np.maximum(row, _topic(lexicon, part))
    for part in parts:
        named = _named(lexicon, part)
        if named is not None:
            row[named] = 1.0
    return row


def _named(lexicon: Lexicon, part: str) -> int | None:
    """The feature of having to do with a word."""
    names = (f"word {form}" for form in alike(part.lower()))
    return next((lexicon.feature_index[n] for n in names if n in lexicon.feature_index), None)


_MODIFIER = 0.6
"""What a modifier has to do with, its compound has: more often than not."""


def _topic(lexicon: Lexicon, part: str) -> NDArray[np.float32]:
    """What a modifier makes its compound have to do with; never what it makes it."""
    word = lexicon.find(part)
    if word is None:
        return np.zeros(len(lexicon.features), np.float32)
    topics = np.array([name.startswith("word ") for name in lexicon.features])
    row: NDArray[np.float32] = _MODIFIER * lexicon.known(word) * topics
    return row


def question(feature: str) -> str:
    """A feature as a question.

    >>> question("kind food"), question("word water")
    ('Is it a kind of food?', 'Does it have to do with water?')
    """
    sort, _, name = feature.partition(" ")
    ways = {"kind": "Is it a kind of {}?", "word": "Does it have to do with {}?"}
    return ways.get(sort, "Does it have a part called {}?").format(name)


def lexicon_table(keywords: Sequence[str]) -> QuestionTable:
    """The question table that the lexicon gives for keywords, in memory."""
    lexicon = load()
    rows = feature_rows(keywords)
    seen: dict[str, int] = {}
    for i, feature in enumerate(lexicon.features):
        seen.setdefault(question(feature), i)
    columns = rows[:, list(seen.values())]
    return QuestionTable(tuple(keywords), tuple(seen), as_cells(np.minimum(columns, 1).T))
