"""Options of answer formats: defaults, and the line that a wrong one gets."""

from __future__ import annotations

import json
from typing import Any

import pytest
import regex

from tesuji.errors import ConfigError
from tesuji.task.formats import FORMATS, AnswerFormat, make_format, options_of

NEEDED: dict[str, dict[str, Any]] = {
    "choice": {"labels": ["A", "B"]},
    "ranking": {"items": ["A", "B"]},
    "probabilities": {"labels": ["A", "B"]},
}


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_follows_the_contract(name: str) -> None:
    made = make_format(name, NEEDED.get(name, {}))
    assert isinstance(made, AnswerFormat)
    assert made.name == name
    assert made.tell().endswith((".", ")", "}"))
    json.dumps(made.fallback())


@pytest.mark.parametrize(
    ("name", "options", "message"),
    [
        ("chioce", {}, r"no 'chioce' \(did you mean 'choice'\?\); there are: text, choice"),
        ("integer", {"low": 1}, "low: format 'integer' has no such option; its options: min, max"),
        ("boxed", {"x": 1}, "its options: none"),
        ("choice", {}, "labels: format 'choice' needs it"),
        ("choice", {"labels": "AB"}, "labels: must be a list"),
        ("choice", {"labels": []}, "labels: has 0 entries"),
        ("choice", {"labels": ["A", "A"]}, "labels: 'A' is there twice"),
        ("choice", {"labels": ["A", ""]}, "labels: '' must be one non-empty line"),
        ("choice", {"labels": ["A", True]}, "labels: True must be a string"),
        ("choice", {"labels": ["A", "B"], "top": 3}, "top: 3 is more than the 2 labels"),
        ("choice", {"labels": ["A", "B"], "top": "2"}, "top: must be an integer, not '2'"),
        ("choice", {"labels": ["A b", "B"], "top": 2}, "labels: 'A b' has a space"),
        ("integer", {"min": 5, "max": 1}, "min: 5 is greater than max = 1"),
        ("integer", {"modulo": 0}, "modulo: must be at least 1"),
        ("integer", {"modulo": 5, "min": 7}, "modulo: no remainder of 5"),
        ("integer", {"min": True}, "min: must be an integer"),
        ("number", {"tolerance": -1}, "tolerance: must be a number, zero or more"),
        ("text", {"pattern": "["}, "pattern: '\\[' is not a regular expression"),
        ("text", {"pattern": 5}, "pattern: must be a non-empty string"),
        ("json", {"schema": "x"}, "schema: must be a JSON schema as a table"),
        ("json", {"schema": {"type": "objekt"}}, "schema: is not a valid JSON schema"),
        ("ranking", {"items": ["A", "B > C"]}, "items: 'B > C' has a '>'"),
        ("code", {"language": 3}, "language: must be a non-empty string"),
    ],
)
def test_a_wrong_option_is_named(name: str, options: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError, match=message) as caught:
        make_format(name, options)
    assert "\n" not in str(caught.value)


def test_options_are_listed_with_their_defaults() -> None:
    assert options_of("choice") == {"labels": ..., "top": 1}
    assert options_of("boxed") == {}


@pytest.mark.parametrize(
    ("name", "options", "answer"),
    [
        ("integer", {"min": 0, "max": 999}, 7),
        ("integer", {}, -123),
        ("number", {}, -0.5),
        ("text", {"pattern": "[a-z]+"}, "abc"),
        ("choice", {"labels": [f"label{i}" for i in range(40)], "top": 3}, ["label3", "label1"]),
    ],
)
def test_a_regex_grammar_allows_what_is_right(
    name: str, options: dict[str, Any], answer: Any
) -> None:
    made = make_format(name, options)
    grammar = made.constrain()
    assert grammar is not None
    assert grammar.kind == "regex"
    assert regex.fullmatch(grammar.value, made.render(answer))
    assert not regex.fullmatch(grammar.value, "Sure! " + made.render(answer))


def test_a_choice_grammar_lists_all_right_answers() -> None:
    made = make_format("choice", {"labels": ["A", "B", "C"], "top": 2})
    grammar = made.constrain()
    assert grammar is not None
    choices = json.loads(grammar.value)
    assert len(choices) == 9
    assert all(made.check(choice) is None for choice in choices)


def test_a_users_slow_pattern_is_stopped() -> None:
    made = make_format("text", {"pattern": "(a|aa)+$(?<=b)"})
    assert made.parse("a" * 5000) is None
    assert "took too long" in (made.check("a" * 5000) or "")


def test_a_fallback_is_an_answer_of_the_format() -> None:
    assert make_format("integer", {"min": 5, "max": 9}).fallback() == 5
    assert make_format("choice", {"labels": ["A", "B"], "top": 2}).fallback() == ["A", "B"]
    assert make_format("probabilities", {"labels": ["A", "B"]}).fallback() == {"A": 0.5, "B": 0.5}
    assert make_format("json", {"schema": {"type": "array"}}).fallback() == []
    assert make_format("text", {"default": "none"}).fallback() == "none"
