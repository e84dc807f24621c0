"""The first page: what is worked out beside it, what is left to spend, files that change."""

from __future__ import annotations

import asyncio
import html
import re
import shutil
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from time import monotonic, sleep

import pytest
from starlette.testclient import TestClient

import tesuji as tj
from tests.board.conftest import HOST, open_board
from tests.board.test_pages import HOSTILE, seen
from tesuji.board import checklist
from tesuji.board.app import make_app
from tesuji.board.checklist import next_moves
from tesuji.board.guard import Gate
from tesuji.board.later import Found, Later
from tesuji.board.loads import entry_load, limits
from tesuji.board.packed import LARGE, Packed, load_packed, pack
from tesuji.run.ledger import FILE, Ledger, list_runs
from tesuji.task.sample import Sample


def section(page: str, id: str) -> str:
    """The words of a section."""
    return seen(page.split(f'id="{id}"')[1].split("</section>")[0])


def edit(folder: Path, old: str, new: str) -> None:
    """Change competition.toml."""
    path = folder / "competition.toml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


@pytest.fixture
def opened(folder: Path, gate: Gate) -> Iterator[TestClient]:
    with open_board(folder, gate) as board:
        yield board


def test_a_planner_in_a_process_of_its_own_says_the_same(
    finished: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    task = tj.load(finished)

    async def both() -> list[Found[checklist.Moves]]:
        later = Later(patience=120.0)
        return [await next_moves(task, later, n, outputs) for n, outputs in ((1, 1), (2, 10**6))]

    here, beside = asyncio.run(both())
    assert here.value is not None and here.value.advice and here == beside


def test_what_takes_long_is_not_waited_for_and_comes_later(folder: Path, gate: Gate) -> None:
    ledger = sqlite3.connect(folder / FILE)
    ledger.execute("UPDATE runs SET outputs = 1000000 WHERE id IN (SELECT run FROM best)")
    ledger.commit()
    ledger.close()
    app = make_app(tj.load(folder), gate)
    with TestClient(app, base_url=f"http://{HOST}") as board:
        page = board.get("/").text
        assert "Being worked out" in section(page, "next")
        assert re.search(r'<a href="/">reload</a>', page)  # without any script
        assert "Best so far" in page and 'id="runs"' in page
        deadline = monotonic() + 120
        while "Being worked out" in (text := section(board.get("/").text, "next")):
            assert monotonic() < deadline
            sleep(0.2)
        assert "tesuji predict" in text


def test_a_planner_that_is_left_alone_ends_with_the_board(finished: Path) -> None:
    async def leave() -> None:
        later = Later()
        found = await next_moves(tj.load(finished), later, 1, 10**6)
        assert found == Found(None, False)
        await asyncio.wait_for(later.close(), 20)

    asyncio.run(leave())


def test_later_shows_what_was_known_while_it_looks_again() -> None:
    async def ask() -> list[Found[str]]:
        later, gates = Later(patience=0.05), {name: asyncio.Event() for name in "ab"}
        found = []

        async def work(name: str) -> str:
            await gates[name].wait()
            return name

        for name in "ab":
            found.append(await later.get("it", name, lambda name=name: work(name)))  # type: ignore[misc]
            gates[name].set()
            found.append(await later.get("it", name, lambda name=name: work(name)))  # type: ignore[misc]
        assert later.done == 2
        return found

    assert asyncio.run(ask()) == [
        Found(None, False), Found("a", True), Found("a", False), Found("b", True),
    ]  # fmt: skip


def test_an_entry_that_the_planner_cannot_read_is_said_where_the_moves_would_be(
    folder: Path, gate: Gate
) -> None:
    ledger = sqlite3.connect(folder / FILE)
    ledger.execute("""UPDATE runs SET entry_table = '{"model": "nano", "odd": 1}'""")
    ledger.commit()
    ledger.close()
    with open_board(folder, gate) as board:
        page = board.get("/")
        assert page.status_code == 200 and "unknown key 'odd'" in section(page.text, "next")


def test_the_budget_says_limit_need_and_spent(folder: Path, gate: Gate) -> None:
    task = tj.load(folder)
    with Ledger(folder / FILE) as ledger:
        runs = list_runs(ledger)
    best = tj.best(task).run
    need = len(task.test) * best.all_tokens_in / 200 + len(task.test) * best.all_tokens_out / 200
    if best.all_sent < best.outputs:  # scored on recorded outputs
        with Ledger(folder / FILE) as ledger:
            load = entry_load(task, ledger, best, runs)
            assert load is not None
            need = len(task.test) * (load.tokens_in + load.tokens_out)
    path = folder / "competition.toml"
    path.write_text(path.read_text() + "\n[limits]\ntokens = 1000\nseconds = 1e6\n")
    with open_board(folder, gate) as board:
        text = section(board.get("/").text, "budget")
    spent = sum(run.all_tokens_in + run.all_tokens_out for run in runs)
    assert f"tokens {spent:,} {need:,.0f} 1,000" in text and "too much" in text
    assert re.search(r"seconds [\d.,]+ [\d.,]+ 1,000,000 [\d.e-]+ %", text)
    assert "requests" in text and "none –" in text and "US dollars" not in text


def test_an_unknown_price_is_no_price(finished: Path) -> None:
    task = tj.load(finished)
    with Ledger(finished / FILE) as ledger:
        runs = list_runs(ledger)
    paid = [replace(runs[0], all_usd=1.5, all_sent=9), replace(runs[1], all_usd=None, all_sent=9)]
    (usd,) = (one for one in limits(replace(task, limits={"usd": 2.0}), None, paid)
              if one.name == "usd")  # fmt: skip
    assert (usd.spent, usd.needed, usd.share) == (None, None, None)


def test_a_changed_competition_is_taken_up(opened: TestClient, folder: Path) -> None:
    assert "levenshtein" in section(opened.get("/").text, "best")
    edit(folder, 'name = "llm-prompt-reverse"', 'name = "新しい名前"')
    assert "新しい名前" in opened.get("/run/1").text
    edit(folder, 'metric = "levenshtein"', 'metric = "exact"')
    page = opened.get("/").text
    assert "No run on the whole dev split" in section(page, "best")
    assert "other data or metric" in section(page, "runs")
    edit(folder, 'metric = "exact"', 'metric = "levenshtein"')
    assert "★ best" in section(opened.get("/").text, "runs")


def test_changed_data_are_taken_up(opened: TestClient, folder: Path) -> None:
    before = opened.get("/run/1/sample?id=1").text
    path = folder / "data/train.csv"
    head, _, rows = path.read_text().partition("\n")
    path.write_text(f"{head}\n" + re.sub(r"(?m)^[a-z]+,", "zzzqqq,", rows))
    after = opened.get("/run/1/sample?id=1").text
    assert "zzzqqq" in section_of_fields(after) and "zzzqqq" not in before
    path.write_text(f"{head}\n" + re.sub(r"(?m),[a-z]+$", ",zzzqqq", rows))
    assert "other data or metric" in section(opened.get("/").text, "runs")


def section_of_fields(page: str) -> str:
    return seen(page.split("Fields")[-1])


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("competition.toml", "name = ", "competition.toml"),
        ("competition.toml", "odd = 1\n", "odd"),
        ("competition.py", "def metric(:\n", "competition.py"),
        ("competition.py", f"raise ValueError({HOSTILE!r})\n", "<script>alert(1)</script>"),
    ],
)
def test_broken_files_are_said_in_a_line_and_the_old_rules_stay(
    opened: TestClient, folder: Path, name: str, text: str, words: str
) -> None:
    whole = (folder / name).read_text() if (folder / name).exists() else None
    assert 'class="trouble"' not in opened.get("/").text
    (folder / name).write_text(text)
    for _ in range(2):
        page = opened.get("/")
        assert page.status_code == 200 and "<script>" not in page.text
        (line,) = re.findall(r'<p class="trouble">(.*?)</p>', page.text, re.DOTALL)
        assert words in seen(line)
        assert "★ best" in section(page.text, "runs")
    if whole is None:
        (folder / name).unlink()
    else:
        (folder / name).write_text(whole)
    assert 'class="trouble"' not in opened.get("/").text


def test_a_ledger_that_is_begun_while_the_board_is_open(
    finished: Path, tmp_path: Path, gate: Gate
) -> None:
    fresh = tmp_path / "fresh"
    shutil.copytree(finished, fresh, ignore=shutil.ignore_patterns("ledger*", "entries"))
    with open_board(fresh, gate) as board:
        page = board.get("/").text
        assert "No run yet Look at one output first" in section(page, "best")
        assert 'data-copy="tesuji run"' in page and 'id="runs"' not in page
        task = tj.load(fresh)
        tj.run(task, entry=tj.Entry("base", "nano", task.template), limit=20)
        page = board.get("/").text
        assert "No run on the whole dev split" in section(page, "best")
        assert "1 base" in section(page, "runs")


def test_each_command_can_be_copied_and_is_named_for_it(board: TestClient) -> None:
    page = board.get("/").text
    found = re.findall(
        r'<code id="([\w-]+)">([^<]*)</code>\s*<button type="button" class="copy" hidden '
        r'data-copy="([^"]*)" aria-describedby="([\w-]+)">Copy</button>', page,
    )  # fmt: skip
    assert len(found) >= 5
    for code, shown, copied, described in found:
        assert code == described and html.unescape(copied).startswith("tesuji ")
        assert html.unescape(shown) == html.unescape(copied)


def test_a_long_list_of_runs_begins_with_the_newest(folder: Path, gate: Gate) -> None:
    ledger = sqlite3.connect(folder / FILE)
    columns = [row[1] for row in ledger.execute("PRAGMA table_info(runs)")]
    rest = ", ".join(name for name in columns if name not in ("id", "entry_digest"))
    ledger.execute(
        f"WITH RECURSIVE n(x) AS (SELECT 10 UNION ALL SELECT x + 1 FROM n WHERE x < 309) "
        f"INSERT INTO runs (id, entry_digest, {rest}) SELECT x, 'd' || x, {rest} FROM runs, n "
        "WHERE runs.id = 1"
    )
    ledger.commit()
    ledger.close()
    with open_board(folder, gate) as board:
        page = board.get("/").text
        assert 'href="/run/309"' in page and "the newest of 303" in section(page, "runs")
        assert len(page.encode()) < 200_000
        every = board.get("/?runs=all").text
        assert every.split('id="runs"')[1].count("<tr") == 304
        assert "runs=all" in every.split('data-live="')[1].split('"')[0]


def test_packed_samples_are_the_samples(finished: Path) -> None:
    rows = tuple(Sample(f"日本{n}", {"n": n, "text": "x" * (n % 7)}, n) for n in range(LARGE + 300))
    packed = Packed(rows)
    assert tuple(packed) == rows and len(packed) == len(rows)
    assert packed[0] == rows[0] and packed[-1] == rows[-1] and packed[200:300] == rows[200:300]
    assert all(packed.find(rows[n].id) == rows[n] for n in range(0, len(rows), 997))
    assert packed.find("none") is None and packed.find("") is None
    with pytest.raises(IndexError):
        packed[len(rows)]
    task = tj.load(finished)
    assert pack(task).dev == task.dev and pack(task).digest == task.digest


def test_a_competition_loaded_packed_is_the_same(
    finished: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tesuji.board.packed.LARGE", 150)  # of 100, 200 and 100 samples
    plain, packed = tj.load(finished), load_packed(finished)
    assert isinstance(packed.dev, Packed) and isinstance(packed.train, tuple)
    for split in ("train", "dev", "test"):
        assert tuple(packed.split(split)) == plain.split(split)
    assert packed.digest == plain.digest and packed.template == plain.template
    assert pack(packed).dev is packed.dev


def test_a_large_competition_shows_its_samples(
    folder: Path, gate: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    with open_board(folder, gate) as board:
        paths = ("/run/1/sample?id=1", "/run/1/sample?id=77", "/compare?a=1&b=2")
        plain = [board.get(path).text for path in paths]
    monkeypatch.setattr("tesuji.board.packed.LARGE", 10)
    with open_board(folder, gate) as board:
        assert [board.get(path).text for path in paths] == plain
