"""All detectors, run on one output."""

from __future__ import annotations

from tesuji.diagnose.empty import detect_empty
from tesuji.diagnose.finding import Finding, Kind
from tesuji.diagnose.format import detect_format
from tesuji.diagnose.loop import detect_loop
from tesuji.diagnose.observation import Detector, Observation, last_user_text
from tesuji.diagnose.preamble import detect_preamble
from tesuji.diagnose.truncated import detect_truncated
from tesuji.models.base import Output, Request
from tesuji.task.formats.base import AnswerFormat

DETECTORS: tuple[tuple[Kind, Detector], ...] = (
    ("empty", detect_empty),
    ("preamble", detect_preamble),
    ("format", detect_format),
    ("truncated", detect_truncated),
    ("loop", detect_loop),
)
"""Every detector with the kind that it finds, in the order of their findings."""

CHECKED: tuple[Kind, ...] = tuple(kind for kind, _ in DETECTORS)
"""The kinds that are looked for."""


def diagnose(
    output: Output,
    request: Request | None = None,
    format: AnswerFormat | None = None,
    language: str | None = None,
) -> list[Finding]:
    """The failures seen in `output`. Linear time on any text; never raises on any text.

    `request` tells what was asked ("Yes," is no preamble after a yes/no question), `format` what a
    right answer looks like, `language` the ISO 639-1 code of the language it should be in; each
    may be unknown. Spans are character offsets into `output.text`.

    >>> [f.kind for f in diagnose(Output("Sure! Here is the word: level", "stop"))]
    ['preamble']
    """
    return findings_in(
        Observation(output.text, output.finish, last_user_text(request), format, language)
    )


def findings_in(seen: Observation) -> list[Finding]:
    """The findings of all detectors on one observation."""
    return [finding for _, detector in DETECTORS for finding in detector(seen)]
