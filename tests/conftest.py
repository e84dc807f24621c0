"""Fixtures for all tests."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[2] / "shared"


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real data beside the checkout; a clone that stands alone skips the test."""
    if (SHARED / "data").is_dir():
        return SHARED
    if os.environ.get("TESUJI_REQUIRE_SHARED"):
        pytest.fail(f"the shared data must be at {SHARED}")
    pytest.skip("needs the shared data beside the checkout")
