"""A long output cut to what a finding is about."""

from __future__ import annotations

from dataclasses import replace

from tesuji.diagnose.finding import Finding


def excerpt(
    text: str, finding: Finding, *, around: int = 40, most: int = 200
) -> tuple[str, Finding]:
    """The text around a finding, with "…" for what is left out, and the finding moved with it.

    `around` characters are kept on each side; of a span longer than `most` its two ends.

    >>> text, moved = excerpt("a" * 9 + "Sure!" + "b" * 9, Finding("preamble", 9, 14, ""), around=3)
    >>> text, text[moved.start : moved.end]
    ('…aaaSure!bbb…', 'Sure!')
    """
    start, end = max(0, finding.start - around), min(len(text), finding.end + around)
    before, after = text[start : finding.start], text[finding.end : end]
    span = text[finding.start : finding.end]
    if len(span) > most:
        span = f"{span[: most // 2]} … {span[-most // 2 :]}"
    before = ("…" if start else "") + before
    after += "…" if end < len(text) else ""
    moved = replace(finding, start=len(before), end=len(before) + len(span))
    return before + span + after, moved
