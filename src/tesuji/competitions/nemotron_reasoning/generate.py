"""Data for the Nemotron reasoning puzzles: six kinds of hidden rules, drawn by a seed.

The puzzles are our own, worded and shaped like the contest's (id, prompt, answer).
"""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

from tesuji.competitions.nemotron_reasoning.bits import bits
from tesuji.competitions.nemotron_reasoning.equations import equations
from tesuji.task.table import write_table

COLUMNS = ("id", "prompt", "answer")
_SUBJECTS = (
    "cat", "queen", "wizard", "rabbit", "knight", "mouse", "princess", "turtle", "teacher",
    "dragon", "bird", "hatter",
)  # fmt: skip
_VERBS = (
    "reads", "sees", "follows", "writes", "finds", "watches", "draws", "imagines", "chases",
    "studies", "dreams",
)  # fmt: skip
_ADJECTIVES = (
    "curious", "golden", "silver", "ancient", "magical", "hidden", "bright", "wise", "secret",
    "strange",
)  # fmt: skip
_OBJECTS = (
    "book", "castle", "garden", "door", "crystal", "map", "story", "forest", "mirror",
    "puzzle", "message", "key",
)  # fmt: skip
_PLACES = (
    "above", "below", "inside", "near", "around", "beyond",
)  # fmt: skip
_ROMAN = ((100, "C"), (90, "XC"), (50, "L"), (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"),
          (1, "I"))  # fmt: skip


def generate(folder: Path, seed: int = 0, train: int = 900, test: int = 180) -> None:
    """Write `train.csv` and `test.csv` into `folder`; the kinds take turns, no prompt is twice."""
    draw = random.Random(seed)
    puzzles: dict[str, str] = {}
    kinds = (bits, gravity, cipher, numerals, equations, units)
    while len(puzzles) < train + test:
        prompt, answer = kinds[len(puzzles) % len(kinds)](draw)
        puzzles.setdefault(prompt, answer)
    ids = draw.sample(range(16**8), train + test)
    rows = [(f"{id:08x}", *puzzle) for id, puzzle in zip(ids, puzzles.items(), strict=True)]
    draw.shuffle(rows)
    write_table(folder / "train.csv", COLUMNS, rows[:train])
    write_table(folder / "test.csv", COLUMNS[:2], [row[:2] for row in rows[train:]])


def gravity(draw: random.Random) -> tuple[str, str]:
    """Distances fallen under a secret constant."""
    constant = draw.uniform(4, 20)

    def fallen(t: float) -> str:
        return f"{constant * t * t / 2:.2f}"

    *shown, asked = (round(draw.uniform(1, 5), 2) for _ in range(draw.randint(4, 6)))
    lines = [f"For t = {t}s, distance = {fallen(t)} m" for t in shown]
    return (
        "In a secret land the gravitational constant has been changed. Here are some example "
        "observations:\n" + "\n".join(lines) + f"\nNow, determine the falling distance for "
        f"t = {asked}s given d = 0.5*g*t^2.",
        fallen(asked),
    )


def units(draw: random.Random) -> tuple[str, str]:
    """Lengths in a secret unit."""
    factor = draw.uniform(0.5, 2.5)
    *shown, asked = (round(draw.uniform(5, 50), 2) for _ in range(draw.randint(4, 7)))
    lines = [f"{x} m becomes {factor * x:.2f}" for x in shown]
    return (
        "In a secret land measurements are converted to another unit. For example:\n"
        + "\n".join(lines) + f"\nNow, convert the following measurement: {asked} m",
        f"{factor * asked:.2f}",
    )  # fmt: skip


def numerals(draw: random.Random) -> tuple[str, str]:
    """Roman numerals, unannounced."""
    *shown, asked = draw.sample(range(1, 101), draw.randint(4, 6))
    lines = [f"{n} -> {roman(n)}" for n in shown]
    return (
        "In a secret land numbers are converted into a different numeral system. Some examples "
        "are given below:\n" + "\n".join(lines)
        + f"\nNow, write the number {asked} in that numeral system.",
        roman(asked),
    )  # fmt: skip


def roman(number: int) -> str:
    """A number from 1 to 399 in Roman numerals."""
    text = ""
    for value, letters in _ROMAN:
        while number >= value:
            text, number = text + letters, number - value
    return text


def cipher(draw: random.Random) -> tuple[str, str]:
    """Sentences under a secret substitution of letters; all letters asked for were shown."""
    letters = "abcdefghijklmnopqrstuvwxyz"
    secret = str.maketrans(letters, "".join(draw.sample(letters, 26)))
    while True:
        *shown, asked = (_sentence(draw) for _ in range(draw.randint(5, 7)))
        if set(asked) <= set("".join(shown)):
            break
    lines = [f"{text.translate(secret)} -> {text}" for text in shown]
    return (
        "In a secret land text is encrypted. Here are some examples:\n" + "\n".join(lines)
        + f"\nNow, decrypt the following text: {asked.translate(secret)}",
        asked,
    )  # fmt: skip


def _sentence(draw: random.Random) -> str:
    subject, verb, thing = draw.choice(_SUBJECTS), draw.choice(_VERBS), draw.choice(_OBJECTS)
    shapes: tuple[Callable[[], str], ...] = (
        lambda: f"{subject} {verb} {thing}",
        lambda: f"the {draw.choice(_ADJECTIVES)} {subject} {verb}",
        lambda: f"{subject} {verb} {draw.choice(_PLACES)} the {thing}",
        lambda: f"{subject} {verb} the {draw.choice(_ADJECTIVES)} {thing}",
    )
    return draw.choice(shapes)()
