"""Numbers as people and models write them, found in text.

Reads 18, -3, 1,234, 1,00,000, .5, 3/4, 1 1/2, 1.5e3, 1.5 x 10^3, \\frac{3}{4}, $18, 50%,
full-width digits, U+2212 and other minus signs, 900,\\!000, 3万, 1億2000万. A percent sign, a
currency sign and any other unit are units: "50%" is 50. Linear time: every character is looked
at a bounded number of times, and integers of more than `MAX_DIGITS` digits are not numbers.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

MAX_DIGITS = 308  # what a float holds; Python itself raises at 4,300
_MAX_EXPONENT = 400
_LONGEST = 4 * MAX_DIGITS  # characters of a text that may be one number with its signs

_WIDE: dict[int, int | str] = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_MINUS = dict.fromkeys(map(ord, "−‐‑‒–﹣"), "-")
_SPACES = dict.fromkeys(map(ord, "\u3000\u2009\u202f\u00a0"), " ")
_PLAIN: dict[int, int | str] = {**_WIDE, **_MINUS, **_SPACES}
_NARROW_GROUPS = re.compile("(?<=[0-9])[\u00a0\u202f\u2009](?=[0-9]{3}(?![0-9]))")
_LATEX_FRACTION = re.compile(
    r"\\[dtc]?frac\s?(?:\{\s?(-?[0-9.,]{1,400})\s?\}\s?\{\s?([0-9.,]{1,400})\s?\}|([0-9])\s?([0-9]))"
)
_LATEX_SPACE = re.compile(r"\\[!,;: ]|\{,\}")

_DIGITS = r"[0-9]++(?:,[0-9]++)*+"
_DECIMAL = rf"(?:{_DIGITS}(?:\.[0-9]++)?+|(?<![0-9.])\.[0-9]++)"
_NUMBER = re.compile(
    rf"""
    (?<![A-Za-z_0-9^])(?<![0-9]\.)(?<!\^\{{)
    (?P<sign>(?<![0-9A-Za-z)\]}}])[-+](?=\\?[$€£¥]?\.?[0-9]))?
    (?:\\?[$€£¥])?
    (?:
      (?P<whole>[0-9]{{1,9}}+)[ ](?P<over>[0-9]{{1,9}}+)/(?P<under>[0-9]{{1,9}}+)(?![0-9/.])
    | (?P<top>{_DECIMAL})\s?/\s?(?P<bottom>{_DECIMAL})(?!/)
    | (?P<body>{_DECIMAL})
      (?:[eE](?P<exponent>[-+]?[0-9]{{1,4}}+)(?![0-9A-Za-z])
      |\s?(?:[x×*]|\\times|\\cdot)\s?10\s?(?:\^|\*\*)\s?\{{?(?P<power>[-+]?[0-9]{{1,4}}+)\}}?
      )?
      (?P<myriad>[万億兆])?
    )
    (?!\^)
    """,
    re.VERBOSE,
)
_MYRIADS = {"万": 10**4, "億": 10**8, "兆": 10**12}


class Numeral(NamedTuple):
    """A number in a text: where it stands (in the text that `plain` gives) and its value.

    `value` is None where there is none that can be used: 3/0, 1e999, a million digits.
    """

    start: int
    end: int
    value: int | float | None


def plain(text: str) -> str:
    """`text` with full-width characters, minus signs and LaTeX fractions in plain ASCII."""
    if not text.isascii():
        text = _NARROW_GROUPS.sub("", text).translate(_PLAIN)
    if "\\" in text or "{,}" in text:
        text = _LATEX_SPACE.sub(_spacing, text)
        text = _LATEX_FRACTION.sub(_fraction, text)
    return text


def _spacing(match: re.Match[str]) -> str:
    if match[0] == "{,}":
        return ","
    return "" if match[0] in ("\\!", "\\,") else " "


def _fraction(match: re.Match[str]) -> str:
    before = match.string[match.start() - 1] if match.start() else ""
    gap = " " if before.isdigit() else ""
    return f"{gap}{match[1] or match[3]}/{match[2] or match[4]}"


def numerals(text: str) -> Iterator[Numeral]:
    """The numbers in `text`, from left to right; `text` comes from `plain`."""
    waiting: Numeral | None = None  # 1億 may be followed by 2000万, which belongs to it
    scale = 0
    for match in _NUMBER.finditer(text):
        this = _MYRIADS.get(match["myriad"] or "", 1)
        for numeral in _read(match, this):
            if waiting and scale > this and waiting.end == numeral.start and not match["sign"]:
                waiting = Numeral(waiting.start, numeral.end, _sum(waiting.value, numeral.value))
            else:
                if waiting:
                    yield waiting
                waiting = numeral
            scale = this
    if waiting:
        yield waiting


def _sum(high: int | float | None, low: int | float | None) -> int | float | None:
    return None if high is None or low is None else high + low


def whole_number(text: str) -> int | float | None:
    """The value of `text` if it is nothing but one number with its signs and spaces, else None."""
    text = plain(text).strip()
    return only_number(text, list(numerals(text))) if len(text) <= _LONGEST else None


def only_number(text: str, found: Sequence[Numeral]) -> int | float | None:
    """As `whole_number`, of a plain text without white space around it whose numbers are known."""
    if len(found) != 1 or len(text) > _LONGEST:
        return None
    rest = text[: found[0].start] + text[found[0].end :]
    return None if rest.strip(" %$\\+") else found[0].value


def _read(match: re.Match[str], myriad: int) -> Iterator[Numeral]:
    """The values of one match: several where commas separate numbers, as in 3,4,5."""
    sign = -1 if match["sign"] == "-" else 1
    if match["body"] is None:
        ratio = _ratio(match)
        yield Numeral(match.start(), match.end(), None if ratio is None else sign * ratio)
        return
    pieces = [match["body"]] if _grouped(match["body"]) else match["body"].split(",")
    start = match.start()
    for index, piece in enumerate(pieces):
        last = index == len(pieces) - 1
        exponent = int(match["exponent"] or match["power"] or 0) if last else 0
        scale = myriad if last else 1
        value = _value(piece.replace(",", ""), exponent, scale)
        end = match.end() if last else start + len(piece)
        if value is not None and index == 0:
            value *= sign
        yield Numeral(start, end, value)
        start = end + 1


def _ratio(match: re.Match[str]) -> int | float | None:
    if match["whole"] is not None:
        whole, over, under = int(match["whole"]), int(match["over"]), int(match["under"])
        return _tidy(whole + over / under) if under else None
    if not (_grouped(match["top"]) and _grouped(match["bottom"])):
        return None
    top = _value(match["top"].replace(",", ""), 0, 1)
    bottom = _value(match["bottom"].replace(",", ""), 0, 1)
    if top is None or not bottom:
        return None
    try:
        return _tidy(top / bottom)
    except OverflowError:
        return None


def _grouped(body: str) -> bool:
    """Whether the commas of `body` group thousands (1,234 or, in India, 1,00,000)."""
    if "," not in body:
        return True
    groups = body.partition(".")[0].split(",")
    return (
        len(groups[0]) <= 3
        and len(groups[-1]) == 3
        and all(2 <= len(group) <= 3 for group in groups[1:-1])
    )


def _value(digits: str, exponent: int, scale: int) -> int | float | None:
    if len(digits) > MAX_DIGITS or abs(exponent) > _MAX_EXPONENT:
        return None
    if "." not in digits and exponent == 0:
        return int(digits) * scale
    value = float(f"{digits}e{exponent}") * scale
    return _tidy(value) if math.isfinite(value) else None


def _tidy(value: float) -> int | float:
    """18.0 as 18; above 2**53 a float holds only integers, and not the one that was written."""
    return int(value) if value.is_integer() and abs(value) <= 2**53 else value
