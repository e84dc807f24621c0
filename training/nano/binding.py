"""Scaffolds for finding a thing by another in the text, from one hop to two.

A letter of a choice takes two hops: from who is asked for to the value, from the value to its
letter. In single bytes that is learnt from few of them; names, words and sentences come after.
Every key is asked for once: a second time its answer would stand right before.
"""

from __future__ import annotations

import random
import string
from collections.abc import Callable

from training.nano.chat import Turn
from training.nano.facts import LETTERS, MARKS, RELATIONS, draw, listed, say, spots, told
from training.nano.words import Split, people

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
    mark = rng.choice(MARKS)
    options = listed(values, mark, rng.choice(("\n", " ")))
    begin, turns = f"{known}\n{options}\n", list[Turn]()
    for key in rng.sample(keys, len(keys)):
        said = f"{begin}{key}?"
        within = spots(said, mark, values) if begin else ""
        say(turns, said, LETTERS[values.index(held[key])], held[key], within)
        begin = ""
    return turns


def chain(rng: random.Random, split: Split) -> list[Turn]:
    """The same where values are shared, so that no letter can be told by which are left over.

    Three questions in ten are for a value: the second hop alone.
    """
    short = rng.random() < 0.7
    keys = rng.sample(string.ascii_lowercase, rng.randint(4, 8)) if short else people(rng, 4)
    values = values_of(rng)
    held = {key: rng.choice(values) for key in keys}
    sign = rng.choice(SIGNS if short else SIGNS[1:])
    known = rng.choice((" ", ", ", "\n")).join(k + sign + v for k, v in held.items())
    mark = rng.choice(("{l}{v}", "{l}{v}", *MARKS) if short else MARKS)
    begin = f"{known}\n{listed(values, mark, rng.choice((' ', chr(10))))}\n"
    turns: list[Turn] = []
    for key in rng.sample(keys, len(keys)):
        asked = held[key] if rng.random() < 0.3 else key
        said = f"{begin}{asked}?"
        within = spots(said, mark, values) if begin else ""
        say(turns, said, LETTERS[values.index(held[key])], held[key], within)
        begin = ""
    return turns


def tagged(rng: random.Random, split: Split) -> list[Turn]:
    """Options that name whose value each is, or "-", and are learnt; in half of them untold.

    To name the owner right after an option's value is one hop backwards, with an answer for each
    option. Who has it written there finds a letter by one hop more.
    """
    short, shown = rng.random() < 0.65, rng.random() < 0.5
    return _options(rng, short, lambda: shown)


def half_tagged(rng: random.Random, split: Split) -> list[Turn]:
    """Any option may lack its owner, so that it has to be found whether it is written or not."""
    short, share = rng.random() < 0.65, rng.choice((0.0, 0.3, 0.5, 0.7))
    return _options(rng, short, lambda: rng.random() < share)


def _options(rng: random.Random, short: bool, shown: Callable[[], bool]) -> list[Turn]:
    keys = rng.sample(string.ascii_lowercase, rng.randint(2, 5)) if short else people(rng, 4)[1:]
    values = rng.sample(string.digits, 5)
    if rng.random() < 0.3:
        values = rng.sample(string.ascii_uppercase[5:], 5)
    if not short and rng.random() < 0.6:
        values = rng.sample(rng.choice(RELATIONS).values, 5)
    held = dict(zip(keys, rng.sample(values, len(keys)), strict=True))
    owners = {v: k for k, v in held.items()}
    sign, mark = rng.choice(SIGNS if short else SIGNS[1:]), rng.choice(("{l}{v}", *MARKS))
    gap = rng.choice((" ", "\n"))
    text = rng.choice((" ", ", ", "\n")).join(k + sign + v for k, v in held.items()) + "\n"
    learn = [False] * len(text)
    for line in zip(LETTERS, values, strict=True):
        left = mark.replace("{l}", line[0]).replace("{v}", line[1])
        tag = owners.get(line[1], "-") if shown() else ""
        text += left + tag + gap
        learn += [False] * len(left) + [True] * len(tag) + [False]
    turns: list[Turn] = []
    for key in rng.sample(keys, len(keys)):
        begin, marks = (text, learn) if not turns else ("", [])
        turns.append(Turn("user", f"{begin}{key}?", (*marks, *[False] * (len(key) + 1))))
        turns.append(Turn("assistant", LETTERS[values.index(held[key])], True, held[key]))
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
