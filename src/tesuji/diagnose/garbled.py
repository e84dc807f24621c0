"""Broken characters and word salad."""

from __future__ import annotations

from collections.abc import Iterable

from tesuji.diagnose.finding import Finding
from tesuji.diagnose.observation import Observation


def detect_garbled(seen: Observation) -> Iterable[Finding]:
    """Not yet."""
    return ()


def clean_unicode(seen: Observation) -> str:
    """With mojibake and literal escapes turned back into what they stand for."""
    return seen.text
