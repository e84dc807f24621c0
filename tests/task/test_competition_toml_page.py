"""The manual's page of competition.toml names no key, default or option that is not there."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path
from typing import Any

import pytest

from tesuji.task.config import AnswerConfig, PromptConfig, SplitConfig
from tesuji.task.formats import FORMATS, options_of
from tesuji.task.keys import SECTIONS

PAGE = Path(__file__).resolve().parents[2] / "docs" / "competition-toml.md"


def rows(heading: str) -> dict[str, list[str]]:
    """The cells of all table rows under a heading, by the name in their first cell."""
    text = PAGE.read_text(encoding="utf-8")
    section = re.search(rf"^## {re.escape(heading)}\n(.*?)(?=^## |\Z)", text, re.M | re.S)
    assert section is not None, heading
    cells = [line.strip("|").split(" | ") for line in section[1].splitlines() if line[:3] == "| `"]
    return {row[0].strip(" `"): [cell.strip(" |") for cell in row[1:]] for row in cells}


@pytest.mark.parametrize("section", ["", "data", "split", "answer", "prompt", "sampling"])
def test_every_key_on_the_page_is_known(section: str) -> None:
    named = set(rows(f"[{section}]" if section else "Top"))
    assert named and named <= set(SECTIONS[section]) | set(FORMATS)


@pytest.mark.parametrize("section", ["limits", 'prices."URI"'])
def test_keys_in_prose_are_those_of_the_code(section: str) -> None:
    text = PAGE.read_text(encoding="utf-8").split(f"## [{section}]\n")[1]
    first = text.strip().split("\n\n")[0]
    named = set(re.findall("`([a-z_]+)`", first)) - {"run", "predict"}  # two commands
    assert named == set(SECTIONS[section.partition(".")[0]])


@pytest.mark.parametrize(
    ("section", "made"),
    [
        ("split", SplitConfig()),
        ("prompt", PromptConfig(user="{a}")),
        ("answer", AnswerConfig()),
    ],
)
def test_the_defaults_are_those_of_the_code(section: str, made: Any) -> None:
    said = {key: cells[1] for key, cells in rows(f"[{section}]").items() if key not in FORMATS}
    for key, value in dataclasses.asdict(made).items():
        if value and key in said and key != "user":
            shown = f'"{value}"' if isinstance(value, str) else str(value)
            assert said[key] == f"`{shown}`", key


def test_every_option_on_the_page_is_one_of_its_format() -> None:
    for name, cells in rows("[answer]").items():
        if name in FORMATS:
            named = set(re.findall("`([a-z]+)`", cells[1].partition(", for the metric")[0]))
            assert set(options_of(name)) >= named, name
