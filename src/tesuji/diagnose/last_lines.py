"""The last line of a text, and the lines above it: what several kinds of endings ask of them."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TypeAlias

Sign: TypeAlias = tuple[str, float]
"""What shows that a text is cut, and how surely."""

ITEM = re.compile(
    r"[ \t]*(?:[-*+•・●]"
    r"|\(?\d{1,3}(?:\.\d{1,3}){0,3}[.)、．:：]|[a-zA-Z](?:\)|[.](?=\s|$))|#{1,6}[ \t]"
    r"|[|>])[ \t]*"
)
HEADING = re.compile(r"[ \t]*#{1,6}[ \t]")
BARE_LINE = re.compile(
    r"#[^\W\d]|https?://|www\.|\S@\S|\\\]|\$(?!\d)|\\boxed"
    r"|^[A-Z][\w ]{0,30}: ?[^\n]{0,40}$|[=≈→]|^[-–—*_]+$",
    re.MULTILINE,
)
# It begins with one set of characters, so that the search skips fast.
SENTENCE_END = re.compile(
    r"[.!?。！？।॥؟](?:[\"”’')\]*_]{0,3}(?:\s+|\[\d+\]\s*)(?=[^\s\d])"
    r"|(?<=[。！？!?])[」』”）)]{0,3}(?=[^\s。！？」』”）)]))"
)
_OPEN = {"(": ")", "（": "）", "「": "」", "『": "』", "“": "”", "[": "]", "【": "】", "{": "}"}
_VERSE = re.compile(
    r"\b(?:poem|haiku|lyrics?|song|verse|rap|limerick|sonnet|acrostic|title|headline"
    r"|hashtags?)\b|詩|俳句|短歌|川柳|歌詞|タイトル|诗|詩|歌词|句|对联|标题",
    re.IGNORECASE,
)
_UNPUNCTUATED = re.compile(
    r"\b(?:no|without|avoid|any|not (?:use|include|contain))\b[^.\n]{0,30}\b(?:punctuation"
    r"|commas?|periods?|full stops?|dots?)\b|句読点|句点|標點|标点|句号"
    r"|\b(?:sans|pas|[eé]vit\w+|aucune?|sin|no|ningun\w*|ohne|keine?)\b[^.\n]{0,40}\b(?:virgules?"
    r"|ponctuation|comas?|puntuación|kommas?|satzzeichen)\b|virgules?[^.\n]{0,30}(?:interdit|évit)",
    re.IGNORECASE,
)


def is_listed(line: str) -> bool:
    """Whether the line is a list item, a table row, an address: such end bare."""
    return bool(ITEM.match(line) or BARE_LINE.search(line))


@lru_cache(maxsize=4096)
def ends_bare(prompt: str) -> bool:
    """Whether the prompt forbids punctuation."""
    return _UNPUNCTUATED.search(prompt[-1_500:]) is not None


@lru_cache(maxsize=4096)
def asks_for_verse(prompt: str) -> bool:
    """Whether the prompt asks for what has no sentences: verse, a title, hashtags."""
    return _VERSE.search(prompt[:1_500]) is not None


def siblings(body: str, line: str, item: bool) -> bool:
    """Whether the lines above, of the same kind, end with a full stop: two, or the only one.

    A short line without one may be a heading; with one it is a sentence, and characters of
    Japanese and Chinese say twice as much.
    """
    ended = bare = 0
    for other in body[: len(body) - len(line)].split("\n")[-14:]:
        other = other.strip().rstrip("*_")
        if len(other) < 15 or other[0] == "#" or bool(ITEM.match(other)) != item:
            continue
        if other[-1] in '.!?。！？"”’)…':
            if len(other) >= 30 or not other.isascii():
                # A long item is a paragraph, and as good as two short ones.
                ended += 2 if len(other) > 100 else 1
        elif other[-1] not in ":：" and len(other) >= 30:
            bare += 1
    least = 1 if len(line.split()) >= 10 else 2
    return ended >= least and bare == 0 if item else ended > 2 * bare


def never_closed(tail: str) -> str | None:
    for opening, closing in _OPEN.items():
        if opening in tail and tail.rfind(opening) > tail.rfind(closing):
            return repr(opening)
    return None
