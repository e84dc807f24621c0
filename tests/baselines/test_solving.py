"""Many prompts at once: processes answer as the solver in place does, and none of them hangs."""

from __future__ import annotations

import pytest

from tesuji.baselines import solving
from tesuji.baselines.solving import Solver


def prompt(n: int) -> str:
    shown = [f"{word} -> {word.upper()}" for word in ("apple", "river", f"stone{n}", "cloud")]
    return "\n".join(["Find the rule.", *shown, f"Now, answer for: green{n}"])


def test_processes_answer_as_one_does(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = [*(prompt(n) for n in range(18)), "no examples", "", "日本語\x00\ud800"]
    here = Solver(["apple"]).solve(texts)
    assert here[3] is not None and here[3].answer == "GREEN3" and here[-3:] == [None] * 3
    monkeypatch.setattr(solving, "_PATIENCE", -1.0)
    monkeypatch.setattr(solving, "_processors", lambda: 2)
    solver = Solver(["apple"])
    try:
        assert solver.solve(texts) == here
        worker = solver._workers[0]
        assert worker._process is not None
        worker._process.kill()  # one that dies is started again
        worker._process.wait()
        assert solver.solve(texts) == here
    finally:
        solver.close()
    assert all(worker._process is None for worker in solver._workers)


def test_a_silent_process_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(solving, "_SILENCE", 0.0)
    worker = solving._Worker([], 0.1)
    assert worker.solve(prompt(1)) is None and worker._process is None
