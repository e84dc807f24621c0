"""Outputs that decline, or say they cannot, instead of doing the task."""

from __future__ import annotations

from collections.abc import Iterable

from tesuji.diagnose.finding import Finding
from tesuji.diagnose.observation import Observation


def detect_refusal(seen: Observation) -> Iterable[Finding]:
    """Not yet."""
    return ()
