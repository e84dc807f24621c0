"""competition.py: what is found in it, and errors in it by file and line."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from tesuji.errors import ConfigError
from tesuji.task.own import load_own

Write = Any


def test_no_file_is_nothing_of_ones_own(tmp_path: Path) -> None:
    own = load_own(tmp_path)
    assert own.metric is None and own.parse is None and not own.flows and own.path is None


def test_what_is_defined_is_found(write: Write, tmp_path: Path) -> None:
    write(
        "competition.py",
        "import math\nfrom dataclasses import dataclass\n"
        "higher_is_better = False\n"
        "@dataclass\nclass Pair:\n    a: int\n"
        "def metric(answer, target): return float(answer != target)\n"
        "def parse(text): return text.strip().lower()\n"
        "def check(text): return None\n"
        "def closeness(answer, target, power=2): return 1.0\n"
        "async def flow_twice(sample, ask, *, n=2): return n\n"
        "async def thrice(sample, ask): return 3\n"
        "async def _fetch(): return 4\n",
    )
    own = load_own(tmp_path)
    assert own.metric is not None and own.metric("a", "b") == 1.0
    assert own.higher_is_better is False
    assert own.parse is not None and own.parse(" A ") == "a"
    assert set(own.flows) == {"flow_twice", "twice", "thrice"}
    assert asyncio.run(own.flows["twice"](None, None, n=5)) == 5
    assert "closeness" in own.functions and "dataclass" not in own.functions


def test_two_competitions_share_nothing(write: Write, tmp_path: Path) -> None:
    source = "STATE = []\ndef parse(text):\n    STATE.append(text)\n    return len(STATE)\n"
    write("a/competition.py", source)
    write("b/competition.py", source)
    a, b = load_own(tmp_path / "a"), load_own(tmp_path / "b")
    assert a.parse is not None and b.parse is not None
    assert (a.parse("x"), a.parse("x"), b.parse("x")) == (1, 2, 1)


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("def metric(a, b:\n    return 1\n", "competition.py: line 1:"),
        ("x = 1\ny = x / 0\n", "line 2: ZeroDivisionError: division by zero"),
        ("import no_such_package\n", "line 1: ModuleNotFoundError"),
        ("import sys\nsys.exit(3)\n", "line 2: SystemExit"),
        ("def inner():\n    raise ValueError('two\\nlines')\ninner()\n", "line 2: ValueError: two"),
        ("metric = 3\n", "metric must be a function, not int"),
        ("def metric(answer):\n    return 1\n", "line 1: metric must take (answer, target)"),
        ("def parse():\n    return 1\n", "line 1: parse must take (text)"),
        ("async def metric(a, b):\n    return 1\n", "not async"),
        ("def flow_x(sample, ask):\n    return 1\n", "line 1: flow_x must be async"),
        ("async def flow_x():\n    return 1\n", "must take (sample, ask, **options)"),
        ("higher_is_better = 'yes'\n", "must be True or False, not 'yes'"),
        ("x = '\0'\n", "competition.py"),
    ],
)
def test_errors_name_file_and_line(write: Write, tmp_path: Path, source: str, said: str) -> None:
    path = write("competition.py", source)
    with pytest.raises(ConfigError) as caught:
        load_own(tmp_path)
    text = str(caught.value)
    assert said in text and str(path) in text and "\n" not in text


def test_another_encoding_is_an_error(write: Write, tmp_path: Path) -> None:
    write("competition.py", "# naïve\n".encode("latin-1"))
    with pytest.raises(ConfigError, match="byte 4: not UTF-8"):
        load_own(tmp_path)


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("submission = 3", "submission must be a function"),
        ("def submission(task): pass", r"submission must take \(task, entry, path\)"),
        ("async def submission(task, entry, path): pass", "plain function"),
        ("def check_submission(): pass", r"check_submission must take \(path\)"),
        ("submission_file = '../x'", "submission_file must be a file's name"),
        ("submission_file = 3", "submission_file must be a file's name"),
    ],
)
def test_a_submission_of_ones_own_is_checked_when_loaded(
    tmp_path: Path, source: str, words: str
) -> None:
    (tmp_path / "competition.py").write_text(source)
    with pytest.raises(ConfigError, match=words):
        load_own(tmp_path)
