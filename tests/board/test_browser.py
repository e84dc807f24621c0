"""The board as a person uses it, in Chromium.

Skipped by name where Chromium is not installed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.board.browsing import chromium, faults, visitor
from tests.board.test_serving import served

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.xdist_group("browser")  # one browser, one board


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as found:
        yield found


@pytest.fixture(scope="module")
def address(browser: Browser, finished: Path) -> Iterator[str]:
    """A board over the finished competition: the address that hands over the token."""
    with served(finished, "--port", "0") as (_, printed):
        yield printed


def base(address: str) -> str:
    """The address without the token."""
    return address.split("/?")[0]


PAGES = {
    "competition": "/",
    "run": "/run/1",
    "samples": "/run/1/samples",
    "failures": "/run/1/samples?kind=any",
    "sample": "/run/1/samples?kind=preamble",  # and then its first row
    "compare": "/compare?a=1&b=2",
}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_no_serious_fault(browser: Browser, address: str, name: str, scheme: str) -> None:
    with visitor(browser, color_scheme=scheme) as page:
        page.goto(address)
        page.goto(base(address) + PAGES[name])
        if name == "sample":
            page.locator("a.row").first.click()
            page.wait_for_url("**/sample?**")
        assert faults(page) == []


def test_a_first_look_then_every_failure_by_one_key(browser: Browser, address: str) -> None:
    with visitor(browser) as page:
        page.goto(address)
        assert "token" not in page.url
        assert page.get_by_role("heading", name="What to do next").is_visible()
        page.goto(f"{base(address)}/run/1")
        page.get_by_role("link", name="any failure").click()
        status = page.get_by_role("status").first.inner_text()
        failing = int(re.sub(r"\D", "", status.split()[0]))
        assert 0 < failing < 200
        page.locator("a.row").first.click()
        page.wait_for_url("**/sample?**")
        seen = [page.url]
        for _ in range(3):
            page.keyboard.press("n")
            page.wait_for_url(lambda url: url != seen[-1])
            seen.append(page.url)
            assert page.locator("pre.output mark").count() > 0
        assert len(set(seen)) == 4
        page.keyboard.press("k")
        page.wait_for_url(lambda url: url != seen[-1])


def test_a_filter_by_text_without_the_mouse(browser: Browser, address: str) -> None:
    with visitor(browser) as page:
        page.goto(f"{base(address)}/run/1/samples")
        page.keyboard.press("/")
        page.keyboard.type("Sure")
        page.keyboard.press("Enter")
        page.wait_for_url("**text=Sure**")
        page.locator("a.row").first.click()
        page.wait_for_url("**/sample?**")
        assert "Sure" in page.locator("pre.output").first.inner_text()


def test_a_filter_by_pattern(browser: Browser, address: str) -> None:
    with visitor(browser) as page:
        page.goto(f"{base(address)}/run/1/samples")
        page.get_by_label("Regular expression").fill(r"^Sure!\s")
        page.keyboard.press("Enter")
        page.wait_for_url("**pattern=**")
        assert page.get_by_role("status").first.inner_text().split()[0] != "0"


def test_a_note_is_kept_shown_and_found(browser: Browser, folder: Path) -> None:
    with served(folder, "--port", "0") as (_, printed), visitor(browser) as page:
        page.goto(printed)
        page.goto(f"{base(printed)}/run/1/samples")
        page.locator("a.row").first.click()
        page.wait_for_url("**/sample?**")
        page.get_by_role("textbox", name="Note", exact=True).fill("<b>目標が違う</b>")
        page.get_by_label("More tags, with commas between").fill("wrong target")
        page.get_by_role("button", name="Save").click()
        page.locator("[data-note] [role=status]").get_by_text("saved").wait_for()
        assert "/sample?" in page.url  # saved in place
        page.reload()
        assert (
            page.get_by_role("textbox", name="Note", exact=True).input_value()
            == "<b>目標が違う</b>"
        )
        page.goto(f"{base(printed)}/run/2/samples?tag=wrong+target")
        assert page.get_by_role("status").first.inner_text().startswith("1 ")
        assert page.locator("main b", has_text="目標").count() == 0


def test_flipped_samples_are_gone_through_by_key(browser: Browser, address: str) -> None:
    with visitor(browser) as page:
        page.goto(f"{base(address)}/compare?a=1&b=3")
        page.locator("main a[href*='/compare/sample?']").first.click()
        page.wait_for_url("**/compare/sample?**")
        assert page.locator("main ins, main del").count() > 0
        before = page.url
        page.keyboard.press("j")
        page.wait_for_url(lambda url: url != before)
        assert "/compare/sample?" in page.url
        assert faults(page) == []


def test_two_runs_are_told_apart_in_a_sentence(browser: Browser, address: str) -> None:
    with visitor(browser) as page:
        page.goto(f"{base(address)}/run/2")
        page.get_by_role("button", name="Show").click()
        page.wait_for_url("**/compare**")
        assert "mended (run 3)" in page.locator("main").inner_text()
        page.locator("main a[href*='/sample?']").first.click()
        page.wait_for_url("**/sample?**")


def test_it_speaks_japanese_to_a_japanese_browser(browser: Browser, address: str) -> None:
    with visitor(browser, locale="ja-JP") as page:
        page.goto(address)
        assert page.get_by_role("heading", name="次の一手").is_visible()
        assert page.evaluate("document.documentElement.lang") == "ja"
        assert faults(page) == []
        page.get_by_role("link", name="English").click()
        assert page.get_by_role("heading", name="What to do next").is_visible()
        page.goto(f"{base(address)}/run/1")
        assert page.evaluate("document.documentElement.lang") == "en"


@pytest.mark.parametrize("path", ["/", "/run/1", "/run/1/samples", "/compare?a=1&b=2"])
def test_pages_are_light(browser: Browser, address: str, path: str) -> None:
    """All that a page loads, at most 300 kB."""
    weights: list[int] = []
    with visitor(browser) as page:
        page.on("response", lambda answer: weights.append(len(answer.body())))
        page.goto(base(address) + path, wait_until="networkidle")
    assert 0 < sum(weights) <= 300_000


def test_a_narrow_window_needs_no_sideways_scroll_of_the_page(
    browser: Browser, address: str
) -> None:
    with visitor(browser, viewport={"width": 360, "height": 640}) as page:
        for path in ("/", "/run/1", "/run/1/samples"):
            page.goto(base(address) + path)
            assert page.evaluate("document.documentElement.scrollWidth") <= 360, path
