"""next, best, undo, and try survey at the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.terminal import Tesuji, best_of
from tests.moves.conftest import SIZE, Bench, answer


def test_before_any_run_it_says_how_to_begin(tesuji: Tesuji, fresh: Path) -> None:
    said = tesuji("next")
    assert said.code == 0 and not (fresh / "ledger.db").exists()
    first, second = said.out.index("1  first"), said.out.index("2  run")
    assert first < second < said.out.index("baseline")
    assert "tesuji first" in said.out and "200 requests" in said.out
    assert tesuji("best").code == tesuji("undo").code == 2
    assert "there is no run yet: begin with `tesuji first`" in tesuji("best").err


def test_the_plan_after_a_run_names_the_move_its_gain_and_its_cost(
    tesuji: Tesuji, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench = Bench(tmp_path, lambda n: f"q{n}")
    bench.record([(f"q{n}", f"Sure! {answer(n)}") for n in range(SIZE)])
    monkeypatch.chdir(tmp_path)
    tesuji("run", "--model", "replay:base.jsonl")
    said = tesuji("next")
    assert "1  process" in said.out and "tesuji try process" in said.out
    assert "nothing is sent" in said.out and "up to 100 %, perhaps 50 % of the samples" in said.out
    assert max(map(len, said.out.splitlines())) <= 80
    plan = json.loads(tesuji("next", "--json").out)
    process = next(one for one in plan["advice"] if one["move"] == "process")
    assert process["state"] == "now" and process["cost"]["requests"] == 0
    assert 0 < process["expected"] <= process["most"] <= 1
    moves = [one["move"] for one in plan["advice"] if not one["step"]]
    assert len(moves) == len(set(moves)) == 12
    assert tesuji("try", "process").code == 0
    said = tesuji("next")
    assert "kept +1" in said.out and "1  process" not in said.out


def test_what_is_left_to_spend_puts_moves_off(tesuji: Tesuji, played: Path) -> None:
    poor = json.loads(tesuji("next", "--json", "--requests", "1").out)
    assert not [one for one in poor["advice"]
                if one["state"] == "now" and one["cost"]["requests"] > 1]  # fmt: skip
    assert tesuji("next", "--requests", "0").code == 2


def test_the_best_shows_its_origin_its_toml_and_the_exact_text(
    tesuji: Tesuji, played: Path
) -> None:
    said, name = tesuji("best"), best_of(played)
    assert said.code == 0 and f"entries/{name}.toml" in said.out
    assert 'model = "nano"' in said.out and "base ->" in said.out
    report = json.loads(tesuji("best", "--json", "--sample", "17").out)
    sent = json.loads(tesuji("show", "5", "17", "--json").out)[0]
    assert report["messages"] == sent["messages"] and report["recorded"]
    assert report["toml"] == (played / "entries" / f"{name}.toml").read_text()
    assert [link["move"] for link in report["chain"]] == ["run", "process", "prompt"]
    assert report["chain"][0]["gain"] is None and report["chain"][1]["gain"] > 0
    wrong = tesuji("best", "--sample", "nope")
    assert wrong.code == 2 and wrong.err == "error: the split dev has no sample 'nope'\n"


def test_control_characters_of_a_prompt_stay_visible(
    tesuji: Tesuji, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    odd = "\u202e\u001b[31m"
    bench = Bench(tmp_path, lambda n: f"q{n}")
    bench.record([(f"{odd}q{n}", answer(n)) for n in range(SIZE)])
    monkeypatch.chdir(tmp_path)
    said = tesuji("run", "--model", "replay:base.jsonl", "--name", "odd", "--user",
                  odd + "{question}")  # fmt: skip
    assert said.code == 0
    said = tesuji("best")
    assert "q0" in said.out and not {"\x1b", "\u202e"} & set(said.out)


def test_undo_and_redo_say_what_they_did(tesuji: Tesuji, played: Path) -> None:
    runs, name = tesuji("runs", "--json").out, best_of(played)
    said = tesuji("undo")
    assert said.out.startswith("base+preamble+postamble (run 4, levenshtein ")
    assert f"is the best again; it was {name}" in said.out
    assert "back by: tesuji undo --redo" in said.out
    assert "base+preamble+postamble" in tesuji("best").out
    assert json.loads(tesuji("undo", "--json").out)["best"]["entry"] == "base"
    over = tesuji("undo")
    assert over.code == 2 and over.err.startswith("error: nothing to undo on dev: ")
    assert tesuji("undo", "--redo").code == tesuji("undo", "--redo").code == 0
    assert tesuji("undo", "--redo").code == 2
    assert tesuji("runs", "--json").out == runs  # nothing is lost


def test_the_survey_without_a_network_shows_the_catalogue(tesuji: Tesuji, fresh: Path) -> None:
    said = tesuji("try", "survey", "--option", "offline=true", "--option", "kind=maths")
    assert said.code == 0 and "offline: the hub was not asked" in said.out
    assert "AIMO Progress Prize 1 2024" in said.out and "NuminaMath" in said.out
    tables = json.loads(tesuji("try", "survey", "--option", "offline=true", "--json").out)["tables"]
    assert [table["title"] for table in tables] == [
        "models of the hub",
        "what did well in contests",
    ]
    wrong = tesuji("try", "survey", "--option", "gpu=abacus")
    assert wrong.code == 2 and wrong.err.startswith("error: gpu is 'abacus': say one of ")
