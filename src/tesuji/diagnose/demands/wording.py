"""Words that must not stand in the answer, and words that must."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tesuji.diagnose.demands.demand import Breach, Check, Demand, sought
from tesuji.diagnose.demands.numbers import (
    ENGLISH,
    EXACT,
    LESS,
    MORE,
    Bounds,
    cjk_bounds,
    english_bounds,
)

CUES = "word words keyword keywords phrase phrases term terms"
CJK_CUES = (
    "単語",
    "言葉",
    "キーワード",
    "という語",
    "这个词",
    "这些词",
    "词语",
    "字样",
    "一词",
    "回以",
    "回未満",
)

_QUOTED = r"[\"“”'‘’`][^\"“”'‘’`\n]{1,40}[\"“”'‘’`]"
_LIST = rf"(?:{_QUOTED}(?:\s*(?:,|and|or|, and|, or|&)?\s*{_QUOTED}){{0,12}})"
_NO = (
    r"(?:do not|don't|don’t|does not|doesn't|never|must not|should not|shouldn't|not to|without"
    r"|avoid"
    r"|refrain from|and not|not)"
)
_USE = r"(?:us(?:e|ing)|includ(?:e|ing)|mention(?:ing)?|contain(?:ing)?|say(?:ing)?|writ(?:e|ing))"
_FORBIDDEN = re.compile(
    rf"\b{_NO}\s+(?:{_USE}\s+)?(?:any of\s+)?(?:the\s+)?(?:following\s+)?(?:exact\s+)?"
    rf"(?:key\s?words?|words?|phrases?|terms?)\s*:?\s*(?P<list>{_LIST})",
    re.IGNORECASE,
)
_TIMES = (
    rf"(?:(?P<compare>{MORE}|{LESS}|{EXACT})\s+(?P<n>{ENGLISH}|once|twice)\b(?:\s*times?)?"
    rf"|(?P<low>{ENGLISH})\s*(?:to|-)\s*(?P<high>{ENGLISH})\s+times)"
)
_OFTEN = re.compile(
    rf"\bword\s+(?P<word>{_QUOTED}|[a-z'-]{{2,20}})(?:\s+(?:should|must|to|needs to|has to"
    rf"|appears?)"
    rf"(?:\s+(?:appear|be used|occur|be|in (?:the|your) \w+)){{0,2}})?,?\s+(?:for\s+)?{_TIMES}",
    re.IGNORECASE,
)
_REQUIRED = re.compile(
    rf"(?:^|[.,;:!?\n]\s*|\b(?:and|please|to|must|should|also|sure you|that you)\s+)(?:please\s+)?"
    rf"(?:include|use|contain)\s+(?:all\s+)?(?:the\s+)?(?:following\s+)?(?:key\s?words?|words?"
    rf"|phrase)\s*"
    rf":?\s*(?P<list>{_LIST})(?!\s*(?:at|no|for|less|more|fewer|exactly|once|twice|in (?:the"
    rf"|a) \w+ of))",
    re.IGNORECASE,
)
_ABSENT = re.compile(
    rf"\bwords?\s+(?P<list>(?:{_QUOTED}|[a-z'-]{{2,20}})(?:(?:, | and | or |, and |, or )"
    rf"(?:{_QUOTED}|[a-z'-]{{2,20}})){{0,6}})\s+(?:does not|doesn't|do not|don't|should not"
    r"|shouldn't|must not"
    r"|cannot|can't|may not)\s+(?:appear|be used|occur|be in|be included)\b"
    r"(?!\s+(?:more|over|than|less|twice|once))",
    re.IGNORECASE,
)
_QUOTE = re.compile(r"[\"“‘'`]")
_ITEM = re.compile(r"[\"“”'‘’`]([^\"“”'‘’`\n]{1,40})[\"“”'‘’`]")
_NOT_WORDS = re.compile(r"\w", re.UNICODE)

_JA_LIST = r"(?:[「『“\"][^」』”\"\n]{1,20}[」』”\"](?:、|や|と|か|および|及び|・)?){1,12}"
_JA_FORBIDDEN = re.compile(
    rf"(?P<list>{_JA_LIST})(?:など)?(?:という|の)?(?:単語|言葉|語|表現|キーワード|文字)?(?:を|は)(?:一切|全く|絶対に)?"
    r"(?:含め|使わ|使用せ|使用し|用い|入れ)(?:ずに?|ない)"
)
_JA_OFTEN = re.compile(
    rf"(?P<list>{_JA_LIST})(?:という|の)?(?:単語|言葉|語|キーワード|文字)?(?:を|が)?(?:キーワードにして|キーワードとして)?"
    r"(?:使う回数を)?(?P<n>[0-9０-９]{1,3})回(?P<after>以上|以内|以下|未満)?(?:に|は)?(?P<verb>使わない|用いてはいけ|使ってはいけ|し|入れ|使|用い|含|現れ|出現|登場)"
)
_JA_REQUIRED = re.compile(
    rf"(?P<list>{_JA_LIST})という(?:単語|言葉|語|キーワード)を(?:必ず|全て|すべて)?(?:入れて|使って|用いて|含めて|使用して)"
)
_ZH_FORBIDDEN = re.compile(
    r"(?:不要|不得|不能|禁止|不可以?|避免)(?:使用|出现|包含|提到|提及|用)(?P<list>[“\"「][^”\"」\n]{1,12}[”\"」])"
    r"(?:这个|這個|一)?(?:词|字|詞|字样)"
)
_JA_ITEM = re.compile(r"[「『“\"]([^」』”\"\n]{1,20})[」』”\"]")


def find(prompt: str) -> Iterator[Demand]:
    """Demands on words, in English."""
    quoted = _QUOTE.search(prompt) is not None
    for match in _listed(prompt, _FORBIDDEN) if quoted else ():
        words = [item.strip(" ,.") for item in _ITEM.findall(match["list"])]
        yield Demand("forbidden words", *match.span(), without([w for w in words if w]))
    for match in sought(_OFTEN, prompt, "word ", 0, 160):
        word = match["word"].strip("\"“”'‘’`")
        bounds = english_bounds(match["compare"], match["n"] or match["low"], match["high"])
        if bounds is not None and _NOT_WORDS.search(word):
            yield Demand("word frequency", *match.span(), often(word, bounds))
    for match in sought(_ABSENT, prompt, "word", 0, 200):
        words = re.split(r",? (?:and|or) |, ", match["list"])
        yield Demand(
            "forbidden words", *match.span(), without([w.strip("\"“”'‘’`") for w in words])
        )
    for match in _listed(prompt, _REQUIRED) if quoted else ():
        words = [item.strip(" ,.") for item in _ITEM.findall(match["list"])]
        yield Demand("required words", *match.span(), with_all([w for w in words if w]))


def _listed(prompt: str, pattern: re.Pattern[str]) -> Iterator[re.Match[str]]:
    """The matches of a pattern that has a list of quoted words after "words", "phrases" …"""
    for unit in ("word", "phrase", "term"):
        yield from sought(pattern, prompt, unit, 90, 600)


def find_cjk(prompt: str) -> Iterator[Demand]:
    """Demands on words, in Japanese and Chinese."""
    for match in _JA_OFTEN.finditer(prompt):
        bounds = cjk_bounds(match["n"], match["after"] or "以上")
        words = _JA_ITEM.findall(match["list"])
        if bounds is None or len(words) != 1:
            continue
        if match["verb"] in ("使わない", "用いてはいけ", "使ってはいけ"):
            bounds = Bounds(None, (bounds.low or bounds.high or 1) - 1)
        yield Demand("word frequency", *match.span(), often(words[0], bounds))
    for pattern in (_JA_FORBIDDEN, _ZH_FORBIDDEN):
        for match in pattern.finditer(prompt):
            # One character stands inside other words: 音 in 発音 is no 「音」.
            words = [word for word in _JA_ITEM.findall(match["list"]) if len(word) > 1]
            if words:
                yield Demand("forbidden words", *match.span(), without(words))
    for match in _JA_REQUIRED.finditer(prompt):
        yield Demand("required words", *match.span(), with_all(_JA_ITEM.findall(match["list"])))


def _pattern(word: str) -> re.Pattern[str]:
    edge = r"\b" if word.isascii() and word[0].isalnum() and word[-1].isalnum() else ""
    return re.compile(edge + re.escape(word) + edge, re.IGNORECASE)


def without(words: list[str]) -> Check:
    patterns = [_pattern(word) for word in words]

    def check(text: str) -> Breach | None:
        for pattern in patterns:
            if found := pattern.search(text):
                return Breach(f"{found[0]!r} where it was forbidden", *found.span())
        return None

    return check


def with_all(words: list[str]) -> Check:
    def check(text: str) -> Breach | None:
        low = text.casefold()
        missing = next((word for word in words if word.casefold() not in low), None)
        return Breach(f"without the demanded {missing!r}") if missing else None

    return check


def often(word: str, bounds: Bounds) -> Check:
    whole = _pattern(word)

    def check(text: str) -> Breach | None:
        fewest = sum(1 for _ in whole.finditer(text))
        most = text.casefold().count(word.casefold())
        if not bounds.broken_by(fewest, max(fewest, most)):
            return None
        return Breach(f"{word!r} {fewest} times where {bounds.words()} were demanded")

    return check
