"""What is true of senses: kinds, words of definitions, parts, areas; the commonest are taken."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeVar

from training.lexicon.attributes import attributes
from training.lexicon.stopwords import STOP
from training.lexicon.wordnet import Synset

KINDS, RELATED, PARTS, AREAS = 900, 1_400, 100, 250  # how many questions of each sort

_TOKEN = re.compile(r"[a-z]+")
_ASIDE = re.compile(r"\([^)]*\)")

Key = TypeVar("Key", int, str)


@dataclass(frozen=True)
class Features:
    """The features by number: a kind's synset, a word of definitions, a part's name, an area's
    synset."""

    kinds: tuple[int, ...]
    words: tuple[str, ...]
    parts: tuple[str, ...]
    areas: tuple[int, ...]
    names: tuple[str, ...]  # "kind food", "word water", "part handle", "area Europe"


def ancestors(synsets: Mapping[int, Synset], offset: int) -> set[int]:
    """A synset's kinds, itself included."""
    seen: set[int] = set()
    todo = [offset]
    while todo:
        at = todo.pop()
        if at not in seen:
            seen.add(at)
            todo += synsets[at].parents
    return seen


def singular(token: str) -> str:
    """A plain stem, so that "wheels" is "wheel"."""
    if token.endswith("ies") and len(token) > 5:
        return token[:-3] + "y"
    if token.endswith(("ches", "shes", "sses", "xes")):
        return token[:-2]
    if token.endswith("s") and not token.endswith(("ss", "us", "is")) and len(token) > 3:
        return token[:-1]
    return token


def gloss_words(synsets: Mapping[int, Synset], synset: Synset) -> Iterator[str]:
    """What the definition and the topics are about."""
    for token in _TOKEN.findall(_ASIDE.sub(" ", synset.gloss.lower())):
        if len(token) > 2 and token not in STOP and singular(token) not in STOP:
            yield singular(token)
    for topic in synset.topics:
        yield synsets[topic].lemmas[0].lower()


def part_names(synsets: Mapping[int, Synset], synset: Synset) -> Iterator[str]:
    """What it has as parts."""
    for part in synset.parts:
        yield synsets[part].lemmas[0]


def areas(synsets: Mapping[int, Synset], offset: int) -> set[int]:
    """What a place lies in."""
    if not synsets[offset].instance:
        return set()
    seen: set[int] = set()
    todo = list(synsets[offset].within)
    while todo:
        at = todo.pop()
        if at not in seen:
            seen.add(at)
            todo += synsets[at].within
    return seen


def choose_features(
    synsets: Mapping[int, Synset], weights: Mapping[int, float], of_places: Mapping[int, float]
) -> Features:
    """The features that hold of most senses by `weights`, and those that our questions need."""
    lands: dict[int, float] = {}
    for offset, weight in of_places.items():
        _add(lands, areas(synsets, offset), weight)
    kinds: dict[int, float] = {}
    words: dict[str, float] = {}
    parts: dict[str, float] = {}
    for offset, weight in weights.items():
        synset = synsets[offset]
        _add(kinds, ancestors(synsets, offset) - {offset}, weight)
        _add(words, set(gloss_words(synsets, synset)), weight)
        _add(parts, set(part_names(synsets, synset)), weight)
    chosen_kinds = _heaviest(kinds, KINDS)
    chosen_words = _heaviest(words, RELATED)
    for own in attributes():
        chosen_kinds += [k for k in kinds if any(named(synsets[k], n) for n in own.kinds)]
        chosen_words += [singular(w) for w in own.words if singular(w) in words]
    own_areas = tuple(_heaviest(lands, AREAS))
    kept = tuple(k for k in dict.fromkeys(chosen_kinds) if synsets[k].lemmas[0] != "entity")
    related, has = tuple(dict.fromkeys(chosen_words)), tuple(_heaviest(parts, PARTS))
    names = (
        *(f"kind {synsets[k].lemmas[0]}" for k in kept),
        *(f"word {word}" for word in related),
        *(f"part {part}" for part in has),
        *(f"area {synsets[area].lemmas[0]}" for area in own_areas),
    )
    return Features(kept, related, has, own_areas, names)


def named(synset: Synset, name: str) -> bool:
    """Whether a kind goes by a name such as "plant@20": that of the synset, and of its field."""
    lemma, _, number = name.partition("@")
    return synset.lemmas[0] == lemma and (not number or synset.field == int(number))


def facts(
    synsets: Mapping[int, Synset], offsets: Iterable[int], features: Features
) -> list[list[int]]:
    """The features of each sense, by number and rising.

    Words are those of its own definition and of its kinds' directly above.
    """
    kind_at = {kind: i for i, kind in enumerate(features.kinds)}
    word_at = {word: len(kind_at) + i for i, word in enumerate(features.words)}
    part_at = {part: len(kind_at) + len(word_at) + i for i, part in enumerate(features.parts)}
    before = len(kind_at) + len(word_at) + len(part_at)
    area_at = {area: before + i for i, area in enumerate(features.areas)}
    rows = []
    for offset in offsets:
        synset, above = synsets[offset], ancestors(synsets, offset)
        near = [synset, *(synsets[parent] for parent in synset.parents)]
        words = {word for one in near for word in gloss_words(synsets, one)}
        parts = {part for kin in above for part in part_names(synsets, synsets[kin])}
        rows.append(sorted(
            {kind_at[k] for k in above if k in kind_at}
            | {word_at[w] for w in words if w in word_at}
            | {part_at[p] for p in parts if p in part_at}
            | {area_at[a] for a in areas(synsets, offset) if a in area_at}
        ))  # fmt: skip
    return rows


def _add(sums: dict[Key, float], keys: Iterable[Key], weight: float) -> None:
    for key in keys:
        sums[key] = sums.get(key, 0.0) + weight


def _heaviest(weights: Mapping[Key, float], count: int) -> list[Key]:
    """The heaviest keys, ties by key."""
    return sorted(weights, key=lambda key: (-weights[key], key))[:count]
