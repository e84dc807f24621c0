"""`tesuji demo`: the whole loop, and that what it prints is what happened."""

from __future__ import annotations

import re
import sqlite3
from pathlib import Path

from tests.cli.terminal import Demo, Tesuji, contents


def test_the_demo_plays_the_whole_loop(demo: Demo) -> None:
    assert demo.code == 0, demo.err
    assert demo.cpu < 30  # of "under a minute" on any machine
    assert "⏎" in demo.out  # the raw output, its line ends made visible
    assert re.search(r"^finding +\w+: ", demo.out, re.MULTILINE)
    assert len(re.findall(r"^run \d+ · .* · dev$", demo.out, re.MULTILINE)) == 1
    for move in ("process · run 1", "prompt · run 4", "baseline · run 5"):
        assert re.search(rf"^{move} · ", demo.out, re.MULTILINE)
    assert len(re.findall("is the best now", demo.out)) == 2
    assert "reverse(original), fits 100 of 100 training rows" in " ".join(demo.out.split())
    assert "✓ submission.csv is a valid submission" in demo.out
    assert demo.out.endswith("\nLook at it in a browser: tesuji board\n")
    # A slow machine is told how far it is, and nothing else.
    assert all(" · " in line for line in demo.err.splitlines())


def test_what_the_demo_prints_is_what_the_ledger_holds(demo: Demo) -> None:
    ledger = sqlite3.connect(demo.folder / "ledger.db")
    rows = ledger.execute(
        "SELECT id, entry, split, score, low, high, answered, sent, cached FROM runs ORDER BY id"
    ).fetchall()
    samples = dict(ledger.execute("SELECT run, count(*) FROM answers GROUP BY run"))
    ledger.close()
    assert [row[2] for row in rows] == ["dev"] * 6 + ["test"]
    assert all(samples[row[0]] == (200 if row[2] == "dev" else 100) for row in rows)
    assert [row[7] for row in rows[1:4]] == [0, 0, 0]  # cleaning sends nothing
    for _, _, _, score, *_ in rows[:6]:  # each has a line of a table
        assert f"{score:.4g}" in demo.out
    for id, entry, split, score, low, high, answered, sent, cached in (rows[0], rows[6]):
        said = demo.out[demo.out.index(f"run {id} · {entry} on nano · {split}") :]
        said = said[: said.index("$ tesuji")]
        assert re.search(rf"^samples +{answered} answered", said, re.MULTILINE)
        assert f"{sent} sent, {cached} from the ledger" in said
        if score is not None:
            assert f"levenshtein  {score:.4g} ({low:.4g} … {high:.4g})" in said
    best = rows[4]
    assert f"\n{best[1]} · the best on dev · run 5\n" in demo.out
    assert 0 <= best[3] < 0.2 * rows[0][3]  # mean edits: what the moves are worth


def test_the_submission_is_the_predictions_of_the_last_run(demo: Demo) -> None:
    from tesuji.task.table import read_table

    found = read_table(demo.folder / "submission.csv")
    assert found.columns == ("original", "pred") and len(found) == 100
    right = sum(values[0][::-1] == values[1] for values in found.values)
    assert right > 50  # the real model: the wording lets it answer


def test_no_line_of_prose_is_wider_than_the_window(demo: Demo) -> None:
    wide = [line for line in demo.out.splitlines() if len(line) > 80]
    assert all(line.startswith(("answer ", "$ tesuji")) for line in wide), wide


def test_a_folder_in_use_is_not_played_in(tesuji: Tesuji, tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    said = tesuji("demo", "--keep", tmp_path)
    assert said.code == 2 and said.err.startswith("error: ") and "not empty" in said.err
    assert list(contents(tmp_path)) == ["mine.txt"]
    said = tesuji("demo", "--keep", tmp_path / "mine.txt")
    assert said.code == 2 and said.err.count("\n") == 1 and "a file" in said.err
