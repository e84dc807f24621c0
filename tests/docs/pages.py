"""Markdown pages taken apart: blocks, headings, links."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGES = (
    *(ROOT / name for name in ("README.md", "README.ja.md", "CHANGELOG.md")),
    *sorted((ROOT / "docs").glob("*.md")),
)

_BLOCK = re.compile(
    r"(?:^<!-- (?P<mark>file|not run): (?P<what>.+?) -->\n)?"
    r"^```(?P<language>\w*)\n(?P<text>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)
_LINK = re.compile(r"\]\(([^()\s]+)\)")


@dataclass(frozen=True)
class Block:
    """A fenced block; `file` is where a reader is to write it, `skipped` why it is not run."""

    language: str
    text: str
    file: str | None
    skipped: str | None


def blocks(page: Path) -> list[Block]:
    """The fenced blocks of a page, in order."""
    found = []
    for match in _BLOCK.finditer(page.read_text(encoding="utf-8")):
        mark, what = match["mark"], match["what"]
        found.append(
            Block(
                match["language"],
                match["text"],
                what if mark == "file" else None,
                what if mark == "not run" else None,
            )
        )
    return found


def prose(page: Path) -> str:
    """A page without its blocks."""
    return _BLOCK.sub("", page.read_text(encoding="utf-8"))


def headings(page: Path) -> list[tuple[int, str]]:
    """(level, words) of each heading."""
    return [
        (len(hashes), words)
        for hashes, words in re.findall(r"^(#+) (.+)$", prose(page), re.MULTILINE)
    ]


def anchors(page: Path) -> set[str]:
    """What `#…` may point at, made from the headings as GitHub does."""
    return {
        re.sub(r"[^\w\- ]", "", words.lower()).strip().replace(" ", "-")
        for _, words in headings(page)
    }


def links(page: Path) -> list[str]:
    """Where the links of a page lead."""
    return _LINK.findall(prose(page))


def table(page: Path, heading: str) -> list[list[str]]:
    """The cells of the tables under a heading, without header and rule lines."""
    text = prose(page)
    section = text.split(f"\n## {heading}\n", 1)[1].split("\n## ", 1)[0]
    rows = []
    lines = section.splitlines()
    for at, line in enumerate(lines):
        header = at + 1 < len(lines) and lines[at + 1].startswith("|---")
        if line.startswith("| ") and not header:
            rows.append([cell.strip() for cell in line.strip("|").split(" | ")])
    return rows


def names(cell: str) -> list[str]:
    """What stands in backticks."""
    return re.findall(r"`([^`]+)`", cell)
