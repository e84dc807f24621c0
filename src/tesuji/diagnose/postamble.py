"""Closing words that are no part of what was asked for.

Two searches: how models take their leave (`leave_taking`), and notes about a deliverable where the
prompt asks for the deliverable alone (`notes`).

Not found: walk-through after code where the prompt asks anything more, closing tips, a request for
details, and sign-offs in mails and parts that were asked for.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from tesuji.diagnose.echo import answer_end
from tesuji.diagnose.finding import Finding
from tesuji.diagnose.leave_taking import leave_taking
from tesuji.diagnose.notes import notes_after
from tesuji.diagnose.observation import Observation


def detect_postamble(seen: Observation) -> Iterator[Finding]:
    """From the white space before the closing words to the end of the answer."""
    end = answer_end(seen)
    start, evidence, confidence = leave_taking(seen, end)
    noted, note = notes_after(seen, end if start < 0 else start)
    if noted >= 0:
        start, evidence, confidence = noted, note, max(confidence, 0.7)
    if start >= 0:
        yield Finding("postamble", start, end, evidence, confidence, "postamble")


def clean_postamble(seen: Observation) -> str:
    """Without the closing words."""
    while found := next(detect_postamble(seen), None):
        seen = replace(seen, text=seen.text[: found.start] + seen.text[found.end :])
    return seen.text
