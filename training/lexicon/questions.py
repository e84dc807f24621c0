"""The questions: one for each feature, those of our own, and either-or questions.

An either-or question ("Is it any of these: food or drink; electrical; round?") is true where one of
its features is. They are drawn at random and kept if they halve the likely things about evenly and
no kept one says nearly the same: with noisy answers such questions tell most, and single kinds are
mostly rare.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from training.lexicon.attributes import Attribute, attributes
from training.lexicon.features import Features, named, singular
from training.lexicon.wordnet import Synset

EITHER = 1_200  # questions
DRAWN = 60000
HALF = (0.33, 0.6)  # of the likely things' weight, that answers yes
TOO_ALIKE = 0.85  # correlation with a kept question
MEMBERS = (2, 5)
COMMON_THINGS = {"own": 100, "kind": 150, "word": 100, "area": 0}
COMMON_PLACES = {"own": 0, "kind": 60, "word": 100, "area": 100}
"""So many of our questions, and of the commonest features of each sort, are put in lists."""
VAGUE = {
    "physical entity", "object", "whole", "thing", "part", "unit", "relation", "abstraction",
    "psychological feature", "causal agent", "content", "matter", "attribute", "instrumentality",
    "artifact", "placental", "chordate", "vascular plant", "group", "solid",
    "creation", "causal agency", "piece", "area", "region", "location", "consumer goods",
    "commodity", "act", "event",
}  # fmt: skip
"""Kinds too broad for an either-or question, or that nobody would ask for."""

Question = tuple[str, tuple[int, ...]]
"""A wording and the features of which one must hold."""


def single(features: Features) -> list[Question]:
    """A question for each feature; those that read alike are one."""
    ways = {
        "kind": "Is it a kind of {}?",
        "word": "Does it have to do with {}?",
        "area": "Is it in {}?",
    }
    by_text: dict[str, list[int]] = {}
    for i, name in enumerate(features.names):
        sort, _, rest = name.partition(" ")
        text = ways.get(sort, "Does it have a part called {}?").format(rest)
        by_text.setdefault(text, []).append(i)
    return [(text, tuple(members)) for text, members in by_text.items()]


def own(features: Features, synsets: Mapping[int, Synset]) -> list[Question]:
    """The questions of our own."""
    return [
        (attribute.question, _members(features, synsets, attribute)) for attribute in attributes()
    ]


def _members(
    features: Features, synsets: Mapping[int, Synset], attribute: Attribute
) -> tuple[int, ...]:
    """The features that make it true."""
    topics = {f"word {singular(word)}" for word in attribute.words}
    members = {
        i
        for i, kind in enumerate(features.kinds)
        if any(named(synsets[kind], name) for name in attribute.kinds)
    }
    members |= {i for i, name in enumerate(features.names) if name in topics}
    return tuple(sorted(members))


def either(
    features: Features,
    synsets: Mapping[int, Synset],
    true: NDArray[np.bool_],
    weights: NDArray[np.float64],
    common: Mapping[str, int],
) -> list[Question]:
    """Either-or questions; `true` is (keywords, features), `weights` of the keywords.

    `common` says how many of the commonest features of each sort may be put in lists.
    """
    rng = np.random.default_rng(0)
    weights = weights / weights.sum()
    options = _options(features, synsets, weights @ true, common)
    answers = np.stack([true[:, list(members)].any(1) for _, members in options])
    kept: list[Question] = []
    codes = np.empty((EITHER, len(true)), np.float32)
    root = np.sqrt(weights)
    for _ in range(DRAWN):
        drawn = rng.choice(len(options), rng.integers(MEMBERS[0], MEMBERS[1] + 1), replace=False)
        answer = answers[drawn].any(0)
        share = float(answer @ weights)
        if not HALF[0] <= share <= HALF[1]:
            continue
        code = (root * (answer - share) / np.sqrt(share * (1 - share))).astype(np.float32)
        if kept and np.abs(codes[: len(kept)] @ code).max() > TOO_ALIKE:
            continue
        codes[len(kept)] = code
        listed = "; ".join(options[i][0] for i in drawn)
        members = sorted({member for i in drawn for member in options[i][1]})
        kept.append((f"Is it any of these: {listed}?", tuple(members)))
        if len(kept) == EITHER:
            break
    return kept


def _options(
    features: Features,
    synsets: Mapping[int, Synset],
    share: NDArray[np.float64],
    common: Mapping[str, int],
) -> list[Question]:
    """What is put in lists: phrases of our own, common kinds, words and areas."""
    options = [(a.phrase, _members(features, synsets, a)) for a in attributes()]
    options = options[: common["own"]]
    for sort, count in common.items():
        by_name: dict[str, list[int]] = {}
        for i in np.argsort(-share):
            kind, _, name = features.names[i].partition(" ")
            if kind == sort and name not in VAGUE:
                by_name.setdefault(name, []).append(int(i))
        way = {"kind": "{}", "word": "to do with {}", "area": "in {}"}.get(sort, "")
        options += [(way.format(n), tuple(m)) for n, m in list(by_name.items())[:count]]
    return options
