"""The board's screenshots in `docs/images`, taken anew: `python docs/screenshots.py`.

Plays the tutorial competition with the built-in model, opens the board on it in Chromium, and takes
what is in the window. Needs Debian's chromium, the test group, and a font with Japanese.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.board.browsing import chromium, visitor
from tests.board.test_serving import served

IMAGES = Path(__file__).parent / "images"
Step = Callable[[Any, str], None]


def first_look(page: Any, base: str) -> None:
    """A sample with what went wrong in it."""
    page.goto(f"{base}/run/1/samples?kind=postamble")
    page.locator("a.row").first.click()
    page.wait_for_url("**/sample?**")


def failure_filter(page: Any, base: str) -> None:
    """The samples in which one kind of failure was found."""
    page.goto(f"{base}/run/1/samples?kind=preamble")


def compare(page: Any, base: str) -> None:
    """Two runs."""
    page.goto(f"{base}/compare?a=1&b=5")


def overview(page: Any, base: str) -> None:
    """The competition: what helped, what next."""
    page.goto(f"{base}/")
    page.locator(".plot canvas").first.wait_for()
    page.wait_for_timeout(1000)


SHOTS: dict[str, tuple[Step, dict[str, Any]]] = {
    "board": (overview, {}),
    "board-first-look": (first_look, {}),
    "board-failures": (failure_filter, {}),
    "board-compare": (compare, {}),
    "board-ja": (overview, {"locale": "ja-JP", "color_scheme": "dark"}),
}


def main() -> None:
    """Take them all."""
    IMAGES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "reverse"
        command = [sys.executable, "-m", "tesuji", "demo", "--keep", str(folder)]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        with chromium() as browser, served(folder, "--port", "0") as (_, address):
            for name, (step, settings) in SHOTS.items():
                with visitor(browser, **settings) as page:
                    page.goto(address)
                    step(page, address.split("/?")[0])
                    page.screenshot(path=IMAGES / f"{name}.png")


if __name__ == "__main__":
    main()
