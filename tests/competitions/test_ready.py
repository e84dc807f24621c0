"""Ready-made competitions: what is made, and that nothing of the user's is harmed."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tesuji.competitions import READY, create_competition
from tesuji.errors import InputError
from tesuji.task.task import load


@pytest.mark.parametrize("name", READY)
def test_a_ready_competition_loads(tmp_path: Path, name: str) -> None:
    create_competition(name, tmp_path / "made")
    task = load(tmp_path / "made")
    assert task.name == name and task.train and task.dev and task.test
    assert all(sample.target is None for sample in task.test)
    assert task.submission is not None


def test_the_strings_are_as_the_competition_says(tmp_path: Path) -> None:
    create_competition("llm-prompt-reverse", tmp_path)
    task = load(tmp_path)
    samples = [*task.train, *task.dev, *task.test]
    texts = [sample.fields["original"] for sample in samples]
    assert len(set(texts)) == len(texts) == 400
    assert all(re.fullmatch("[a-z]{10}", text) for text in texts)
    for sample in [*task.train, *task.dev]:
        assert sample.target == sample.fields["original"][::-1]


def test_the_same_seed_makes_the_same_data(tmp_path: Path) -> None:
    for name, seed in (("a", 0), ("b", 0), ("c", 1)):
        create_competition("llm-prompt-reverse", tmp_path / name, seed)
    a, b, c = ((tmp_path / name / "data" / "train.csv").read_bytes() for name in "abc")
    assert a == b != c


def test_what_is_there_stays(tmp_path: Path) -> None:
    for there in ("competition.toml", "data/train.csv", "data/test.csv"):
        folder = tmp_path / there.replace("/", "-")
        path = folder / there
        path.parent.mkdir(parents=True)
        path.write_text("mine")
        with pytest.raises(InputError, match="exists"):
            create_competition("llm-prompt-reverse", folder)
        assert [p for p in folder.rglob("*") if p.is_file()] == [path]
        assert path.read_text() == "mine"


def test_an_unknown_one_names_those_there_are(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="llm-prompt-reverse"):
        create_competition("../etc", tmp_path / "x")
    assert not (tmp_path / "x").exists()
