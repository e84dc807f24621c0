"""Words before the answer that can be deleted without losing any of it.

A preamble is a row of opening segments (see `openings`) from the start of the text. What must
stay: a "Yes," that answers a yes/no question, headings, openings in character, topic sentences;
and a text that is nothing but opening, for there would be no answer left.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from functools import lru_cache

from tesuji.diagnose import openings
from tesuji.diagnose.empty import says_something
from tesuji.diagnose.finding import Finding
from tesuji.diagnose.observation import Observation
from tesuji.diagnose.refusal import asks_about_the_model, refusal

# What may stand before an opening: white space, emoji, bold, a leaked token, an empty thought, a
# role's name.
_LEAD = re.compile(
    r"[\s\ufeff\u200b]*(?:(?:<[|｜]?/?[\w｜|-]{1,24}[|｜]?>|\[/?INST\]|#{2,4} (?=[A-Z]\w+:)"
    r"|(?:assistant|ai|bot|response|system|chatgpt|gpt)\s?[:：](?=\s))\s*){0,4}"
    r"(?:[\u2600-\u27bf\U0001f300-\U0001faff]\ufe0f?\s?){0,3}(?:[*_]{1,3}(?=\w))?"
    r"(?:[\"“](?=(?:sure|certainly|absolutely|of course)\b))?",
    re.IGNORECASE,
)
_LONGEST_ROLE = 12  # characters of a role's name and its colon
# What is looked for in a prompt is in lower case, as the prompt then is: IGNORECASE is slow.
_YES_NO = re.compile(
    r"(?:^|[\n.!?:,]\s{0,3})(?:is|are|am|was|were|do|does|did|has|have|had|should|may|must"
    r"|(?:can|could|will|would)(?! you\b))\b[^\n?]{0,300}\?"
    r"|^(?:is|are|was|were|does|did|has|can|could|should|will)(?! you\b) [^\n?]{0,200}\n*$"
    r"|^(?:do|have|am|should) (?:i|we|they|you|people)\b[^\n?]{0,200}\n*$"
    r"|^in [\w +#.-]{2,20},? (?:is|are|do|does|did|has|can|could|will|would"
    r"|should)\b[^\n?]{0,200}\?"
    r"|\byes\b[^\n]{0,20}\bno\b"
    r"|はい[^\n]{0,12}いいえ|[吗嗎么麼][？?]|是否|是不是|能不能|可不可以|对不对",
)
_CAN_YOU = re.compile(
    r"\b(?:can|could|will|would) you\b[^\n?]{0,300}\?|(?:できます|もらえます|くれます)か",
)
_JA_QUESTION = re.compile(r"ですか|ますか|でしょうか|ませんか|ましたか")
_JA_SENTENCE_END = re.compile(r"[。？?！!\n]")
_JA_ASKS_WHAT = re.compile(
    r"何|なに|なん|どう|どの|どこ|どれ|どち|いつ|誰|だれ|なぜ|いくつ|いくら|ください|いただけ"
    r"|頂け|もらえ|くれ"
)
_ROLE_PLAY = re.compile(
    r"\b(?:role-?play|pretend|act as|acting as|in character|impersonat|you are (?:a|an) "
    r"(?:pirate|knight|wizard|king|queen|character))|imagine you|なりきって|ロールプレイ"
    r"|役になって|演じ|扮演",
)
# A reader's part, or one to be played: what it exclaims is said in character.
_PERSONA = re.compile(
    r"あなた(?:は|が)[^。\n]{1,30}(?:です|で、|として|だと|働いて)|どのような返事|適切な発言"
    r"|ボット|皮肉"
    r"|\byou are (?:a|an|the)\b|\bfunny\b|\bpirate\b",
)
_GREETING_ASKED = re.compile(
    r"\b(?:pretend|rewrite|rephrase|paraphrase|statement|écri\w+|rédig\w+|lettre|discours"
    r"|carta|escrib\w+|redact\w+|schreib\w*|escrev\w+"
    r"|scriv\w+|greet\w*|e-?mails?|letters?|messages?|speech|role|chat|conversation"
    r"|dialog\w*"
    r"|respond|reply|posts?|script|act|imagine|tweet|captions?|text|introduc\w*|welcome"
    r"|good (?:morning"
    r"|evening|afternoon)|how are you|write|compose|draft|create)\b"
    r"|안녕|\bhola\b|\bbonjour\b|\bhallo\b|\bciao\b|привет|สวัสดี|\bolá\b"
    r"|こんにちは|こんばんは|おはよう|挨拶|あいさつ|メール|手紙|会話|演説|スピーチ|書いて|作成"
    r"|返信|你好|您好|邮件|郵件|信|写|寫",
)
_GREETS = re.compile(
    r"\b(?:hi|hello|hey|good (?:morning|evening|afternoon)|how are you|hola|bonjour|hallo|ciao"
    r"|olá)\b"
    r"|привет|안녕|สวัสดี|こんにちは|こんばんは|おはよう|你好|您好",
)
_ONLY_GREETS = 60  # characters of a prompt that may be no more than a greeting
_MORE = 12  # characters that it may have beside
# A request in the form of a question, which "yes" does not answer.
_REQUEST = re.compile(
    r"\b(?:can|could|will|would) you (?:please |kindly |also )?(?:give|tell|write|explain"
    r"|provide|show"
    r"|make|create|list|describe|summari[sz]e|recommend|suggest|share|generate|compare"
    r"|outline)\b[^\n?]{14}",
)
# Nothing of an answer follows: the user is asked for something.
_ASKS_BACK = re.compile(
    r"(?:please|could you|can you|would you|what|which|how (?:can|may|would)|let me know|go ahead"
    r"|to (?:get started|help|assist|provide)|i(?:['’]ll| will| just)? need|do you|feel free"
    r"|if you"
    r"|just (?:let|tell|send|share)|is there|are you|may i|tell me|but )"
    r"|(?:どの|何|どんな|具体的|まず|もう少し|請|请|您|你|想|需要)",
    re.IGNORECASE,
)
_PLEASE = re.compile(
    r"\b(?:please|let me know|go ahead|feel free)\b|[请請](?:提供|告诉|告訴|发|發)", re.IGNORECASE
)
_ASKS_FOR = re.compile(
    r"^[^。\n]{0,60}(?:教えて|聞かせ|知らせ|送って|送り|入力して|提供して|申し付け|提示)"
    r"[^。\n]{0,8}(?:ください|下さい|いただけ|頂け)"
)
_MOST_ASKED = 280  # characters of a text that only asks back
_MOST_BARE = 40  # characters of a bare answer after "The answer is"; a phrase, not a sentence
_MOST_LABELLED = 400  # characters of a label, a bare answer and the white space around them
_MOST_SEGMENTS = 20  # "Sure! Sure! Sure! …" without end is a loop, no opening
_MOST_PROMPT = 4_000  # the question stands at the prompt's end; more is not looked at


def asks_yes_or_no(prompt: str) -> bool:
    """Whether the end of the prompt asks a question that yes or no answers."""
    tail = prompt[-_MOST_PROMPT:].lower()
    if _YES_NO.search(tail):
        return True
    return any(
        not _JA_ASKS_WHAT.search(
            _JA_SENTENCE_END.split(tail[max(0, m.start() - 120) : m.end()])[-1]
        )
        for m in _JA_QUESTION.finditer(tail)
    )


def detect_preamble(seen: Observation) -> Iterable[Finding]:
    """The opening, with the white space after it, where an answer follows."""
    start, end, kinds = _opening(seen)
    if not kinds or not says_something(seen.text[end:]) or _asks_back(seen.text, end):
        return ()
    if refusal(seen):
        return ()
    sure = not set(kinds) <= {"agreement", "label", "yes", "greeting", "disclaimer"}
    evidence = "opens with " + ", ".join(kinds)
    return (Finding("preamble", start, end, evidence, 0.9 if sure else 0.7, "preamble"),)


def _asks_back(text: str, end: int) -> bool:
    """Whether after `end` the text only asks the user for something."""
    if len(text) - end > _MOST_ASKED:
        return False
    rest = text[end:].rstrip()
    if _ASKS_FOR.search(rest) and rest.count("\n") < 2:
        return True
    asks = "?" in rest[-8:] or "？" in rest[-8:] or (rest.count("\n") < 2 and _PLEASE.search(rest))
    return bool(asks) and _ASKS_BACK.match(rest) is not None


def _opening(seen: Observation) -> tuple[int, int, list[str]]:
    """Where the opening starts and ends, and what it is made of; no kinds: no opening."""
    text = seen.text
    start = position = _thought_end(text)
    end, kinds, waiting = start, [], []  # type: int, list[str], list[str]
    soft: frozenset[str] | None = None
    for _ in range(_MOST_SEGMENTS):
        segment = openings.segment_at(text, _lead_end(text, position))
        if segment is None:
            break
        kind, position = segment
        if soft is None:
            soft = _soft_kinds(seen.prompt)
        # After "Can you …?", "Yes, I can help with …" is the answer.
        answers = kind in soft or (kind == "promise" and "yes" in waiting)
        waiting.append(kind)
        if not answers:
            end = position
            kinds += waiting
            waiting = []
    else:
        return start, start, []
    label = _label_end(seen, position)
    if label is not None:
        end = label
        kinds += [*waiting, "label"]
    return start, end, list(dict.fromkeys(kinds))


def _lead_end(text: str, position: int) -> int:
    """Past what may stand before an opening."""
    head = text[position : position + _LONGEST_ROLE]
    if head[:1].isalpha() and ":" not in head and "：" not in head:
        return position
    lead = _LEAD.match(text, position)
    return lead.end() if lead else position


def _thought_end(text: str) -> int:
    """The end of a leaked thought that the text begins with, 0 where there is none."""
    first = text[:1]
    if first != "<" and not first.isspace():
        return 0
    if not text.startswith("<think>", len(text) - len(text.lstrip()) if first != "<" else 0):
        return 0
    end = text.find("</think>")
    return end + len("</think>") if end >= 0 else len(text)  # nothing but thought


@lru_cache(maxsize=4_096)
def _soft_kinds(prompt: str) -> frozenset[str]:
    """The kinds that go only with a harder one after them; else they may be the answer."""
    soft = {"courtesy"}
    head, tail = prompt[:_MOST_PROMPT].lower(), prompt[-_MOST_PROMPT:].lower()
    if asks_yes_or_no(tail) or _ROLE_PLAY.search(head):
        soft |= {"yes", "agreement"}
    elif not prompt or (_CAN_YOU.search(tail) and not _REQUEST.search(tail)):
        soft.add("yes")
    if not prompt or _GREETING_ASKED.search(tail) or _is_a_greeting(tail):
        soft |= {"greeting", "exclamation"}
    if _PERSONA.search(head):
        soft.add("exclamation")
    if asks_about_the_model(prompt):
        soft.add("disclaimer")
    return frozenset(soft)


def _is_a_greeting(prompt: str) -> bool:
    """Whether a prompt in lower case is a greeting and hardly more: one in return is the answer."""
    if len(prompt) > _ONLY_GREETS or _GREETS.search(prompt) is None:
        return False
    return "?" not in prompt or len(_GREETS.sub("", prompt).strip(" ,.!?")) <= _MORE


def _label_end(seen: Observation, position: int) -> int | None:
    """The end of "The answer is" or "Answer:", where a bare answer and nothing else follows."""
    if len(seen.text) - position > _MOST_LABELLED:
        return None
    end = openings.label_end(seen.text, position)
    if end < 0:
        return None
    if seen.text[position:end].strip(" *_").lower() in seen.prompt[-_MOST_PROMPT:].lower():
        return None  # asked for
    bare = seen.text[end:].strip().rstrip(".。")
    if seen.format is not None:
        labelled_fits = seen.format.check(seen.text[position:]) is None
        bare_fits = seen.format.check(bare) is None
        if not bare_fits:
            return None  # the label itself may be what was asked for
        if not labelled_fits:
            return end
    short = 0 < len(bare) <= _MOST_BARE and "\n" not in bare and len(bare.split()) <= 4
    return end if short and not re.search(r"[.!?。！？]\s", bare) else None


def clean_preamble(seen: Observation) -> str:
    """Without the words before the answer."""
    while finding := next(iter(detect_preamble(seen)), None):
        seen = replace(seen, text=seen.text[: finding.start] + seen.text[finding.end :])
    return seen.text
