"""A competition whose competition.py makes and checks what is handed in."""

from __future__ import annotations

from pathlib import Path

import pytest

import tesuji as tj
from tests.cli.terminal import Tesuji

TOML = """
name = "agents"
metric = "exact"
model = "nano"
flow = "shout"
[data]
train = "train.csv"
target = "upper"
[prompt]
user = "Write in upper case: {word}"
"""
OWN = """
submission_file = "agent.txt"

async def flow_shout(sample, ask):
    return sample.fields["word"].upper() + "\\nand\\n<b>more</b>"

def submission(task, entry, path):
    path.write_text(f"{task.name}: {entry.name} by {entry.flow}")

def check_submission(path):
    return [] if path.read_text().startswith("agents") else [f"{path}: line 1: no agent"]
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "agents"
    folder.mkdir()
    rows = "".join(f"{word},{word.upper()}\n" for word in ("ab", "cd", "ef", "gh", "ij", "kl"))
    (folder / "train.csv").write_text("word,upper\n" + rows)
    (folder / "competition.toml").write_text(TOML)
    (folder / "competition.py").write_text(OWN)
    return folder


def test_predict_writes_it_and_checks_it(tesuji: Tesuji, folder: Path) -> None:
    said = tesuji("predict", "-C", folder)
    assert said.code == 0 and "agent.txt is a valid submission" in said.out
    assert (folder / "agent.txt").read_text() == "agents: base by shout"
    assert tesuji("check", "-C", folder).code == 0
    report = tesuji("predict", "-C", folder, "-o", folder / "other.txt", "--json")
    assert report.json["run"] is None and report.json["problems"] == []
    page = tj.predict(tj.load(folder))._repr_html_()
    assert "agent.txt" in page and "problems" in page and "samples" not in page
    assert (folder / "other.txt").exists() and not (folder / "ledger.db").exists()


def test_what_is_wrong_with_it_is_said(tesuji: Tesuji, folder: Path) -> None:
    said = tesuji("check", "-C", folder)
    assert said.code == 2 and "no such file; `tesuji predict` writes it" in said.out
    (folder / "agent.txt").write_text("nothing")
    said = tesuji("check", "-C", folder)
    assert said.code == 2 and "line 1: no agent" in said.out
    assert tesuji("predict", "-C", folder, "-o", folder).code == 2
    assert "there is no folder" in tesuji("predict", "-C", folder, "-o", folder / "x/y").err


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("path.write_text(f", "(lambda text: None)(f", "it wrote no file"),
        ("path.write_text(f", "path.write_tex(f", "line 8: submission: AttributeError"),
        ("return [] if", "return 3 if", "must return a list of texts"),
        ("def check_submission", "def checks", "agent.txt is a valid submission"),
    ],
)
def test_its_own_mistakes_are_named(
    tesuji: Tesuji, folder: Path, old: str, new: str, words: str
) -> None:
    text = (folder / "competition.py").read_text()
    (folder / "competition.py").write_text(text.replace(old, new))
    said = tesuji("predict", "-C", folder)
    assert words in " ".join((said.out + said.err).split()), said
    assert said.code == (0 if "valid" in words else 2)
    if "valid" in words:
        assert "has no check_submission(path)" in tesuji("check", "-C", folder).err


def test_the_flow_of_the_toml_is_the_first_entrys(tesuji: Tesuji, folder: Path) -> None:
    """And an answer of several lines is shown line by line."""
    said = tesuji("first", "-C", folder)
    assert said.code == 0 and "\n             and⏎\n             <b>more</b>\n" in said.out
    text = (folder / "competition.toml").read_text()
    (folder / "competition.toml").write_text(text.replace('"shout"', '"whisper"'))
    assert "there is no flow 'whisper'" in tesuji("first", "-C", folder).err
