"""Baselines beside scikit-learn's dummies. `python -m benchmarks.baselines [DATA …]`

Each method is fitted to 4/5 of the rows (in its own budget of seconds) and scored on the last
fifth, five times over, with the same folds for all. Beside it, in the same run: DummyClassifier
(the prior, or the most frequent label) or DummyRegressor (mean, median). CPU seconds are those of
this process; prompts that are solved by processes of their own cost more than that.

Data: `pandalm` (which of two responses people prefer: log loss), the same with the same
instruction never on both sides (`pandalm-grouped`) and `pandalm-lengths` (the two lengths alone),
`gsm8k` (the number that a word problem asks for: within tolerance), `nemotron` (puzzles: the
contest's metric), `reverse` (Levenshtein) and `reviews` (generated: words decide, 10 % noise).
"""

from __future__ import annotations

import csv
import json
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tesuji.baselines.fitted import filled
from tesuji.baselines.folds import folds, measured
from tesuji.baselines.methods import METHODS
from tesuji.baselines.pool import Pool, make_pool
from tesuji.competitions import create_competition
from tesuji.task.formats import make_format
from tesuji.task.metrics import make_metric
from tesuji.task.sample import Sample
from tesuji.task.task import load

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"
SECONDS = 60.0


def _pool(
    rows: Sequence[tuple[Mapping[str, Any], Any]], format: str, metric: str,
    groups: Sequence[str] | None = None, **options: Any,
) -> Pool:  # fmt: skip
    shape = make_format(format, options)
    samples = [Sample(str(at), row, shape.accept(t)) for at, (row, t) in enumerate(rows)]
    measure = make_metric(metric, {}, shape)
    return make_pool(samples, shape, measure, groups=groups, seconds=SECONDS)


def _preferences() -> list[tuple[dict[str, str], str]]:
    rows = []
    for line in (SHARED / "pandalm_preferences_dev.jsonl").read_text("utf-8").splitlines():
        row = json.loads(line)
        votes = Counter(str(row[f"annotator{at}"]) for at in (1, 2, 3))
        fields = {key: row[key] for key in ("instruction", "input", "response1", "response2")}
        rows.append((fields, votes.most_common(1)[0][0]))
    return rows


def pandalm() -> Pool:
    """Three labels: a tie, the first, the second."""
    return _pool(_preferences(), "probabilities", "log_loss", labels=["0", "1", "2"])


def pandalm_grouped() -> Pool:
    """As `pandalm`, with all pairs of one instruction in one fold."""
    rows = _preferences()
    groups = [f"{row['instruction']}\0{row['input']}" for row, _ in rows]
    return _pool(rows, "probabilities", "log_loss", groups, labels=["0", "1", "2"])


def pandalm_lengths() -> Pool:
    """As `pandalm`, but only the lengths may be seen."""
    rows = [({"a": str(len(str(row["response1"]))), "b": str(len(str(row["response2"])))}, label)
            for row, label in _preferences()]  # fmt: skip
    return _pool(rows, "probabilities", "log_loss", labels=["0", "1", "2"])


def gsm8k() -> Pool:
    """Word problems with a number as the answer."""
    rows = []
    for line in (SHARED / "gsm8k_recorded_solutions_dev.jsonl").read_text("utf-8").splitlines():
        row = json.loads(line)
        rows.append(({"question": row["question"]}, _gsm8k_answer(row)))
    return _pool(rows, "number", "numeric")


def _gsm8k_answer(row: Mapping[str, Any]) -> str:
    return str(row["ground_truth"]).rpartition("A:")[2].replace(",", "").strip()


def nemotron() -> Pool:
    """600 of the contest's puzzles, with its metric."""
    with tempfile.TemporaryDirectory() as folder:
        create_competition("nemotron-reasoning", Path(folder))
        task = load(folder)
    with (SHARED / "nemotron_dev.csv").open(encoding="utf-8", newline="") as file:
        rows = random.Random(0).sample(list(csv.DictReader(file)), 600)
    samples = [Sample(row["id"], {"prompt": row["prompt"]}, row["answer"]) for row in rows]
    return make_pool(samples, task.format, task.metric, seconds=SECONDS)


def reverse() -> Pool:
    """The tutorial competition's rows."""
    with tempfile.TemporaryDirectory() as folder:
        create_competition("llm-prompt-reverse", Path(folder))
        task = load(folder)
    return make_pool((*task.train, *task.dev), task.format, task.metric, seconds=SECONDS)


def reviews() -> Pool:
    """Sentences of ten words; three of forty words decide, one label in ten is wrong."""
    random_ = random.Random(1)
    words = [f"{a}{b}" for a in ("ka", "to", "mi", "ren", "sol") for b in
             ("ra", "no", "ki", "shi", "lum", "dor", "ve", "zan")]  # fmt: skip
    rows = []
    for _ in range(600):
        text = random_.choices(words, k=10)
        label = "good" if {"kara", "tono", "miki"} & set(text) else "bad"
        if random_.random() < 0.1:
            label = "bad" if label == "good" else "good"
        rows.append(({"text": " ".join(text)}, label))
    return _pool(rows, "choice", "accuracy", labels=["good", "bad"])


DATA: Mapping[str, Callable[[], Pool]] = {
    "pandalm": pandalm, "pandalm-grouped": pandalm_grouped, "pandalm-lengths": pandalm_lengths,
    "gsm8k": gsm8k, "nemotron": nemotron, "reverse": reverse, "reviews": reviews,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Result:
    """A method's score on held-out rows, what it thought itself, and what it cost to fit once."""

    name: str
    score: float | None
    own: float | None
    cpu: float
    wall: float
    words: str


def measure(pool: Pool, name: str) -> Result:
    """Five fits, each scored on rows that it has not seen."""
    answers: list[Any] = []
    targets: list[Any] = []
    cpu, wall = time.process_time(), time.monotonic()
    owns, words = [], ""
    pairs = folds(pool)
    for train, held in pairs:
        fitted = METHODS[name].fit(pool.part(train))
        part = pool.part(held)
        answers += filled(fitted.predict(part.rows), pool)
        targets += part.targets
        words = fitted.words
        if fitted.score is not None:
            owns.append(fitted.score)
    return Result(
        name, measured(pool.metric, answers, targets), sum(owns) / len(owns) if owns else None,
        (time.process_time() - cpu) / len(pairs), (time.monotonic() - wall) / len(pairs), words,
    )  # fmt: skip


def dummies(pool: Pool) -> list[Result]:
    """scikit-learn's own constants on the same folds."""
    from sklearn.dummy import DummyClassifier, DummyRegressor

    kinds: list[tuple[str, Any]] = []
    if pool.shape.name == "number":
        kinds = [(f"DummyRegressor({s})", DummyRegressor(strategy=s)) for s in ("mean", "median")]
    strategy = "prior" if pool.shape.name == "probabilities" else "most_frequent"
    kinds.append((f"DummyClassifier({strategy})", DummyClassifier(strategy=strategy)))
    results = []
    for name, model in kinds:
        answers: list[Any] = []
        targets: list[Any] = []
        cpu, wall = time.process_time(), time.monotonic()
        for train, held in folds(pool):
            seen = pool.part(train)
            labels = [
                max((share, label) for label, share in t.items())[1] if isinstance(t, dict) else t
                for t in seen.targets
            ]
            if "Regressor" not in name:
                labels = [str(label) for label in labels]
            model.fit([[0]] * len(train), labels)
            if strategy == "prior":
                shares = model.predict_proba([[0]] * len(held))
                answers += [dict(zip(model.classes_, row, strict=True)) for row in shares.tolist()]
            else:
                found = model.predict([[0]] * len(held)).tolist()
                answers += [pool.shape.accept(one) for one in found]
            targets += [pool.targets[at] for at in held]
        score = measured(pool.metric, answers, targets)
        results.append(
            Result(name, score, None, time.process_time() - cpu, time.monotonic() - wall, "")
        )
    return results


def main() -> None:
    """Print a table for each set of data named, or for all."""
    for name in sys.argv[1:] or DATA:
        pool = DATA[name]()
        better = "higher" if pool.metric.higher_is_better else "lower"
        print(f"\n{name}: {len(pool)} rows, {pool.metric.name} ({better} is better)")
        print(f"{'method':<30}{'held out':>10}{'own CV':>10}{'CPU s':>8}{'wall s':>8}  how")
        results = dummies(pool)
        for method in METHODS.values():
            why = method.serves(pool)
            if why is None:
                results.append(measure(pool, method.name))
                _print(results[-1])
            else:
                print(f"{method.name:<30}{'–':>10}  {why}")
        for result in results:
            if result.name.startswith("Dummy"):
                _print(result)


def _print(result: Result) -> None:
    score = "–" if result.score is None else f"{result.score:.4f}"
    own = "–" if result.own is None else f"{result.own:.4f}"
    print(f"{result.name:<30}{score:>10}{own:>10}{result.cpu:>8.2f}{result.wall:>8.2f}  "
          f"{result.words[:70]}", flush=True)  # fmt: skip


if __name__ == "__main__":
    main()
