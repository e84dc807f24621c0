"""The prompt said again, invented further turns, leaked template tokens."""

from __future__ import annotations

from collections.abc import Iterable

from tesuji.diagnose.finding import Finding
from tesuji.diagnose.observation import Observation


def detect_echo(seen: Observation) -> Iterable[Finding]:
    """Not yet."""
    return ()


def clean_echo(seen: Observation) -> str:
    """Without echoed turns and template tokens."""
    return seen.text
