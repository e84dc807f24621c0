"""Outputs that are not exactly what the answer format asks for."""

from __future__ import annotations

from collections.abc import Iterator

from tesuji.diagnose.empty import is_empty
from tesuji.diagnose.finding import Finding
from tesuji.diagnose.observation import Observation
from tesuji.task.formats.base import AnswerFormat


def mended(format: AnswerFormat, text: str) -> str | None:
    """`text` as exactly a right-shaped answer, if an answer can be found in it; else None."""
    answer = format.parse(text)
    if answer is None:
        return None
    rendered = format.render(answer)
    return rendered if format.check(rendered) is None else None


def detect_format(seen: Observation) -> Iterator[Finding]:
    """The whole text, where the format's own strict check gives a reason against it.

    An empty output is left to its own detector: it would break every format.
    """
    if seen.format is None:
        return
    reason = seen.format.check(seen.text)
    if reason is None or is_empty(seen):
        return
    fix = "format" if mended(seen.format, seen.text) is not None else None
    yield Finding("format", 0, len(seen.text), reason, fix=fix)


def clean_format(seen: Observation) -> str:
    """The answer alone, in exactly the right shape, where one can be found in the text."""
    finding = next(iter(detect_format(seen)), None)
    if finding is None or finding.fix is None or seen.format is None:
        return seen.text
    shaped = mended(seen.format, seen.text)
    return seen.text if shaped is None else shaped
