"""Notes on the board: who may write, what is kept, and that nobody's note is lost unseen."""

from __future__ import annotations

import json
import re
import sqlite3
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

import tesuji as tj
from tests.board import test_accessible
from tests.board.conftest import HOST, open_board
from tests.board.test_accessible import Page
from tests.board.test_pages import HOSTILE, contents, ids, seen
from tesuji import api
from tesuji.board.guard import HEADERS, Gate
from tesuji.cli import main
from tesuji.run.ledger import FILE, Ledger, Note, read_notes

ORIGIN = {"origin": f"http://{HOST}"}
JSON = {**ORIGIN, "accept": "application/json"}
PLACE = "/run/1/note"


@pytest.fixture
def writer(folder: Path, gate: Gate) -> Iterator[TestClient]:
    """A browser that opened the address with the token."""
    with open_board(folder, gate) as board:
        assert board.get(f"/?token={gate.token}").status_code == 303
        yield board


def kept(folder: Path, split: str = "dev") -> dict[str, Note]:
    with Ledger(folder / FILE) as ledger:
        return read_notes(ledger, tj.load(folder).digest, split)


def write(board: TestClient, **form: Any) -> Any:
    return board.post(PLACE, data={"id": "1", "written": "", **form}, headers=JSON)


def test_a_form_keeps_a_note_and_shows_it_again(writer: TestClient, folder: Path) -> None:
    form = {"id": "1", "text": "変だ\r\nsecond", "tag": ["要確認", "b, c"], "new": "x、 y  z,"}
    said = writer.post(f"{PLACE}?kind=any&order=score", data=form, headers=ORIGIN)
    assert said.status_code == 303
    assert said.headers["location"] == ("/run/1/sample?kind=any&order=score&id=1&saved=yes#notes")
    note = kept(folder)["1"]
    assert (note.text, note.tags) == ("変だ\nsecond", ("要確認", "b, c", "x", "y z"))
    page = writer.get(said.headers["location"]).text
    assert "Saved." in seen(page) and "変だ\nsecond</textarea>" in page
    assert re.search(r'value="要確認" data-tag-key="\d" checked', page)
    assert page.count(" checked") == 4
    # It is the sample's: another run of the split shows it too.
    assert "変だ" in writer.get("/run/2/sample?id=1").text


def test_no_text_and_no_tags_takes_the_note_away(writer: TestClient, folder: Path) -> None:
    written = write(writer, text="hm").json()["written"]
    assert write(writer, text=" \n", written=written).json() == {
        "said": "Saved.", "written": "", "text": "", "tags": [],
    }  # fmt: skip
    assert kept(folder) == {}


def test_a_script_is_told_what_is_kept_in_the_readers_language(writer: TestClient) -> None:
    said = writer.post(PLACE, data={"id": "2", "tag": "a"}, headers={**JSON, "cookie": ""})
    assert said.status_code == 403
    answer = write(writer, id="2", tag="a")
    assert answer.headers["content-type"] == "application/json"
    assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS
    assert answer.json()["tags"] == ["a"] and float(answer.json()["written"]) > 1.6e9
    japanese = writer.post(PLACE, data={"id": "3"}, headers={**JSON, "accept-language": "ja"})
    assert japanese.json()["said"] == "保存しました。"


def test_who_has_not_the_token_reads_but_cannot_write(folder: Path, gate: Gate) -> None:
    with open_board(folder, gate) as board:
        with Ledger(folder / FILE) as ledger:
            from tesuji.run.ledger import write_note

            write_note(ledger, tj.load(folder).digest, "dev", "1", "a note", ["a tag"])
        page = board.get("/run/1/sample?id=1").text
        assert "<textarea" not in page and 'method="post"' not in page
        assert "a note" in seen(page) and "a tag" in seen(page)
        assert "open the board by the whole address" in seen(page)
        before = contents(folder)
        assert write(board, text="x").status_code == 403
        for headers in (
            {}, {"x-tesuji-token": gate.token}, {**ORIGIN, "x-tesuji-token": "wrong"},
            {**ORIGIN, "cookie": f"tesuji-8378={gate.token}"},
        ):  # fmt: skip
            assert board.post(PLACE, data={"id": "1"}, headers=headers).status_code == 403
        # Neither the address nor the form can bring it.
        data = {"id": "1", "text": "x", "token": gate.token}
        said = board.post(f"{PLACE}?token={gate.token}", data=data, headers=ORIGIN)
        assert said.status_code == 403
        assert contents(folder) == before


@pytest.mark.parametrize(
    "origin", ["http://evil.example", "null", f"https://{HOST}", "http://localhost:8377", "", None]
)
def test_a_page_from_elsewhere_cannot_write_even_with_the_cookie(
    writer: TestClient, folder: Path, origin: str | None
) -> None:
    headers = {} if origin is None else {"origin": origin}
    data = {"id": "1", "text": "x"}
    assert writer.post(PLACE, data=data, headers=headers).status_code == 403
    assert kept(folder) == {}


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE", "PATCH"])
def test_nothing_but_post_writes(writer: TestClient, folder: Path, method: str) -> None:
    before = contents(folder)
    said = writer.request(method, f"{PLACE}?id=1&text=x&tag=y", headers=ORIGIN)
    assert said.status_code == 405 and contents(folder) == before


def test_looking_with_the_token_changes_nothing(writer: TestClient, folder: Path) -> None:
    before = contents(folder)
    for path in (
        "/run/1/sample?id=1&saved=yes&text=x", "/run/1/samples?noted=yes&tag=x",
        "/run/1/failure?id=1", "/run/1/text?id=1", "/compare/sample?a=1&b=2&id=1",
    ):  # fmt: skip
        assert writer.get(path).status_code in (200, 303)
    assert contents(folder) == before


def test_pages_ask_a_browser_to_name_their_origin(writer: TestClient) -> None:
    """By "no-referrer" a browser sends "Origin: null" with a form's POST, and no form works."""
    assert writer.get("/").headers["referrer-policy"] == "same-origin"


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        ("application/json", 415), ("text/plain", 415), ("multipart/form-data; boundary=x", 415),
        ("application/x-www-form-urlencodedx", 415), ("", 415),
        ("application/x-www-form-urlencoded; charset=utf-8", 200),
        ("Application/X-WWW-Form-Urlencoded", 200),
    ],
)  # fmt: skip
def test_only_a_form_is_read(writer: TestClient, folder: Path, kind: str, status: int) -> None:
    headers = {**JSON, "content-type": kind}
    said = writer.post(PLACE, content=b"id=1&text=x", headers=headers)
    assert said.status_code == status and len(kept(folder)) == (status == 200)


def test_what_is_too_large_is_refused_and_nothing_is_kept(writer: TestClient, folder: Path) -> None:
    headers = {**JSON, "content-type": "application/x-www-form-urlencoded"}
    for body, status in (
        (b"id=1&text=" + b"x" * 300_000, 413),
        ((b"id=1&text=x" for _ in range(30_000)), 413),  # no length is said
        (b"&".join([b"id=1", *[b"tag=%d" % n for n in range(500)]]), 413),
        (b"id=1&text=" + b"x" * 10_001, 400),
        (b"id=1&tag=" + b"x" * 101, 400),
        (b"&".join([b"id=1", *[b"tag=%d" % n for n in range(51)]]), 400),
        (b"id=1&text=x&written=never", 400),
    ):
        said = writer.post(PLACE, content=body, headers=headers)
        assert said.status_code == status and said.json()["said"].startswith("Not saved: ")
        assert kept(folder) == {}
    assert writer.post(PLACE, content=b"x" * 300_000, headers=headers | ORIGIN).status_code == 413
    long = "漢" * 10_000
    assert write(writer, text=long).status_code == 200 and kept(folder)["1"].text == long


@pytest.mark.parametrize(
    ("place", "id"),
    [
        ("/run/1/note", "no such"), ("/run/1/note", "../../etc/passwd"), ("/run/1/note", ""),
        ("/run/1/note", "1' OR '1'='1"), ("/run/99/note", "1"), ("/run/x/note", "1"),
        ("/run/..%2f1/note", "1"), ("/run/1/../1/note", "1\x00"),
    ],
)  # fmt: skip
def test_only_samples_of_a_run_have_notes(
    writer: TestClient, folder: Path, place: str, id: str
) -> None:
    for headers in (JSON, ORIGIN):
        said = writer.post(place, data={"id": id, "text": "x"}, headers=headers)
        assert said.status_code in (400, 404), said.text
    assert kept(folder) == {}


def test_broken_bytes_are_no_trouble(writer: TestClient, folder: Path) -> None:
    headers = {**JSON, "content-type": "application/x-www-form-urlencoded"}
    body = b"id=1&text=%FF%00\xff%ED%A0%80&=&&tag=%&tag=a%0Db%0A%00"
    assert writer.post(PLACE, content=body, headers=headers).status_code == 200
    assert writer.get("/run/1/sample?id=1").status_code == 200
    assert writer.get("/run/1/samples?noted=yes").status_code == 200
    assert "1" in kept(folder)


def test_a_stored_script_in_a_note_is_text(writer: TestClient, folder: Path) -> None:
    tag = HOSTILE[:90]
    said = write(writer, text=HOSTILE, tag=[tag, '"><script>x</script>'])
    assert said.status_code == 200 and "1" in kept(folder)
    for path in (
        "/run/1/sample?id=1", "/run/1/sample?id=2", "/run/1/samples",
        "/run/1/samples?noted=yes", "/run/1/samples?where=note&text=script",
    ):  # fmt: skip
        page = writer.get(path).text
        assert "<script>" not in page and "<img" not in page and "\u202e" not in page
        Page(page)
    conflict = writer.post(PLACE, data={"id": "1", "text": HOSTILE + "2"}, headers=ORIGIN)
    assert conflict.status_code == 409
    assert "<script>" not in conflict.text and "\u202e" not in conflict.text


def test_what_another_window_wrote_is_shown_and_not_written_over(
    writer: TestClient, folder: Path
) -> None:
    first = write(writer, text="theirs", tag="t").json()
    for seen_at in ("", "12.5"):
        said = write(writer, text="mine", written=seen_at)
        assert said.status_code == 409 and said.json()["said"].startswith("Not saved: meanwhile")
        assert (said.json()["text"], said.json()["tags"]) == ("theirs", ["t"])
        assert said.json()["written"] == first["written"]
    page = writer.post(PLACE, data={"id": "1", "text": "mine", "new": "m"}, headers=ORIGIN)
    assert page.status_code == 409 and kept(folder)["1"].text == "theirs"
    assert "theirs" in seen(page.text) and "mine</textarea>" in page.text
    assert Page(page.text).open == []
    (written,) = re.findall(r'name="written" value="([^"]*)"', page.text)
    again = writer.post(
        PLACE, data={"id": "1", "text": "mine", "tag": "m", "written": written}, headers=ORIGIN
    )
    assert again.status_code == 303 and kept(folder)["1"].text == "mine"


def test_a_run_that_writes_does_not_keep_a_note_from_being_kept(
    writer: TestClient, folder: Path
) -> None:
    stop = threading.Event()

    def run() -> None:  # as a run does: a commit every few milliseconds
        with Ledger(folder / FILE) as ledger:
            while not stop.is_set():
                with ledger.transaction() as connection:
                    connection.execute("UPDATE runs SET outputs = outputs + 1 WHERE id = 1")
                time.sleep(0.003)

    thread = threading.Thread(target=run)
    thread.start()
    try:
        written = ""
        for n in range(20):
            said = write(writer, text=f"note {n}", written=written)
            assert said.status_code == 200, said.text
            written = said.json()["written"]
    finally:
        stop.set()
        thread.join()
    assert kept(folder)["1"].text == "note 19"


def test_a_ledger_that_is_held_is_said_soon_and_what_was_typed_stays(
    writer: TestClient, folder: Path
) -> None:
    holder = sqlite3.connect(folder / FILE, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    try:
        said = write(writer, text="typed")
        assert said.status_code == 503 and "another process holds it" in said.json()["said"]
        page = writer.post(PLACE, data={"id": "1", "text": "typed"}, headers=ORIGIN)
        assert page.status_code == 503 and "typed</textarea>" in page.text
        assert writer.get("/run/1/samples").status_code == 200
    finally:
        holder.execute("ROLLBACK")
        holder.close()
    assert write(writer, text="typed").status_code == 200


def test_writing_makes_no_ledger(writer: TestClient, folder: Path) -> None:
    for path in folder.glob("ledger.db*"):
        path.unlink()
    assert write(writer, text="x").status_code in (400, 404)
    assert not (folder / FILE).exists()


def test_notes_and_tags_are_in_the_list_and_a_filter(writer: TestClient) -> None:
    write(writer, id="3", text="odd one", tag="要確認")
    write(writer, id="5", tag=["要確認", "b"])
    write(writer, id="7", text="only text")
    page = writer.get("/run/1/samples").text
    assert "要確認 (2)" in seen(page) and "b (1)" in seen(page) and "✎ note" in seen(page)
    assert ids(writer.get("/run/1/samples?tag=要確認").text) == ["3", "5"]
    assert ids(writer.get("/run/1/samples?noted=yes").text) == ["3", "5", "7"]
    assert ids(writer.get("/run/1/samples?noted=yes&tag=b").text) == ["5"]
    assert ids(writer.get("/run/2/samples?where=note&text=ODD").text) == ["3"]
    assert ids(writer.get("/run/2/samples?tag=gone").text) == []


def test_the_commonest_tags_have_keys_that_stay_theirs(writer: TestClient) -> None:
    fresh = writer.get("/run/1/sample?id=1").text
    assert re.findall(r'value="([^"]+)" data-tag-key', fresh) == [
        "look again", "target is wrong", "unclear",
    ]  # fmt: skip
    for n, id in enumerate(ids(writer.get("/run/1/samples").text)[:12], 1):
        assert write(writer, id=id, tag=[f"t{m:02}" for m in range(n)]).status_code == 200
    page = writer.get("/run/1/sample?id=1").text
    keyed = re.findall(r'value="(t\d+)" data-tag-key="(\d)"', page)
    assert keyed == [(f"t{m:02}", str(m + 1)) for m in range(9)]
    assert page.count('type="checkbox"') == 12


def command(*words: str) -> None:
    with pytest.raises(SystemExit) as ended:
        main(words)
    assert ended.value.code == 0


def test_notes_are_exported_and_read_back(
    writer: TestClient, folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(writer, id="3", text="正解が変", tag="要確認")
    command("export", "1", "-o", str(tmp_path / "run.jsonl"), "-C", str(folder))
    rows = [json.loads(line) for line in (tmp_path / "run.jsonl").read_text("utf-8").splitlines()]
    (row,) = [row for row in rows if "note" in row or "tags" in row]
    assert (row["id"], row["note"], row["tags"]) == ("3", "正解が変", ["要確認"])
    (record,) = api.show(tj.load(folder), 1, tag="要確認")
    assert record.row.sample == "3" and record.note is not None
    capsys.readouterr()
    command("show", "1", "--noted", "-C", str(folder))
    said = capsys.readouterr().out
    assert "sample 3" in said and "正解が変" in said and "要確認" in said
    assert said.count("sample ") == 1


def test_the_form_can_be_used_by_ear_and_keyboard(writer: TestClient, gate: Gate) -> None:
    write(writer, text="hm", tag=[f"t{n}" for n in range(12)])
    test_accessible.test_pages_can_be_used_by_ear_and_keyboard(writer, "/run/1/sample?id=1")
    test_accessible.test_pages_can_be_used_by_ear_and_keyboard(writer, "/run/1/samples?noted=yes")
    page = Page(writer.get("/run/1/sample?id=1").text)
    labelled = {a["for"] for a in page.of("label")}
    assert all(a["id"] in labelled for a in page.of("textarea"))
    assert gate.token not in writer.get("/run/1/sample?id=1").text


def test_the_script_of_notes_asks_nobody_else(board: TestClient) -> None:
    for name in ("notes.js", "copy.js"):
        text = board.get(f"/static/{name}").text
        assert len(text) < 5000
        assert not re.search(r"https?:|innerHTML|insertAdjacentHTML|eval\(|document\.write", text)
