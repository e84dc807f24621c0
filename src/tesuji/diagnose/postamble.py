"""Closing words that are no part of what was asked for."""

from __future__ import annotations

from collections.abc import Iterable

from tesuji.diagnose.finding import Finding
from tesuji.diagnose.observation import Observation


def detect_postamble(seen: Observation) -> Iterable[Finding]:
    """Not yet."""
    return ()


def clean_postamble(seen: Observation) -> str:
    """Without the closing words."""
    return seen.text
