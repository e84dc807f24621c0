"""Upper and lower case, forbidden characters, scripts, how often a letter appears."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tesuji.diagnose.demands.demand import Breach, Check, Demand, before, sentence_around, sought
from tesuji.diagnose.demands.numbers import ENGLISH, EXACT, LESS, MORE, english_bounds

CUES = ("comma commas case lowercase lowercased uppercase uppercased capital capitals capitalized"
        " letter letters digit digits numeral numerals")  # fmt: skip
CJK_CUES = ("読点", "句点", "「。」", "ひらがな", "カタカナ", "漢", "逗号", "标点")

_NO_COMMAS = re.compile(
    r"\b(?:(?:do not|don't|don’t|never|not to|must not|should not|shouldn't|cannot|without|avoid"
    r"|refrain from"
    r"|not|no)\s+(?:\w+\s+){0,4}?commas?\b|commas? (?:is|are) (?:not allowed|forbidden))",
    re.IGNORECASE,
)
_COMMA_ASIDE = re.compile(
    r"oxford|serial|splice|separated|unnecessary|too many|missing", re.IGNORECASE
)
_CASE = re.compile(
    r"\b(?:(?:in|use|using|with|only|all|be|entirely|and)\s+(?:your\s+)?(?:all\s+|only\s+|just\s+)?"
    r"(?:the\s+)?(?:(?P<lower>lower[\s-]?case|small)|(?P<upper>upper[\s-]?case|capital(?:ized|s)?))"
    r"(?:\s+(?:english\s+)?letters?)?(?:\s+only)?"
    r"|(?P<none>(?:no|without(?: any| using)?) capital letters)"
    r"|all letters (?:\w+\s+){0,4}should be (?P<caps>capitalized)"
    r"|(?P<small>all letters (?:being |in )?lower-?cased?))\b",
    re.IGNORECASE,
)
_CASE_ALL = re.compile(
    r"\b(?:all|only|no|without|entire|every|everything|response|answer|reply|output|english)\b",
    re.IGNORECASE,
)
_CASE_ASIDE = re.compile(
    r"\b(?:words?|convert|function|string|file|variable|first letter|each|alternat\w+|keys?"
    r"|names? of"
    r"|and (?:lower|upper)|title case|sentence|password|capital letters? (?:of|and)|column|python"
    r"|code|letters [a-z]-)\b|lower[- ]?case and upper|upper[- ]?case and lower",
    re.IGNORECASE,
)
_NO_DIGITS = re.compile(
    r"\b(?:do not|don't|without|avoid|refrain from)\s+(?:use|using|include|including"
    r"|contain\w*)?\s*"
    r"(?:any\s+)?(?:arabic\s+)?(?:digits|numerals)\b",
    re.IGNORECASE,
)
_LETTER = re.compile(
    rf"\bletter ['\"“]?(?P<letter>[a-z])['\"”]?(?=\W)[^.\n]{{0,40}}?\b(?P<compare>{MORE}|{LESS}"
    rf"|{EXACT})\s+"
    rf"(?P<n>{ENGLISH}|once|twice)\b(?:\s+times?)?",
    re.IGNORECASE,
)
_NO_LETTER = re.compile(
    r"\b(?:do not|don't|without|avoid|never)\s+(?:use|using|include|including"
    r"|contain\w*)?\s*(?:of\s+)?"
    r"the letters? ['\"“]?(?P<letter>[a-z])['\"”]?(?=\W|$)",
    re.IGNORECASE,
)
_OFTEN_ENOUGH = re.compile(r"\s+(?:\w+\s+)?(?:more than|over|too)\b|\s+\w+ times", re.IGNORECASE)
_OF_OTHERS = re.compile(r"\b(?:who|that|trying|tries|characters?|they)\b[^.]*$", re.IGNORECASE)
_CAPITAL_WORDS = re.compile(
    rf"\b(?:words? (?:in|with) (?:all )?capital(?: letters|s)?|all[- ]capital(?:ized)? words?"
    rf"|fully capitalized words?)\b[^.\n]{{0,40}}?(?P<compare>{MORE}|{LESS})\s+(?P<n>{ENGLISH})\b"
    rf"|\b(?P<compare2>{MORE}|{LESS})\s+(?P<n2>{ENGLISH})\s+"
    r"(?:words?(?: or phrases?)? (?:be )?(?:in|with) (?:all )?capital"
    r"|(?:all|fully)[- ]capital(?:ized)? words?)",
    re.IGNORECASE,
)
_WORD_IN_CAPITALS = re.compile(r"(?<![\w'’])[A-ZÀ-ÖØ-Þ]{2,}(?![\w'’])")

_NOT_JA = (
    r"(?:を|は|も)?(?:一切|一文字も|全く|一つも|1つも)*(?:使わ|使用せ|使用し|用い|含め|入れ|書か)"
    r"(?:ずに?|ない|る(?:事|こと)なく)"
)
_JA_NONE = re.compile(
    rf"(?P<what>読点|句点|「。」|ひらがな|カタカナ|漢字)(?:や(?P<also>読点|句点|ひらがな|カタカナ|漢字))?{_NOT_JA}"
)
_ZH_NONE = re.compile(
    r"(?:不要|不得|不能|禁止|不)(?:使用|出现|用|包含|含有)(?:任何)?(?P<what>逗号|标点符号|句号)"
)
_JA_ONLY = re.compile(
    r"(?P<what>ひらがな|カタカナ)(?:だけ|のみ)(?:を(?:使|用)|で(?:答|書|回答|説明|教)|を用)"
)
_HAN_NUMBERS = re.compile(
    r"数字は(?:必ず|全て|すべて|一文字も|使わないで|、){0,4}漢数字|漢数字(?:のみ|だけ)[をで]|漢数字以外の数字は使わ"
)
_HAN_COUNT = re.compile(
    r"漢字(?:を|は|の使用回数を)\s?(?P<n>\d{1,4})(?:文字|字)(?P<after>以上|以内|以下|未満)"
)
_SCRIPTS = {
    "読点": r"、",
    "句点": r"。",
    "「。」": r"。",
    "ひらがな": r"[ぁ-ゖ]",
    "カタカナ": r"[ァ-ヺ]",
    "漢字": r"[一-鿿]",
    "逗号": r"[，,]",
    "句号": r"。",
    "标点符号": r"[，。！？、；：,.!?;:]",
}
_OUTSIDE = {
    "ひらがな": re.compile(r"[ァ-ヺ一-鿿A-Za-z]"),
    "カタカナ": re.compile(r"[ぁ-ゖ一-鿿A-Za-z]"),
}


def find(prompt: str) -> Iterator[Demand]:
    """Demands on case, commas, digits and letters, in English."""
    for match in sought(_NO_COMMAS, prompt, "comma", 60):
        if not _COMMA_ASIDE.search(sentence_around(prompt, *match.span())):
            yield Demand("no commas", *match.span(), none_of(re.compile(","), "a comma"))
    for match in (*sought(_NO_DIGITS, prompt, "digit"), *sought(_NO_DIGITS, prompt, "numeral")):
        yield Demand("no digits", *match.span(), none_of(re.compile(r"\d"), "a digit"))
    yield from _of_case(prompt)
    for match in sought(_NO_LETTER, prompt, "letter", 50):
        letter = match["letter"]
        if _OFTEN_ENOUGH.match(prompt, match.end()) or _OF_OTHERS.search(
            before(prompt, match.start())
        ):
            continue
        pattern = re.compile(re.escape(letter), re.IGNORECASE)
        yield Demand(f"no {letter}", *match.span(), none_of(pattern, f"the letter {letter!r}"))
    for match in sought(_LETTER, prompt, "letter", 0, 80):
        yield from _often(match, re.compile(re.escape(match["letter"]), re.IGNORECASE),
                          match["compare"], match["n"], f"letters {match['letter']!r}")  # fmt: skip
    for match in sought(_CAPITAL_WORDS, prompt, "capital", 40, 80):
        compare, n = match["compare"] or match["compare2"], match["n"] or match["n2"]
        yield from _often(match, _WORD_IN_CAPITALS, compare, n, "words in capitals")


def find_cjk(prompt: str) -> Iterator[Demand]:
    """Demands on punctuation, scripts and numerals, in Japanese and Chinese."""
    for pattern in (_JA_NONE, _ZH_NONE):
        for match in pattern.finditer(prompt):
            if re.search(r"(?:字|回)(?:以上|より多く)は?$", prompt[: match.start()][-8:]):
                continue  # 「30文字以上は漢字を使わずに」
            for what in filter(None, match.groupdict().values()):
                yield Demand(f"no {what}", *match.span(), none_of(re.compile(_SCRIPTS[what]), what))
    for match in _JA_ONLY.finditer(prompt):
        what = match["what"]
        yield Demand(f"only {what}", *match.span(), none_of(_OUTSIDE[what], f"not {what}:"))
    for match in _HAN_NUMBERS.finditer(prompt):
        yield Demand("漢数字", *match.span(), none_of(re.compile("[0-9０-９]"), "a digit"))
    for match in _HAN_COUNT.finditer(prompt):
        after = {"以上": "at least", "以内": "at most", "以下": "at most", "未満": "less than"}
        yield from _often(match, re.compile("[一-鿿々]"), after[match["after"]], match["n"], "漢字")


def _of_case(prompt: str) -> Iterator[Demand]:
    for match in (
        match
        for cue in ("case", "capital", "small letters")
        for match in sought(_CASE, prompt, cue, 50, 40)
    ):
        sentence = sentence_around(prompt, *match.span())
        lead = before(prompt, match.start(), 80)
        clear = match["small"] or match["caps"]
        if (_CASE_ASIDE.search(sentence) and not clear) or not _CASE_ALL.search(
            lead[-60:] + match[0]
        ):
            continue
        if match["lower"] or match["none"] or match["small"]:
            yield Demand("all lower case", *match.span(), all_lower)
        else:
            yield Demand("all upper case", *match.span(), all_upper)


def all_lower(text: str) -> Breach | None:
    if text == text.lower():
        return None
    start = next((at for at, char in enumerate(text) if char.isupper()), None)
    if start is None:
        return None
    count = sum(map(str.isupper, text))
    return Breach(f"{count} capital letters where all lower case was demanded", start, start + 1)


_SMALL = re.compile(r"[a-zà-öø-ÿ]{2,}")


def all_upper(text: str) -> Breach | None:
    if text == text.upper() or not (small := _SMALL.search(text)):
        return None
    return Breach("small letters where all upper case was demanded", *small.span())


def none_of(pattern: re.Pattern[str], what: str) -> Check:
    def check(text: str) -> Breach | None:
        found = pattern.search(text)
        return found and Breach(f"{what} {found[0]!r} where none was allowed", *found.span())

    return check


def _often(
    match: re.Match[str], pattern: re.Pattern[str], compare: str | None, n: str, what: str
) -> Iterator[Demand]:
    bounds = english_bounds(compare, n)
    if bounds is None:
        return

    def check(text: str) -> Breach | None:
        count = sum(1 for _ in pattern.finditer(text))
        if not bounds.broken_by(count, count):
            return None
        return Breach(f"{count} {what} where {bounds.words()} were demanded")

    yield Demand(f"{bounds.words()} {what}", *match.span(), check)
