"""Words and patterns in lower case: what is done quickly gives what the plain way gives."""

from __future__ import annotations

import re
from importlib import import_module

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tesuji.diagnose import closings, closings_cjk
from tesuji.diagnose.deliverable import demanded
from tesuji.diagnose.latin import WORD, words_of
from tesuji.diagnose.prompt_words import ascii_words, words_in

ANY_TEXT = st.text() | st.text(st.characters(max_codepoint=127))


@given(ANY_TEXT)
def test_words_are_those_of_the_regular_expression(text: str) -> None:
    assert words_of(text) == WORD.findall(text.lower().replace("’", "'"))
    assert words_in(text) == set(re.findall(r"[^\W\d_]+", text.lower()))
    if text.isascii():
        assert ascii_words(text) == re.findall("[a-z]+", text.lower())


DELIVERABLE = "_EXPLAIN _LABEL _TEXT _DATA _IN_DATA _SAY_WHY _BLOCK _WORK _PLAYED _ADDRESSED"
PREAMBLE = "_YES_NO _CAN_YOU _ROLE_PLAY _PERSONA _GREETING_ASKED _GREETS _REQUEST"


def test_patterns_for_lower_case_hold_no_capital() -> None:
    """A capital in one of them could never match."""
    patterns = [pattern for _, pattern in (*closings.english(), *closings_cjk.cjk())]
    for room, names in (("deliverable", DELIVERABLE), ("preamble", PREAMBLE)):
        module = vars(import_module(f"tesuji.diagnose.{room}"))
        patterns += [module[name] for name in names.split()]
    for pattern in patterns:
        bare = re.sub(r"\\.", "", pattern.pattern)
        assert bare == bare.lower()
        assert not pattern.flags & re.IGNORECASE


@pytest.mark.parametrize(
    "prompt",
    ["Translate this to French: Good morning.", "Write a function that adds two numbers.",
     "Reply with only one word: yes or no?", "次の文を英訳して、JSONで出力してください。"],
)  # fmt: skip
def test_capitals_in_a_prompt_change_nothing(prompt: str) -> None:
    shouted = prompt.upper() if "only" not in prompt else prompt.replace("Reply", "REPLY")
    assert demanded(shouted) == demanded(prompt) != ""
