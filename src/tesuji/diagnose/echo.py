"""The prompt said again, invented further turns, leaked template tokens."""

from __future__ import annotations

from collections.abc import Iterable

from tesuji.diagnose.finding import Finding
from tesuji.diagnose.observation import Observation, fact


@fact
def answer_end(seen: Observation) -> int:
    """Where invented turns or leaked tokens begin after the answer; the text's length if none."""
    return len(seen.text)


def detect_echo(seen: Observation) -> Iterable[Finding]:
    """Not yet."""
    return ()


def clean_echo(seen: Observation) -> str:
    """Without echoed turns and template tokens."""
    return seen.text
