"""promptfoo by its command line: a suite in JSON, results in a JSON file and its own database."""

from __future__ import annotations

import json
from pathlib import Path

from benchmarks.rivals.environments import Npm
from benchmarks.rivals.tool import Job, Tool, rows
from benchmarks.runner import CONCURRENCY


def _command(node: Path, job: Job) -> list[str | Path]:
    provider = {
        "id": "openai:chat:bench",
        "config": {"apiBaseUrl": job.url, "apiKey": "none"},
    }
    suite = {
        "prompts": ["{{question}}"],
        "providers": [provider],
        "defaultTest": {
            "options": {"transform": "(output.match(/-?\\d+/) || [''])[0]"},
            "assert": [{"type": "equals", "value": "{{answer}}"}],
        },
        "tests": [{"vars": row} for row in rows(job.samples)],
    }
    (job.folder / "suite.json").write_text(json.dumps(suite), "utf-8")
    return [
        *(node, node.parent / "promptfoo", "eval", "--no-cache", "--no-share"),
        *("--config", "suite.json", "--output", "results.json"),
        *("--max-concurrency", str(CONCURRENCY)),
    ]


def _score(folder: Path) -> float:
    stats = json.loads((folder / "results.json").read_text("utf-8"))["results"]["stats"]
    return float(stats["successes"] / (stats["successes"] + stats["failures"] + stats["errors"]))


TOOL = Tool(
    "promptfoo",
    Npm(("promptfoo@0.123.1", "node@24.21.0")),
    _command,
    _score,
    # Both would wait for servers that are none of the task.
    variables={"PROMPTFOO_DISABLE_TELEMETRY": "1", "PROMPTFOO_DISABLE_UPDATE": "1"},
)
