"""`tesuji new NAME --from DATA`: a user's own file, as spreadsheets write them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.terminal import Tesuji, contents

WORDS = ["とても良い", "二度と行かない", "普通でした", "最高！", "味が、薄い", "また来ます\r\n必ず"]
ROWS = [
    {"番号": str(n), "感想": f"{WORDS[n % 6]}{n}", "評価": ("良い", "悪い")[n % 2]}
    for n in range(30)
]
COLUMNS = ("番号", "感想", "評価")


def delimited(comma: str, end: str) -> str:
    lines = [COLUMNS, *([row[c] for c in COLUMNS] for row in ROWS)]
    quoted = [comma.join('"' + cell.replace('"', '""') + '"' for cell in line) for line in lines]
    return end.join(quoted) + end


def write(folder: Path, kind: str) -> Path:
    path = folder / f"reviews.{kind}"
    if kind == "csv":  # as Excel writes it: a byte order mark and Windows line ends
        path.write_bytes(b"\xef\xbb\xbf" + delimited(",", "\r\n").encode())
    elif kind == "tsv":
        path.write_bytes(delimited("\t", "\n").encode())
    elif kind == "jsonl":
        lines = [json.dumps(row, ensure_ascii=False) for row in ROWS]
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    else:
        pyarrow = pytest.importorskip("pyarrow")
        parquet = pytest.importorskip("pyarrow.parquet")
        parquet.write_table(pyarrow.Table.from_pylist(ROWS), path)
    return path


@pytest.mark.parametrize("kind", ["csv", "tsv", "jsonl", "parquet"])
def test_own_data_becomes_a_competition(
    tesuji: Tesuji, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    monkeypatch.chdir(tmp_path)
    data = write(tmp_path, kind)
    made = tesuji("new", "a b/reviews", "--from", data, "--target", "評価")
    assert made.code == 0, made.err
    assert "良い" in made.out and "悪い" in made.out and "why" in made.out
    assert "Next: tesuji first -C 'a b/reviews' --model nano" in made.out
    folder = tmp_path / "a b" / "reviews"
    toml = (folder / "competition.toml").read_text(encoding="utf-8")
    assert 'target = "評価"' in toml and "{感想}" in toml and 'id = "番号"' in toml
    first = tesuji("first", "-C", folder, "--model", "nano", "--json")
    (sample,) = first.json["samples"]
    assert sample["target"] in ("良い", "悪い")
    assert any(word.split("\r")[0] in sample["messages"][-1]["content"] for word in WORDS)
    assert tesuji("run", "-C", folder, "--model", "nano", "--limit", 2).code == 0


def test_test_rows_are_answered(tesuji: Tesuji, tmp_path: Path) -> None:
    data = write(tmp_path, "csv")
    test = tmp_path / "test.csv"
    test.write_text("番号,感想\r\n100,良いです\r\n101,うーん\r\n", encoding="utf-8", newline="")
    folder = tmp_path / "reviews"
    assert tesuji("new", folder, "--from", data, "--target", "評価", "--test", test).code == 0
    said = tesuji("predict", "-C", folder, "--model", "nano")
    assert said.code == 0 and "is a valid submission" in said.out
    lines = (folder / "submission.csv").read_text(encoding="utf-8").splitlines()
    assert lines[0] == "番号,評価" and [line[:4] for line in lines[1:]] == ["100,", "101,"]


def test_what_is_there_is_kept(tesuji: Tesuji, tmp_path: Path) -> None:
    data = write(tmp_path, "csv")
    folder = tmp_path / "reviews"
    assert tesuji("new", folder, "--from", data, "--target", "評価").code == 0
    before = contents(tmp_path)
    for said in (
        tesuji("new", folder, "--from", data, "--target", "評価"),
        tesuji("new", folder, "--like", "llm-prompt-reverse"),
    ):
        assert said.code == 2 and "competition.toml" in said.err and said.err.count("\n") == 1
    assert contents(tmp_path) == before


def test_check_says_what_is_worth_a_look(tesuji: Tesuji, tmp_path: Path) -> None:
    """Another order is allowed where rows are told apart by id, and is said."""
    folder = tmp_path / "reverse"
    tesuji("new", folder, "--like", "llm-prompt-reverse")
    tesuji("predict", "-C", folder, "--model", "nano")
    path = folder / "submission.csv"
    header, *rows = path.read_text().splitlines()
    path.write_text("\n".join([header, *reversed(rows)]) + "\n")
    found = tesuji("check", "-C", folder)
    assert found.code == 0
    assert "worth a look:" in found.out
    assert "line 2: the order differs" in found.out
    assert tesuji("check", "-C", folder, "--json").json["notes"]
