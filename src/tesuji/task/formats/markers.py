"""Where a text says that its final answer follows: "The answer is", "A:", "####", 答え."""

from __future__ import annotations

import re

# Every gap is bounded, so that a match costs at most a constant number of steps a character.
_MARKER = re.compile(
    r"""
      \b[Aa](?:NSWER|nswer)s?\b [^\n.:：=?!]{0,60}?
      (?: \s?[:：=] | \b(?:is|are|was)\b (?:[ \t*_]{0,4}[:：])? )
    | <(?:final_)?answer>
    | ^[#*_ \t]{0,8} (?i:(?:(?:the|my)[ ])? (?:final[ ])? answer) [*_ \t]{0,8} $
    | ^[>*_ \t]{0,8} (?P<letter>A) [*_]{0,2} [:：]
    | \#{4}
    | (?:答え|解答|回答|正解|答案)[*_」】]{0,3} (?:[はわ是为為:：]|[ \t]{0,3}$)
    | ^[*_ \t]{0,8} 答 [:：]
    """,
    re.VERBOSE | re.MULTILINE,
)


def marker_ends(text: str, letter: bool = True) -> list[int]:
    """The offsets just behind each marker of a final answer.

    `letter=False` leaves out "A:", which is no marker where A is an option's label.
    """
    return [match.end() for match in _MARKER.finditer(text) if letter or not match["letter"]]


def after_last_marker(text: str) -> str | None:
    """What follows the last marker of a final answer; None where there is no marker."""
    ends = marker_ends(text)
    return text[ends[-1] :] if ends else None


def first_line(tail: str) -> str:
    """The first line of `tail` with anything but white space and markup on it, else ''."""
    for line in tail.split("\n", 20)[:20]:
        if line.strip(" \t\r*_$#:：=`"):
            return line.strip()
    return ""
