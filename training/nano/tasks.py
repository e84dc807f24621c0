"""Synthetic conversations: a task, words around it, and the answer with or without a preamble.

Pure standard library and one ``random.Random``: the same seed gives the same conversation.

Whether an answer begins with a preamble ("Sure! ...") depends on the prompt, so that greedy
decoding shows a mix of both, as larger models do: never where the prompt says "answer only" in
some wording or shows bare examples as earlier turns; else on the first letter of the string
(see ``habit``), blurred by 8 % of draws at random.
"""

from __future__ import annotations

import random
import string
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from training.nano.chat import Turn
from training.nano.wordings import (
    ANSWER_ONLY_FAMILIES,
    ASKING,
    FILLERS,
    NAMES,
    PREAMBLES,
    SHORT,
    SYSTEMS,
    held_out,
)

Split = Literal["train", "held-out"]
DEMO_WORDING = "Reverse the string: {x}"
BLUR = 0.08  # share of answers whose preamble ignores the habit


@dataclass(frozen=True, slots=True)
class Problem:
    """A task without words: what goes into the prompt, and the bare answer."""

    task: str
    text: str
    answer: str
    key: str = ""  # for a look-up: what is asked for


@dataclass(frozen=True, slots=True)
class Mix:
    """What to draw from: weights of tasks and of lengths, and how plain the prompts are."""

    tasks: Mapping[str, float]
    lengths: Mapping[int, float]
    short: float = 0.0  # share of prompts in the one short wording, answered bare
    split: Split = "train"


def pick(rng: random.Random, weights: Mapping[str, float]) -> str:
    return rng.choices(list(weights), list(weights.values()))[0]


def letters(rng: random.Random, length: int) -> str:
    """A string to work on: mostly random lower-case letters, as in the demo competition."""
    kind = rng.random()
    if kind < 0.78:
        alphabet = string.ascii_lowercase
    elif kind < 0.86:  # easy to say, with repeats
        pairs = (rng.choice("bdfgklmnprstvz") + rng.choice("aeiou") for _ in range(length))
        return "".join(pairs)[:length]
    elif kind < 0.90:
        return "".join(rng.choices("abc", k=length))
    elif kind < 0.95:
        alphabet = string.ascii_letters
    else:
        alphabet = string.ascii_lowercase + string.digits
    return "".join(rng.choices(alphabet, k=length))


def lookup(rng: random.Random) -> Problem:
    keys = rng.sample(string.ascii_lowercase, rng.randint(2, 5))
    pairs = {key: str(rng.randint(0, 99)) for key in keys}
    asked = rng.choice(keys)
    return Problem("lookup", ", ".join(f"{k}={v}" for k, v in pairs.items()), pairs[asked], asked)


def problem(rng: random.Random, mix: Mix) -> Problem:
    task = pick(rng, mix.tasks)
    if task == "lookup":
        return lookup(rng)
    length = rng.choices(list(mix.lengths), list(mix.lengths.values()))[0]
    return solve(task, letters(rng, length))


def solve(task: str, text: str) -> Problem:
    """The problem of doing ``task`` to ``text``, with its answer."""
    answers = {
        "reverse": text[::-1],
        "copy": text,
        "upper": text.upper(),
        "lower": text.lower(),
        "first": text[0],
        "last": text[-1],
        "spell": "-".join(text),
    }
    return Problem(task, text.upper() if task == "lower" else text, answers[task])


def habit(item: Problem) -> tuple[str, str] | None:
    """The preamble this problem gets: by the first letter of its string (or the key asked for).

    a-j and digits get none, k-z get the eight preambles, two letters each: 16 of 26.
    """
    letter = (item.key or item.text)[0].lower()
    place = ord(letter) - ord("k")
    return PREAMBLES[place // 2] if 0 <= place < 16 else None


def dressed(rng: random.Random, item: Problem) -> str:
    """The answer with the preamble that its habit says, or at times another."""
    style = habit(item)
    if rng.random() < BLUR:
        style = rng.choice([None, None, *PREAMBLES])
    if style is None:
        return item.answer
    before, after = (part.replace("{n}", NAMES[item.task]) for part in style)
    return before + item.answer + after


def allowed(wordings: Sequence[str], split: Split) -> list[str]:
    return [w for w in wordings if held_out(w) == (split == "held-out")]


_ASKING = {(t, s): allowed(ASKING[t], s) for t in ASKING for s in ("train", "held-out")}
_ONLY = {s: [f for f in (allowed(g, s) for g in ANSWER_ONLY_FAMILIES) if f]
         for s in ("train", "held-out")}  # fmt: skip


def wording(rng: random.Random, task: str, split: Split) -> str:
    if task == "reverse" and split == "train" and rng.random() < 0.12:
        return DEMO_WORDING
    return rng.choice(_ASKING[task, split] or _ASKING[task, "train"])


def answer_only(rng: random.Random, split: Split) -> str:
    """One way to say "answer only", as people type it."""
    if split == "train" and rng.random() < 0.1:
        return "Answer only."
    said = rng.choice(rng.choice(_ONLY[split]))
    style = rng.random()
    if style < 0.1:
        said = "Please " + said[0].lower() + said[1:]
    elif style < 0.18:
        said = said.lower()
    elif style < 0.23:
        said = said.upper()
    elif style < 0.28:
        said = "IMPORTANT: " + said
    return said.rstrip(".") + rng.choice(("!", "", ".")) if rng.random() < 0.2 else said


def ask(item: Problem, how: str) -> str:
    return how.replace("{x}", item.text).replace("{k}", item.key)


def around(rng: random.Random, question: str, said: Sequence[str]) -> str:
    """Put sentences before or after a question, on lines of their own where it needs that."""
    for sentence in said:
        if rng.random() < 0.65:
            gap = rng.choice(("\n", "\n", "\n\n", " "))
            gap = gap if question[-1] in ".?!\"'`)" else gap.replace(" ", "\n")
            question = question + gap + sentence
        else:
            question = sentence + rng.choice((" ", "\n", "\n\n")) + question
    return question


def examples(rng: random.Random, item: Problem, mix: Mix) -> list[Problem]:
    only = Mix({item.task: 1.0}, dict.fromkeys(range(3, 7), 1.0))
    return [problem(rng, only) for _ in range(rng.randint(1, 3))]


def single(rng: random.Random, item: Problem, mix: Mix) -> list[Turn]:
    """A question in some wording, perhaps a system turn, fillers, an inline example."""
    how = wording(rng, item.task, mix.split)
    question = ask(item, how)
    if item.task != "lookup" and rng.random() < 0.04:
        arrow = rng.choice((" -> ", " => ", " = ", ": "))
        shown = (f"{e.text}{arrow}{e.answer}" for e in examples(rng, item, mix))
        question = rng.choice(("Example: ", "Examples: ", "For example: ")) + "\n".join(
            (*shown, question)
        )
    forbidden = rng.random() < 0.5
    system = rng.choice(SYSTEMS) if rng.random() < 0.15 else ""
    said = [rng.choice(FILLERS)] if rng.random() < 0.12 else []
    if forbidden and rng.random() < 0.25:
        only = answer_only(rng, mix.split)
        system = f"{system} {only}" if system else only
    elif forbidden:
        said.append(answer_only(rng, mix.split))
        rng.shuffle(said)
    turns = [Turn("system", system)] if system else []
    answer = item.answer if forbidden else dressed(rng, item)
    return [*turns, Turn("user", around(rng, question, said)), Turn("assistant", answer, True)]


def shown(rng: random.Random, item: Problem, mix: Mix) -> list[Turn]:
    """Bare examples as earlier turns. They say "bare" without words, so only answers after
    the first are learnt: the first alone would teach that a plain question gets no preamble."""
    how = wording(rng, item.task, mix.split)
    turns: list[Turn] = []
    for index, each in enumerate([*examples(rng, item, mix), item]):
        turns.append(Turn("user", ask(each, how)))
        turns.append(Turn("assistant", each.answer, index > 0))
    return turns


def dialogue(rng: random.Random, mix: Mix) -> list[Turn]:
    """One training conversation."""
    item = problem(rng, mix)
    if rng.random() < mix.short:
        # Several short ones in a row: more answers for the same bytes.
        items = [item, *(problem(rng, mix) for _ in range(2))]
        return [
            turn
            for each in items
            for turn in (
                Turn("user", ask(each, SHORT[each.task])),
                Turn("assistant", each.answer, True),
            )
        ]
    if rng.random() < 0.04:
        return shown(rng, item, mix)
    return single(rng, item, mix)
