"""A world outside, and sandboxes with layers left off."""

from __future__ import annotations

import asyncio
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tesuji.sandbox import Sandbox

sys.path.insert(0, str(Path(__file__).parent))

from world import KEY, World


@pytest.fixture(scope="module", autouse=True)
def own_place() -> Iterator[None]:
    """A place for temporary files that no other process makes sandboxes in."""
    patch = pytest.MonkeyPatch()
    with tempfile.TemporaryDirectory() as place:
        Path(place).chmod(0o755)
        patch.setenv("TMPDIR", place)
        patch.setattr(tempfile, "tempdir", place)
        yield
    patch.undo()


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """The outside, with a key in this process's environment."""
    patch = pytest.MonkeyPatch()
    patch.setenv("OPENAI_API_KEY", KEY)
    there = World(tmp_path_factory.mktemp("world"))
    yield there
    there.close()
    patch.undo()


@pytest.fixture(scope="module")
def loop() -> Iterator[asyncio.AbstractEventLoop]:
    """One event loop for a module."""
    with asyncio.Runner() as runner:
        yield runner.get_loop()


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    """A warm sandbox with all layers that this machine has."""
    warm = Sandbox()
    yield warm
    warm.shut()
