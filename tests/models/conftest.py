"""Fixtures for models: requests, and an environment without anybody's keys."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

import tesuji.models
from tesuji.models.base import Request, Sampling
from tesuji.models.retry import RetryPolicy
from tesuji.task.sample import Message


@pytest.fixture(autouse=True)
def no_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever runs the tests may have keys: none may be sent anywhere."""
    for name in ("OPENAI_API_KEY", "TESUJI_API_KEY"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def say() -> Callable[..., Request]:
    """Makes a request of one user message; keywords are those of Sampling, `n` and `index`."""

    def make(text: str, *, n: int = 1, index: int = 0, **sampling: object) -> Request:
        return Request((Message("user", text),), Sampling(**sampling), n, index)  # type: ignore[arg-type]

    return make


@pytest.fixture
def one_thread() -> None:
    """PyTorch's threads wait for each other actively: beside other work they crawl."""
    import torch

    torch.set_num_threads(1)


class Waits:
    """A clock that passes by waiting alone: what a client would have waited, in seconds."""

    def __init__(self) -> None:
        self.seconds: list[float] = []

    async def sleep(self, seconds: float) -> None:
        self.seconds.append(seconds)

    def clock(self) -> float:
        return sum(self.seconds)


@pytest.fixture
def waits() -> Waits:
    return Waits()


@pytest.fixture
def patient(waits: Waits) -> RetryPolicy:
    """Four tries, the longest possible waits, none of them waited for."""
    return RetryPolicy(
        tries=4, sleep=waits.sleep, uniform=lambda low, high: high,
        now=lambda: 1_700_000_000.0, clock=waits.clock,
    )  # fmt: skip


NANO = Path(tesuji.models.__path__[0]) / "nano"


@pytest.fixture(scope="session")
def nano() -> Path:
    """The folder of the built-in model."""
    return NANO


@pytest.fixture(scope="session")
def copy_of_nano() -> Callable[[Path], Path]:
    """Copies the built-in model to a folder that is not there yet."""

    def copy(folder: Path) -> Path:
        return Path(shutil.copytree(NANO, folder))

    return copy
