"""The instrument that measures other tools says of known clients what is known of them."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from dataclasses import replace
from pathlib import Path

from benchmarks.rivals.__main__ import compare, table
from benchmarks.rivals.environments import Here, Venv
from benchmarks.rivals.measuring import Figures
from benchmarks.rivals.ours import BARE, TESUJI
from benchmarks.rivals.tool import Job, Tool, read_score

# Starts for half a second of CPU time; then asks each question twice, and has a child that burns
# 20 ms of CPU time for each.
_WASTEFUL = """
import subprocess, sys, time, urllib.request

def burn(seconds):
    end = time.process_time() + seconds
    while time.process_time() < end:
        pass

url, samples = sys.argv[1], int(sys.argv[2])
if url == "burn":
    burn(0.02 * samples)
else:
    burn(0.5)
    for _ in range(2 * samples):
        urllib.request.urlopen(url + "/chat/completions", data=b"{}").read()
    subprocess.run([sys.executable, __file__, "burn", str(samples)], check=True)
"""


def _script(text: str, score: float = 1.0) -> Tool:
    def command(python: Path, job: Job) -> list[str | Path]:
        script = job.folder / "script.py"
        script.write_text(text, "utf-8")
        return [python, script, job.url, str(job.samples)]

    return Tool("a script", Here(), command, lambda folder: score)


def _figures(tool: Tool, samples: int, folder: Path) -> Figures:
    found = compare({"it": tool}, samples, 1, folder)["it"]
    assert isinstance(found, Figures), found
    return found


def test_a_tool_pays_for_its_children_and_its_start_is_kept_apart(tmp_path: Path) -> None:
    figures = _figures(_script(_WASTEFUL), 50, tmp_path)
    assert figures.requests == 100
    assert figures.at_once == 1
    assert figures.rate < 10  # two requests of 50 ms, one after the other
    assert 15 < figures.cpu_ms < 40
    assert figures.start_cpu > 0.4


def test_our_own_clients_send_each_question_once_and_keep_their_places(tmp_path: Path) -> None:
    for tool in (TESUJI, BARE):
        figures = _figures(tool, 1500, tmp_path)
        assert figures.requests == 1500
        assert 32 <= figures.at_once <= 64
        assert figures.rate < 64 / 0.05
        assert 0 < figures.cpu_ms < 20
        assert figures.megabytes > 10  # no less than this process's own, from which it was forked


def test_a_tool_without_figures_is_named_with_the_reason(tmp_path: Path) -> None:
    (tmp_path / "missing").write_text("a file stands where its folder should be")
    broken = _script("raise SystemExit('the model said no')")
    tools = {
        "missing": Tool("missing", Venv(("toy",)), broken.command, broken.score),
        "broken": broken,
        "wrong": _script("", score=0.5),
        "silent": replace(_script(""), score=read_score),
    }
    results = compare(tools, 10, 1, tmp_path)
    assert str(results["missing"]).startswith("can't be installed: ")
    assert results["broken"] == "ended with 1: the model said no"
    assert str(results["silent"]).startswith("left no score: ")
    assert results["wrong"] == "scored 0.5000 where every answer is right"
    assert [line for line in table(tools, results) if "the model said no" in line]


def test_an_environment_is_made_once(tmp_path: Path) -> None:
    folder = tmp_path / "place"
    python = Venv((str(_wheel(tmp_path)),)).install(folder)
    assert subprocess.run([python, "-c", "import toy"]).returncode == 0
    assert (
        subprocess.run([sys.executable, "-c", "import toy"], stderr=subprocess.DEVNULL).returncode
        == 1
    )
    made = python.lstat().st_mtime_ns
    assert Venv((str(_wheel(tmp_path)),)).install(folder) == python
    assert python.lstat().st_mtime_ns == made


def _wheel(folder: Path) -> Path:
    """A package that pip installs without a registry."""
    path = folder / "toy-1.0-py3-none-any.whl"
    about = "toy-1.0.dist-info"
    with zipfile.ZipFile(path, "w") as wheel:
        wheel.writestr("toy.py", "")
        wheel.writestr(f"{about}/METADATA", "Metadata-Version: 2.1\nName: toy\nVersion: 1.0\n")
        wheel.writestr(f"{about}/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n")
        wheel.writestr(f"{about}/RECORD", "")
    return path
