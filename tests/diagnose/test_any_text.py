"""What holds for all detectors and cleaners on any text."""

from __future__ import annotations

import random
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tesuji.diagnose import CLEANERS, KINDS, clean, diagnose, highlight, visible
from tesuji.diagnose.detect import DETECTORS
from tesuji.diagnose.observation import Observation
from tesuji.errors import ConfigError
from tesuji.models.base import Output
from tesuji.task.formats import make_format

FORMATS = [None, make_format("text", {"pattern": "[a-z]+"}), make_format("integer", {})]
PIECES = [
    "Sure! ", "Here is the answer: ", "The answer is ", "はい、", "以下の通りです。\n", "好的，",
    "abc", "42", "```\n", '{"a": ', "\n\n", "**", "- ", "no no ", "x" * 60, "Hello! ", "…",
    "\ud800",
]  # fmt: skip
ANY_TEXT = st.one_of(
    st.text(st.characters(), max_size=200),  # lone surrogates too
    st.lists(st.sampled_from(PIECES), max_size=12).map("".join),
    st.tuples(st.text(min_size=1, max_size=9), st.integers(1, 60)).map(lambda p: p[0] * p[1]),
)
FINISH = st.sampled_from(["stop", "length", "content_filter"])


@settings(max_examples=400, deadline=None)
@given(ANY_TEXT, FINISH, st.sampled_from(FORMATS))
def test_findings_lie_inside_the_text(text: str, finish: str, format: object) -> None:
    for finding in diagnose(Output(text, finish), None, format):  # type: ignore[arg-type]
        assert finding.kind in KINDS
        assert 0 <= finding.start <= finding.end <= len(text)
        assert 0 < finding.confidence <= 1
        assert finding.evidence
        assert finding.fix is None or finding.fix in CLEANERS


@settings(max_examples=400, deadline=None)
@given(ANY_TEXT, st.sampled_from(FORMATS), st.sampled_from(sorted(CLEANERS)))
def test_cleaning_twice_is_cleaning_once_and_needs_a_finding(
    text: str, format: object, name: str
) -> None:
    once = clean(text, [name], format=format)  # type: ignore[arg-type]
    assert clean(once, [name], format=format) == once  # type: ignore[arg-type]
    found = {f.fix for f in diagnose(Output(text, "stop"), None, format)}  # type: ignore[arg-type]
    assert (once == text) or name in found


@settings(max_examples=200, deadline=None)
@given(ANY_TEXT, FINISH)
def test_segments_joined_are_the_text(text: str, finish: str) -> None:
    segments = highlight(text, diagnose(Output(text, finish)))
    assert "".join(part for part, _ in segments) == text
    assert visible(text).count("\n") == text.count("\n")


def test_an_unknown_cleaner_is_named_with_the_known_ones() -> None:
    with pytest.raises(ConfigError, match=r"'polish'.*echo, loop, preamble"):
        clean("x", ["polish"])


def _random(characters: list[str]) -> str:
    return "".join(random.Random(7).choices(characters, k=10**6))


MEGABYTES = {
    "random": lambda: _random([chr(code) for code in range(32, 0x3100)]),
    "letters": lambda: _random(list("abc \n")),
    "one character": lambda: "a" * 10**6,
    "spaces": lambda: " " * 10**6,
    "newlines": lambda: "\n" * 10**6,
    "brackets": lambda: "[" * 500_000 + "]" * 500_000,
    "json": lambda: '{"a": ' * 150_000,
    "quotes": lambda: '{"' + '\\"' * 500_000,
    "fences": lambda: "```\n" * 10**5,
    "nearly periodic": lambda: ("a" * 1000 + "b") * 1000,
    "openings": lambda: "Sure! Here is it: " * 50_000,
    "japanese openings": lambda: "はい、以下" * 200_000,
    "tokens": lambda: "<|" * 500_000,
    "bold": lambda: "*" * 10**6,
}


@pytest.mark.parametrize("name", MEGABYTES)
def test_a_megabyte_of_anything_takes_linear_time(name: str) -> None:
    seen = Observation(MEGABYTES[name]())
    for kind, detector in DETECTORS:
        begun = time.process_time()
        list(detector(seen))
        assert time.process_time() - begun < 3, kind  # 0.6 s on a quiet core
