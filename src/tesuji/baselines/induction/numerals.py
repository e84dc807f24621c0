"""Numeral systems: a number written in another way, and read back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from tesuji.baselines.induction.solved import Solved

_ROMAN = (
    (1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"), (50, "L"),
    (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"),
)  # fmt: skip
_NAMES = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen "
    "fifteen sixteen seventeen eighteen nineteen "
    "twenty thirty forty fifty sixty seventy eighty ninety"
)
_ONES, _TENS = _NAMES.split()[:20], ["", "", *_NAMES.split()[20:]]
_KANJI = "〇一二三四五六七八九"


def roman(number: int) -> str | None:
    """Roman numerals, 1 to 3999."""
    if not 0 < number < 4000:
        return None
    text = ""
    for value, letters in _ROMAN:
        text += letters * (number // value)
        number %= value
    return text


def in_base(number: int, base: int) -> str | None:
    """A number in base 2 to 36, digits 0-9a-z."""
    if number < 0:
        return None
    digits = ""
    while True:
        number, digit = divmod(number, base)
        digits = "0123456789abcdefghijklmnopqrstuvwxyz"[digit] + digits
        if not number:
            return digits


def letters(number: int) -> str | None:
    """A, B … Z, AA: the columns of a spreadsheet."""
    if number < 1:
        return None
    text = ""
    while number:
        number, digit = divmod(number - 1, 26)
        text = chr(65 + digit) + text
    return text


def english(number: int) -> str | None:
    """Zero to nine hundred ninety-nine, in words."""
    if not 0 <= number < 1000:
        return None
    if number < 20:
        return _ONES[number]
    if number < 100:
        tens, ones = divmod(number, 10)
        return _TENS[tens] + (f"-{_ONES[ones]}" if ones else "")
    hundreds, rest = divmod(number, 100)
    return f"{_ONES[hundreds]} hundred" + (f" {english(rest)}" if rest else "")


def kanji(number: int) -> str | None:
    """Japanese and Chinese numerals, 0 to 9999."""
    if not 0 <= number < 10_000:
        return None
    text = ""
    for value, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit, number = divmod(number, value)
        if digit:
            text += ("" if digit == 1 and name else _KANJI[digit]) + name
    return text or _KANJI[0]


def _tally(number: int) -> str | None:
    return "|" * number if 0 < number <= 1000 else None


def _lower(system: Callable[[int], str | None], number: int) -> str | None:
    text = system(number)
    return None if text is None else text.lower()


def _upper(system: Callable[[int], str | None], number: int) -> str | None:
    text = system(number)
    return None if text is None else text.upper()


def _padded(base: int, width: int, number: int) -> str | None:
    text = in_base(number, base)
    return None if text is None else text.zfill(width)


_HIGH = (16, *range(11, 16), *range(17, 37))
SYSTEMS: dict[str, Callable[[int], str | None]] = {
    "Roman numerals": roman,
    "Roman numerals, small": partial(_lower, roman),
    **{f"base {base}": partial(in_base, base=base) for base in range(2, 11)},
    **{f"base {base}": partial(in_base, base=base) for base in _HIGH},
    **{f"base {base}, capitals": partial(_upper, partial(in_base, base=base)) for base in _HIGH},
    "binary, 8 digits": partial(_padded, 2, 8),
    "letters": letters,
    "letters, small": partial(_lower, letters),
    "English words": english,
    "kanji": kanji,
    "tally": _tally,
}


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 8 else None


def solve_numerals(pairs: Sequence[tuple[str, str]], question: str) -> Solved | None:
    """The question's numeral, or the number of the question's numeral."""
    forward = [_number(x) for x, _ in pairs]
    backward = [_number(y) for _, y in pairs]
    if not pairs:
        return None
    for name, system in SYSTEMS.items():
        sure = len(pairs) > 1
        if all(n is not None and system(n) == y for n, (_, y) in zip(forward, pairs, strict=True)):
            asked = _number(question)
            answer = None if asked is None else system(asked)
            if answer is not None:
                return Solved(answer, sure, f"{name} of the number")
        if all(n is not None and system(n) == x for n, (x, _) in zip(backward, pairs, strict=True)):
            for value in range(10_000):
                if system(value) == question:
                    return Solved(str(value), sure, f"the number of {name}")
    return None
