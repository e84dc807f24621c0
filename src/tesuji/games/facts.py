"""What is known of a keyword without any model: questions about its kind and what it goes with.

Two sources: the rows of a question table, where a question is one of its own, word by word; and the
built-in lexicon, by the usual ways to ask for a kind ("Is it an animal?") or a topic.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

import numpy as np

from tesuji.games.keywords import alike, normalise
from tesuji.games.lexicon import feature_rows, load
from tesuji.games.table import OPEN, QuestionTable

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
"""p(yes) of a topic that a definition does not mention: definitions are short."""

_SENSE = 2.0
"""A kind that holds for half of a word's senses is a yes: an otter is an animal and a fur."""


def chance(question: str, keyword: str, table: QuestionTable | None = None) -> float | None:
    """p(yes) as far as it is known; None where nothing is.

    >>> chance("Is it an animal?", "Otter") > 0.7, chance("Is it a type of furniture?", "Otter")
    (True, 0.0)
    >>> chance("Would you like it?", "Otter") is None
    True
    """
    if table is not None and (found := _in_table(question, keyword, table)) is not None:
        return found
    return _in_lexicon(" ".join(question.split()), keyword)


def described(keyword: str, most: int = 8) -> str:
    """What the lexicon says of a keyword, for a prompt; empty where it knows nothing.

    >>> "kind of animal" in described("Otter")
    True
    """
    row = _facts(keyword)
    kinds = [name[5:] for name, sure in row.items() if name.startswith("kind ") and sure > 0.5]
    topics = [name[5:] for name, sure in row.items() if name.startswith("word ") and sure > 0.5]
    said = [f"a kind of {kind}" for kind in kinds[-most:]]
    return ", ".join(said) + (f"; has to do with {', '.join(topics[:most])}" if topics else "")


def _in_table(question: str, keyword: str, table: QuestionTable) -> float | None:
    rows, columns = _places(table)
    row = rows.get(_plain(question))
    column = next((columns[f] for f in alike(normalise(keyword)) if f in columns), None)
    if row is None or column is None or table.cells[row, column] == OPEN:
        return None
    return float(table.chances(row)[column])


@lru_cache(maxsize=4)
def _places(table: QuestionTable) -> tuple[dict[str, int], dict[str, int]]:
    """Rows by question and columns by keyword; a table is known by what it is, not what it says."""
    return (
        {_plain(text): row for row, text in enumerate(table.questions)},
        {normalise(word): column for column, word in enumerate(table.keywords)},
    )


def _plain(question: str) -> str:
    return " ".join(question.lower().split())


@lru_cache(maxsize=64)
def _facts(keyword: str) -> Mapping[str, float]:
    """The lexicon's features that are true of a keyword, the most general first."""
    row = feature_rows([keyword])[0]
    facts: dict[str, float] = {}
    for at in np.flatnonzero(row):
        name = load().features[at]
        facts[name] = max(facts.get(name, 0.0), min(1.0, float(row[at])))
    return facts


@lru_cache(maxsize=1)
def _names() -> frozenset[str]:
    return frozenset(load().features)


def _in_lexicon(question: str, keyword: str) -> float | None:
    facts = _facts(keyword)
    if not facts:
        return None
    plain = question.strip(" ?.!").lower()
    if plain in _WHOLE:
        return facts.get(f"kind {_WHOLE[plain]}", 0.0)
    if (part := _PART.search(question)) is not None:
        return _of("part", part["name"], facts, unmentioned=_UNMENTIONED)
    if (topic := _TOPIC.search(question)) is not None:
        return _of("word", topic["name"], facts, unmentioned=_UNMENTIONED)
    if (kind := _KIND.match(question)) is not None:
        return _kind(kind["name"].lower(), facts)
    return None


def _of(sort: str, name: str, facts: Mapping[str, float], unmentioned: float) -> float | None:
    """How sure a fact is, under any form of its name that the lexicon has."""
    forms = [f"{sort} {form}" for form in _forms(name.lower())]
    known = [form for form in forms if form in _names()]
    if not known:
        return None
    return max((facts.get(form, unmentioned) for form in known), default=None)


def _kind(name: str, facts: Mapping[str, float]) -> float | None:
    """A kind; of "a large animal" only a no is sure, where it is no animal."""
    name = _MEANT.get(name, name)
    found = _of("kind", name, facts, unmentioned=0.0)
    if found is not None:
        return min(1.0, found * _SENSE)
    modifier, _, head = name.rpartition(" ")
    if not modifier:
        return None
    general = _of("kind", head, facts, unmentioned=0.0)
    return general if general is not None and general < _UNMENTIONED else None


def _forms(name: str) -> tuple[str, ...]:
    plural = [name[:-3] + "y"] if name.endswith("ies") else []
    return (name, name.removesuffix("s"), name.removesuffix("es"), *plural)
