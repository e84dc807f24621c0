"""`tesuji board FILE`: the same pages over any file of outputs, and nothing left of it after."""

from __future__ import annotations

import csv
import gzip
import html
import io
import json
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from starlette.testclient import TestClient

from tests.board.conftest import HOST
from tests.board.test_accessible import Page
from tests.board.test_export import check_links, pages
from tests.board.test_pages import HOSTILE, ids, seen
from tests.board.test_serving import fetch
from tests.cli.terminal import command, environment
from tesuji.board.app import make_app
from tesuji.board.board import Board
from tesuji.board.guard import Gate
from tesuji.board.outputs import OutputsFile, record_file
from tesuji.cli import main
from tesuji.diagnose import diagnose_file, rates
from tesuji.diagnose.files import Columns
from tesuji.errors import DataError
from tesuji.reports.words import percent

ROWS: list[dict[str, Any]] = [
    {"id": "a", "prompt": "Say level backwards.", "output": "Sure! Here is the word: level",
     "gold": "level", "points": 0.5, "source": "hand"},
    {"id": "b", "prompt": "Say noon backwards.", "output": "noon", "gold": "noon", "points": 1,
     "source": "hand"},
    {"id": "c", "prompt": "東京はどこですか。", "output": "日本です。", "gold": "日本", "points": 0,
     "source": "手"},
    {"id": "d", "prompt": "Go on.", "output": "go on " * 300, "gold": None, "points": None,
     "source": "hand"},
]  # fmt: skip
PLAIN = ("/", "/run/1", "/run/1/samples", "/run/1/samples?kind=any", "/run/1/samples?text=noon",
         "/run/1/samples?order=length")  # fmt: skip


def write(path: Path, rows: list[dict[str, Any]] = ROWS) -> Path:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), "utf-8")
    return path


@contextmanager
def viewed(path: Path, folder: Path, **options: Any) -> Iterator[TestClient]:
    """The board over a file, recorded in a folder."""
    folder.mkdir(exist_ok=True)
    task, _ = record_file(OutputsFile(path, **options), folder)
    app = make_app(Board(task, of_file=True), Gate("127.0.0.1", 8377))
    with TestClient(app, base_url=f"http://{HOST}", follow_redirects=False) as client:
        yield client


@pytest.fixture
def board(tmp_path: Path) -> Iterator[TestClient]:
    path = write(tmp_path / "outputs.jsonl")
    with viewed(path, tmp_path / "made", target="gold", score="points") as client:
        yield client


def test_the_first_page_says_how_often_it_fails(board: TestClient, tmp_path: Path) -> None:
    page = board.get("/").text
    assert "<h1>outputs.jsonl</h1>" in page and "points 0.5 higher is better" in seen(page)
    rows = diagnose_file(tmp_path / "outputs.jsonl")
    found = {kind: rate for kind, rate in rates(row.findings for row in rows).items() if rate}
    assert set(found) >= {"preamble", "loop"}
    for kind, rate in found.items():
        assert f'href="/run/1/samples?kind={kind}"' in page
        assert f"{kind} {rate * 4:.0f} {percent(rate)}" in seen(page)
    assert seen(board.get("/run/1").text) == seen(page)


def test_what_a_file_has_not_is_left_out(board: TestClient, tmp_path: Path) -> None:
    path = write(tmp_path / "bare.jsonl", [{"output": "noon"}, {"output": "Sure! Here: level"}])
    with viewed(path, tmp_path / "bare") as bare:
        for client in (board, bare):
            listed = client.get("/run/1/samples").text
            sample = f"/run/1/sample?id={ids(listed)[0]}"
            for page in (client.get("/").text, listed, client.get(sample).text):
                words = seen(page.partition("<main")[2].partition("</main>")[0])
                for word in (
                    "Model",
                    "Split",
                    "Cost",
                    "State",
                    "tokens",
                    "seconds",
                    "Run 1",
                    "What to do next",
                    "Compare",
                    "The entry",
                    "What was read",
                    "--clean",
                ):
                    assert word not in words, word  # fmt: skip
        assert "Score" not in listed and "lowest score first" not in listed
        assert "Target" not in client.get(sample).text and "What was sent" not in page
        assert bare.get("/compare").status_code == 404


def test_samples_are_listed_filtered_and_looked_at(board: TestClient) -> None:
    assert ids(board.get("/run/1/samples").text) == ["a", "b", "c", "d"]
    assert ids(board.get("/run/1/samples?kind=preamble").text) == ["a"]
    assert ids(board.get("/run/1/samples?text=noon").text) == ["b"]
    assert ids(board.get("/run/1/samples?low=0.6").text) == ["b"]
    assert ids(board.get("/run/1/samples?order=length").text)[0] == "d"
    page = board.get("/run/1/sample?id=a").text
    assert re.search(r'<mark class="preamble"><span class="label">preamble</span>Sure!', page)
    assert "user Say level backwards." in seen(page) and "Target level" in seen(page)
    assert "<ins" in page and "points 0.5" in seen(page) and "source hand" in seen(page)
    assert 'data-key="j" href="/run/1/sample?id=b"' in page
    assert "letter by letter" in board.get("/run/1/sample?id=b").text
    assert "1,800 characters" in seen(board.get("/run/1/sample?id=d").text)
    assert "何らかの失敗" in board.get("/?lang=ja").text


@pytest.mark.parametrize("path", PLAIN)
def test_its_pages_can_be_used_by_ear_and_keyboard(board: TestClient, path: str) -> None:
    page = Page(board.get(path).text)
    assert page.open == [] and len(page.of("h1")) == 1
    assert all(a.get("scope") in ("row", "col") for a in page.of("th"))
    for link in re.findall(r'href="(/[^"]*)"', board.get(path).text):
        assert board.get(html.unescape(link)).status_code == 200, link


def cells(kind: str, ends: str) -> str:
    text = io.StringIO()
    names = list(ROWS[0])
    rows = csv.DictWriter(text, names, delimiter=kind, lineterminator=ends)
    rows.writeheader()
    rows.writerows(ROWS)
    return text.getvalue()


@pytest.mark.parametrize("ending", [".jsonl", ".jsonl.gz", ".csv", ".csv.gz", ".tsv", ".parquet"])
def test_every_kind_of_file_is_read_alike(tmp_path: Path, ending: str) -> None:
    """Also with a byte-order mark and the line ends of Windows."""
    lines = "".join(json.dumps(row, ensure_ascii=False) + "\r\n" for row in ROWS)
    text = {".jsonl": lines, ".csv": cells(",", "\r\n"), ".tsv": cells("\t", "\r\n")}
    path = tmp_path / f"outputs{ending}"
    if ending == ".parquet":
        parquet = pytest.importorskip("pyarrow.parquet")
        table = __import__("pyarrow").Table.from_pylist(ROWS)
        parquet.write_table(table, path)
    else:
        data = b"\xef\xbb\xbf" + text[ending.removesuffix(".gz")].encode()
        path.write_bytes(gzip.compress(data) if ending.endswith(".gz") else data)
    with viewed(path, tmp_path / "made", target="gold", score="points") as client:
        assert ids(client.get("/run/1/samples").text) == ["a", "b", "c", "d"]
        assert "points 0.5 higher" in seen(client.get("/").text)
        page = seen(client.get("/run/1/sample?id=c").text)
        assert "user 東京はどこですか。" in page and "Target 日本" in page and "⟨" not in page


def test_chats_and_nested_columns(tmp_path: Path) -> None:
    row = {
        "messages": [{"role": "system", "content": "Be short."}, {"role": "user", "content": "Hi"},
                     {"role": "assistant", "content": "Yes?"}, {"role": "user", "content": "Go"}],
        "choices": [{"message": {"content": "Gone."}, "finish_reason": "length"}],
        "meta": {"name": "x1", "right": "Going.", "by": {"judge": "0.25"}},
    }  # fmt: skip
    columns = Columns("choices.0.message.content", "messages", finish="choices.0.finish_reason",
                      id="meta.name")  # fmt: skip
    options = {"target": "meta.right", "score": "meta.by.judge", "higher_is_better": False}
    path = write(tmp_path / "chat.jsonl", [row])
    with viewed(path, tmp_path / "made", columns=columns, **options) as client:
        page = seen(client.get("/run/1/sample?id=x1").text)
        assert "system Be short. user Hi assistant Yes? user Go" in page
        assert "finish: length" in page and "Target Going." in page and "judge 0.25" in page
        assert "lower is better" in seen(client.get("/").text)


def test_ids_that_repeat_lack_or_are_long_or_hostile(tmp_path: Path) -> None:
    names: list[Any] = ["7", 7, None, "", "x" * 5000, "../../etc/passwd", HOSTILE, "\ud800", "7",
                        "7 (line 2)", None]  # fmt: skip
    path = tmp_path / "outputs.jsonl"
    path.write_text("".join(json.dumps({"id": n, "output": "noon"}) + "\n" for n in names))
    (tmp_path / "made").mkdir()
    task, remarks = record_file(OutputsFile(path), tmp_path / "made")
    assert remarks == ["5 ids are empty, very long or there before: named with the row's place"]
    found = [sample.id for sample in task.dev]
    assert len(set(found)) == len(names) == len(task.dev)
    assert {"7", "7 (line 2)", "7 (line 9)", "7 (line 2) (line 10)", "(line 4)", "2", "10"} <= set(
        found
    )
    with viewed(path, tmp_path / "again") as client:
        listed = client.get("/run/1/samples").text
        assert len(ids(listed)) == len(names) and "<script>" not in listed
        for name in ids(listed):
            page = client.get(f"/run/1/sample?id={name}")
            assert page.status_code == 200 and "<script>" not in page.text
        assert client.get(f"/run/1/sample?id={quote(HOSTILE)}").status_code == 200


def test_a_stored_script_is_text(tmp_path: Path) -> None:
    row = {"prompt": HOSTILE, "output": HOSTILE, HOSTILE: HOSTILE, "gold": HOSTILE, "id": "1"}
    path = write(tmp_path / "<b>outputs<b>.jsonl", [row, {**row, "id": "2", "score": 1}])
    with viewed(path, tmp_path / "made", target="gold") as client:
        for address in (*PLAIN, "/run/1/sample?id=1", "/nowhere"):
            page = client.get(address).text
            assert "<script>" not in page and "<img" not in page and "<b>" not in page
            assert "\u202e" not in page
        assert seen(client.get("/run/1/sample?id=1").text).count("<script>alert(1)") >= 4


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "empty: there are no rows to look at"),
        ("\n \r\n", "empty: there are no rows to look at"),
        ('{"output": "a"}\n{"output": \n', "line 2: not JSON"),
        ('{"output": "a"}\n\n["b"]\n', "line 3: a JSON object is needed, not a list"),
        ('{"reply": "a"}\n', "line 1: no column 'output'; the columns are: reply"),
        ('{"output": "a"}\n{"text": "b"}\n', "line 2: no column 'output'"),
        ('{"output": ["a"]}\n', "line 1: 'output' holds a list, not text"),
        ('{"output": "a", "points": 1}\n{"output": "b", "points": "much"}\n',
         "line 2: 'points' holds no number: 'much'"),
        ('{"output": "a"}\n', "line 1: no column 'points'; the columns are: output"),
        ('{"output": "a", "points": 1, "x": ' + "[" * 900 + "]" * 900 + "}\n", ""),
        ('{"output": "a", "points": ' + "9" * 400 + "}\n", ""),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_in_a_line_before_anything_is_served(
    text: str, words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(temporary))
    path = tmp_path / "outputs.jsonl"
    path.write_text(text)
    scored = ("--score", "points") if "points" in text + words else ()
    with pytest.raises(SystemExit) as exit:
        main(["board", str(path), "--export", str(tmp_path / "out"), *scored])
    said = capsys.readouterr()
    assert exit.value.code == (2 if words or said.err else 0)
    assert said.err.count("\n") == bool(said.err) and words in said.err
    assert words == "" or f"error: {path}" in said.err
    assert [*temporary.iterdir()] == [] and (tmp_path / "out").exists() == (not said.err)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("nowhere.jsonl",), "nowhere.jsonl: no such file"),
        (("notes.txt",), "unknown kind of data file"),
        (("folder",), "folder: a folder; the board of a competition: tesuji board -C folder"),
        (("outputs.jsonl", "-C", "folder"), "--folder goes with a competition, not a FILE"),
        (("outputs.jsonl", "--lower-is-better"), "--lower-is-better goes with --score COLUMN"),
        (("--text", "reply"), "--text goes with a FILE of outputs"),
    ],
)
def test_wrong_arguments_are_said_in_a_line(
    arguments: tuple[str, ...], words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    (tmp_path / "folder").mkdir()
    (tmp_path / "notes.txt").write_text("x")
    write(tmp_path / "outputs.jsonl")
    with pytest.raises(SystemExit) as exit:
        main(["board", *arguments])
    said = capsys.readouterr()
    assert exit.value.code == 2 and said.err.count("\n") == 1 and words in said.err


def test_rows_are_recorded_while_they_are_read(tmp_path: Path) -> None:
    """Of a file that is broken at its end, what stands before it is in the ledger."""
    import sqlite3

    path = write(tmp_path / "long.jsonl", [{"output": "noon"}] * 2500)
    with path.open("a") as stream:
        stream.write("{\n")
    (tmp_path / "made").mkdir()
    with pytest.raises(DataError, match="line 2501: not JSON"):
        record_file(OutputsFile(path), tmp_path / "made")
    ledger = sqlite3.connect(tmp_path / "made" / "ledger.db")
    assert ledger.execute("SELECT count(*) FROM answers").fetchone() == (2500,)
    ledger.close()


@pytest.mark.skipif(sys.platform == "win32", reason="Ctrl-C is another thing there")
@pytest.mark.parametrize(("end", "code"), [(signal.SIGINT, 0), (signal.SIGTERM, 143)])
def test_the_command_serves_a_file_and_leaves_nothing(
    tmp_path: Path, end: signal.Signals, code: int
) -> None:
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    path = write(tmp_path / "outputs.jsonl")
    before = sorted(tmp_path.iterdir())
    process = subprocess.Popen(
        command("board", path, "--target", "gold", "--port", 0), cwd=tmp_path, text=True,
        env=environment(TMPDIR=str(temporary)), stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        encoding="utf-8",
    )  # fmt: skip
    try:
        assert process.stdout is not None
        address = process.stdout.readline().strip()
        status, page = fetch(address)
        assert status == 200 and "<h1>outputs.jsonl</h1>" in page
        port = address.split("/?")[0]
        assert "日本です" in fetch(f"{port}/run/1/sample?id=c")[1]
        assert len([*temporary.iterdir()]) == 1
        process.send_signal(end)
        _, err = process.communicate(timeout=60)
    finally:
        if process.poll() is None:
            process.kill()
            process.communicate()
    assert (process.returncode, err) == (code, "")
    assert [*temporary.iterdir()] == [] and sorted(tmp_path.iterdir()) == before


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_a_file_is_exported_by_the_command(
    tmp_path: Path, lang: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    names = ["../../x", HOSTILE, "index", "", "名前", "a" * 400]
    rows = [{"id": name, "output": f"Sure! Here is the word: {HOSTILE}"} for name in names]
    write(tmp_path / "outputs.jsonl", [*rows, *({"output": "noon"} for _ in range(80))])
    with pytest.raises(SystemExit) as exit:
        main(["board", "outputs.jsonl", "--export", "out", "--samples", "60", "--lang", lang])
    assert exit.value.code == 0
    said = capsys.readouterr()
    assert said.out.startswith("out/index.html: 66 samples, ")
    assert "left out: 20 samples without a failure" in said.out
    assert said.err == "outputs.jsonl: 2 ids are empty, very long or there before: named with " \
                       "the row's place\n"  # fmt: skip
    found = pages(tmp_path / "out")
    assert sum("/sample-" in name for name in found) == 66
    assert "run-1/samples-2.html" in found and "run-1/samples-kind-preamble.html" in found
    assert all(f'<html lang="{lang}">' in page for page in found.values())
    assert all("<script>" not in page and str(tmp_path) not in page for page in found.values())
    assert "outputs.jsonl" in found["index.html"] and "run-1/index.html" not in found
    check_links(tmp_path / "out")
    with pytest.raises(SystemExit):
        main(["board", "outputs.jsonl", "--export", "out", "--samples", "all"])
    assert "left out" not in capsys.readouterr().out
