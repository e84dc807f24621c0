"""Scripts of characters: which one a character belongs to, and which are foreign to a language.

Chinese and Japanese share most ideographs. Those of only one of them are told by what the national
character sets hold: GB 2312 and Big5 for Chinese, JIS X 0208 and 0213 for Japanese.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import cache

# Letters alone: no punctuation, digits, currency signs, nor the dot and the long bar of kana, which
# Chinese texts borrow. Half-width kana are left out: what has them is a face such as (ﾟдﾟ).
_RANGES = {
    "Latin": "A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f\u1e00-\u1eff",
    "Greek": "\u0370-\u0373\u0376-\u037d\u0386-\u03ff\u1f00-\u1fbc",
    "Cyrillic": "\u0400-\u0481\u048a-\u052f",
    "Armenian": "\u0531-\u0556\u0561-\u0587",
    "Hebrew": "\u05d0-\u05ea",
    "Arabic": "\u0620-\u064a\u066e-\u06d3\u06fa-\u06fc\u0750-\u077f",
    "Devanagari": "\u0900-\u0963\u0971-\u097f",
    "Bengali": "\u0980-\u09f1",
    "Gurmukhi": "\u0a00-\u0a65",
    "Gujarati": "\u0a80-\u0ae5",
    "Odia": "\u0b00-\u0b65",
    "Tamil": "\u0b80-\u0be5",
    "Telugu": "\u0c00-\u0c65",
    "Kannada": "\u0c80-\u0ce5",
    "Malayalam": "\u0d00-\u0d65",
    "Sinhala": "\u0d80-\u0ddf",
    "Thai": "\u0e01-\u0e3a\u0e40-\u0e4d",
    "Lao": "\u0e81-\u0ecd",
    "Burmese": "\u1000-\u103f",
    "Georgian": "\u10a0-\u10fa",
    "Hangul": "\u1100-\u115e\u1161-\u11ff\u3131-\u3163\uac00-\ud7a3",
    "Ethiopic": "\u1200-\u135a",
    "Khmer": "\u1780-\u17d3",
    "kana": "\u3041-\u3096\u30a1-\u30fa",
    "Han": "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufad9\U00020000-\U0003134f",
}
SCRIPTS = tuple(_RANGES)

# Where a language is not named here it is taken to be written in Latin letters.
_OF_LANGUAGE = {
    "ja": ("kana", "Han"), "zh": ("Han",), "ko": ("Hangul",), "th": ("Thai",), "lo": ("Lao",),
    "km": ("Khmer",), "my": ("Burmese",), "he": ("Hebrew",), "yi": ("Hebrew",), "el": ("Greek",),
    "hy": ("Armenian",), "ka": ("Georgian",), "am": ("Ethiopic",), "si": ("Sinhala",),
    "hi": ("Devanagari",), "mr": ("Devanagari",), "ne": ("Devanagari",), "sa": ("Devanagari",),
    "bn": ("Bengali",), "as": ("Bengali",), "pa": ("Gurmukhi", "Arabic"), "gu": ("Gujarati",),
    "or": ("Odia",), "ta": ("Tamil",), "te": ("Telugu",), "kn": ("Kannada",),
    "ml": ("Malayalam",), "ar": ("Arabic",), "fa": ("Arabic",), "ur": ("Arabic",),
    "ps": ("Arabic",), "ru": ("Cyrillic",), "uk": ("Cyrillic",), "be": ("Cyrillic",),
    "bg": ("Cyrillic",), "mk": ("Cyrillic",), "mn": ("Cyrillic",), "ky": ("Cyrillic",),
    "tg": ("Cyrillic",), "sr": ("Cyrillic", "Latin"), "kk": ("Cyrillic", "Latin"),
}  # fmt: skip

# In JIS X 0213 but hardly in Japanese as it is written today: Chinese all the same.
_CHINESE_THOUGH_JAPANESE_HAS_IT = (
    "两份众伙你佣俏傻僳养减刘划刨另启吓吧吨吱吴吵呕呢咋咖咱哎哪哼唁唉啊啡啤啦喂嗓嘻嘿嚷园围"
    "坏坯圾垃壳复她妒妈妮娄宁岭巢巩帕帮开异怔您惊惋惕惮懂扔扭扯扳拎拖拴拼拽挖挪捂掂掐揪搐搞"
    "搪搽摔撑撬极构栋桌棵榨榷歧氟氦氧氨氮汛汹沉沟沪泻洼渗灵灾炔炕烘烤烬爸甩疙瘩瘪瘸盅盔盼眨"
    "眯睬瞄瞧瞩瞪砍砰砷硒确碘碟碰碱碳磷离种窑笔筷糙耍肤胰胳胶胺脖腊膘舀舔蘸蚜蜡袜趟跑踌踢蹋"
    "蹬蹭躺达迁运适逛酗阳阴霉靛嗎啲喲丟佔剷厲嗆擊橫歷淚溫綁綠緣虛褲謊豔貓賬賴趕辦鈣鉀鋁鋅鋰"
    "錄錶雞餵骯髒鬍黃鹼龐"
)
# Glyphs of Japan that Chinese writers of Hong Kong or of older texts use as well.
_JAPANESE_THOUGH_CHINESE_WRITE_IT = frozenset(
    "説税鋭閲悦産衞峯羣麪牀衆煕凖姉廻廐嶋珎喩啓併査彜裵呑単寛"
)


@cache
def scripts_of(language: str) -> tuple[str, ...]:
    """The scripts that a language is written in."""
    return _OF_LANGUAGE.get(language, ("Latin",))


@cache
def only_chinese() -> frozenset[str]:
    """The ideographs that are Chinese and not Japanese: 这, 们, 吗, 說."""
    chinese = _rows("gb2312", range(0xB0, 0xF8)) | _rows("big5", range(0xA4, 0xC7))
    japanese = _japanese() | _rows("euc_jis_2004", range(0xA1, 0xFF))
    return (chinese - japanese) | (frozenset(_CHINESE_THOUGH_JAPANESE_HAS_IT) - _japanese())


@cache
def only_simplified() -> frozenset[str]:
    """Those of them that only simplified Chinese has."""
    return only_chinese() - _rows("big5", range(0xA4, 0xFA))


@cache
def only_japanese() -> frozenset[str]:
    """The ideographs that are Japanese and not Chinese: 働, 込, 峠, 気."""
    chinese = _rows("gb2312", range(0xB0, 0xF8)) | _rows("big5", range(0xA4, 0xFA))
    return _japanese() - chinese - _JAPANESE_THOUGH_CHINESE_WRITE_IT


@cache
def _japanese() -> frozenset[str]:
    return _rows("euc_jp", range(0xB0, 0xF5))


def _rows(codec: str, leads: range) -> frozenset[str]:
    """The ideographs that a two-byte character set holds in rows with the first bytes `leads`."""
    pairs = (bytes((lead, trail)) for lead in leads for trail in range(0x40, 0xFF))
    return frozenset(
        char for pair in pairs if "\u3400" <= (char := pair.decode(codec, "ignore")[:1]) <= "\u9fff"
    )


@cache
def letters(*scripts: str) -> re.Pattern[str]:
    """Any one letter of these scripts."""
    return re.compile(f"[{''.join(_RANGES[name] for name in scripts)}]")


@cache
def foreign_letters(language: str) -> re.Pattern[str]:
    """Any one letter that a text in `language` does not hold; Latin ones are never foreign.

    One character class: `re` looks for it at 3 ns a character.
    """
    own = {*scripts_of(language), "Latin"}
    if language == "ko":
        own.add("Han")  # Korean glosses words with them
    parts = [range_ for name, range_ in _RANGES.items() if name not in own]
    if language == "ja":
        parts += sorted(only_chinese())
    elif language == "zh":
        parts += sorted(only_japanese())
    return re.compile(f"[{''.join(parts)}]")


def script_of(char: str) -> str | None:
    """The script of a letter; None for what is no letter, or of another script."""
    starts, ends, names = _table()
    at = bisect_right(starts, char) - 1
    return names[at] if at >= 0 and char <= ends[at] else None


@cache
def _table() -> tuple[list[str], list[str], list[str]]:
    rows = []
    for name, ranges in _RANGES.items():
        rows += [(first, last, name) for first, last in re.findall("(.)-(.)", ranges)]
    rows.sort()
    return [row[0] for row in rows], [row[1] for row in rows], [row[2] for row in rows]
