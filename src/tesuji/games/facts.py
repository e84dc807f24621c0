"""What is known of a keyword without any model: questions about its kind and what it goes with.

Two sources: the rows of a question table, where a question is one of its own, word by word; and the
built-in lexicon, whose questions are also found in the usual ways to ask for a kind ("Is it an
animal?"), for a topic, or in fewer words.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache

import numpy as np
from numpy.typing import NDArray

from tesuji.games.keywords import alike, normalise
from tesuji.games.lexicon import lexicon_table, load
from tesuji.games.table import CERTAIN, OPEN, QuestionTable

_MEANT = {
    "alive": "living thing", "living": "living thing", "alive or living": "living thing",
    "living being": "organism", "living organism": "organism", "creature": "animal",
    "edible": "food", "man-made": "artifact", "man made": "artifact", "manmade": "artifact",
    "human-made": "artifact", "made by humans": "artifact", "made by people": "artifact",
    "artificial": "artifact", "manufactured": "artifact", "drink": "beverage",
    "human": "person", "human being": "person", "tangible": "physical entity",
    "physical": "physical entity", "physical object": "physical entity",
    "physical thing": "physical entity", "man-made object": "artifact",
    "manufactured object": "artifact", "abstract concept": "abstraction",
    "concept": "abstraction", "abstract": "abstraction", "abstract idea": "abstraction",
    "piece of furniture": "furniture", "piece of clothing": "clothing",
    "item of clothing": "clothing", "article of clothing": "clothing", "kitchen tool": "utensil",
    "eaten": "food", "something you eat": "food", "something you can eat": "food",
    "something people eat": "food", "something you drink": "beverage",
    "something you can drink": "beverage", "food or drink": "food",
    "something you wear": "clothing", "something you can wear": "clothing",
    "worn": "clothing", "wearable": "clothing", "means of transportation": "conveyance",
    "mode of transport": "conveyance", "mode of transportation": "conveyance",
}  # fmt: skip
"""Words of the usual questions, and the kind of the lexicon that they ask for."""

_WHOLE = {
    "can you eat it": "food", "do you eat it": "food", "do people eat it": "food",
    "can it be eaten": "food", "can you drink it": "beverage", "can you wear it": "clothing",
    "do you wear it": "clothing", "do people wear it": "clothing", "does it live": "living thing",
}  # fmt: skip

_IT = r"(?:it|this|that|the (?:secret )?(?:keyword|word|thing|object|item|answer)(?: itself)?)"
_KIND = re.compile(
    rf"^(?:so )?(?:is|are|was) {_IT} (?:usually |typically |generally |commonly |primarily |"
    r"considered |classified as |regarded as |best described as |something )*"
    r"(?:to be )?(?:an? |the |some )?"
    r"(?:(?:kind|type|sort|form|piece|species|member|example) of (?:an? |the )?)?"
    r"(?P<name>[\w' -]+?)(?: of some (?:kind|sort)| or something similar)?\W*$",
    re.IGNORECASE,
)
_TOPIC = re.compile(
    r"\b(?:to do with|related to|associated with|connected (?:to|with)|linked to"
    r"|used (?:for|in|with)|found in|made of|made from)\s+(?:an? |the )?(?P<name>[\w' -]+?)\W*$",
    re.IGNORECASE,
)
_PART = re.compile(r"\bpart called (?:an? |the )?(?P<name>[\w' -]+?)\W*$", re.IGNORECASE)

_UNMENTIONED = 0.3
"""p(yes) of a topic or part that a definition does not mention: definitions are short."""

_SENSE = 3.0
"""A kind that holds for a third of a word's senses is a yes: an otter is an animal and a fur."""

_ROUGH = 0.4
"""How far p(yes) moves with what the lexicon says of uses and looks, which it guesses from words of
definitions: never so far that a model would not be asked."""

_HALF = 0.6
"""p(yes) where a question of the lexicon that asks for more ("sharp, or for cutting") holds."""

_KIND_OF = "is it a kind of "
_TOPIC_OF = "does it have to do with "
_PART_OF = "does it have a part called "
_LITTLE = """
a an and any are at be by can commonly considered could did do does for found find from generally
has have in is it item its kind made mainly make mostly normally object of often on one or part
people person primarily something sort that the thing this to type typically use used usually was
with would you your"""
"""Words that don't tell one question from another."""


def chance(question: str, keyword: str, table: QuestionTable | None = None) -> float | None:
    """p(yes) as far as it is known; None where nothing is.

    >>> chance("Is it an animal?", "Otter") > 0.7, chance("Is it a type of furniture?", "Otter")
    (True, 0.0)
    >>> chance("Would you like it?", "Otter") is None
    True
    """
    if table is not None and (found := in_table(question, keyword, table)) is not None:
        return found
    row = _true(keyword)
    return None if row is None else _in_lexicon(" ".join(question.split()), row)


def in_table(question: str, keyword: str, table: QuestionTable) -> float | None:
    """p(yes) by a table that has both, word by word; None where it has not."""
    rows, columns = _places(table)
    row = rows.get(_plain(question))
    column = next((columns[f] for f in alike(normalise(keyword)) if f in columns), None)
    if row is None or column is None or table.cells[row, column] == OPEN:
        return None
    return float(table.chances(row)[column])


def is_own(question: str) -> bool:
    """Whether a question is one of the lexicon's, word by word."""
    return _plain(question) in _questions()


def described(keyword: str, most: int = 4) -> str:
    """What the lexicon says of a keyword, in a few words for a prompt; empty where nothing.

    The most special kinds, then what it has to do with.

    >>> "mammal" in described("Otter")
    True
    """
    row = _true(keyword)
    if row is None:
        return ""
    known = {_KIND_OF: list[str](), _TOPIC_OF: list[str]()}
    for text, at in _questions().items():
        for form, names in known.items():
            if text.startswith(form) and row[at] * _SENSE > 0.5:
                names.append(text.removeprefix(form))
    parts = [", ".join(known[_KIND_OF][-most:]), ", ".join(known[_TOPIC_OF][:most])]
    return "; to do with ".join(part for part in parts if part)


@lru_cache(maxsize=4)
def _places(table: QuestionTable) -> tuple[dict[str, int], dict[str, int]]:
    """Rows by question and columns by keyword; a table is known by what it is, not what it says."""
    return (
        {_plain(text): row for row, text in enumerate(table.questions)},
        {normalise(word): column for column, word in enumerate(table.keywords)},
    )


def _plain(question: str) -> str:
    return " ".join(question.lower().strip(" ?.!").split())


@cache
def _questions() -> dict[str, int]:
    """The lexicon's questions by their plain text."""
    return {_plain(text): at for at, text in enumerate(load().questions)}


@cache
def _in_few_words() -> tuple[tuple[frozenset[str], int], ...]:
    """What matters in the lexicon's own questions (those that are not of one form for all)."""
    forms = (_KIND_OF, _TOPIC_OF, _PART_OF, "is it any of ")
    own = ((text, at) for text, at in _questions().items() if not text.startswith(forms))
    return tuple(sorted(((_words(text), at) for text, at in own), key=lambda pair: len(pair[0])))


def _words(text: str) -> frozenset[str]:
    found = re.findall(r"[a-z]+", text.lower())
    return frozenset(word.removesuffix("s") for word in found if word not in _little())


@cache
def _little() -> frozenset[str]:
    return frozenset(_LITTLE.split())


@lru_cache(maxsize=64)
def _true(keyword: str) -> NDArray[np.float64] | None:
    """How far each question of the lexicon is true of a keyword; None: it knows nothing of it."""
    row = lexicon_table([keyword]).cells[:, 0] / CERTAIN
    return row if row.any() else None


def _in_lexicon(question: str, row: NDArray[np.float64]) -> float | None:
    plain = _plain(question)
    if plain in _WHOLE:
        return _of(_KIND_OF, _WHOLE[plain], row)
    if (part := _PART.search(question)) is not None:
        return _of(_PART_OF, part["name"], row)
    if (kind := _KIND.match(question)) is not None:
        found = _kind(kind["name"].lower(), row)
        if found is not None:
            return found
    if plain in _questions():
        return _at(_questions()[plain], row, plain)
    if (own := _own(plain, row)) is not None:
        return own
    topic = _TOPIC.search(question)
    return None if topic is None else _of(_TOPIC_OF, topic["name"], row)


def _at(place: int, row: NDArray[np.float64], plain: str) -> float:
    """What a question's place says, as a person would understand the question."""
    sure = float(row[place])
    if plain.startswith(_KIND_OF):
        return min(1.0, sure * _SENSE)
    if plain.startswith((_TOPIC_OF, _PART_OF)):
        return max(sure, _UNMENTIONED)
    return 0.5 + _ROUGH * (sure - 0.5)


def _of(form: str, name: str, row: NDArray[np.float64]) -> float | None:
    """What is known of a name in a form of question, in singular or plural."""
    texts = [form + each for each in _forms(name.lower())]
    known = [_at(_questions()[text], row, text) for text in texts if text in _questions()]
    return max(known, default=None)


def _kind(name: str, row: NDArray[np.float64]) -> float | None:
    """A kind; of "a large animal" only a no is sure, where it is no animal."""
    name = _MEANT.get(name, name)
    found = _of(_KIND_OF, name, row)
    if found is not None:
        return found
    modifier, _, head = name.rpartition(" ")
    general = _of(_KIND_OF, head, row) if modifier else None
    return general if general is not None and general < _UNMENTIONED else None


def _own(plain: str, row: NDArray[np.float64]) -> float | None:
    """A question in fewer words than the lexicon's: no is no, a yes may mean the rest of it."""
    wanted = _words(plain)
    for words, at in _in_few_words() if wanted else ():
        if wanted <= words:
            sure = _at(at, row, plain)
            return sure if wanted == words else min(sure, _HALF)
    return None


def _forms(name: str) -> tuple[str, ...]:
    plural = [name[:-3] + "y"] if name.endswith("ies") else []
    return (name, name.removesuffix("s"), name.removesuffix("es"), *plural)
