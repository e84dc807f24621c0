"""A run that is stopped, by hand or by its budget, and goes on: against a real, slow server."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from pathlib import Path

import pytest

from tests.cli.terminal import Server, Tesuji, command, environment


def start(*arguments: object) -> subprocess.Popen[str]:
    return subprocess.Popen(
        command(*arguments), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        encoding="utf-8", env=environment(),
    )  # fmt: skip


def wait_for(server: Server, answered: int) -> None:
    until = time.monotonic() + 20
    while server.answered < answered and time.monotonic() < until:
        time.sleep(0.01)
    assert server.answered >= answered


@pytest.mark.skipif(os.name == "nt", reason="no SIGINT to send")
def test_control_c_finishes_what_is_in_flight_and_the_same_command_goes_on(
    fresh: Path, slow: Server
) -> None:
    arguments = ("run", "--model", slow.model)
    process = start(*arguments)
    wait_for(slow, 5)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=30)
    assert process.returncode == 130, err
    assert "finishing what is in flight; Ctrl-C again stops at once" in err
    assert "Traceback" not in err
    assert "stopped: interrupted; the same command goes on" in " ".join(out.split())
    first = slow.asked
    assert slow.answered == first < 200  # nothing that was paid for was thrown away
    again = subprocess.run(
        command(*arguments, "--json"), capture_output=True, text=True, env=environment(), timeout=60
    )
    run = json.loads(again.stdout)["run"]
    assert again.returncode == 0 and run["state"] == "finished" and run["answered"] == 200
    assert (run["sent"], run["cached"]) == (200 - first, first)
    assert slow.asked == 200
    assert run["score"] == 0


@pytest.mark.skipif(os.name == "nt", reason="no SIGINT to send")
def test_control_c_twice_stops_at_once(fresh: Path, slow: Server) -> None:
    slow.delay = 0.05
    process = start("run", "--model", slow.model)
    wait_for(slow, 5)
    slow.delay = 60
    time.sleep(0.3)
    process.send_signal(signal.SIGINT)
    time.sleep(0.3)
    began = time.monotonic()
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=30)
    assert time.monotonic() - began < 5
    assert process.returncode == 130 and "Traceback" not in err, err
    assert "the same command goes on where it was" in err


def test_so_many_requests_and_no_more(tesuji: Tesuji, fresh: Path, slow: Server) -> None:
    said = tesuji("run", "--model", slow.model, "--requests", 10)
    assert said.code == 0 and slow.asked == 10
    assert "10 answered, 190 fallback" in said.out
    records = tesuji("show", 1, "-n", 300, "--json").json
    assert len(records) == 200 and all(r["answer"] is not None for r in records)
    assert all(r["score"] is not None for r in records)
    fallback = next(record for record in records if record["state"] == "fallback")
    assert "requests" in fallback["reason"]


def test_a_budget_gives_every_sample_its_first_answer(
    tesuji: Tesuji, fresh: Path, slow: Server
) -> None:
    vote = ("run", "--model", slow.model, "--flow", "vote", "--option", "n=3")
    said = tesuji(*vote, "--requests", 250)
    assert said.code == 0 and slow.asked == 250
    assert "200 answered" in said.out and "fallback" not in said.out
    assert "the 250 requests are spent" in said.out and "samples were cut short" in said.out


def test_so_many_seconds_and_no_more(tesuji: Tesuji, fresh: Path, slow: Server) -> None:
    began = time.monotonic()
    said = tesuji("run", "--model", slow.model, "--seconds", 0.5, "--json")
    took = time.monotonic() - began
    run = said.json["run"]
    assert took < 5 and run["state"] == "finished"
    assert 0 < run["answered"] < 200 and run["answered"] + run["fallbacks"] == 200


def test_a_prediction_out_of_budget_is_still_a_valid_submission(
    tesuji: Tesuji, fresh: Path, slow: Server
) -> None:
    said = tesuji("predict", "--model", slow.model, "--requests", 10)
    assert said.code == 0 and "90 rows hold the format's fallback answer" in said.out
    assert "✓ submission.csv is a valid submission" in said.out


@pytest.mark.skipif(os.name == "nt", reason="no pipes of that kind")
def test_a_reader_that_leaves_early_is_no_error(played: Path) -> None:
    for arguments in (("runs",), ("show", 1, "-n", 200), ("diagnose", 1, "--json")):
        process = start(*arguments)
        assert process.stdout and process.stderr
        process.stdout.readline()
        process.stdout.close()
        process.wait(timeout=30)
        err = process.stderr.read()
        process.stderr.close()
        assert "Traceback" not in err and "Error" not in err, (arguments, err)
