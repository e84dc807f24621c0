"""Every move that asks models, from the command line, on scripted models behind a real server."""

from __future__ import annotations

import json
import os
import re
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.terminal import Tesuji, environment
from tests.moves.conftest import TOML, answer
from tests.moves.strengths import Strengths, serving

SIZE = 100


@pytest.fixture
def models() -> Iterator[Strengths]:
    with serving() as server:
        yield server


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A hundred questions to answer in dev, fifty in test; the current folder."""
    (tmp_path / "train.csv").write_text("id,question,answer\nt,q900,ansa\n")
    for name, start, size in (("dev", 0, SIZE), ("test", 200, 50)):
        rows = "".join(f"{n},q{n},{answer(n)}\n" for n in range(start, start + size))
        (tmp_path / f"{name}.csv").write_text("id,question,answer\n" + rows)
    toml = TOML.replace('id = "id"', 'id = "id"\ntest = "test.csv"\nsubmission = ["id", "answer"]')
    (tmp_path / "competition.toml").write_text(toml)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TESUJI_API_KEY", "key-of-the-test")
    return tmp_path


def flat(text: str) -> str:
    return " ".join(text.split())


def widest(text: str) -> int:
    return max(map(len, text.splitlines()))


def test_the_moves_are_listed_with_their_settings(tesuji: Tesuji) -> None:
    said = tesuji("try")
    assert said.code == 0 and widest(said.out) <= 80
    for move in ("process", "flow", "models", "stronger"):
        assert re.search(rf"^{move} ", said.out, re.MULTILINE)
    listed = {one["move"]: one for one in tesuji("try", "--json").json}
    assert listed["stronger"]["settings"]["power"] == 0.8 and listed["models"]["does"]


def test_models_are_compared_and_the_winner_kept(
    tesuji: Tesuji, folder: Path, models: Strengths
) -> None:
    tesuji("run", "--model", models.uri("weak-50"))
    with_ = [x for name in ("weak-60", "strong-90", "shy-20") for x in ("--with", models.uri(name))]
    said = tesuji("try", "models", *with_)
    assert said.code == 0, said.err
    words = flat(said.out)
    assert "kept: base-strong-90 is the best now" in words
    assert "the models beside each other" in words and "[C]" in said.out
    assert "samples on which the row does better" in words and "votes of three models" in words
    assert widest(said.out) <= 80
    assert models.asked == {"weak-50": 100, "weak-60": 100, "strong-90": 100, "shy-20": 100}
    told = tesuji("try", "models", *with_, "--json").json  # sends nothing more
    assert sum(models.asked.values()) == 400
    beside = told["tables"][0]
    shy = next(row for row in beside["rows"] if row[1].endswith("shy-20"))
    assert "unread 80%" in shy[3]
    saved = (folder / "entries" / "base-strong-90.toml").read_text()
    assert "strong-90" in saved
    assert tesuji("predict").code == 0 and models.asked["strong-90"] == 150


def test_the_pairwise_table_counts_who_is_right_where_the_other_is_wrong(
    tesuji: Tesuji, folder: Path, models: Strengths
) -> None:
    tesuji("run", "--model", models.uri("weak-50"))
    told = tesuji("try", "models", "--with", models.uri("strong-40"), "--json").json
    pairs = told["tables"][1]
    right = [
        {n for n in range(SIZE) if (n * 37 + shift) % 100 < most}
        for shift, most in ((0, 50), (11, 40))
    ]
    only = len(right[0] - right[1]), len(right[1] - right[0])
    assert [row[1:] for row in pairs["rows"]] == [[None, only[0]], [only[1], None]]
    assert f"the best of all on each sample {len(right[0] | right[1]) / SIZE:.4g}" in pairs["note"]


def test_one_model_that_is_not_there_does_not_stop_the_others(
    tesuji: Tesuji, folder: Path, models: Strengths
) -> None:
    tesuji("run", "--model", models.uri("weak-50"))
    gone = "http://127.0.0.1:9/v1#gone"
    said = tesuji("try", "models", "--with", gone, "--with", models.uri("strong-90"))
    assert said.code == 0 and "kept: base-strong-90" in flat(said.out)
    assert re.search(r"not run +base-gone", said.out)
    alone = tesuji("try", "models", "--with", gone)
    assert alone.code == 2 and alone.err.count("\n") == 1 and "127.0.0.1:9" in alone.err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("models",), "which models? tesuji try models --with URI"),
        (("stronger",), "stronger takes one model: tesuji try stronger --with URI"),
        (("flow", "--option", "flows=luck"), "tries retry, choose, vote, check, code, cascade"),
        (("flow", "--option", "flows=cascade"), "a cascade needs a strong model"),
        (("flow", "--option", "nn=3"), "has no setting 'nn'; it has: models=, flows=, n=None"),
        (("flow", "--option", "n=many"), "n is 'many': it must be a whole number"),
        (("flow", "--option", "n"), "write it as NAME=VALUE"),
        (("process", "--with", "nano"), "the move 'process' has no setting 'models'"),
        (("models", "--with", "luck:x"), "no such model"),
    ],
)
def test_what_a_move_lacks_is_one_line(
    tesuji: Tesuji, folder: Path, models: Strengths, arguments: tuple[str, ...], said: str
) -> None:
    tesuji("run", "--model", models.uri("weak-50"), "--limit", 10)
    told = tesuji("try", *arguments)
    assert told.code == 2 and told.err.count("\n") == 1 and said in told.err, told.err


def test_flow_finds_the_vote_and_the_retry(tesuji: Tesuji, folder: Path, models: Strengths) -> None:
    tesuji("run", "--model", models.uri("shy-60"))
    said = tesuji("try", "flow", "--json").json
    names = [one["run"]["entry"] for one in said["challengers"]]
    assert names == ["base+retry", "base+check", "base+vote8"]
    assert said["challengers"][0]["added"] == ["flow retry (tries=3)"]
    left = {row[0]: row[1] for row in said["tables"][-1]["rows"]}
    assert "has no labels" in left["choose"] and "--with URI" in left["cascade"]


def test_flow_leaves_out_what_the_test_split_has_no_time_for(
    tesuji: Tesuji, folder: Path, models: Strengths
) -> None:
    toml = folder / "competition.toml"
    toml.write_text(toml.read_text() + "[limits]\nrequests = 200\n")
    tesuji("run", "--model", models.uri("wavering-60"))
    said = tesuji("try", "flow", "--json").json
    names = [one["run"]["entry"] for one in said["challengers"]]
    assert names == ["base+check", "base+vote3"]  # 8 × 50 rows and 5 × 50 would be too many
    left = {row[0]: row[1] for row in said["tables"][-1]["rows"]}
    assert "vote" not in left
    told = tesuji("try", "flow", "--option", "n=8", "--option", "flows=vote")
    assert "about 400 requests on the 50 rows of test, limit 200" in flat(told.out)


def test_a_cascade_asks_the_strong_model_where_draws_disagree(
    tesuji: Tesuji, folder: Path, models: Strengths
) -> None:
    tesuji("run", "--model", models.uri("wavering-60"))
    said = tesuji(
        "try", "flow", "--with", models.uri("strong-95"), "--option", "flows=cascade", "--json"
    ).json  # fmt: skip
    (one,) = said["challengers"]
    assert one["kept"] and one["run"]["score"] == pytest.approx(0.97, abs=0.03)
    assert models.asked["strong-95"] == 40
    taken = next(table for table in said["tables"] if table["title"] == "what each takes")
    assert taken["rows"][1][3] == "40 (40%)"
    entry = (folder / "entries" / f"{one['run']['entry']}.toml").read_text()
    assert "[models]" in entry and "strong-95" in entry and 'flow = "cascade"' in entry
    predicted = tesuji("predict")
    assert predicted.code == 0 and models.asked["strong-95"] > 40
    shown = tesuji("show", one["run"]["id"], "-n", "1")
    assert "q0" in shown.out
    cleaned = tesuji("try", "process")  # re-reads both models' outputs
    assert cleaned.code == 0 and "nothing to try" in cleaned.out


def test_stronger_measures_the_head_room_on_a_part(
    tesuji: Tesuji, folder: Path, models: Strengths
) -> None:
    tesuji("run", "--model", models.uri("weak-40"))
    strong = models.uri("strong-95")
    said = tesuji("try", "stronger", "--with", strong, "--option", "difference=0.3")
    assert said.code == 0, said.err
    asked = models.asked["strong-95"]
    assert 20 <= asked < SIZE
    words = flat(said.out)
    assert "is better than base by" in words and "nothing kept: base stays" in words
    assert "the head-room" in words and "would take" in words
    assert "Next: tesuji run --entry base-strong-95" in words
    assert f"or tesuji try flow --with {strong}" in words
    assert widest(said.out.partition("Next:")[0]) <= 80
    best = next(run for run in tesuji("runs", "--json").json["runs"] if run["best"])
    assert best["entry"] == "base"
    follow = tesuji("run", "--entry", "base-strong-95")
    assert follow.code == 0 and models.asked["strong-95"] == SIZE  # the rest alone was sent
    assert "kept" in follow.out


def test_stronger_says_what_it_would_need(tesuji: Tesuji, folder: Path, models: Strengths) -> None:
    tesuji("run", "--model", models.uri("weak-40"))
    said = tesuji("try", "stronger", "--with", models.uri("strong-95"), "--requests", 15)
    assert said.code == 2 and "15 requests are too few: 100 samples tell the difference" in said.err
    assert "15 samples would tell" in said.err and models.asked["strong-95"] == 0
    fewer = tesuji("try", "stronger", "--with", models.uri("strong-95"), "--requests", 15,
                   "--option", "samples=15")  # fmt: skip
    assert fewer.code == 0 and models.asked["strong-95"] == 15


def test_a_budget_is_for_all_challengers_together(
    tesuji: Tesuji, folder: Path, models: Strengths
) -> None:
    tesuji("run", "--model", models.uri("weak-50"))
    with_ = ["--with", models.uri("weak-60"), "--with", models.uri("strong-90")]
    said = tesuji("try", "models", *with_, "--requests", 130)
    assert said.code == 0
    assert models.asked == {"weak-50": 100, "weak-60": 100, "strong-90": 30}
    words = flat(said.out)
    assert "70 samples have no answer yet" in words and "about 70 requests more" in words
    on = tesuji("try", "models", *with_, "--requests", 130)
    assert models.asked["strong-90"] == 100 and "kept: base-strong-90" in flat(on.out)


def test_an_interrupted_try_goes_on_with_the_same_command(
    tesuji: Tesuji, folder: Path, models: Strengths
) -> None:
    tesuji("run", "--model", models.uri("weak-50"))
    main = threading.main_thread()
    models.stop_after = 205
    models.on_stop = lambda: signal.pthread_kill(main.ident or 0, signal.SIGINT)
    with_ = ["--with", models.uri("weak-60"), "--with", models.uri("strong-90")]
    said = tesuji("try", "models", *with_)
    assert said.code == 130 and "interrupted" in said.out
    assert len(models.seen) < 300
    before = len(models.seen)
    again = tesuji("try", "models", *with_)
    assert again.code == 0 and len(models.seen) == 300 and before >= 205
    assert "kept: base-strong-90" in flat(again.out)


def test_a_challengers_prompts_are_all_in_the_ledger(
    tesuji: Tesuji, folder: Path, models: Strengths
) -> None:
    tesuji("run", "--model", models.uri("shy-60"))
    said = tesuji("try", "flow", "--option", "flows=check", "--json").json
    (one,) = said["challengers"]
    shown = tesuji("show", one["run"]["id"], "3", "--json").json
    assert json.dumps(shown).count("Check the reply above") >= 1
    with sqlite3.connect(folder / "ledger.db") as ledger:
        (move,) = ledger.execute("SELECT move FROM trials").fetchone()
    assert move == "flow"


def test_the_demos_competition_in_the_small(tesuji: Tesuji, fresh: Path, models: Strengths) -> None:
    """nano votes and checks: real generation, whatever comes of it."""
    assert tesuji("run", "--limit", 12).code == 0
    began = time.monotonic()
    said = tesuji("try", "flow", "--option", "flows=check,vote", "--option", "n=3", "--json")
    assert said.code == 0, said.err
    assert [one["run"]["entry"] for one in said.json["challengers"]] == ["base+check", "base+vote3"]
    assert all(one["run"]["answered"] + one["run"]["unparsed"] == 12
               for one in said.json["challengers"])  # fmt: skip
    assert time.monotonic() - began < 60 and os.environ["COLUMNS"] == "80"


def test_a_cascade_by_hand(tesuji: Tesuji, folder: Path, models: Strengths) -> None:
    strong = f"strong={models.uri('strong-95')}"
    made = ("run", "--model", models.uri("shy-60"), "--name", "two", "--flow", "cascade")
    wrong = tesuji(*made, "--also", "strong")
    assert wrong.code == 2 and "write it as NAME=URI" in wrong.err
    wrong = tesuji(*made)
    assert wrong.code == 2 and "add [models] strong" in wrong.err
    said = tesuji(*made, "--also", strong)
    assert said.code == 0 and models.asked == {"shy-60": 100, "strong-95": 40}
    looked = tesuji("first", "--entry", "two", "-n", 3)
    assert looked.code == 0 and models.asked == {"shy-60": 100, "strong-95": 40}
    again = tesuji("run", "--entry", "two")
    assert again.code == 0 and " 0 sent" in again.out


def test_a_prompt_is_searched_without_optuna_too(tesuji: Tesuji, fresh: Path) -> None:
    assert tesuji("run").code == 0
    code = (
        "import sys; sys.modules['optuna'] = None\n"
        "from tesuji.cli import main\n"
        "main(['try', 'prompt', '--json', *sys.argv[1:]])"
    )

    def search(*options: str) -> subprocess.CompletedProcess[str]:
        settings = [part for option in options for part in ("--option", option)]
        return subprocess.run(
            [sys.executable, "-c", code, *settings], capture_output=True, text=True,
            encoding="utf-8", env=environment(), timeout=120,
        )  # fmt: skip

    refused = search("sampler=tpe")
    assert refused.returncode == 2 and "pip install 'tesuji[tune]'" in refused.stderr
    report = json.loads(search("trials=20").stdout)
    assert report["kept"] and not (fresh / "prompts.journal").exists()
    assert "with Optuna (the extra tune)" in report["tables"][0]["note"]
    # What was raced is in the ledger: the same again comes to the same, and sends nothing.
    assert tesuji("undo").code == 0
    again = json.loads(search("trials=20").stdout)
    assert (again["winner"], again["sent"]) == (report["winner"], 0)
