"""Yes or no: alphabet order, first letters, membership in a short list, length."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from training.nano.chat import Turn
from training.nano.words import WORDS, Split, of_split

LOWER = "abcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True, slots=True)
class Claim:
    """``{x}`` and ``{y}`` of a question, and whether the answer is yes."""

    kind: str
    x: str
    y: str
    holds: bool

    @property
    def answer(self) -> str:
        return "Yes" if self.holds else "No"


def order(rng: random.Random) -> Claim:
    x, y = rng.sample(LOWER, 2)
    return Claim("order", x, y, x < y)


def first(rng: random.Random) -> Claim:
    word = rng.choice(WORDS)
    letter = word[0] if rng.random() < 0.5 else rng.choice((rng.choice(LOWER), rng.choice(word)))
    return Claim("first", word, letter, word[0] == letter)


def member(rng: random.Random) -> Claim:
    words = rng.sample(WORDS, rng.randint(2, 5))
    word = rng.choice(words) if rng.random() < 0.5 else rng.choice(WORDS)
    return Claim("member", word, ", ".join(words), word in words)


def length(rng: random.Random) -> Claim:
    word = rng.choice(WORDS)
    count = len(word) if rng.random() < 0.5 else max(2, len(word) + rng.choice((-2, -1, 1, 2)))
    return Claim("length", word, str(count), len(word) == count)


def longer(rng: random.Random) -> Claim:
    while True:
        x, y = rng.sample(WORDS, 2)
        if len(x) != len(y):
            return Claim("longer", x, y, len(x) > len(y))


KINDS: dict[str, Callable[[random.Random], Claim]] = {
    "order": order, "first": first, "member": member, "length": length, "longer": longer,
}  # fmt: skip

ASKED: dict[str, tuple[str, ...]] = {
    "order": ("Does {x} come before {y} in the alphabet?", "Is {x} before {y} in the alphabet?",
              "Is {x} earlier than {y} in the alphabet?", "Alphabet: is {x} before {y}?",
              "Does the letter {x} come before {y}?", "In the alphabet, does {x} precede {y}?",
              "Is the letter {x} before the letter {y}?"),
    "first": ("Does {x} start with {y}?", "Does {x} begin with {y}?",
              "Is {y} the first letter of {x}?", "Is the first letter of {x} {y}?",
              "Does the word {x} start with the letter {y}?", "{x}: does it start with {y}?"),
    "member": ("Is {x} in the list {y}?", "List: {y}. Is {x} in it?", "{y}\nIs {x} in the list?",
               "Is {x} one of {y}?", "Does the list {y} contain {x}?", "Is {x} among {y}?",
               "List: {y}\nDoes it contain {x}?"),
    "length": ("Does {x} have {y} letters?", "Is {x} {y} letters long?",
               "Are there {y} letters in {x}?", "Does the word {x} have {y} letters?",
               "Is the length of {x} {y}?", "{x}: {y} letters?"),
    "longer": ("Is {x} longer than {y}?", "Does {x} have more letters than {y}?",
               "Is the word {x} longer than {y}?", "Is {x} a longer word than {y}?",
               "Has {x} more letters than {y}?", "Compared with {y}, is {x} longer?"),
}  # fmt: skip
BESIDE = ("{q}", "{q}", "{q}", "{q} Answer yes or no.", "{q}\nYes or no?", "Yes or no: {q}",
          "Question: {q}", "{q} Say yes or no.", "Answer yes or no. {q}")  # fmt: skip
JAPANESE: dict[str, str] = {
    "order": "アルファベットで{x}は{y}より前ですか。", "first": "{x}は{y}で始まりますか。",
    "member": "{y}に{x}はありますか。", "length": "{x}は{y}文字ですか。",
    "longer": "{x}は{y}より長いですか。",
}  # fmt: skip


@cache
def wordings(kind: str) -> tuple[str, ...]:
    """Every way to ask for a kind of claim."""
    return tuple(b.replace("{q}", a) for a in ASKED[kind] for b in dict.fromkeys(BESIDE))


def question(rng: random.Random, claim: Claim, split: Split, japanese: float = 0.05) -> str:
    how = rng.choice(of_split(wordings(claim.kind), split))
    how = JAPANESE[claim.kind] if rng.random() < japanese else how
    return how.replace("{x}", claim.x).replace("{y}", claim.y)


DRILLS = {"order": "{x}<{y}?", "first": "{x} starts {y}?", "member": "{x} in {y}?",
          "length": "{x} {y} letters?", "longer": "{x} longer {y}?"}  # fmt: skip


def drill(rng: random.Random, split: Split) -> list[Turn]:
    """Eight short questions of one kind."""
    turns: list[Turn] = []
    kind = rng.choice(list(KINDS))
    for claim in (KINDS[kind](rng) for _ in range(8)):
        said = DRILLS[kind].replace("{x}", claim.x).replace("{y}", claim.y)
        turns += [Turn("user", said), Turn("assistant", claim.answer, True)]
    return turns


def lesson(rng: random.Random, split: Split) -> list[Turn]:
    """Three questions of any kind in any wording."""
    turns: list[Turn] = []
    for kind in rng.choices(list(KINDS), k=3):
        claim = KINDS[kind](rng)
        turns.append(Turn("user", question(rng, claim, split)))
        turns.append(Turn("assistant", claim.answer, True))
    return turns


def claims(rng: random.Random, split: Split) -> list[Turn]:
    """Five questions of one kind in any wording, of the kinds that are learnt last."""
    turns: list[Turn] = []
    kind = rng.choice(("order", "order", "length", "member"))
    for claim in (KINDS[kind](rng) for _ in range(5)):
        turns.append(Turn("user", question(rng, claim, split)))
        turns.append(Turn("assistant", claim.answer, True))
    return turns


def counts(rng: random.Random, split: Split) -> list[Turn]:
    """How long ten words are: what two kinds of claim are made of, in the fewest bytes."""
    turns: list[Turn] = []
    for word in rng.sample(WORDS, 10):
        turns += [Turn("user", word + "?"), Turn("assistant", str(len(word)), True)]
    return turns


def members(rng: random.Random, split: Split) -> list[Turn]:
    """Eight short questions whether a letter or a word stands in a list, before it or after it."""
    turns: list[Turn] = []
    things = tuple(LOWER) if rng.random() < 0.5 else WORDS
    before = rng.random() < 0.6
    for _ in range(8):
        listed = rng.sample(things, rng.randint(2, 6 if len(things[0]) == 1 else 4))
        inside = rng.random() < 0.5
        thing = rng.choice(listed if inside else [t for t in things if t not in listed])
        said = ", ".join(listed)
        turns.append(Turn("user", f"{thing} in {said}?" if before else f"{said}: {thing}?"))
        turns.append(Turn("assistant", "Yes" if inside else "No", True))
    return turns


def same(rng: random.Random, split: Split) -> list[Turn]:
    """Ten questions whether a letter is one of one to three."""
    turns: list[Turn] = []
    before, gap = rng.random() < 0.5, rng.choice((", ", ""))
    for _ in range(10):
        listed = rng.sample(LOWER, rng.choice((1, 1, 2, 3)))
        inside = rng.random() < 0.5
        thing = rng.choice(listed if inside else [t for t in LOWER if t not in listed])
        said = gap.join(listed)
        turns.append(Turn("user", f"{thing} in {said}?" if before else f"{said}: {thing}?"))
        turns.append(Turn("assistant", "Yes" if inside else "No", True))
    return turns
