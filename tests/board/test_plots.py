"""The plots: the same figures in the script's data and in the table, and nothing but text in both.

And how scores spread: each bar leads to the very samples that it counts.
"""

from __future__ import annotations

import html
import json
import re
import shutil
import sqlite3
import tempfile
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

import tesuji as tj
from tests.board.conftest import open_board
from tests.board.test_pages import HOSTILE, seen
from tesuji.board.app import ASSETS
from tesuji.board.guard import Gate
from tesuji.board.rates import rates, spark
from tesuji.board.spread import read_spread
from tesuji.run.ledger import (
    FILE,
    AnswerRow,
    Filter,
    Ledger,
    begin_run,
    end_run,
    get_run,
    page,
    write_answer,
    write_rates,
)


def data_of(page: str) -> dict[str, Any]:
    """What the script draws from."""
    (text,) = re.findall(r'<script type="application/json"[^>]*>(.*?)</script>', page)
    assert "<" not in text and text.isascii()
    found: dict[str, Any] = json.loads(text)
    return found


def cells(page: str, id: str) -> list[list[str]]:
    """The rows of the table below a summary."""
    table = page.split(f'<details id="{id}">')[1].split("</details>")[0]
    rows = re.findall(r"<tr>(.*?)</tr>", table.split("<tbody>")[1], re.DOTALL)
    return [[seen(c) for c in re.findall(r"<t[dh][^>]*>(.*?)</t[dh]>", row, re.DOTALL)]
            for row in rows]  # fmt: skip


def test_the_table_has_the_figures_of_the_plots(board: TestClient, finished: Path) -> None:
    text = board.get("/").text
    trials, rows = data_of(text)["trials"], cells(text, "plot-figures")
    runs = tj.runs(tj.load(finished)).rows
    assert [trial["run"] for trial in trials] == [row.id for row in runs] == [1, 2, 3]
    for trial, row, run in zip(trials, rows, runs, strict=True):
        assert trial["score"] == run.score and trial["entry"] == run.entry
        assert row[:2] == [str(run.id), run.entry] and row[2] == trial["when"]
        assert row[3].startswith(f"{run.score:.4g} (")
        assert row[5:8] == [f"{trial[name]:.4g}" for name in ("best", "cost", "seconds")]
        assert ("cost" in row[8], "time" in row[8]) == (trial["cheapest"], trial["quickest"])
        assert f'<a href="/run/{run.id}" data-run="{run.id}">' in text


def test_the_best_so_far_only_gets_better_and_the_frontier_is_one(board: TestClient) -> None:
    data = data_of(board.get("/").text)
    sign = 1 if data["higher"] else -1
    best = [sign * trial["best"] for trial in data["trials"]]
    assert best == sorted(best)
    for x, front in (("cost", "cheapest"), ("seconds", "quickest")):
        for one in data["trials"]:
            beaten = any(
                other[x] <= one[x] and sign * other["score"] > sign * one["score"]
                for other in data["trials"]
            )
            assert not (one[front] and beaten)
        assert any(trial[front] for trial in data["trials"])


def test_an_entry_scored_on_recorded_outputs_costs_what_it_would(board: TestClient) -> None:
    """`mended` sent nothing: it cleans what `base` had written."""
    base, _, mended = data_of(board.get("/").text)["trials"]
    assert mended["cost"] == pytest.approx(base["cost"], rel=0.15) and mended["seconds"] > 0


def test_hostile_names_are_text_in_the_plots(folder: Path, gate: Gate) -> None:
    name = HOSTILE + "\u2028\u2029\ud800 <!--<script>"
    ledger = sqlite3.connect(folder / FILE)
    ledger.execute("UPDATE runs SET entry = ?", (name.replace("\ud800", ""),))
    ledger.commit()
    ledger.close()
    with open_board(folder, gate) as board:
        text = board.get("/").text
        entry = data_of(text)["trials"][0]["entry"]
        assert "</pre><script>alert(1)</script>" in entry and "⟨RLO⟩" in entry
        assert not re.search("[\u2028\u2029\u202e]", text) and "<!--" not in text
        assert text.count("<script") == text.count("</script>")


def test_one_trial_is_no_plot_and_scores_without_end_are_left_out(folder: Path, gate: Gate) -> None:
    ledger = sqlite3.connect(folder / FILE)
    ledger.execute("UPDATE runs SET score = 9e999 WHERE id = 3")
    ledger.commit()
    with open_board(folder, gate) as board:
        assert [trial["run"] for trial in data_of(board.get("/").text)["trials"]] == [1, 2]
        ledger.execute("UPDATE runs SET score = NULL WHERE id = 2")
        ledger.commit()
        assert "plot-data" not in board.get("/").text
    ledger.close()


def test_prices_make_it_dollars(finished: Path, tmp_path: Path, gate: Gate) -> None:
    folder = Path(shutil.copytree(finished, tmp_path / "priced"))
    ledger = sqlite3.connect(folder / FILE)
    ledger.execute("UPDATE runs SET all_usd = 0.5, model = 'openai:gpt-4o-mini'")
    ledger.commit()
    ledger.close()
    with open_board(folder, gate) as board:
        text = board.get("/").text
        data = data_of(text)
        assert data["unit"] == "usd" and "US dollars for 1,000 samples" in seen(text)
        assert data["trials"][0]["cost"] == pytest.approx(0.5 / 200 * 1000)


def test_scripts_and_styles_need_nothing_that_the_policy_forbids() -> None:
    for name in ASSETS:
        text = files("tesuji.board").joinpath("static", name).read_text()
        assert not re.search(r"\beval\(|new Function|innerHTML|outerHTML|insertAdjacent", text), (
            name
        )
        assert not re.search(r"cssText|setAttribute\(\s*[\"']style|\bimport\b", text), name
        asks = name in ("notes.js", "copy.js")  # the board itself, which `connect-src` lets them
        assert asks or "fetch(" not in text, name
        assert len(text) < 60_000
    licence = files("tesuji.board").joinpath("static", "uPlot.LICENSE").read_text()
    assert licence.startswith("The MIT License")


def begun(ledger: Ledger, name: str, total: int) -> int:
    return begin_run(
        ledger, entry=name, model="nano", entry_digest=name, entry_table={}, task_digest="task",
        split="dev", samples_digest="", total=total, metric="exact",
    )  # fmt: skip


SCORES = st.one_of(
    st.floats(-1e6, 1e6, allow_nan=False), st.integers(0, 20).map(float),
    st.integers(0, 60).map(lambda n: n / 20), st.sampled_from([0.0, 1.0]),
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(st.lists(SCORES, min_size=1, max_size=60))
def test_each_bar_leads_to_the_samples_that_it_counts(scores: list[float]) -> None:
    with tempfile.TemporaryDirectory() as folder, Ledger(Path(folder) / FILE) as ledger:
        run = begun(ledger, "a", len(scores))
        with ledger.transaction() as connection:
            for at, score in enumerate(scores):
                write_answer(connection, run, AnswerRow(f"s{at}", "answered", "x", score, None))
        bars = read_spread(ledger, run).bars
        assert sum(bar.samples for bar in bars) == len(scores)
        for bar in bars:
            found = page(ledger, run, Filter(low=bar.low, high=bar.high))
            assert found.total == bar.samples


def test_the_bars_of_a_page_lead_to_as_many_samples(board: TestClient) -> None:
    text = board.get("/run/1").text.split('id="scores"')[1].split("</section>")[0]
    rows = re.findall(r'href="([^"]+)".*?<td class="n">(\d+)</td>', text, re.DOTALL)
    assert sum(int(count) for _, count in rows) == 200
    for link, count in rows:
        assert f" {count} samples" in seen(board.get(html.unescape(link)).text)


def test_the_slowest_dearest_and_longest_are_there(board: TestClient, finished: Path) -> None:
    text = board.get("/run/1").text.split('id="extremes"')[1]
    with Ledger(finished / FILE) as ledger:
        for order, key in (("seconds", "o.seconds"), ("tokens", "o.tokens_in + o.tokens_out"),
                           ("length", "length(t.body)")):  # fmt: skip
            (most,) = ledger.row(
                f"SELECT max({key}) FROM answers a JOIN outputs o ON o.key = a.output "
                "JOIN texts t ON t.output = o.id WHERE a.run = 1"
            ) or (0,)
            table = text.split(f'order={order}">')[1].split("</table>")[0]
            shown = f"{most:.4g}" if order == "seconds" else f"{most:,}"
            assert re.search(rf'<td class="n">{re.escape(shown)}</td>', table), order


@pytest.mark.parametrize(
    ("hits", "outputs", "surely"), [(60, 100, True), (22, 100, False), (20, 100, False)]
)
def test_a_rate_against_another_run_says_whether_it_is_more_than_chance(
    tmp_path: Path, hits: int, outputs: int, surely: bool
) -> None:
    with Ledger(tmp_path / FILE) as ledger:
        first, second = begun(ledger, "a", 100), begun(ledger, "b", 100)
        with ledger.transaction() as connection:
            write_rates(connection, first, 50, {"loop": 10})
            write_rates(connection, first, 100, {"loop": 20, "echo": 90})
            write_rates(connection, second, outputs, {"loop": hits})
        for run in (first, second):
            end_run(ledger, run, {"state": "finished", "outputs": 100})
        rows = rates(ledger, get_run(ledger, second), [get_run(ledger, first)]).rows
        loop = next(row for row in rows if row.kind == "loop")
        (there,) = loop.against
        assert (loop.rate, there.rate, there.surely) == (hits / 100, 0.2, surely)
        gone = next(row for row in rows if row.kind == "echo")
        assert (gone.outputs, gone.rate) == (0, 0.0) and gone.against[0].surely
        own = rates(ledger, get_run(ledger, first))
        assert own.outputs == (50, 100)
        assert next(row.history for row in own.rows if row.kind == "loop") == (0.2, 0.2)


@pytest.mark.parametrize("points", [0, 1, 2, 99, 100, 101, 1234])
def test_a_long_line_of_rates_is_thinned_and_ends_where_it_did(tmp_path: Path, points: int) -> None:
    with Ledger(tmp_path / FILE) as ledger:
        run = begun(ledger, "a", 10)
        with ledger.transaction() as connection:
            for at in range(1, points + 1):
                write_rates(connection, run, at, {"loop": at // 2})
        found = rates(ledger, get_run(ledger, run))
        assert len(found.outputs) <= 100 and found.outputs[-1:] == ((points,) if points else ())
        for row in found.rows:
            assert len(row.history) == len(found.outputs)
            assert (row.outputs, row.rate) == (points // 2, points // 2 / points)


def test_many_draws_of_a_sample_count_as_one(tmp_path: Path) -> None:
    """16 draws of 10 samples are no 160 samples: what they share would look like proof."""
    with Ledger(tmp_path / FILE) as ledger:
        votes = [begun(ledger, name, 10) for name in "ab"]
        with ledger.transaction() as connection:
            for run, hits in zip(votes, (48, 80), strict=True):
                write_rates(connection, run, 160, {"loop": hits})
        a, b = (get_run(ledger, run) for run in votes)
        assert not rates(ledger, b, [a]).rows[0].against[0].surely


@given(st.lists(st.floats(0, 1), max_size=60))
def test_a_line_of_rates_stays_in_its_box(history: list[float]) -> None:
    points = [tuple(map(float, point.split(","))) for point in spark(history).split()]
    assert len(points) == len(history)
    assert all(0 <= x <= 120 and 0 <= y <= 24 for x, y in points)


def test_the_rates_over_a_run_stand_in_a_table_too(board: TestClient, finished: Path) -> None:
    text = board.get("/run/2").text
    rows = cells(text, "rate-figures")
    assert len(rows) >= 10 and rows[-1][0] == "200"
    assert text.count("<polyline") == len(rows[0]) - 1
    assert "in run 1" in seen(text) and re.search("may be chance|(less|more) often", seen(text))
