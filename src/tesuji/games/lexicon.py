"""Nouns with priors and facts, from WordNet 3.1 and wordfreq: works for any list of keywords.

`lexicon.npz` (made by `training/lexicon`, licences in `LEXICON.md`) holds nouns, their senses, of
each sense its kinds, its parts and what its definition speaks of, and questions that follow from
them. A keyword that isn't among the nouns gets the facts of its head, "Yoga mat" those of "mat",
and has to do with what comes before, "yoga".
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
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

Ids = NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class Lexicon:
    """What the file holds. Senses, features and questions are numbered.

    `senses[w]` are word w's senses with their shares, `facts[s]` the features of sense s,
    `members[q]` the features of which one must hold for question q.
    """

    words: tuple[str, ...]
    features: tuple[str, ...]
    questions: tuple[str, ...]
    members: tuple[Ids, ...]
    senses: tuple[tuple[tuple[int, float], ...], ...]
    facts: tuple[Ids, ...]
    zipf: NDArray[np.float64]
    things: NDArray[np.float64]
    places: NDArray[np.float64]

    @cached_property
    def index(self) -> dict[str, int]:
        """A word's number by its normal form."""
        return {normalise(word): i for i, word in enumerate(self.words)}

    @cached_property
    def topics(self) -> dict[str, int]:
        """The feature of having to do with a word."""
        pairs = (name.partition(" ") for name in self.features)
        return {rest: i for i, (sort, _, rest) in enumerate(pairs) if sort == "word"}

    @cached_property
    def asks(self) -> tuple[Ids, ...]:
        """The questions that a feature makes true, by feature."""
        out: list[list[int]] = [[] for _ in self.features]
        for question, members in enumerate(self.members):
            for member in members:
                out[member].append(question)
        return tuple(np.array(questions, np.intp) for questions in out)

    def find(self, text: str) -> int | None:
        """The word that a text stands for, or its singular or plural; None: not in the file."""
        return next((self.index[f] for f in alike(normalise(text)) if f in self.index), None)

    @cached_property
    def is_topic(self) -> NDArray[np.bool_]:
        """Whether a feature is to have to do with a word."""
        return np.array([name.startswith("word ") for name in self.features])

    def true(self, features: Ids) -> NDArray[np.bool_]:
        """Which questions features make true, shape (questions,)."""
        row = np.zeros(len(self.questions), bool)
        for feature in features.tolist():
            row[self.asks[feature]] = True
        return row


@cache
def load() -> Lexicon:
    """The built-in lexicon, read once (0.2 s)."""
    raw = files("tesuji.games").joinpath("lexicon.npz").read_bytes()
    with np.load(BytesIO(raw)) as data:
        shares = zip(data["sense"].tolist(), (data["share"] / 255).tolist(), strict=True)
        pairs, ends = list(shares), np.cumsum(data["sense_count"].astype(np.intp)).tolist()
        steps = _split(data["fact"], data["fact_count"])
        return Lexicon(
            words=_lines(data["words"]),
            features=_lines(data["features"]),
            questions=_lines(data["questions"]),
            members=tuple(_split(data["member"], data["member_count"])),
            senses=tuple(tuple(pairs[a:b]) for a, b in zip([0, *ends], ends, strict=False)),
            facts=tuple(np.cumsum(step) for step in steps),
            zipf=data["zipf"] / _PER_STEP,
            things=data["things"] / 255,
            places=data["places"] / 255,
        )


def _lines(stored: NDArray[np.uint8]) -> tuple[str, ...]:
    return tuple(stored.tobytes().decode().split("\n"))


def _split(values: NDArray[np.uint16], counts: NDArray[np.integer]) -> list[Ids]:
    """Runs of so many values each."""
    return np.split(values.astype(np.intp), np.cumsum(counts.astype(np.intp))[:-1])


def built_in(category: str = "things", size: int | None = None) -> KeywordList:
    """The lexicon's likeliest keywords of a category ("things", "places"; else both).

    The prior is how often a word is used, flattened, times how often its senses are what one would
    set as a keyword.
    """
    lexicon = load()
    fits = {"things": lexicon.things, "places": lexicon.places}.get(
        category, np.maximum(lexicon.things, lexicon.places)
    )
    worth = np.array([sum(share * fits[s] for s, share in own) for own in lexicon.senses])
    prior = 10 ** (FLATTER * lexicon.zipf) * worth
    order = np.argsort(-prior, kind="stable")[:size]
    order = order[prior[order] > 0]
    return keyword_list([lexicon.words[i] for i in order], prior[order].tolist())


def lexicon_table(keywords: Sequence[str]) -> QuestionTable:
    """The question table that the lexicon gives for keywords, in memory."""
    lexicon = load()
    rows = np.stack([known(keyword, lexicon.true) for keyword in keywords])
    return QuestionTable(tuple(keywords), lexicon.questions, as_cells(rows.T))


def feature_rows(keywords: Iterable[str]) -> NDArray[np.float32]:
    """How far each feature is true of each keyword, shape (keywords, features)."""
    everything = np.zeros(len(load().features), bool)

    def itself(features: Ids) -> NDArray[np.bool_]:
        row = everything.copy()
        row[features] = True
        return row

    return np.stack([known(keyword, itself) for keyword in keywords])


_MODIFIER = 0.6
"""What a modifier has to do with, its compound has: more often than not."""
_SHORTEST = 3  # letters of either half of a compound written as one word


def known(keyword: str, true: Callable[[Ids], NDArray[np.bool_]]) -> NDArray[np.float32]:
    """How likely what `true` makes of features is true of a keyword, in its shape.

    Senses count by their shares. Of a compound the head says what it is, the rest only what it has
    to do with.
    """
    lexicon = load()
    head, rest = _parts(lexicon, keyword)
    row = true(np.array([], np.intp)).astype(np.float32)
    for sense, share in lexicon.senses[head] if head is not None else ():
        row += np.float32(share) * true(lexicon.facts[sense])
    for part in rest:
        word = lexicon.find(part)
        if word is not None:
            row = np.maximum(row, np.float32(_MODIFIER) * true(_about(lexicon, word)))
    named = [lexicon.topics[f] for p in keyword.lower().split() for f in alike(p)
             if f in lexicon.topics]  # fmt: skip
    return np.minimum(np.maximum(row, true(np.array(named, np.intp))), np.float32(1))


def _about(lexicon: Lexicon, word: int) -> Ids:
    """What a word's main sense has to do with."""
    facts = lexicon.facts[lexicon.senses[word][0][0]]
    return facts[lexicon.is_topic[facts]]


def _parts(lexicon: Lexicon, keyword: str) -> tuple[int | None, list[str]]:
    """The head's word (the longest end that is known) and what stands before it."""
    parts = keyword.replace("-", " ").split()
    for start in range(len(parts)):
        head = lexicon.find(" ".join(parts[start:]))
        if head is not None:
            return head, parts[:start]
    last = parts[-1] if parts else ""
    for cut in range(_SHORTEST, len(last) - _SHORTEST + 1):
        head = lexicon.find(last[cut:])
        if head is not None and lexicon.find(last[:cut]) is not None:
            return head, [*parts[:-1], last[:cut]]
    for start in range(len(parts) - 1, 0, -1):  # no known end: "Relish tray" is at least a relish
        head = lexicon.find(" ".join(parts[:start]))
        if head is not None:
            return head, parts[start:]
    return None, parts
