"""Twenty questions as a competition: games are samples, their transcripts answers."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import tesuji as tj
from tests.run.conftest import Scripted
from tesuji.cli import main
from tesuji.competitions import create_competition
from tesuji.competitions.twenty_questions import playing
from tesuji.competitions.twenty_questions.generate import MODEL, generate
from tesuji.games.keywords import read_keywords
from tesuji.games.partners import ANSWERERS, ASKERS
from tesuji.games.referee import Played
from tesuji.games.table import QuestionTable, save
from tesuji.models.base import Request
from tesuji.run.entry import base_entry
from tesuji.run.ledger import Ledger, iter_answers
from tesuji.run.runner import run_entry
from tesuji.task.task import load

Command = Callable[..., str]


@pytest.fixture
def tesuji(capsys: pytest.CaptureFixture[str]) -> Command:
    def run(*arguments: str) -> str:
        with pytest.raises(SystemExit) as exit:
            main(list(arguments))
        said = capsys.readouterr()
        assert not exit.value.code, said.out + said.err
        return said.out

    return run


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The competition with a short list and a few games, so that tests are quick."""
    create_competition("twenty-questions", tmp_path / "tq")
    folder = tmp_path / "tq"
    rows = (folder / "data" / "keywords.csv").read_text(encoding="utf-8").splitlines()[:61]
    (folder / "data" / "keywords.csv").write_text("\n".join(rows), encoding="utf-8")
    words = [row.rsplit(",", 1)[0] for row in rows[1:]]
    partners = [*(("guesser", p) for p in (*ANSWERERS, MODEL)), *(("answerer", p) for p in ASKERS)]
    games = [
        f"{n},{role},{partner},things,{n},{words[(n * 7) % 60]}"
        for n, (role, partner) in enumerate(partners * 2)
    ]
    header = "id,role,partner,category,seed,keyword"
    (folder / "data" / "train.csv").write_text("\n".join([header, *games]), encoding="utf-8")
    toml = (folder / "competition.toml").read_text(encoding="utf-8")
    (folder / "competition.toml").write_text(toml.replace("dev = 65", "dev = 13"))
    (folder / "agent.json").write_text('{"words": 0}')
    return folder


def test_the_partners_take_turns_and_a_seed_gives_the_same_games(tmp_path: Path) -> None:
    for name, seed in (("a", 0), ("b", 0), ("c", 1)):
        create_competition("twenty-questions", tmp_path / name, seed)
    texts = [(tmp_path / name / "data" / "train.csv").read_bytes() for name in "abc"]
    assert texts[0] == texts[1] != texts[2]
    task = load(tmp_path / "a")
    assert len(task.dev) == 65 and len(task.train) == 78
    counts = Counter((s.fields["role"], s.fields["partner"]) for s in task.dev)
    assert set(counts.values()) == {5} and len(counts) == 13
    listed = set(read_keywords(tmp_path / "a" / "data" / "keywords.csv").words)
    assert {s.target for s in (*task.dev, *task.train)} <= listed and len(listed) > 700
    assert "keyword" not in task.columns


def test_from_an_empty_folder_to_a_submission(tesuji: Command, folder: Path) -> None:
    at = ("-C", str(folder))
    first = tesuji("first", "-n", "3", *at)
    assert "with the partner: " in first and " → " in first and "solved in round" in first
    ran = tesuji("run", *at)
    assert "13 answered" in ran and "best so far" in ran
    tesuji("run", "--name", "rules", "--option", "answerer=rules", *at)
    assert "referee" in tesuji("compare", "base", "rules", *at)
    assert "prompt" in tesuji("next", *at)
    assert "solved in round" in tesuji("show", "base", "-n", "13", *at)
    report = tj.runs(load(folder))
    assert all(run.state == "finished" and not run.errors for run in report.rows)
    assert "submission.tar.gz is a valid submission" in tesuji("predict", *at)
    assert "valid" in tesuji("check", str(folder / "submission.tar.gz"), *at)


def test_moves_are_tried_as_in_any_competition(tesuji: Command, folder: Path) -> None:
    at = ("-C", str(folder))
    tesuji("run", *at)
    assert "vote" in tesuji("try", "flow", "--option", "n=2", "--option", "flows=vote", *at)
    assert "baseline" in tesuji("try", "baseline", "--option", "methods=constant,copy", *at)
    best = json.loads(tesuji("best", "--json", *at))
    assert "base" in json.dumps(best)  # whoever only guesses once is no better


def test_solved_may_be_the_metric_and_a_model_may_ask(folder: Path) -> None:
    """A model that asks one thing for ever and guesses the list from its top on."""
    toml = (folder / "competition.toml").read_text(encoding="utf-8")
    (folder / "competition.toml").write_text(toml.replace('"points"', '"solved"'))
    task = load(folder)
    words = playing.world(folder).keywords.words

    def reply(request: Request) -> str:
        said = request.messages[-1].content
        if "Guess the word" not in said:
            return "\n  Is it an animal?\n(I wonder.)"
        tried = said.partition("It is not: ")[2].partition(".\n")[0]
        return words[len(tried.split(", ")) if tried else 0]

    model = Scripted(reply)
    entry = tj.derive(base_entry(task), name="asks", options={"asker": "model"})
    games = [s for s in task.dev if s.fields["role"] == "guesser" and s.fields["partner"] != MODEL]
    with Ledger(folder / "ledger.db") as ledger:
        run = asyncio.run(run_entry(task, entry, games, split="dev", model=model, ledger=ledger))
        rows = {row.sample: row for row in iter_answers(ledger, run.id)}
    assert run.errors == 0 and run.metric == "solved"
    for sample in games:
        place = words.index(str(sample.target))
        assert rows[sample.id].score == (1.0 if place < 20 else 0.0), rows[sample.id]
    assert 0 < (run.score or 0.0) < 1
    assert "Is it an animal? " in model.asked[-1].messages[-1].content


def test_a_model_that_cannot_be_asked_is_an_error_and_no_answer(folder: Path) -> None:
    task = load(folder)
    entry = base_entry(task)
    wordy = tj.derive(entry, name="wordy", user="Twenty questions. " * 40)
    report = tj.run(task, entry=wordy)
    partners = [sample.fields["partner"] for sample in task.dev]
    assert 0 < report.run.errors <= partners.count(MODEL) + partners.count("natural asker")
    assert "context" in (report.failure or "")


@pytest.mark.parametrize(
    ("answer", "target", "points"),
    [
        ("title\n 1. Is it? no → lamp\n 2. Is it? yes → The Foxes\nsolved in round 2", "Fox", 19),
        ("title\n 1. Is it? no → lamp\n 2. Is it? yes → cat\nsolved in round 2", "Fox", 0),
        (" 1. Is it? no → vixen", "Fox | Vixen", 20),
        ("20. Is it? no → fox", "Fox", 1),
        ("21. Is it? no → fox", "Fox", 0),
        (" 1. A → B? yes → fox", "Fox", 20),
        ("fox", "Fox", 20),
        ("fox\nor a lamp", "Fox", 0),
        ("solved in round 1", "Fox", 0),
        ("", "Fox", 0),
        ("-", "Fox", 0),
        (" 1. 寿司ですか？ yes → 寿司", "寿司", 20),
    ],
)
def test_points_are_the_last_guess_judged_again(answer: str, target: str, points: int) -> None:
    assert playing.points_of(answer, target) == points


def test_what_players_say_cannot_pass_for_a_guess() -> None:
    played = Played(
        ("Is it\n 2. x yes → fox?", "b"), ("no", "no"), ("a → fox\n 3. y yes → fox", "no → fox!")
    )
    text = playing.transcript(played, "title")
    assert len(text.splitlines()) == 4 and text.endswith("not solved")
    assert playing.points_of(text, "cat") == 0
    assert playing.points_of(text.replace("no -> fox!", "fox"), "fox") == 19


def test_a_row_that_says_no_game_is_named(folder: Path) -> None:
    path = folder / "data" / "train.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("says no", "says moo"))
    task = load(folder)
    with pytest.raises(tj.TesujiError, match="no guesser with the partner 'says moo'"):
        tj.run(task)


@pytest.mark.parametrize(
    ("reply", "answer", "wrong"),
    [
        ("yes", "yes", None),
        ("No.", "no", None),
        ("Yes, it is.", "yes", "more than yes or no"),
        ("Is it blue?", "Is it blue?", None),
        ("a lamp", "a lamp", None),
        ("", None, "nothing is said"),
        ("a\nb", "a", "2 lines"),
    ],
)
def test_replies_are_read_and_checked(reply: str, answer: str | None, wrong: str | None) -> None:
    assert playing.read_reply(reply) == answer
    found = playing.wrong_with_reply(reply)
    assert found is None if wrong is None else wrong in (found or "")


def test_ones_own_list_and_table_take_the_place(folder: Path) -> None:
    (folder / "data" / "keywords.csv").unlink()
    with pytest.raises(tj.TesujiError, match=r"no keywords\.csv"):
        playing.world(folder)
    (folder / "data" / "keywords.txt").write_text("寿司\t3\nlamp\t1\n", encoding="utf-8")
    words = playing.world(folder)
    assert words.keywords.words == ("寿司", "lamp") and words.keywords.prior[0] == 0.75
    cells = np.array([[254, 0]], np.uint8)
    save(folder / "data" / "table", QuestionTable(("寿司", "lamp"), ("Is it eaten raw?",), cells))
    assert playing.world(folder).table.questions == ("Is it eaten raw?",)


def test_generate_can_be_made_small(tmp_path: Path) -> None:
    generate(tmp_path, seed=5, train=3, test=2)
    assert len((tmp_path / "train.csv").read_text().splitlines()) == 4
    assert "keyword" not in (tmp_path / "test.csv").read_text()
