"""The words that sentences, facts and lists are made of, and the helpers that draw from them.

Everything is lower case and plain ASCII, so that a rewrite has one right answer. Made-up names
stand beside real ones: a model that has to bind them can't know them beforehand.
"""

from __future__ import annotations

import random
from functools import cache
from typing import Literal

from training.nano.wordings import held_out

Split = Literal["train", "held-out"]


def _listed(words: str) -> tuple[str, ...]:
    return tuple(words.split())


NAMES = _listed(
    "Tom Ana Bob Eve Max Mia Leo Zoe Sam Ida Ben Amy Dan Eva Jim Kim Ken Liv Ned Pia Ray Sue Ted "
    "Uma Vic Wes Yuki Hana Taro Emma Noah Lucy Paul Rosa Ivan Nina Oscar Clara Felix Greta"
)
ANIMALS = _listed(
    "cat dog fox owl hen cow pig bee ant bat bear wolf deer duck frog goat lion lamb mole crab "
    "crow swan toad seal hare horse mouse snake tiger zebra camel whale panda rabbit monkey"
)
FOODS = _listed(
    "rice soup cake milk corn pear plum kiwi tofu fish beans bread grapes honey lemons mango "
    "melon nuts olives onions pasta peas pizza salad toast tea figs eggs cheese butter"
)
PLACES = _listed(
    "Paris Rome Oslo Kyoto Lima Cairo Delhi Berlin Tokyo Madrid London Dublin Vienna Prague "
    "Athens Lisbon Boston Osaka Nara Quito Seoul Milan Turin Bonn Perth Sydney Dakar Riga"
)
COLOURS = _listed("red blue green black white pink brown grey yellow purple orange gold")
THINGS = _listed(
    "box cup hat key pen bag car ball lamp door book coat desk boat bell ring shoe sofa tent "
    "vase kite drum fork spoon chair table clock plate bottle candle"
)
VERBS = _listed("sees likes finds wants hears helps follows paints draws meets takes holds")
KINDS = _listed("old big small red wet new kind slow quick brave happy tired sleepy hungry")
WORDS = tuple(dict.fromkeys((*ANIMALS, *FOODS, *THINGS)))


def made_up(rng: random.Random) -> str:
    """A name that nobody has: two syllables, at times a last letter."""
    say = (rng.choice("bdfgklmnprstvz") + rng.choice("aeiou") for _ in range(2))
    return "".join(say).capitalize() + rng.choice(("", "n", "r", "x"))


def people(rng: random.Random, count: int) -> list[str]:
    """Different names, one in four made up."""
    found: dict[str, None] = {}
    while len(found) < count:
        found[made_up(rng) if rng.random() < 0.25 else rng.choice(NAMES)] = None
    return list(found)


def sentence(rng: random.Random) -> str:
    """A small sentence of three to seven words, such as "the old cat sees my dog"."""

    def thing() -> str:
        kind = rng.choice(KINDS) + " " if rng.random() < 0.25 else ""
        return f"{rng.choice(('the', 'my', 'your', 'one'))} {kind}{rng.choice(WORDS)}"

    start = thing() if rng.random() < 0.7 else rng.choice(("he", "she", "you", "it"))
    return f"{start} {rng.choice(VERBS)} {thing()}"


@cache
def of_split(wordings: tuple[str, ...], split: Split) -> tuple[str, ...]:
    """The wordings that training sees, or those that are kept from it."""
    return tuple(w for w in wordings if held_out(w) == (split == "held-out"))
