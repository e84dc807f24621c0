"""Tesuji, and a bare aiohttp loop that only sends and decodes, as `benchmarks.runner` runs them.

Tesuji's process ends badly where its own score is not 1; the loop scores nothing.
"""

from __future__ import annotations

from pathlib import Path

from benchmarks.rivals.environments import Here
from benchmarks.rivals.tool import Job, Tool


def _tool(name: str, client: str) -> Tool:
    def command(python: Path, job: Job) -> list[str | Path]:
        one = ("--one", client, job.url, "--samples", str(job.samples))
        return [python, "-m", "benchmarks.runner", *one]

    return Tool(name, Here(), command, score=lambda folder: 1.0)


TESUJI = _tool("Tesuji", "tesuji")
BARE = _tool("bare aiohttp", "bare")
