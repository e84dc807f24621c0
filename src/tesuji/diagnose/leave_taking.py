"""How models take their leave: the phrases of `closings`, looked for from the end of the answer
backwards, sentence by sentence, and closing paragraphs that begin as such a phrase does.
"""

from __future__ import annotations

import re

from tesuji.diagnose import closings, closings_cjk
from tesuji.diagnose.deliverable import addressed, only_played
from tesuji.diagnose.empty import says_something
from tesuji.diagnose.observation import Observation

_TAIL = 1_200  # characters in which the leave-taking stands
_MOST_UNITS = 8
_MOST_UNIT = 420  # characters of one closing sentence
_MOST_PARAGRAPH = 600  # characters of a closing paragraph
# It begins with one set of characters, so that the search skips fast.
_BOUNDARY = re.compile(
    r"[.!?…。！？\n](?:(?<=\n)|(?<=[!?。！？])(?![\s」』”）)。！？!?\"*_])"
    r"|(?<!\b[DM]r\.)(?<!\bMs\.)(?<!\bMrs\.)(?<!\bSt\.)(?<!\be\.g\.)(?<!\bi\.e\.)[\"”*_)]{0,3}\s+(?=\S))"
)
_ABBREVIATIONS = (" Dr.", " Mr.", " Ms.", " Mrs.", " St.", "e.g.", "i.e.")
MARKUP = " \t\r\n*_#>~-–—()（）[]【】\u200b\ufe0f\u3000"
_OUTER = MARKUP + "😊🙂😄😃🎉👍✨💪🌟❤🙏🚀🤗🌸💖😉🍀📚🌈💬"
_EMOJI = re.compile(r"[\u2600-\u27bf\U0001f300-\U0001faff]\ufe0f?\s*")
_NOT_ALL = re.compile(
    r"\b(?:list|answer|overview|response) (?:is|may|might)(?: by no means| not|n['’]t)(?: be)?"
    r" (?:an )?exhaustive\b",
    re.IGNORECASE,
)
_FACES = (" :", " ;", " :-", " ;-", " :D", " :P", " ;D")  # the bracket is stripped as markup
_RULE = re.compile(r"[-*_=]{3,}")
_SPEAKER = re.compile(
    r"(?!注|備考|免責|备注|[Nn]ote|[Dd]isclaimer"
    r"|[Ee]dit)[^\s:：、。，（）(),.!?]{1,16}[:：]\s*[^\s/]"
)
# What an assistant says of itself, and no mail or story does at its very end.
_ASSISTANT = re.compile(
    r"\bassist|\b(?:other|more|further|additional) (?:questions|requests|help|information)"
    r"|as an alternative|(?:would|do) you (?:like|want) me to|more detail|let me know how else"
    r"|if you(?:['’]d| would) (?:like|prefer) (?:me|further|more|another|any|a different"
    r"|different)"
    r"|good luck (?:with|on) (?:your|the|creating|writing)|these (?:help|suggestions|ideas|tips)"
    r"|(?:i can|may i) help|this (?:helps|answers|clarifies|playlist|list|story|poem|song|email"
    r"|letter"
    r"|script|example|draft|version|message|post)|another|(?:write|create|provide|generate"
    r"|help) (?:you )?"
    r"|他に(?:も)?(?:ご)?(?:質問|何か|お手伝い|ご要望)|(?:ご)?質問があ|お手伝い|参考に"
    r"|必要な(?:項目|情報|部分|点)|お役に立|追加(?:情報|の)|修正(?:点|や|など|が必要)|ご要望"
    r"|少しでも(?:笑|楽し|参考)"
    r"|如果[您你](?:还|還|有|需要)|(?:帮助|幫助)",
    re.IGNORECASE,
)
_OFFERS_ITSELF = re.compile(
    r"\b(?:hope (?:this|that|these) helps?\b|i can (?:help|assist)(?: you)? with"
    r"|else i can (?:do|help|assist))",
    re.IGNORECASE,
)
# The beginning of a last paragraph that can be nothing else.
_PLAIN = re.compile(
    r"[\s*_(（#>]{0,8}(?:i (?:really |sincerely )?hope\b|hope (?:this|that|you)|let me know"
    r"|feel free"
    r"|please (?:feel|note that (?:this|the|these)|let me|don|remember)|disclaimer|remember to"
    r"|note:? "
    r"|(?:would|do) you (?:like|want) me|don['’]?t forget to|good luck"
    r"|espero que|j['’]espère que|ich hoffe|spero che"
    r"|enjoy (?:your|this|these)|(?:so,? |and )?there you have it|happy \w+ing"
    r"|(?:these|this|the above) (?:is|are) (?:just|only|merely|rough|estimat)|if you(?:['’]d"
    r"| would| want| need)"
    r"|(?:これらの|この|本|上記の?)(?:情報|回答)|(?:これら?|この[^。、\n]{1,10}|以上"
    r"|上記)は、?あくまで|以上|必要に応じて|免責|ご|お|少しでも|希望|如果)",
    re.IGNORECASE,
)
_PLAIN_FIRST = frozenset("iIhHlLfFpPdDrRnNwWgGtTeEsSaAjJ \n*_(（#>こ本上以必免ごお少希如")
_DECLINES = re.compile(
    r"[^\n]{0,80}?(?<!\w)(?:i['’]m sorry|i am sorry|sorry|i apologi[sz]e|unfortunately"
    r"|i can(?:no|['’])t|as an ai|i(?:['’]m| am) (?:not able|unable)|i (?:will|do) not|i don['’]t"
    r"|申し訳|すみません|ごめんなさい|恐れ入り|抱歉|对不起|對不起|很抱歉)",
    re.IGNORECASE,
)
_GREETING = re.compile(
    r"\W{0,3}(?:hi|hello|hey|greetings|good (?:morning|afternoon|evening)|こんにちは|こんばんは"
    r"|はじめまして|やあ|你好|您好"
    r"|嗨)[^\n.!?。！]{0,24}\W*",
    re.IGNORECASE,
)
_POSTSCRIPT = re.compile(r"(?:p[.-]{0,2}\s?){1,2}s\b|追伸|追記|추신|附言|又及", re.IGNORECASE)
_POSTSCRIPT_ASKED = re.compile(
    r"\b(?:p[.-]{0,2}\s?){1,2}s\b|post-?scri|追伸|追記|추신|附言", re.IGNORECASE
)


_NONE = (-1, "", 0.0)
_KINDS = ("offer", "wish", "edit", "disclaimer", "soft")


def leave_taking(seen: Observation, end: int) -> tuple[int, str, float]:
    """Where the leave-taking begins, what it is made of, the confidence; -1: there is none."""
    text = seen.text
    last = _last_unit(text[max(0, end - _MOST_UNIT) : end])
    if not last or not _ends_with_closing(last, seen.prompt):
        return _last_paragraph(seen, end)
    offset = max(0, end - _TAIL)
    tail = text[offset:end].rstrip()
    edges = [0, *(match.end() for match in _BOUNDARY.finditer(tail)), len(tail)]
    in_part = addressed(seen.prompt) and not _DECLINES.match(text)
    played = in_part and only_played(seen.prompt)
    begin, kinds, units = -1, [], 0  # type: int, list[str], int
    waiting: list[str] = []
    for at in range(len(edges) - 2, -1, -1):
        unit = tail[edges[at] : edges[at + 1]].strip(MARKUP)
        if not unit:
            continue
        units += 1
        if units > _MOST_UNITS:
            return _NONE  # closing upon closing without end is a loop
        if len(unit) > _MOST_UNIT:
            break
        unit = _bare(unit)
        if not unit:
            continue
        kind = _closing(unit, seen.prompt)
        if kind == "":
            break
        waiting.append(kind)
        if kind != "soft":
            if in_part and kind != "edit" and not _meant_outside(tail, edges[at], played):
                continue
            begin = edges[at]
            kinds += waiting
            waiting = []
    if begin < 0:
        return _last_paragraph(seen, end)
    start = len(without_rule(text[: offset + begin]))
    if not says_something(text[:start]) or _GREETING.fullmatch(text, 0, start):
        return _NONE
    named = [kind for kind in _KINDS if kind in kinds]
    confidence = 0.9 if "offer" in named else 0.8
    return start, "closes with " + ", ".join(named), confidence


def _ends_with_closing(last: str, prompt: str) -> bool:
    if not _may_close(last):
        return False
    last = _bare(last)
    return not last or _closing(last, prompt) != ""


def _last_paragraph(seen: Observation, end: int) -> tuple[int, str, float]:
    """A paragraph that begins as a closing does is one as a whole.

    "---  Remember to fill in your name. It is also wise to …". Without the rule above it, only
    where the first sentence leaves no doubt: "I hope this poem is what you need. I tried to …"
    """
    text = seen.text
    start = text.rfind("\n\n", max(0, end - _MOST_PARAGRAPH), end)
    if start < 0:
        return _NONE
    ruled = text.find("---", max(0, start - 8), start) >= 0
    if not ruled and (
        text[start + 2 : start + 3] not in _PLAIN_FIRST or not _PLAIN.match(text, start)
    ):
        return _NONE
    paragraph = text[start:end].strip(MARKUP)
    boundary = _BOUNDARY.search(paragraph)
    first = paragraph[: boundary.start() + 1] if boundary else paragraph
    if not first or not _ends_with_closing(first, seen.prompt):
        return _NONE
    first = _bare(first)
    kind = _closing(first, seen.prompt) if first else ""
    begin = len(without_rule(text[:start]))
    if kind in ("", "soft") or not says_something(text[:begin]):
        return _NONE
    if not ruled and kind != "edit" and addressed(seen.prompt) and not _ASSISTANT.search(first):
        return _NONE
    return begin, f"closes with {kind}", 0.7


def _last_unit(near: str) -> str:
    """The last sentence or line, without markup."""
    near = near.rstrip(_OUTER)
    if near.endswith(_FACES):
        near = near.rstrip(":;-DP").rstrip(_OUTER)
    if near.isascii():
        stop = near.rfind(". ") + 1
        while stop > 0 and near.endswith(_ABBREVIATIONS, 0, stop):
            stop = near.rfind(". ", 0, stop - 1) + 1
        edge = max(near.rfind("\n"), stop, near.rfind("! ") + 1, near.rfind("? ") + 1)
    else:
        body = near.rstrip("。！？!?")
        edge = max(
            body.rfind("\n"), body.rfind("。"), body.rfind("！"), body.rfind("？"),
            body.rfind("? "),
            body.rfind("! "), body.rfind(". "),
        )  # fmt: skip
    return near[edge + 1 :].strip(MARKUP)


def _may_close(unit: str) -> bool:
    """Whether the unit begins (Japanese and Chinese: goes on) as closings do; cheap."""
    first = unit.partition(" ")[0].strip(',.!?:;"').lower()
    if first in closings.FIRST_WORDS:
        hints = closings.ABOUT_HINTS if first in closings.ABOUT else closings.HINTS
        return any(map(unit.lower().__contains__, hints))
    return not unit.isascii() and closings_cjk.CJK_HINTS.search(unit) is not None


def _bare(unit: str) -> str:
    unit = unit.strip(MARKUP)
    if unit.endswith(_FACES) or unit in (":", ";"):
        unit = unit.rstrip(":;-DP").rstrip(MARKUP)
    if "**" in unit:  # "Remember to **tailor** it"
        unit = unit.replace("**", "")
    return unit if unit.isascii() else _EMOJI.sub("", unit).strip(MARKUP)


def _closing(unit: str, prompt: str) -> str:
    """The kind of closing that the unit is; "" for none."""
    if unit[-1] in '"”」』' and unit.count(unit[-1]) == 1 and unit[0] not in '"“「『':
        return ""  # the end of somebody's speech
    if unit[0] in '"“「『' or _SPEAKER.match(unit):
        return ""
    if "exhaustive" in unit and _NOT_ALL.search(unit):
        return "" if asked_for(unit, prompt) else "disclaimer"
    tables = (closings.english(),) if unit.isascii() else (closings.english(), closings_cjk.cjk())
    lowered = unit.lower()
    for table in tables:
        for kind, pattern in table:
            if pattern.match(lowered):
                return "" if asked_for(unit, prompt) else kind
    return ""


def asked_for(words: str, prompt: str) -> bool:
    """Whether the prompt says that an answer be closed with these words, or such that begin so."""
    asked = prompt.rpartition("Human:")[2].lower()
    words = words.lower().strip(MARKUP + "\"“”«»'.!?。！？")
    if postscript := _POSTSCRIPT.match(words):
        return bool(postscript) and _POSTSCRIPT_ASKED.search(asked) is not None
    return words[:200] in asked or (24 <= len(words) <= 60 and words[:22] in asked)


def _meant_outside(tail: str, at: int, played: bool) -> bool:
    """Whether the closing words from `at` on stand outside of the text that was asked for: under a
    rule, or in a paragraph that only an assistant says."""
    before = tail[:at].rstrip()
    if before.endswith(("---", "***", "```", "===")):
        return True
    apart = played or at == 0 or "\n" in tail[len(before) : at] or _OFFERS_ITSELF.search(tail, at)
    return bool(apart) and bool(_ASSISTANT.search(tail, at))


def without_rule(head: str) -> str:
    """Without the white space and the horizontal rule at the end."""
    head = head.rstrip()
    line = head[head.rfind("\n") + 1 :]
    if len(line) < 80 and _RULE.fullmatch(line.strip()):
        return head[: len(head) - len(line)].rstrip()
    return head.rstrip(" \t\r\n（(*_") if head.endswith(("（", "(", " **", "\n**", "\n*")) else head
