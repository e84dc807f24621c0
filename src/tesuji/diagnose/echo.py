"""The prompt said again, invented further turns, leaked template tokens."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from tesuji.diagnose.copies import Copy, copied_input, copies
from tesuji.diagnose.empty import says_something
from tesuji.diagnose.finding import Finding
from tesuji.diagnose.observation import Observation, fact
from tesuji.diagnose.turns import THINK, first_turn, leading_label, tokens


@fact
def _tokens(seen: Observation) -> list[tuple[int, int, bool]]:
    return tokens(seen.text, seen.prompt)


@fact
def answer_end(seen: Observation) -> int:
    """Where invented turns or trailing template tokens begin; the text's length if none do."""
    text = seen.text
    turn = first_turn(text, seen.prompt)
    ends = [turn] if turn > 0 else []
    position, said = 0, False
    for start, stop, is_last in _tokens(seen):
        said = said or says_something(text[position:start])
        if is_last and said:
            ends.append(start)
            break
        position = stop
    return min(ends, default=len(text))


def detect_echo(seen: Observation) -> Iterable[Finding]:
    """Copies of the prompt, leaked labels and tokens, and all that follows the answer's end."""
    return list(_findings(seen)) if seen.text else ()


def _findings(seen: Observation) -> Iterator[Finding]:
    text = seen.text
    end = answer_end(seen)
    if label := leading_label(seen):
        yield Finding("echo", 0, label, f"starts with {text[:label].strip()!r}", 0.8, "echo")
    for copy in _copies(seen):
        yield Finding("echo", copy.start, copy.end, f"says {copy.what} again", 0.8, "echo")
    for start, stop, _ in _tokens(seen):
        if start >= end:
            break
        yield Finding("echo", start, stop, f"template token {text[start:stop]!r}", 1.0, "echo")
    if (
        "<" in text
        and "think" in text
        and (match := THINK.search(text))
        and match[0] not in seen.prompt
    ):
        close = text.rfind("</think")
        stop = text.find(">", close) + 1 if close >= 0 else len(text)
        yield Finding("echo", 0, stop, "thinking left in the answer", 0.4, "echo")
    if end < len(text):
        first = text[end:].lstrip()[:24].split("\n")[0]
        yield Finding("echo", end, len(text), f"goes on with {first!r}", 0.9, "echo")


def _copies(seen: Observation) -> list[Copy]:
    found = copies(seen.text, seen.prompt, seen.system)
    if not found and (copy := copied_input(seen.text, seen.prompt)):
        found = [copy]
    return found


def clean_echo(seen: Observation) -> str:
    """Without copies of the prompt, invented turns and template tokens.

    Nothing is taken away where nothing would be left that says anything.
    """
    while spans := [(f.start, f.end) for f in detect_echo(seen) if f.fix == "echo"]:
        pieces, position = [], 0
        for start, end in sorted(spans):
            pieces.append(seen.text[position : max(position, start)])
            position = max(position, end)
        rest = ("".join(pieces) + seen.text[position:]).strip()
        if rest == seen.text or not says_something(rest):
            return seen.text
        seen = replace(seen, text=rest)
    return seen.text
