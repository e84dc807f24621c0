"""Pages that follow a run: a board on a real port, and a run that somebody else writes."""

from __future__ import annotations

import asyncio
import html
import http.client
import json
import re
import signal
import sqlite3
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from starlette.requests import Request
from starlette.testclient import TestClient

import tesuji as tj
from tests.board.conftest import HOST, open_board
from tests.board.test_pages import seen
from tests.board.test_serving import served
from tesuji.board.guard import Gate
from tesuji.board.live import MOST, Live, Part, make_part
from tesuji.board.serving import bind, make_server
from tesuji.run.ledger import (
    FILE,
    AnswerRow,
    Ledger,
    begin_run,
    end_run,
    write_alarm,
    write_answer,
    write_rates,
)

HOSTILE = "x\n\ndata: y\n\nid: 1\u2028\u2029</script><script>alert(1)</script>\r\u202e"
WAIT = 60.0  # seconds: a busy machine


class Stream:
    """A page's events, as they come over the wire."""

    def __init__(self, board: str, path: str, **headers: str) -> None:
        where = urlsplit(board)
        self.connection = http.client.HTTPConnection(where.hostname or "", where.port, timeout=WAIT)
        self.connection.request("GET", path, headers=headers)
        self.answer = self.connection.getresponse()
        self.id = ""

    def lines(self) -> Iterator[str]:
        for line in self.answer:
            assert line.endswith(b"\n") and line.isascii()
            yield line.decode().rstrip("\n")

    def events(self) -> Iterator[dict[str, str]]:
        """The parts of each event, name to words."""
        for line in self.lines():
            name, _, value = line.partition(": ")
            assert name in ("id", "data", "retry", "", ":"), line
            if name == "id":
                self.id = value
            if name == "data":
                yield {name: text for name, (_, text) in json.loads(value).items()}

    def until(self, part: str, words: str) -> str:
        """The first coming of a part that says so."""
        for parts in self.events():
            if words in seen(parts.get(part, "")):
                return parts[part]
        raise AssertionError("the stream ended")

    def close(self) -> None:
        self.answer.close()
        self.connection.close()


def events_of(page: str) -> str:
    """The address of a page's stream."""
    found = re.search(r'data-live="([^"]+)"', page)
    assert found
    return html.unescape(found[1])


def get(board: str, path: str, **headers: str) -> tuple[int, str]:
    where = urlsplit(board)
    with closing(http.client.HTTPConnection(where.hostname or "", where.port, timeout=WAIT)) as one:
        one.request("GET", path, headers=headers)
        answer = one.getresponse()
        return answer.status, answer.read().decode()


@contextmanager
def going(folder: Path) -> Iterator[str]:
    """The address of a folder's board, which is served from a thread."""
    with bind("127.0.0.1", 0) as listening:
        gate = Gate("127.0.0.1", listening.getsockname()[1])
        server = make_server(tj.load(folder), gate)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        try:
            yield f"http://{gate.address}"
        finally:
            server.should_exit = True
            thread.join(WAIT)
            assert not thread.is_alive()


class Runner:
    """A run as the runner records one, sample by sample."""

    def __init__(self, folder: Path, entry: str = "slow", total: int = 100) -> None:
        task = tj.load(folder)
        self.total, self.done = total, 0
        self.ledger = Ledger(folder / FILE)
        self.run = begin_run(
            self.ledger, entry=entry, model="nano", entry_digest=entry, entry_table={},
            task_digest=task.digest, split="dev", samples_digest="some", total=total,
            metric="levenshtein",
        )  # fmt: skip

    def go_on(self, samples: int) -> None:
        with self.ledger.transaction() as connection:
            for _ in range(samples):
                self.done += 1
                row = AnswerRow(f"r{self.done}", "answered", "abc", 2.0, None)
                write_answer(connection, self.run, row)
            write_rates(connection, self.run, self.done, {"loop": self.done // 2})

    def end(self) -> None:
        end_run(self.ledger, self.run, {"state": "finished", "answered": self.done, "score": 2.0,
                                        "low": 1.5, "high": 2.5, "outputs": self.done})  # fmt: skip
        self.ledger.close()


def test_a_page_follows_its_run_to_the_end(folder: Path) -> None:
    runner = Runner(folder)
    with going(folder) as board:
        status, page = get(board, f"/run/{runner.run}")
        assert status == 200 and "0 / 100" in seen(page)
        with closing(Stream(board, events_of(page))) as stream:
            assert stream.answer.getheader("content-type") == "text/event-stream; charset=utf-8"
            runner.go_on(30)
            assert "30 answered 70 to go" in seen(stream.until("facts", "30 / 100"))
            with runner.ledger.transaction() as connection:
                write_alarm(connection, runner.run, "loop", "loop in 50% of the last 20 outputs")
            stream.until("alarms", "loop in 50%")
            runner.go_on(40)
            shown = stream.until("failures", "35")
            assert "loop 35 50 %" in seen(shown) and "<polyline" in shown
            runner.go_on(30)
            runner.end()
            assert "levenshtein 2 (1.5 … 2.5)" in seen(stream.until("facts", "finished"))
        assert "finished, levenshtein 2" in seen(get(board, f"/run/{runner.run}")[1])


def test_the_list_of_runs_follows_too(folder: Path) -> None:
    with going(folder) as board:
        page = get(board, "/", **{"accept-language": "ja"})[1]
        with closing(Stream(board, events_of(page))) as stream:
            runner = Runner(folder)
            runner.go_on(42)
            assert "running" not in stream.until("runs", "42 / 100")  # in the page's language
            assert "40 %" in seen(get(board, "/")[1].split('id="part-trouble"')[0])
            runner.end()
            assert "slow" in stream.until("status", "終了")


def test_nothing_is_sent_while_nothing_is_recorded_and_a_stream_is_taken_up(folder: Path) -> None:
    runner = Runner(folder)
    with going(folder) as board:
        get(board, "/")  # what is worked out beside the page is there for the next
        time.sleep(1)
        page = get(board, f"/run/{runner.run}")[1]
        with closing(Stream(board, events_of(page))) as stream:
            assert next(stream.lines()) == "retry: 3000"
            runner.go_on(1)
            (parts, *_) = [next(stream.events())]
            assert "1 / 100" in seen(parts["facts"])
            seen_last = stream.id
        address = events_of(page)
        again = Stream(board, address, **{"last-event-id": seen_last})
        with closing(again):
            runner.go_on(1)
            assert "2 / 100" in seen(next(again.events())["facts"])
    runner.end()


def test_what_has_not_changed_is_not_sent_again(folder: Path) -> None:
    runner = Runner(folder)
    with going(folder) as board, closing(Stream(board, f"/events?run={runner.run}")) as stream:
        events = stream.events()
        assert {"facts", "failures", "run_status"} <= next(events).keys()
        runner.go_on(1)
        after = next(parts for parts in events if "1 / 100" in seen(parts.get("facts", "")))
        assert "run_status" not in after  # still 0 %: a screen reader has nothing to say
    runner.end()


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "http://evil.example"}, {"origin": "null"}, {"origin": f"https://{HOST}"},
        {"sec-fetch-site": "cross-site"}, {"sec-fetch-site": "same-site"},
        {"host": "evil.example"}, {"host": f"{HOST}.evil.example"},
        {"origin": f"http://{HOST}", "host": "evil.example"},
    ],
)  # fmt: skip
def test_other_sites_cannot_hold_a_stream(board: TestClient, headers: Mapping[str, str]) -> None:
    assert board.get("/events", headers=headers).status_code == 403


def test_a_stream_is_of_a_page_that_there_is_and_only_read(board: TestClient, gate: Gate) -> None:
    assert board.get("/events?run=99").status_code == 404
    assert board.get("/events?run=1;drop").status_code == 404
    own = {"origin": f"http://{HOST}", "sec-fetch-site": "same-origin"}
    assert board.head("/events?run=1", headers=own).status_code == 200
    own |= {"x-tesuji-token": gate.token}
    assert board.post("/events", headers=own).status_code == 405


def test_elsewhere_than_on_loopback_a_stream_takes_the_token(finished: Path) -> None:
    gate = Gate("0.0.0.0", 8377)
    with open_board(finished, gate) as board:
        assert board.get("/events").status_code == 403
        board.cookies.set(gate.cookie, gate.token)
        assert board.head("/events").status_code == 200


def test_there_are_only_so_many_streams_and_left_ones_make_room(finished: Path) -> None:
    with going(finished) as board:
        streams = [Stream(board, "/events?run=1") for _ in range(MOST)]
        for stream in streams:
            next(stream.lines())
        assert get(board, "/events?run=1")[0] == 503
        assert get(board, "/run/1")[0] == 200
        for stream in streams:
            stream.close()
        deadline = time.monotonic() + WAIT
        while (again := Stream(board, "/events?run=1")).answer.status == 503:
            again.close()
            assert time.monotonic() < deadline
            time.sleep(0.2)
        again.close()


@pytest.mark.skipif(sys.platform == "win32", reason="Ctrl-C is another thing there")
def test_ctrl_c_ends_the_streams_and_says_nothing(finished: Path) -> None:
    with served(finished, "--port", "0") as (process, address):
        board = address.partition("/?")[0]
        streams = [Stream(board, "/events?run=1"), Stream(board, "/events")]
        for stream in streams:
            next(stream.lines())
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=WAIT)
        assert (process.returncode, err) == (0, "")
        for stream in streams:
            assert list(stream.lines())[-1:] in ([], [""])  # an end, and no broken line
            stream.close()


def test_hostile_names_stay_in_their_event_and_are_text(folder: Path) -> None:
    runner = Runner(folder, entry=HOSTILE)
    with going(folder) as board:
        for path in ("/events", f"/events?run={runner.run}"):
            with closing(Stream(board, path)) as stream:
                parts = next(stream.events())
                everything = "".join(parts.values())
                assert "<script>" not in everything
                assert not re.search("[\u2028\u2029\u202e\r]", everything)
                runner.go_on(1)
                next(stream.events())
        page = get(board, "/")[1]
        assert "<script>" not in page and page.count("<script") == page.count("</script>")
    runner.end()


def test_a_writer_is_not_held_up_by_those_who_follow(folder: Path) -> None:
    with served(folder, "--port", "0") as (_, address):
        board = address.partition("/?")[0]
        streams = [Stream(board, path) for path in ("/events", "/events?run=1", "/events?run=2")]
        writer = sqlite3.connect(folder / FILE, timeout=0, isolation_level=None)
        for n in range(300):
            writer.execute("BEGIN IMMEDIATE")  # at once, or "database is locked"
            writer.execute("UPDATE runs SET reason = ? WHERE id = 1", (str(n),))
            writer.execute("COMMIT")
            time.sleep(0.005)
        writer.close()
        streams[1].until("facts", "finished: 299")
        for stream in streams:
            stream.close()


def test_a_ledger_that_breaks_ends_the_stream_and_no_more(folder: Path) -> None:
    with going(folder) as board:
        streams = [Stream(board, "/events?run=1"), Stream(board, "/events")]
        for stream in streams:
            next(stream.events())
        for path in folder.glob(f"{FILE}*"):
            path.unlink()
        (folder / FILE).write_bytes(b"no database" * 1000)
        for stream in streams:
            list(stream.lines())
            stream.close()
        assert get(board, "/run/1")[0] == 503
        assert get(board, "/static/board.css")[0] == 200


def test_making_parts_takes_a_tenth_of_the_time_at_most() -> None:
    made = 0

    async def make() -> Mapping[str, Part]:
        nonlocal made
        made += 1
        await asyncio.sleep(0.2)
        return {"part": make_part(str(made))}

    async def stamp() -> str:
        return str(made)

    async def follow() -> None:
        live = Live()
        scope = {"type": "http", "method": "GET", "headers": [], "query_string": b"since=x"}

        async def receive() -> dict[str, str]:
            await asyncio.sleep(WAIT)
            return {"type": "http.disconnect"}

        answer = live.answer(Request(scope, receive), stamp, make)
        asyncio.get_running_loop().call_later(3.5, live.end)
        assert [line async for line in answer.body_iterator]  # type: ignore[attr-defined]
        assert live.open == 0

    asyncio.run(follow())
    assert 1 <= made <= 2
