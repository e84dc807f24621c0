"""A best guess at the language of a whole text: its script first, then its commonest words."""

from __future__ import annotations

from tesuji.diagnose.latin import guess, words_of
from tesuji.diagnose.scripts import SCRIPTS, letters, only_chinese, only_japanese

_MOST = 20_000  # characters that are looked at; more would tell no more
_OF_SCRIPT = {
    "Greek": "el", "Armenian": "hy", "Hebrew": "he", "Bengali": "bn", "Gurmukhi": "pa",
    "Gujarati": "gu", "Odia": "or", "Tamil": "ta", "Telugu": "te", "Kannada": "kn",
    "Malayalam": "ml", "Sinhala": "si", "Thai": "th", "Lao": "lo", "Burmese": "my",
    "Georgian": "ka", "Hangul": "ko", "Ethiopic": "am", "Khmer": "km", "Devanagari": "hi",
}  # fmt: skip
_OTHERS = tuple(script for script in SCRIPTS if script not in ("kana", "Han", "Latin"))
_CHINESE_WORDS = frozenset(
    "的是在了我他她不有和就也都这這那你们們吗嗎什么麼没沒很请請为為从從对與与"
)

_UKRAINIAN = frozenset(["як", "що", "та", "це", "щоб", "коли", "де", "чому", "хто", "бути"])


def language_of(text: str) -> str | None:
    """The ISO 639-1 code of the language most of `text` is in; None where unsure.

    Terms in Latin letters make no English text of a Japanese or Chinese one: letters count by
    what they carry, an ideograph or kana as much as three Latin letters.

    >>> language_of("今日はいい天気ですね。"), language_of("Where is the next station?")
    ('ja', 'en')
    """
    text = text[:_MOST]
    if text.isascii():
        return guess(words_of(text))
    kana, latin = _count(text, "kana"), _count(text, "Latin")
    ideographs = kana + _count(text, "Han")
    if letters(*_OTHERS).search(text):
        count, script = max((_count(text, name), name) for name in _OTHERS)
        if count > max(ideographs, latin // 2):
            return _language_in(script, text)
    if ideographs * 3 >= latin and ideographs:
        return _chinese_or_japanese(text, kana, ideographs)
    return guess(words_of(text)) if latin else None


def _count(text: str, script: str) -> int:
    return len(letters(script).findall(text))


def _chinese_or_japanese(text: str, kana: int, ideographs: int) -> str | None:
    chinese = sum(map(only_chinese().__contains__, text))
    if kana * 8 > ideographs and kana > chinese // 2:
        return "ja"
    if chinese:
        return "zh"
    if kana or not only_japanese().isdisjoint(text):
        return "ja"
    return None if _CHINESE_WORDS.isdisjoint(text) else "zh"


def _language_in(script: str, text: str) -> str | None:
    if script == "Cyrillic":
        if any(char in "іїєґІЇЄҐ" for char in text):
            return "uk"
        if any(char in "ыэёЫЭЁ" for char in text):
            return "ru"
        if any(word in _UKRAINIAN for word in words_of(text)):
            return "uk"
        return "bg" if text.count("ъ") * 60 > len(text) else "ru"
    if script == "Arabic":
        if any(char in "ٹڈڑںے" for char in text):
            return "ur"
        return "fa" if any(char in "پچژگ" for char in text) else "ar"
    return _OF_SCRIPT.get(script)
