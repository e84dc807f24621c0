"""`number(tolerance, absolute)`: a real number, as in grade-school mathematics."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, ClassVar

from tesuji.task.formats.arithmetic import arithmetic
from tesuji.task.formats.base import Grammar
from tesuji.task.formats.final_number import declared_number, final_number
from tesuji.task.formats.numerals import whole_number
from tesuji.task.formats.options import shown, target_text, tolerance_option

_STRICT = re.compile(r"-?[0-9]+(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?")
_LONGEST = 400  # characters of a float written without an exponent


@dataclass(frozen=True, slots=True)
class NumberFormat:
    """A number: 18, -0.5, 1,234.5, 3/4, 1.5e3, $18, 18 km. An integral one is an int.

    `tolerance` (relative to the target) and `absolute` say how near an answer must be to be
    right; the metric `numeric` reads them. Either is enough. Both 0, the default, means equal but
    for rounding (1e-9). A percent sign is a unit like any other: "50%" is 50, in targets too.
    """

    name: ClassVar[str] = "number"
    tolerance: float = 0.0
    absolute: float = 0.0

    def __post_init__(self) -> None:
        tolerance_option("tolerance", self.tolerance)
        tolerance_option("absolute", self.absolute)

    def parse(self, text: str) -> int | float | None:
        return final_number(text, _finite)

    def check(self, text: str) -> str | None:
        text = text.strip()
        if not _STRICT.fullmatch(text):
            return "not a number alone" if text else "empty"
        value = whole_number(text) if len(text) <= _LONGEST else None
        return None if value is not None and _finite(value) else "too large a number"

    def tell(self) -> str:
        return "Answer with one number and nothing else: digits only, no units, no separators."

    def constrain(self) -> Grammar:
        return Grammar("regex", r"-?(0|[1-9][0-9]{0,19})(\.[0-9]{1,15})?")

    def accept(self, value: object) -> int | float:
        number: object = value
        if not isinstance(value, int | float) or isinstance(value, bool) or value != value:
            text = target_text(value)
            number = whole_number(text)
            if number is None:
                number = arithmetic(text)
            if number is None:
                declared = declared_number(text, _finite)
                number = declared[0] if declared else None
        if not isinstance(number, int | float) or not _finite(number):
            raise ValueError(f"{shown(value)} is not a number")
        return int(number) if number == int(number) and abs(number) <= 2**53 else number

    def render(self, answer: Any) -> str:
        return str(answer)

    def fallback(self) -> int:
        return 0


def _finite(value: int | float) -> bool:
    return -1e308 < value < 1e308
