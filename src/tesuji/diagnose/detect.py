"""All detectors, run on one output."""

from __future__ import annotations

from tesuji.diagnose.echo import detect_echo
from tesuji.diagnose.empty import detect_empty
from tesuji.diagnose.finding import KINDS, Finding, Kind
from tesuji.diagnose.format import detect_format
from tesuji.diagnose.garbled import detect_garbled
from tesuji.diagnose.language import detect_language
from tesuji.diagnose.loop import detect_loop
from tesuji.diagnose.observation import Detector, Observation, observe
from tesuji.diagnose.postamble import detect_postamble
from tesuji.diagnose.preamble import detect_preamble
from tesuji.diagnose.refusal import detect_refusal
from tesuji.diagnose.truncated import detect_truncated
from tesuji.models.base import COMPUTED, Output, Request
from tesuji.task.formats.base import AnswerFormat

DETECTORS: tuple[tuple[Kind, Detector], ...] = (
    ("preamble", detect_preamble),
    ("postamble", detect_postamble),
    ("format", detect_format),
    ("language", detect_language),
    ("loop", detect_loop),
    ("truncated", detect_truncated),
    ("refusal", detect_refusal),
    ("empty", detect_empty),
    ("echo", detect_echo),
    ("garbled", detect_garbled),
)
"""Every detector with the kind that it finds, in the order of their findings."""

assert tuple(kind for kind, _ in DETECTORS) == KINDS


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
    if output.finish == COMPUTED:
        return []
    return findings_in(observe(output.text, output.finish, request, format, language))


def findings_in(seen: Observation) -> list[Finding]:
    """The findings of all detectors on one observation."""
    found: list[Finding] = []
    for _, detector in DETECTORS:
        found += detector(seen)
    return found
