"""What the pages say works: their commands and programs run, their links lead somewhere."""

from __future__ import annotations

import inspect
import os
import re
import shlex
import subprocess
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

import pages
import pytest
from pages import PAGES, ROOT, Block, blocks

import tesuji
from tesuji.diagnose import CLEANERS, KINDS
from tesuji.flows import FLOWS
from tesuji.run.ledger import AnswerState
from tesuji.task.formats import FORMATS, options_of
from tesuji.task.keys import SECTIONS
from tesuji.task.metrics import METRICS

pytestmark = pytest.mark.xdist_group("docs")
README = ROOT / "README.md"
SECRETS = ("OPENAI_API_KEY", "TESUJI_API_KEY")


@dataclass(frozen=True)
class Ran:
    """A block that was run, and what it printed."""

    block: Block
    code: int
    output: str


def play(page: Path, folder: Path) -> list[Ran]:
    """Do what a reader of the page would do, block after block, in `folder`."""
    environment = {key: value for key, value in os.environ.items() if key not in SECRETS}
    environment["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{environment['PATH']}"
    environment |= {"COLUMNS": "80", "PYTHONIOENCODING": "utf-8"}
    environment |= {"HF_HUB_OFFLINE": "1", "PYTHONPATH": str(ROOT / "src")}
    ran = []
    for block in blocks(page):
        if block.file is not None:
            path = folder / block.file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(block.text, encoding="utf-8")
        elif block.language in ("sh", "python") and block.skipped is None:
            shell = ["bash", "-euo", "pipefail", "-c"]
            command = shell if block.language == "sh" else [sys.executable, "-c"]
            done = subprocess.run(
                [*command, block.text], cwd=folder, env=environment, check=False, timeout=120,
                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            )  # fmt: skip
            ran.append(Ran(block, done.returncode, done.stdout.decode("utf-8")))
    return ran


def succeeded(ran: list[Ran]) -> bool:
    for one in ran:
        assert one.code == 0, f"{one.block.text}\n→ exit code {one.code}\n{one.output}"
    return bool(ran)


@pytest.fixture(scope="module")
def readme(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Ran]]:
    """The README's blocks, run beside the two files that it speaks of."""
    folder = tmp_path_factory.mktemp("readme")
    ham = ("lunch at noon?", "the meeting moved to 3 pm", "thanks for the notes")
    spam = ("win a free phone now", "claim your prize today", "double your money fast")
    texts = [(text, label) for label, of in (("ham", ham), ("spam", spam)) for text in of]
    rows = [f'{n},"{text} {n}",{label}' for n, (text, label) in enumerate(texts * 8)]
    (folder / "train.csv").write_text("\n".join(("id,text,label", *rows)) + "\n")
    (folder / "test.csv").write_text('id,text\n100,"see you at noon"\n101,"free money"\n')
    return folder, play(README, folder)


NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")


def test_the_readmes_commands_and_program_work(readme: tuple[Path, list[Ran]]) -> None:
    folder, ran = readme
    assert succeeded(ran)
    assert [one.block.language for one in ran] == ["sh", "sh", "python"]
    submission = (folder / "mine" / "submission.csv").read_text().splitlines()
    assert submission[0] == "id,label"
    assert [line.split(",")[0] for line in submission[1:]] == ["100", "101"]
    score, _, findings = ran[2].output.partition(" ")
    assert 0 <= float(score) <= 1 and findings.startswith("{")


def test_what_the_readme_shows_is_what_the_demo_prints(readme: tuple[Path, list[Ran]]) -> None:
    def without_times(text: str) -> str:
        # Nor where lines are broken: that is the window's business. The little bars follow the
        # order in which answers came.
        text = re.sub("[▁▂▃▄▅▆▇█]+", "▅", text)
        return " ".join(re.sub(r"\b\d+\.\d+ s\b", "… s", text).split())

    printed = without_times(readme[1][0].output)
    shown = next(b.text for b in blocks(README) if b.text.startswith("$ tesuji first"))
    at = 0
    for part in without_times(shown).split("[…]"):
        # Word for word; numbers nearly, since another processor may round a tie the other way.
        words = NUMBER.split(part.strip())
        found = re.compile(f"({NUMBER.pattern})".join(map(re.escape, words))).search(printed, at)
        assert found, f"the demo does not print\n{part}\nbut\n{printed}"
        numbers = [float(n.replace(",", "")) for n in NUMBER.findall(part)]
        assert [float(n.replace(",", "")) for n in found.groups()] == pytest.approx(
            numbers, rel=0.1, abs=2
        )
        at = found.end()


@pytest.mark.parametrize(
    "name",
    [
        "baselines.md",
        "board.md",
        "concepts.md",
        "diagnosis.md",
        "experiments.md",
        "math-olympiad.md",
        "models.md",
        "moves.md",
        "nano.md",
        "next.md",
        "prompts.md",
        "referee.md",
        "sandbox.md",
        "twenty-questions.md",
    ],
)
def test_the_blocks_of_a_page_run(name: str, tmp_path: Path) -> None:
    page = ROOT / "docs" / name
    runnable = [b for b in blocks(page) if b.language in ("sh", "python") and not b.skipped]
    ran = play(page, tmp_path)
    assert len(ran) == len([block for block in runnable if block.file is None])
    assert succeeded(ran) or not runnable


def test_the_example_of_a_competition_toml_loads(tmp_path: Path) -> None:
    play(ROOT / "docs" / "competition-toml.md", tmp_path)
    (tmp_path / "small" / "data").mkdir()
    (tmp_path / "small" / "data" / "train.csv").write_text(
        "id,text,label\n" + "".join(f"{n},word {n},{('ham', 'spam')[n % 2]}\n" for n in range(8))
    )
    task = tesuji.load(tmp_path / "small")
    assert (len(task.train), len(task.dev), task.format.fallback()) == (4, 4, "ham")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_to_what_exists(page: Path) -> None:
    for link in pages.links(page):
        if "://" in link:
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.is_file(), f"{page.name}: {link}: no such file"
        if anchor:
            assert anchor in pages.anchors(target), f"{page.name}: {link}: no such heading"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_pages_name_no_folder_of_the_machine_they_were_written_on(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert not re.search(r"(?<![\w.:/~])/(root|home|work)/", text)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_blocks_say_what_they_are_and_toml_parses(page: Path) -> None:
    for block in blocks(page):
        assert block.language in ("sh", "python", "text", "toml", "json"), block.text
        if block.language == "toml":
            tomllib.loads(block.text)


def test_every_page_is_reached_from_the_readme() -> None:
    reached = {(ROOT / link.partition("#")[0]).resolve() for link in pages.links(README)}
    index = ROOT / "docs" / "README.md"
    listed = {(index.parent / link).resolve() for link in pages.links(index)}
    for page in sorted({*(ROOT / "docs").glob("*.md")} - {index}):
        assert page in reached and page in listed, page.name


def test_the_japanese_readme_says_the_same() -> None:
    japanese = ROOT / "README.ja.md"

    def commands(page: Path) -> list[list[str]]:
        found = [b.text for b in blocks(page) if b.language in ("sh", "text", "python")]
        return [line.split("#")[0].split() for text in found for line in text.splitlines()]

    assert commands(README) == commands(japanese)
    levels = [level for level, _ in pages.headings(README)]
    assert levels == [level for level, _ in pages.headings(japanese)]
    translated = {"README.md": "README.ja.md", "README.ja.md": "README.md"}
    assert pages.links(README) == [translated.get(link, link) for link in pages.links(japanese)]


def test_the_commands_shown_exist() -> None:
    from tesuji.cli import cli

    for page in PAGES:
        for block in blocks(page):
            for line in block.text.splitlines():
                words = shlex.split(line.removeprefix("$ "), comments=True) if (
                    line.startswith(("tesuji ", "$ tesuji "))
                ) else []  # fmt: skip
                if len(words) > 1 and not words[1].startswith("-"):
                    assert words[1] in cli.commands, f"{page.name}: {line}"


def test_the_page_of_commands_is_fresh_and_a_stale_one_is_told(tmp_path: Path) -> None:
    script = ROOT / "docs" / "reference.py"
    fresh = subprocess.run([sys.executable, script, "--check"], capture_output=True, text=True)
    assert (fresh.returncode, fresh.stderr) == (0, "")
    copy = tmp_path / "reference.py"
    copy.write_text(script.read_text(encoding="utf-8"), encoding="utf-8")
    (tmp_path / "cli.md").write_text("# Commands\n")
    stale = subprocess.run([sys.executable, copy, "--check"], capture_output=True, text=True)
    assert stale.returncode == 1 and "is stale" in stale.stderr
    assert (tmp_path / "cli.md").read_text() == "# Commands\n"
    assert subprocess.run([sys.executable, copy]).returncode == 0
    made = (tmp_path / "cli.md").read_text(encoding="utf-8")
    assert made == (ROOT / "docs" / "cli.md").read_text(encoding="utf-8")


def test_every_key_of_competition_toml_is_described() -> None:
    page = ROOT / "docs" / "competition-toml.md"
    described = {
        "": "Top", "data": "[data]", "split": "[split]", "answer": "[answer]",
        "prompt": "[prompt]", "sampling": "[sampling]",
    }  # fmt: skip
    tables = {"data", "split", "answer", "prompt", "sampling", "limits", "prices", "models"}
    for section, heading in described.items():
        keys = {name for row in pages.table(page, heading) for name in names_of(row)}
        assert set(SECTIONS[section]) - tables <= keys, section
    text = pages.prose(page)
    for section in ("limits", "prices", "metric"):
        assert all(f"`{key}`" in text or key == "name" for key in SECTIONS[section])


def names_of(row: list[str]) -> list[str]:
    return pages.names(row[0])


def test_formats_and_metrics_are_described_with_their_options() -> None:
    page = ROOT / "docs" / "competition-toml.md"
    rows = {names_of(row)[0]: row for row in pages.table(page, "[answer]") if len(row) == 3}
    for name in FORMATS:
        assert set(options_of(name)) <= set(pages.names(rows[name][2])), name
    metrics = {names_of(row)[0]: row for row in pages.table(page, "Metrics")}
    assert sorted(metrics) == sorted(METRICS)
    for name, kind in METRICS.items():
        said = metrics[name][1]
        assert said == "all" or set(said.split(", ")) == kind.formats, name


def test_the_tables_of_concepts_are_those_of_the_code() -> None:
    page = ROOT / "docs" / "concepts.md"
    states = [names_of(row)[0] for row in pages.table(page, "What becomes of a sample")]
    assert states == list(get_args(AnswerState))
    flows = {names_of(row)[0]: row[2] for row in pages.table(page, "Flows")}
    assert set(flows) == set(FLOWS)
    for name, flow in FLOWS.items():
        options = list(inspect.signature(flow).parameters.values())[2:]
        assert flows[name].strip("| ") == ", ".join(f"`{p.name}` = {p.default}" for p in options)
    assert {names_of(row)[0] for row in pages.table(page, "Cleaners")} == set(CLEANERS)
    assert all(f"`{kind}`" in pages.prose(page) for kind in KINDS)


def test_extras_and_version_are_those_of_the_project() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = [names_of(row)[0] for row in pages.table(README, "Install")]
    assert extras == [*sorted(set(project["optional-dependencies"]) - {"all"}), "all"]
    newest = pages.headings(ROOT / "CHANGELOG.md")[1][1]
    assert newest == tesuji.__version__ == project["version"]
    assert "Apache License" in (ROOT / "LICENSE").read_text(encoding="utf-8")
