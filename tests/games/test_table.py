"""The question table: stored, mapped, averaged, filled by models and resumed."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tesuji.errors import (
    CapabilityError,
    DataError,
    InputError,
    ModelUnavailableError,
    RequestFailedError,
)
from tesuji.games.filling import build, fill
from tesuji.games.table import (
    CERTAIN,
    OPEN,
    QuestionTable,
    as_cells,
    average,
    create,
    open_table,
    save,
)  # fmt: skip
from tesuji.models.base import Capability, Output, Request
from tesuji.task.sample import Message

WORDS = ("apple", "bridge", "猫")
ASKED = ("Is it alive?", "Is it big?")


class Knows:
    """A small model that knows one fact; fails for good on some requests."""

    uri = identity = "knows"
    concurrency = 2

    def __init__(self, *, scores: bool = True, fails: str = "\n", dies_at: int = 10**9) -> None:
        self.capabilities: frozenset[Capability] = frozenset(
            {"score", "generate"} if scores else {"generate"}
        )
        self.fails, self.dies_at, self.asked = fails, dies_at, 0

    async def ready(self) -> None: ...
    async def close(self) -> None: ...

    async def generate(self, request: Request) -> Output:
        return Output("Yes." if self._alive(request.messages) else "No, I think", "stop")

    async def score(self, prompt: Sequence[Message], choices: Sequence[str]) -> list[float]:
        yes = 0.75 if self._alive(prompt) else 0.25
        return [math.log(yes), math.log(1 - yes)]

    async def embed(self, texts: Sequence[str]) -> np.ndarray:
        raise CapabilityError("no")

    def _alive(self, prompt: Sequence[Message]) -> bool:
        self.asked += 1
        text = prompt[-1].content
        if self.asked > self.dies_at:
            raise ModelUnavailableError("gone")
        if self.fails in text.replace("\nQuestion", ""):
            raise RequestFailedError("refused")
        return "apple" in text or "猫" in text


def test_a_table_comes_back_from_disk_mapped(tmp_path: Path) -> None:
    table = QuestionTable(WORDS, ASKED, as_cells(np.array([[1, 0, 0.5], [np.nan, 1, 0.25]])))
    save(tmp_path / "t", table)
    found = open_table(tmp_path / "t")
    assert isinstance(found.cells, np.memmap)
    assert (found.keywords, found.questions) == (WORDS, ASKED)
    assert found.chances(1) == pytest.approx([0.5, 1, 0.25], abs=0.002)


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 9), st.integers(1, 9), st.integers(0, 5))
def test_sums_are_what_numpy_says(questions: int, keywords: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    cells = rng.integers(0, 256, (questions, keywords), np.uint8)
    table = QuestionTable(
        tuple(map(str, range(keywords))), tuple(map(str, range(questions))), cells
    )
    chosen = rng.permutation(keywords)[: max(1, keywords // 2)]
    weights = rng.random((len(chosen), 3), np.float32)
    p = np.where(cells == OPEN, 0.5, cells / CERTAIN)[:, chosen]
    first, second = table.sums(chosen, weights)
    assert first == pytest.approx(p @ weights, abs=1e-4)
    assert second == pytest.approx(p**2 @ weights, abs=1e-4)


def test_large_tables_are_summed_in_parts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tesuji.games.table._CHUNK", 10)
    table = create(tmp_path, [f"k{i}" for i in range(7)], [f"q{i}?" for i in range(13)])
    assert (table.cells == OPEN).all()
    table.cells[:] = CERTAIN
    first, _ = table.sums(None, np.ones((7, 1), np.float32))
    assert first.ravel().tolist() == [7.0] * 13


def test_a_folder_keeps_one_table(tmp_path: Path) -> None:
    create(tmp_path, WORDS, ASKED).cells[0, 0] = 3
    assert create(tmp_path, WORDS, ASKED).cells[0, 0] == 3
    with pytest.raises(DataError, match="other keywords"):
        create(tmp_path, WORDS[:2], ASKED)


@pytest.mark.parametrize("broken", ["table.npy", "names.json"])
@pytest.mark.parametrize("content", [None, b"", b"{}", b"\x93NUMPY"])
def test_broken_folders_are_named(tmp_path: Path, broken: str, content: bytes | None) -> None:
    save(tmp_path, QuestionTable(WORDS, ASKED, np.zeros((2, 3), np.uint8)))
    (tmp_path / broken).unlink()
    if content is not None:
        (tmp_path / broken).write_bytes(content)
    with pytest.raises(DataError, match="question table"):
        open_table(tmp_path)


def test_tables_that_do_not_fit() -> None:
    with pytest.raises(InputError):
        QuestionTable(WORDS, ASKED, np.zeros((3, 2), np.uint8))
    with pytest.raises(InputError):
        as_cells(np.array([1.2]))
    with pytest.raises(InputError):
        average([])
    one = QuestionTable(WORDS, ASKED, np.zeros((2, 3), np.uint8))
    with pytest.raises(InputError):
        average([one, QuestionTable(WORDS[::-1], ASKED, one.cells)])


def test_an_average_leaves_out_what_is_open() -> None:
    first = QuestionTable(WORDS, ASKED, as_cells(np.array([[1, 0, np.nan], [0, 0, 0]])))
    second = QuestionTable(WORDS, ASKED, as_cells(np.array([[0, np.nan, np.nan], [1, 1, 1]])))
    mean = average([first, second], [3, 1])
    assert mean.cells[0, 2] == OPEN
    assert mean.chances(0)[:2] == pytest.approx([0.75, 0], abs=0.003)
    assert mean.chances(1) == pytest.approx([0.25] * 3, abs=0.003)


@pytest.mark.parametrize(("scores", "yes", "no"), [(True, 0.75, 0.25), (False, 0.9, 0.1)])
def test_a_model_fills_a_table(tmp_path: Path, scores: bool, yes: float, no: float) -> None:
    table = create(tmp_path, WORDS, ASKED)
    told: list[tuple[int, int]] = []
    left = asyncio.run(
        fill(table, Knows(scores=scores), progress=lambda n, of: told.append((n, of)))
    )
    assert left == 0
    assert told[-1] == (6, 6)
    assert open_table(tmp_path).chances(1) == pytest.approx([yes, no, yes], abs=0.003)


def test_what_fails_stays_open_and_is_asked_again(tmp_path: Path) -> None:
    table = create(tmp_path, WORDS, ASKED)
    assert asyncio.run(fill(table, Knows(fails="bridge"))) == 2
    assert (table.cells == OPEN).sum() == 2
    second = Knows()
    assert asyncio.run(fill(table, second)) == 0
    assert second.asked == 2


def test_cut_off_work_is_kept(tmp_path: Path) -> None:
    with pytest.raises(ModelUnavailableError):
        asyncio.run(fill(create(tmp_path, WORDS, ASKED), Knows(dies_at=4)))
    model = Knows()
    asyncio.run(fill(create(tmp_path, WORDS, ASKED), model))
    assert model.asked == 2
    assert not (open_table(tmp_path).cells == OPEN).any()


def test_building_from_the_built_in_model(tmp_path: Path) -> None:
    table = build(tmp_path, WORDS[:2], ASKED, ["nano"])
    assert not (table.cells == OPEN).any()
    assert open_table(tmp_path).cells.tolist() == table.cells.tolist()
    for models, prompt in (([], "{keyword} {question}"), (["nano"], "Is it?")):
        with pytest.raises(InputError):
            build(tmp_path, WORDS, ASKED, models, prompt=prompt)
