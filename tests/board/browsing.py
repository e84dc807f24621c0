"""A real browser before a real board: Chromium, driven by Playwright."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
AXE = Path(sys.prefix) / "axe/node_modules/axe-core/axe.min.js"
_FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
    "--disable-background-networking", "--disable-component-update",
]  # fmt: skip


def need(what: object, words: str) -> None:
    """Skip the test by name where something is not installed; fail where all must run."""
    if not what:
        if os.environ.get("TESUJI_REQUIRE_BROWSER"):
            pytest.fail(f"needs {words}")
        pytest.skip(f"needs {words}")


@contextmanager
def chromium() -> Iterator[Browser]:
    """Chromium without a window."""
    need(CHROMIUM, "chromium, Debian's package of that name")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=_FLAGS)
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def visitor(browser: Browser, **settings: Any) -> Iterator[Page]:
    """A page in a profile of its own. Whatever the browser complains of, or asks of another host
    than the board, fails the test at the end."""
    context: BrowserContext = browser.new_context(
        **{"viewport": {"width": 1200, "height": 800}, "locale": "en-GB", **settings}
    )
    context.set_default_timeout(60_000)
    page, trouble = context.new_page(), []
    page.on("console", lambda m: trouble.append(m.text) if m.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: trouble.append(str(error)))
    page.on("request", lambda request: trouble.append(f"asked for {request.url}")
            if not request.url.startswith(("http://127.0.0.1:", "file:", "data:", "blob:"))
            else None)  # fmt: skip
    try:
        yield page
    finally:
        context.close()
    assert not trouble, trouble


def faults(page: Page) -> list[str]:
    """What axe finds of serious or critical faults on the page as it is shown."""
    need(AXE.exists(), "axe-core from npm: npm install --prefix .venv/axe axe-core")
    # The page's policy allows no script from elsewhere; the debugger's own channel does.
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{one['id']} ({one['impact']}): {node['target']} {node['failureSummary']}"
        for one in found["violations"]
        if one["impact"] in ("serious", "critical")
        for node in one["nodes"]
    ]
