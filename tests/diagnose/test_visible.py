"""Showing what is invisible, and where the findings are."""

from __future__ import annotations

import pytest

from tesuji.diagnose import Finding, highlight, visible

SCOTLAND = "🏴\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\nb", "a⏎\nb"), ("a\tb", "a⇥b"), ("a\r\n", "a␍⏎\n"), ("ok ", "ok·"), ("a b", "a b"),
        ("a  b", "a··b"), ("a \nb", "a·⏎\nb"), ("\ufeffa", "⟨BOM⟩a"), ("a\u200bb", "a⟨ZWSP⟩b"),
        ("a\u00a0b", "a⟨NBSP⟩b"), ("\u3000字", "⟨U+3000⟩字"), ("\x1b[31m", "␛[31m"), ("\x00", "␀"),
        ("\x7f", "␡"), ("\x85", "⟨U+0085⟩"), ("\u202eabc", "⟨RLO⟩abc"), ("a\u200db", "a⟨ZWJ⟩b"),
        ("\ud800", "⟨U+D800⟩"), ("x\U000e0041", "x⟨U+E0041⟩"),
    ],
)  # fmt: skip
def test_the_invisible_is_shown(text: str, shown: str) -> None:
    assert visible(text) == shown


@pytest.mark.parametrize(
    "text",
    [
        "日本語、ひらがな・カタカナ。", "👩‍👩‍👧", "👍🏽", "❤️‍🔥", "👩🏽‍💻", SCOTLAND,
        "می‌خواهم", "क्‍ष", "が", "葛\U000e0100",
    ],
)  # fmt: skip
def test_scripts_and_emoji_are_not_harmed(text: str) -> None:
    assert visible(text) == text


def test_segments_tell_what_covers_them() -> None:
    text = "Sure! 42 apples"
    findings = [Finding("format", 0, 15, "no"), Finding("preamble", 0, 6, "chatter")]
    assert highlight(text, findings) == [("Sure! ", "preamble"), ("42 apples", "format")]
    assert highlight("abc", []) == [("abc", None)]
    assert highlight("", [Finding("empty", 0, 0, "none")]) == []
    loop = [Finding("loop", 1, 2, "x")]
    assert highlight("abc", loop) == [("a", None), ("b", "loop"), ("c", None)]
