"""Numbers as prompts write them, and the bounds that words such as "at most" make of them."""

from __future__ import annotations

import re
from dataclasses import dataclass

_ENGLISH = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8,
    "nine": 9, "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14,
    "fifteen": 15, "sixteen": 16, "eighteen": 18, "twenty": 20, "thirty": 30, "forty": 40,
    "fifty": 50, "hundred": 100, "a": 1, "an": 1, "single": 1, "once": 1, "twice": 2,
}  # fmt: skip
_ROMANCE = {
    "un": 1, "une": 1, "una": 1, "deux": 2, "dos": 2, "trois": 3, "tres": 3, "quatre": 4,
    "cuatro": 4, "cinq": 5, "cinco": 5, "six": 6, "seis": 6, "sept": 7, "siete": 7, "huit": 8,
    "ocho": 8, "neuf": 9, "nueve": 9, "dix": 10, "diez": 10, "douze": 12, "doce": 12,
    "quinze": 15, "quince": 15, "vingt": 20, "veinte": 20, "trente": 30, "treinta": 30,
}  # fmt: skip
_HAN = {"一": 1, "二": 2, "两": 2, "兩": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8,
        "九": 9, "十": 10}  # fmt: skip

ENGLISH = r"(?:\d{1,3}(?:,\d{3})+|\d{1,6}|" + "|".join(
    word for word in _ENGLISH if word not in ("a", "an", "once", "twice")
) + ")"  # fmt: skip
ROMANCE = r"(?:\d{1,6}|(?:" + "|".join(sorted(_ROMANCE, key=len, reverse=True)) + r")\b)"
CJK = r"(?:[0-9０-９]{1,6}|[一二两兩三四五六七八九十]{1,3})"

MORE = (
    r"(?:at least|a minimum of|minimum(?: of)?|no (?:fewer|less) than|not (?:fewer|less) than"
    r"|more than|over)"
)
LESS = (
    r"(?:at most|no more than|not more than|a maximum of|maximum(?: of)?|max|up to|within|under"
    r"|below|fewer than|less than|no longer than|not (?:to )?exceed(?:ing)?|not be longer than)"
)
EXACT = r"(?:exactly|precisely|only|just)"
_STRICT = re.compile(r"^(?:more than|over|under|below|fewer than|less than)$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Bounds:
    """How many are demanded: from `low` to `high`, both included; None is no bound."""

    low: int | None
    high: int | None

    def words(self) -> str:
        """The bounds in words, for evidence."""
        if self.low == self.high:
            return f"exactly {self.low}"
        if self.low is None:
            return f"at most {self.high}"
        return f"at least {self.low}" if self.high is None else f"{self.low} to {self.high}"

    def broken_by(self, fewest: int, most: int) -> bool:
        """Whether a count is outside for sure, where people may count from `fewest` to `most`."""
        too_many = self.high is not None and fewest > self.high
        return too_many or (self.low is not None and most < self.low)


def number(text: str) -> int | None:
    """A number in digits (also full-width), English words or Chinese numerals up to 99."""
    text = text.strip().lower().replace(",", "")
    if text in _ENGLISH:
        return _ENGLISH[text]
    if text in _ROMANCE:
        return _ROMANCE[text]
    if text.isdecimal():
        return int(text)
    if not text or any(char not in _HAN for char in text):
        return None
    tens, ten, ones = text.rpartition("十")
    if not ten:
        return _HAN[text] if len(text) == 1 else None
    return (_HAN.get(tens, 1) if tens else 1) * 10 + (_HAN.get(ones, 0) if ones else 0)


def english_bounds(
    compare: str | None, first: str, second: str | None = None, after: str | None = None
) -> Bounds | None:
    """The bounds that "at least", "3", "5" and "or more" make; None if no number can be read.

    A bare number is exact.
    """
    low = number(first)
    if low is None:
        return None
    if second and (high := number(second)) is not None:
        return Bounds(low, high) if low < high else None
    words = " ".join((compare or "").lower().split())
    tail = (after or "").lower()
    if "more" in tail or "+" in tail or "least" in tail or "minimum" in tail:
        return Bounds(low, None)
    if re.search("less|fewer|max|most", tail):
        return Bounds(None, low)
    strict = bool(_STRICT.match(words))
    if re.fullmatch(MORE, words):
        return Bounds(low + strict, None)
    if re.fullmatch(LESS, words):
        return Bounds(None, low - strict)
    return Bounds(None, low) if words == "only" else Bounds(low, low)


def cjk_bounds(figure: str, after: str) -> Bounds | None:
    """The bounds that a number and 以上, 以内, 未満 … after it make; a bare number is exact."""
    count = number(figure)
    if count is None:
        return None
    if re.search("以上|より多", after):
        return Bounds(count, None)
    if re.search("以内|以下|まで|之内|内", after):
        return Bounds(None, count)
    return Bounds(None, count - 1) if "未満" in after or "未满" in after else Bounds(count, count)
