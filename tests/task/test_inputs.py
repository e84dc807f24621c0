"""Normalisers of inputs: what they change, what they leave, and that once is enough."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tesuji.errors import ConfigError
from tesuji.task.inputs import NORMALISERS, Prepared, normalise, prepare
from tesuji.task.sample import Sample

CHANGED = [
    ("nfkc", "Ｈｅｌｌｏ，　ｗｏｒｌｄ！", "Hello, world!"),
    ("nfkc", "ﾊﾝｶｸ ｶﾞｷﾞｸﾞ", "ハンカク ガギグ"),
    ("nfkc", "全角１２３％", "全角123%"),
    ("nfkc", "ﬁne ①", "fine 1"),
    ("whitespace", "\u3000どうも\u00a0\u00a0ありがとう\r\n", "どうも ありがとう"),
    ("whitespace", "第一行\r第二行\u2028第三行", "第一行\n第二行\n第三行"),
    ("whitespace", "a\t\tb   c  \n\n\n\nd", "a b c\n\nd"),
    ("whitespace", "def f():\n    return  1", "def f():\n    return 1"),
    ("html", "<p>第一段<br/>第二行</p>", "第一段\n第二行"),
    ("html", '<a href="x?a=1&amp;b=2">こちら</a>です', "こちらです"),
    ("html", "caf&eacute; &#39;x&#x27; &lt;3", "café 'x' <3"),
    ("html", "&lt;b&gt;quoted&lt;/b&gt; &amp;amp;", "quoted &"),
    ("html", "<style>p {color: red}</style>a<!-- not\nseen -->b<script>x<y</script>", "ab"),
    ("html", "<tr><td>1</td><td>2</td></tr>", " 1  2 "),
    ("invisible", "\ufeffzero\u200bwidth\u00ad", "zerowidth"),
    ("invisible", "見え\u2060ない\u202e", "見えない"),
    ("invisible", "bell\x07 nul\x00 del\x7f", "bell nul del"),
    ("invisible", "a\u200db", "ab"),
]
LEFT = [
    ("nfkc", "plain ascii, 日本語、中文"),
    ("whitespace", "one line"),
    ("whitespace", "list:\n  - a\n  - b"),
    ("html", "if a < b and c > d: x<y"),
    ("html", "a <b and c> d"),
    ("html", "<think>not HTML</think> List<String> vector<int>"),
    ("html", "AT&T R&D; x?a=1&copy=2 &unknown;"),
    ("html", "数学では x<5 かつ y>3"),
    ("html", "an open <!-- comment"),
    ("invisible", "two\nlines\tand a tab"),
    ("invisible", "👩‍👩‍👧 ❤️‍🔥"),
    ("invisible", "می‌خواهم"),
    ("invisible", "日本語　中文"),
]


@pytest.mark.parametrize(("name", "text", "made"), CHANGED)
def test_what_a_normaliser_makes_of_a_text(name: str, text: str, made: str) -> None:
    assert NORMALISERS[name](text) == made


@pytest.mark.parametrize(("name", "text"), LEFT)
def test_what_a_normaliser_leaves_alone(name: str, text: str) -> None:
    assert NORMALISERS[name](text) == text


PIECES = st.sampled_from(
    ["<b>", "</p>", "<b", ">", "<", "&", "amp;", "lt;", "&lt", "&#60;", "&#38;", "<!--", "-->",
     "<script>", "</script>", "<br>", "\n", "\r", " ", "\u00a0", "\u3000", "\u200d", "\u200c",
     "❤️", "🔥", "م", "क", "ｶ", "ﾞ", "\u0301", "a", "1", ";", "="]
)  # fmt: skip


@pytest.mark.parametrize("name", NORMALISERS)
@given(text=st.one_of(st.text(), st.lists(PIECES, max_size=40).map("".join)))
def test_once_is_enough(name: str, text: str) -> None:
    once = NORMALISERS[name](text)
    assert NORMALISERS[name](once) == once


@pytest.mark.parametrize("name", NORMALISERS)
@pytest.mark.parametrize(
    "unit", ["<b", "<b ", "&amp;", "<!--", "<script>", "&l<b>t;", " ", "\n ", "\u200d", "a\u00a0 ",
             "&lt;b>", "amp;", "\ud800"],
)  # fmt: skip
def test_any_text_takes_time_by_its_length(name: str, unit: str) -> None:
    text = "&" + unit * (1_000_000 // len(unit)) + ">"
    began = time.process_time()
    once = NORMALISERS[name](text)
    assert time.process_time() - began < 6
    assert isinstance(once, str)


def test_markup_deeper_than_any_page_leaves_no_markup() -> None:
    riddle = "x" + "&l" * 60 + "<b>" + "t;b>" * 60
    once = NORMALISERS["html"](riddle)
    assert NORMALISERS["html"](once) == once


def test_a_sample_keeps_id_target_and_numbers() -> None:
    sample = Sample("１", {"text": "<b>１</b>", "n": 2.0, "none": None}, "１")
    made = prepare(sample, ["html", "nfkc"])
    assert made == Sample("１", {"text": "1", "n": 2.0, "none": None}, "１")
    assert sample.fields["text"] == "<b>１</b>" and prepare(sample, ()) is sample
    pool = Prepared([sample, sample], ["html"])
    assert len(pool) == 2 and pool[1].fields["text"] == "１" == pool[:1][0].fields["text"]


def test_an_unknown_normaliser_lists_those_there_are() -> None:
    with pytest.raises(ConfigError, match="no normaliser 'soap' for inputs; there are: html, inv"):
        normalise("x", ["soap"])


def test_each_normaliser_is_in_the_manual() -> None:
    page = Path(__file__).resolve().parents[2] / "docs" / "concepts.md"
    text = page.read_text(encoding="utf-8")
    assert all(f"\n| `{name}` |" in text.partition("## Inputs")[2] for name in NORMALISERS)
