"""Competition folders for the tests of this room."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

Write = Callable[..., Path]

TOML = """
name = "small"
metric = "exact"
[data]
train = "train.csv"
test = "test.csv"
target = "answer"
id = "id"
[prompt]
user = "Say {question}"
"""


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write a file of the temporary folder: text as UTF-8, bytes as they are."""

    def put(name: str, content: str | bytes) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return put


@pytest.fixture
def competition(write: Write) -> Path:
    """A small valid competition: ten training rows, two test rows."""
    rows = "".join(f"q{i},what is {i}?,word{i}\n" for i in range(10))
    write("train.csv", "id,question,answer\n" + rows)
    write("test.csv", "id,question\nt0,what is 10?\nt1,what is 11?\n")
    return write("competition.toml", TOML)
