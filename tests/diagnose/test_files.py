"""Diagnosing files of outputs."""

from __future__ import annotations

import gzip
import itertools
import json
from pathlib import Path

import pytest

from tesuji.diagnose import KINDS, diagnose, diagnose_file, rates, summary
from tesuji.errors import DataError
from tesuji.models.base import Output


def write_lines(path: Path, rows: list[dict[str, object]]) -> Path:
    path.write_text("\n".join(json.dumps(row) for row in rows) + "\n", encoding="utf-8")
    return path


def test_json_lines_with_nested_fields(tmp_path: Path) -> None:
    path = write_lines(
        tmp_path / "a.jsonl",
        [
            {
                "messages": [{"role": "user", "content": "Is it?"}],
                "choices": [{"message": {"content": "Yes, it is."}, "n": 1}],
            },
            {"messages": [], "choices": [{"message": {"content": ""}}]},
        ],
    )
    first, second = diagnose_file(path, "choices.0.message.content", "messages")
    assert (first.id, first.text, first.findings) == ("0", "Yes, it is.", ())
    assert [f.kind for f in second.findings] == ["empty"]


def test_csv_with_ids_byte_order_mark_and_windows_line_ends(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes('\ufeffid,prompt,output\r\nx7,p,"Sure! Here is\r\nit: 猫"\r\n'.encode())
    (row,) = diagnose_file(path)
    assert row.id == "x7"
    assert "猫" in row.text


def test_a_finish_column_is_used_and_missing_values_are_empty(tmp_path: Path) -> None:
    rows = [{"output": "cut of", "finish_reason": "length"}, {"output": None}]
    path = write_lines(tmp_path / "a.jsonl", rows)
    kinds = [[f.kind for f in row.findings] for row in diagnose_file(path)]
    assert kinds == [["truncated"], ["empty"]]


@pytest.mark.parametrize("suffix", [".jsonl", ".csv"])
def test_a_missing_column_is_named_with_those_there_are(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"a{suffix}"
    path.write_text('{"id": 1, "reply": "x"}\n' if suffix == ".jsonl" else "id,reply\n1,x\n")
    with pytest.raises(DataError, match=r"output.*id.*reply"):
        list(diagnose_file(path))
    with pytest.raises(DataError, match="question"):
        list(diagnose_file(path, text="reply", prompt="question"))


def test_a_later_row_may_lack_what_is_told_about_its_output(tmp_path: Path) -> None:
    rows = [
        {"output": "Yes.", "ask": "Is it?", "lang": "en", "name": "a"},
        {"output": "Sure! Here is the list:\n\n- a"},
    ]
    path = write_lines(tmp_path / "a.jsonl", rows)
    one, two = diagnose_file(path, prompt="ask", language="lang", id="name")
    assert (one.id, one.findings) == ("a", ())
    assert (two.id, [f.kind for f in two.findings]) == ("1", ["preamble"])
    with pytest.raises(DataError, match=r"line 2: no column 'ask'"):
        list(diagnose_file(path, text="ask"))


def test_wrong_files_and_values_are_told_in_one_line(tmp_path: Path) -> None:
    broken = tmp_path / "b.jsonl"
    broken.write_text('{"output": "x"}\n{"output": \n')
    with pytest.raises(DataError, match="line 2: not JSON"):
        list(diagnose_file(broken))
    nested = write_lines(tmp_path / "n.jsonl", [{"output": [{"content": "x"}]}])
    with pytest.raises(DataError, match=r"output\.0\.content"):
        list(diagnose_file(nested))
    fine = write_lines(tmp_path / "f.jsonl", [{"output": "x", "lang": "ja"}])
    assert list(diagnose_file(fine, language="lang"))
    assert list(diagnose_file(fine, language="en"))
    with pytest.raises(DataError, match="neither a language code"):
        list(diagnose_file(fine, language="Klingon!"))
    with pytest.raises(DataError, match="no such file"):
        list(diagnose_file(tmp_path / "none.jsonl"))


def test_json_lines_are_read_only_as_far_as_needed(tmp_path: Path) -> None:
    path = tmp_path / "big.jsonl"
    path.write_text('{"output": "fine"}\n' * 1000 + "not json\n")
    assert len(list(itertools.islice(diagnose_file(path), 1000))) == 1000


def test_rates_count_outputs_not_findings() -> None:
    texts = ["Sure! abc", "", "fine", "fine"]
    found = rates([diagnose(Output(text, "stop")) for text in texts])
    assert found == dict.fromkeys(KINDS, 0.0) | {"preamble": 0.25, "empty": 0.25}
    assert set(rates([]).values()) == {0.0}


def test_the_summary_has_the_surest_example_of_each_kind(tmp_path: Path) -> None:
    rows = [{"output": t} for t in ("Sure! abc", "Here is the word: abc", "", "fine")]
    result = summary(diagnose_file(write_lines(tmp_path / "a.jsonl", rows)))
    assert (result.total, result.clean) == (4, 1)
    assert [(k.kind, k.count, k.example.id) for k in result.kinds] == [
        ("preamble", 2, "1"), ("empty", 1, "2"),
    ]  # fmt: skip


def test_real_outputs(shared: Path) -> None:
    """On read and labelled outputs: what is sure must mostly be right."""
    right: dict[str, list[int]] = {}
    names = {"empty": "empty", "preamble": "preamble", "loop": "repetition_loop"}
    with (shared / "outputs" / "labelled_dev.jsonl").open(encoding="utf-8") as lines:
        labels = {row["id"]: row for row in map(json.loads, lines)}
    for row in diagnose_file(shared / "outputs" / "labelled_dev.jsonl"):
        known = labels[row.id]
        seen = {finding.kind for finding in row.findings}
        for kind, label in names.items():
            if label not in known["unsure"]:
                counts = right.setdefault(kind, [0, 0, 0])
                counts[0] += kind in seen and known["labels"][label]
                counts[1] += kind in seen
                counts[2] += known["labels"][label]
    for kind, (hits, flagged, labelled) in right.items():
        assert hits / flagged >= 0.9, kind
        assert hits / labelled >= 0.75, kind


def test_gzip(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl.gz"
    path.write_bytes(gzip.compress(b'{"output": "x"}\n'))
    assert len(list(diagnose_file(path))) == 1


def test_columns_of_ones_own_and_a_prompt_of_chat_messages(tmp_path: Path) -> None:
    chat = [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": [{"type": "text", "text": "Do not use any commas."}]},
    ]
    rows = [{"nr": 7, "chat": chat, "said": "one, two", "why": "length"}]
    path = write_lines(tmp_path / "a.jsonl", rows)
    (row,) = diagnose_file(path, "said", "chat", finish="why", id="nr")
    assert row.id == "7"
    assert {finding.kind for finding in row.findings} >= {"format", "truncated"}
    table = tmp_path / "a.csv"
    cell = json.dumps(chat).replace('"', '""')
    table.write_text(f'chat,said\n"{cell}","one, two"\n', encoding="utf-8")
    (row,) = diagnose_file(table, "said", "chat")
    assert "format" in {finding.kind for finding in row.findings}


def test_parquet_and_tsv(tmp_path: Path) -> None:
    pyarrow = pytest.importorskip("pyarrow")
    parquet = pytest.importorskip("pyarrow.parquet")
    table = pyarrow.table({"output": ["秋です。", ""], "id": [4, 5]})
    parquet.write_table(table, tmp_path / "a.parquet")
    (tmp_path / "a.tsv").write_text("id\toutput\n4\t秋です。\n5\t\n", encoding="utf-8")
    for name in ("a.parquet", "a.tsv"):
        first, second = diagnose_file(tmp_path / name)
        assert (first.id, [f.kind for f in second.findings]) == ("4", ["empty"])


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "empty; the first line must name the columns"),
        ("id,output\n1,a,b\n", "line 2: 3 cells, but the header has 2"),
        ('id,output\n1,"a\n', "line 2: unexpected end of data"),
    ],
)
def test_broken_tables_are_told_with_their_line(tmp_path: Path, content: str, message: str) -> None:
    (tmp_path / "a.csv").write_text(content)
    with pytest.raises(DataError, match=message):
        list(diagnose_file(tmp_path / "a.csv"))


def test_rows_are_read_as_they_are_needed(tmp_path: Path) -> None:
    path = tmp_path / "big.csv"
    path.write_text("id,output\n" + "1,fine\n" * 1000 + "1,too,many\n")
    assert len(list(itertools.islice(diagnose_file(path), 1000))) == 1000


@pytest.fixture
def said(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch):  # type: ignore[no-untyped-def]
    """What `tesuji diagnose` prints, and its exit code."""
    from tesuji.cli import main

    monkeypatch.setenv("COLUMNS", "60")

    def run(*arguments: object) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as ended:
            main(["diagnose", *map(str, arguments)])
        printed = capsys.readouterr()
        return int(ended.value.code or 0), printed.out, printed.err

    return run


ROWS = [
    {"id": "a", "prompt": "Say it.", "output": "Sure! Here is the word:\n\nmoon\u200b"},
    {"id": "b", "prompt": "Say it.", "output": "Sure! Here is the word: sun"},
    {"id": "c", "prompt": "読点を使わずに書いてください。", "output": "秋、冬。"},
    {"id": "d", "prompt": "", "output": "moon"},
]


def test_the_table_and_a_marked_example_of_each_kind(said, tmp_path: Path) -> None:
    path = write_lines(tmp_path / "a.jsonl", ROWS)
    code, out, _ = said(path)
    assert code == 0
    assert "4 outputs, 1 without a finding (25 %)" in " ".join(out.split())
    rows = [line.split() for line in out.splitlines()]
    assert ["preamble", "2", "50", "%", "preamble"] in rows
    assert ["format", "1", "25", "%", "–"] in rows
    assert "⟦Sure! Here is the word:⏎ ⏎ ⟧moon⟨ZWSP⟩" in out
    assert "秋⟦、⟧冬。" in out
    assert max(map(len, out.splitlines())) <= 60 or str(path) in out.splitlines()[0]


def test_more_examples_of_one_kind(said, tmp_path: Path) -> None:
    path = write_lines(tmp_path / "a.jsonl", ROWS)
    _, out, _ = said(path, "--kind", "preamble", "-n", 5)
    assert "preamble in a:" in out and "preamble in b:" in out and "format" not in out
    code, _, err = said(path, "--kind", "polish")
    assert code == 2 and "there is no kind 'polish'; the kinds are: preamble" in err


def test_a_line_of_json_for_each_output_and_totals(said, tmp_path: Path) -> None:
    path = write_lines(tmp_path / "a.jsonl", ROWS)
    _, out, _ = said(path, "--json")
    lines = [json.loads(line) for line in out.splitlines()]
    assert [line["id"] for line in lines] == ["a", "b", "c", "d"]
    (finding,) = lines[2]["findings"]
    assert (finding["kind"], finding["start"], finding["end"]) == ("format", 1, 2)
    assert {"confidence", "fix"} <= finding.keys()
    totals = json.loads(said(path, "--json", "--summary")[1])
    assert (totals["outputs"], totals["clean"]) == (4, 1)
    assert totals["kinds"]["preamble"] == {"outputs": 2, "rate": 0.5, "fixes": {"preamble": 2}}


def test_an_empty_file_and_a_wrong_column_in_words(said, tmp_path: Path) -> None:
    empty = tmp_path / "empty.jsonl"
    empty.write_text("")
    assert "there are no outputs in it" in said(empty)[1]
    path = write_lines(tmp_path / "a.jsonl", ROWS)
    code, _, err = said(path, "--text", "reply")
    assert code == 2 and len(err.splitlines()) == 1
    assert "no column 'reply'; the columns are: id, prompt, output" in err
