"""Outputs that break the answer format."""

from __future__ import annotations

from tesuji.diagnose import clean
from tesuji.task.formats import make_format

LETTERS = make_format("text", {"pattern": "[a-z]+"})
CHOICE = make_format("choice", {"labels": ["A", "B", "C"]})


def test_the_reason_is_the_formats_own(found) -> None:
    (finding,) = found("format", "ABC", format=LETTERS)
    assert finding.evidence == LETTERS.check("ABC")
    assert finding.fix is None
    assert clean("ABC", ["format"], format=LETTERS) == "ABC"


def test_an_answer_that_can_be_read_is_put_into_shape(found) -> None:
    text = "**level**"
    (finding,) = found("format", text, format=LETTERS)
    assert finding.fix == "format"
    assert clean(text, ["format"], format=LETTERS) == "level"


def test_a_choice_amid_words_is_put_into_shape(found) -> None:
    text = "The answer is (B)."
    assert found("format", text, format=CHOICE)[0].fix == "format"
    assert clean(text, ["format"], format=CHOICE) == "B"


def test_right_shaped_text_and_unknown_formats_are_left_alone(found) -> None:
    assert found("format", "level", format=LETTERS) == []
    assert found("format", "anything at all") == []
    assert clean(" level ", ["format"], format=LETTERS) == " level "


def test_cleaners_work_in_the_order_given() -> None:
    text = "Sure! Here is the word: `level`"
    assert clean(text, ["format"], format=LETTERS) == text
    assert clean(text, ["preamble", "format"], format=LETTERS) == "level"
