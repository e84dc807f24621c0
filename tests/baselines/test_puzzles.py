"""Prompts that hold examples of a hidden rule: made here from seeds, and solved."""

from __future__ import annotations

import csv
import random
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tesuji.baselines.induction import Solved, solve_prompt, words_in

_STORY = (
    "the queen finds a silver key near old river while brave fox jumps over lazy dogs "
    "seven quick wizards mix poison for king by pale moon every night"
)
STORY = _STORY.split()


def prompt(pairs: list[tuple[str, str]], question: str, arrow: str = "->") -> str:
    lines = "\n".join(f"{x} {arrow} {y}" for x, y in pairs)
    return f"A secret rule turns one thing into another.\n{lines}\n\nNow apply it to: {question}"


def answered(solved: Solved | None) -> str | None:
    return solved.answer if solved is not None else None


def score(make: Callable[[random.Random], tuple[str, str]], rounds: int) -> tuple[float, int, int]:
    """(accuracy, sure answers, sure answers that are right) over seeded puzzles."""
    right = sure = sure_right = 0
    for seed in range(rounds):
        text, answer = make(random.Random(seed))
        solved = solve_prompt(text)
        good = answered(solved) == answer
        right += good
        if solved is not None and solved.sure:
            sure, sure_right = sure + 1, sure_right + good
    return right / rounds, sure, sure_right


def bits(rng: random.Random) -> tuple[str, str]:
    """A Boolean function of a rotation, a shift to the left, and one to the right."""
    turn, left, right = (rng.randint(1, 7) for _ in range(3))
    join = rng.choice(
        (
            lambda a, b, c: a ^ b,
            lambda a, b, c: b ^ c,
            lambda a, b, c: a | c,
            lambda a, b, c: (a & b) | (a & c) | (b & c),
            lambda a, b, c: (b & c) | (~b & a & 255),
        )
    )

    def rule(x: int) -> int:
        rotated = (x << turn | x >> (8 - turn)) & 255
        return int(join(rotated, x << left & 255, x >> right))

    inputs = rng.sample(range(256), 10)
    pairs = [(f"{x:08b}", f"{rule(x):08b}") for x in inputs[:9]]
    return prompt(pairs, f"{inputs[9]:08b}"), f"{rule(inputs[9]):08b}"


def arithmetic(rng: random.Random, hidden: bool) -> tuple[str, str]:
    """Three signs, a rule for each; digits plain or hidden; read forwards or backwards."""
    backwards = rng.random() < 0.5
    rules: list[Callable[[int, int], int | str]] = [
        rng.choice([lambda a, b: a + b, lambda a, b: a + b - 1]),
        lambda a, b: a - b,
        rng.choice([lambda a, b: a * b, lambda a, b: a * b + 1]),
    ]
    signs = rng.sample("+-*%!?", 3)
    marks = [c for c in "!\"#$%&'()/:<>?@[\\]^`{|}" if c not in signs]
    symbols = dict(zip("0123456789", rng.sample(marks, 10), strict=True))

    def turned(number: str) -> str:
        return number[::-1] if backwards else number

    def line(at: int) -> tuple[str, str]:
        a, b = rng.randint(10, 99), rng.randint(10, 99)
        value = rules[at](a, b)
        minus = signs[at] if isinstance(value, int) and value < 0 else ""
        result = minus + turned(str(abs(int(value))))
        left = f"{turned(str(a))}{signs[at]}{turned(str(b))}"
        if hidden:
            left, result = ("".join(symbols.get(c, c) for c in text) for text in (left, result))
        return left, result

    pairs = [line(at) for at in (0, 0, 1, 1, 2)]
    question, answer = line(rng.randrange(3))
    rng.shuffle(pairs)
    return prompt(pairs, question, "="), answer


def test_bit_rules_are_found_and_what_is_sure_is_right() -> None:
    accuracy, sure, sure_right = score(bits, 60)
    assert accuracy >= 0.9
    assert sure >= 45 and sure_right == sure


def test_hidden_arithmetic_is_found_and_what_is_sure_is_right() -> None:
    accuracy, sure, sure_right = score(lambda rng: arithmetic(rng, hidden=False), 60)
    assert accuracy >= 0.85
    assert sure >= 35 and sure_right >= 0.98 * sure


def test_hidden_arithmetic_in_hidden_digits_is_mostly_found() -> None:
    accuracy, sure, sure_right = score(lambda rng: arithmetic(rng, hidden=True), 40)
    assert accuracy >= 0.5
    assert sure >= 12 and sure_right >= 0.95 * sure


def cipher(rng: random.Random, known: int) -> tuple[list[tuple[str, str]], str, str]:
    letters = list("abcdefghijklmnopqrstuvwxyz")
    rng.shuffle(letters)
    table = str.maketrans("abcdefghijklmnopqrstuvwxyz", "".join(letters))
    lines = [" ".join(rng.sample(STORY, 4)) for _ in range(known + 1)]
    return [(t.translate(table), t) for t in lines[:-1]], lines[-1].translate(table), lines[-1]


def test_a_cipher_whose_letters_were_all_shown_is_read_and_is_sure() -> None:
    for seed in range(20):
        pairs, secret, plain = cipher(random.Random(seed), known=40)
        solved = solve_prompt(prompt(pairs, secret))
        assert solved is not None and (solved.answer, solved.sure) == (plain, True)


def test_words_of_other_prompts_fill_in_letters_that_were_not_shown() -> None:
    others = [prompt(*cipher(random.Random(seed), known=8)[:2]) for seed in range(100, 120)]
    words = words_in(others)
    assert {"wizards", "queen"} <= words <= set(STORY)
    with_words = without = 0
    for seed in range(16):
        pairs, secret, plain = cipher(random.Random(seed), known=3)
        text = prompt(pairs, secret)
        solved = solve_prompt(text, words=words)
        with_words += answered(solved) == plain
        without += answered(solve_prompt(text)) == plain
        assert solved is None or not solved.sure or solved.answer == plain
    assert with_words >= 12 and with_words > without


def test_shifts_and_mirrors_of_the_alphabet_are_carried_on_to_letters_never_shown() -> None:
    pairs = [("dssoh", "apple"), ("fdw", "cat")]
    solved = solve_prompt(prompt(pairs, "cheud"))
    assert solved is not None and solved.answer == "zebra"


@pytest.mark.parametrize("law", ["conversion", "fall"])
def test_constants_are_found_to_the_last_digit_or_nearly(law: str) -> None:
    exact = near = 0
    for seed in range(60):
        rng = random.Random(seed)
        k = rng.uniform(0.5, 20)
        xs = [round(rng.uniform(1, 5), 2) for _ in range(6)]
        if law == "fall":
            lines = [f"After {x:.2f} s it fell {k * x * x:.2f} m" for x in xs]
            asked, truth = f"How far did it fall after {xs[-1]:.2f} s?", k * xs[-1] ** 2
        else:
            lines = [f"{x:.2f} ells becomes {k * x:.2f}" for x in xs]
            asked, truth = f"Now convert {xs[-1]:.2f} ells", k * xs[-1]
        solved = solve_prompt("\n".join([*lines[:-1], "", asked]))
        assert solved is not None and solved.sure
        exact += solved.answer == f"{truth:.2f}"
        near += abs(float(solved.answer) - truth) <= 0.01 * truth
    assert near == 60 and exact >= 42


@pytest.mark.parametrize(
    ("pairs", "question", "answer"),
    [
        ([("23", "XXIII"), ("64", "LXIV")], "1994", "MCMXCIV"),
        ([("XXIII", "23"), ("LXIV", "64")], "XLII", "42"),
        ([("12", "十二"), ("305", "三百五")], "4021", "四千二十一"),
        ([("10", "1010"), ("7", "111")], "19", "10011"),
        ([("10", "A"), ("47", "2F")], "255", "FF"),
        ([("41", "forty-one"), ("7", "seven")], "318", "three hundred eighteen"),
        ([("27", "AA"), ("3", "C")], "703", "AAA"),
    ],
)
def test_numerals_are_written_and_read(
    pairs: list[tuple[str, str]], question: str, answer: str
) -> None:
    assert answered(solve_prompt(prompt(pairs, question))) == answer


def test_a_question_without_a_colon_is_understood() -> None:
    text = "Numbers change.\n23 -> XXIII\n64 -> LXIV\n\nWrite the number 84 in this system."
    assert answered(solve_prompt(text)) == "LXXXIV"


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("Input: abc\nOutput: cba\n\nInput: hello\nOutput: olleh\n\nInput: xyz\nOutput:", "zyx"),
        ("dog → DOG\ncat → CAT\nbird →", "BIRD"),
        ("dog => d-o-g!\nhorse => h-o-r-s-e!\nbat => ?", "b-a-t!"),
        ("東京 → 京東\n大阪 → 阪大\n次: 名古屋", "屋古名"),
        ("2 -> 4\n3 -> 9\n5 -> 25\n7 -> ?", "49"),
    ],
)
def test_other_ways_to_write_examples_are_read(text: str, answer: str | None) -> None:
    assert answered(solve_prompt(text)) == answer


def test_the_rule_is_told_in_one_line_and_examples_are_needed() -> None:
    solved = solve_prompt(prompt([("13", "26.0"), ("7", "14.0"), ("9", "18.0")], "8"))
    assert solved is not None and solved.rule == "y = 2·x" and solved.answer == "16.0"
    assert solve_prompt("What is the capital of France?") is None
    assert solve_prompt("") is None
    assert solve_prompt("a -> b\nNow: c") is None  # one example is none


@given(st.text(alphabet=st.sampled_from("01 ab=->:?+*\n\t{}\\東🙂'\""), max_size=200))
@settings(max_examples=150, deadline=None)
def test_any_text_is_answered_or_not_but_never_an_error(text: str) -> None:
    solved = solve_prompt(text)
    assert solved is None or (isinstance(solved.answer, str) and "\n" not in solved.rule)


@pytest.mark.parametrize(
    "text",
    [
        "x:\n" * 33_000, "1" * 100_000, '"' * 100_000, ": " * 50_000, "1 a 2\n" * 16_000 + "3 a",
        "a -> b\n" * 20_000 + "now: c", "{}[]( = <>\n" * 9_000 + "now: []{}(",
        "".join(f"{i} -> {i * i}\n" for i in range(9_000)) + "4 ->",
        "ab+cd = ef\ngh+ij = kl\nmn+op = qr\nnow: ab+gh",
    ],
    ids=range(9),
)  # fmt: skip
def test_hostile_prompts_end_soon(text: str) -> None:
    start = time.process_time()
    solve_prompt(text)
    assert time.process_time() - start < 3


def test_the_same_prompt_gets_the_same_answer() -> None:
    for make in (bits, lambda rng: arithmetic(rng, hidden=True)):
        text, _ = make(random.Random(5))
        assert solve_prompt(text) == solve_prompt(text)


def test_puzzles_of_the_contest_are_solved(shared: Path) -> None:
    """Every sixteenth puzzle; words of ciphers are known from the others."""
    with (shared / "data" / "nemotron_dev.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    asked = rows[::16]
    words = words_in(row["prompt"] for row in rows[1::8])
    right = sure = sure_right = 0
    for row in asked:
        solved = solve_prompt(row["prompt"], words=words)
        good = solved is not None and _counts(solved.answer, row["answer"])
        right += good
        if solved is not None and solved.sure:
            sure, sure_right = sure + 1, sure_right + good
    assert right >= 0.94 * len(asked)
    assert sure >= 0.88 * len(asked) and sure_right >= 0.995 * sure


def _counts(answer: str, truth: str) -> bool:
    """The contest's metric: exact, or within 1 % for numbers with a point."""
    if answer == truth:
        return True
    try:
        return "." in truth and abs(float(answer) - float(truth)) <= 0.01 * abs(float(truth))
    except ValueError:
        return False
