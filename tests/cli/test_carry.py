"""`tesuji export` and `tesuji import`: out of one folder, into another."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from tests.cli.terminal import Tesuji
from tesuji.cli.paths import near


def test_a_run_is_carried_to_another_folder(tesuji: Tesuji, tmp_path: Path) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    tesuji("new", here, "--like", "llm-prompt-reverse")
    shutil.copytree(here, there)
    ran = tesuji("run", "-C", here, "--model", "nano", "--limit", 4, "--json").json
    said = tesuji("export", 1, "-C", here, "-o", tmp_path / "run.jsonl")
    assert (said.code, said.out) == (0, f"{near(tmp_path / 'run.jsonl')}: 4 samples of run 1\n")
    assert len((tmp_path / "run.jsonl").read_text().splitlines()) == 4
    said = tesuji("import", tmp_path / "run.jsonl", "-C", there)
    assert (said.code, said.out) == (0, f"{near(tmp_path / 'run.jsonl')}: 4 outputs recorded\n")
    again = tesuji("run", "-C", there, "--model", "nano", "--limit", 4, "--json").json
    assert (again["run"]["sent"], again["run"]["cached"]) == (0, 4)
    assert again["run"]["score"] == ran["run"]["score"]
    report = tesuji("import", tmp_path / "run.jsonl", "-C", there, "--json").json
    assert (report["new"], report["known"], report["strangers"]) == (0, 4, 0)


def test_what_is_wrong_with_a_file_is_one_line(tesuji: Tesuji, tmp_path: Path) -> None:
    tesuji("new", tmp_path / "c", "--like", "llm-prompt-reverse")
    (tmp_path / "bad.jsonl").write_text('{"prompt": "x"}\n')
    for command, words in (
        (("export", 1), "there is no run yet"),
        (("import", tmp_path / "bad.jsonl"), "bad.jsonl: line 1: no 'output'"),
        (("import", tmp_path / "nowhere.jsonl"), "nowhere.jsonl: No such file"),
    ):
        said = tesuji(*command, "-C", tmp_path / "c")
        assert said.code == 2 and said.err.startswith("error: ") and said.err.count("\n") == 1
        assert words in said.err
        assert not (tmp_path / "c" / "ledger.db").exists()


def test_runs_show_what_all_passes_cost(tesuji: Tesuji, tmp_path: Path) -> None:
    folder = tmp_path / "c"
    tesuji("new", folder, "--like", "llm-prompt-reverse")
    part = tesuji("run", "-C", folder, "--model", "nano", "--limit", 8, "--requests", 3, "--json")
    said = tesuji("run", "-C", folder, "--model", "nano", "--limit", 8)
    first = json.loads(part.out)["run"]
    assert (first["sent"], first["all_sent"]) == (3, 3)
    assert "in all       8 sent" in said.out
    (row,) = tesuji("runs", "-C", folder, "--json").json["runs"]
    assert (row["sent"], row["all_sent"]) == (5, 8)
    tokens = row["all_tokens_in"] + row["all_tokens_out"]
    assert tokens > row["tokens_in"] + row["tokens_out"]
    assert f"{tokens:,} tok." in tesuji("runs", "-C", folder).out
