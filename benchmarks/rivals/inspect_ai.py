"""Inspect AI, called as a library: `generate()`, then `match(numeric=True)`; its log is written."""

from __future__ import annotations

import sys
from pathlib import Path

from benchmarks.rivals.environments import Venv
from benchmarks.rivals.tool import Job, Tool, read_score, rows, write_score
from benchmarks.runner import CONCURRENCY


def _command(python: Path, job: Job) -> list[str | Path]:
    return [python, "-m", "benchmarks.rivals.inspect_ai", job.url, str(job.samples)]


def run(url: str, samples: int) -> None:
    """Runs in the tool's own environment."""
    from inspect_ai import Task, eval
    from inspect_ai.dataset import MemoryDataset, Sample
    from inspect_ai.model import get_model
    from inspect_ai.scorer import match
    from inspect_ai.solver import generate

    dataset = [Sample(input=row["question"], target=row["answer"]) for row in rows(samples)]
    task = Task(
        dataset=MemoryDataset(dataset),
        solver=generate(),
        scorer=match(numeric=True),
    )
    model = get_model("openai-api/bench/bench", base_url=url, api_key="none")
    [log] = eval(
        task, model=model, max_connections=CONCURRENCY, max_samples=CONCURRENCY, log_dir="logs"
    )
    assert log.results is not None, log.error
    write_score(log.results.scores[0].metrics["accuracy"].value)


TOOL = Tool("Inspect AI", Venv(("inspect-ai==0.3.285", "openai==3.57.0")), _command, read_score)

if __name__ == "__main__":
    run(sys.argv[1], int(sys.argv[2]))
