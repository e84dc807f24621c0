"""Outputs that decline, or say they cannot, instead of doing the task.

A refusal is a sentence near the start, in the model's own voice, that declines (see `refusals`),
with no real answer after it. Offers, reasons, questions back and advice to ask others are no
answer; code, a list, or sentences that do the task are. Refusing words inside a story, a mail or
quoted speech are none, nor is "I have no feelings" where the question was about the model itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from tesuji.diagnose import refusals
from tesuji.diagnose.echo import answer_end
from tesuji.diagnose.finding import Finding
from tesuji.diagnose.observation import Observation, fact
from tesuji.diagnose.refusals import Phrases

_HEAD = 300  # characters in which the refusing sentence begins
_CJK_HEAD = 150
_LONGEST = 2_400  # a longer answer says something
# One of these stands in every English refusal, and in few other openings: parts that look alike
# with a capital at the front or without.
_ENGLISH_CUES = ("not ", "n't ", "n’t ", "nable", "orry", "ecline", "efuse", "pologi",
                 "nfortunately", "mpossible", "have no ", "lack")  # fmt: skip
_KANA = re.compile("[\u3041-\u30ff]")
_JAPANESE_CUES = ("ません", "かね", "できない", "不可能", "控え")
_JAPANESE_SPOKEN = (
    "申し訳", "みません", "AI", "私", "提供", "答え", "応え", "対応", "手伝", "教え", "残念",
    "情報", "恐", "ごめん", "作成", "生成", "ご要望", "説明", "アクセス", "わかり", "分かり",
)  # fmt: skip
_CHINESE_CUES = (
    "抱歉",
    "无法",
    "無法",
    "对不起",
    "對不起",
    "不能",
    "没",
    "沒",
    "不",
    "遗憾",
    "遺憾",
)
_CHINESE_SPOKEN = ("我", "抱歉", "对不起", "對不起", "憾", "作为", "作為")
_OTHER_CUES = ("no puedo", "lo siento", "sol", "regrette", "leid", "entschuld", "desculp",
               "lamento", "dispia", "spiac", "извин", "прост", "сожал", "죄송", "미안", "유감",
               "ne peux", "ne suis")  # fmt: skip
# With these a refusal begins that has no letter beyond ASCII.
_OTHER_STARTS = ("Lo siento", "No puedo", "Es tut mir", "Tut mir", "Entschuldig", "Leider",
                 "Desculpe", "Mi dispiace", "Spiacente", "Je ne peux", "Je suis d")  # fmt: skip
_SENTENCE_END = re.compile(r"[.!?](?=[\s\"”'*_<)]|$)|[。！？]|\n")
# Where the refusing clause turns to an answer in the same sentence.
_TURN = re.compile(
    r",? (?:but|however|although)\b|; ?however|(?:です|ます|ません|ない)が、|[，,](?:但|不过|不過)"
)
# After it, what stands is meant as an answer, unless it is an offer.
_HOWEVER = re.compile(
    r"\s*(?:however|that (?:being )?said|but|nevertheless|nonetheless|still|as of|according to"
    r"|based on|generally|in general|ただし|しかし|ですが|一般的に|但是?|不过|不過|然而|一般)",
    re.IGNORECASE,
)
# More of what cannot be, before any turn.
_NEGATES = re.compile(
    r"\b(?:not|cannot|without)\b|n['’]t\b|ません|できない|[无無]法|不能|[没沒]有", re.I
)
# What is said of oneself, often before a real answer.
_DISCLAIMER = re.compile(
    r"opinion|preference|feeling|emotion|belief|real[- ]?time|access|experience|predict|personal"
    r"|exact|specific|information|意見|感情|好み|情報|最新|个人|個人|实时",
    re.IGNORECASE,
)
_CONTENT_LIST = re.compile(r"^[ \t>]*(?:\d{1,2}[.)、．]|[-*•・|])\s?\S", re.MULTILINE)
_GREETED = re.compile(r"\s*(?:dear |subject ?:|件名|拝啓|尊敬的|to whom|[^\n]{0,30}様\s*\n)", re.I)
_ABOUT_THE_MODEL = re.compile(
    r"\b(?:are you|have you|do you (?:have|feel|know (?:who|how|what) you|remember|use|want|dream"
    r"|like|love|get|ever|understand|exist|store|plan|need|enjoy|believe you)"
    r"|can you (?:think|feel|see|hear|learn|remember|speak|understand|dream|love|pass|talk|be)"
    r"|who (?:are|made|created|trained|built) you|what (?:are|can) you|how (?:do|are|were|did) you"
    r"|what(?:['’]s| is| are) your|your (?:name|creator|training|memory|purpose|self|limit"
    r"|favou?rite)"
    r"|call you|would you (?:want|like) to be(?:come)?|chat ?gpt|open ?assistant|as an ai)\b"
    r"|あなた(?:は|に|が|の)[^。\n]{0,20}(?:か[？?。]?|AI)|あなた(?:の名前|自身)|君は"
    r"|你(?:是|会不会|有没有|叫|自己|能不能|会)[^。\n]{0,14}(?:[吗嗎谁誰什]|AI)",
    re.IGNORECASE,
)
_WRITES = re.compile(
    r"\b(?:e-?mails?|(?:a|the|this|my|cover|[a-z]+ion) letter|dialog(?:ue)?|screenplay|script"
    r"|role-?play"
    r"|apolog(?:y|ize)|excuses?|rejection|story)\b"
    r"|メール|手紙|台本|断り|お詫び|謝罪|なりきって|邮件|郵件|道歉|拒绝信",
    re.IGNORECASE,
)
_TEXT_DOES_NOT_SAY = re.compile(
    r"\b(?:from|in|by|based on|on|within) (?:the|this|these|that)(?: \w+){0,2} (?:text|passage"
    r"|article"
    r"|paragraph|statements?|premise|sentence|conversation|dialogue|story|table|options|facts"
    r"|code)\b"
    r"|(?:文章|文中|本文|会話|テキスト|与えられた|この文|問題文|選択肢|条件)[^。\n]{0,24}"
    r"(?:判断|特定|判明|断定|わか|分か|推測|記載|言及|書かれ|決定)"
    r"|(?:文中|文章|根据给定|原文)[^。\n]{0,20}(?:没有|无法|未)",
    re.IGNORECASE,
)
_MOST_PROMPT = 2_000


def detect_refusal(seen: Observation) -> Iterable[Finding]:
    """The sentence that declines, where no answer follows it."""
    refused = refusal(seen)
    if refused is None:
        return ()
    start, end, firm = refused
    return (Finding("refusal", start, end, "declines to answer", 0.9 if firm else 0.7),)


@fact
def refusal(seen: Observation) -> tuple[int, int, bool] | None:
    """Start and end of the sentence that declines, and whether it is firm; None: no refusal."""
    text = seen.text
    if text[:1] in "{[|#" and text[:1]:
        return None  # data or a heading: an answer
    # The length beyond which there is an answer counts without leaked or invented turns, which
    # are only looked for where a refusal may be.
    head = text[:_HEAD]
    phrases: Phrases | None
    if not head.isascii():
        phrases = _phrases_of(head)
    elif head.startswith(_OTHER_STARTS):
        phrases = refusals.others()
    else:
        phrases = refusals.english() if _may_be_english(head) else None
    if phrases is None:
        return None
    window = text[: _CJK_HEAD if phrases.most_firm < 150 else _HEAD]
    match = phrases.firm.search(window)
    firm = match is not None
    if match is None and (humble := phrases.humble.search(window)):
        match = phrases.weak.search(window, humble.end())
        if match and len(_SENTENCE_END.findall(window, humble.end(), match.start())) > 1:
            match = None  # the apology was for something else
    if match is None or _sentences_before(window, match.start(), phrases) or _excused(seen, match):
        return None
    return _judged(seen, match, firm, phrases)


def _may_be_english(head: str) -> bool:
    """Whether a speaker and a negation stand in `head`."""
    spoken = (
        head.startswith(("I", "i ", "As "))
        or " I " in head or "orry" in head or "nfortunately" in head or "pologi" in head
        or "I'm" in head or "I’m" in head or "s not " in head or " i " in head or "I can" in head
    )  # fmt: skip
    return spoken and any(map(head.__contains__, _ENGLISH_CUES))


def _phrases_of(head: str) -> Phrases | None:
    """The phrases to look for in a text that is not plain ASCII."""
    if _KANA.search(head, 0, 40):
        window = head[:_CJK_HEAD]
        if any(map(window.__contains__, _JAPANESE_CUES)) and any(
            map(window.__contains__, _JAPANESE_SPOKEN)
        ):
            return refusals.japanese()
        return None
    if _may_be_english(head):
        return refusals.english()
    window = head[:_CJK_HEAD]
    if any(map(window.__contains__, _CHINESE_SPOKEN)) and any(
        map(window.__contains__, _CHINESE_CUES)
    ):
        return refusals.chinese()
    lower = window.lower()
    return refusals.others() if any(map(lower.__contains__, _OTHER_CUES)) else None


def _sentences_before(window: str, start: int, phrases: Phrases) -> bool:
    """Whether much else was said before the refusing words: an answer, or a story."""
    said = 0
    for sentence in _SENTENCE_END.split(window[:start])[:-1]:
        if not (phrases.idle.search(sentence) or phrases.humble.search(sentence)):
            said += len(sentence.strip())
    return said > (phrases.most_weak or 100)


def _excused(seen: Observation, match: re.Match[str]) -> bool:
    """Whether the refusing words are what was asked for, or not the model's own."""
    text, prompt = seen.text, seen.prompt
    if text.startswith(("Yes, I", "Yes, i")) or _GREETED.match(text):
        return True
    if _TEXT_DOES_NOT_SAY.search(text[: match.end() + 80]):
        return True
    before = text[: match.start()]
    if before.count("「") > before.count("」") or before.count("“") > before.count("”"):
        return True
    if before.count('"') % 2 and not before.lstrip().startswith('"'):
        return True
    asked = match[0].lower()
    if prompt and asked in prompt[-_MOST_PROMPT:].lower():
        return True
    flat = re.search(
        r"assist|help (?:you )?with (?:that|this|your)|fulfil|comply|request"
        r"|answer (?:this|that|your)"
        r"|i (?:can ?not|can['’]t|am (?:unable|not able) to) (?:writ|creat|generat|provid|turn"
        r"|produc)"
        r"|リクエスト|ご要望|お手伝い|お応え|您的请求|你的请求",
        text[match.start() : match.end() + 60],
        re.IGNORECASE,
    )
    return flat is None and (asks_about_the_model(prompt) or _asks_for_a_mail(prompt))


@lru_cache(maxsize=4_096)
def asks_about_the_model(prompt: str) -> bool:
    """Whether a prompt, a short one, asks about the model itself."""
    return len(prompt) < 300 and _ABOUT_THE_MODEL.search(prompt) is not None


@lru_cache(maxsize=4_096)
def _asks_for_a_mail(prompt: str) -> bool:
    return _WRITES.search(prompt[-_MOST_PROMPT:]) is not None


def _judged(
    seen: Observation, match: re.Match[str], firm: bool, phrases: Phrases
) -> tuple[int, int, bool] | None:
    text = seen.text[: answer_end(seen)] if len(seen.text) > _HEAD else seen.text
    if len(text) > _LONGEST or match.end() > len(text):
        return None
    start = max((m.end() for m in _SENTENCE_END.finditer(text, 0, match.start())), default=0)
    while start < match.start() and text[start] in " \n\t\"”'`*_":
        start += 1
    stop = _SENTENCE_END.search(text, match.end())
    end = stop.end() if stop else len(text)
    turn = _TURN.search(text, match.end(), end)
    rest = text[turn.end() if turn else end :]
    if rest.count("```") > 1 or len(_CONTENT_LIST.findall(rest)) > 2:
        return None
    if turn and not phrases.idle.search(text, turn.start(), end):
        firm = False
    most = phrases.most_firm if firm and not _DISCLAIMER.search(match[0]) else phrases.most_weak
    reasoned = most == phrases.most_firm
    content, turned = 0, bool(turn)
    for sentence in _SENTENCE_END.split(rest):
        if _HOWEVER.match(sentence):
            most, reasoned, turned = min(most, phrases.most_weak), False, True
        if phrases.idle.search(sentence) or (reasoned and phrases.reason.search(sentence)):
            continue
        if not turned and _NEGATES.search(sentence):
            continue
        content += len(sentence.strip())
        if content > most:
            return None
    return start, max(end, match.end()), firm
