"""Words before the answer that can be deleted without losing any of it.

A preamble is a row of opening segments (see `openings`) from the start of the text. What must
stay: a "Yes," that answers a yes/no question, headings, openings in character, topic sentences;
and a text that is nothing but opening, for there would be no answer left.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from tesuji.diagnose import openings
from tesuji.diagnose.empty import says_something
from tesuji.diagnose.finding import Finding
from tesuji.diagnose.observation import Observation

_LEAD = re.compile(
    r"[\s\ufeff\u200b]*(?:[\u2600-\u27bf\U0001f300-\U0001faff]\ufe0f?\s?){0,3}(?:[*_]{1,3}(?=\w))?"
)
_YES_NO = re.compile(
    r"(?:^|[\n.!?:,]\s*)(?:is|are|am|was|were|do|does|did|has|have|had|should|may|must|can it|can a"
    r"|can an|can the|can i|can we|could it|will it|will the|would it)\b[^\n?]{0,300}\?"
    r"|\byes\b[^\n]{0,20}\bno\b"
    r"|(?:ですか|ますか|でしょうか|ませんか|ましたか)[？?。]?"
    r"|はい[^\n]{0,12}いいえ|[吗嗎么麼][？?]|是否|是不是|能不能|可不可以|对不对",
    re.IGNORECASE,
)
_CAN_YOU = re.compile(
    r"\b(?:can|could|will|would) you\b[^\n?]{0,300}\?|(?:できます|もらえます|くれます)か",
    re.IGNORECASE,
)
_JA_ASKS_WHAT = re.compile(
    r"何|なに|なん|どう|どの|どこ|どれ|どち|いつ|誰|だれ|なぜ|いくつ|いくら|ください"
)
_ROLE_PLAY = re.compile(
    r"\b(?:role-?play|pretend|act as|acting as|in character|impersonat|you are (?:a|an) "
    r"(?:pirate|knight|wizard|king|queen|character))|imagine you|なりきって|ロールプレイ"
    r"|役になって|演じ|扮演",
    re.IGNORECASE,
)
_MOST_BARE = 40  # characters of a bare answer after "The answer is"; a phrase, not a sentence
_MOST_SEGMENTS = 20  # "Sure! Sure! Sure! …" without end is a loop, no opening
_MOST_PROMPT = 4_000  # the question stands at the prompt's end; more is not looked at


def asks_yes_or_no(prompt: str) -> bool:
    """Whether the end of the prompt asks a question that yes or no answers."""
    tail = prompt[-_MOST_PROMPT:]
    if not (match := _YES_NO.search(tail)):
        return False
    japanese = match[0].rstrip("？?。").endswith("か")
    return not (japanese and _JA_ASKS_WHAT.search(tail))


def detect_preamble(seen: Observation) -> Iterator[Finding]:
    """The opening, with the white space after it, where an answer follows."""
    end, kinds = _opening(seen)
    if kinds and says_something(seen.text[end:]):
        confidence = 0.7 if kinds in (["agreement"], ["label"], ["yes"]) else 0.9
        yield Finding("preamble", 0, end, "opens with " + ", ".join(kinds), confidence, "preamble")


def _opening(seen: Observation) -> tuple[int, list[str]]:
    """Where the opening ends, and what it is made of; no kinds: no opening."""
    text = seen.text
    lead = _LEAD.match(text)
    position = lead.end() if lead else 0
    soft = _soft_kinds(seen.prompt)
    end, kinds, waiting = 0, [], []  # type: int, list[str], list[str]
    for _ in range(_MOST_SEGMENTS):
        segment = _segment(text, position)
        if segment is None:
            break
        kind, position = segment
        # After "Can you …?", "Yes, I can help with …" is the answer.
        answers = kind in soft or (kind == "promise" and "yes" in waiting)
        waiting.append(kind)
        if not answers:
            end = position
            kinds += waiting
            waiting = []
    else:
        return 0, []
    label = _label_end(seen, position)
    if label is not None:
        end = label
        kinds += [*waiting, "label"]
    return end, list(dict.fromkeys(kinds))


def _soft_kinds(prompt: str) -> frozenset[str]:
    """The kinds that go only with a harder one after them; else they may be the answer."""
    if asks_yes_or_no(prompt) or _ROLE_PLAY.search(prompt[:_MOST_PROMPT]):
        return frozenset({"courtesy", "yes", "agreement"})
    if not prompt or _CAN_YOU.search(prompt[-_MOST_PROMPT:]):
        return frozenset({"courtesy", "yes"})
    return frozenset({"courtesy"})


def _segment(text: str, position: int) -> tuple[str, int] | None:
    tables = [openings.english()]
    if not text[position : position + 300].isascii():
        tables.append(openings.cjk())
    for table in tables:
        for kind, pattern in table:
            if match := pattern.match(text, position):
                return kind, match.end()
    return None


def _label_end(seen: Observation, position: int) -> int | None:
    """The end of "The answer is" or "Answer:", where a bare answer and nothing else follows."""
    match = openings.LABEL.match(seen.text, position)
    if match is None:
        return None
    bare = seen.text[match.end() :].strip().rstrip(".。")
    if seen.format is not None:
        labelled_fits = seen.format.check(seen.text[position:]) is None
        bare_fits = seen.format.check(bare) is None
        if not bare_fits:
            return None  # the label itself may be what was asked for
        if not labelled_fits:
            return match.end()
    short = 0 < len(bare) <= _MOST_BARE and "\n" not in bare and len(bare.split()) <= 4
    return match.end() if short and not re.search(r"[.!?。！？]\s", bare) else None


def clean_preamble(seen: Observation) -> str:
    """Without the words before the answer."""
    while finding := next(iter(detect_preamble(seen)), None):
        seen = replace(seen, text=seen.text[: finding.start] + seen.text[finding.end :])
    return seen.text
