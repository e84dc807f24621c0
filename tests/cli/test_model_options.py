"""Options of a model, from competition.toml and from the command line."""

from __future__ import annotations

from pathlib import Path

from tests.cli.terminal import Server, Tesuji


def test_options_on_the_command_line_reach_the_model(
    tesuji: Tesuji, fresh: Path, slow: Server
) -> None:
    slow.delay = 2.0
    options = ("--model-option", "timeout=0.2", "--model-option", "tries=1")
    said = tesuji("run", "--limit", 3, "--model", slow.model, *options, "--json")
    run = said.json["run"]
    assert run["errors"] == 3
    assert " 0.2 s" in said.json["failure"] and "one try" in said.json["failure"]
    slow.delay = 0.0
    run = tesuji("run", "--limit", 3, "--model", slow.model, "--json").json["run"]
    # The same run: options say how a model is asked, not what.
    assert run["id"] == 1 and run["errors"] == 0


def test_options_in_the_file_are_for_the_model_that_is_named(
    tesuji: Tesuji, fresh: Path, slow: Server
) -> None:
    toml = fresh / "competition.toml"
    toml.write_text(toml.read_text() + f'\n[models."{slow.model}"]\nconcurrency = 2\ntries = 0\n')
    said = tesuji("run", "--limit", 3, "--model", slow.model)
    assert said.code == 2 and "tries must be a whole number above 0, not 0" in said.err
    said = tesuji("run", "--limit", 3, "--model", slow.model, "--model-option", "tries=1")
    assert said.code == 0
    assert tesuji("first", "--model", "nano").code == 0


def test_what_is_no_option_is_said_with_those_that_there_are(
    tesuji: Tesuji, fresh: Path, slow: Server
) -> None:
    said = tesuji("run", "--model", slow.model, "--model-option", "speed=9")
    assert said.code == 2 and "has no option speed; it has concurrency" in said.err
    said = tesuji("first", "--model", "nano", "--model-option", "speed")
    assert said.code == 2 and "--model-option speed: write it as NAME=VALUE" in said.err
    (fresh / "competition.toml").write_text(
        (fresh / "competition.toml").read_text() + "\n[models]\nnano = 3\n"
    )
    said = tesuji("first", "--model", "nano")
    assert said.code == 2 and '[models."nano"]' in said.err
