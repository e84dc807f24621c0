"""Which language a prompt asks for."""

from __future__ import annotations

import re
from functools import lru_cache

from tesuji.diagnose.guess import language_of
from tesuji.diagnose.languages import NAMES
from tesuji.diagnose.latin import FUNCTION_WORDS, may_hold_another, other_language, words_of
from tesuji.diagnose.prompt_words import words_in
from tesuji.diagnose.scripts import scripts_of
from tesuji.diagnose.spoken_of import CODES, LATIN_NAMES


def _alternatives(column: int) -> str:
    names = sorted(
        (name for row in NAMES.values() for name in row[column].split("|")), key=len, reverse=True
    )
    return "|".join(names)


_ENGLISH, _JAPANESE, _CHINESE, _OTHERS = (_alternatives(column) for column in range(4))

# Words that make "in French" a demand: what is asked to be done or how the answer has to be.
_ANSWERING = (
    r"answer|respon[ds]\w*|repl(?:y|ies)|writ(?:e|ten|ing)|rewrit\w+|compos\w+|creat\w+|generat\w+"
    r"|giv(?:e|ing)|provid\w+|list|explain\w*|describ\w+|summari[sz]\w+|tell|draft|produc\w+|make"
    r"|output|speak|talk|say it|convert\w*|express|rephras\w+|must be|should be|has to be|is to be"
    r"|needs? to be|be entirely|is entirely|entirely|completely|wrapped|only|just|use|using|it is"
)
_LATIN_DEMANDS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"\b(?:translat\w+|convert\w*|render\w*|turn)\b[^\x00]{{0,300}}?\b(?:in)?to"
        rf" (?:\w+ )?({_ENGLISH})\b(?!-)",
        rf"\b(?:{_ANSWERING})\b[^.!?\n]{{0,120}}?(?<!not )\bin"
        rf" (?:plain |proper |simple |the |only )?({_ENGLISH})\b"
        r"(?= ?(?:[.,;:!?)\n\"]|$|(?:language|only|please|and|with|about|words?"
        r"|but|using|characters|for|that|so)\b))",
        rf"(?:\A|[.!?\n] ?)in ({_ENGLISH}),",
        rf"\b(?:us(?:e|ing) only|only us(?:e|ing)|only in|use) (?:the )?({_ENGLISH})\b"
        rf"(?: in | language|[.,!\n]|$)",
        rf"\b({_ENGLISH}) (?:only|please)\b",
        rf"\b(?:respo|répo|rispo|antwort|escri|écri|scriv|schreib|tradu|rédig|übersetz|redact|text"
        rf"|resum|résu|genera|génér|expli|crea|crée|compos|verfass|fasse|sprach)[^.!?\n]{{0,150}}?"
        rf"\b(?:en|em|in|auf|ins|al|vers l['’]|a l['’]|all['’]) ?(?:idioma |langue |llengua )?"
        rf"({_OTHERS}|{_ENGLISH})\b",
    )
)
# Before each pattern the characters of which it needs one.
_CJK_DEMANDS = tuple(
    (needed, re.compile(pattern))
    for needed, pattern in (
        (
            "語文字ル",
            rf"({_JAPANESE})(?:だけ|のみ)?(?:を(?:使|用)(?!わ|い(?:ず|な))"
            r"|(?:で|に|へ)(?!何|なん|どう|書かれ|言う|言え"
            r"|よる|おけ|関|つい|対|は))"
            r"[^。！？\n]{0,40}?(?:答|回答|書|説明|訳|出力|記述|作成|返|直|変換|応答|述べ|表現|し[てろなま]|せよ"
            r"|お願い|教え|用い|使|作|まとめ|要約|生成|話|頼|ください|下さい|挙げ|列挙)"
            r"(?!さ?れ|られ)",
        ),
        ("英和", r"(?:(英)|(和))訳(?:し|せよ|を(?!し)|の?お願い|$|[。\n])"),
        ("请請", rf"[请請]用({_CHINESE})"),
        (
            "用以",
            rf"(?:用|以|使用)(?:纯|流利的|地道的)?({_CHINESE})(?:来|來|进行|進行|语言|語言)?[^。！？\n]{{0,20}}?"
            r"(?:回答|答|写|寫|说|說|解释|解釋|介绍|介紹|描述|输出|輸出|回复|回覆|表达|表達|翻译|总结|撰写|创作|生成)",
        ),
        (
            "译譯改转轉",
            rf"(?:翻译|翻譯|译|譯|改写|转换|轉換)[^。\n]{{0,30}}?(?:成|为|為|到|作)(?:一[段篇句])?({_CHINESE})",
        ),
    )
)
_HOW_TO_SAY = re.compile(
    r"\b(?:how (?:do|would|can) (?:you|i|we) say|what is the word|what's the word"
    r"|mean(?:s|ing)? in)"
    r"|(?:語|文)で(?:は)?(?:何|なん|どう)|怎么说|怎麼說",
    re.IGNORECASE,
)
_SAYING = frozenset(("say", "word", "mean", "means", "meaning"))
# Where the last question of a conversation begins, and the empty turn after it.
_SPEAKERS = frozenset(("human", "user", "instruction", "question", "input"))
_TURN = re.compile(r"(?:###\s*|\n)(?:Human|User|Instruction|Question|Input)\s*:", re.IGNORECASE)
_ANSWER_TURN = re.compile(
    r"\s*(?:###\s*)?\b(?:Assistant|AI|Response|Answer)\s*:\s*\Z", re.IGNORECASE
)
_FENCED = re.compile(r"```[^`]{0,4000}(?:```|\Z)")
_MOST = 4_000  # characters of either end of a prompt that are looked at


def normalise(language: str) -> str | None:
    """The ISO 639-1 code in "zh-CN", "JA_jp", "Japanese" or 日本語; None where it says nothing."""
    name = language.strip().lower()
    if name in CODES:
        return CODES[name]
    code = re.split(r"[-_]", name)[0]
    return {"cmn": "zh", "jp": "ja", "eng": "en", "jpn": "ja", "zho": "zh"}.get(
        code,
        code if len(code) in (2, 3) and code.isalpha() and code not in ("any", "mul") else None,
    )


@lru_cache(maxsize=8192)
def asked_language(prompt: str) -> str | None:
    """The language that a prompt demands, else the one it is written in; None where unsure."""
    conversation, question = _question(prompt)
    demanded = demanded_languages(prompt)
    if demanded:
        return next(iter(demanded)) if len(demanded) == 1 else None
    if _asks_how_to_say(question):
        return None
    written = _written_in(question) or _written_in(conversation)
    if written in FUNCTION_WORDS and _speaks_another(question, written):
        return None
    return written


@lru_cache(maxsize=8192)
def demanded_languages(prompt: str) -> frozenset[str]:
    """The languages in which a prompt demands the answer in so many words."""
    _, question = _question(prompt)
    if _asks_how_to_say(question):
        return frozenset()
    patterns = () if LATIN_NAMES.isdisjoint(words_in(question)) else _LATIN_DEMANDS
    if not question.isascii():
        has = question.__contains__
        patterns += tuple(pattern for needed, pattern in _CJK_DEMANDS if any(map(has, needed)))
    return frozenset(_code(match) for pattern in patterns for match in pattern.finditer(question))


@lru_cache(maxsize=8)
def _question(prompt: str) -> tuple[str, str]:
    """All that a conversation's turns say, and the last question in it, which may be all."""
    if len(prompt) > 2 * _MOST:
        prompt = prompt[:_MOST] + "\n" + prompt[-_MOST:]
    conversation = prompt
    if not _SPEAKERS.isdisjoint(words_in(prompt)) and (turns := list(_TURN.finditer(prompt))):
        conversation = prompt[turns[0].end() :]
        prompt = prompt[turns[-1].end() :]
    question = prompt.strip()
    return conversation, _ANSWER_TURN.sub("", question).strip() if question[
        -1:
    ] == ":" else question


@lru_cache(maxsize=8)
def _asks_how_to_say(question: str) -> bool:
    may = not question.isascii() or not _SAYING.isdisjoint(words_in(question))
    return may and _HOW_TO_SAY.search(question) is not None


def _code(match: re.Match[str]) -> str:
    name = next(group for group in match.groups() if group)
    return {"英": "en", "和": "ja"}.get(name) or CODES[name.lower()]


def _written_in(prompt: str) -> str | None:
    """The language of the instruction: of the first and the last paragraph, where they agree."""
    if "```" in prompt:
        prompt = _FENCED.sub("\n", prompt)
    paragraphs = [part for part in prompt.split("\n") if part.strip()]
    if not paragraphs:
        return None
    first = language_of(paragraphs[0])
    last = language_of(paragraphs[-1]) if len(paragraphs) > 1 else first
    if first == last and first:
        return first
    if first in ("ja", "zh"):
        return first if last not in ("ja", "zh") else None  # before quoted material
    whole = language_of(prompt)
    if first is None or last is None:
        return whole if whole in (first, last) or first is last else None
    alike = scripts_of(first) == scripts_of(last)
    return whole if alike and whole in (first, last) else None


def _speaks_another(prompt: str, language: str) -> bool:
    """Whether a sentence of the prompt is in another language with an alphabet like this one's."""
    prompt = prompt[:_MOST]
    if not may_hold_another(words_of(prompt), language):
        return False
    return any(
        len(words := words_of(sentence)) > 5 and other_language(words, language)
        for sentence in re.split(r"[.!?\n]", prompt)
    )
