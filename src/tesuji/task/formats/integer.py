"""`integer(min, max, modulo, boxed)`: an integer, as in olympiad answers from 0 to 999."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, ClassVar

from tesuji.errors import ConfigError
from tesuji.task.formats.arithmetic import arithmetic
from tesuji.task.formats.base import Grammar
from tesuji.task.formats.boxes import boxes
from tesuji.task.formats.final_number import declared_number, final_number
from tesuji.task.formats.numerals import MAX_DIGITS, whole_number
from tesuji.task.formats.options import integer_option, shown, target_text

_STRICT = re.compile(r"-?[0-9]+")


@dataclass(frozen=True, slots=True)
class IntegerFormat:
    """An integer from `min` to `max` (both included, either may be absent).

    With `modulo`, what is found is reduced to 0 … modulo - 1 first: a model that forgets the last
    step of "find the remainder" is still right. Without it a number out of range is no answer.
    Parsing takes the number in the last box, after the last marker of a final answer, or else the
    last integer of the text ("18.0" is 18; 18.5 is none).

    With `boxed`, right-shaped is also a text that reasons and puts the integer into a box, and that
    is what is asked for.
    """

    name: ClassVar[str] = "integer"
    min: int | None = None
    max: int | None = None
    modulo: int | None = None
    boxed: bool = False

    def __post_init__(self) -> None:
        if self.min is not None:
            integer_option("min", self.min)
        if self.max is not None:
            integer_option("max", self.max)
        if self.modulo is not None:
            integer_option("modulo", self.modulo, at_least=1)
        if not isinstance(self.boxed, bool):
            raise ConfigError(f"[answer] boxed: must be true or false, not {shown(self.boxed)}")
        if self.min is not None and self.max is not None and self.min > self.max:
            raise ConfigError(f"[answer] min: {self.min} is greater than max = {self.max}")
        if self.modulo is not None and self._out_of_range(self.fallback()):
            raise ConfigError(f"[answer] modulo: no remainder of {self.modulo} is {self._range()}")

    def parse(self, text: str) -> int | None:
        value = final_number(text, _integral)
        if value is None or (self.modulo is None and abs(value) >= 10**MAX_DIGITS):
            return None
        return self._held(int(value))

    def check(self, text: str) -> str | None:
        text = text.strip()
        if self.boxed and not _STRICT.fullmatch(text):
            return self._check_boxes(text)
        if not _STRICT.fullmatch(text):
            return "not an integer alone" if text else "empty"
        if len(text) > MAX_DIGITS:
            return f"more than {MAX_DIGITS} digits"
        bounded = self.modulo is None or self.min is not None or self.max is not None
        if bounded and self._out_of_range(int(text)):
            return f"{shown(int(text))} is not {self._range()}"
        return None

    def tell(self) -> str:
        limits = self._range()
        if self.boxed:
            which = f"an integer{' ' + limits if limits else ''}"
            return f"Reason step by step, and put the final answer, {which}, within \\boxed{{}}."
        return f"Answer with one integer{' ' + limits if limits else ''} and nothing else."

    def constrain(self) -> Grammar | None:
        """Digits; None with `boxed`: a grammar that lets the model reason forbids nothing."""
        if self.boxed:
            return None
        low, high = self._bounds()
        sign = "" if low is not None and low >= 0 else "-?"
        longest = max((len(str(abs(n))) for n in (low, high) if n is not None), default=0)
        digits = longest if low is not None and high is not None else 20
        rest = f"[0-9]{{0,{digits - 1}}}" if digits > 1 else ""
        return Grammar("regex", f"{sign}(0|[1-9]{rest})")

    def accept(self, value: object) -> int:
        number: object = value
        if not isinstance(value, int | float) or isinstance(value, bool) or value != value:
            text = target_text(value)
            number = whole_number(text)
            if number is None:
                number = arithmetic(text)
            if number is None:
                declared = declared_number(text, _integral)
                number = declared[0] if declared else None
        if not isinstance(number, int | float) or not _integral(number):
            raise ValueError(f"{shown(value)} is not an integer")
        if abs(number) >= 10**MAX_DIGITS:
            raise ValueError(f"it has more than {MAX_DIGITS} digits")
        held = self._held(int(number))
        if held is None:
            raise ValueError(f"{shown(value)} is not {self._range()}")
        return held

    def render(self, answer: Any) -> str:
        return str(answer)

    def fallback(self) -> int:
        """0, or the integer in range that is nearest to it."""
        low = self.min if self.min is not None else 0
        high = self.max if self.max is not None else max(low, 0)
        return min(max(0, low), high)

    def _check_boxes(self, text: str) -> str | None:
        if not text:
            return "empty"
        said = {box.content for box in boxes(text)}
        if not said:
            return "a box that is never closed" if "\\boxed" in text else "no \\boxed{...}"
        values = {self.parse(f"\\boxed{{{content}}}") for content in said}
        if None in values:
            return "no integer in the box" if len(said) == 1 else "a box without an integer"
        return f"{len(values)} different integers in boxes" if len(values) > 1 else None

    def _held(self, number: int) -> int | None:
        if self.modulo is not None:
            number %= self.modulo
        return None if self._out_of_range(number) else number

    def _out_of_range(self, number: int) -> bool:
        low, high = self._bounds()
        return (low is not None and number < low) or (high is not None and number > high)

    def _bounds(self) -> tuple[int | None, int | None]:
        if self.modulo is None:
            return self.min, self.max
        low = 0 if self.min is None else max(0, self.min)
        high = self.modulo - 1
        return low, high if self.max is None else min(high, self.max)

    def _range(self) -> str:
        low, high = self._bounds()
        if low is not None and high is not None:
            return f"from {low} to {high}"
        if low is not None:
            return f"of at least {low}"
        return f"of at most {high}" if high is not None else ""


def _integral(value: int | float) -> bool:
    return isinstance(value, int) or (value.is_integer() and abs(value) <= 2**53)
