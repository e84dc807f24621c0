"""A failure marked in the text around it."""

from __future__ import annotations

from rich.text import Text

from tesuji.diagnose import Finding, excerpt, visible

COLOURS = {
    "preamble": "yellow", "postamble": "yellow", "format": "magenta", "language": "blue",
    "loop": "red", "truncated": "red", "refusal": "magenta", "empty": "red", "echo": "cyan",
    "garbled": "red",
}  # fmt: skip
"""Of each kind of failure."""


def marked(text: str, finding: Finding, *, around: int, most: int) -> Text:
    """What the finding is about, on one row, between brackets ⟦ ⟧ (seen without colours too).

    `around` characters are shown on each side; of a longer span than `most` its two ends.
    """
    colour = COLOURS[finding.kind]
    text, moved = excerpt(text, finding, around=around, most=most)
    before, inside, after = text[: moved.start], text[moved.start : moved.end], text[moved.end :]
    shown = Text(_row(before, inside)).append("⟦", colour)
    shown.append(_row(inside, after), f"black on {colour}").append("⟧", colour)
    return shown.append(_row(after, ""))


def _row(part: str, follows: str) -> str:
    """A part of a text on one row, all of it visible; a space before more words is a plain one."""
    seen = visible(part + follows[:1])
    return seen.removesuffix(visible(follows[:1])).replace("\n", " ")
