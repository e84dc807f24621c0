"""The olympiad: reading and voting on recorded solutions, and code beside plain asking.

`python -m benchmarks.olympiad [--data FOLDER] [--problems 210]`

`--data` holds `math_8_samples_dev.jsonl`: problems of MATH with eight solutions each of a strong
model, the recorded verdict on each and its reward score. They run through `replay:` as any model
would: the solutions as draws, the rewards (through the logistic function, to lie between 0 and 1)
as a further model that rates draws. Answers are LaTeX there, so the format is `boxed`, the metric
`math`. The problems of our own are answered over HTTP by a scripted stand-in
(benchmarks.olympiad_model, which is no language model) whose code runs in the sandbox.
"""

from __future__ import annotations

import argparse
import json
import math
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import fmean
from typing import Any

import tesuji as tj
from tesuji.competitions import create_competition
from tesuji.competitions.math_olympiad.generate import generate
from tesuji.flows.weights import RATING
from tesuji.run.entry import base_entry
from tesuji.task.formats import make_format
from tesuji.task.metrics.mathematics import math_equal

DRAWS = 8
VOTES: Sequence[tuple[str, Mapping[str, Any]]] = (
    ("vote of 8", {}),
    ("vote, stop = .95", {"stop": 0.95}),
    ("vote, 4 agree", {"agree": 4}),
    ("weighed by reward", {"weigh": "reward"}),
    ("by reward, stop = 1", {"weigh": "reward", "stop": 1}),
    ("small = copied = .5", {"small": 0.5, "copied": 0.5}),
)


def recorded(folder: Path) -> list[dict[str, Any]]:
    """The recorded problems."""
    lines = (folder / "math_8_samples_dev.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def print_reading(rows: Sequence[Mapping[str, Any]]) -> None:
    """In how many solutions our verdict is the recorded one."""
    boxed, integer = make_format("boxed", {}), make_format("integer", {"modulo": 1000})
    same = count = whole = whole_same = 0
    for row in rows:
        for text, verdict, said in zip(row["code"], row["score"], row["pred"], strict=True):
            count += 1
            answer = boxed.parse(text)
            right = answer is not None and math_equal(answer, row["answer"]) == 1.0
            same += right == verdict
            if right != verdict:
                target = row["answer"]
                print(f"  differs: {said!r} for {target!r}: recorded {verdict}, ours {right}")
            try:
                target = integer.accept(row["answer"])
            except ValueError:
                continue
            whole += 1
            whole_same += (integer.parse(text) == target) == verdict
    print(f"  boxed and math: {same} of {count} verdicts as recorded")
    print(f"  integer (where the answer is one, modulo 1000): {whole_same} of {whole}")


def write_recorded(folder: Path, rows: Sequence[Mapping[str, Any]]) -> None:
    """A competition of the recorded problems, with the files that `replay:` reads."""
    (folder / "competition.toml").write_text(
        'name = "recorded"\nmetric = "math"\n[data]\ntrain = "t.jsonl"\ndev = "d.jsonl"\n'
        'target = "answer"\nid = "id"\n[answer]\nformat = "boxed"\n[prompt]\nuser = "{problem}"\n'
    )
    problems = [
        {"id": str(row["idx"]), "problem": row["question"], "answer": row["answer"]} for row in rows
    ]
    (folder / "d.jsonl").write_text("".join(json.dumps(p) + "\n" for p in problems))
    (folder / "t.jsonl").write_text(json.dumps({**problems[0], "id": "t"}) + "\n")
    said, rated = [], []
    for row in rows:
        for text, (reward,) in zip(row["code"], row["pred_score"], strict=True):
            said.append({"prompt": row["question"], "output": text})
            asked = RATING.format(problem=row["question"], solution=text)
            rated.append({"prompt": asked, "output": f"{1 / (1 + math.exp(-reward)):.6f}"})
    (folder / "said.jsonl").write_text("".join(json.dumps(line) + "\n" for line in said))
    (folder / "rated.jsonl").write_text("".join(json.dumps(line) + "\n" for line in rated))


def print_votes(rows: Sequence[Mapping[str, Any]], orders: int) -> None:
    """Accuracy of each vote, the draws in their recorded order and in random ones."""
    one = fmean(fmean(map(bool, row["score"])) for row in rows)
    some = fmean(any(row["score"]) for row in rows)
    print(f"  one draw {one:.3f}, any of 8 {some:.3f}")
    shuffle = random.Random(0)
    table: dict[str, list[tuple[float, float]]] = {name: [] for name, _ in VOTES}
    for order in range(orders):
        if order:
            rows = [_reordered(row, shuffle) for row in rows]
        with tempfile.TemporaryDirectory() as aside:
            folder = Path(aside)
            write_recorded(folder, rows)
            task = tj.load(folder)
            for at, (name, options) in enumerate(VOTES):
                entry = tj.derive(
                    base_entry(task, f"replay:{folder / 'said.jsonl'}"), name=f"v{at}", flow="vote",
                    options={"n": DRAWS, **options},
                    models={"reward": f"replay:{folder / 'rated.jsonl'}"},
                )  # fmt: skip
                run = tj.run(task, entry=entry).run
                assert run.score is not None
                table[name].append((run.score, run.outputs / len(rows)))
    print(f"  {'':<22}{'as recorded':>12}{f'mean of {orders} orders':>20}{'requests':>10}")
    for name, found in table.items():
        mean = fmean(score for score, _ in found)
        print(f"  {name:<22}{found[0][0]:>12.3f}{mean:>20.3f}{found[0][1]:>10.1f}")


def _reordered(row: Mapping[str, Any], shuffle: random.Random) -> dict[str, Any]:
    order = shuffle.sample(range(DRAWS), DRAWS)
    parts = {key: [row[key][at] for at in order] for key in ("code", "score", "pred", "pred_score")}
    return {**row, **parts}


FLOWS: Sequence[tuple[str, str, Mapping[str, Any]]] = (
    ("ask", "ask", {}),
    ("vote of 8", "vote", {"n": 8}),
    ("code", "code", {}),
    ("code, no restarts", "code", {"restarts": 0}),
    ("code, one round", "code", {"rounds": 1, "restarts": 0}),
    ("code, 4 attempts", "code", {"n": 4, "stop": 0.95}),
)


def print_flows(problems: int) -> None:
    """Accuracy, requests and time of each flow on problems of our own."""
    server = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.olympiad_model"], stdout=subprocess.PIPE, text=True
    )
    assert server.stdout is not None
    try:
        uri = f"http://127.0.0.1:{int(server.stdout.readline())}/v1#scripted"
        with tempfile.TemporaryDirectory() as aside:
            folder = Path(aside)
            create_competition("math-olympiad", folder)
            generate(folder / "data", seed=11, train=2 * problems, test=1)
            task = tj.load(folder)
            print(f"\n{len(task.dev)} problems of our own, a scripted stand-in, the real sandbox")
            print(f"  {'':<22}{'accuracy':>9}{'requests':>10}{'CPU s':>8}{'errors':>8}")
            for at, (name, flow, options) in enumerate(FLOWS):
                began = time.process_time()
                entry = tj.derive(base_entry(task, uri), name=f"f{at}", flow=flow,
                                  options=dict(options))  # fmt: skip
                run = tj.run(task, entry=entry, budget=tj.Budget(seconds=600)).run
                spent = time.process_time() - began
                print(f"  {name:<22}{run.score:>9.3f}{run.outputs / run.total:>10.2f}"
                      f"{spent:>8.1f}{run.errors:>8}")  # fmt: skip
    finally:
        server.kill()


def main() -> None:
    """Print all tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path)
    parser.add_argument("--problems", type=int, default=210)
    parser.add_argument("--orders", type=int, default=10)
    arguments = parser.parse_args()
    if arguments.data:
        rows = recorded(arguments.data)
        print(f"{len(rows)} recorded problems, {DRAWS} solutions each")
        print_reading(rows)
        print_votes(rows, arguments.orders)
    print_flows(arguments.problems)


if __name__ == "__main__":
    main()
