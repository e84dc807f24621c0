"""Notes about a deliverable where the prompt asks for the deliverable alone (see `deliverable`):
after the last code block, after the JSON value or the table that the answer is, under a line such
as "Explanation:", in a last paragraph that speaks of the answer, or after the one word that was
asked for.
"""

from __future__ import annotations

import re
from itertools import islice

from tesuji.diagnose.deliverable import LAST_NOTE, MAY_NOTE, NOTE, demanded, mentions_label
from tesuji.diagnose.empty import says_something
from tesuji.diagnose.fences import code_spans
from tesuji.diagnose.leave_taking import MARKUP, asked_for, without_rule
from tesuji.diagnose.observation import Observation
from tesuji.diagnose.remarks import MAY_REMARK, lists_sources, remarks_on_the_answer

_MOST_NOTES = 40  # places where notes may begin, tried in turn
_MOST_REMARK = 900  # characters of a last paragraph about the answer
_LABEL_WORD = re.compile(
    r"[\W_]{0,4}(?:(?:the |my )?(?:final )?answer(?: is)?:?\s{0,9})?"
    r"(?P<label>[^\n.,:;。、，：]{1,40}?)[*_\"”'’)]{0,3}(?:[.:;。：]{1,3}\s{0,9}"
    r"|\s{0,9}\n\s{0,9}|\s{1,9}[-–—]\s{1,9}"
    r"|(?<=[Yy]es)[,，]|(?<=No)[,，]|(?<=no)[,，]|(?<=はい)、|(?<=いいえ)、)\s{0,9}"
    r"(?=\S)"
)
_WHILE_SOLVING = re.compile(
    r"this (?:means|sentence|phrase|word|captures|reflects)|in \w+ (?:terms|words)|the \w+|here",
    re.IGNORECASE,
)
_TABLE_ROW = re.compile(r"[ \t]*\|[^\n]*\|[ \t]*")


def notes_after(seen: Observation, end: int) -> tuple[int, str]:
    """Where notes about the deliverable begin, and what they follow; -1: there are none.

    What the output looks like is asked first, and the prompt only where notes may be there.
    """
    text = seen.text
    block = _after_block(seen, end)
    if (
        block >= 0
        and demanded(seen.prompt) == "block"
        and not asked_for(text[block : min(end, block + 240)], seen.prompt)
    ):
        return block, "explains the block that was asked for"
    if "\n" not in text:  # one paragraph: nothing stands after it
        return _after_one_word(seen, end)
    for place in islice(MAY_NOTE.finditer(text, 0, end), _MOST_NOTES):
        note = NOTE.match(text, place.start(), end)
        if note is not None and (found := _note(seen, note, end)) is not None:
            return found
        if note is None and lists_sources(text, place.start(), end, seen.prompt):
            return place.start(), "names sources"
    stop = end
    while stop > 0 and text[stop - 1] in " \n":
        stop -= 1
    last = text.rfind("\n\n", max(0, stop - _MOST_REMARK), stop)
    if last >= 0 and (found_at := _remark(text, last, stop, seen.prompt)) >= 0:
        return found_at, "speaks of the answer itself"
    return _after_one_word(seen, end)


def _remark(text: str, last: int, stop: int, prompt: str) -> int:
    """The end of the answer, where the paragraph after `last` speaks of it; else -1."""
    if not MAY_REMARK.match(text, last + 2, stop):
        return -1
    of_the_list = LAST_NOTE.match(text, last + 2, stop) and demanded(prompt) in ("work", "text")
    if not of_the_list and not remarks_on_the_answer(text, last + 2, stop, prompt):
        return -1
    start = len(without_rule(text[:last]))
    weighs = 0 if of_the_list else 200  # what a remark may be longer than the answer
    if start == 0 or stop - start >= start + weighs or text[start - 1] in ":：":
        return -1
    return start


def _note(seen: Observation, note: re.Match[str], end: int) -> tuple[int, str] | None:
    text = seen.text
    kind = demanded(seen.prompt)
    start = len(without_rule(text[: note.start()]))
    words = note[0].strip(MARKUP)
    if (
        kind in ("", "label")
        or start == 0
        or text[start - 1] in ":："
        or (kind == "block" and _WHILE_SOLVING.match(words))
        # A long story goes on after a note; notes do not outweigh it.
        or (kind == "work" and end - start > start)
        or not says_something(text[:start])
    ):
        return None
    return start, f"notes after what was asked for: {words[:30]!r}"


def _after_one_word(seen: Observation, end: int) -> tuple[int, str]:
    """After the one word, where one was asked for."""
    if mentions_label(seen.prompt) and demanded(seen.prompt) == "label":
        return _after_label(seen.text, end)
    return -1, ""


def _after_label(text: str, end: int) -> tuple[int, str]:
    match = _LABEL_WORD.match(text, 0, end)
    if match is None or len(match["label"].split()) > 3 or end - match.end() < 25:
        return -1, ""
    if match["label"].count("「") > match["label"].count("」"):
        return -1, ""  # a sentence that quotes
    if text.count("\n", match.end(), end) > 12:
        return -1, ""
    start = match.end("label")
    while start < match.end() and text[start] in "*_\"”'’).。":
        start += 1
    return start, "explains the word that was asked for"


def _after_block(seen: Observation, end: int) -> int:
    """After the last code block, JSON value or table."""
    text = seen.text
    spans = code_spans(seen)
    if spans:
        start = spans[-1][1]
    elif "|" in text:
        row = max(text.rfind("|\n", 0, end), text.rfind("| \n", 0, end))
        start = row + 1
        line = text[text.rfind("\n", 0, start) + 1 : start]
        if row < 0 or not _TABLE_ROW.fullmatch(line):
            return -1
    elif text[:1] in ("{", "["):
        start = max(text.rfind("}\n", 0, end), text.rfind("]\n", 0, end)) + 1
        if start == 0:
            return -1
    else:
        return -1
    rest = text[start:end]
    if rest.lstrip().startswith("|"):
        return -1  # a row that is cut
    return start if len(rest.strip()) >= 20 and says_something(rest) else -1
