"""Problems with whole answers from 0 to 999, drawn by a seed: twenty-one kinds, five levels.

They are our own, shaped like those of the AI Mathematical Olympiad (id, problem, answer), and much
easier than its own: level 1 is school, level 5 wants a short program or a known theorem.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from itertools import count
from pathlib import Path

from tesuji.competitions.math_olympiad import counting, numbers
from tesuji.task.table import write_table

COLUMNS = ("id", "problem", "answer", "level")
LEVELS = 5
KINDS: Mapping[str, Callable[[random.Random, int], tuple[str, int]]] = {
    kind.__name__: kind
    for kind in (
        numbers.arithmetic, counting.paths, numbers.power, counting.polygon, numbers.recurrence,
        counting.system, numbers.divisors, counting.solutions, numbers.remainders,
        counting.triangle, numbers.zeros, counting.coins, numbers.multiples, counting.strings,
        numbers.inverse, counting.circle, numbers.digits, counting.fixed_points,
        numbers.powers_sum, counting.colourings, counting.roots,
    )
}  # fmt: skip


def generate(folder: Path, seed: int = 0, train: int = 210, test: int = 50) -> None:
    """Write `train.csv` and `test.csv` into `folder`; kinds and levels take turns. No problem is
    twice, so where there are few of a kind it is left out in the end."""
    draw = random.Random(seed)
    made: dict[str, tuple[int, int]] = {}
    kinds = [*KINDS.values()]
    for turn in count():
        if len(made) == train + test:
            break
        level = turn % LEVELS + 1  # 5 and 21 share no factor: every kind has every level
        problem, answer = kinds[turn % len(kinds)](draw, level)
        made.setdefault(problem, (answer, level))
    ids = draw.sample(range(16**6), train + test)
    rows = [(f"{id:06x}", text, *rest) for id, (text, rest) in zip(ids, made.items(), strict=True)]
    draw.shuffle(rows)
    write_table(folder / "train.csv", COLUMNS, rows[:train])
    write_table(folder / "test.csv", COLUMNS[:2], [row[:2] for row in rows[train:]])
