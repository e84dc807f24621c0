"""What the pages show, that they show it as text alone, and that looking changes nothing."""

from __future__ import annotations

import html
import re
import shutil
import sqlite3
from pathlib import Path
from urllib.parse import quote

import pytest
from starlette.testclient import TestClient

import tesuji as tj
from tests.board.conftest import open_board
from tesuji.board import asked
from tesuji.board.guard import HEADERS, Gate
from tesuji.run.ledger import FILE

PAGES = (
    "/", "/run/1", "/run/1/samples", "/run/1/samples?page=2", "/run/1/samples?kind=preamble",
    "/run/1/samples?kind=any&order=score-down", "/run/1/samples?state=unparsed&text=sure",
    "/run/1/samples?low=1&high=5", "/run/2/samples?against=1&flip=better", "/run/1/sample?id=1",
    "/run/2/sample?id=1&against=1", "/compare", "/compare?a=1&b=2",
    "/compare/sample?a=1&b=2&id=1&flip=better", "/run/1/samples?pattern=e&size=25&order=length-up",
    "/run/3/sample?id=1", "/compare?a=1&b=3&flip=better&kind=any",
)  # fmt: skip
HOSTILE = "</pre><script>alert(1)</script>\"'><img src=x onerror=alert(1)>{{7*7}}\u202e"


def seen(page: str) -> str:
    """The words of a page, as a reader sees them."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page)).split())


def ids(page: str) -> list[str]:
    """The samples of a list, in order."""
    return re.findall(r'class="row"[^>]*? href="[^"]*?id=([^"&]+)"', page)


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("lang", ["en", "ja"])
def test_pages_answer_and_fetch_nothing_from_elsewhere(
    board: TestClient, path: str, lang: str
) -> None:
    answer = board.get(path, headers={"accept-language": lang})
    assert answer.status_code == 200
    assert f'<html lang="{lang}">' in answer.text
    assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS
    leads = re.findall(r'\s(?:src|href|action|formaction|poster|data)="([^"]*)"', answer.text)
    assert leads and all(re.match(r"/(?!/)|#", lead) for lead in leads)
    assert not re.search(r"https?://|@import|url\(|<style|\sstyle=|\son\w+=", answer.text)


def test_style_and_script_fetch_nothing_from_elsewhere(board: TestClient) -> None:
    for name in ("board.css", "board.js"):
        answer = board.get(f"/static/{name}")
        assert answer.status_code == 200 and len(answer.content) < 10_000
        assert not re.search(r"https?:|@import|url\(|fetch\(|innerHTML", answer.text)


def test_every_link_of_the_pages_leads_somewhere(board: TestClient) -> None:
    found = {html.unescape(link) for path in PAGES
             for link in re.findall(r'href="(/[^"]*)"', board.get(path).text)}  # fmt: skip
    assert len(found) > 100
    for link in sorted(found, key=lambda link: hash(link) % 97)[:60]:
        assert board.get(link, follow_redirects=True).status_code == 200, link


def test_the_first_page_says_best_next_and_all_runs(board: TestClient, finished: Path) -> None:
    said = seen(board.get("/").text)
    task = tj.load(finished)
    best = tj.best(task).run
    assert f"Best so far {best.entry}" in said and "lower is better" in said
    for advice in tj.next_moves(task).plan.advice:
        assert advice.why in said and advice.command in said
    assert f"{best.entry} ★ best" in said
    for row in tj.runs(task).rows:
        assert f"{row.id} {row.entry}" in said


def test_before_any_run_the_first_page_says_how_to_begin(finished: Path, tmp_path: Path,
                                                         gate: Gate) -> None:  # fmt: skip
    fresh = tmp_path / "fresh"
    shutil.copytree(finished, fresh, ignore=shutil.ignore_patterns("ledger*", "entries"))
    with open_board(fresh, gate) as board:
        said = seen(board.get("/").text)
        assert "No run yet" in said and "tesuji first" in said
        assert "there is no run yet" in board.get("/run/1").text
    assert not (fresh / FILE).exists()


def test_the_first_page_follows_what_is_recorded(folder: Path, gate: Gate) -> None:
    with open_board(folder, gate) as board:
        assert "anew-once" not in seen(board.get("/").text)
        task = tj.load(folder)
        tj.run(task, entry=tj.derive(tj.Entry("base", "nano", task.template), name="anew-once",
                                     user="Reverse: {original}"), limit=20)  # fmt: skip
        assert "anew-once dropped" in seen(board.get("/").text)


def test_a_run_says_counts_score_and_rates_with_links(board: TestClient, finished: Path) -> None:
    page = board.get("/run/1").text
    row = tj.runs(tj.load(finished)).rows[0]
    rates = tj.runs(tj.load(finished)).findings[1]
    assert f"{row.unparsed} no readable answer" in seen(page) and f"{row.score:.4g}" in seen(page)
    for kind in rates:
        assert f'href="/run/1/samples?kind={kind}"' in page
    assert 'user = "Reverse the string: {original}"' in seen(page)


def test_samples_are_filtered_sorted_and_paged(board: TestClient, finished: Path) -> None:
    first = ids(board.get("/run/1/samples").text)
    second = ids(board.get("/run/1/samples?page=2").text)
    assert len(first) == len(second) == 50 and not set(first) & set(second)
    listed = [one for page in range(1, 5)
              for one in ids(board.get(f"/run/1/samples?page={page}").text)]  # fmt: skip
    assert len(set(listed)) == 200 and listed == sorted(listed, key=int)
    count = tj.runs(tj.load(finished)).rows[0].unparsed
    assert f" {count} samples" in seen(board.get("/run/1/samples?state=unparsed").text)
    down = board.get("/run/1/samples?order=score-down").text
    scores = [float(s) for s in re.findall(r'</a></th>\s*<td class="n">([\d.]+)</td>', down)]
    assert len(scores) == 50 and scores == sorted(scores, reverse=True)
    assert ids(board.get("/run/1/samples?page=99").text) == []
    assert seen(board.get("/run/1/samples?text=qqqqqqqq").text).count("0 samples") == 1


def test_any_failure_is_what_was_found_or_not_answered(board: TestClient, finished: Path) -> None:
    ledger = sqlite3.connect(finished / FILE)
    (fails,) = ledger.execute(
        "SELECT count(*) FROM answers a WHERE run = 2 AND (state <> 'answered' OR EXISTS "
        "(SELECT 1 FROM findings f WHERE f.run = a.run AND f.sample = a.sample))"
    ).fetchone()
    ledger.close()
    assert f" {fails} samples" in seen(board.get("/run/2/samples?kind=any").text)


def test_the_next_sample_stays_in_the_list_that_was_asked_for(board: TestClient) -> None:
    query = "state=unparsed&order=score"
    listed = ids(board.get(f"/run/1/samples?{query}").text)
    page = board.get(f"/run/1/sample?id={listed[1]}&{query}").text
    links = {key: html.unescape(link) for key, link in re.findall(
        r'data-key="(.)" href="([^"]+)"', page)}  # fmt: skip
    assert links["k"] == f"/run/1/sample?{query}&id={listed[0]}"
    assert links["j"] == f"/run/1/sample?{query}&id={listed[2]}"
    assert board.get(links["n"]).status_code == 200


def test_a_sample_shows_what_was_sent_and_marks_what_was_found(
    board: TestClient, finished: Path
) -> None:
    from tesuji import api

    (record,) = api.show(tj.load(finished), 1, n=1, finding="preamble")
    assert record.output is not None
    page = board.get(f"/run/1/sample?id={record.row.sample}").text
    assert html.escape(record.messages[-1].content) in page
    assert re.search(r'<mark class="preamble"><span class="label">preamble</span>Sure!', page)
    assert "⏎" in page and f"{record.output.tokens_out:,} tokens out" in seen(page)
    assert "<del>" in page or "letter by letter" in page
    assert "--clean preamble" in seen(page)


def test_a_comparison_says_the_sentence_and_lists_what_changed(
    board: TestClient, finished: Path
) -> None:
    comparison = tj.compare(tj.load(finished), 1, 2)
    page = board.get("/compare?a=1&b=2").text
    assert comparison.sentence("base (run 1)", "told (run 2)") in seen(page)
    assert f"better: {comparison.wins}" in seen(page) and f"worse: {comparison.losses}" in seen(
        page
    )
    listed = board.get("/run/2/samples?against=1&flip=better").text
    assert f" {comparison.wins} samples" in seen(listed)


def test_right_and_wrong_stand_in_a_table_of_four(finished: Path, tmp_path: Path,
                                                  gate: Gate) -> None:  # fmt: skip
    folder = tmp_path / "exact"
    shutil.copytree(finished, folder)
    path = folder / "competition.toml"
    text = path.read_text().replace('metric = "levenshtein"', 'metric = "exact"')
    path.write_text(text)
    task = tj.load(folder)
    base = tj.Entry("base", "nano", task.template)
    told = tj.derive(base, name="told", user="Reverse the string: {original}\nAnswer only.")
    a, b = (tj.run(task, entry=entry).run.id for entry in (base, told))
    comparison = tj.compare(task, a, b)
    with open_board(folder, gate) as board:
        page = board.get(f"/compare?a={a}&b={b}").text
        table = page.split("<caption>")[1].split("</table>")[0]
        cells = [int(re.sub(r"\D", "", seen(cell))) for cell in
                 re.findall(r'<td class="n">(.*?)</td>', table)]  # fmt: skip
        assert sum(cells) == 200 and cells[1:3] == [comparison.losses, comparison.wins]
        assert "scored on other data or by another metric" in seen(
            board.get(f"/compare?a=1&b={b}").text
        )


def test_the_language_is_asked_for_once_and_kept(board: TestClient) -> None:
    assert "次の一手" in board.get("/?lang=ja").text
    assert '<html lang="ja">' in board.get("/run/1").text
    assert '<html lang="en">' in board.get("/run/1?lang=en").text
    assert '<html lang="en">' in board.get("/run/1?lang=xx", headers={"cookie": ""}).text
    page = board.get("/run/1/samples?kind=format&lang=ja").text
    assert 'href="/run/1/samples?kind=format&amp;lang=en"' in page


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/run/99", "there is no run 99"),
        ("/run/99/samples", "there is no run 99"),
        ("/run/x", "a run is named by its number"),
        ("/run/" + "9" * 5000, "a run is named by its number"),
        ("/run/٣", "a run is named by its number"),
        ("/run/1/sample?id=none", "run 1 has no such sample"),
        ("/run/1/sample", "run 1 has no such sample"),
        ("/run/1/samples?kind=odd", "kind is none of preamble, "),
        ("/run/1/samples?state=odd", "state is none of"),
        ("/run/1/samples?order=id;drop", "order is none of"),
        ("/run/1/samples?page=-1", "page is no whole number"),
        ("/run/1/samples?against=99", "there is no run 99"),
        ("/run/1/sample?id=1&against=99", "there is no run 99"),
        ("/compare?a=1&b=99", "there is no run 99"),
        ("/nowhere", "there is no such page"),
    ],
)
def test_what_is_not_there_is_said_in_a_line(board: TestClient, path: str, words: str) -> None:
    answer = board.get(path)
    assert answer.status_code == 404
    assert words in html.unescape(answer.text) and "Traceback" not in answer.text
    assert answer.text.count('role="alert"') == 1


@pytest.mark.parametrize(
    "path",
    [
        "/static/../app.py", "/static/%2e%2e/app.py", "/static/..%2fapp.py",
        "/static//etc/passwd", "/static/board.css/../../app.py", "/%2e%2e/%2e%2e/etc/passwd",
        "/run/..%2f..%2fcompetition.toml", "/competition.toml", "/ledger.db", "/static/",
    ],
)  # fmt: skip
def test_no_path_leads_to_a_file(board: TestClient, path: str) -> None:
    answer = board.get(path)
    assert answer.status_code == 404 and "root:" not in answer.text
    assert "import" not in answer.text and "SQLite" not in answer.text


def contents(folder: Path) -> str:
    with sqlite3.connect(folder / FILE) as ledger:
        dump = "\n".join(ledger.iterdump())
    ledger.close()
    files = sorted(p for p in folder.rglob("*") if p.is_file() and FILE not in p.name)
    return dump + "".join(f"{p}{p.read_bytes()!r}" for p in files)


def test_looking_changes_nothing(folder: Path, gate: Gate) -> None:
    before = contents(folder)
    with open_board(folder, gate) as board:
        for path in PAGES:
            assert board.get(path).status_code == board.head(path).status_code == 200
        headers = {"origin": "http://127.0.0.1:8377", "x-tesuji-token": gate.token}
        for path in PAGES:
            assert board.post(path, headers=headers).status_code == 405
    assert contents(folder) == before


def test_a_writer_does_not_hold_up_readers_nor_they_the_writer(folder: Path, gate: Gate) -> None:
    writer = sqlite3.connect(folder / FILE, timeout=0, isolation_level=None)
    with open_board(folder, gate) as board:
        assert board.get("/run/1/samples").status_code == 200
        writer.execute("BEGIN IMMEDIATE")
        writer.execute("UPDATE runs SET entry = 'changed' WHERE id = 1")
        assert all(board.get(path).status_code == 200 for path in PAGES)
        writer.execute("COMMIT")
        assert "changed" in seen(board.get("/run/1").text)
    writer.close()


def test_a_stored_script_is_text(folder: Path, gate: Gate) -> None:
    """In an output, a prompt, an answer, a reason, an id, an entry's name, a field's name and
    value, the competition's name."""
    ledger = sqlite3.connect(folder / FILE)
    ledger.execute("UPDATE texts SET body = ? || body", (HOSTILE,))
    ledger.execute("UPDATE prompts SET messages = json_array(json_array('user', ?))", (HOSTILE,))
    answer = "json_quote(?1)"
    ledger.execute(f"UPDATE answers SET answer = {answer}, reason = ?1", (HOSTILE,))
    ledger.execute("UPDATE findings SET evidence = ?, start = 3, stop = 30", (HOSTILE,))
    ledger.execute("UPDATE runs SET entry = ?1, model = ?1, reason = ?1", (HOSTILE,))
    ledger.commit()
    for table in ("answers", "findings"):
        ledger.execute(f"UPDATE {table} SET sample = ?1 WHERE sample = '1'", (HOSTILE,))
    ledger.commit()
    ledger.close()
    toml = (folder / "competition.toml").read_text()
    (folder / "competition.toml").write_text(
        re.sub(r"(?m)^name = .*$", lambda _: "name = '''" + HOSTILE + "'''", toml)
    )
    for file in sorted((folder / "data").glob("*.csv")):
        head, _, body = file.read_text().partition("\n")
        quoted = '"' + HOSTILE.replace('"', '""') + '"'
        lines = [f"{line},{quoted}" for line in body.splitlines()]
        file.write_text("\n".join([f"{head},{quoted}", *lines]) + "\n")
    with open_board(folder, gate) as board:
        for path in (*PAGES, "/run/1/sample?id=2", "/nowhere"):
            page = board.get(path).text
            assert "<script>" not in page and "<img" not in page
            assert "\u202e" not in page
        page = board.get(f"/run/1/sample?id={quote(HOSTILE)}").text
        assert "<script>" not in page and seen(page).count("<script>alert(1)</script>") >= 5
        shown = board.get("/run/1/sample?id=2").text
        assert "⟨RLO⟩" in shown and "{{7*7}}" in shown and "<script>" not in shown


def test_half_a_surrogate_pair_does_not_break_a_page(folder: Path, gate: Gate) -> None:
    ledger = sqlite3.connect(folder / FILE)
    ledger.execute("UPDATE answers SET answer = '\"\\ud800\"' WHERE sample = '2'")
    ledger.commit()
    ledger.close()
    with open_board(folder, gate) as board:
        assert board.get("/run/1/sample?id=2").status_code == 200
        assert board.get("/run/1/samples").status_code == 200
        assert board.get("/run/1/samples?text=%ED%A0%80%00&page=1").status_code == 200


def test_a_broken_ledger_is_said_in_a_line(folder: Path, gate: Gate) -> None:
    with open_board(folder, gate) as board:
        assert board.get("/run/1").status_code == 200
        for path in folder.glob("ledger.db*"):
            path.unlink()
        (folder / FILE).write_bytes(b"no database" * 1000)
        answer = board.get("/run/1")
        assert answer.status_code == 503 and "not a readable ledger" in answer.text


def test_all_attempts_of_a_vote_are_shown(folder: Path, gate: Gate) -> None:
    task = tj.load(folder)
    vote = tj.derive(tj.Entry("base", "nano", task.template), name="vote", flow="vote",
                     options={"n": 3}, temperature=0.8)  # fmt: skip
    run = tj.run(task, entry=vote, limit=3).run.id
    with open_board(folder, gate) as board:
        (first, *_) = ids(board.get(f"/run/{run}/samples").text)
        page = seen(board.get(f"/run/{run}/sample?id={first}").text)
        assert all(f"Attempt {n} / 3" in page for n in (1, 2, 3))
        assert page.count("the answer is from this one") == 1


def test_orders_and_words_go_together() -> None:
    from tesuji.board.words import WORDS

    assert {f"order_{name}" for name in asked.ORDERS} <= WORDS.keys()
    assert set(asked.STATES) <= WORDS.keys() and set(asked.FLIPS) <= WORDS.keys()
