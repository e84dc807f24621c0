"""Tables for notebooks: everything escaped, nothing endless."""

from __future__ import annotations

from tesuji.notebook import escape, table


def test_html_is_text() -> None:
    shown = table([["<img onerror=x>", 1], ['"&"', None]], ["<b>", "n"])
    assert "<img" not in shown and "<b>" not in shown
    assert "&lt;img onerror=x&gt;" in shown and "&quot;&amp;&quot;" in shown
    assert shown.count("<tr>") == 3


def test_no_headers_no_head() -> None:
    assert "<thead>" not in table([["a"]])


def test_lines_stay_lines_and_long_text_is_cut() -> None:
    assert escape("a\r\nb\nc") == "a<br>b<br>c"
    assert len(escape("x" * 10_000_000)) < 400
    assert "10,000,000 characters" in escape("x" * 10_000_000)
