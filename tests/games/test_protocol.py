"""The alphabet protocol and rules of spelling: said, recognised, judged."""

from __future__ import annotations

import json
import string
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tesuji.games.protocol import (
    HANDSHAKE,
    LETTER_QUESTIONS,
    comes_before,
    has_letter,
    is_handshake,
    longer_than,
    more_words,
    pivot,
    precedes,
    rule,
    starts_before,
    starts_with,
)


@given(st.text())
def test_what_is_asked_is_recognised(word: str) -> None:
    asked = precedes(word)
    expected = word.lower().replace('"', "")
    assert pivot(asked) == (expected or None)


def test_the_recorded_game_is_understood(shared: Path) -> None:
    game = json.loads((shared / "data" / "twenty_questions_replay.json").read_text("utf-8"))
    for player in game["steps"][-1]:
        seen = player["observation"]
        assert is_handshake(seen["questions"][0])
        compared = [
            (pivot(question), answer)
            for question, answer in zip(seen["questions"], seen["answers"], strict=True)
        ]
        known = [(word, answer) for word, answer in compared if word is not None]
        assert len(known) >= 15
        for word, answer in known:
            assert answer == ("yes" if comes_before(seen["keyword"], word) else "no")


def test_a_word_does_not_precede_itself_and_case_does_not_count() -> None:
    assert not comes_before("Lake", "lake")
    assert comes_before("Lake", "LAKES")
    assert comes_before("air vent", "airbag")  # a space comes before letters
    assert comes_before("猫", "猫舌")


@pytest.mark.parametrize(
    ("question", "yes", "no"),
    [
        (starts_with("a"), "Apple", "pear"),
        (starts_before("n"), "apple", "Nest"),
        (has_letter("e"), "Red", "dog"),
        (longer_than(6), "air vent", "apples"),
        (more_words(1), "air vent", "airvent"),
        ("Does the keyword begin with the letter 'k'?", "Kite", "bike"),
        ("Does it end with the letter g?", "dog", "god"),
        ("Does the keyword have fewer than 5 letters?", "bat", "bathe"),
        ("Is it a single word?", "bat", "bath mat"),
        ('Does the keyword come before "m" in alphabetical order?', "Lamp", "mat"),
    ],
)
def test_spelling_is_judged_by_rule(question: str, yes: str, no: str) -> None:
    judge = rule(question)
    assert judge is not None
    assert judge(yes)
    assert not judge(no)


def test_the_asker_s_letter_questions_are_understood_and_halve_something() -> None:
    words = ["apple", "bread knife", "dog", "umbrella stand", "zinc", "Komodo dragon", "hat"]
    for text in LETTER_QUESTIONS:
        judge = rule(text)
        assert judge is not None
        assert len({judge(word) for word in [*words, *string.ascii_lowercase]}) == 2


@pytest.mark.parametrize(
    "question",
    ["Is it edible?", "", "?", 'keyword precede "x"', "Is it Agent Beta?", "precede " * 10_000],
)
def test_other_questions_are_no_protocol(question: str) -> None:
    assert pivot(question) is None
    assert rule(question) is None
    assert not is_handshake(question)


def test_the_handshake_in_any_case() -> None:
    assert is_handshake(HANDSHAKE.upper())
    assert is_handshake("Hello. is it agent alpha")
