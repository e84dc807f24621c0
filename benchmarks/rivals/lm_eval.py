"""lm-evaluation-harness by its command line: a task in YAML over a JSON file, samples logged."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from benchmarks.rivals.environments import Venv
from benchmarks.rivals.tool import Job, Tool, rows
from benchmarks.runner import CONCURRENCY

_TASK = r"""
task: bench
dataset_path: json
dataset_kwargs:
  data_files:
    test: {questions}
test_split: test
output_type: generate_until
doc_to_text: "{{{{question}}}}"
doc_to_target: "{{{{answer}}}}"
generation_kwargs:
  until: ["\n\n"]
filter_list:
  - name: number
    filter:
      - function: regex
        regex_pattern: "(-?[0-9]+)"
      - function: take_first
metric_list:
  - metric: exact_match
    aggregation: mean
    higher_is_better: true
"""


def _command(python: Path, job: Job) -> list[str | Path]:
    questions = job.folder / "questions.jsonl"
    questions.write_text("".join(json.dumps(row) + "\n" for row in rows(job.samples)), "utf-8")
    (job.folder / "bench.yaml").write_text(_TASK.format(questions=questions), "utf-8")
    model = {
        "model": "bench",
        "base_url": f"{job.url}/chat/completions",
        "num_concurrent": CONCURRENCY,
        "tokenizer_backend": None,
        "tokenized_requests": False,
    }
    return [
        python.parent / "lm_eval",
        *("--model", "local-chat-completions", "--apply_chat_template"),
        *("--model_args", ",".join(f"{name}={value}" for name, value in model.items())),
        *("--tasks", "bench", "--include_path", job.folder),
        *("--output_path", job.folder / "results", "--log_samples"),
    ]


def _score(folder: Path) -> float:
    [path] = (folder / "results").rglob("results_*.json")
    results: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return float(results["results"]["bench"]["exact_match,number"])


TOOL = Tool(
    "lm-evaluation-harness",
    Venv(("lm_eval[api]==0.4.13",)),
    _command,
    _score,
    variables={"HF_HUB_OFFLINE": "1", "HF_DATASETS_OFFLINE": "1", "OPENAI_API_KEY": "none"},
)
