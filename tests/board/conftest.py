"""A competition that was played, and the board over it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

import tesuji as tj
from tesuji.board.app import make_app
from tesuji.board.guard import Gate

HOST = "127.0.0.1:8377"


@pytest.fixture(scope="session")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tutorial competition with three runs of 200 samples: base, told, and mended."""
    folder = tmp_path_factory.mktemp("board") / "reverse"
    task = tj.new(folder, like="llm-prompt-reverse").task
    base = tj.Entry("base", "nano", task.template)
    tj.run(task, entry=base)
    told = tj.derive(base, name="told", user="Reverse the string: {original}\nAnswer only.")
    tj.run(task, entry=told)
    tj.run(task, entry=tj.derive(base, name="mended", clean=["preamble"]))
    return folder


@pytest.fixture
def folder(finished: Path, tmp_path: Path) -> Path:
    """A copy of it."""
    return Path(shutil.copytree(finished, tmp_path / "reverse"))


@pytest.fixture(scope="session")
def gate() -> Gate:
    """Where the board is bound, as far as its headers go."""
    return Gate("127.0.0.1", 8377)


@pytest.fixture
def board(finished: Path, gate: Gate) -> Iterator[TestClient]:
    """The board over the finished competition, which tests leave as it is."""
    with open_board(finished, gate) as client:
        yield client


def open_board(folder: Path, gate: Gate) -> TestClient:
    """A browser, so to speak, that has nothing but the address without the token."""
    app = make_app(tj.load(folder), gate, patience=120.0)
    return TestClient(app, base_url=f"http://{HOST}", follow_redirects=False)
