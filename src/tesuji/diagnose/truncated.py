"""Outputs that stop before they are finished.

The server's word (finish reason "length") is certain. The text alone is asked for structures that
are never closed (code fence, JSON, table row, list item, character), for an end that no sentence
has (a comma, an article, a particle), and for a last sentence without the full stop that its
siblings have. A missing full stop alone is no sign: lists, hashtags, signatures, URLs, formulas,
titles, poems and short answers end bare.

A server that says "stop" has seen an end-of-text token, and models do write one after an open
fence or JSON value; but what merely looks like the middle of a sentence is then more likely the
model's style, so that guesses are reported with half a heart (confidence at most .5).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from tesuji.diagnose import endings
from tesuji.diagnose.echo import answer_end
from tesuji.diagnose.empty import SPECIAL_TOKEN
from tesuji.diagnose.fences import code_spans, open_fence
from tesuji.diagnose.finding import Finding
from tesuji.diagnose.last_lines import is_listed
from tesuji.diagnose.loop import loops
from tesuji.diagnose.observation import Observation
from tesuji.diagnose.soup import soup_start

_JSON_START = re.compile(r"\s*(?:```[a-zA-Z]*\s*)?(?=\{\s*\"|\[\s*[\[{\"\d-])")
# A whole string, or a bracket; a quote alone begins a string that never ends.
_JSON_TOKEN = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+"|["{}\[\]]', re.DOTALL)
_CLOSES = {"}": "{", "]": "["}
_SHOWN = 40  # characters of the end that a finding marks
_MOST_SHORT = 60  # characters of an answer that is cut in its first words
_LEAST = 12  # characters; a shorter text is a short answer
_GUESS = 0.5  # the most that a guess is worth against the server's word
_SURE = 0.7  # signs that are taken for the answer even where invented turns follow it
_PICTURES = "".join(map(chr, (*range(0x1F300, 0x1FAFF), 0xFE0F, 0x200D))) + " \n\t\r"
_FINISHED = frozenset(".!?。！？…」』”’)）》】>~～♪♡✨😊;；»”।؟")
"""Last characters after which nothing is missing; most texts have one."""


def open_json(text: str) -> int | None:
    """Where the JSON value that `text` begins with starts, if the text ends inside it."""
    begin = _JSON_START.match(text)
    if begin is None:
        return None
    stack: list[str] = []
    for token in _JSON_TOKEN.finditer(text, begin.end()):
        mark = token[0]
        if mark == '"':
            break
        if mark in ("{", "["):
            stack.append(mark)
        elif mark in ("}", "]"):
            if stack.pop() != _CLOSES[mark]:
                return None  # not JSON at all
            if not stack:
                return None
    return begin.end()


def detect_truncated(seen: Observation) -> Iterator[Finding]:
    """The end of the text (its last line, at most 40 characters), where it was cut off."""
    text = seen.text
    if seen.finish == "length":
        yield _finding(text, "the token limit was reached", 1.0)
        return
    body = text[-endings.WINDOW :].rstrip()
    if not body or (body[-1] in ">]" and _ended_by_token(seen)):
        return
    fence = open_fence(seen)
    begins = text[:1] if not text[0].isspace() else text.lstrip()[:1]
    opened = open_json(text) if begins in ("{", "[", "`") else None
    if opened is None or begins != "`":
        over = opened is None or _ends_as_json(text)
    else:
        over = (fence is None and _balanced(text)) or _ends_as_prose(text)
    if not over:
        yield _finding(text, f"JSON from {opened} is never closed", 0.8)
    elif fence is not None:
        is_json = begins in ("{", "[") and _JSON_START.match(text) is not None
        if (is_json and _ends_as_json(text)) or _ends_as_prose(text):
            return  # all is said: the fence stands inside a string, or was forgotten long ago
        yield _finding(text, f"code fence at {fence} is never closed", 0.9)
    elif (sign := _sign(seen, body)) is not None:
        evidence, confidence = sign
        if confidence < _SURE and answer_end(seen) < len(text):
            return  # an invented turn may break off, the answer did not
        if seen.finish:
            confidence = min(confidence, _GUESS)
        yield _finding(text, evidence, confidence)


def _ends_as_json(text: str) -> bool:
    """Whether the text ends with the bracket that closes all; quotes in strings may be astray."""
    bare = text.rstrip("` \n")
    if bare[-1:] not in ("}", "]"):
        return False
    indented = bare[-2:-1] == "\n" and "{\n " in bare[:200]
    return indented or _balanced(text)


def _balanced(text: str) -> bool:
    return text.count("{") == text.count("}") and text.count("[") == text.count("]")


def _ends_as_prose(text: str) -> bool:
    """Whether the last line is a sentence with its full stop; no line of code is."""
    line = text[-240:].rstrip(_PICTURES)
    line = line[line.rfind("\n") + 1 :].lstrip()
    return line.endswith((".", "。", "！", "!", "？")) and (
        "。" in line or (len(line.split()) >= 6 and not line.startswith(("#", "//", "*", "--")))
    )


def _ended_by_token(seen: Observation) -> bool:
    """Whether a leaked end-of-text token, and nothing else, follows the answer."""
    after = seen.text[answer_end(seen) :]
    return bool(after) and not SPECIAL_TOKEN.sub("", after).strip()


def _finding(text: str, evidence: str, confidence: float) -> Finding:
    end = len(text)
    start = max(text.rfind("\n", 0, end) + 1, end - _SHOWN)
    return Finding("truncated", start, end, evidence, confidence)


def _sign(seen: Observation, body: str) -> tuple[str, float] | None:
    """What shows that the text stops too early, and how surely."""
    text = seen.text
    if len(body) < _MOST_SHORT and (sign := endings.short_cut(body, seen.prompt)) is not None:
        return sign
    if len(body) < _LEAST:
        return None
    if body[-1] in _FINISHED:
        # "3." alone, after items
        return endings.item_begun(body) if body[-2].isdigit() else None
    if body[-1] == "\ufffd":
        return None if body.endswith("\ufffd" * 4) else ("ends inside a character", 0.9)
    spans = code_spans(seen)
    if spans and spans[-1][1] >= len(text.rstrip()):
        return None
    sign = endings.open_end(text, body, seen.prompt) or _cut_loop(seen)
    if sign is None and soup_start(seen) >= 0:
        return "breaks off in token soup", 0.7  # nobody ends so
    return sign


def _cut_loop(seen: Observation) -> tuple[str, float] | None:
    """A loop that lasts to the end and stops inside of a cycle."""
    found = loops(seen)
    if not found:
        return None
    text = seen.text
    printed = len(text.rstrip())
    line = text[text.rfind("\n", 0, printed) + 1 : printed]
    if is_listed(line):
        return None
    for run in found[-1:]:
        if run.end < printed or run.period < 5:
            continue
        # What followed in the cycle before: a letter, and the word is cut.
        before, after = text[printed - 1], text[printed - run.period : printed - run.period + 1]
        if before.isalnum() and after not in "\n":
            return "stops inside of a loop's cycle", 0.8
    return None
