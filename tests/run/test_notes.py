"""Notes and tags of a person who looks: kept, found again, and written out with a run."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest

from tests.run.conftest import Play, Scripted, add
from tesuji.errors import InputError
from tesuji.run.exchange import export_run
from tesuji.run.ledger import (
    Changed,
    Filter,
    Ledger,
    RunRow,
    change_note,
    iter_records,
    list_tags,
    page,
    read_notes,
    write_note,
)
from tesuji.run.ledger.schema import MIGRATIONS
from tesuji.task.task import Task


@pytest.fixture
def run(play: Play) -> RunRow:
    return play(Scripted(add))


def note(ledger: Ledger, sample: str, text: str = "", *tags: str, digest: str = "t") -> None:
    write_note(ledger, digest, "dev", sample, text, tags)


def test_a_note_is_kept_and_the_next_one_takes_its_place(ledger: Ledger) -> None:
    note(ledger, "s1", "まだ\n変だ", "odd", " 要確認 ", "odd", "")
    kept = read_notes(ledger, "t", "dev")["s1"]
    assert (kept.text, kept.tags) == ("まだ\n変だ", ("odd", "要確認"))
    note(ledger, "s1", "fine now")
    kept = read_notes(ledger, "t", "dev")["s1"]
    assert (kept.text, kept.tags) == ("fine now", ())
    assert write_note(ledger, "t", "dev", "s1", "  ") is None
    assert read_notes(ledger, "t", "dev") == {}


def test_notes_belong_to_a_sample_of_a_task_and_a_split(ledger: Ledger) -> None:
    note(ledger, "s1", "here")
    note(ledger, "s2", "there")
    write_note(ledger, "t", "test", "s1", "elsewhere")
    assert read_notes(ledger, "other", "dev") == {}
    assert [n.text for n in read_notes(ledger, "t", "dev", ["s2", "s9"]).values()] == ["there"]
    assert read_notes(ledger, "t", "test")["s1"].text == "elsewhere"


def test_tags_are_counted(ledger: Ledger) -> None:
    for sample, tags in {"s1": ["b"], "s2": ["a", "b"], "s3": ["a", "c", "b"]}.items():
        note(ledger, sample, "", *tags)
    assert list(list_tags(ledger, "t", "dev").items()) == [("b", 3), ("a", 2), ("c", 1)]


def test_what_is_too_long_is_refused_and_nothing_changes(ledger: Ledger) -> None:
    note(ledger, "s1", "first")
    with pytest.raises(InputError, match="sample 's1' has 10,001 characters"):
        note(ledger, "s1", "x" * 10_001)
    with pytest.raises(InputError, match="a tag of sample 's1' has 101 characters"):
        note(ledger, "s1", "", "x" * 101)
    with pytest.raises(InputError, match="has 51 tags; 50 are allowed"):
        note(ledger, "s1", "", *map(str, range(51)))
    assert read_notes(ledger, "t", "dev")["s1"].text == "first"


def test_odd_characters_are_kept_as_far_as_a_file_can(ledger: Ledger) -> None:
    note(ledger, "s1", "</script>\x00'\" \udc80", "'; DROP TABLE notes; --", "\udc80")
    kept = read_notes(ledger, "t", "dev")["s1"]
    assert kept.text == "</script>\x00'\" ?"
    assert kept.tags == ("'; DROP TABLE notes; --", "?")


def test_browsing_by_tag_and_by_note(ledger: Ledger, run: RunRow) -> None:
    digest, shown = run.task_digest, Filter(tag="要確認")
    assert page(ledger, run.id, shown).total == 0
    note(ledger, "d7", "", "要確認", digest=digest)
    note(ledger, "d11", "Strange sum", "要確認", "x", digest=digest)
    note(ledger, "d3", "", "要", digest=digest)
    first, second = page(ledger, run.id, shown).rows
    assert (first.sample, first.tags, first.noted) == ("d7", ("要確認",), False)
    assert (second.sample, second.tags, second.noted) == ("d11", ("要確認", "x"), True)
    (row,) = page(ledger, run.id, Filter(text="strange", where="note")).rows
    assert row.sample == "d11"
    with Ledger(ledger.path) as other:  # a note by somebody else is seen at the next look
        write_note(other, digest, "dev", "d7")
    assert [row.sample for row in page(ledger, run.id, shown).rows] == ["d11"]


@pytest.mark.parametrize("ending", [".jsonl", ".json", ".parquet"])
def test_notes_are_in_what_is_exported_where_there_are_any(
    ledger: Ledger, run: RunRow, task: Task, tmp_path: Path, ending: str
) -> None:
    if ending == ".parquet":
        pytest.importorskip("pyarrow", reason="needs pyarrow (the extra analytics)")
    note(ledger, "d7", "見た", "odd", digest=task.digest)
    note(ledger, "d8", "", "odd", digest=task.digest)
    note(ledger, "d9", "elsewhere", digest="another task")
    path = tmp_path / f"out{ending}"
    export_run(task, ledger, run, path)
    if ending == ".jsonl":
        rows = {r["id"]: r for r in map(json.loads, path.read_text("utf-8").splitlines())}
    elif ending == ".json":
        rows = {s["id"]: s["metadata"] for s in json.loads(path.read_text("utf-8"))["samples"]}
    else:
        import pyarrow.parquet as pq

        table = pq.read_table(path).to_pylist()
        rows = {r["id"]: {k: v for k, v in r.items() if v is not None} for r in table}
    assert (rows["d7"]["note"], rows["d7"]["tags"]) == ("見た", ["odd"])
    assert "note" not in rows["d8"] and rows["d8"]["tags"] == ["odd"]
    assert "note" not in rows["d9"] and "tags" not in rows["d9"]


def test_a_ledger_from_before_takes_notes(tmp_path: Path) -> None:
    path = tmp_path / "old.db"
    with sqlite3.connect(path) as connection:
        for migration in MIGRATIONS[:5]:
            connection.executescript(migration)
        connection.execute("PRAGMA user_version = 5")
    connection.close()
    with Ledger(path) as ledger:
        note(ledger, "s1", "new")
        assert read_notes(ledger, "t", "dev")["s1"].text == "new"


def test_what_somebody_wrote_meanwhile_is_not_written_over(ledger: Ledger) -> None:
    first = change_note(ledger, "t", "dev", "s1", "mine", ["a"], seen=None)
    assert first.done and first.note is not None
    theirs = change_note(ledger, "t", "dev", "s1", "theirs", [], seen=first.note.written).note
    assert theirs is not None
    for seen in (None, first.note.written):
        refused = change_note(ledger, "t", "dev", "s1", "mine again", ["a"], seen=seen)
        assert (refused.done, refused.note) == (False, theirs)
    same = change_note(ledger, "t", "dev", "s1", "theirs", [], seen=None)
    assert (same.done, same.note) == (True, theirs)
    assert change_note(ledger, "t", "dev", "s1", "", [], seen=theirs.written) == Changed(True, None)
    gone = change_note(ledger, "t", "dev", "s1", "late", [], seen=theirs.written)
    assert gone == Changed(False, None) and read_notes(ledger, "t", "dev") == {}


def test_a_later_note_is_later_whatever_the_clock_says(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    times = []
    for now in (1e9, 5e8, 5e8):
        monkeypatch.setattr("time.time", lambda now=now: now)
        note = write_note(ledger, "t", "dev", f"s{now}", "x")
        assert note is not None
        times.append(note.written)
    assert times == sorted(set(times))


def test_browsing_what_has_a_note_or_a_tag(ledger: Ledger, run: RunRow) -> None:
    assert page(ledger, run.id, Filter(noted=True)).total == 0
    note(ledger, "d7", "", "x", digest=run.task_digest)
    note(ledger, "d3", "hm", digest=run.task_digest)
    note(ledger, "d4", "hm", digest="another task")
    assert [row.sample for row in page(ledger, run.id, Filter(noted=True)).rows] == ["d3", "d7"]


def test_records_have_the_notes_and_are_found_by_them(ledger: Ledger, run: RunRow) -> None:
    note(ledger, "d7", "見た", "要", digest=run.task_digest)
    note(ledger, "d3", "hm", digest=run.task_digest)
    (record,) = iter_records(ledger, run.id, tag="要")
    assert record.row.sample == "d7" and record.to_json()["note"] == "見た"
    assert record.to_json()["tags"] == ["要"]
    found = [record.row.sample for record in iter_records(ledger, run.id, noted=True)]
    assert found == ["d3", "d7"]
    assert "note" not in next(iter_records(ledger, run.id, sample="d4")).to_json()
