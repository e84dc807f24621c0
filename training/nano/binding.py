"""Scaffolds for finding a thing by another in the text, from one hop to two.

A letter of a choice takes two hops: from who is asked for to the value, from the value to its
letter. In single bytes that is learnt from few of them; names, words and sentences come after.
Every key is asked for once: a second time its answer would stand right before.
"""

from __future__ import annotations

import random
import string

from training.nano.chat import Turn
from training.nano.facts import LETTERS, MARKS, RELATIONS, draw, listed, say, told
from training.nano.tasks import Mix, dialogue
from training.nano.words import Split, people

KEPT_STRINGS = ("copy", "upper", "lower", "first", "last", "spell", "lookup")
SIGNS = ("", "=", ": ", " ")


def keys_of(rng: random.Random, count: int) -> list[str]:
    """Single letters, or people."""
    if rng.random() < 0.5:
        return rng.sample(string.ascii_lowercase, count)
    return people(rng, count)


def values_of(rng: random.Random) -> list[str]:
    """Five digits, five capital letters past E, or five words of one kind."""
    kind = rng.random()
    if kind < 0.35:
        return rng.sample(string.digits, 5)
    if kind < 0.5:
        return rng.sample(string.ascii_uppercase[5:], 5)
    return rng.sample(rng.choice(RELATIONS).values, 5)


def hops(rng: random.Random, split: Split) -> list[Turn]:
    """Keys with their values, five options, and the letter of each key's value."""
    keys, values = keys_of(rng, rng.randint(2, 5)), values_of(rng)
    sign = rng.choice(SIGNS if len(keys[0]) == 1 else SIGNS[1:])
    held = dict(zip(keys, rng.sample(values, len(keys)), strict=True))
    known = rng.choice((", ", "\n")).join(k + sign + v for k, v in held.items())
    options = listed(values, rng.choice(MARKS), rng.choice(("\n", " ")))
    begin, turns = f"{known}\n{options}\n", list[Turn]()
    for key in rng.sample(keys, len(keys)):
        say(turns, f"{begin}{key}?", LETTERS[values.index(held[key])])
        begin = ""
    return turns


def restate(rng: random.Random, split: Split) -> list[Turn]:
    """Facts told again in another order, where only the values are learnt.

    The name stands a few bytes before its value, nearer than in a question.
    """
    context = draw(rng, 3, 7)
    how, again = rng.choice(context.relation.told), rng.choice(context.relation.told)
    text, learn = "", list[bool]()
    for entity in rng.sample(list(context.facts), len(context.facts)):
        value = context.facts[entity]
        left, right = again.replace("{e}", entity).split("{v}")
        text += f"{left}{value}{right} "
        learn += [False] * len(left) + [True] * len(value) + [False] * (len(right) + 1)
    known = " ".join(how.replace("{e}", e).replace("{v}", v) for e, v in context.facts.items())
    return [Turn("user", known), Turn("assistant", text, (*learn[:-1], False))]


def owner(rng: random.Random, split: Split) -> list[Turn]:
    """The other way round: who has this value?"""
    context, short = draw(rng, 2, 5), rng.random() < 0.4
    how = rng.choice(context.relation.told)
    lines = "\n".join(f"{e}: {v}" for e, v in context.facts.items())
    begin, turns = (lines if short else told(rng, context)) + "\n", list[Turn]()
    for entity, value in rng.sample(list(context.facts.items()), len(context.facts)):
        question = how.replace("{e}", "Who").replace("{v}", value).replace(".", "?")
        say(turns, begin + (f"{value}?" if short else question), entity)
        begin = ""
    return turns


def other_strings(rng: random.Random, split: Split) -> list[Turn]:
    """The string tasks that the main mix has little of."""
    lengths = dict.fromkeys(range(3, 14), 1.0)
    return dialogue(rng, Mix(dict.fromkeys(KEPT_STRINGS, 1.0), lengths, short=0.1, split=split))
