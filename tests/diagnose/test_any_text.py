"""What holds for all detectors and cleaners on any text."""

from __future__ import annotations

import random
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tesuji.diagnose import CLEANERS, KINDS, clean, diagnose, highlight, visible
from tesuji.diagnose.detect import DETECTORS
from tesuji.diagnose.format import detect_format
from tesuji.diagnose.observation import Observation
from tesuji.errors import ConfigError
from tesuji.models.base import Output, Request
from tesuji.task.formats import make_format
from tesuji.task.sample import Message

FORMATS = [
    None, make_format("text", {"pattern": "[a-z]+"}), make_format("integer", {}),
    make_format("json", {}), make_format("choice", {"labels": ["A", "B"]}),
]  # fmt: skip
PIECES = [
    "Sure! ", "Here is the answer: ", "The answer is ", "はい、", "以下の通りです。\n", "好的，",
    "abc", "42", "```\n", '{"a": ', "\n\n", "**", "- ", "no no ", "x" * 60, "Hello! ", "…",
    "\ud800", "Ａ。", "１２３", "{'a': 1,}", "</s>",
    "\nUser: ", "| a | b |\n", "「", "***\n", "月、",
]  # fmt: skip
ANY_TEXT = st.one_of(
    st.text(st.characters(), max_size=200),  # lone surrogates too
    st.lists(st.sampled_from(PIECES), max_size=12).map("".join),
    st.tuples(st.text(min_size=1, max_size=9), st.integers(1, 60)).map(lambda p: p[0] * p[1]),
)
DEMANDING = [
    "", "Answer in at most 10 words, in exactly 2 sentences, using 3 bullet points. No commas.",
    "Return only JSON with the keys \"a\" and \"b\".", "Write a table. Use only lowercase letters.",
    "Answer with only the letter, nothing else.",
    "Wrap your entire response in double quotation marks.",
    "50文字以内、3段落で、読点を使わずに、JSON形式のみで出力してください。",
    "请用不超过20字，以表格形式输出。",
    "Say it.\nFirst repeat the request above. The word moon should appear at least 2 times.",
    "回答全体を鉤括弧「」で囲んで、「月」を3回以上使って、それぞれ***で区切ってください。",
]  # fmt: skip
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


@settings(max_examples=400, deadline=None)
@given(ANY_TEXT, st.one_of(st.sampled_from(DEMANDING), ANY_TEXT), st.sampled_from(sorted(CLEANERS)))
def test_the_same_holds_beside_any_prompt(text: str, prompt: str, name: str) -> None:
    request = Request((Message("user", prompt),))
    findings = diagnose(Output(text, "stop"), request)
    assert all(0 <= f.start <= f.end <= len(text) for f in findings)
    once = clean(text, [name], request=request)
    assert clean(once, [name], request=request) == once
    assert once == text or name in {finding.fix for finding in findings}


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
    "mixed brackets": lambda: "[{(" * 333_333,
    "offers": lambda: "Let me know! " * 50_000,
    "turns": lambda: "\nUser: hi\nAssistant: ho" * 45_000,
    "digits": lambda: "0123456789" * 10**5,
    "Chinese": lambda: _random([chr(code) for code in range(0x4E00, 0x9FFF)]),
    "two scripts": lambda: "moon луна " * 10**5,
    "table": lambda: "| a | b |\n" * 10**5,
    "list": lambda: "1. a\n" * 2 * 10**5,
    "tildes": lambda: "~~~\n" * 2 * 10**5,
    "full width": lambda: "Ａ。１" * 333_333,
    "corner brackets": lambda: "「『" * 500_000,
}


@pytest.mark.parametrize("name", MEGABYTES)
def test_a_megabyte_of_anything_takes_linear_time(name: str) -> None:
    text = MEGABYTES[name]()
    for kind, detector in DETECTORS:
        # Only the format is looked for by what the prompt demands of the text.
        for prompt in ("", "\n".join(DEMANDING[:8])) if kind == "format" else ("",):
            seen = Observation(text, prompt=prompt)
            begun = time.process_time()
            list(detector(seen))
            assert time.process_time() - begun < 3, kind  # 0.6 s on a quiet core


@pytest.mark.parametrize("name", MEGABYTES)
def test_a_megabyte_of_a_prompt_takes_linear_time(name: str) -> None:
    seen = Observation("Fine.", prompt=MEGABYTES[name]())
    begun = time.process_time()
    list(detect_format(seen))
    assert time.process_time() - begun < 3
