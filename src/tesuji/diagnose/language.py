"""Words in another language than the one that was asked for."""

from __future__ import annotations

from collections.abc import Iterable

from tesuji.diagnose.finding import Finding
from tesuji.diagnose.observation import Observation, fact


@fact
def expected_language(seen: Observation) -> str | None:
    """The ISO 639-1 code of the language that the answer should be in; None where unknown."""
    return seen.language


def detect_language(seen: Observation) -> Iterable[Finding]:
    """Not yet."""
    return ()
