"""The Japanese pages in Chromium: no fault that axe knows, no word in two, bars that look bad."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.board.browsing import chromium, faults, visitor
from tests.board.test_serving import served

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.xdist_group("browser")

PAGES = (
    "/", "/run/1", "/run/1/samples?kind=any", "/run/1/sample?id=1", "/compare?a=1&b=2",
    "/compare/sample?a=1&b=2&flip=better&id=1",
)  # fmt: skip

# The words (what stands between blanks) that go on in a second line, of all cells of tables but
# those whose text is a name, a command, an answer or prose.
BROKEN = """
() => [...document.querySelectorAll("th, td")]
  .filter(cell => !cell.closest(".free, .command, .why, .wide, [dir]"))
  .filter(cell => !cell.querySelector("pre"))
  .flatMap(cell => {
    const walker = document.createTreeWalker(cell, NodeFilter.SHOW_TEXT), found = [];
    while (walker.nextNode()) {
      const node = walker.currentNode;
      for (const match of node.data.matchAll(/[^\\s、・（）]+/g)) {
        const range = document.createRange();
        range.setStart(node, match.index);
        range.setEnd(node, match.index + match[0].length);
        const tops = new Set([...range.getClientRects()].map(rect => Math.round(rect.top)));
        if (tops.size > 1) found.push(match[0]);
      }
    }
    return found;
  })
"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as found:
        yield found


@pytest.fixture(scope="module")
def address(browser: Browser, finished: Path) -> Iterator[str]:
    with served(finished, "--port", "0") as (_, printed):
        yield printed


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_serious_fault_in_japanese(
    browser: Browser, address: str, scheme: str
) -> None:
    with visitor(browser, locale="ja-JP", color_scheme=scheme) as page:
        page.goto(address)
        for path in PAGES:
            page.goto(address.split("/?")[0] + path)
            assert page.evaluate("document.documentElement.lang") == "ja"
            assert faults(page) == [], path


@pytest.mark.parametrize("width", [1200, 600])
@pytest.mark.parametrize("locale", ["ja-JP", "en-GB"])
def test_no_word_of_a_table_is_broken_in_two(
    browser: Browser, address: str, locale: str, width: int
) -> None:
    with visitor(browser, locale=locale, viewport={"width": width, "height": 800}) as page:
        page.goto(address)
        page.get_by_text("tesuji predict").first.wait_for()  # the planner is through
        for path in PAGES:
            page.goto(address.split("/?")[0] + path)
            assert page.evaluate(BROKEN) == [], path
            assert page.evaluate("document.documentElement.scrollWidth") <= width, path


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_high_rate_of_failures_looks_bad(browser: Browser, address: str, scheme: str) -> None:
    """More red than green, as the browser draws it."""
    with visitor(browser, color_scheme=scheme) as page:
        page.goto(f"{address.split('/?')[0]}/run/1")
        bar = page.locator("meter").first
        assert float(bar.get_attribute("value") or 0) > 0.25
        shot = bar.screenshot()
        colours = page.evaluate(PIXELS, list(shot))
    red, green, _ = max(colours, key=lambda one: one[0] - one[1])
    assert red > green + 60
    assert not any(g > r + 60 and g > b + 60 for r, g, b in colours)


PIXELS = """
async bytes => {
  const map = await createImageBitmap(new Blob([new Uint8Array(bytes)], {type: "image/png"}));
  const canvas = new OffscreenCanvas(map.width, map.height), pen = canvas.getContext("2d");
  pen.drawImage(map, 0, 0);
  const data = pen.getImageData(0, 0, map.width, map.height).data, found = [];
  for (let at = 0; at < data.length; at += 4) found.push([...data.slice(at, at + 3)]);
  return found;
}
"""
