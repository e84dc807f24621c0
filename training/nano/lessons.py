"""Every kind of training conversation by name, so that a curriculum can weigh them."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping

from training.nano import arithmetic, binding, facts, rewrites, yesno
from training.nano.chat import Turn
from training.nano.curriculum import mix_at
from training.nano.tasks import Mix, dialogue
from training.nano.words import Split

Lesson = Callable[[random.Random, Split], list[Turn]]


def strings(rng: random.Random, split: Split) -> list[Turn]:
    """The first edition's tasks as it had them in the end: reversing and its like."""
    return dialogue(rng, mix_at(3000))


def other_strings(rng: random.Random, split: Split) -> list[Turn]:
    """The string tasks that the first edition's mix has little of."""
    tasks = ("copy", "upper", "lower", "first", "last", "spell", "lookup")
    lengths = dict.fromkeys(range(3, 14), 1.0)
    return dialogue(rng, Mix(dict.fromkeys(tasks, 1.0), lengths, short=0.1, split=split))


LESSONS: dict[str, Lesson] = {
    "strings": strings, "other strings": other_strings,
    "digits": arithmetic.digits,
    "sums, bare": arithmetic.drill, "sums": arithmetic.lesson,
    "after": facts.after,
    "pairs": facts.pairs, "recall": facts.recall, "read": facts.read, "nothing": facts.nothing,
    "hops": binding.hops, "chain": binding.chain, "tagged": binding.tagged,
    "half tagged": binding.half_tagged, "restate": binding.restate, "owner": binding.owner,
    "letters": facts.letters, "bridge": facts.bridge, "choose": facts.choose,
    "counts": yesno.counts, "same": yesno.same, "members": yesno.members,
    "yes or no, bare": yesno.drill, "yes or no": yesno.lesson,
    "claims": yesno.claims,
    "rewrites, bare": rewrites.drill, "rewrites": rewrites.lesson, "inverse": rewrites.inverse,
}  # fmt: skip


def draw(rng: random.Random, weights: Mapping[str, float], split: Split = "train") -> list[Turn]:
    """One training conversation."""
    name = rng.choices(list(weights), list(weights.values()))[0]
    return LESSONS[name](rng, split)
