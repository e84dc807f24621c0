"""Broken characters, literal escapes in prose, and token soup."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from tesuji.diagnose.finding import Finding
from tesuji.diagnose.mojibake import Broken, broken
from tesuji.diagnose.observation import Observation
from tesuji.diagnose.soup import soup_start

_REPLACEMENT = re.compile("\ufffd+")
_NEAR = 200  # characters between two broken places that are one stretch


def detect_garbled(seen: Observation) -> Iterable[Finding]:
    """Each garbled stretch: U+FFFD, mojibake, escapes, controls, and soup to the text's end."""
    text = seen.text
    if not text:
        return ()
    found = list(_lost(seen)) if not text.isascii() and "\ufffd" in text else []
    if stretches := broken(text, seen.prompt):
        found.extend(_joined(stretches))
    start = soup_start(seen)
    if start >= 0:
        found.append(Finding("garbled", start, len(text), "token soup", 0.8))
    return found


def _lost(seen: Observation) -> Iterator[Finding]:
    if "\ufffd" in seen.prompt:
        return
    start = end = -1
    for match in _REPLACEMENT.finditer(seen.text):
        if start >= 0 and match.start() - end > _NEAR:
            yield Finding("garbled", start, end, "characters lost (U+FFFD)", 0.95)
            start = -1
        if start < 0:
            start = match.start()
        end = match.end()
    # A character cut in two by the token limit is lost as well, but says little of the rest.
    confidence = 0.6 if end == len(seen.text) and end - start <= 3 else 0.95
    yield Finding("garbled", start, end, "characters lost (U+FFFD)", confidence)


def _joined(found: list[Broken]) -> Iterator[Finding]:
    """Findings of one kind near each other as one."""
    start = end = -1
    what, mendable = "", False
    for stretch in found:
        if start >= 0 and (stretch.start - end > _NEAR or stretch.what != what):
            yield Finding("garbled", start, end, what, 0.9, "unicode" if mendable else None)
            start = -1
        if start < 0:
            start, what, mendable = stretch.start, stretch.what, False
        end = stretch.end
        mendable = mendable or stretch.mended is not None
    if start >= 0:
        yield Finding("garbled", start, end, what, 0.9, "unicode" if mendable else None)


def clean_unicode(seen: Observation) -> str:
    """With mojibake and literal escapes turned back into what they stand for.

    Control and zero-width characters go. What cannot be told (U+FFFD, soup) stays as it is.
    """
    while True:
        pieces, position = [], 0
        for stretch in broken(seen.text, seen.prompt):
            if stretch.mended is not None:
                pieces += [seen.text[position : stretch.start], stretch.mended]
                position = stretch.end
        if not pieces:
            return seen.text
        seen = replace(seen, text="".join(pieces) + seen.text[position:])
