"""Outputs that say nothing: no text, only invisible characters, special tokens or punctuation."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator

from tesuji.diagnose.finding import Finding
from tesuji.diagnose.observation import Observation, fact

# Control tokens of chat templates, as they look when a server fails to strip them: <|im_end|>,
# </s>, <eos>, <start_of_turn>, [INST], DeepSeek's full-width bars; <noinput> is Alpaca's.
SPECIAL_TOKEN = re.compile(
    r"<[|｜][^<>|｜\s]{1,40}[|｜]>|</?s>|\[/?INST\]|<</?SYS>>"
    r"|</?(?:pad|eos|bos|unk|mask|sep|cls|end|start_of_turn|end_of_turn|endoftext"
    r"|noinput|nooutput)>",
    re.IGNORECASE,
)
# Letters and others that print as nothing: Hangul fillers, the braille blank.
_BLANK = frozenset("\u115f\u1160\u2800\u3164\uffa0")
# Categories that can be an answer on their own: letters, numbers, symbols (emoji, + and =), and
# brackets, for [] and {} are whole JSON values.
_MOST_PUNCTUATION = 100  # more of it is a drawing, or a loop
_FIRST = 24  # characters looked at before all of them are
_CONTENT = ("L", "N", "S", "Ps", "Pe")


def says_something(text: str) -> bool:
    """Whether a character of `text` could be part of an answer; code fences alone do not count."""
    return not text.isspace() and any(
        unicodedata.category(char).startswith(_CONTENT) and char not in _BLANK and char != "`"
        for char in text
    )


@fact
def is_empty(seen: Observation) -> bool:
    """Whether nothing in the text could be an answer."""
    return any(True for _ in detect_empty(seen))


def detect_empty(seen: Observation) -> Iterable[Finding]:
    """The whole text, where nothing in it could be an answer."""
    # Nearly every output says something at once: its first letter or digit decides.
    for char in seen.text[:_FIRST]:
        if char.isalnum() and char not in _BLANK:
            return ()
        if char in "<[":
            break
    return _findings(seen)


def _findings(seen: Observation) -> Iterator[Finding]:
    text = seen.text
    bare = SPECIAL_TOKEN.sub("", text) if "<" in text or "[" in text else text
    if says_something(bare):
        return
    if seen.format is not None and text.strip() and seen.format.check(text) is None:
        return
    if not text:
        evidence, confidence = "no text at all", 1.0
    elif text.isspace() or all(unicodedata.category(c)[0] in "ZC" or c in _BLANK for c in text):
        evidence, confidence = "only white space or invisible characters", 1.0
    elif bare != text:
        evidence, confidence = "only special tokens", 1.0
    elif len(text) <= _MOST_PUNCTUATION:
        evidence, confidence = "only punctuation", 0.8
    else:
        return
    yield Finding("empty", 0, len(text), evidence, confidence)
