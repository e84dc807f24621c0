"""One sample on the board: attempts and votes, long outputs, mended ones, texts as files."""

from __future__ import annotations

import html
import re
import sqlite3
import time
from pathlib import Path

import pytest
from starlette.testclient import TestClient

import tesuji as tj
from tests.board.conftest import open_board
from tests.board.test_accessible import Page
from tests.board.test_pages import HOSTILE, ids, seen
from tesuji.board.attempts import attempts_of, tally
from tesuji.board.guard import HEADERS, Gate
from tesuji.board.shortened import shorten, weigh
from tesuji.models.base import Output, Request, Sampling
from tesuji.run.exchange.rows import find_row
from tesuji.run.ledger import FILE, Ledger, get_run, output_key, output_write
from tesuji.task.sample import Message

MOST = 300_000


def draws(folder: Path, texts: list[str], *, clean: tuple[str, ...] = ("preamble",)) -> int:
    """A run of one sample whose flow is a vote and drew these texts; its number."""
    task = tj.load(folder)
    entry = tj.Entry("vote", "nano", task.template, flow="vote", options={"n": 5},
                     clean=clean)  # fmt: skip
    run = tj.run(task, entry=entry, limit=1).run.id
    with Ledger(folder / FILE) as ledger:
        keys = []
        with ledger.transaction() as connection:
            for index, text in enumerate(texts):
                request = Request((Message("user", "q"),), Sampling(temperature=0.8), index=index)
                keys.append(output_key("m", request))
                output = Output(text, "stop", 5, 7, 0.1)
                output_write(ledger, keys[-1], "m", request, output)(connection)
            connection.execute(
                "UPDATE answers SET output = ?, drafts = ?, answer = '\"x\"' WHERE run = ?",
                (keys[0], b"".join(keys), run),
            )
    return run


def first(board: TestClient, run: int) -> str:
    return ids(board.get(f"/run/{run}/samples").text)[0]


def test_a_vote_says_who_voted_what(folder: Path, gate: Gate) -> None:
    run = draws(folder, ["Sure! abc", "abc", "xyz", "???", "abc"])
    with open_board(folder, gate) as board:
        id = first(board, run)
        text = board.get(f"/run/{run}/sample?id={id}").text
    said = seen(text)
    assert "abc ★ the answer 3 of 5" in said and "xyz 1 of 5" in said
    assert "no readable answer: no vote 1 of 5" in said
    rows = re.findall(r'<a href="#output-(\d)">\d</a>( ★)?</th>\s*<td dir="auto">(.*?)</td>', text)
    assert [(n, bool(star), seen(words)) for n, star, words in rows] == [
        ("1", True, "abc"), ("2", False, "abc"), ("3", False, "xyz"),
        ("4", False, "no readable answer"), ("5", False, "abc"),
    ]  # fmt: skip
    assert said.count("the answer is from this one") == 1
    for words in ("temperature 0.8", "max_tokens 256", "flow vote", 'options {"n": 5}'):
        assert words in said


def test_the_votes_are_read_as_the_run_reads_them(folder: Path, gate: Gate) -> None:
    task = tj.load(folder)
    entry = tj.Entry("voting", "nano", task.template, flow="vote", options={"n": 5},
                     clean=("preamble", "postamble"),
                     sampling=Sampling(temperature=0.8))  # fmt: skip
    run = tj.run(task, entry=entry, limit=5).run
    with Ledger(folder / FILE) as ledger:
        row = get_run(ledger, run.id)
        for (id,) in ledger.rows("SELECT sample FROM answers WHERE run = ?", run.id):
            found = find_row(ledger, run.id, id, None)
            assert found is not None
            votes = tally(attempts_of(task, row, found))
            if found.answer.state == "answered":
                assert votes[0].chosen and votes[0].words == found.answer.answer


def test_the_mended_text_stands_beside_the_raw_one(board: TestClient, finished: Path) -> None:
    raw = board.get("/run/1/sample?id=1").text
    mended = board.get("/run/3/sample?id=1").text
    assert "Mended" not in seen(raw) and "Mended (preamble)" in seen(mended)
    beside = mended.split("Mended")[1].split("<pre")[1].split("</pre>")[0]
    assert "Sure!" not in beside and 'class="preamble"' in mended


def test_of_later_messages_only_what_was_added_is_shown(folder: Path, gate: Gate) -> None:
    task = tj.load(folder)
    entry = tj.Entry("checked", "nano", task.template, flow="check")
    run = tj.run(task, entry=entry, limit=1).run.id
    with open_board(folder, gate) as board:
        text = board.get(f"/run/{run}/sample?id={first(board, run)}").text
    assert "as in attempt 1 (messages 1–1), then added" in seen(text)
    prompt = "Reverse the string: "
    assert text.count(prompt) == 1  # what both were sent stands once
    assert "Votes" not in seen(text)  # they are no draws of one prompt


def test_attempts_that_are_not_read_for_the_page_are_said_to_be_so(
    folder: Path, gate: Gate
) -> None:
    run = draws(folder, ["abc", "Sure! " + "long " * 50_000, "xyz"])
    with open_board(folder, gate) as board:
        said = seen(board.get(f"/run/{run}/sample?id={first(board, run)}").text)
    assert "abc ★ the answer 1 of 3" in said and "not read here: too long" in said
    assert "no vote" not in said


@pytest.mark.parametrize(
    "letter", ["a", "漢", "<", "\n", " ", "\u200b", "😀", '"', "\ud7ff", "a\u202e"]
)
def test_a_very_long_output_is_cut_and_offered_whole(folder: Path, gate: Gate, letter: str) -> None:
    long = (letter * (1_000_000 // len(letter)))[:1_000_000]
    run = draws(folder, [long])
    with open_board(folder, gate) as board:
        id = first(board, run)
        answer = board.get(f"/run/{run}/sample?id={id}")
        assert answer.status_code == 200 and len(answer.content) < MOST
        assert "characters more" in seen(answer.text) and Page(answer.text).open == []
        links = re.findall(r'href="([^"]+what=output[^"]*)"', answer.text)
        whole = board.get(html.unescape(links[0]))
        assert whole.text == long
        assert whole.headers["content-type"] == "text/plain; charset=utf-8"
        assert whole.headers["content-disposition"] == 'attachment; filename="output.txt"'
        assert {name: whole.headers.get(name) for name in HEADERS} == HEADERS


def test_long_prompts_targets_answers_and_fields_are_cut_too(folder: Path, gate: Gate) -> None:
    run = draws(folder, ["abc"])
    long = "<long> " * 150_000
    ledger = sqlite3.connect(folder / FILE)
    ledger.execute("UPDATE answers SET answer = json_quote(?) WHERE run = ?", (long, run))
    ledger.execute(
        "UPDATE prompts SET messages = json_array(json_array('user', ?1)) "
        "WHERE messages LIKE '%\"q\"%'",
        (long,),
    )
    ledger.commit()
    ledger.close()
    for file in sorted((folder / "data").glob("*.csv")):
        head, *body = file.read_text().splitlines()
        lines = [f'{line},"{"<field> " * 50_000 if n < 1 else ""}"' for n, line in enumerate(body)]
        file.write_text("\n".join([f"{head},more", *lines]) + "\n")
    with open_board(folder, gate) as board:
        id = first(board, run)
        answer = board.get(f"/run/{run}/sample?id={id}")
        assert answer.status_code == 200 and len(answer.content) < MOST
        place = f"/run/{run}/text?id={id}&what="
        assert board.get(place + "answer").text == long
        assert board.get(place + "sent").text == f"[user]\n{long}"
        assert board.get(f"/run/{run}/samples").status_code == 200


def test_two_hundred_attempts_are_a_light_page(folder: Path, gate: Gate) -> None:
    run = draws(folder, [f"Sure! {'<漢字> ' * 60} answer{n % 7}" for n in range(200)])
    with open_board(folder, gate) as board:
        id = first(board, run)
        place = f"/run/{run}/sample?id={id}"
        answer = board.get(place)
        assert answer.status_code == 200 and len(answer.content) < MOST
        assert "Attempt 1 / 200" in seen(answer.text)
        assert "Attempt 150 / 200" not in seen(answer.text)
        assert answer.text.count("&amp;attempt=150#outputs") == 1
        other = board.get(f"{place}&attempt=150").text
        assert "Attempt 150 / 200" in seen(other) and "answer2" in other
        assert Page(other).open == []
        began = time.process_time()
        board.get(place)
        assert time.process_time() - began < 2  # about 0.05 s


def test_a_page_on_which_everything_is_long_stays_light(folder: Path, gate: Gate) -> None:
    run = draws(folder, [f"Sure! {'<word> ' * 20_000}{n}" for n in range(160)])
    ledger = sqlite3.connect(folder / FILE)
    ledger.execute(
        "UPDATE answers SET answer = json_quote(?), reason = 'why' WHERE run = ?",
        ("ab " * 50_000, run),
    )
    long = "[user] " * 50_000
    ledger.execute(
        "UPDATE prompts SET messages = json_array(json_array('user', ?1), "
        "json_array('assistant', ?1)) WHERE messages LIKE '%\"q\"%'",
        (long,),
    )
    (id, key) = ledger.execute(
        "SELECT sample, output FROM answers WHERE run = ?", (run,)
    ).fetchone()
    ledger.executemany(
        "INSERT INTO findings VALUES (?, ?, ?, 'format', ?, ?, 1, 'some evidence', NULL)",
        [(run, id, key, n * 3, n * 3 + 2) for n in range(5000)],
    )
    ledger.commit()
    ledger.close()
    for file in sorted((folder / "data").glob("*.csv")):
        head, *body = file.read_text().splitlines()
        names = ",".join(f"more{n}" for n in range(60))
        more = ",".join("<field>" * 500 for _ in range(60))
        rows = [f"{line},{more if n < 3 else ',' * 59}" for n, line in enumerate(body)]
        file.write_text("\n".join([f"{head},{names}", *rows]) + "\n")
    with open_board(folder, gate) as board:
        answer = board.get(f"/run/{run}/sample?id={id}&attempt=5")
        assert answer.status_code == 200 and len(answer.content) < MOST
        assert Page(answer.text).open == []


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("id=1", 200), ("id=1&what=sent", 200), ("id=1&what=answer", 200),
        ("id=1&what=target", 200), ("id=1&what=fields", 200), ("id=1&what=ledger.db", 404),
        ("id=1&attempt=0", 404), ("id=1&attempt=9", 404), ("id=1&attempt=x", 404),
        ("id=1&attempt=99999999999999999999", 404), ("id=../../ledger.db", 404), ("", 404),
        ("id=1&what=%0d%0aset-cookie:a", 404), ("id=1&attempt=%D9%A1", 404),
    ],
)  # fmt: skip
def test_texts_as_files(board: TestClient, query: str, status: int) -> None:
    answer = board.get(f"/run/1/text?{query}")
    assert answer.status_code == status and "set-cookie" not in answer.headers
    if status == 200:
        assert re.fullmatch(
            r'attachment; filename="[a-z]+\.txt"', answer.headers["content-disposition"]
        )
        assert answer.headers["content-type"] == "text/plain; charset=utf-8"


def test_a_file_is_the_text_letter_by_letter(folder: Path, gate: Gate) -> None:
    text = f"\ufeff{HOSTILE}\r\n\x00\u200b 末 "
    run = draws(folder, [text])
    with open_board(folder, gate) as board:
        id = first(board, run)
        assert board.get(f"/run/{run}/text?id={id}").content == text.encode()
        page = board.get(f"/run/{run}/sample?id={id}").text
        assert "<script>" not in page and "\u202e" not in page


def test_texts_are_cut_by_what_they_weigh_on_a_page() -> None:
    for text in ("a" * 100, "漢" * 100, "<" * 100, "\u200b" * 100, "a\n" * 50, ""):
        for room in (0, 1, 7, 50, 10_000):
            short = shorten(text, room)
            assert text.startswith(short.text) and len(short.text) + short.left == len(text)
            assert weigh(short.text) <= room or not short.text
            assert short.left == 0 or room < 10_000


def test_an_entry_of_another_version_is_no_trouble(folder: Path, gate: Gate) -> None:
    ledger = sqlite3.connect(folder / FILE)
    ledger.execute("UPDATE runs SET entry_table = '{\"future\": 1}'")
    ledger.commit()
    ledger.close()
    with open_board(folder, gate) as board:
        assert board.get("/run/1/sample?id=1").status_code == 200
        assert board.get("/compare?a=1&b=2").status_code == 200
