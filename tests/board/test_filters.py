"""Filters and orders of the list of samples: alone and together, wrong ones, and hostile ones."""

from __future__ import annotations

import html
import json
import re
import sqlite3
from pathlib import Path
from urllib.parse import quote, urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

import tesuji as tj
from tests.board.conftest import open_board
from tests.board.test_accessible import Page
from tests.board.test_pages import HOSTILE, ids, seen
from tesuji.board.asked import Asked, failing, read_asked
from tesuji.board.guard import Gate
from tesuji.run.ledger import FILE, Ledger


def listed(board: TestClient, run: int = 1, **asked: str) -> list[str]:
    """All that fit, of all pages."""
    found: list[str] = []
    for page in range(1, 10):
        query = urlencode({**asked, "size": "200", "page": page})
        answer = board.get(f"/run/{run}/samples?{query}")
        assert answer.status_code == 200, answer.text
        found += ids(answer.text)
    return found


def rows(folder: Path, query: str) -> list[str]:
    ledger = sqlite3.connect(folder / FILE)
    found = [row[0] for row in ledger.execute(query)]
    ledger.close()
    return found


OUTPUTS = (
    "SELECT a.sample, t.body FROM answers a JOIN outputs o ON o.key = a.output "
    "JOIN texts t ON t.output = o.id WHERE a.run = 1"
)


def test_a_regular_expression_finds_outputs(board: TestClient, finished: Path) -> None:
    ledger = sqlite3.connect(finished / FILE)
    texts = dict(ledger.execute(OUTPUTS))
    ledger.close()
    pattern = r"(?i)^sure.*:\n\n[a-m]"
    wanted = {id for id, text in texts.items() if re.search(pattern, text)}
    assert 0 < len(wanted) < 200 and set(listed(board, pattern=pattern)) == wanted


def test_texts_are_looked_for_where_it_is_said(board: TestClient, finished: Path) -> None:
    dev = {s.id: s for s in tj.load(finished).dev}
    some = next(iter(dev.values()))
    part = str(some.target)[:4]
    found = set(listed(board, text=part.upper(), where="target"))
    assert found == {s.id for s in dev.values() if part in s.target} and some.id in found
    assert set(listed(board, pattern=f"^{part}", where="target")) <= found
    original = str(some.fields["original"])
    assert listed(board, text=original, where="prompt") == [some.id]
    assert listed(board, text=original, where="answer", run=2) == []
    assert some.id in listed(board, text=some.target, where="answer", run=2)


def test_a_field_is_or_has_a_value(board: TestClient, finished: Path) -> None:
    dev = tj.load(finished).dev
    value = str(dev[3].fields["original"])
    assert listed(board, field="original", how="is", value=value) == [dev[3].id]
    assert listed(board, field="original", how="is", value=value[:3]) == []
    having = {s.id for s in dev if value[:2] in str(s.fields["original"])}
    assert set(listed(board, field="original", value=value[:2])) == having
    assert len(listed(board, field="original")) == 200
    assert listed(board, field="none", value="x") == []


def test_filters_hold_together(board: TestClient, finished: Path) -> None:
    with Ledger(finished / FILE) as ledger:
        fails = failing(ledger, 1)
    kinds = set(rows(finished, "SELECT sample FROM findings WHERE run = 1 AND kind = 'preamble'"))
    dev = {s.id: str(s.fields["original"]) for s in tj.load(finished).dev}
    found = listed(
        board, kind="any", field="original", value="a", pattern="Sure", text="string",
        low="1", order="id-down",
    )  # fmt: skip
    assert found and set(found) <= {id for id in fails if "a" in dev[id]}
    assert found == sorted(found, key=int, reverse=True)
    both = listed(board, kind="preamble", field="original", value="a", where="target", text="b")
    targets = {s.id: str(s.target) for s in tj.load(finished).dev}
    assert set(both) == {id for id in kinds if "a" in dev[id] and "b" in targets[id]}


def test_what_was_asked_for_stands_in_the_form_and_in_all_links(board: TestClient) -> None:
    asked = {"pattern": "e.*<r", "where": "prompt", "field": "original", "how": "is",
             "value": "'\"&", "size": "25", "order": "seconds-up"}  # fmt: skip
    page = board.get(f"/run/1/samples?{urlencode(asked)}").text
    typed = [html.unescape(value) for value in re.findall(r'<input [^>]*value="([^"]*)"', page)]
    assert {asked["pattern"], asked["value"]} <= {*typed}
    for choice in ("prompt", "original", "is", "25", "seconds-up"):
        assert re.search(rf'<option value="{choice}" selected', page)
    page = board.get("/run/1/samples?text=e&size=25&order=score").text
    (following,) = re.findall(r'rel="next"[^>]* href="([^"]*)"', page)
    assert html.unescape(following) == "/run/1/samples?text=e&order=score&size=25&page=2"
    assert len(ids(page)) == 25
    for link in re.findall(r'class="row"[^>]* href="([^"]*)"', page):
        assert "text=e&amp;order=score&amp;size=25&amp;id=" in link


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ({"pattern": "(a"}, "is no regular expression"),
        ({"pattern": "("}, "is no regular expression"),
        ({"pattern": "(?R)"}, "calls itself"),
        ({"pattern": "(a|b){99999}{99999}"}, "repeats something too often"),
        ({"pattern": "a" * 1001}, "1,000 are allowed"),
        ({"pattern": "(x", "where": "target"}, "is no regular expression"),
        ({"low": "nan"}, "no number"),
        ({"high": "1e999"}, "no number"),
        ({"low": "ten"}, "no number"),
    ],
)
def test_a_wrong_filter_is_said_in_a_line_and_stays_as_typed(
    board: TestClient, query: dict[str, str], words: str
) -> None:
    answer = board.get(f"/run/1/samples?{urlencode({**query, 'text': 'kept', 'size': '100'})}")
    assert answer.status_code == 400 and answer.text.count('role="alert"') == 1
    said = seen(answer.text)
    assert words in said and "Traceback" not in said and "0 samples" not in said
    assert 'value="kept"' in answer.text
    for value in query.values():
        assert f'value="{html.escape(value)}"' in answer.text or f'value="{value}"' in answer.text
    assert Page(answer.text).open == []


def test_a_pattern_that_never_ends_is_stopped(folder: Path, gate: Gate) -> None:
    ledger = sqlite3.connect(folder / FILE)
    ledger.execute("UPDATE texts SET body = ?", ("a" * 60 + "!",))
    ledger.commit()
    ledger.close()
    with open_board(folder, gate) as board:
        answer = board.get(f"/run/1/samples?pattern={quote('(a|aa)+$')}")
        assert answer.status_code == 400 and "takes too long and was stopped" in answer.text


@pytest.mark.parametrize(
    "query",
    ["where=ledger", "how=like", "size=1000000", "size=-1", "noted=1", "order=length;--",
     "kind=any&where=", "flip=odd", "against=1e3", f"text={'x' * 2001}"],
)  # fmt: skip
def test_choices_that_there_are_not(board: TestClient, query: str) -> None:
    status = board.get(f"/run/1/samples?{query}").status_code
    assert status == (200 if query == "kind=any&where=" else 404)


@settings(max_examples=50, deadline=None)
@given(st.dictionaries(st.sampled_from([*Asked.__dataclass_fields__]), st.text(max_size=8)))
def test_any_address_is_read_or_refused(given: dict[str, str]) -> None:
    from tesuji.errors import InputError

    try:
        asked = read_asked(given)
    except InputError as error:
        assert "\n" not in str(error)
        return
    again = read_asked({name: str(value) for name, value in asked.query().items()})
    assert again == asked


def test_kinds_come_with_the_number_of_their_samples(board: TestClient, finished: Path) -> None:
    page = board.get("/run/1/samples").text
    for kind, count in re.findall(r'<option value="(\w+)">[\w ]+ \((\d+)\)</option>', page):
        assert len(listed(board, kind=kind)) == int(count), kind
    assert "any failure (" in page


def test_heads_sort_up_and_down_and_say_so(board: TestClient) -> None:
    page = Page(board.get("/run/1/samples").text)
    assert [a["aria-sort"] for a in page.of("th") if "aria-sort" in a] == ["ascending"]
    text = board.get("/run/1/samples?kind=any&page=2").text
    heads = [html.unescape(link) for link in re.findall(r'<th [^>]*><a href="([^"]+)" title', text)]
    orders = ["id-down", "score", "tokens", "length", "seconds"]
    assert heads == [f"/run/1/samples?kind=any&order={order}" for order in orders]
    for order, how in (("score", "ascending"), ("score-down", "descending"),
                       ("tokens", "descending"), ("length-up", "ascending")):  # fmt: skip
        page = Page(board.get(f"/run/1/samples?order={order}").text)
        assert [a["aria-sort"] for a in page.of("th") if "aria-sort" in a] == [how]
    cells = re.findall(r'<td class="n">([\d,]+)</td>\s*<td class="n">([\d,]+)</td>',
                       board.get("/run/1/samples?order=length-up").text)  # fmt: skip
    lengths = [int(length.replace(",", "")) for _, length in cells]
    assert len(lengths) == 50 and lengths == sorted(lengths)


def test_the_next_failure_stays_within_the_filter(board: TestClient, finished: Path) -> None:
    with Ledger(finished / FILE) as ledger:
        fails = failing(ledger, 1)
    query = {"field": "original", "value": "a", "order": "seconds"}
    every = listed(board, **query)
    wanted = [id for id in every if id in fails]
    assert 2 < len(wanted) < len(every)
    walked, at = [], every[0]
    if at in fails:
        walked.append(at)
    for _ in range(len(wanted)):
        page = board.get(f"/run/1/sample?{urlencode({**query, 'id': at})}").text
        links = re.findall(r'data-key="n" href="([^"]+)"', page)
        if not links:
            break
        at = html.unescape(links[0]).rpartition("id=")[2]
        walked.append(at)
    assert walked == wanted


def test_the_next_failure_of_a_list_is_the_first_after_its_page(
    board: TestClient, finished: Path
) -> None:
    with Ledger(finished / FILE) as ledger:
        fails = failing(ledger, 2) | failing(ledger, 1)
    page = board.get("/run/1/samples?size=25").text
    (link,) = re.findall(r'data-key="n" href="([^"]+)"', page)
    there = board.get(html.unescape(link))
    assert there.status_code == 303
    after = ids(board.get("/run/1/samples?size=25&page=2").text)
    assert there.headers["location"] == (
        f"/run/1/sample?size=25&id={next(id for id in after if id in fails)}"
    )
    last = listed(board)[-1]
    nothing = board.get(f"/run/1/failure?id={last}&page=4")
    assert nothing.headers["location"] == "/run/1/samples?page=4"
    for odd in ("//evil.example", "https://evil.example", "\r\nset-cookie: a=b"):
        answer = board.get(f"/run/1/failure?{urlencode({'id': odd, 'text': odd})}")
        assert answer.status_code == 303 and answer.headers["location"].startswith("/run/1/")
        assert "set-cookie" not in answer.headers


def test_hostile_names_of_fields_and_values_are_text(folder: Path, gate: Gate) -> None:
    for file in sorted((folder / "data").glob("*.csv")):
        head, _, body = file.read_text().partition("\n")
        quoted = '"' + HOSTILE.replace('"', '""') + '"'
        lines = [f"{line},{quoted}" for line in body.splitlines()]
        file.write_text("\n".join([f"{head},{quoted}", *lines]) + "\n")
    with open_board(folder, gate) as board:
        for query in ({}, {"field": HOSTILE, "value": HOSTILE, "how": "is"},
                      {"field": HOSTILE + "x", "tag": HOSTILE, "pattern": HOSTILE}):  # fmt: skip
            answer = board.get(f"/run/1/samples?{urlencode(query)}")
            assert "<script>" not in answer.text and "<img" not in answer.text
            assert "\u202e" not in answer.text
            Page(answer.text)
        assert len(listed(board, field=HOSTILE, value=HOSTILE, how="is")) == 200


def test_json_in_an_answer_is_looked_at_as_text(folder: Path, gate: Gate) -> None:
    ledger = sqlite3.connect(folder / FILE)
    ledger.execute(
        "UPDATE answers SET answer = ? WHERE run = 1 AND sample = '2'", (json.dumps(["x<y", 1]),)
    )
    ledger.commit()
    ledger.close()
    with open_board(folder, gate) as board:
        assert listed(board, where="answer", text='["X<Y"') == ["2"]
