"""The metric `math`: what is equal, that nothing hangs it, and that it works in any thread."""

from __future__ import annotations

import threading
import time

import pytest

from tesuji.task.formats import make_format
from tesuji.task.metrics import make_metric, mathematics
from tesuji.task.metrics.mathematics import MathWorker, math_equal


@pytest.mark.parametrize(
    ("answer", "target", "equal"),
    [
        ("0.5", r"\frac{1}{2}", True),
        (r"\dfrac{3}{50}", r"\frac{3}{50}", True),
        ("x+1", "1+x", True),
        (r"2\sqrt{2}", r"\sqrt{8}", True),
        (r"\{2,1\}", r"\{1,2\}", True),
        (r"[0,1]", r"[0,1)", False),
        ("10000", "10{,}000", True),
        (r"25\%", "25", True),
        ("100", r"100\text{ square units}", True),
        ("12", "1.39", False),
        ("}}}", "{", False),
        ("", "5", False),
    ],
)
def test_mathematical_equality(answer: str, target: str, equal: bool) -> None:
    assert bool(math_equal(answer, target)) == equal


def test_equal_strings_need_no_process(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> bool:
        raise AssertionError("the process was asked")

    monkeypatch.setattr(mathematics, "_compared", refuse)
    metric = make_metric("math", {}, make_format("boxed", {}))
    answers = [r"\dfrac{1}{2}", r" \left( 1, 2 \right) ", "900,000", "11"]
    targets = [r"\frac{1}{2}", "(1,2)", r"900,\!000", "4"]
    assert metric.score(answers, targets) == 0.75


def test_a_hostile_answer_costs_its_time_out_and_no_more() -> None:
    worker = MathWorker()
    try:
        assert worker.equal("1+x", "x+1")
        began = time.monotonic()
        assert not worker.equal("3", "9^{9^{9^{9^9}}}", seconds=0.5)
        assert time.monotonic() - began < 5
        assert worker.equal("1+x", "x+1"), "a new process answers"
    finally:
        worker.close()


def test_it_works_in_threads() -> None:
    verdicts: list[float] = []

    def judge(number: int) -> None:
        verdicts.append(math_equal(f"y+{number}", f"{number}+y"))

    threads = [threading.Thread(target=judge, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert verdicts == [1.0] * 6
