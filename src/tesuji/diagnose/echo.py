"""The prompt said again, invented further turns, leaked template tokens."""

from __future__ import annotations

from collections.abc import Iterable

from tesuji.diagnose.finding import Finding
from tesuji.diagnose.observation import Observation, fact
from tesuji.diagnose.turns import first_token, first_turn


@fact
def answer_end(seen: Observation) -> int:
    """Where invented turns or leaked tokens begin after the answer; the text's length if none."""
    text = seen.text
    found = [at for at in (first_token(text, seen.prompt), first_turn(text, seen.prompt)) if at > 0]
    end = min(found, default=len(text))
    return end if text[:end].strip() else len(text)


def detect_echo(seen: Observation) -> Iterable[Finding]:
    """Not yet."""
    return ()


def clean_echo(seen: Observation) -> str:
    """Without echoed turns and template tokens."""
    return seen.text
