"""Data files: what is read, and what is said about files that cannot be."""

from __future__ import annotations

import csv
import gzip
import io
import json
import pickle
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tesuji.errors import DataError
from tesuji.task.row import Row
from tesuji.task.table import read_table, write_table

Write = Any


def rows(path: Path) -> list[dict[str, Any]]:
    return [dict(row) for row in read_table(path).rows]


def complaint(path: Path) -> str:
    with pytest.raises(DataError) as caught:
        read_table(path)
    text = str(caught.value)
    assert "\n" not in text and str(path) in text
    return text


def test_csv_cells_stay_text_and_know_their_lines(write: Write) -> None:
    path = write("a.csv", 'id,text\r\n1,"two\r\nlines, ""quoted"""\r\n\r\n007,\r\n')
    table = read_table(path)
    assert table.columns == ("id", "text")
    assert [dict(r) for r in table.rows] == [
        {"id": "1", "text": 'two\r\nlines, "quoted"'},
        {"id": "007", "text": ""},
    ]
    assert list(table.lines) == [2, 5]
    assert table.where(1) == f"{path}: line 5"


def test_a_byte_order_mark_and_japanese_are_read(write: Write) -> None:
    path = write("a.csv", "\ufeff問い,答え\n山は?,高い\n".encode())
    assert rows(path) == [{"問い": "山は?", "答え": "高い"}]


def test_tsv_and_zipped_files(write: Write, tmp_path: Path) -> None:
    assert rows(write("a.tsv", "a\tb\n1,2\t3\n")) == [{"a": "1,2", "b": "3"}]
    (tmp_path / "b.csv.gz").write_bytes(gzip.compress(b"a,b\n1,2\n"))
    assert rows(tmp_path / "b.csv.gz") == [{"a": "1", "b": "2"}]
    (tmp_path / "c.jsonl.gz").write_bytes(gzip.compress(b'{"a": 1}\n'))
    assert rows(tmp_path / "c.jsonl.gz") == [{"a": 1}]
    cut = gzip.compress(b"a,b\n" + b"1,2\n" * 1000)[:-20]
    assert "gzip" in complaint(write("d.csv.gz", cut))
    assert "gzip" in complaint(write("e.csv.gz", b"a,b\n1,2\n"))


def test_json_lines_keep_their_values(write: Write) -> None:
    path = write("a.jsonl", '{"a": 1, "b": [null, {"c": "日"}]}\r\n\r\n{"d": NaN, "a": 2.5}\n')
    assert rows(path) == [
        {"a": 1, "b": [None, {"c": "日"}], "d": None},
        {"a": 2.5, "b": None, "d": None},
    ]
    assert list(read_table(path).lines) == [1, 3]


def test_a_line_separator_inside_json_ends_no_line(write: Write) -> None:
    assert rows(write("a.jsonl", '{"a": "x\u2028y\x85z"}\n')) == [{"a": "x\u2028y\x85z"}]


def test_parquet(tmp_path: Path) -> None:
    pa = pytest.importorskip("pyarrow")
    import datetime

    import pyarrow.parquet as pq

    columns = {
        "n": [1, None],
        "x": [0.5, float("nan")],
        "when": [datetime.date(2026, 1, 2), None],
        "list": [["a"], []],
        "__index_level_0__": [7, 8],
    }
    pq.write_table(pa.table(columns), tmp_path / "a.parquet")
    assert rows(tmp_path / "a.parquet") == [
        {"n": 1, "x": 0.5, "when": "2026-01-02", "list": ["a"]},
        {"n": None, "x": None, "when": None, "list": []},
    ]
    (tmp_path / "b.parquet").write_bytes(b"no parquet at all")
    assert "not a readable Parquet" in complaint(tmp_path / "b.parquet")


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.csv", "", "empty"),
        ("a.csv", "\n\n", "empty"),
        ("a.jsonl", "\n", "empty"),
        ("a.csv", "a,b,a\n", "line 1: columns 1 and 3 are both called 'a'"),
        ("a.csv", "a,b\n1,2\n1\n", "line 3: 1 cells, but the header has 2"),
        ("a.csv", 'a,b\n"x\ny",2\n1,2,3\n', "line 4: 3 cells, but the header has 2"),
        ("a.csv", 'a,b\n1,2\n"x,2\n3,4\n', "line 3: a quoted cell that begins in this row"),
        ("a.csv", 'a,b\n"x"y,2\n', "line 2: a quote inside"),
        ("a.csv", "a,b\n1,\0\n", "line 2, byte 6: a NUL byte"),
        ("a.jsonl", '{"a": 1}\n{"a": \n', "line 2: not JSON"),
        ("a.jsonl", '{"a": 1}\n[1]\n', "line 2: a JSON object is needed, this is a list"),
        ("a.jsonl", '{"a": Infinity}\n', "line 1: not JSON: Infinity"),
        ("a.jsonl", '{"a": "\\ud83d"}\n', "line 1: half of a surrogate pair"),
        ("a.jsonl", '{"a": ' + "[" * 100_000 + "\n", "line 1: nested too deeply"),
        ("a.jsonl", '{"a": ' + "9" * 5000 + "}\n", "line 1: not JSON"),
        ("a.xlsx", "x", "unknown kind of data file"),
    ],
)
def test_bad_files_are_described_in_one_line(
    write: Write, name: str, content: str, said: str
) -> None:
    assert said in complaint(write(name, content))


def test_missing_files_and_folders(tmp_path: Path) -> None:
    assert "no such file" in complaint(tmp_path / "a.csv")
    (tmp_path / "b.csv").mkdir()
    assert "a folder" in complaint(tmp_path / "b.csv")


@pytest.mark.parametrize(
    ("encoding", "text", "named"),
    [
        ("cp932", "質問,答え\nこれは何ですか,それはペンです\n", "cp932"),
        ("euc_jp", "質問,答え\nこれは何ですか,それはペンです\n", "euc_jp"),
        ("latin-1", "question,réponse\noù?,là-bas\n", "latin-1"),
        ("gb18030", "问题,答案\n这是什么东西,那是一支钢笔\n", "gb18030"),
        ("utf-16", "question,answer\nwhere?,there\n", "utf-16"),
        ("utf-16-le", "question,answer\nwhere?,there\n", "utf-16le"),
    ],
)
def test_other_encodings_are_named_with_a_way_out(
    write: Write, encoding: str, text: str, named: str
) -> None:
    said = complaint(write("a.csv", text.encode(encoding)))
    assert f"looks like {named}" in said and "iconv" in said and "byte" in said


def test_the_first_bad_byte_is_found_across_chunks(
    write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tesuji.task.encoding.CHUNK", 4)
    good = "é,ü\nあ,い\n".encode()
    assert len(read_table(write("good.csv", good))) == 1
    for bad in (b"\xff", b"\xe3\x81", b"\xe3\x81x"):
        assert f"line 3, byte {len(good)}: not UTF-8" in complaint(write("a.csv", good + bad))
    assert f"line 3, byte {len(good)}: a NUL" in complaint(write("a.csv", good + b"\0"))


def test_huge_cells_are_read_and_the_csv_limit_stays(write: Write) -> None:
    limit = csv.field_size_limit()
    cell = "x" * 3_000_000
    assert rows(write("a.csv", f"a\n{cell}\n")) == [{"a": cell}]
    assert csv.field_size_limit() == limit


def test_a_missing_column_suggests_the_nearest(write: Write) -> None:
    table = read_table(write("a.csv", "question,answer\n1,2\n"))
    with pytest.raises(DataError, match="no column 'anwser'; did you mean 'answer'"):
        table.column("anwser")
    with pytest.raises(DataError, match="separate columns by commas"):
        read_table(write("b.csv", "a;b\n1;2\n")).column("a")


def test_rows_are_mappings() -> None:
    row = Row({"a": 0, "c": 2}, (1, 2, 3))
    assert row == {"a": 1, "c": 3} and list(row) == ["a", "c"] and len(row) == 2
    assert "b" not in row and row.get("b") is None
    assert pickle.loads(pickle.dumps(row)) == row
    assert json.dumps(dict(row)) == '{"a": 1, "c": 3}'


# What the writer keeps: all text but NULs and halves of surrogate pairs.
cell = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=8)


@settings(max_examples=150, deadline=None)
@given(
    table=st.integers(1, 4).flatmap(
        lambda width: st.tuples(
            st.lists(cell, min_size=width, max_size=width, unique=True),
            st.lists(st.lists(cell, min_size=width, max_size=width), max_size=4),
        )
    ),
    kind=st.sampled_from(["csv", "tsv", "jsonl"]),
)
def test_what_is_written_is_read_back(
    tmp_path_factory: pytest.TempPathFactory, table: tuple[list[str], list[list[str]]], kind: str
) -> None:
    columns, cells = table
    if columns[0].startswith("\ufeff") or (kind == "jsonl" and not cells):
        return  # a mark at the very start is taken for the file's; JSON lines hold no header
    path = tmp_path_factory.mktemp("t") / f"a.{kind}"
    write_table(path, columns, cells)
    found = read_table(path)
    assert list(found.columns) == columns
    assert [list(values) for values in found.values] == cells
    if kind == "csv":
        text = path.read_bytes().decode()
        assert list(csv.reader(io.StringIO(text, newline=""))) == [columns, *cells]


def test_writing_is_whole_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    write_table(path, ["a"], [["old"]])
    with pytest.raises(ValueError, match="2 cells for 1 columns"):
        write_table(path, ["a"], [["new"], ["too", "wide"]])
    assert rows(path) == [{"a": "old"}]
    assert [p.name for p in tmp_path.iterdir()] == ["a.csv"]
    with pytest.raises(DataError, match="cannot be written"):
        write_table(tmp_path / "no" / "a.csv", ["a"], [])
    write_table(path, ["a"], [["nul\0 and half \ud800"]])
    assert rows(path) == [{"a": "nul\ufffd and half \ufffd"}]
    assert path.stat().st_mode & 0o077 == (0o666 & ~_umask()) & 0o077


def _umask() -> int:
    import os

    mask = os.umask(0)
    os.umask(mask)
    return mask


def test_real_files(shared: Path) -> None:
    puzzles = read_table(shared / "data" / "nemotron_dev.csv")
    assert puzzles.columns == ("id", "prompt", "answer") and len(puzzles) == 4686
    assert len(read_table(shared / "data" / "gsm8k_recorded_solutions_dev.jsonl")) == 653
    assert len(read_table(shared / "outputs" / "raw_pool.jsonl.gz")) == 25_939
