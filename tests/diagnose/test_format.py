"""Outputs that break the answer format."""

from __future__ import annotations

import pytest

from tests.diagnose.conftest import request_of
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


INTEGER = make_format("integer", {})
JSON = make_format("json", {"schema": {"type": "object", "required": ["name"]}})


@pytest.mark.parametrize(
    ("format", "text", "fix", "cleaned"),
    [
        (CHOICE, "Ａ。", "width", "A"),
        (INTEGER, "１２３", "width", "123"),
        (LETTERS, "It is this:\n```\nlevel\n```\nI hope so.", "fence", "level"),
        (INTEGER, "```\n42\n```", "fence", "42"),
        (JSON, "{'name': '猫',}", "json", '{"name": "猫"}'),
        (JSON, 'Sure:\n```json\n{"name": "a\nb"\n```', "json", '{"name": "a\\nb"}'),
        (JSON, '{"name": "cut of', "json", '{"name": "cut of"}'),
    ],
)
def test_the_least_drastic_cleaner_is_named_and_mends(
    found, format, text: str, fix: str, cleaned: str
) -> None:
    (finding,) = found("format", text, format=format)
    assert finding.fix == fix
    assert clean(text, [fix], format=format) == cleaned
    assert found("format", cleaned, format=format) == []
    for other in {"width", "fence", "json", "format"} - {fix}:
        assert clean(text, [other], format=format) == text


@pytest.mark.parametrize("name", ["width", "fence", "json"])
@pytest.mark.parametrize("text", ["Ａ。", "```\nx = 1\n```", "{'a': 1}", ""])
def test_nothing_is_touched_where_nothing_was_demanded(name: str, text: str) -> None:
    assert clean(text, [name]) == text


@pytest.mark.parametrize(
    ("prompt", "text", "fix", "cleaned"),
    [
        ("Return only JSON.", 'Here:\n```json\n{"a": 1}\n```\nBye.', "fence", '{"a": 1}'),
        ("Reply in JSON format.", "{'a': 1}", "json", '{"a": 1}'),
        ("犬についてJSON形式で出力してください。", "{「a」: 1}", None, "{「a」: 1}"),
    ],
)
def test_a_demand_of_the_prompt_is_mended_too(found, prompt, text, fix, cleaned) -> None:
    (finding,) = found("format", text, prompt=prompt)
    assert finding.fix == fix
    if fix:
        assert clean(text, [fix], request=request_of(prompt)) == cleaned


def test_the_tasks_format_rules_over_the_words_of_the_prompt(found) -> None:
    prompt = "Do not use any commas. Answer in JSON format."
    assert found("format", "level", prompt=prompt, format=LETTERS) == []
    free = make_format("text", {})
    assert len(found("format", "one, two", prompt=prompt, format=free)) == 2
