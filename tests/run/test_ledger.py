"""The ledger: what is in it stays, whatever happens to the process, the file or the disk."""

from __future__ import annotations

import asyncio
import os
import signal
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.soak import soak
from tests.run.conftest import Play, Scripted, add
from tesuji.errors import InputError, LedgerError
from tesuji.models.base import Output, Request, Sampling, TokenLogprob
from tesuji.run.entry import Entry
from tesuji.run.ledger import (
    Ledger,
    find_output,
    find_run,
    iter_records,
    output_key,
    record_output,
)
from tesuji.run.ledger.schema import MIGRATIONS
from tesuji.run.runner import run_entry
from tesuji.task.formats.base import Grammar
from tesuji.task.sample import Message
from tesuji.task.task import Task

HELLO = Request((Message("user", "hello"),))


def record(ledger: Ledger, request: Request, output: Output) -> None:
    key = output_key("m", request)
    asyncio.run(record_output(ledger, key, "m", request, output))


def test_an_output_comes_back_as_it_was(ledger: Ledger) -> None:
    output = Output(
        "line\r\n日本語 \x00 \u2028 🎌", "length", 3, 5, 0.25,
        (TokenLogprob("a", -0.5, (("a", -0.5), ("b", -1.25))),),
    )  # fmt: skip
    record(ledger, HELLO, output)
    assert find_output(ledger, output_key("m", HELLO)) == output


@pytest.mark.parametrize(
    "other",
    [
        Request((Message("system", "hello"),)),
        Request((Message("user", "hello "),)),
        Request((Message("user", "hel"), Message("user", "lo"))),
        Request(HELLO.messages, Sampling(temperature=0.5)),
        Request(HELLO.messages, Sampling(stop=("x",))),
        Request(HELLO.messages, Sampling(grammar=Grammar("regex", "a"))),
        Request(HELLO.messages, index=1),
    ],
)
def test_what_shapes_an_output_is_in_its_key(other: Request) -> None:
    assert output_key("m", other) != output_key("m", HELLO)
    assert output_key("n", HELLO) != output_key("m", HELLO)


def test_how_many_draws_are_wanted_is_not_in_the_key() -> None:
    assert output_key("m", Request(HELLO.messages, n=8)) == output_key("m", HELLO)


def test_the_first_recorded_output_stays(ledger: Ledger) -> None:
    record(ledger, HELLO, Output("first", "stop"))
    record(ledger, HELLO, Output("second", "stop"))
    found = find_output(ledger, output_key("m", HELLO))
    assert found is not None and found.text == "first"


def test_two_processes_share_a_ledger(ledger: Ledger) -> None:
    code = (
        "import asyncio, sys\n"
        "from tesuji.models.base import *\n"
        "from tesuji.run.ledger import *\n"
        "from tesuji.task.sample import Message\n"
        "async def main(start):\n"
        "    with Ledger(sys.argv[1]) as ledger:\n"
        "        async def worker(numbers):\n"
        "            for n in numbers:\n"
        "                request = Request((Message('user', str(n)),))\n"
        "                key = output_key('m', request)\n"
        "                output = Output(str(n), 'stop')\n"
        "                await record_output(ledger, key, 'm', request, output)\n"
        "                assert find_output(ledger, key) == output\n"
        "        numbers = iter(range(start, start + 2000))\n"
        "        await asyncio.gather(*(worker(numbers) for _ in range(16)))\n"
        "asyncio.run(main(int(sys.argv[2])))\n"
    )
    children = [
        subprocess.Popen([sys.executable, "-c", code, str(ledger.path), str(start)])
        for start in (0, 1000)  # a thousand of them twice
    ]
    assert [child.wait(120) for child in children] == [0, 0]
    assert ledger.row("SELECT COUNT(*), COUNT(DISTINCT key) FROM outputs") == (3000, 3000)
    assert ledger.row("SELECT COUNT(*) FROM texts") == (3000,)
    assert ledger.row("PRAGMA integrity_check") == ("ok",)


def test_an_empty_file_becomes_a_ledger_and_a_newer_one_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "l.db"
    path.touch()
    Ledger(path).close()
    with sqlite3.connect(path) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (len(MIGRATIONS),)
        connection.execute(f"PRAGMA user_version = {len(MIGRATIONS) + 1}")
    with pytest.raises(LedgerError, match="newer Tesuji"):
        Ledger(path)


def test_a_damaged_file_is_one_clear_line_and_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "l.db"
    path.write_bytes(b"this is no database" * 100)
    with pytest.raises(LedgerError, match="not a readable ledger") as error:
        Ledger(path)
    assert str(path) in str(error.value)
    assert "\n" not in str(error.value)
    assert path.read_bytes() == b"this is no database" * 100


def test_a_folder_in_its_place_or_none_at_all(tmp_path: Path) -> None:
    (tmp_path / "l.db").mkdir()
    with pytest.raises(LedgerError, match="is a folder"):
        Ledger(tmp_path / "l.db")
    with pytest.raises(LedgerError, match="cannot be written"):
        Ledger(tmp_path / "nowhere" / "l.db")


@pytest.mark.skipif(os.name == "nt", reason="POSIX permissions")
def test_a_read_only_folder() -> None:
    with tempfile.TemporaryDirectory() as folder:  # where another user may look, too
        Path(folder).chmod(0o555)
        said = _said_as_an_ordinary_user(lambda: Ledger(Path(folder) / "l.db"))
    assert "LedgerError" in said
    assert "check the folder's permissions" in said


def _said_as_an_ordinary_user(call: Callable[[], object]) -> str:
    """What `call` raises where the user is not root, whom no permission binds."""

    def as_nobody() -> None:
        if os.geteuid() == 0:
            os.setuid(65534)
        call()

    return _said_in_another_process(as_nobody)


def _said_in_another_process(call: Callable[[], object]) -> str:
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            call()
        except Exception as error:
            os.write(writing, f"{type(error).__name__}: {error}".encode())
        os._exit(0)
    os.close(writing)
    os.waitpid(child, 0)
    with os.fdopen(reading) as pipe:
        return pipe.read()


def test_a_full_disk_ends_the_run_and_loses_nothing(play: Play, ledger: Ledger) -> None:
    pages = ledger.row("PRAGMA page_count")
    assert pages is not None
    ledger.connection.execute(f"PRAGMA max_page_count = {pages[0] + 3}")  # SQLite's own "full"
    with pytest.raises(LedgerError, match="the disk is full"):
        play(Scripted(lambda request: add(request) + " " + "x" * 3000))
    ledger.connection.execute("PRAGMA max_page_count = 100000")
    assert ledger.row("PRAGMA integrity_check") == ("ok",)
    kept = ledger.row("SELECT COUNT(*) FROM outputs")
    done = play(Scripted(lambda request: add(request) + " " + "x" * 3000))
    assert kept is not None
    assert done.cached == kept[0]
    assert done.answered == 20


def test_a_write_that_nobody_waited_for_fails_for_those_who_come_after(ledger: Ledger) -> None:
    def impossible(connection: sqlite3.Connection) -> None:
        connection.execute("INSERT INTO nowhere VALUES (1)")

    async def write() -> None:
        ledger.append(impossible)
        while ledger.pending:
            await asyncio.sleep(0.001)
        key = output_key("m", HELLO)
        await asyncio.wait_for(record_output(ledger, key, "m", HELLO, Output("x", "stop")), 10)

    with pytest.raises(LedgerError, match="nowhere"):
        asyncio.run(write())
    with pytest.raises(LedgerError, match="nowhere"):
        ledger.flush()  # told to whoever closes the ledger, too
    record(ledger, HELLO, Output("x", "stop"))


@pytest.mark.skipif(os.name == "nt", reason="POSIX limits")
def test_a_limit_on_the_size_of_files_loses_nothing(ledger: Ledger) -> None:
    def fill() -> None:
        import resource

        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, 1_000_000))
        with Ledger(ledger.path) as mine:
            for n in range(1000):
                record(mine, Request((Message("user", str(n)),)), Output("x" * 3000, "stop"))

    ledger.connection.close()  # SQLite must not be carried across a fork
    said = _said_in_another_process(fill)
    assert said.startswith("LedgerError") and "nothing recorded is lost" in said
    with Ledger(ledger.path) as again:
        assert again.row("PRAGMA integrity_check") == ("ok",)
        kept = again.row("SELECT COUNT(*), MIN(length(body)) FROM texts")
        assert kept is not None and kept[0] > 20 and kept[1] == 3000


def test_pages_that_were_overwritten_are_one_clear_line(play: Play, ledger: Ledger) -> None:
    run = play(Scripted(lambda request: add(request) + " " + "x" * 3000))
    ledger.close()
    size = ledger.path.stat().st_size
    with ledger.path.open("r+b") as file:
        for at in range(size // 8192 * 4096, size, 4096):  # the schema stands at the beginning
            file.seek(at)
            file.write(b"\xff" * 4096)
    with Ledger(ledger.path) as damaged:
        for look in (
            lambda: list(iter_records(damaged, run.id)),
            lambda: damaged.rows("SELECT * FROM texts"),
        ):
            with pytest.raises(LedgerError, match="not a readable ledger") as error:
                look()
            assert "\n" not in str(error.value)


def test_a_run_is_found_by_number_and_by_name(play: Play, ledger: Ledger) -> None:
    run = play(Scripted(add))
    assert find_run(ledger, str(run.id)).id == run.id
    assert find_run(ledger, "base").id == run.id
    with pytest.raises(InputError, match=r"there is no run of 'bas'; there are: 1 \(base\)"):
        find_run(ledger, "bas")
    with pytest.raises(InputError, match="there is no run 99"):
        find_run(ledger, "99")


@pytest.mark.skipif(os.name == "nt", reason="SIGKILL")
def test_kill_9_loses_no_output_and_pays_for_none_twice(tmp_path: Path) -> None:
    done = soak(tmp_path / "soak", kills=6, samples=300)  # which raises if it were otherwise
    assert done.kills == 6 and done.finished >= 2


def test_a_name_means_the_newest_run_that_has_a_score(
    play: Play, task: Task, entry: Entry, ledger: Ledger
) -> None:
    scored = play(Scripted(add))
    unknown = [replace(sample, target=None) for sample in task.dev[:3]]
    predicted = asyncio.run(
        run_entry(task, entry, unknown, split="test", model=Scripted(add), ledger=ledger)
    )
    assert find_run(ledger, "base").id == predicted.id
    assert find_run(ledger, "base", scored=True).id == scored.id
