"""What two texts have in common: nothing is lost, nothing invented, and it takes bounded time."""

from __future__ import annotations

import random
import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tesuji.board.aligned import letter_blocks, word_blocks
from tesuji.board.marked import changes, sides, word_changes
from tesuji.diagnose import visible

WORD = st.sampled_from(
    ["a", "b", "word", " ", "  ", "\n", "、", "漢", "字", "だ", "เ", "é", "e\u0301", "\u200b", "😀",
     "<", "\ud800", "\x00"]
)  # fmt: skip
TEXT = st.lists(WORD, max_size=30).map("".join)


@pytest.mark.parametrize("blocks", [letter_blocks, word_blocks])
@given(a=TEXT, b=TEXT)
def test_the_blocks_are_both_texts(blocks: object, a: str, b: str) -> None:
    found = blocks(a, b)  # type: ignore[operator]
    assert "".join(left for left, _ in found) == a
    assert "".join(right for _, right in found) == b


@given(TEXT, TEXT)
def test_what_is_equal_and_what_differs_take_turns(a: str, b: str) -> None:
    same = [left == right for left, right in word_blocks(a, b)]
    assert all(x != y for x, y in pairwise(same))
    assert all(same) == (a == b)


@given(TEXT, TEXT)
def test_both_texts_are_shown_as_everywhere(a: str, b: str) -> None:
    for found in (changes(a, b), word_changes(a, b)):
        first = "".join(c.text for c in sides(found)[0])
        assert first == visible(a)
    extra = word_changes("", b)
    assert "".join(c.text for c in extra) == visible(b)


@given(TEXT, TEXT, TEXT)
def test_what_both_begin_and_end_with_is_equal(head: str, middle: str, tail: str) -> None:
    found = word_blocks(f"{head}\n{tail}", f"{head}\n{middle}\n{tail}")
    kept = sum(len(left) for left, right in found if left == right)
    assert kept >= len(head) + len(tail) - 2 * 4  # a word at the seam may have grown


@pytest.mark.parametrize(
    ("a", "b", "marked"),
    [
        ("Reverse the string", "Reverse this string",
         [("Reverse ", "same"), ("the", "missing"), ("this", "extra"), (" string", "same")]),
        ("salt and pepper", "oil or vinegar",
         [("salt and pepper", "missing"), ("oil or vinegar", "extra")]),
        ("答えは赤です。", "答えは青です。",
         [("答えは", "same"), ("赤", "missing"), ("青", "extra"), ("です。", "same")]),
        ("a", "", [("a", "missing")]),
        ("", "", []),
        ("one two", "one  two",
         [("one", "same"), (" ", "missing"), ("··", "extra"), ("two", "same")]),
    ],
)  # fmt: skip
def test_words_that_differ_are_marked(a: str, b: str, marked: list[tuple[str, str]]) -> None:
    assert [(c.text, c.how) for c in word_changes(a, b)] == marked


def long_pair(n: int, share: float) -> tuple[str, str]:
    draw = random.Random(n)
    words = [f"w{draw.randrange(300)}" for _ in range(n)]
    other = [w if draw.random() > share else "other" for w in words]
    return " ".join(words), " ".join(other)


def test_long_texts_are_still_told_apart_word_by_word() -> None:
    a, b = long_pair(30_000, 0.05)
    found = word_blocks(a, b)
    assert "".join(left for left, _ in found) == a and "".join(right for _, right in found) == b
    alike = sum(len(left) for left, right in found if left == right)
    assert alike > 0.9 * len(a)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("ab " * 100_000, "b ab " * 70_000),
        ("あ" * 300_000, "い" * 300_000),
        ("(" * 200_000, ")(" * 100_000),
        long_pair(60_000, 0.5),
    ],
)
def test_no_pair_takes_long(a: str, b: str) -> None:
    began = time.process_time()
    found = word_blocks(a, b)
    assert time.process_time() - began < 10  # about 0.3 s; by the square of the length, minutes
    assert "".join(left for left, _ in found) == a and "".join(right for _, right in found) == b
