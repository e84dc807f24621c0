"""What Tesuji says of runs in Japanese: the same numbers as in English, and no English where none
need be."""

from __future__ import annotations

import html
import json
import re
import sqlite3
from dataclasses import asdict, replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient

import tesuji as tj
from tests.board.conftest import open_board
from tests.board.test_pages import seen
from tests.moves.test_planner import made
from tesuji.board.checklist import _advice
from tesuji.board.guard import Gate
from tesuji.board.spoken import KIND_NAMES, MOVE_NAMES, spoken
from tesuji.board.words import WORDS, say
from tesuji.compare.comparison import Comparison
from tesuji.diagnose.finding import KINDS
from tesuji.moves.advice import Advice, Cost, Outcome
from tesuji.moves.planner import plan
from tesuji.moves.remarks import Remark
from tesuji.moves.rules import BOOK
from tesuji.run.ledger import FILE, RunRow

JAPANESE = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff]")
EN, JA = spoken("en"), spoken("ja")


def numbers(text: str) -> list[str]:
    """All numbers of a text, in no order: the languages have their own."""
    return sorted(re.findall(r"[+-]?\$?\d+(?:,\d{3})*(?:\.\d+)?(?:e[+-]?\d+)?", text))


counts = st.integers(0, 10**7)
sizes = st.floats(-1e4, 1e4)
VERDICTS = ("better", "worse", "can't tell")
comparisons = st.builds(
    lambda n, gain, width, p, verdict, more, zero_one, wins, left_out: Comparison(
        n, 0.1, 0.2, gain, gain - width, gain + width, p, verdict, more, "by hand", zero_one,
        wins and wins[0], wins and wins[1], wins and wins[2], left_out,
    ),
    counts, sizes, st.floats(0, 1e3), st.floats(0, 1), st.sampled_from(VERDICTS),
    st.none() | st.integers(1, 10**6), st.booleans(), st.none() | st.tuples(counts, counts, counts),
    counts,
)  # fmt: skip


@given(comparisons)
def test_the_referee_says_the_same_numbers_in_both_languages(c: Comparison) -> None:
    (a, b) = RUNS
    english, japanese = EN["sentence"](c, a, b), JA["sentence"](c, a, b)
    assert numbers(english) == numbers(japanese)
    assert JAPANESE.search(japanese) and not JAPANESE.search(english)
    if c.n:
        how = {"better": "良い", "worse": "悪い", "can't tell": "判定できません"}[c.verdict]
        assert how in japanese


def _run(id: int, entry: str) -> RunRow:
    fields = dict.fromkeys(RunRow.__dataclass_fields__, 0)
    return RunRow(**{**fields, "id": id, "entry": entry})  # type: ignore[arg-type]


RUNS = _run(1, "base"), _run(2, "told")

costs = st.builds(Cost, counts, counts, st.none() | st.floats(0, 1e5), st.floats(0, 1e6))
outcomes = st.builds(
    Outcome, st.sampled_from(("kept", "undone", "cut short", "looked", "dropped")),
    st.none() | sizes, st.none() | st.integers(0, 10**6),
)  # fmt: skip
advices = st.builds(
    Advice, st.sampled_from(sorted(BOOK)), st.sampled_from(("now", "later", "done", "missing")),
    st.just("why"), most=st.floats(0, 1), expected=st.floats(0, 1), cost=costs,
    tried=st.none() | outcomes,
)  # fmt: skip


@given(advices)
def test_the_planner_says_the_same_numbers_in_both_languages(one: Advice) -> None:
    if one.tried and one.tried.how != "dropped":
        one = replace(one, tried=replace(one.tried, run=None))
    for what in ("gain", "cost", "tried"):
        english, japanese = EN[what](one), JA[what](one)
        assert numbers(english) == numbers(japanese), what
        assert bool(english) == bool(japanese)
        assert not english or (JAPANESE.search(japanese) and not re.search("[a-z]{2}", japanese))


@given(st.builds(replace, st.just(RUNS[0]), all_tokens_in=counts, all_tokens_out=counts,
                 all_usd=st.none() | st.floats(0, 1e5), all_seconds=st.floats(0, 1e6)))  # fmt: skip
def test_what_a_run_took_is_said_in_both_languages(run: RunRow) -> None:
    assert numbers(EN["run_cost"](run)) == numbers(JA["run_cost"](run))
    assert "トークン" in JA["run_cost"](run)
    assert numbers(EN["duration"](run.all_seconds)) == numbers(JA["duration"](run.all_seconds))


REMARKS = [
    Remark("no test"),
    Remark("limit", {"needed": 1234.0, "limit": 1000.0}, "requests"),
    Remark("limit", {"needed": 900.0, "limit": 1000.0}, "seconds"),
    Remark("hopeless", {"dev": 1200, "least": 7.5}, "points"),
    Remark("luck", {"dev": 20, "least": 25.0}, "samples"),
    Remark("luck", {"dev": 20, "least": 25.0, "often": 41.0}, "points"),
    Remark("luck", {"dev": 20, "least": 25.0, "missed": 33.0}, "points"),
]


@pytest.mark.parametrize("remark", REMARKS, ids=lambda one: f"{one.about} {[*one.numbers]}")
def test_remarks_are_said_in_both_languages(remark: Remark) -> None:
    english, japanese = EN["remark"](remark), JA["remark"](remark)
    assert numbers(english) == numbers(japanese)
    rest = re.sub(r"competition\.toml|\[\w+\] \w+|\b(?:dev|test)\b", "", japanese)
    assert not re.search("[a-z]", rest)


def test_real_remarks_are_among_them() -> None:
    few = plan(made(dev=30, score=0.5)).remarks
    assert [one.about for one in few] == ["luck"]
    told = EN["remark"](few[0])
    assert "the dev split has 30 samples" in told and plan(made(dev=30, score=0.5)).notes == (told,)
    near = plan(made(test=100, limits={"requests": 90})).remarks
    assert near[-1] == Remark("limit", {"needed": 100.0, "limit": 90}, "requests")


@given(advices)
def test_advice_comes_through_json_whole(one: Advice) -> None:
    said = json.loads(json.dumps(asdict(one) | {"outcome": one.outcome}))
    assert _advice(said) == one


def test_every_kind_and_every_move_has_a_japanese_name() -> None:
    assert set(KIND_NAMES) == set(KINDS)
    assert set(MOVE_NAMES) == {*BOOK, "first", "run", "predict"}
    assert all(map(JAPANESE.search, [*KIND_NAMES.values(), *MOVE_NAMES.values()]))
    assert (JA["kind_name"]("of tomorrow"), JA["move_name"]("of tomorrow")) == ("of tomorrow", "")


def test_the_words_of_both_languages_take_the_same_values() -> None:
    for key, (english, japanese) in WORDS.items():
        places = [sorted(re.findall(r"%\((\w+)\)s", text)) for text in (english, japanese)]
        assert places[0] == places[1], key
    assert say("ja", "interval") == "95 % 信頼区間"  # a percent sign alone is one


def test_the_first_page_in_japanese(board: TestClient) -> None:
    text = board.get("/?lang=ja").text
    rows = dict(re.findall(
        r'<th scope="row">(\w+)</th>\s*<td class="brief">.*?<td class="why">(.*?)</td>', text,
        re.DOTALL,
    ))  # fmt: skip
    assert {*BOOK, "predict"} <= set(rows)
    for move, why in rows.items():
        name, _, reason = why.partition("<br>")
        assert html.unescape(name) == MOVE_NAMES[move]
        assert re.fullmatch(r'<span lang="en" class="dim">.+</span>', reason, re.DOTALL)
    shown = seen(text)
    assert "送信なし" in shown and "トークン" in shown and "nothing is sent" not in shown
    assert "up to" not in shown and "perhaps" not in shown
    assert 'title="preamble">前置き</span>' in text


def test_kinds_keep_the_word_that_commands_take(board: TestClient) -> None:
    run = board.get("/run/1?lang=ja").text
    assert "前置き (preamble)" in seen(run) and 'lang="en">(preamble)' in run
    offered = re.findall(
        r'<option value="(\w+)"[^>]*>([^<]*)', board.get("/run/1/samples?lang=ja").text
    )
    kinds = dict(offered[:11])
    assert [*kinds] == ["any", *KINDS]
    assert re.fullmatch(r"前置き \(preamble\) \d+ 件", kinds["preamble"])
    sample = board.get("/run/1/sample?id=1&lang=ja").text
    assert re.search(r'<span class="label">preamble 前置き</span>', sample)
    english = board.get("/run/1/sample?id=1&lang=en").text
    assert '<span class="label">preamble</span>' in english and not JAPANESE.search(
        english.replace("日本語", "")
    )


def test_the_compare_page_in_japanese(board: TestClient) -> None:
    english = seen(board.get("/compare?a=1&b=2&lang=en").text)
    japanese = seen(board.get("/compare?a=1&b=2&lang=ja").text)
    said = re.search(r"told \(run 2\) is better than base \(run 1\).*?equal", english)
    ours = re.search(r"told（実行 2）は base（実行 1）より .*?同じ \d+", japanese)
    assert said and ours and numbers(said[0]) == numbers(ours[0])
    assert "is better than" not in japanese


def test_alarms_stay_english_and_name_their_kind(folder: Path, gate: Gate) -> None:
    ledger = sqlite3.connect(folder / FILE)
    rows = [(1, "loop", "loop in 35% of <b>", 1.0), (1, "failed", "failed in 9%", 2.0)]
    ledger.executemany("INSERT INTO alarms VALUES (?, ?, ?, ?)", rows)
    ledger.commit()
    ledger.close()
    with open_board(folder, gate) as board:
        text = board.get("/run/1?lang=ja").text
        assert '<li>繰り返し: <span lang="en">loop in 35% of &lt;b&gt;</span></li>' in text
        assert '<li>エラー: <span lang="en">failed in 9%</span></li>' in text
        assert "繰り返し:" not in board.get("/run/1?lang=en").text


def test_what_was_tried_is_said_from_its_numbers(folder: Path, gate: Gate) -> None:
    tj.try_move(tj.load(folder), "process")
    with open_board(folder, gate) as board:
        japanese, english = (board.get(f"/?lang={lang}").text for lang in ("ja", "en"))
    for text, said in ((japanese, "確認のみ"), (english, "looked")):
        (row,) = re.findall(r'<th scope="row">process</th>(.*?)</tr>', text, re.DOTALL)
        assert seen(row).endswith(said)
