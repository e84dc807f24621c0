"""Games of twenty questions: keywords of our own making, partners of many habits.

The keywords are the likeliest nouns of the built-in lexicon; none of the contest's is copied.
"""

from __future__ import annotations

import random
from pathlib import Path

from tesuji.games.lexicon import built_in
from tesuji.games.partners import ANSWERERS, ASKERS
from tesuji.task.table import write_table

CATEGORY = "things"
KEYWORDS = 800
MODEL = "model"
"""The partner that is the entry's own model."""


def generate(folder: Path, seed: int = 0, train: int = 143, test: int = 13) -> None:
    """Write `keywords.csv`, `train.csv` and `test.csv` into `folder`; the partners take turns."""
    listed = built_in(CATEGORY, KEYWORDS)
    weights = [f"{weight:.6g}" for weight in listed.prior * len(listed)]
    write_table(
        folder / "keywords.csv",
        ("keyword", "weight"),
        list(zip(listed.words, weights, strict=True)),
    )
    draw = random.Random(seed)
    partners = [("guesser", kind) for kind in (*ANSWERERS, MODEL)]
    partners += [("answerer", kind) for kind in ASKERS]
    keywords = draw.choices(listed.words, k=train + test)
    rows = [
        (str(at), *partners[at % len(partners)], CATEGORY, str(draw.randrange(10**6)), keyword)
        for at, keyword in enumerate(keywords)
    ]
    columns = ("id", "role", "partner", "category", "seed", "keyword")
    write_table(folder / "train.csv", columns, rows[:train])
    write_table(folder / "test.csv", columns[:-1], [row[:-1] for row in rows[train:]])
