"""Words in another language than the one that was asked for."""

from __future__ import annotations

from collections.abc import Iterable

from tesuji.diagnose.finding import Finding
from tesuji.diagnose.observation import Observation


def detect_language(seen: Observation) -> Iterable[Finding]:
    """Not yet."""
    return ()
