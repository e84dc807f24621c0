"""Mentions of labels in a text: "B", "(B)", "positive", 肯定.

Case and character width are ignored as far as the labels stay distinct. All labels are one
regular expression built as a trie, so that the time does not grow with their number.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from tesuji.task.formats.peel import peeled

_WIDE: dict[int, int | str] = {
    **{code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)},
    0x3000: " ",
}
# Letters of scripts that put spaces between words; Japanese labels have no such edges.
_LETTER = "0-9A-Za-z_\u00c0-\u024f\u0370-\u052f"
_IS_LETTER = re.compile(f"[{_LETTER}]")
_SEPARATOR = re.compile(
    r"(?:[\s,、，;>≻→/|&*_\"'`()\[\]{}.:：\-=＞・「」『』]|(?:and|or|then)(?![A-Za-z])|[0-9]{1,3}[.):．])*+"
)
# "A" and "I" are words too: they are labels only where no sentence goes on with them.
_ARTICLE = re.compile(
    r"[ \t]+(?!(?:is|was|and|or|because|since|as|for|due|given|with|seems|would)(?![A-Za-z]))[a-z]"
)
_NOT = re.compile(
    r"(?:\b(?:not|non|isn't|isn’t|never|neither|nor|rather than|instead of)"
    r"(?:[ \t]+(?:a|an|the|option|really|very|quite|so))?[\s*\"'“(-]{1,4})$",
    re.IGNORECASE,
)
_NOT_AFTER = re.compile(r"[」』\"')]?(?:では|じゃ|で)(?:は)?な[いくか]")


_WRAPPING = 60  # characters of markup and brackets around a label


@dataclass(frozen=True, slots=True)
class Mention:
    """A label in a text, with its span."""

    start: int
    end: int
    label: str


@dataclass(frozen=True, slots=True)
class LabelReader:
    """Finds one set of labels in texts; get one from `label_reader`."""

    labels: tuple[str, ...]
    keys: dict[str, str]
    pattern: re.Pattern[str]
    wide: bool
    any_case: bool
    longest: int

    def key(self, text: str) -> str:
        text = text.translate(_WIDE) if self.wide and not text.isascii() else text
        return text.lower() if self.any_case else text

    def plain(self, text: str) -> str:
        """`text` in the character width that `pattern` expects; the length stays."""
        return text.translate(_WIDE) if self.wide and not text.isascii() else text

    def alone(self, text: str) -> str | None:
        """The label that `text` is, but for markup, brackets and punctuation around it."""
        if len(text) > self.longest + _WRAPPING:
            return None
        for candidate in peeled(text, brackets=True):
            if candidate in self.labels:
                return candidate
            label = self.keys.get(self.key(candidate))
            if label is not None:
                return label
        return None

    def at(self, text: str, position: int) -> Mention | None:
        """The label that begins at `position` of a plain text."""
        match = self.pattern.match(text, position)
        return self._mention(match) if match else None

    def every(self, text: str) -> Iterator[Mention]:
        """All labels in a plain text, whatever they are used as."""
        return filter(None, map(self._mention, self.pattern.finditer(text)))

    def mentions(self, text: str) -> Iterator[Mention]:
        """Labels used as labels in a plain text: no articles, and none that is negated."""
        for mention in self.every(text):
            if self.is_label(text, mention) and not is_negated(text, mention):
                yield mention

    def is_label(self, text: str, mention: Mention) -> bool:
        """Whether a single letter is meant as a label: in its own case, and no article."""
        written = text[mention.start : mention.end]
        if len(written) > 1 or not (written.isascii() and written.isalpha()):
            return True
        return written == self.plain(mention.label) and not is_article(text, mention)

    def run(self, text: str, position: int = 0) -> tuple[tuple[str, ...], int]:
        """The distinct labels that follow one another from `position`, with nothing but
        separators between them, and where they end (with the separators behind)."""
        text = self.plain(text)
        found: dict[str, None] = {}
        while True:
            mention = self.at(text, position)
            if mention is None:
                position = _skipped(text, position)
                mention = self.at(text, position)
            if mention is None:
                return tuple(found), position
            found[mention.label] = None
            position = mention.end

    def _mention(self, match: re.Match[str]) -> Mention | None:
        """None for the few letters, such as U+017F, that `re` holds equal to another and
        `lower` does not."""
        label = self.keys.get(self.key(match[0]))
        return None if label is None else Mention(match.start(), match.end(), label)


def _skipped(text: str, position: int) -> int:
    match = _SEPARATOR.match(text, position)
    return match.end() if match else position


def is_article(text: str, mention: Mention) -> bool:
    """Whether a mention of "A" or "I" is the English word."""
    written = text[mention.start : mention.end]
    return written in ("A", "a", "I", "i") and bool(_ARTICLE.match(text, mention.end))


def is_negated(text: str, mention: Mention) -> bool:
    """Whether "not", "rather than", ではない … goes with a mention."""
    before = text[max(0, mention.start - 30) : mention.start]
    return bool(_NOT.search(before) or _NOT_AFTER.match(text, mention.end))


@lru_cache(maxsize=64)
def label_reader(labels: tuple[str, ...]) -> LabelReader:
    """The reader for `labels`, which are distinct."""

    def keys(wide: bool, any_case: bool) -> dict[str, str]:
        return {
            (w.lower() if any_case else w): label
            for label in labels
            for w in [label.translate(_WIDE) if wide else label]
        }

    for wide, any_case in ((True, True), (True, False), (False, True), (False, False)):
        by_key = keys(wide, any_case)
        if len(by_key) == len(labels):
            break
    flags = re.IGNORECASE if any_case else re.NOFLAG
    return LabelReader(
        labels,
        by_key,
        re.compile(_trie(list(by_key)), flags),
        wide,
        any_case,
        max(map(len, labels)),
    )


def _trie(words: Sequence[str]) -> str:
    """A regular expression for any of `words` between word edges, longest first."""
    root: dict[str, Any] = {}
    for word in words:
        node = root
        for character in word:
            node = node.setdefault(character, {})
        node[""] = {}
    branches = [_left_edge(c) + re.escape(c) + _branches(c, node) for c, node in root.items()]
    return "(?:" + "|".join(branches) + ")"


def _branches(last: str, node: dict[str, Any]) -> str:
    """What may follow `last`; recursion depth is a label's length, which is bounded by use."""
    prefix = ""
    while len(node) == 1 and "" not in node:
        ((last, node),) = node.items()
        prefix += re.escape(last)
    options = [re.escape(c) + _branches(c, child) for c, child in node.items() if c]
    if "" in node:
        options.append(_right_edge(last))
    return prefix + (f"(?:{'|'.join(options)})" if len(options) > 1 else options[0])


def _left_edge(first: str) -> str:
    if first.isdigit():
        return rf"(?<![{_LETTER}])(?<![0-9]\.)(?<![-−])"
    return f"(?<![{_LETTER}])" if _IS_LETTER.match(first) else ""


def _right_edge(last: str) -> str:
    if last.isdigit():
        return rf"(?![{_LETTER}])(?!\.[0-9])"
    return rf"(?![{_LETTER}])(?!['’][a-z])" if _IS_LETTER.match(last) else ""
