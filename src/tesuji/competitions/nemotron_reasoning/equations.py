"""Puzzles of symbol equations: signs that mean other operations, digits that may be hidden."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping

_SIGNS = "+-*/|?!@&%:<>^"
_SYMBOLS = "~#$;'\"`()[]{}\\"
_OPERATIONS: Mapping[str, Callable[[str, str], str]] = {
    "sum": lambda a, b: str(int(a) + int(b)),
    "difference": lambda a, b: str(abs(int(a) - int(b))),
    "product": lambda a, b: str(int(a) * int(b)),
    "joined": lambda a, b: a + b,
    "joined backwards": lambda a, b: (a + b)[::-1],
    "sum backwards": lambda a, b: str(int(a) + int(b))[::-1],
}


def equations(draw: random.Random) -> tuple[str, str]:
    """Two signs with secret meanings, each shown at least twice; in half of the puzzles every
    digit is a symbol, too, and all that the answer needs were shown."""
    hidden = draw.random() < 0.5
    while True:
        signs = draw.sample(_SIGNS, 2)
        meanings = draw.sample(sorted(_OPERATIONS), 2)
        asked_sign = draw.randrange(2)
        turns = [0, 0, 1, 1, asked_sign]
        draw.shuffle(turns)
        digits = draw.sample(_SYMBOLS, 10) if hidden else list("0123456789")
        secret = str.maketrans("0123456789", "".join(digits))
        *shown, (left, right) = (_equation(draw, signs[at], meanings[at]) for at in
                                 (*turns, asked_sign))  # fmt: skip
        seen = set("".join(a + b for a, b in shown))
        if set(left + right) <= seen and (left, right) not in shown:
            break
    lines = [f"{a.translate(secret)} = {b.translate(secret)}" for a, b in shown]
    return (
        "In a secret land a set of transformation rules is applied to equations. Below are a few "
        "examples:\n" + "\n".join(lines)
        + f"\nNow, determine the result for: {left.translate(secret)}",
        right.translate(secret),
    )  # fmt: skip


def _equation(draw: random.Random, sign: str, meaning: str) -> tuple[str, str]:
    a, b = f"{draw.randint(10, 99)}", f"{draw.randint(10, 99)}"
    return f"{a}{sign}{b}", _OPERATIONS[meaning](a, b)
