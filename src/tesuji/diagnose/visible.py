"""Showing an output as it really is: invisible characters made visible, findings marked."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from itertools import pairwise

from tesuji.diagnose.finding import Finding, Kind

_NAMES = {
    "\u00a0": "NBSP", "\u00ad": "SHY", "\u034f": "CGJ", "\u061c": "ALM", "\u115f": "HCF",
    "\u1160": "HJF", "\u180e": "MVS", "\u200b": "ZWSP", "\u200c": "ZWNJ", "\u200d": "ZWJ",
    "\u200e": "LRM", "\u200f": "RLM", "\u2028": "LS", "\u2029": "PS", "\u202a": "LRE",
    "\u202b": "RLE", "\u202c": "PDF", "\u202d": "LRO", "\u202e": "RLO", "\u202f": "NNBSP",
    "\u2060": "WJ", "\u2066": "LRI", "\u2067": "RLI", "\u2068": "FSI", "\u2069": "PDI",
    "\u2800": "BLANK", "\u3000": "U+3000", "\u3164": "HF", "\ufeff": "BOM", "\uffa0": "HHF",
}  # fmt: skip
# What may need showing: controls, runs of spaces and those at a line's end, other spaces, format
# characters, fillers, lone surrogates, tags. Anything else is passed over by the C loop of `re`.
_SUSPECT = re.compile(
    r" {2,}| (?=[\r\n]|\Z)|[\x00-\x1f\x7f-\xa0\xad\u034f\u061c\u115f\u1160\u1680\u180e"
    r"\u2000-\u200f\u2028-\u202f\u205f-\u206f\u2800\u3000\u3164\ufeff\uffa0\ufff9-\ufffb"
    r"\ud800-\udfff\U000e0000-\U000e007f]"
)


def visible(text: str) -> str:
    """`text` with everything that prints as nothing, or moves the cursor, made visible.

    A newline is ⏎ and a newline, a tab ⇥, controls are their Unicode pictures (␛ for escape, so
    that no output can steer a terminal), spaces in a row or at a line's end are ·, all else is
    its short name or code point in ⟨⟩. Joiners within emoji and within words of scripts that
    need them stay.

    >>> visible("ok  \\u200b\\n")
    'ok··⟨ZWSP⟩⏎\\n'
    """
    return _SUSPECT.sub(_shown, text)


def _shown(match: re.Match[str]) -> str:
    found, text = match[0], match.string
    if found[0] == " ":
        return "·" * len(found)
    if found == "\n":
        return "⏎\n"
    if found == "\t":
        return "⇥"
    code = ord(found)
    if code < 0x20:
        return chr(0x2400 + code)
    if code == 0x7F:
        return "␡"
    if found in "\u200c\u200d" and _joins(text, match.start()):
        return found
    if 0xE0020 <= code <= 0xE007F and _in_flag(text, match.start()):
        return found
    return f"⟨{_NAMES.get(found) or f'U+{code:04X}'}⟩"


def _joins(text: str, at: int) -> bool:
    """Whether the joiner at `at` stands inside an emoji sequence or a word that needs it."""
    if at == 0 or at + 1 == len(text):
        return False
    before, after = text[at - 1], text[at + 1]
    if text[at] == "\u200d" and unicodedata.category(after) == "So":
        return before == "\ufe0f" or unicodedata.category(before) in ("So", "Sk")
    # Arabic script, the Indic scripts, Mongolian: U+0600 to U+18AF.
    return all("\u0600" <= c <= "\u18af" and unicodedata.category(c)[0] in "LM"
               for c in (before, after))  # fmt: skip


def _in_flag(text: str, at: int) -> bool:
    """Whether the tag character at `at` belongs to a flag such as that of Scotland.

    Such a flag has at most six tags; longer chains are hidden text.
    """
    for back in range(at - 1, max(at - 8, -1), -1):
        if text[back] == "\U0001f3f4":
            return True
        if not "\U000e0020" <= text[back] <= "\U000e007f":
            return False
    return False


def highlight(text: str, findings: Iterable[Finding]) -> list[tuple[str, Kind | None]]:
    """`text` cut into segments, each with the kind of the failure that covers it, or None.

    The segments joined are `text`. Where findings overlap, the one that begins last is shown
    (of those, the shortest): a preamble inside a text of the wrong format stays visible.
    """
    spans = sorted((f.start, -f.end, f.kind) for f in findings if f.start < f.end)
    edges = sorted({0, len(text), *(s for s, _, _ in spans), *(-e for _, e, _ in spans)})
    segments: list[tuple[str, Kind | None]] = []
    open_spans: list[tuple[int, int, Kind]] = []
    upcoming = 0
    for left, right in pairwise(edges):
        while upcoming < len(spans) and spans[upcoming][0] <= left:
            open_spans.append(spans[upcoming])
            upcoming += 1
        open_spans = [span for span in open_spans if -span[1] > left]
        kind = open_spans[-1][2] if open_spans else None
        if segments and segments[-1][1] == kind:
            segments[-1] = (segments[-1][0] + text[left:right], kind)
        else:
            segments.append((text[left:right], kind))
    return segments


def visible_parts(text: str, findings: Iterable[Finding]) -> list[tuple[str, Kind | None]]:
    """`highlight`, with each segment made `visible` as it stands in the whole text.

    The segments joined are `visible(text)`: a space before a cut is not taken for a line's end.
    """
    parts: list[tuple[str, Kind | None]] = []
    suspects = _SUSPECT.finditer(text)
    suspect, at = next(suspects, None), 0
    for segment, kind in highlight(text, findings):
        end, shown = at + len(segment), ""
        while suspect is not None and suspect.start() < end:
            first, last = max(at, suspect.start()), min(end, suspect.end())
            shown += text[at:first]
            # Only a run of spaces is longer than a character, and can be cut.
            shown += _shown(suspect) if len(suspect[0]) == 1 else "·" * (last - first)
            at = last
            if suspect.end() > end:
                break
            suspect = next(suspects, None)
        parts.append((shown + text[at:end], kind))
        at = end
    return parts
