"""Token soup: pieces of words, scripts and code at random, as a model writes that came apart.

A model that has come apart does not find back: soup lasts to the end of the text. So the last
300 characters tell. Soup there has words, nearly all of them different, and no function words,
no sentence marks, but words glued together ("catalogRiver"), to numbers ("remotely627") and to
other scripts. Thresholds were set on 26,000 outputs of 1,027 models: no finding among them was
an address list, a table, code or a language other than English.
"""

from __future__ import annotations

import re

from tesuji.diagnose.observation import Observation, fact

_WINDOW, _SHORT_WINDOW = 300, 200  # characters at the end that decide
_LEAST_SPACES, _MOST_LINES, _MOST_QUOTES = 8, 5, 6
_LEAST_WORDS = 18  # Latin words among them
_LEAST_GLUED = 4
_STEP = 100  # characters by which the begin of the soup is searched
_MOST = 6_000  # characters that are searched for it
# Two of them in the window and it is a sentence of some European language.
_FUNCTION = (
    " the ", " of ", " and ", " to ", " is ", " in ", " a ", " for ", " you ", " with ", " are ",
    " this ", " that ", " on ", " or ", " as ", " be ", " it ", " your ", " by ", " from ",
    " de ", " la ", " que ", " el ", " und ", " der ", " die ", " et ", " les ", " il ", " i ",
)  # fmt: skip
_SENTENCE_MARKS = ("。", "、", "，", "ます", "です")
_ADDRESS = re.compile(r"https?:\S+|www\.\S+|\S+@\S+|[#@]\w+|%[0-9A-F]{2}")
_GLUED = re.compile(
    r"[a-z]{2}[A-Z](?=[a-z])|[a-z]{3}\d|\d[A-Za-z]{3}"
    r"|[A-Za-z]{2}[\u0370-\u05ff\u0600-\u1dff\u3040-\ud7af\ufffd]"
    r"|[\u0370-\u05ff\u0600-\u1dff\u3040-\ud7af\ufffd][A-Za-z]{2}|[a-z]{2}[)\]}>]?[\[({<\\]{1,2}[A-Za-z]{2}"
)
_WORD = re.compile(r"[A-Za-z]{2,}")
_SENSE = re.compile(
    r"\b(?:an?|the|this|that|these|those|which|from|by|on|at|as|be|been|was|were|is|are|not|but|or"
    r"|and|of|to|in|for|with|it|its|we|our|your|you|my|can|will|would|if|what|after|through|when|has"
    r"|have|i|he|she|they|there|hope|select|public|private|void|return|import|def)\b",
    re.IGNORECASE,
)
_LOWER = re.compile(r"\b[a-z]{4,}")
_CALLS = re.compile(r"[(){};=]")
_MARKS = re.compile(r"[\"'{}<>=|/;:_\\$`*\n]")


@fact
def soup_start(seen: Observation) -> int:
    """Where soup that lasts to the end of the text begins; -1 if there is none."""
    text, prompt = seen.text, seen.prompt
    size = len(text)
    tail = text[-_SHORT_WINDOW:]
    if size < _SHORT_WINDOW or tail.count(" ") < _LEAST_SPACES:
        return -1
    if tail.count("\n") > _MOST_LINES or tail.count('"') > _MOST_QUOTES or not _may_be(tail):
        return -1
    if size >= _WINDOW and _may_be(text[-_WINDOW:]) and _is_soup(text[-_WINDOW:], prompt, 1.0):
        start = size - _WINDOW
    elif _is_soup(tail, prompt, 0.75):
        start = size - _SHORT_WINDOW
    else:
        return -1
    if text.count("```") % 2:
        return -1
    return _onset(text, start)


def _onset(text: str, start: int) -> int:
    """From `start`, which lies in soup, back to the last sign of sense before it."""
    while start > 0 and len(text) - start < _MOST:
        before = text[max(0, start - _STEP) : start]
        if not _may_be(before):
            break
        start = max(0, start - _STEP)
    from_ = max(0, start - _STEP)
    window = text[from_ : start + _STEP]
    signs = [window.rfind(sign) + len(sign) for sign in (*_FUNCTION, ". ") if sign in window]
    return from_ + max((end for end in signs if end < len(window)), default=0)


def _may_be(tail: str) -> bool:
    """Whether no two function words and no mark of Japanese or Chinese stand there."""
    if not tail.isascii() and any(mark in tail for mark in _SENTENCE_MARKS):
        return False
    seen = 0
    for word in _FUNCTION:
        if word in tail:
            seen += 1
            if seen == 2:
                return False
    return True


def _is_soup(tail: str, prompt: str, share: float) -> bool:
    """Whether the tail reads as soup; `share` is what it has of the longer window's length."""
    if "```" in tail:
        return False
    bare = _ADDRESS.sub(" ", tail)
    words = _WORD.findall(bare)
    different = set(words)
    if len(words) < share * _LEAST_WORDS or len(different) < 0.8 * len(words):
        return False
    if len(_GLUED.findall(bare)) < share * _LEAST_GLUED:
        return False
    if len(_MARKS.findall(bare)) > 0.7 * len(words) or len(_CALLS.findall(bare)) > 0.3 * len(words):
        return False
    if len(_SENSE.findall(bare)) > 1 or len(_LOWER.findall(bare)) < 6:
        return False
    return sum(word in prompt for word in different) < 0.4 * len(different)
