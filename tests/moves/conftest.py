"""Competitions whose "models" are files of recorded outputs: each test writes what they say."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

import tesuji as tj

TOML = """
name = "words"
metric = "accuracy"
[data]
train = "train.csv"
dev = "dev.csv"
id = "id"
target = "answer"
[answer]
format = "text"
pattern = "[a-z]+"
[prompt]
user = "{question}"
"""
SIZE = 60


class Bench:
    """A competition of sixty questions, `q0` to `q59`, whose answers are `ans` and a letter."""

    def __init__(self, folder: Path, question: Callable[[int], str], extra: str = "") -> None:
        self.folder = folder
        rows = [f'{n},"{question(n)}",{answer(n)}' for n in range(SIZE)]
        (folder / "train.csv").write_text('id,question,answer\nt,"w?",w\n', encoding="utf-8")
        text = "id,question,answer\n" + "\n".join(rows) + "\n"
        (folder / "dev.csv").write_text(text, encoding="utf-8")
        (folder / "competition.toml").write_text(TOML + extra)
        self.task = tj.load(folder)

    def record(self, said: Sequence[tuple[str, str]], name: str = "base") -> tj.Entry:
        """An entry whose model says these (prompt, output); one prompt may have several draws."""
        self.outputs = self.folder / f"{name}.jsonl"
        lines = [json.dumps({"prompt": prompt, "output": output}) for prompt, output in said]
        self.outputs.write_text("\n".join(lines) + "\n")
        return tj.Entry(name, f"replay:{self.outputs}", self.task.template)


def answer(n: int) -> str:
    """The right answer to question n."""
    return "ans" + "abcdefghij"[n % 10]


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path, lambda n: f"q{n}")
