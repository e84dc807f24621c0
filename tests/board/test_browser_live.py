"""Following a run, plots and commands to copy, in Chromium.

Skipped by name where Chromium is not installed.
"""

from __future__ import annotations

import shutil
import sqlite3
import time
from collections.abc import Callable, Iterator
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.board.conftest import open_board
from tests.board.test_live import WAIT, Runner, going
from tesuji.board.app import ASSETS
from tesuji.board.guard import Gate
from tesuji.run.ledger import FILE

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

browsing = pytest.importorskip("tests.board.browsing")
pytestmark = pytest.mark.xdist_group("browser")  # one browser


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with browsing.chromium() as found:
        yield found


def until(page: Page, so: Callable[[], Any]) -> None:
    """Wait until it is so. (`wait_for_function` evaluates strings, which the policy forbids.)"""
    deadline = time.monotonic() + WAIT
    while not so():
        assert time.monotonic() < deadline
        page.wait_for_timeout(100)


def test_a_run_is_followed_without_a_reload(browser: Browser, folder: Path) -> None:
    runner = Runner(folder)
    with going(folder) as board, browsing.visitor(browser) as page:
        page.goto(f"{board}/run/{runner.run}")
        page.evaluate("window.same = true")
        runner.go_on(40)
        until(page, lambda: "40 / 100" in page.inner_text("#part-facts"))
        assert page.inner_text("#part-run_status").strip() == "running, 40 %"
        assert page.locator("progress").get_attribute("value") == "40"
        runner.go_on(60)
        runner.end()
        until(page, lambda: "finished" in page.inner_text("#part-run_status"))
        assert page.locator("progress").count() == 0 and page.evaluate("window.same") is True
        page.goto("about:blank")  # lets go of the stream


def test_focus_open_tables_and_marked_text_stay(browser: Browser, folder: Path) -> None:
    ledger = sqlite3.connect(folder / FILE)

    def rename(name: str) -> None:
        ledger.execute("UPDATE runs SET entry = ? WHERE id = 3", (name,))
        ledger.commit()

    with going(folder) as board, browsing.visitor(browser) as page:
        page.goto(board)
        page.locator("#plot-figures summary").click()
        link = page.locator("#part-runs a[href='/run/2']")
        link.focus()
        rename("first-change")
        until(page, lambda: "first-change" in page.inner_text("#part-runs"))
        assert page.evaluate("document.activeElement.getAttribute('href')") == "/run/2"
        assert page.locator("#plot-figures table").is_visible()
        page.evaluate("getSelection().selectAllChildren(document.querySelector('#part-runs'))")
        rename("second-change")
        until(page, lambda: "second-change" in page.inner_text("#part-plots"))
        assert "second-change" not in page.inner_text("#part-runs")
        page.evaluate("getSelection().removeAllRanges()")
        until(page, lambda: "second-change" in page.inner_text("#part-runs"))
        page.goto("about:blank")
    ledger.close()


def drawn(page: Page) -> int:
    """How many plots have something on them."""
    return int(page.evaluate(
        "[...document.querySelectorAll('.plot canvas')].filter((c) => "
        "c.getContext('2d').getImageData(0, 0, c.width, c.height).data.some((v) => v)).length"
    ))  # fmt: skip


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_plots_are_drawn_and_a_point_leads_to_its_run(
    browser: Browser, finished: Path, scheme: str
) -> None:
    with going(finished) as board, browsing.visitor(browser, color_scheme=scheme) as page:
        page.goto(board)
        until(page, lambda: drawn(page) == 3)
        box = page.locator("[data-plot=time] .u-over").bounding_box()
        assert box is not None
        said = page.locator(".pointed")
        for step in range(100):  # down the left third, where the first run is
            page.mouse.move(box["x"] + box["width"] / 6, box["y"] + box["height"] * step / 100)
            if said.inner_text().startswith("Run 1 · base"):
                break
        page.mouse.down()
        page.mouse.up()
        page.wait_for_url("**/run/1")
        page.goto("about:blank")


def test_plots_are_drawn_from_disk(
    browser: Browser, finished: Path, tmp_path: Path, gate: Gate
) -> None:
    with open_board(finished, gate) as board:
        text = board.get("/").text.replace('"/static/', '"')
    (tmp_path / "index.html").write_text(text, encoding="utf-8")
    for name in ASSETS:
        shutil.copy(str(files("tesuji.board").joinpath("static", name)), tmp_path / name)
    with browsing.visitor(browser) as page:
        page.goto((tmp_path / "index.html").as_uri())
        until(page, lambda: drawn(page) == 3)


def test_a_command_is_copied_by_the_keyboard(browser: Browser, finished: Path) -> None:
    with (
        going(finished) as board,
        browsing.visitor(browser, permissions=["clipboard-read", "clipboard-write"]) as page,
    ):
        page.goto(board)
        button = page.locator("button.copy").first
        button.focus()
        page.keyboard.press("Enter")
        until(page, lambda: page.locator(".heard").inner_text() == "Copied")
        copied = page.evaluate("navigator.clipboard.readText()")
        assert copied.startswith("tesuji ") and copied == button.get_attribute("data-copy")
        page.goto("about:blank")


def test_without_a_clipboard_the_command_is_selected(browser: Browser, finished: Path) -> None:
    with going(finished) as board, browsing.visitor(browser) as page:
        page.add_init_script("Object.defineProperty(navigator, 'clipboard', {value: undefined})")
        page.goto(board)
        page.locator("button.copy").first.click()
        until(page, lambda: page.evaluate("getSelection().toString()").startswith("tesuji "))
        until(page, lambda: "Selected" in page.locator(".heard").inner_text())
        page.goto("about:blank")


def test_without_scripts_there_are_tables_and_no_dead_buttons(
    browser: Browser, finished: Path
) -> None:
    with going(finished) as board, browsing.visitor(browser, java_script_enabled=False) as page:
        page.goto(board)
        assert page.locator("button.copy:visible").count() == 0
        assert page.locator(".plot:visible, .pointed:visible").count() == 0
        page.locator("#plot-figures summary").click()
        assert page.locator("#plot-figures tbody tr").count() == 3


def test_a_board_that_is_gone_is_said(browser: Browser, finished: Path) -> None:
    context = browser.new_context()
    page = context.new_page()  # the browser complains of the connection: not a `visitor`
    with going(finished) as board:
        page.goto(board)
        page.wait_for_timeout(300)
    until(page, lambda: "not reached any more" in page.locator(".trouble").all_inner_texts()[-1])
    context.close()
