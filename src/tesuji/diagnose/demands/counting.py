"""Counting what people count, with the fewest and the most that a careful person may find.

Words in hyphens, headings, list numbers: two people rarely count alike. A demand is broken only
where both counts break it.
"""

from __future__ import annotations

import re

_WORD = re.compile(r"[^\W_](?:[\w'’.,-]*[^\W_])?")
_SPLIT_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")
_STOP = re.compile(r"[.!?…]+[\"'”’)\]*_]*(?=\s+[\"'“‘(\[*_]*[A-Z0-9\u00c0-\u00de]|\s*$)|[。！？]+")
_ABBREVIATION = re.compile(
    r"(?:\b(?:[A-Za-z]|Mr|Mrs|Ms|Dr|Prof|St|Jr|Sr|vs|etc|No|Inc|Ltd|Co|Mt|U\.S|e\.g|i\.e|a\.m|p\.m)"
    r"|(?:^|\n)\s*[\d#*]+)$"
)
_BULLET = re.compile(
    r"^([ \t]*)(?:[-*+•・●○◦▪–]\s*(?=\S)(?!\*)|\d{1,3}\s*[.)．、）]\s*)", re.MULTILINE
)
_RULE = re.compile(r"^[ \t]*(?:\*{3,}|-{3,}|_{3,}|={3,})[ \t]*$", re.MULTILINE)
_SPACE = re.compile(r"\s+")
_MARKUP = re.compile(r"[*#_`>|~]+|^[ \t]*[-・•]|^[ \t]*\d{1,3}[.．、]", re.MULTILINE)
_PROSE = 60  # characters; a shorter block may be a heading, a greeting, a signature


def words(text: str) -> tuple[int, int]:
    """Words: hyphenated ones as one, or as several."""
    plain = len(_WORD.findall(text))
    return min(plain, len(text.split())), max(len(_SPLIT_WORD.findall(text)), len(text.split()))


def sentences(text: str) -> tuple[int, int]:
    """Sentences: by their marks without abbreviations, or each line and mark."""
    low = sum(
        not _ABBREVIATION.search(text, max(0, stop.start() - 12), stop.start())
        for stop in _STOP.finditer(text)
    )
    lines = sum(bool(line.strip()) for line in text.split("\n"))
    return low, max(low, 1) + lines + len(re.findall(r"[.!?;:]", text))


def lines(text: str) -> tuple[int, int]:
    """Lines that are not blank; the most: sentences that a narrow page would break, too."""
    count = sum(bool(line.strip()) for line in text.split("\n"))
    return count, max(count, sentences(text)[1])


def paragraphs(text: str) -> tuple[int, int]:
    """Blocks between blank lines: those that are prose, or all, or each line."""
    blocks = [block for block in re.split(r"\n\s*\n", _RULE.sub("\n\n", text)) if block.strip()]
    long = [b for b in blocks if len(b) >= _PROSE and not _BULLET.match(b) and b[0] not in "#|>"]
    return len(long), max(len(blocks), sum(bool(line.strip()) for line in text.split("\n")))


def bullets(text: str) -> tuple[int, int]:
    """List items: those that stand furthest left, or all; without any mark, the lines."""
    indents = [len(match[1].expandtabs()) for match in _BULLET.finditer(_RULE.sub("", text))]
    if not indents:
        return 0, sum(bool(line.strip()) for line in text.split("\n"))
    return min(indents.count(least) for least in {min(indents), max(indents)}), len(indents)


def characters(text: str) -> tuple[int, int]:
    """Characters without white space, also without marks of Markdown, or all."""
    bare = _SPACE.sub("", _MARKUP.sub("", text))
    return sum(char.isalnum() or char in "ー々" for char in bare), len(_SPACE.sub("", text))


def english_characters(text: str) -> tuple[int, int]:
    """Characters without white space, or with it."""
    return len(_SPACE.sub("", _MARKUP.sub("", text))), len(text)
