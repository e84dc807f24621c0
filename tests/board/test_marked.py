"""Texts as the pages mark them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tesuji.board.marked import changes
from tesuji.board.words import WORDS, choose_language
from tesuji.diagnose import KINDS, visible
from tesuji.diagnose.finding import Finding
from tesuji.diagnose.visible import visible_parts

TEXT = st.text(st.sampled_from("ab \n\t\u200b\u200d😀\ud800<"), max_size=12)


@given(TEXT, st.lists(st.tuples(st.integers(0, 12), st.integers(0, 12)), max_size=4))
def test_an_output_in_parts_is_the_visible_output(text: str, spans: list[tuple[int, int]]) -> None:
    findings = [
        Finding(KINDS[n], min(a, len(text)), min(b, len(text)), "")
        for n, (a, b) in enumerate(spans)
    ]
    assert "".join(part for part, _ in visible_parts(text, findings)) == visible(text)


def test_a_space_before_a_finding_is_no_trailing_space() -> None:
    parts = visible_parts("Sure! yes  ", [Finding("preamble", 0, 6, "")])
    assert parts == [("Sure! ", "preamble"), ("yes··", None)]


@given(TEXT, TEXT)
def test_a_difference_holds_both_texts(target: str, answer: str) -> None:
    found = changes(target, answer)
    assert "".join(c.text for c in found if c.how != "extra").count("⏎") == target.count("\n")
    assert "".join(c.text for c in found if c.how != "missing").count("⏎") == answer.count("\n")
    assert all(c.how == "same" for c in found) == (target == answer)


def test_long_texts_are_compared_from_both_ends() -> None:
    target, answer = "a" * 9000 + "x" + "b" * 9000, "a" * 9000 + "yz" + "b" * 9000
    found = [(c.how, len(c.text)) for c in changes(target, answer)]
    assert found == [("same", 9000), ("missing", 1), ("extra", 2), ("same", 9000)]
    assert [c.how for c in changes("a" * 9000, "a" * 8000)] == ["same", "missing"]


def test_the_reader_gets_the_language_asked_for() -> None:
    assert choose_language("") == choose_language("fr, de") == choose_language("ja;q=0") == "en"
    assert choose_language("ja") == choose_language("en;q=0.3, JA-jp;q=0.7") == "ja"
    assert choose_language("ja", "xx", "en") == "en"
    assert choose_language("ja;q=x, en;q=nan, ;;,") in ("en", "ja")


def test_all_words_are_in_both_languages() -> None:
    assert all(english and japanese for english, japanese in WORDS.values())
