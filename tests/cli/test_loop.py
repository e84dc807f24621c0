"""The loop by hand: each command as a person types it, and `--json` as a program does."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.terminal import Tesuji, best_of, contents


def test_from_an_empty_folder_to_a_valid_submission(
    tesuji: Tesuji, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    made = tesuji("new", "reverse", "--like", "llm-prompt-reverse")
    assert made.code == 0 and made.out.startswith("reverse/competition.toml\n")
    assert "Next: tesuji first -C reverse\n" in made.out
    monkeypatch.chdir("reverse")
    first = tesuji("first")
    assert first.code == 0 and "Reverse the string: " in first.out and "target" in first.out
    assert "finish: " in first.out and "tokens in" in first.out
    ran = tesuji("run", "--limit", 60)
    assert ran.code == 0 and "59 sent, 1 from the ledger" in ran.out
    cleaned = tesuji("run", "--limit", 60, "--clean", "preamble", "--name", "cleaned")
    assert cleaned.code == 0 and " 0 sent, 60 from the ledger" in cleaned.out
    told = tesuji(
        "run", "--user", r"Reverse the string: {original}\nAnswer only.", "--name", "told"
    )
    assert told.code == 0 and "the best so far" in told.out  # the first on the whole split
    compared = tesuji("compare", "base", "told")
    assert compared.code == 0 and "told is better than base by" in " ".join(compared.out.split())
    assert tesuji("compare", 2, 3).code == 0
    runs = tesuji("runs")
    assert all(name in runs.out for name in ("base", "cleaned", "told", "★"))
    shown = tesuji("show", "base", "-n", 1, "--worst", "--finding", "preamble")
    assert shown.code == 0 and "preamble: " in shown.out
    assert "Reverse the string: " in shown.out and "⏎" in shown.out
    diagnosed = tesuji("diagnose", "base")
    assert diagnosed.code == 0 and "preamble" in diagnosed.out
    predicted = tesuji("predict")
    assert predicted.code == 0 and "told on nano · test" in predicted.out
    assert "✓ submission.csv is a valid submission" in predicted.out
    assert tesuji("check", "submission.csv").code == 0
    monkeypatch.chdir(tmp_path)
    assert tesuji("check", "-C", "reverse").out == (
        "✓ reverse/submission.csv is a valid submission\n"
    )


def test_every_command_prints_json(tesuji: Tesuji, played: Path) -> None:
    name = best_of(played)
    run = tesuji("run", "--json", "--entry", name).json
    assert run["run"]["sent"] == 0 and run["kept"] is True and run["run"]["score"] is not None
    assert tesuji("first", "--json", "-n", 2).json["samples"][1]["outputs"][0]["recorded"]
    best = [r["entry"] for r in tesuji("runs", "--json").json["runs"] if r["best"]]
    assert best == [name]
    assert tesuji("compare", 1, 5, "--json").json["verdict"] == "better"
    record = tesuji("show", 1, "--json", "-n", 1).json[0]
    assert record["messages"][0]["role"] == "user" and record["output"]["text"]
    assert tesuji("predict", "--json").json["problems"] == []
    assert tesuji("check", "--json").json["valid"] is True
    doctor = tesuji("doctor", "--json", "--model", "nano").json
    assert doctor["keys"] == {"OPENAI_API_KEY": False, "TESUJI_API_KEY": False}
    assert "generate" in doctor["model"]["can"]
    layers = {layer["name"]: layer for layer in doctor["sandbox"]}
    assert {"seccomp", "landlock", "mount namespace", "resource limits"} <= layers.keys()
    assert layers["clean environment"]["why_not"] is None
    said = tesuji("doctor").out
    assert all(name in said for name in layers)
    assert tesuji("new", "again", "--like", "llm-prompt-reverse", "--json").json["folder"]


def test_diagnose_prints_a_line_of_json_for_each_output(tesuji: Tesuji, played: Path) -> None:
    lines = [json.loads(line) for line in tesuji("diagnose", 1, "--json").out.splitlines()]
    assert len(lines) == 200 and len({line["id"] for line in lines}) == 200
    found = [finding for line in lines for finding in line["findings"]]
    assert {"preamble", "format"} <= {finding["kind"] for finding in found}
    assert all({"kind", "start", "end", "confidence", "fix"} <= finding.keys() for finding in found)
    assert all(0 <= finding["start"] <= finding["end"] for finding in found)


def test_diagnose_reads_files_without_a_competition(
    tesuji: Tesuji, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    texts = ["Sure! Here is the answer:\n\n42", "42", ""]
    for name, text in (
        (
            "out.jsonl",
            "".join(json.dumps({"id": n, "output": t}) + "\n" for n, t in enumerate(texts)),
        ),
        ("out.csv", 'id,output\n0,"Sure! Here is the answer:\n\n42"\n1,42\n2,""\n'),
    ):
        (tmp_path / name).write_text(text, encoding="utf-8")
        said = tesuji("diagnose", name, "--json")
        kinds = [
            [f["kind"] for f in json.loads(line)["findings"]] for line in said.out.splitlines()
        ]
        assert kinds == [["preamble"], [], ["empty"]], name
        assert "2 outputs" not in tesuji("diagnose", name).out
        assert "3 outputs, 1 without a finding" in tesuji("diagnose", name).out


def test_looking_writes_nothing(tesuji: Tesuji, fresh: Path) -> None:
    before = contents(fresh)
    assert "no run yet" in tesuji("runs").out
    for arguments in (("show", 1), ("compare", 1, 2), ("diagnose",)):
        said = tesuji(*arguments)
        assert said.code == 2 and "no run yet" in said.err
    assert contents(fresh) == before


def test_an_entry_said_twice_is_one(tesuji: Tesuji, played: Path) -> None:
    """A run without a name is called after what it changes, and runs again under that name."""
    once = tesuji("run", "--json", "--limit", 5, "--clean", "preamble,format").json["run"]
    again = tesuji("run", "--json", "--limit", 5, "--clean", "preamble,format").json["run"]
    assert once["id"] == again["id"] and once["entry"].startswith("base-")
    assert (played / "entries" / f"{once['entry']}.toml").exists()
    said = tesuji("run", "--entry", once["entry"], "--limit", 5, "--json").json["run"]
    assert said["id"] == once["id"]


def test_a_run_where_all_failed_says_why(tesuji: Tesuji, fresh: Path) -> None:
    (fresh / "recorded.jsonl").write_text('{"prompt": "other", "output": "x"}\n')
    said = tesuji("run", "--limit", 3, "--model", "replay:recorded.jsonl")
    assert said.code == 1 and "3 failed" in said.out
    reason = " ".join(said.out.split("failed       ")[1].split())
    assert "recorded.jsonl" in reason


@pytest.mark.parametrize("name", ["help", "demo", "new", "first", "run", "predict", "runs", "show",
                                  "compare", "diagnose", "check", "doctor"])  # fmt: skip
def test_help_fits_the_window(tesuji: Tesuji, name: str) -> None:
    said = tesuji("--help") if name == "help" else tesuji(name, "-h")
    assert said.code == 0 and said.out.startswith("Usage: ")
    assert max(map(len, said.out.splitlines())) <= 80


def test_why_a_run_is_not_the_best_is_said(tesuji: Tesuji, fresh: Path) -> None:
    part = tesuji("run", "--limit", 30)
    assert "not all of dev: only a whole run can be the best" in part.out
    assert "the best so far" in tesuji("run", "--limit", 200).out
    better = tesuji("run", "--limit", 30, "--clean", "preamble", "--name", "cleaned")
    assert "base stays the best; a run on fewer samples is not kept" in better.out
    said = " ".join(tesuji("compare", 1, 3).out.split())
    assert "referee run 3 is better than run 1 by" in said and "scores run 1 " in said


def test_what_a_model_wrote_is_no_markup(tesuji: Tesuji, fresh: Path) -> None:
    """Neither rich's markup nor a terminal's escapes: the screen shows them as text."""
    hostile = "[bold red]x[/nope] \x1b[2J\x1b]0;title\x07 \u202e\r\x08"
    prompts = [line.split(",")[0] for line in (fresh / "data/train.csv").read_text().splitlines()]
    lines = [{"prompt": f"Reverse the string: {text}", "output": hostile} for text in prompts]
    (fresh / "h.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    assert tesuji("run", "--limit", 3, "--model", "replay:h.jsonl").code == 0
    for arguments in (("first", "--model", "replay:h.jsonl"), ("show", 1), ("diagnose",)):
        said = tesuji(*arguments)
        assert said.code == 0 and "[bold red]x[/nope]" in said.out
        assert not set("\x1b\x07\x08\u202e\r") & set(said.out), arguments


def test_only_the_names_of_fields_are_dim() -> None:
    """What a person came to read stands out from what it is called."""
    from io import StringIO

    from rich.console import Console

    from tesuji.cli import paper

    screen, plain = StringIO(), paper.console
    paper.console = Console(file=screen, force_terminal=True, color_system="standard")
    try:
        paper.field("score", "0.5")
    finally:
        paper.console = plain
    assert screen.getvalue() == f"\x1b[2m{'score':<12} \x1b[0m0.5\n"
