"""The whole engine on recorded solutions: replayed, parsed, scored as their recorded flags say."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from tesuji.models.registry import open_model
from tesuji.run.entry import base_entry
from tesuji.run.ledger import Ledger, iter_answers
from tesuji.run.runner import run_entry
from tesuji.task.task import Task, load

TOML = """
name = "gsm8k"
metric = "numeric"
[data]
train = "train.jsonl"
dev = "dev.jsonl"
id = "id"
target = "ground_truth"
[answer]
format = "number"
[prompt]
user = "{question}"
"""
MODELS = ("6b_finetuning", "6b_verification", "175b_finetuning", "175b_verification")


@pytest.fixture(scope="module")
def problems(shared: Path) -> list[dict]:
    text = (shared / "data" / "gsm8k_recorded_solutions_dev.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


@pytest.fixture
def gsm8k(problems: list[dict], tmp_path: Path) -> Task:
    rows = [{k: problem[k] for k in ("id", "question", "ground_truth")} for problem in problems]
    write(tmp_path / "dev.jsonl", rows)
    write(tmp_path / "train.jsonl", [{"id": "t", "question": "1+1?", "ground_truth": "A: 2"}])
    (tmp_path / "competition.toml").write_text(TOML)
    return load(tmp_path)


def write(path: Path, rows: list[dict]) -> None:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")


@pytest.mark.parametrize("name", MODELS)
def test_every_recorded_flag_is_reproduced(
    gsm8k: Task, problems: list[dict], tmp_path: Path, name: str
) -> None:
    recorded = tmp_path / "outputs.jsonl"
    write(recorded, [{"prompt": p["question"], "output": p[name]["solution"]} for p in problems])
    entry = base_entry(gsm8k, f"replay:{recorded}")
    with Ledger(tmp_path / "ledger.db") as ledger:
        model = open_model(entry.model)
        run = asyncio.run(_run(gsm8k, entry, model, ledger))
        scores = {row.sample: row.score for row in iter_answers(ledger, run.id)}
    flags = {str(p["id"]): float(p[name]["is_correct"]) for p in problems}
    assert scores == flags
    assert run.errors == 0
    assert run.score == pytest.approx(sum(flags.values()) / len(flags))


async def _run(task, entry, model, ledger):  # type: ignore[no-untyped-def]
    await model.ready()
    return await run_entry(task, entry, task.dev, split="dev", model=model, ledger=ledger)
