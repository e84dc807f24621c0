"""Which languages a prompt speaks of: an answer may hold words of them, whatever it is asked in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache, lru_cache

from tesuji.diagnose.languages import NAMES
from tesuji.diagnose.prompt_words import words_in

CODES = {name: code for code, row in NAMES.items() for part in row for name in part.split("|")}
"""The ISO 639-1 code of each name of a language, in lower case."""

ANY_LANGUAGE = "*"

# What else brings words of a language into an answer. A star stands for any ending of a word.
_TOPICS = {
    "ja": "japan* tokyo kyoto osaka kanji hiragana katakana anime manga haiku sushi samurai",
    "zh": "china taiwan* hong_kong beijing shanghai kanji hanzi pinyin kung_fu tao taoism",
    "ko": "korea* seoul kpop k-pop hangul kimchi",
    "ru": "russia* moscow soviet cyrillic",
    "uk": "ukrain* kyiv",
    "el": "greece athens",
    "ar": "arab* islam* quran egypt*",
    "he": "israel* jew* bible torah",
    "hi": "india* sanskrit yoga",
    "th": "thailand bangkok",
    "en": "america*",
    "fr": "france paris",
    "es": "spain mexic* latin_america",
    "de": "germany berlin",
    "it": "italy opera",
    ANY_LANGUAGE: "translat* language languages multilingual etymolog* linguist* foreign_word"
    " loan_word loanword* writing_system alphabet alphabets idioma idiomas langue langues tradu*",
}
_CJK_TOPICS = {
    "ja": r"日本|ひらがな|カタカナ|漢字|和訳",
    "zh": r"中国|中國|中華|台湾|臺灣|香港|北京|上海|漢字|漢詩|漢文|四字熟語|故事成語|三国志"
    r"|拼音|論語",
    "ko": r"韓国|朝鮮|ソウル|キムチ|韩国|韓國|首尔",
    "ru": r"ロシア|ソ連|モスクワ|キリル|俄罗斯|俄國|俄国|苏联",
    "uk": r"ウクライナ|乌克兰|烏克蘭",
    "el": r"ギリシ[ャア]|希腊|希臘",
    "ar": r"アラブ|アラビア|イスラム|エジプト|阿拉伯|伊斯兰|埃及",
    "he": r"イスラエル|ユダヤ|聖書|以色列|犹太|圣经",
    "hi": r"インド|サンスクリット|梵語|印度|梵文",
    "th": r"タイ(?:料理|王国|人)|バンコク|泰国|曼谷",
    "en": r"英訳|英単語|英作文|英会話|英文|イングリッシュ|単語|アルファベット|字母|单词",
    "fr": r"フランス|法国",
    "es": r"スペイン|メキシコ|西班牙",
    "de": r"ドイツ|德国",
    "it": r"イタリア|意大利",
    ANY_LANGUAGE: r"言語|外国語|翻訳|語源|多言語|語学|文字体系|文字化け|翻译|翻譯|语言|語言"
    r"|外语|外語|词源",
}
_CJK_TOPIC = {code: re.compile(pattern) for code, pattern in _CJK_TOPICS.items()}
_HEAD = 3  # letters of a topic's first word by which it is looked up


def _latin(row: tuple[str, ...]) -> str:
    return f"{row[0]}|{row[3]}"


LATIN_NAMES = frozenset(name for row in NAMES.values() for name in _latin(row).split("|"))
"""The names that are written in Latin letters."""
_CJK_NAME = re.compile("|".join(sorted(CODES.keys() - LATIN_NAMES, key=len, reverse=True)))


@lru_cache(maxsize=8192)
def languages_in(prompt: str) -> frozenset[str]:
    """The languages whose words an answer may hold, as the prompt speaks of them; "*" for any.

    >>> sorted(languages_in("Which Japanese poets lived in Paris?"))
    ['fr', 'ja']
    """
    words = words_in(prompt)
    found = {CODES[name] for name in LATIN_NAMES & words}
    found.update(_topics(words, prompt))
    if not prompt.isascii():
        found.update(CODES[name] for name in _CJK_NAME.findall(prompt))
        found.update(code for code, pattern in _CJK_TOPIC.items() if pattern.search(prompt))
    return frozenset(found)


def _topics(words: frozenset[str], prompt: str) -> Iterator[str]:
    stems = _stems()
    for word in words:
        for stem, code in stems.get(word[:_HEAD], ()):
            if stem[-1] == "*":
                told = word.startswith(stem[:-1])
            elif " " in stem:
                told = stem in prompt.lower().replace("-", " ")
            else:
                told = word == stem
            if told:
                yield code


@cache
def _stems() -> dict[str, list[tuple[str, str]]]:
    """Topics by their first letters."""
    stems: dict[str, list[tuple[str, str]]] = {}
    for code, topics in _TOPICS.items():
        for topic in topics.split():
            stem = topic.replace("_", " ").replace("-", " ")
            stems.setdefault(stem.split()[0][:_HEAD], []).append((stem, code))
    return stems


@cache
def name_of(codes: frozenset[str]) -> re.Pattern[str]:
    """Any name of one of these languages."""
    rows = [NAMES[code] for code in sorted(codes) if code in NAMES]
    latin = "|".join(_latin(row) for row in rows)
    others = "|".join(row[column] for row in rows for column in (1, 2))
    return re.compile(rf"\b(?:{latin})\b|{others}" if rows else r"(?!)", re.IGNORECASE)
