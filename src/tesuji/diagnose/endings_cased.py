"""How unfinished sentences end in languages that have capitals."""

from __future__ import annotations

import re
from dataclasses import dataclass

from tesuji.diagnose.endings_open import begun_word
from tesuji.diagnose.endings_words import FUNCTION, SELDOM_LAST, WEAK, often_last
from tesuji.diagnose.last_lines import (
    ITEM,
    SENTENCE_END,
    Sign,
    asks_for_verse,
    never_closed,
    siblings,
)

_LINKS = frozenset(
    ["and", "but", "the", "however", "therefore", "additionally", "moreover", "also", "so", "or"]
)
_FAREWELL_WORDS = """\
thank thanks amen cheers enjoy namaste yes no sincerely goodbye bye good love regards best yours
happy stay peace please qed warm warmly kind fin option answer choice source ps gracias saludos
merci cordialement danke
"""
_FAREWELLS = frozenset(_FAREWELL_WORDS.split())
_FIRST = re.compile(r"[^\W\d_]+")
_SHORTENED = re.compile(
    r"(?:^|[\s(])(?:\w|Mr|Mrs|Ms|Dr|Prof|St|Sr|Jr|vs|etc|No|vol|Vol|ed|pp?|approx)$"
)
# What begins a sentence and is none.
_BEGINS_WORDS = """\
here's it's there's that's let's i've it this these those the a an in if
"""
_BEGINS = frozenset(_BEGINS_WORDS.split())
_MOST_BEGUN = 6  # words of a paragraph that is only begun
_LONG = 12  # words of a sentence that is no title
_LEAST_STOPS = 2
_SHORT = 1_200  # characters; shorter texts are seldom cut
_VOCABULARY = 3_000  # characters before the end whose words are known
_LONG_ITEM = 150  # characters of an item that is a paragraph
_PROSE_BEFORE = 60  # characters of whole sentences before one that is only begun
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*$")


def cased(text: str, body: str, line: str, prompt: str) -> Sign | None:
    """What is unfinished about a last line in a language that has capitals.

    `body` is the end of `text`, and `line` its last line, or the end of that.
    """
    found = _WORD.search(line, line.rfind(" ") + 1)
    word = found[0].lower() if found else ""
    lower = found is not None and found[0][0].islower()
    item = ITEM.match(line)
    content = line[item.end() :] if item else line
    pieces = SENTENCE_END.split(content)
    tail = pieces[-1]
    end = _End(text, body, line, bool(item), content, pieces, tail, len(tail.split()), word, lower)
    if word in _LINKS and end.count <= 2 and len(pieces) > 1 and len(content) > 40:
        return f"ends with {word!r}", 0.75
    if found is not None and line[found.start() - 1 : found.start()] == ".":
        return None  # the end of an address
    verse = asks_for_verse(prompt)
    if not verse and (sign := _by_last_word(end)) is not None:
        return sign
    if line[-1] in "-–—" and end.count >= 3:
        return "ends with a hyphen", 0.6
    if not verse and _only_begun(end):
        return "the last sentence is only begun", 0.7
    opened = never_closed(tail)
    if opened and end.count >= 4:
        return f"{opened} is never closed", 0.7
    if line[-1] in "*_\"'’" or verse:
        return None
    clear = word and len(pieces) > 1 and (end.count >= 8 or (end.count >= 5 and _is_prose(tail)))
    if not lower and not clear and not _named_in_prose(end, line):
        # A name or an abbreviation at the end: only clear prose is looked at.
        return None
    return None if _rounded_off(end) else _without_end(end)


@dataclass(frozen=True, slots=True)
class _End:
    """The last line of a text, in parts."""

    text: str
    body: str
    line: str
    item: bool
    content: str  # the line without its item's mark
    pieces: list[str]  # the sentences of the content
    tail: str  # the last of them
    count: int  # its words
    word: str  # the last one, in lower case
    lower: bool  # whether it begins with a small letter

    def siblings(self) -> bool:
        """Whether the lines above end with their full stops."""
        return siblings(self.body, self.line, self.item)


def _by_last_word(end: _End) -> Sign | None:
    """Whether the last word ends no sentence, or is no whole word."""
    word, count, words = end.word, end.count, end.line.split()
    if word in FUNCTION and end.lower and len(words) >= 4:
        if word not in WEAK:
            return f"ends with {word!r}", 0.8
        if count >= 10 or (count >= 5 and (len(end.pieces) > 1 or end.siblings())):
            return f"ends with {word!r}", 0.7
    if len(words) <= _MOST_BEGUN and words[0][0].isupper() and word in FUNCTION:
        above = end.body[: len(end.body) - len(end.line)]
        after_prose = above.rstrip()[-1:] == "."
        if after_prose and len(words) < 4 and word not in WEAK:
            return f"ends with {word!r}", 0.75
        if after_prose and above.endswith("\n\n") and not end.line.istitle():
            return f"ends with {word!r}", 0.7
    if not end.lower:
        return None
    if (
        word in SELDOM_LAST
        and count >= (2 if len(end.pieces) > 1 else 4)
        and (len(end.pieces) > 1 or _in_prose(end))
    ):
        return f"ends with {word!r}", 0.7
    if count >= 3 and len(end.pieces) + end.item > 1:
        return begun_word(word, end.text[-_VOCABULARY : -len(word)])
    return None


def _named_in_prose(end: _End, line: str) -> bool:
    """Whether the last line is a long sentence that stops at a name, and others have their stop."""
    if end.count < _LONG or not line[-2:].islower() or not _is_prose(end.tail):
        return False
    return end.siblings()


def _in_prose(end: _End) -> bool:
    """Whether sentences with their full stops stand above, and the line is no title or label."""
    above = end.body[: len(end.body) - len(end.line)]
    words = end.line.split()
    capitals = sum(word[0].isupper() for word in words)
    return (
        not end.item
        and above.count(". ") + above.count(".\n") >= _LEAST_STOPS
        and capitals <= len(words) // 3
        and words[0][0].isupper()
    )


def _without_end(end: _End) -> Sign | None:
    """Whether the last sentence lacks the full stop that others have."""
    count, tail = end.count, end.tail
    if len(end.pieces) > 1 and count >= 3 and len(end.content) - len(tail) > 20:
        return "the last sentence has no end", 0.75 if count >= 5 else 0.7
    long = count >= 7 or (count >= 5 and "," in tail)
    if (long or (count >= 3 and _cut_word(end.text, end.word))) and end.siblings():
        return "the last sentence has no end, others have", 0.7
    if count >= 45:
        return "a sentence without end", 0.6
    return None


def _rounded_off(end: _End) -> bool:
    """Whether the text may well be all that was to be said, but for the full stop.

    Limits are reached by long texts; a short one that ends with a word that sentences often end
    with lacks no more than its stop.
    """
    return len(end.text) < _SHORT and often_last(end.word)


def is_farewell(text: str) -> bool:
    """Whether the text begins with a word of thanks or good wishes."""
    first = _FIRST.match(text)
    return first is not None and first[0].lower() in _FAREWELLS


def _only_begun(end: _End) -> bool:
    """Whether one or two words after a whole sentence begin another, and are no farewell."""
    words = end.tail.split()
    if len(end.pieces) < 2 or not 0 < len(words) <= 2:
        return False
    if not words[0][0].isupper() or not words[-1][-1].isalpha():
        return False
    before = end.pieces[-2]
    if len(words) == 1 and end.word in _BEGINS and len(before.split()) >= 3:
        return True
    told = len(end.content) - len(end.tail)
    if told < _PROSE_BEFORE or (end.item and told < _LONG_ITEM and not end.siblings()):
        return False
    if is_farewell(words[0]) or is_farewell(words[-1]):
        return False
    return len(before.split()) >= 4 and not _SHORTENED.search(before)


def _is_prose(tail: str) -> bool:
    return sum(word in FUNCTION for word in tail.lower().split()) >= 2


def _cut_word(text: str, word: str) -> bool:
    """Whether the last word is the beginning of one used before, and never used itself."""
    if len(word) < 3:
        return False
    head = text[-6000 : -len(word)].lower()
    found = re.search(r"(?<!\w)" + re.escape(word) + r"(\w*)", head)
    return (
        found is not None
        and bool(found[1])
        and not re.search(r"(?<!\w)" + re.escape(word) + r"(?!\w)", head)
    )
