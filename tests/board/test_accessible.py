"""What a screen reader needs of the pages: landmarks, headings, labels, scopes, unique ids."""

from __future__ import annotations

from html.parser import HTMLParser
from itertools import pairwise

import pytest
from starlette.testclient import TestClient

from tests.board.test_pages import PAGES

VOID = {"meta", "link", "input", "br", "img"}


class Page(HTMLParser):
    """The elements of a page, and whether each that was opened was closed in its turn."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open and self.open.pop() == tag, f"</{tag}> closes something else"

    def of(self, *tags: str) -> list[dict[str, str | None]]:
        return [attributes for tag, attributes in self.found if tag in tags]


@pytest.mark.parametrize("path", [*PAGES, "/nowhere"])
def test_pages_can_be_used_by_ear_and_keyboard(board: TestClient, path: str) -> None:
    page = Page(board.get(path).text)
    assert page.open == []
    ids = [a["id"] for _, a in page.found if "id" in a]
    assert len(ids) == len(set(ids))
    assert len(page.of("h1")) == len(page.of("main")) == len(page.of("header")) == 1
    levels = [int(tag[1]) for tag, _ in page.found if tag in ("h1", "h2", "h3")]
    assert all(after <= before + 1 for before, after in pairwise(levels))
    assert all(a.get("scope") in ("row", "col") for a in page.of("th"))
    assert all(a.get("aria-label") for a in page.of("nav", "meter"))
    labelled = {a["for"] for a in page.of("label")}
    inputs = [a for a in page.of("input", "select") if a.get("type") != "hidden"]
    assert all(a["id"] in labelled for a in inputs)
    named = {a["aria-labelledby"] for a in page.of("section")}
    assert named <= set(ids)
    first = next(a for tag, a in page.found if tag == "a")
    assert (first["class"], first["href"]) == ("skip", "#content") and "content" in ids
