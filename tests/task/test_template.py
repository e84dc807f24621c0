"""Prompts: fields filled once and evaluated never; examples that give nothing away."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tesuji.errors import ConfigError
from tesuji.task.formats.integer import IntegerFormat
from tesuji.task.formats.text import TextFormat
from tesuji.task.sample import Message, Sample
from tesuji.task.template import PromptTemplate, check_template, fill

TEXT = TextFormat()


def filled(template: str, **fields: Any) -> str:
    return fill(template, fields, TEXT, "here")


def sample(id: str, question: str, target: str | None = "yes") -> Sample:
    return Sample(id, {"question": question}, target)


POOL = tuple(sample(str(i), f"question {i}", f"answer {i}") for i in range(50))
SHOTS = PromptTemplate("Q: {question}", examples=4)


def test_braces_in_the_data_are_data() -> None:
    assert filled("<{a}>", a="{b} {a.__class__} {{}} {0}", b="secret") == (
        "<{b} {a.__class__} {{}} {0}>"
    )


def test_doubled_braces_are_braces() -> None:
    assert filled('{{"x": {a}}} {{{a}}} }}{{', a=1) == '{"x": 1} {1} }{'


@given(st.text(), st.text())
def test_any_text_is_filled_in_unchanged(before: str, value: str) -> None:
    literal = before.replace("{", "{{").replace("}", "}}")
    assert filled(literal + "{a}" + literal, a=value) == before + value + before


def test_names_are_columns_verbatim() -> None:
    fields = {"column name": 1, "質問": 2, "a.b": 3, "x[0]": 4}
    assert fill("{column name}{質問}{a.b}{x[0]}", fields, TEXT, "here") == "1234"


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (3, "3"),
        (0.5, "0.5"),
        (True, "true"),
        (None, ""),
        (["あ", None], '["あ", null]'),
        ({"a": [1]}, '{"a": [1]}'),
    ],
)
def test_other_values_are_readable(value: Any, shown: str) -> None:
    assert filled("{a}", a=value) == shown


def test_the_answer_format_tells_its_shape_unless_a_column_has_that_name() -> None:
    integer = IntegerFormat(min=0, max=9)
    assert fill("{answer_format}", {}, integer, "here") == integer.tell()
    assert fill("{answer_format}", {"answer_format": "mine"}, integer, "here") == "mine"


@pytest.mark.parametrize(
    ("template", "said"),
    [
        ("{qestion}", "comp.toml: [prompt] user: no field {qestion}; did you mean 'question'?"),
        ("{question.__class__}", "no field {question.__class__}; a brace itself is written {{"),
        ('{"answer": 1}', "a brace itself is written {{"),
        ("line\n} end", "line 2 of the template: a single }"),
        ("{question", "line 1 of the template: a single {"),
        ("{}", "no field {}"),
    ],
)
def test_what_cannot_be_filled_is_said_before_a_run(template: str, said: str) -> None:
    with pytest.raises(ConfigError) as caught:
        check_template(PromptTemplate(template), ["id", "question"], "comp.toml")
    assert said in str(caught.value) and "\n" not in str(caught.value)


def test_render_refuses_unknown_fields_too() -> None:
    with pytest.raises(ConfigError, match=r"\[prompt\] system: no field {no}"):
        PromptTemplate("{question}", "{no}").render(POOL[0], (), TEXT)


def test_a_prompt_without_examples() -> None:
    template = PromptTemplate("Q: {question}", "Be terse, {question}.")
    assert template.render(sample("x", "why?"), POOL, TEXT) == (
        Message("system", "Be terse, why?."),
        Message("user", "Q: why?"),
    )


def test_examples_are_turns_of_the_chat() -> None:
    messages = SHOTS.render(sample("x", "why?"), POOL, TEXT)
    assert [m.role for m in messages] == ["user", "assistant"] * 4 + ["user"]
    for asked, answered in zip(messages[:-1:2], messages[1::2], strict=True):
        number = asked.content.removeprefix("Q: question ")
        assert answered.content == f"answer {number}"
    assert len({m.content for m in messages}) == 9


def test_examples_are_stable_and_differ_between_samples() -> None:
    first = SHOTS.render(sample("x", "why?"), POOL, TEXT)
    assert first == SHOTS.render(sample("x", "why?"), POOL, TEXT)
    assert [m.content for m in first[:8:2]] == [f"Q: question {i}" for i in (36, 6, 27, 37)]
    assert first != SHOTS.render(sample("y", "why?"), POOL, TEXT)


@given(st.integers(0, 7), st.integers(1, 12), st.sets(st.integers(0, 7)))
def test_examples_never_hold_the_sample_itself(
    asked: int, examples: int, doubled: set[int]
) -> None:
    pool = POOL[:8] + tuple(sample(f"twin{i}", f"question {i}") for i in sorted(doubled))
    template = PromptTemplate("Q: {question}", examples=examples)
    messages = template.render(pool[asked], pool, TEXT)
    assert [m.content for m in messages].count(f"Q: question {asked}") == 1
    assert len(messages) == 2 * min(examples, 7) + 1


def test_a_pool_without_targets_gives_no_examples() -> None:
    pool = (sample("a", "b", None),)
    assert len(SHOTS.render(sample("x", "why?"), pool, TEXT)) == 1
    assert len(SHOTS.render(sample("x", "why?"), (), TEXT)) == 1


def test_a_star_is_the_whole_row_without_what_other_splits_lack() -> None:
    fields = {"問い": "a {b}", "n": 3, "none": None, "why": "the answer is 4"}
    assert json.loads(fill("{*}", fields, TextFormat(), "here")) == fields
    shown = fill("{*}", fields, TextFormat(), "here", ["n", "問い"])
    assert shown == '{"n": 3, "問い": "a {b}"}'
    assert fill("{*}", {"*": "mine"}, TextFormat(), "here") == "mine"
