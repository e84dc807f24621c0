"""What the planner expects of a move, beside what the move then brings, on recorded real outputs.

    python -m benchmarks.planner --data ../shared/data

The planner's numbers order moves; they are no forecasts. This shows by how much they are off, in
the few situations in which a move can be played from recordings: other solvers and votes on
recorded solutions of GSM8K and MATH, cleaners on the built-in model. It has no rival to stand
beside: the other column is the truth.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import tesuji as tj

_SOLVERS = ("6b_finetuning", "6b_verification", "175b_finetuning", "175b_verification")
_TOML = """
metric = "{metric}"
[data]
train = "rows.jsonl"
dev = "rows.jsonl"
id = "id"
target = "answer"
[answer]
format = "{format}"
[prompt]
user = "{{question}}"
"""


@dataclass(frozen=True)
class Row:
    """A situation, a move: the share of samples at stake, expected, and set right in truth."""

    situation: str
    move: str
    wrong: float
    most: float
    expected: float
    measured: float


def competition(folder: Path, rows: Sequence[tuple[str, str]], metric: str, format: str) -> tj.Task:
    """A competition of (question, answer)."""
    folder.mkdir()
    table = [{"id": n, "question": q, "answer": a} for n, (q, a) in enumerate(rows)]
    (folder / "rows.jsonl").write_text("\n".join(map(json.dumps, table)), encoding="utf-8")
    (folder / "competition.toml").write_text(_TOML.format(metric=metric, format=format))
    return tj.load(folder)


def speaker(task: tj.Task, name: str, said: Sequence[Sequence[str]]) -> str:
    """The URI of a model that says these draws of each sample."""
    lines = [json.dumps({"prompt": sample.fields["question"], "output": text})
             for sample, draws in zip(task.dev, said, strict=True) for text in draws]  # fmt: skip
    path = task.folder / f"{name}.jsonl"
    path.write_text("\n".join(lines), encoding="utf-8")
    return f"replay:{path}"


def row(task: tj.Task, situation: str, move: str, measured: float) -> Row:
    """What the planner says now, beside what was measured."""
    plan = tj.next_moves(task).plan
    advice = plan.of(move)
    return Row(situation, move, plan.situation.wrong, advice.most, advice.expected, measured)


def gsm8k(data: Path, folder: Path) -> Iterator[Row]:
    """Four solvers: each in turn is the best so far, the others are the models to try."""
    rows = _lines(data / "gsm8k_recorded_solutions_dev.jsonl")
    right = {name: sum(r[name]["is_correct"] for r in rows) / len(rows) for name in _SOLVERS}
    for solver in _SOLVERS:
        task = competition(
            folder / solver, [(r["question"], r["ground_truth"]) for r in rows], "numeric", "number"
        )
        tj.run(task, speaker(task, "it", [[r[solver]["solution"]] for r in rows]))
        gain = max(right[other] for other in _SOLVERS if other != solver) - right[solver]
        yield row(task, f"GSM8K, {solver}", "models", max(gain, 0.0))


def math(data: Path, folder: Path) -> Iterator[Row]:
    """Eight draws: from one, or a vote of three, to a vote of eight."""
    rows = _lines(data / "math_8_samples_dev.jsonl")
    for n in (1, 3):
        task = competition(
            folder / f"math{n}", [(r["question"], r["answer"]) for r in rows], "math", "boxed"
        )
        uri = speaker(task, "it", [r["code"] for r in rows])
        base = tj.Entry("base", uri, task.template)
        few = tj.derive(base, name="few", flow="vote", options={"n": n}) if n > 1 else base
        first = tj.run(task, entry=few)
        said = row(task, f"MATH, {n} draw{'s' * (n > 1)}", "flow", 0.0)
        many = tj.derive(base, name="many", flow="vote", options={"n": 8, "temperature": 0.8})
        gain = (tj.run(task, entry=many).score or 0.0) - (first.score or 0.0)
        yield Row(said.situation, said.move, said.wrong, said.most, said.expected, gain)


def nano(folder: Path) -> Iterator[Row]:
    """The tutorial: cleaners, counted in answers that are right letter by letter."""
    task = tj.new(folder / "reverse", like="llm-prompt-reverse").task
    before = tj.run(task).run
    said = row(task, "tutorial, nano", "process", 0.0)
    after = tj.try_move(task, "process").tried.winner
    assert after is not None
    wrong = tj.next_moves(task).plan.situation.wrong
    assert before.id != after.run.id
    yield Row(said.situation, said.move, said.wrong, said.most, said.expected, said.wrong - wrong)


def _lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line]


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--data", type=Path, required=True)
    given = parser.parse_args()
    print("| situation | wrong | move | at stake | expected | measured |")
    print("|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for made in (gsm8k(given.data, folder), math(given.data, folder), nano(folder)):
            for r in made:
                print(f"| {r.situation} | {r.wrong:.3f} | `{r.move}` | {r.most:.3f} "
                      f"| {r.expected:.3f} | {r.measured:+.3f} |", flush=True)  # fmt: skip


if __name__ == "__main__":
    main()
