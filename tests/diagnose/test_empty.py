"""Outputs that say nothing."""

from __future__ import annotations

import pytest

from tesuji.task.formats import make_format


@pytest.mark.parametrize(
    "text",
    ["", " \n\t", "\u200b\ufeff", "\u3000", "\u3164", "</s>", "<|im_end|>\n", "[INST] [/INST]",
     "<｜end▁of▁sentence｜>", "```\n```", "，", "..."],
)  # fmt: skip
def test_nothing_that_could_be_an_answer_is_empty(found, text: str) -> None:
    (finding,) = found("empty", text)
    assert (finding.start, finding.end) == (0, len(text))
    assert finding.fix is None


@pytest.mark.parametrize(
    "text", ["A", "0", "👍", "はい", "[]", "{}", "+", "=", "<b>", "½", "#" * 200]
)
def test_the_shortest_answers_are_not_empty(found, text: str) -> None:
    assert found("empty", text) == []


def test_punctuation_is_an_answer_where_the_format_asks_for_it(found) -> None:
    marks = make_format("text", {"pattern": r"[.!?]"})
    assert found("empty", "?")
    assert found("empty", "?", format=marks) == []


def test_an_empty_output_is_not_counted_as_a_format_failure_too(found) -> None:
    letters = make_format("text", {"pattern": "[a-z]+"})
    assert found("format", " ", format=letters) == []
