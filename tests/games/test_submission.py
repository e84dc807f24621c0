"""The agent that is handed in: from its tarball, in clean environments, with time limits on."""

from __future__ import annotations

import io
import subprocess
import sys
import tarfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tesuji.competitions import create_competition
from tesuji.competitions.twenty_questions import checking, packing
from tesuji.errors import ConfigError, SubmissionError
from tesuji.games.referee import Clock

Witness = Callable[..., Any]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A competition with a list of 150 keywords."""
    folder = tmp_path_factory.mktemp("made") / "tq"
    create_competition("twenty-questions", folder)
    path = folder / "data" / "keywords.csv"
    rows = path.read_text(encoding="utf-8").splitlines()[:151]
    path.write_text("\n".join([*rows, "寿司,1"]), encoding="utf-8")
    (folder / "agent.json").write_text('{"words": 0}')
    return folder


@pytest.fixture(scope="module")
def tarball(folder: Path) -> Path:
    return packing.write(folder, folder / "submission.tar.gz")


@pytest.fixture(scope="module")
def unpacked(tarball: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The agent's files, in a folder that has nothing else."""
    place = tmp_path_factory.mktemp("agent")
    with tarfile.open(tarball) as tar:
        tar.extractall(place, filter="data")
    return place


def made(place: Path, main: str, **others: str) -> Path:
    """A submission of one's own hand."""
    path = place / "submission.tar.gz"
    with tarfile.open(path, "w:gz") as tar:
        for name, text in {"main.py": main, **others}.items():
            member = tarfile.TarInfo(name)
            member.size = len(text.encode())
            tar.addfile(member, io.BytesIO(text.encode()))
    return path


def test_main_py_stands_at_the_top_with_all_it_needs(folder: Path, tarball: Path) -> None:
    with tarfile.open(tarball) as tar:
        names = tar.getnames()
    assert names[0] == "main.py" and "data/keywords.csv" in names
    modules = {name for name in names if name.endswith(".py")}
    assert {"tesuji/games/asker.py", "tesuji/games/answerer.py"} <= modules
    assert all(n.startswith("tesuji/games/") for n in modules - {
        "main.py", "tesuji/__init__.py", "tesuji/errors.py"})  # fmt: skip
    again = packing.write(folder, folder / "again.tar.gz")
    assert again.read_bytes() == tarball.read_bytes()
    assert tarball.stat().st_size < 2**20


def test_it_is_valid_and_its_list_has_the_keyword(tarball: Path) -> None:
    assert checking.problems(tarball) == []


def test_it_plays_in_the_contests_environment(unpacked: Path, witness: Witness) -> None:
    """Four seats of it, where no Tesuji is installed; by the protocol both teams are fast."""
    main = str(unpacked / "main.py")
    words = ["house", "寿司", "garbage truck"]  # the last is not in its list
    games = [
        {"keyword": word, "category": "things", "alts": [], "agents": [main] * 4} for word in words
    ]
    listed, japanese, unlisted = witness(games, tesuji=False)
    for game in (listed, japanese):
        assert game["statuses"] == ["DONE"] * 4 and all(r >= 10 for r in game["rewards"]), game
    assert unlisted["statuses"] == ["DONE"] * 4 and unlisted["rewards"] == [-1] * 4
    last = unlisted["steps"][-1][0]["observation"]
    assert len(last["questions"]) == len(last["answers"]) == 20
    assert all(last["guesses"]) and last["remainingOverageTime"] == 300
    assert listed["steps"][-1][0]["observation"]["questions"][0] == "Is it Agent Alpha?"


def test_it_runs_alone_with_an_empty_environment(unpacked: Path) -> None:
    """Imported as a module, in a folder of its own, at any round of a game."""
    code = """
import importlib.util, json, sys
spec = importlib.util.spec_from_file_location("main", sys.argv[1])
main = importlib.util.module_from_spec(spec); spec.loader.exec_module(main)
seen = dict(turnType="guess", role="guesser", questions=["Is it Agent Alpha?"], answers=["yes"],
            guesses=[], keyword="", category="")
print(main.agent_fn(seen, {}))
seen.update(turnType="answer", questions=["Is it an animal?"], answers=[], keyword="Horse")
print(main.agent_fn(seen, {}))
print(sys.modules["tesuji"].__file__)
"""
    run = subprocess.run(
        [sys.executable, "-I", "-c", code, str(unpacked / "main.py")],
        cwd=unpacked.parent, env={}, capture_output=True, text=True, check=True, timeout=120,
    )  # fmt: skip
    guess, answer, file = run.stdout.splitlines()
    assert guess and answer == "yes" and Path(file).is_relative_to(unpacked.resolve())


def test_a_model_of_ones_own_goes_with_it(folder: Path, tmp_path: Path) -> None:
    """`agent/model.py` is asked what no rule answers, and other files travel along."""
    (folder / "agent" / "weights").mkdir(parents=True)
    (folder / "agent" / "weights" / "w.txt").write_text("yes")
    (folder / "agent" / "model.py").write_text(
        "from pathlib import Path\n"
        "def answer(prompt):\n"
        "    assert 'Horse' in prompt and 'dream' in prompt\n"
        "    return (Path(__file__).parent / 'weights' / 'w.txt').read_text()\n"
    )
    try:
        path = packing.write(folder, tmp_path / "s.tar.gz")
        (folder / "agent" / "main.py").write_text("")
        with pytest.raises(SubmissionError, match=r"has a main\.py of its own"):
            packing.write(folder, tmp_path / "t.tar.gz")
        assert not list(tmp_path.glob("t.tar*"))
    finally:
        for path_of in (folder / "agent").rglob("*.*"):
            path_of.unlink()
    place = tmp_path / "agent"
    with tarfile.open(path) as tar:
        tar.extractall(place, filter="data")
    from tesuji.games.handing import answerer

    seen = {"turnType": "answer", "questions": ["Does it dream?"], "answers": [], "guesses": [],
            "keyword": "Horse", "category": "things"}  # fmt: skip
    assert answerer(place)(seen) == "yes"
    (place / "model.py").write_text("def answer(prompt):\n    raise MemoryError\n")
    assert answerer(place)(seen) == "no"


def test_it_says_something_even_where_its_files_are_gone(unpacked: Path, tmp_path: Path) -> None:
    (tmp_path / "main.py").write_text((unpacked / "main.py").read_text(encoding="utf-8"))
    assert checking.problems(made(tmp_path, (tmp_path / "main.py").read_text())) == []


@pytest.mark.parametrize(
    ("setting", "words"),
    [
        ("{", "no JSON"),
        ("[1]", "it may set words"),
        ('{"wrods": 3}', "'wrods': it may set words"),
        ('{"words": "many"}', "words: 'many' is no int"),
    ],
)
def test_settings_that_cannot_be_are_named(
    folder: Path, tmp_path: Path, setting: str, words: str
) -> None:
    before = (folder / "agent.json").read_text()
    (folder / "agent.json").write_text(setting)
    try:
        with pytest.raises(ConfigError, match=words):
            packing.write(folder, tmp_path / "s.tar.gz")
        assert not list(tmp_path.iterdir())
    finally:
        (folder / "agent.json").write_text(before)


GOOD = """
def agent_fn(obs, cfg):
    print("thinking")
    return {"ask": "Is it blue?", "guess": "-", "answer": "no"}[obs.turnType]
"""


@pytest.mark.parametrize(
    ("main", "words"),
    [
        (GOOD, None),
        (GOOD.replace("obs, cfg", "obs"), None),
        (GOOD.replace("return", "return 3 or"), "as guesser, round 1, turn 'ask': it said int"),
        (GOOD.replace("return", "return None and"), "turn 'ask': it said nothing"),
        (GOOD.replace('"-"', '""'), "turn 'guess': it said nothing"),
        (GOOD.replace('"no"}', '"maybe"}'), "as answerer, round 1, turn 'answer': it said neither"),
        (GOOD.replace("return", "raise ValueError('oh')\n    return"), "it raised ValueError: oh"),
        (GOOD.replace("return", "import sys; sys.exit(3)\n    return"), "it raised SystemExit: 3"),
        (
            GOOD.replace("return", "import os; os._exit(3)\n    return"),
            "ended by itself (exit code 3",
        ),
        (GOOD + "import nothing_of_the_kind", "No module named 'nothing_of_the_kind'"),
        ("import tesuji" + GOOD, "No module named 'tesuji' in the agent's own files"),
        ("x = 3", "leaves no function behind"),
        ("def (", "main.py: SyntaxError"),
        ("import os; os._exit(0)", "ended by itself (exit code 0)"),
    ],
)
def test_what_is_wrong_with_an_agent_is_said(tmp_path: Path, main: str, words: str | None) -> None:
    found = checking.problems(made(tmp_path, main))
    if words is None:
        assert found == []
    else:
        assert words in found[0] and str(tmp_path) in found[0], found


def test_what_an_agent_printed_is_shown(tmp_path: Path) -> None:
    main = GOOD.replace("return", "print('だめ'); raise ValueError\n    return")
    found = checking.problems(made(tmp_path, main))
    assert any("it printed: " in line for line in found), found


def test_a_slow_agent_is_stopped(tmp_path: Path) -> None:
    main = "import time\n" + GOOD.replace("return", "time.sleep(600)\n    return")
    start = time.monotonic()
    found = checking.problems(made(tmp_path, main), Clock(time.monotonic, move=0.3, overage=0.2))
    assert "turn 'ask': it took too long" in found[0]
    assert time.monotonic() - start < 60


def test_files_that_are_no_submission_are_told(tmp_path: Path) -> None:
    path = tmp_path / "submission.tar.gz"
    path.write_bytes(b"no archive")
    assert "no tar.gz" in checking.problems(path)[0]
    with tarfile.open(path, "w:gz") as tar:
        tar.addfile(tarfile.TarInfo("agent/main.py"))
    assert "there is agent/main.py, one folder too deep" in checking.problems(path)[0]
    with tarfile.open(path, "w:gz") as tar:
        tar.addfile(tarfile.TarInfo("other.py"))
    assert checking.problems(path)[0].endswith("no main.py at its top")
    with tarfile.open(path, "w:gz") as tar:
        tar.addfile(tarfile.TarInfo("../../main.py"))
    assert "no tar.gz that can be unpacked" in checking.problems(path)[0]
    with path.open("wb") as file:
        file.truncate(101 * 2**20)
    assert "101 MB; the contest took 100" in checking.problems(path)[0]
