"""Real recorded solutions: our verdicts against those that came with them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tesuji.task.formats import make_format
from tesuji.task.metrics import make_metric

SOLVERS = ("6b_finetuning", "6b_verification", "175b_finetuning", "175b_verification")


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line]


def test_every_recorded_gsm8k_flag_is_reproduced(shared: Path) -> None:
    format = make_format("number", {})
    metrics = [make_metric(name, {}, format) for name in ("numeric", "exact")]
    seen, wrong = 0, []
    for row in lines(shared / "data" / "gsm8k_recorded_solutions_dev.jsonl"):
        target = format.accept(row["ground_truth"])
        for solver in SOLVERS:
            answer = format.parse(row[solver]["solution"])
            for metric in metrics:
                assert metric.sample is not None
                right = answer is not None and metric.sample(answer, target) == 1
                if right != row[solver]["is_correct"]:
                    wrong.append((row["id"], solver, metric.name, answer, target))
            seen += 1
    assert (seen, wrong) == (2612, [])


# (problem, answer, target): why the recorded verdict, and not ours, is wrong.
DISAGREEMENTS = {
    (72, "10000", "10{,}000"): "the recorded grader did not read LaTeX's {,} as a thousands comma",
}


def test_recorded_math_verdicts_are_reproduced(shared: Path) -> None:
    format = make_format("boxed", {})
    metric = make_metric("math", {}, format)
    assert metric.sample is not None
    seen, different = 0, set()
    for row in lines(shared / "data" / "math_8_samples_dev.jsonl"):
        for target in {format.accept(row["gt"]), format.accept(row["answer"])}:
            for solution, recorded in zip(row["code"], row["score"], strict=True):
                answer = format.parse(solution)
                right = answer is not None and metric.sample(answer, target) == 1
                if right != recorded:
                    different.add((row["idx"], answer, target))
                seen += 1
    assert seen >= 47 * 8
    assert different == set(DISAGREEMENTS)
