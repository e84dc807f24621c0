"""Data for LLM Prompt Reverse: random strings of ten lower-case letters."""

from __future__ import annotations

import random
import string
from pathlib import Path

from tesuji.task.table import write_table

COLUMNS = ("original", "reverse")
LETTERS = 10


def generate(folder: Path, seed: int = 0, train: int = 300, test: int = 100) -> None:
    """Write `train.csv` and `test.csv` into `folder`; no string occurs twice."""
    draw = random.Random(seed)
    strings: dict[str, None] = {}
    while len(strings) < train + test:
        strings["".join(draw.choices(string.ascii_lowercase, k=LETTERS))] = None
    rows = [(text, text[::-1]) for text in strings]
    write_table(folder / "train.csv", COLUMNS, rows[:train])
    write_table(folder / "test.csv", COLUMNS, [(text, "") for text, _ in rows[train:]])
