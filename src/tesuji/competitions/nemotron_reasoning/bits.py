"""Puzzles on eight bits: shifts, rotations and logic, one or two of them in a row."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import TypeAlias

Operation: TypeAlias = Callable[[int], int]
_BYTE = 0xFF


def bits(draw: random.Random) -> tuple[str, str]:
    """A rule on eight bits, shown on eight inputs."""
    steps = [_operation(draw) for _ in range(draw.choice((1, 1, 2)))]

    def apply(value: int) -> str:
        for step in steps:
            value = step(value) & _BYTE
        return f"{value:08b}"

    *shown, asked = draw.sample(range(256), 9)
    lines = [f"{value:08b} -> {apply(value)}" for value in shown]
    return (
        "In a secret land a bit manipulation rule transforms 8-bit binary numbers. It is made of "
        "shifts, rotations, XOR, AND, OR and NOT.\n\nHere are some examples of input -> output:\n"
        + "\n".join(lines) + f"\n\nNow, determine the output for: {asked:08b}",
        apply(asked),
    )  # fmt: skip


def _operation(draw: random.Random) -> Operation:
    by, mask = draw.randint(1, 7), draw.randint(1, 255)
    kinds: tuple[Operation, ...] = (
        lambda x: _rotated(x, by),
        lambda x: x << by,
        lambda x: x >> by,
        lambda x: x ^ mask,
        lambda x: x & mask,
        lambda x: x | mask,
        lambda x: ~x,
        lambda x: x ^ _rotated(x, by),
        lambda x: x | _rotated(x, by),
        lambda x: x & _rotated(x, by),
    )
    return draw.choice(kinds)


def _rotated(value: int, by: int) -> int:
    return (value << by | value >> (8 - by)) & _BYTE
