"""The phrases with which models open an answer, in English, Japanese, Chinese and seven others.

`segment_at` tries only those phrases that the first word can open, and compiles them when first
needed: most answers begin with none of them. The kinds are:

yes              "Yes,", 「はい、」, "是的，": an answer, where a yes/no question was asked
agreement        "Sure!", 「もちろんです！」, "好的，": likewise, but more often mere chatter
acknowledgement  "Got it.", "Great question!", 「承知しました。」, "明白了。"
exclamation      "What a lovely plan!", 「雨の日の過ごし方ですね。」: where no text was asked for
greeting         "Hello!", 「こんにちは！」: deletable where no greeting was asked for
courtesy         thanks, apology: deletable only before another segment
disclaimer       "As an AI language model, I don't have personal opinions."
promise          "I'd be happy to help.", 「…について説明します。」
announcement     "Here is the translation:", 「以下の通りです。」, "以下是…："
"""

from __future__ import annotations

import re

from tesuji.diagnose.openings_cjk import CHINESE_AND_JAPANESE
from tesuji.diagnose.openings_english import ENGLISH, LABEL, LED_UP
from tesuji.diagnose.openings_others import OTHERS
from tesuji.diagnose.segments import Segment, compiled

_WORD = re.compile(r"[¡¿]?(?:[^\W\d_]+(?:['’][a-z]+)?)")
_LONGEST_LINE = 260  # characters that an announcement on a line of its own may have

# What every Japanese or Chinese opening has one of, beside those that `_CJK_FIRST` begin.
_CJK_CUE = re.compile(
    "以下|下記|下面|如下|次の|説明|解説|紹介|回答|答え|提案|作成|翻訳|要約|出力|生成|列挙|訂正"
    "|修正|変換|抽出|分類|手伝|案内|こちら"
    "|ですね|リストアップ|概観|言い換え|書き換え|直し|試算"
    "|我|让我|讓我|这|這|ご|お"
)
_CJK_FIRST = frozenset(
    "そ本はえうも当當好可没沒承か了分わ喜我明收知い良素面興こ感谢謝お任な申失す抱对對是你您大这這很高非と鋭让讓"
)
_MOST_CJK_SENTENCE = 200
_CJK_SENTENCE_END = re.compile(r"[。！!：:\n]")
_KANA_OR_HAN = re.compile("[\u3041-\u30ff\u4e00-\u9fff]")


def _by_word() -> dict[str, tuple[Segment, ...]]:
    """The segments that a word can open."""
    table: dict[str, tuple[Segment, ...]] = {}
    for segment in ENGLISH:
        for word in segment.words.split():
            table[word] = (*table.get(word, ()), segment)
    for segment in OTHERS:
        for word in segment.words.split():
            table[word] = (*table.get(word, ()), segment)
    return table


_OPENED_BY = _by_word()


def segment_at(text: str, position: int) -> tuple[str, int] | None:
    """The kind and the end of the opening segment that starts at `position`, if one does."""
    first = text[position : position + 1]
    if not first:
        return None
    if first >= "\u3000" and not "\uac00" <= first <= "\ud7a3":
        return _cjk_at(text, position, first)
    word = _WORD.match(text, position)
    if word is None:
        return None
    for segment in _OPENED_BY.get(word[0].lower().lstrip("¡¿"), ()):
        if match := compiled(segment.pattern).match(text, position):
            return segment.kind, match.end()
    line = text[position : position + _LONGEST_LINE].partition("\n")[0].rstrip(" \t*_")
    if (
        line.endswith(":")
        and ("here" in line or "follow" in line or "below" in line)
        and (match := compiled(LED_UP.pattern).match(text, position))
    ):
        return LED_UP.kind, match.end()
    if not text.isascii() and _KANA_OR_HAN.search(line, 0, 40):
        return _cjk_at(text, position, first)
    return None


def _cjk_at(text: str, position: int, first: str) -> tuple[str, int] | None:
    if first not in _CJK_FIRST:
        end = _CJK_SENTENCE_END.search(text, position, position + _MOST_CJK_SENTENCE)
        if end is None or not _CJK_CUE.search(text, position, end.end()):
            return None
    for segment in CHINESE_AND_JAPANESE:
        if match := compiled(segment.pattern).match(text, position):
            return segment.kind, match.end()
    return None


def label_end(text: str, position: int) -> int:
    """The end of "Answer:", "The reversed string is", 「答え：」 at `position`; -1 if none is."""
    match = compiled(LABEL).match(text, position)
    return match.end() if match else -1
