"""DSPy, called as a library: `Predict` with an integer answer, `Evaluate` in 64 threads, no cache.

Its adapter asks for answers in a frame of its own, so the server's reply has that frame: without
it, DSPy would send each question twice.
"""

from __future__ import annotations

import sys
from pathlib import Path

from benchmarks.rivals.environments import Venv
from benchmarks.rivals.tool import Job, Tool, read_score, rows, write_score
from benchmarks.runner import CONCURRENCY


def _command(python: Path, job: Job) -> list[str | Path]:
    return [python, "-m", "benchmarks.rivals.dspy", job.url, str(job.samples)]


def run(url: str, samples: int) -> None:
    """Runs in the tool's own environment."""
    import dspy

    dspy.configure_cache(enable_disk_cache=False, enable_memory_cache=False)
    dspy.configure(lm=dspy.LM("openai/bench", api_base=url, api_key="none", cache=False))
    examples = [
        dspy.Example(question=row["question"], answer=int(row["answer"])).with_inputs("question")
        for row in rows(samples)
    ]

    def exact(example, prediction, trace=None):  # type: ignore[no-untyped-def]
        return example.answer == prediction.answer

    evaluate = dspy.Evaluate(devset=examples, metric=exact, num_threads=CONCURRENCY)
    write_score(evaluate(dspy.Predict("question -> answer: int")).score / 100)


TOOL = Tool(
    "DSPy",
    Venv(("dspy==3.4.1",)),
    _command,
    read_score,
    reply="[[ ## answer ## ]]\n42\n\n[[ ## completed ## ]]",
)

if __name__ == "__main__":
    run(sys.argv[1], int(sys.argv[2]))
