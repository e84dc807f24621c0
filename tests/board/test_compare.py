"""Two runs on the board: what differs between their entries, rates, costs, outputs."""

from __future__ import annotations

import html
import re
import shutil
import sqlite3
from pathlib import Path

import pytest
from starlette.testclient import TestClient

import tesuji as tj
from tests.board.conftest import open_board
from tests.board.test_accessible import Page
from tests.board.test_pages import HOSTILE, seen
from tesuji.board.guard import Gate
from tesuji.run.ledger import FILE, Filter, Ledger, finding_rates, page

MOST = 300_000  # bytes of a page


def table(text: str, section: str) -> str:
    return text.split(f'<h2 id="{section}">')[1].split("</table>")[0]


def test_only_what_differs_between_the_entries_is_shown_and_marked(board: TestClient) -> None:
    text = board.get("/compare?a=1&b=2").text
    shown = table(text, "settings")
    assert re.findall(r'<th scope="row">([^<]*)', shown) == ["prompt.user"]
    assert "Reverse the string: {original}<ins>⏎\nAnswer only.</ins>" in shown
    assert "<del>" not in shown
    mended = table(board.get("/compare?a=1&b=3").text, "settings")
    assert re.findall(r'<th scope="row">([^<]*)', mended) == ["clean"]
    assert "preamble" in seen(mended)
    assert "Nothing but the name." in seen(board.get("/compare?a=2&b=2").text)


def test_rates_and_costs_stand_side_by_side_with_differences(
    board: TestClient, finished: Path
) -> None:
    text = board.get("/compare?a=1&b=2").text
    with Ledger(finished / FILE) as ledger:
        rates = [finding_rates(ledger, run) for run in (1, 2)]
    rows = dict(re.findall(
        r'<th scope="row"><span class="kind \w+">(\w+)</span></th>(.*?)</tr>',
        table(text, "failures"), re.DOTALL,
    ))  # fmt: skip
    assert set(rows) == {*rates[0], *rates[1]}
    for kind, cells in rows.items():
        gap = (rates[1].get(kind, 0) - rates[0].get(kind, 0)) * 100
        assert seen(cells).endswith(f"{gap:+.1f}")
    a, b = tj.runs(tj.load(finished)).rows[:2]
    costs = seen(table(text, "costs"))
    gap = b.all_tokens_out - a.all_tokens_out
    assert f"tokens out {a.all_tokens_out:,} {b.all_tokens_out:,} {gap:+,}" in costs
    assert f"requests {a.all_sent} {b.all_sent}" in costs


def test_flips_are_gone_through_one_after_another(board: TestClient, finished: Path) -> None:
    text = board.get("/compare?a=1&b=2&flip=better").text
    assert "worse:" not in seen(text) and "better:" in seen(text)
    with Ledger(finished / FILE) as ledger:
        chosen = Filter(against=1, flip="better", higher_is_better=False)
        flipped = [row.sample for row in page(ledger, 2, chosen, size=1000).rows]
    links = [html.unescape(link) for link in re.findall(r'class="row" href="([^"]*)"', text)]
    assert links[:2] == [
        f"/compare/sample?a=1&b=2&flip=better&id={id}" for id in flipped[:2]
    ]  # fmt: skip
    at, walked = links[0], []
    for _ in range(5):
        there = board.get(at).text
        walked.append(at.rpartition("id=")[2])
        keys = dict(re.findall(r'data-key="(.)" href="([^"]+)"', there))
        assert ("k" in keys) == (len(walked) > 1)
        assert html.unescape(keys["/"]) == "/compare?a=1&b=2&flip=better"
        at = html.unescape(keys["j"])
    assert walked == flipped[:5]


def test_flips_of_a_kind(board: TestClient, finished: Path) -> None:
    text = board.get("/compare?a=2&b=1&flip=worse&kind=preamble").text
    with Ledger(finished / FILE) as ledger:
        chosen = Filter(against=2, flip="worse", higher_is_better=False, kind="preamble")
        found = page(ledger, 1, chosen)
    assert f"worse: {found.total}" in seen(text) and found.total > 0
    there = board.get(f"/compare/sample?a=2&b=1&flip=worse&kind=preamble&id={found.rows[0].sample}")
    keys = dict(re.findall(r'data-key="(.)" href="([^"]+)"', there.text))
    assert html.unescape(keys["j"]) == (
        f"/compare/sample?kind=preamble&a=2&b=1&flip=worse&id={found.rows[1].sample}"
    )


def test_two_outputs_stand_side_by_side_with_their_differences(
    board: TestClient, finished: Path
) -> None:
    with Ledger(finished / FILE) as ledger:
        chosen = Filter(against=1, flip="better", higher_is_better=False, text=None)
        (row, *_) = page(ledger, 2, chosen).rows
    text = board.get(f"/compare/sample?a=1&b=2&id={row.sample}").text
    output = text.split('<th scope="row">Output</th>')[1].split("</tr>")[0]
    mine, theirs = re.findall(r"<td>(.*?)</td>", output, re.DOTALL)
    assert mine.count("<del>") >= 1 and "<ins>" not in mine and "<del>" not in theirs
    assert "Sure!" in mine
    sent = text.split('<th scope="row">What was sent</th>')[1].split("</tr>")[0]
    assert "<ins>⏎\nAnswer only.</ins>" in sent
    same = board.get(f"/compare/sample?a=1&b=3&id={row.sample}").text
    assert "Both were sent the same." in seen(same) and "The outputs are equal." in seen(same)


def test_japanese_is_told_apart_letter_by_letter(folder: Path, gate: Gate) -> None:
    outputs(folder, "答えは赤です。", "答えは青です。")
    with open_board(folder, gate) as board:
        text = board.get("/compare/sample?a=1&b=2&id=1").text
        assert "答えは<del>赤</del>です。" in text and "答えは<ins>青</ins>です。" in text


def outputs(folder: Path, a: str, b: str) -> None:
    """Write the outputs of sample 1 in runs 1 and 2."""
    ledger = sqlite3.connect(folder / FILE)
    for run, text in ((1, a), (2, b)):
        ledger.execute(
            "UPDATE texts SET body = ? WHERE output = (SELECT o.id FROM outputs o JOIN answers a "
            "ON a.output = o.key WHERE a.run = ? AND a.sample = '1')",
            (text, run),
        )
    ledger.commit()
    ledger.close()


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("x y " * 50_000, "y z " * 50_000),
        ("<b>&\"' " * 30_000, "<i>&\"' " * 30_000),
        ("\u200b " * 50_000, " \u202e" * 50_000),
        ("漢字" * 100_000, "仮名" * 100_000),
        ("", "long " * 200_000),
    ],
)  # fmt: skip
def test_however_much_differs_the_page_stays_light(
    folder: Path, gate: Gate, a: str, b: str
) -> None:
    outputs(folder, a, b)
    with open_board(folder, gate) as board:
        answer = board.get("/compare/sample?a=1&b=2&id=1")
        assert answer.status_code == 200 and len(answer.content) < MOST
        assert "characters more" in seen(answer.text)
        assert Page(answer.text).open == []


def test_hostile_entries_and_outputs_are_text(folder: Path, gate: Gate) -> None:
    outputs(folder, HOSTILE, HOSTILE + " <svg onload=x>")
    ledger = sqlite3.connect(folder / FILE)
    for run in (1, 2):
        ledger.execute(
            "UPDATE runs SET entry = ?1, entry_table = json_object(?1, ?2, 'options', "
            "json_object(?1, json_array(?1))) WHERE id = ?3",
            (HOSTILE, f"{HOSTILE}{run}", run),
        )
    ledger.commit()
    ledger.close()
    with open_board(folder, gate) as board:
        for path in ("/compare?a=1&b=2", "/compare/sample?a=1&b=2&id=1"):
            text = board.get(path).text
            assert "<script>" not in text and "<img" not in text and "<svg" not in text
            assert "\u202e" not in text
            assert Page(text).open == []


@pytest.mark.parametrize(
    "path",
    [
        "/compare/sample?a=1&b=2&id=none", "/compare/sample?a=1&b=99&id=1", "/compare/sample",
        "/compare/sample?a=1&b=2", "/compare/sample?a=1;b=2&id=1", "/compare?a=1&b=2&flip=odd",
        "/compare?a=1&b=2&kind=odd", "/compare/sample?a=../1&b=2&id=1",
    ],
)  # fmt: skip
def test_what_is_not_there_is_said(board: TestClient, path: str) -> None:
    answer = board.get(path)
    assert answer.status_code == 404 and answer.text.count('role="alert"') == 1


def test_a_sample_that_the_data_no_longer_have(finished: Path, tmp_path: Path, gate: Gate) -> None:
    folder = Path(shutil.copytree(finished, tmp_path / "other"))
    ledger = sqlite3.connect(folder / FILE)
    ledger.execute("UPDATE answers SET sample = 'gone' WHERE sample = '1'")
    ledger.commit()
    ledger.close()
    with open_board(folder, gate) as board:
        assert board.get("/compare/sample?a=1&b=2&id=gone").status_code == 200
        assert board.get("/run/1/sample?id=gone").status_code == 200
        assert board.get("/run/1/text?id=gone&what=target").status_code == 404
