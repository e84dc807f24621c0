"""Integers as competitors and models write them: which number is read, and where there is none."""

from __future__ import annotations

import json
from math import factorial
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tesuji.task.formats import make_format
from tesuji.task.formats.arithmetic import arithmetic

REMAINDER = make_format("integer", {"modulo": 1000})
PLAIN = make_format("integer", {})

TRAPS = {
    r"\boxed{42}": 42, r"\boxed{\text{42}}": 42, r"\boxed{{7}}": 7, r"\boxed{\boxed{6}}": 6,
    r"\boxed{5} then \boxed{6}": 6, r"\boxed{ 007 }": 7, r"\boxed{12.}": 12,
    # separators
    r"\boxed{1,234}": 234, r"\boxed{1{,}234}": 234, r"\boxed{1\,234}": 234,
    r"\boxed{1\;234}": 234, r"\boxed{1~234}": 234, "Answer: 1 234": 234, "Final Answer: 1,024": 24,
    # units, degrees, percent, currency
    r"\boxed{60^\circ}": 60, r"\boxed{60^{\circ}}": 60, r"\boxed{60°}": 60, r"\boxed{50\%}": 50,
    r"\boxed{\$18}": 18, r"\boxed{12 \text{ cm}}": 12, r"\boxed{12\text{ cm}^2}": 12,
    r"\boxed{12\ \mathrm{cm}^3}": 12, r"\boxed{17\text{ ways}}": 17, r"\boxed{99^\text{th}}": 99,
    r"\boxed{\textbf{(C)}\ 12}": 12, r"\boxed{\phantom{0}7}": 7, "The answer is 42 degrees.": 42,
    # fractions and decimals
    r"\boxed{42.0}": 42, r"\boxed{\dfrac{84}{2}}": 42, r"\boxed{9/3}": 3, r"\boxed{\frac12}": None,
    r"\boxed{\frac{1}{2}}": None, r"\boxed{3.7}": None, r"\boxed{3\frac{1}{2}}": None,
    "The answer is 3/4.": None,
    # negative numbers and remainders
    r"\boxed{-7}": 993, r"\boxed{-\frac{4}{2}}": 998, r"\boxed{42 \pmod{1000}}": 42,
    r"\boxed{42\text{ (mod }1000)}": 42, r"\boxed{-1 \bmod 1000}": 999,
    # arithmetic
    r"\boxed{2^{10}}": 24, r"\boxed{2^10}": 24, r"\boxed{10^3+7}": 7, r"\boxed{2\cdot 3}": 6,
    r"\boxed{5!}": 120, r"\boxed{\sqrt{49}}": 7, r"\boxed{3^{100}}": 1, r"\boxed{2^{2^{5}}}": 296,
    r"\boxed{\frac{2^{10}}{2}}": 512, r"\boxed{\binom{6}{2}}": 15, r"\boxed{2^{2024}}": 216,
    r"\boxed{1.5\times 10^3}": 500, "The answer is 2^{10}.": 24, r"\boxed{3(4+1)}": 15,
    # equations
    r"\boxed{x = 5}": 5, r"\boxed{a+b=17}": 17, r"\boxed{2^{10} = 1024}": 24,
    # no one number
    r"\boxed{n=12, m=5}": None, r"\boxed{1 \le x \le 5}": None, r"\boxed{[1,5]}": None,
    r"\boxed{(3, 4)}": None, r"\boxed{\{1, 2\}}": None, r"\boxed{2 \text{ or } 3}": None,
    r"\boxed{100\pi}": None, r"\boxed{\sqrt{34}}": None, r"\boxed{C}": None, r"\boxed{}": None,
    # Japanese
    "答えは１２です。": 12, "答え：42度": 42, "答えは $2^{10}$": 24,
}  # fmt: skip


@pytest.mark.parametrize(("text", "answer"), TRAPS.items())
def test_an_answer_is_read_as_it_is_meant(text: str, answer: int | None) -> None:
    assert REMAINDER.parse(text) == answer


def test_targets_may_be_arithmetic_with_units() -> None:
    assert REMAINDER.accept(r"100\text{ square units}") == 100
    assert REMAINDER.accept("2^{10}") == 24
    assert make_format("number", {}).accept(r"\frac{3}{8}") == 0.375
    with pytest.raises(ValueError, match="is not an integer"):
        REMAINDER.accept(r"\frac{3}{8}")


def test_the_recorded_solutions_of_a_contest_are_read(shared: Path) -> None:
    lines = (shared / "data" / "aime24.jsonl").read_text(encoding="utf-8").splitlines()
    for row in map(json.loads, lines):
        assert REMAINDER.parse(row["solution"]) == int(float(row["answer"])), row["id"]


def test_without_a_modulus_a_power_is_itself_or_too_large() -> None:
    assert PLAIN.parse(r"\boxed{2^{10}}") == 1024
    assert PLAIN.parse(r"\boxed{2^{2024}}") is None  # more digits than a number may have
    assert PLAIN.parse(r"\boxed{9^{9^{9^{9}}}}") is None


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (r"So $x = 7$. \boxed{7}", None), ("7", None), (r"\boxed{7} or rather \boxed{8}", "2 diff"),
        (r"\boxed{7}, that is \boxed{1007}", None), (r"\boxed{\pi}", "no integer in the box"),
        (r"\boxed{7} \boxed{\pi}", "a box without"), (r"It is 7.", "no \\boxed"), ("", "empty"),
        (r"\boxed{7", "never closed"), ("答えは $\\boxed{7}$ です。", None),
    ],
)  # fmt: skip
def test_with_boxed_a_text_that_reasons_is_right_shaped(text: str, why: str | None) -> None:
    shape = make_format("integer", {"modulo": 1000, "boxed": True})
    said = shape.check(text)
    assert said is None if why is None else said is not None and why in said
    assert shape.tell().endswith(r"an integer from 0 to 999, within \boxed{}.")
    assert shape.constrain() is None


@pytest.mark.parametrize(
    "text",
    ["(" * 5000 + "1" + ")" * 5000, "2^" * 90 + "2", "9!" + "!" * 90, "1/0", "0^{-1}",
     "-" * 199 + "1", "1" * 199 + "^" + "9", "\\frac{1}", "1 + ", "", "π", "９",
     "1..2", "\\sqrt{-4}", "5!!!"],
)  # fmt: skip
def test_hostile_arithmetic_has_no_value_and_takes_no_time(text: str) -> None:
    assert arithmetic(text) is None


@given(st.text(alphabet="0123456789+-*/^!(){}\\ frac.,=", max_size=60))
def test_arithmetic_never_raises(text: str) -> None:
    value = arithmetic(text)
    assert value is None or isinstance(value, int | float)


@given(st.integers(-999, 999), st.integers(-999, 999), st.integers(1, 99), st.integers(0, 9))
def test_arithmetic_is_python_s(a: int, b: int, c: int, d: int) -> None:
    assert arithmetic(rf"({a}) \cdot ({b}) - {c}^{{{d}}}") == a * b - c**d
    assert arithmetic(rf"\frac{{{a * c}}}{{{c}}} + {d}!") == a + factorial(d)
