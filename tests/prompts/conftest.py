"""Competitions to put prompts together for."""

from __future__ import annotations

from pathlib import Path

import pytest

import tesuji as tj
from tesuji.task.task import Task


def make_task(
    folder: Path, user: str, *, target: str = "answer", rows: list[str] | None = None,
    extra: str = "", format: str = 'format = "text"', column: str = "question",
) -> Task:  # fmt: skip
    """A task of twenty rows in each split."""
    lines = rows or [f"q{n},a{n}" for n in range(40)]
    head = f"{column},{target}"
    (folder / "train.csv").write_text("\n".join([head, *lines[:20]]) + "\n", encoding="utf-8")
    (folder / "dev.csv").write_text("\n".join([head, *lines[20:]]) + "\n", encoding="utf-8")
    (folder / "competition.toml").write_text(
        f'name = "x"\nmetric = "exact"\nmodel = "nano"\n{extra}\n[data]\ntrain = "train.csv"\n'
        f'dev = "dev.csv"\ntarget = "{target}"\n[answer]\n{format}\n'
        f'[prompt]\nuser = """{user}"""\n',
        encoding="utf-8",
    )
    return tj.load(folder)


@pytest.fixture
def reverse(tmp_path: Path) -> Task:
    tj.new(tmp_path / "lpr", like="llm-prompt-reverse")
    return tj.load(tmp_path / "lpr")
