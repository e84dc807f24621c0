"""An export: all links lead to files in it, it says what is left out, and it keeps secrets."""

from __future__ import annotations

import html
import posixpath
import re
import shutil
import sqlite3
import subprocess
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import tesuji as tj
from tests.board.browsing import chromium
from tests.board.test_pages import HOSTILE, contents, seen
from tests.cli.terminal import command, environment
from tesuji.board.board import Board
from tesuji.board.export import Exported, export_board
from tesuji.board.new_folder import MARKER
from tesuji.board.places import is_of_export
from tesuji.board.relink import POLICY, relink
from tesuji.cli import main
from tesuji.errors import InputError, LedgerError
from tesuji.run.ledger import FILE, Ledger, write_note


class Tags(HTMLParser):
    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str]]] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, {name: value or "" for name, value in attrs}))


def pages(folder: Path) -> dict[str, str]:
    """The pages of an export by their names."""
    return {
        path.relative_to(folder).as_posix(): path.read_text("utf-8")
        for path in sorted(folder.rglob("*.html"))
    }


def files(folder: Path) -> dict[str, bytes]:
    found = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}


def check_links(folder: Path) -> None:
    """Whatever a page loads or leads to is a file of the export, and nothing else is asked for."""
    for name, page in pages(folder).items():
        tags = Tags(page).found
        kinds = {tag for tag, _ in tags}
        assert not kinds & {"form", "search", "input", "select", "textarea", "img"}, name
        assert all(a.get("class") == "copy" for tag, a in tags if tag == "button"), name
        marks = {attributes["id"] for _, attributes in tags if "id" in attributes}
        for tag, attributes in tags:
            assert not [key for key in attributes if key.startswith(("on", "style", "hx-"))], name
            for key in {"href", "src", "action"} & attributes.keys():
                link = attributes[key]
                assert re.match(r"[\w.#/-]+$", link) and not link.startswith("/"), (name, link)
                file, _, mark = link.partition("#")
                target = posixpath.normpath(posixpath.join(posixpath.dirname(name), file))
                assert (folder / target).is_file() if file else mark in marks, (name, tag, link)
        scripts = [a for tag, a in tags if tag == "script"]
        assert all("src" in a or a.get("type") == "application/json" for a in scripts)
        policies = [a for tag, a in tags if a.get("http-equiv") == "Content-Security-Policy"]
        assert [a["content"] for a in policies] == [POLICY]
        assert page.index("Content-Security-Policy") < page.index("<link")


@pytest.fixture(scope="module")
def exported(finished: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """An export by the command, in a process of its own, and what the command said."""
    folder = tmp_path_factory.mktemp("export") / "out"
    done = subprocess.run(
        command("board", "-C", finished, "--export", folder, "--samples", 7), env=environment(),
        capture_output=True, text=True, encoding="utf-8", check=False, timeout=200,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    return folder, done.stdout


def test_every_link_leads_to_a_file_of_the_export(exported: tuple[Path, str]) -> None:
    folder, _ = exported
    check_links(folder)
    assert all(is_of_export(name) or name == MARKER for name in files(folder))


def test_competition_runs_lists_samples_and_comparisons_are_there(
    exported: tuple[Path, str], finished: Path
) -> None:
    folder, said = exported
    found = pages(folder)
    task = tj.load(finished)
    assert (
        "What to do next" in found["index.html"] and tj.best(task).run.entry in found["index.html"]
    )
    for row in tj.runs(task).rows:
        assert row.entry in seen(found[f"run-{row.id}/index.html"])
        for kind in tj.runs(task).findings[row.id]:
            assert f"run-{row.id}/samples-kind-{kind}.html" in found
    chain = [1, tj.best(task).run.id]
    names = [name for name in found if re.fullmatch(r"compare-\d+-\d+\.html", name)]
    assert f"compare-{chain[0]}-{chain[-1]}.html" in names
    sentence = tj.compare(task, *chain).sentence(f"base (run {chain[0]})", "")
    assert sentence.partition(" than ")[2] in seen(found[f"compare-{chain[0]}-{chain[1]}.html"])
    for name in names:
        assert f'href="{name}"' in found["index.html"]
    assert f"{len(files(folder)):,} files" in said and "index.html: 3 runs" in said


def test_all_failing_samples_and_some_others_are_in_it(
    exported: tuple[Path, str], finished: Path
) -> None:
    folder, said = exported
    ledger = sqlite3.connect(finished / FILE)
    left_out = 0
    for run in (1, 2, 3):
        failing = {
            name for (name,) in ledger.execute(
                "SELECT sample FROM answers a WHERE run = ?1 AND (state <> 'answered' OR EXISTS "
                "(SELECT 1 FROM findings f WHERE f.run = ?1 AND f.sample = a.sample))", (run,)
            )
        }  # fmt: skip
        there = sorted((folder / f"run-{run}").glob("sample-*.html"))
        titles = [
            path.read_text("utf-8").split("<title>Sample ")[1].split(" ")[0] for path in there
        ]
        assert failing <= set(titles) and len(set(titles)) == len(titles)
        assert len(titles) >= min(200, len(failing) + 7)
        left_out += 200 - len(titles)
        page = seen((folder / f"run-{run}" / "index.html").read_text("utf-8"))
        assert f"{len(titles)} of 200 samples are in it: all {len(failing)} in which" in page
        assert f"Left out: {200 - len(titles)} without a failure" in page
        listed = seen((folder / f"run-{run}" / "samples.html").read_text("utf-8"))
        assert f" {len(titles)} samples" in listed
    assert left_out and f"left out: {left_out} samples without a failure (--samples all" in said
    assert "each run says how many" in seen((folder / "index.html").read_text("utf-8"))


def test_next_leads_through_all_samples_and_n_through_all_failures(
    exported: tuple[Path, str],
) -> None:
    folder = exported[0] / "run-1"

    def walk(name: str, key: str) -> list[str]:
        been = [name]
        pattern = rf'data-key="{key}" href="([^"]+)"'
        while found := re.search(pattern, (folder / been[-1]).read_text("utf-8")):
            been.append(found[1])
        return been

    first = re.search(r'class="row"[^>]* href="([^"]+)"', (folder / "samples.html").read_text())
    assert first
    every = walk(first[1], "j")
    assert sorted(every) == sorted(path.name for path in folder.glob("sample-*.html"))
    assert walk(every[-1], "k") == every[::-1]
    failing = walk(every[0], "n")[1:]
    assert set(failing) < set(every) and len(failing) > 50
    assert all("class=\"kind" in (folder / name).read_text("utf-8") or "readable" in
               (folder / name).read_text("utf-8") for name in failing)  # fmt: skip


@pytest.fixture
def small(folder: Path) -> Path:
    """The competition with the samples up to 30 alone."""
    ledger = sqlite3.connect(folder / FILE)
    for table in ("answers", "findings"):
        ledger.execute(f"DELETE FROM {table} WHERE CAST(sample AS INTEGER) > 30")
    ledger.commit()
    ledger.close()
    return folder


def export(folder: Path, target: Path, **options: object) -> Exported:
    return export_board(Board(tj.load(folder)), target, **options)  # type: ignore[arg-type]


def test_all_samples_in_japanese_with_nothing_left_out(small: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    ledger = sqlite3.connect(small / FILE)
    (total,) = ledger.execute("SELECT count(*) FROM answers WHERE run = 1").fetchone()
    ledger.close()
    done = export(small, out, others=None, language="ja")
    assert (done.samples, done.left_out) == (3 * total, 0) and total > 10
    found = pages(out)
    assert sum(re.match(r"run-\d/sample-", name) is not None for name in found) == 3 * total
    assert all('<html lang="ja">' in page for page in found.values())
    assert "次の一手" in found["index.html"]
    assert f"全 {total} 件を含みます" in found["run-1/samples.html"]
    assert len(ids_of(found, "run-1/samples")) == total
    check_links(out)


def ids_of(found: dict[str, str], start: str) -> set[str]:
    """The sample pages that the pages of a list lead to."""
    names = [name for name in found if re.fullmatch(rf"{start}(-\d+)?\.html", name)]
    return {
        link for name in names for link in re.findall(r'href="(sample-\d+\.html)"', found[name])
    }


def test_notes_are_read_and_pairs_of_outputs_stand_side_by_side(
    small: Path, tmp_path: Path
) -> None:
    task = tj.load(small)
    with Ledger(small / FILE) as ledger:
        write_note(ledger, task.digest, "dev", "1", "この正解は誤り <b>", ["look again"])
    export(small, tmp_path / "out", others=0)
    found = pages(tmp_path / "out")
    noted = [page for page in found.values() if "この正解は誤り &lt;b&gt;" in page]
    assert noted and all("look again" in seen(page) for page in noted)
    assert "Save" not in seen("".join(found.values()))
    pairs = [name for name in found if re.fullmatch(r"compare-\d+-\d+/sample-\d+\.html", name)]
    assert pairs and all("Side by side" in found[name] for name in pairs)
    for name in pairs:
        folder, _, page = name.partition("/")
        assert f'href="{name}"' in found[f"{folder}.html"]
        assert f"../run-{folder.split('-')[2]}/{page}" in found[name]


def test_the_same_ledger_makes_the_same_files_and_is_left_as_it_is(
    small: Path, tmp_path: Path
) -> None:
    before = contents(small)
    for name in ("one", "two"):
        export(small, tmp_path / name, others=0)
    assert files(tmp_path / "one") == files(tmp_path / "two")
    assert contents(small) == before


def test_before_any_run_there_is_a_page_as_well(finished: Path, tmp_path: Path) -> None:
    fresh = tmp_path / "fresh"
    shutil.copytree(finished, fresh, ignore=shutil.ignore_patterns("ledger*", "entries"))
    export(fresh, tmp_path / "out")
    assert "No run yet" in (tmp_path / "out" / "index.html").read_text("utf-8")
    assert not (fresh / FILE).exists()
    check_links(tmp_path / "out")


def test_nothing_tells_where_it_was_made_or_by_whom(
    small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "people" / "jane-doe"
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("OPENAI_API_KEY", "sk-never-shown")
    models = [f"hf:{small}/models/best", f"hf:{home}/model", "http://me:pass-word@gpu:8000/v1#m"]
    ledger = sqlite3.connect(small / FILE)
    for run, model in enumerate(models, 1):
        table = f'{{"model": "{model}", "flow": "ask", "prompt": {{"user": "x"}}}}'
        ledger.execute("UPDATE runs SET model = ?, entry_table = ? WHERE id = ?",
                       (model, table, run))  # fmt: skip
    ledger.execute("UPDATE answers SET state = 'error', reason = ? WHERE sample = '2'",
                   (f"{small.resolve()}/models: no such file",))  # fmt: skip
    ledger.commit()
    ledger.close()
    export(small, tmp_path / "out", others=0)
    everything = b"\n".join(files(tmp_path / "out").values()).decode("utf-8")
    for secret in (str(small), str(tmp_path), "jane-doe", "pass-word", "sk-never-shown", "token="):
        assert secret not in everything
    assert "hf:./models/best" in everything and "hf:~/model" in everything
    assert "http://gpu:8000/v1#m" in everything


def test_hostile_texts_stay_text_and_name_no_file(small: Path, tmp_path: Path) -> None:
    ledger = sqlite3.connect(small / FILE)
    ledger.execute("UPDATE texts SET body = ? || body", (HOSTILE,))
    ledger.execute("UPDATE runs SET model = ?1, reason = ?1", (HOSTILE,))
    hostile = (
        HOSTILE,
        "../../../escape",
        "/etc/passwd",
        "a/b\\c:d*?",
        "index.html",
        "con",
        "",
        "名前",
    )
    known = ledger.execute("SELECT sample FROM answers WHERE run = 1 LIMIT ?", (len(hostile),))
    for name, (old,) in zip(hostile, known.fetchall(), strict=True):
        for table in ("answers", "findings"):
            ledger.execute(f"UPDATE {table} SET sample = ? WHERE sample = ?", (name, old))
    ledger.execute("UPDATE answers SET state = 'unparsed'")
    ledger.commit()
    ledger.close()
    export(small, tmp_path / "deep" / "out", others=0)
    found = pages(tmp_path / "deep" / "out")
    assert all(is_of_export(name) for name in found)
    assert {path.name for path in tmp_path.iterdir()} == {"deep", "reverse"}
    assert all("<script>" not in page and "\u202e" not in page for page in found.values())
    titles = html.unescape("\n".join(re.findall("<title>.*</title>", "".join(found.values()))))
    assert "Sample ../../../escape ·" in titles and "Sample 名前 ·" in titles
    check_links(tmp_path / "deep" / "out")


def test_an_earlier_export_is_replaced_and_nothing_else(
    small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out"
    out.mkdir()
    export(small, out, others=200)  # an empty folder
    (out / ".DS_Store").write_bytes(b"left by a file manager")
    many = len(files(out))
    export(small, out, others=0)
    assert len(files(out)) < many and MARKER in files(out)

    (out / "run-1" / "notes.txt").write_text("mine")
    before = files(out)
    with pytest.raises(InputError, match=r"out: would be replaced, but it has run-1/notes.txt in"):
        export(small, out)
    assert files(out) == before

    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "index.html").write_text("my own page")
    with pytest.raises(InputError, match="it is no earlier export: name a new folder"):
        export(small, mine)
    with pytest.raises(InputError, match="a file; name a folder"):
        export(small, mine / "index.html")
    monkeypatch.chdir(mine)
    with pytest.raises(InputError, match="the current folder is in it"):
        export(small, Path())
    assert sorted(path.name for path in tmp_path.iterdir()) == ["mine", "out", "reverse"]


@pytest.mark.parametrize("old", [False, True])
def test_what_stops_leaves_nothing_behind(small: Path, tmp_path: Path, old: bool) -> None:
    out = tmp_path / "out"
    if old:
        export(small, out, others=0)
    before = files(out)

    def stop(done: int, total: int) -> None:
        assert 0 < done <= total
        if done == 5:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        export(small, out, watch=stop)
    (small / FILE).unlink()
    (small / FILE).write_bytes(b"no database" * 1000)
    with pytest.raises(LedgerError, match="not a readable ledger"):
        export(small, out)
    assert files(out) == before and out.exists() == old
    assert {path.name for path in tmp_path.iterdir()} <= {"out", "reverse"}


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--samples", "3"), "--samples goes with --export DIR"),
        (("--lang", "ja"), "--lang goes with --export DIR"),
        (("--export", "out", "--port", "0"), "--port goes with a board that is served"),
        (("--export", "out", "--samples", "-1"), "a number or `all`"),
        (("--export", "out", "--lang", "de"), "'de' is not one of 'en', 'ja'"),
        (("--export", "competition.toml"), "a file; name a folder"),
        (("--target", "x"), "--target goes with a FILE of outputs"),
    ],
)
def test_what_is_wrong_is_said_in_a_line(
    options: tuple[str, ...], words: str, finished: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    monkeypatch.chdir(finished)
    with pytest.raises(SystemExit) as exit:
        main(["board", *options])
    said = capsys.readouterr()
    assert exit.value.code == 2 and said.err.count("\n") == 1 and words in said.err
    assert not (finished / "out").exists()


def test_links_forms_and_addresses_of_a_page() -> None:
    find = {"/": "index.html", "/run/1": "run-1/index.html"}.get
    page = (
        '<head><meta name="csrf" content="secret"></head><a class="row" data-key="/" href="/">a</a>'
        '<a class="row" lang="ja" href="/run/2" data-key="j">b &amp; <b>c</b></a>'
        '<a href="//elsewhere/">d</a><a href="https://elsewhere/">e</a><a href="#x">f</a>'
        '<search><form action="/post"><input name="token" value="secret"></form></search>'
        '<div data-live="/events" hx-get="/x" class="k">g</div><a href="/run/1#x">h</a>'
    )
    changed = relink(page, "run-1/samples.html", find)
    assert "secret" not in changed and "/events" not in changed and "hx-" not in changed
    assert changed.partition("</head>")[2] == (
        '<a class="row" data-key="/" href="../index.html">a</a>'
        '<span class="row" lang="ja">b &amp; <b>c</b></span>'
        '<span>d</span><span>e</span><a href="#x">f</a>'
        '<div data-live="" class="k">g</div><a href="index.html#x">h</a>'
    )


@given(st.text())
def test_texts_stay_letter_by_letter(text: str) -> None:
    page = f'<pre title="{html.escape(text)}">{html.escape(text)}</pre>'
    assert relink(page, "index.html", lambda address: None) == page


def test_it_opens_from_disk_in_a_browser(exported: tuple[Path, str]) -> None:
    """Style and script are let in by the pages' own policy, and the keys work."""
    folder, _ = exported
    with chromium() as browser:
        page = browser.new_page()
        wrong: list[str] = []
        page.on("console", lambda message: wrong.append(message.text))
        page.on("requestfailed", lambda request: wrong.append(request.url))
        page.goto((folder / "run-1" / "samples.html").as_uri())
        style = "getComputedStyle(document.querySelector('.crumbs')).listStyleType"
        assert page.evaluate(style) == "none"
        page.keyboard.press("j")
        page.keyboard.press("Enter")
        page.wait_for_url("**/sample-*.html")
        before = page.url
        page.keyboard.press("j")
        page.wait_for_url(lambda url: url != before)
        page.keyboard.press("k")
        page.wait_for_url(before)
        page.keyboard.press("/")
        page.wait_for_url("**/samples.html")
        page.goto((folder / "index.html").as_uri())
        assert wrong == []
