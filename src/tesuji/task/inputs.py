"""Normalisers: what makes a sample's text fields plain before the prompt is rendered.

Each is a function from text to text that changes nothing the second time. They work on fields
alone: targets, ids and the prompt's own words stay as they are, so what must be given back letter
by letter (a span, a misspelt word) should be asked for without them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from html import unescape
from html.entities import html5
from types import MappingProxyType
from typing import TypeAlias, overload

from tesuji.errors import ConfigError
from tesuji.task.sample import Sample

Normaliser: TypeAlias = Callable[[str], str]

_BLOCKS = (
    "address|article|aside|blockquote|br|caption|center|dd|details|div|dl|dt|fieldset|figcaption|"
    "figure|footer|form|h[1-6]|head|header|hr|html|legend|li|main|nav|ol|option|p|pre|section|"
    "select|summary|table|tbody|tfoot|thead|title|tr|ul|body"
)
_INLINE = (
    "a|abbr|acronym|area|audio|b|base|bdi|bdo|big|button|canvas|cite|code|col|colgroup|data|"
    "datalist|del|dfn|em|embed|font|i|iframe|img|input|ins|kbd|label|link|map|mark|meta|noscript|"
    "object|param|picture|q|rp|rt|ruby|s|samp|small|source|span|strike|strong|sub|sup|svg|"
    "textarea|time|track|tt|u|var|video|wbr"
)
# A name alone, or with attributes: "a <b and c> d" is arithmetic, not a tag.
_TAG = re.compile(
    rf"</?(?:(?P<block>{_BLOCKS})|(?P<cell>td|th)|(?:{_INLINE}))(?:\s[^<>=]*=[^<>]*|\s*)/?>"
    r"|<!doctype[^<>]*>",
    re.IGNORECASE,
)
_HIDDEN = re.compile(r"<!--|-->|<(script|style)(?:\s[^<>]*)?>|</(script|style)\s*>", re.IGNORECASE)
_ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_MARKUP = re.compile("[<&]")
_LAYERS = 20  # of markup inside escaped markup; a web page that was quoted twice has three

_LINE_ENDS = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_SPACES = re.compile("[\t\x1c-\x1f\xa0\u1680\u2000-\u200a\u202f\u205f\u3000]")
_INNER_RUN = re.compile(r"(?<=[^ \n])  +")
_BEFORE_END = re.compile(r"(?<! ) +(?=\n|\Z)")
_BLANK_LINES = re.compile("\n{3,}")

_CONTROL = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\xad\u034f\u061c\u115f\u1160\u180e\u200b\u200e\u200f"
    "\u202a-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb\U000e0000-\U000e007f]"
)
_JOINER = re.compile("[\u200c\u200d]")


def nfkc(text: str) -> str:
    """Unicode's compatibility form NFKC: full-width letters and half-width kana become the usual
    ones, ligatures, circled numbers and composed marks their plain letters (UAX #15).

    >>> nfkc("ＡＢＣ　１２３ ｶﾞ ㌔")
    'ABC 123 ガ キロ'
    """
    return unicodedata.normalize("NFKC", text)


def whitespace(text: str) -> str:
    """One kind of space and of line end; runs of spaces within a line become one, of blank lines
    one; nothing stands at the ends of lines and of the text. Indentation stays: it may be code.

    >>> whitespace("  a\\u00a0 b \\r\\n\\r\\n\\r\\n    c  ")
    'a b\\n\\n    c'
    """
    text = _SPACES.sub(" ", _LINE_ENDS.sub("\n", text))
    if "  " in text:
        text = _INNER_RUN.sub(" ", text)
    return _BLANK_LINES.sub("\n\n", _BEFORE_END.sub("", text)).strip(" \n")


def html(text: str) -> str:
    """Without HTML tags, comments, scripts and styles, and with entities as what they stand for.

    Tags that begin a line or a block become a line end, table cells a space, others nothing. Only
    tags that HTML has are taken for such: `<think>` and `a < b` stay. Escaped markup is markup
    too, since nobody can tell the two apart the second time.

    >>> html("<p>H<sub>2</sub>O &amp; <b>a&lt;5</b></p>")
    'H2O & a<5'
    """
    if not _MARKUP.search(text):
        return text
    before = text
    for _ in range(_LAYERS):
        plain = _TAG.sub(_instead, _without_hidden(_ENTITY.sub(_meaning, text)))
        if plain == text:
            return text if text == before else text.strip("\n")
        text = plain
    return _MARKUP.sub("", text).strip("\n")  # a riddle, not a page: so no layer is left


def invisible(text: str) -> str:
    """Without characters that print as nothing: zero-width spaces, byte order marks, soft hyphens,
    controls, marks of direction, tags. Joiners within emoji and within words of the scripts that
    need them stay; tabs and line ends are left to `whitespace`.

    >>> invisible("\\ufeffco\\u00adop\\u200b")
    'coop'
    """
    if text.isascii() and text.isprintable():
        return text
    return _JOINER.sub(_needed, _CONTROL.sub("", text))


NORMALISERS: Mapping[str, Normaliser] = MappingProxyType(
    {"html": html, "invisible": invisible, "nfkc": nfkc, "whitespace": whitespace}
)
"""Every normaliser by name, in a sensible order of use."""


def check_inputs(names: Sequence[str]) -> None:
    """ConfigError for a name that is no normaliser's."""
    for name in names:
        if name not in NORMALISERS:
            raise ConfigError(
                f"there is no normaliser {name!r} for inputs; there are: {', '.join(NORMALISERS)}"
            )


def normalise(text: str, names: Sequence[str]) -> str:
    """`text` after the normalisers `names`, in that order. ConfigError for an unknown name.

    >>> normalise("<b>１</b>", ["html", "nfkc"])
    '1'
    """
    check_inputs(names)
    for name in names:
        text = NORMALISERS[name](text)
    return text


def prepare(sample: Sample, names: Sequence[str]) -> Sample:
    """The sample with its text fields normalised; id, target and other values stay."""
    if not names:
        return sample
    fields = {
        column: normalise(value, names) if isinstance(value, str) else value
        for column, value in sample.fields.items()
    }
    return replace(sample, fields=fields)


class Prepared(Sequence[Sample]):
    """Samples that are normalised when they are looked at: a pool of which a few are drawn."""

    def __init__(self, samples: Sequence[Sample], names: Sequence[str]) -> None:
        self._samples, self._names = samples, names

    @overload
    def __getitem__(self, at: int) -> Sample: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[Sample]: ...
    def __getitem__(self, at: int | slice) -> Sample | Sequence[Sample]:
        if isinstance(at, slice):
            return Prepared(self._samples[at], self._names)
        return prepare(self._samples[at], self._names)

    def __len__(self) -> int:
        return len(self._samples)

    # The same samples, not equal ones: what is made of a pool is kept for as long as it is used.
    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Prepared):
            return NotImplemented
        return self._samples is other._samples and tuple(self._names) == tuple(other._names)

    def __hash__(self) -> int:
        return hash((id(self._samples), tuple(self._names)))


def _meaning(match: re.Match[str]) -> str:
    found = match[0]
    known = found[1] == "#" or found[1:] in html5
    return unescape(found) if known else found


def _instead(match: re.Match[str]) -> str:
    return "\n" if match["block"] else " " if match["cell"] else ""


def _without_hidden(text: str) -> str:
    """Without comments, scripts and styles that are closed; one pass from left to right."""
    kept, position, opened, closer = [], 0, 0, ""
    for match in _HIDDEN.finditer(text):
        mark = match[0].lower()
        if not closer:
            if mark == "<!--":
                opened, closer = match.start(), "-->"
            elif match[1]:
                opened, closer = match.start(), match[1].lower()
        elif mark == closer or (match[2] or "").lower() == closer:
            kept.append(text[position:opened])
            position, closer = match.end(), ""
    return "".join((*kept, text[position:]))


def _needed(match: re.Match[str]) -> str:
    """The joiner, where it shapes what stands around it; else nothing."""
    text, at = match.string, match.start()
    if at == 0 or at + 1 == len(text):
        return ""
    before, after = text[at - 1], text[at + 1]
    if match[0] == "\u200d" and unicodedata.category(after) == "So":
        joins = before == "\ufe0f" or unicodedata.category(before) in ("So", "Sk")
    else:  # Arabic script, the Indic scripts, Mongolian: U+0600 to U+18AF
        joins = all("\u0600" <= c <= "\u18af" and unicodedata.category(c)[0] in "LM"
                    for c in (before, after))  # fmt: skip
    return match[0] if joins else ""
