"""DSPy's MIPROv2 and GEPA on a recorded table of prompts: how many requests, and which prompt.

Run by `benchmarks.prompt_search --rivals PYTHON` in an environment with dspy:
`PYTHON -m benchmarks.rivals.prompt_optimizers TABLE.json mipro|gepa SEED`. A table is a list of
rows, a prompt's scores on all samples; row 0 is the base. The program's instruction names a row and
its answer to a sample is the score recorded there, so no model is needed and what is compared is
the search alone. What a language model would propose is drawn from the table instead: to MIPROv2
all rows are given as its candidates, GEPA's proposer draws a row that it has not proposed yet.
"""

from __future__ import annotations

import json
import random
import sys
from pathlib import Path
from typing import Any


def run(rows: list[list[float]], which: str, seed: int, trials: int = 24) -> dict[str, Any]:
    """{"sent": distinct (prompt, sample) pairs, "choice": row}; in dspy's environment."""
    import dspy

    asked: set[tuple[int, int]] = set()
    names = [f"prompt {n}" for n in range(len(rows))]

    class Lookup(dspy.Module):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.answer = dspy.Predict(dspy.Signature("sample -> score", names[0]))

        def forward(self, sample: int) -> Any:
            row = names.index(self.answer.signature.instructions)
            asked.add((row, sample))
            found = dspy.Prediction(score=rows[row][sample])
            if dspy.settings.trace is not None:
                dspy.settings.trace.append((self.answer, {"sample": sample}, found))
            return found

    def metric(example: Any, prediction: Any, *rest: Any) -> Any:
        if which == "mipro":
            return float(prediction.score)
        return dspy.Prediction(score=float(prediction.score), feedback="–")

    examples = [dspy.Example(sample=n).with_inputs("sample") for n in range(len(rows[0]))]
    dspy.configure(lm=dspy.utils.DummyLM([{"score": "1"}]))
    made = (_mipro if which == "mipro" else _gepa)(Lookup(), examples, metric, names, seed, trials)
    return {"sent": len(asked), "choice": names.index(made.answer.signature.instructions)}


def _mipro(
    program: Any, examples: list[Any], metric: Any, names: list[str], seed: int, trials: int
) -> Any:
    from dspy.teleprompt import MIPROv2

    class Given(MIPROv2):  # type: ignore[misc]
        def _propose_instructions(self, *_: Any, **__: Any) -> dict[int, list[str]]:
            return {0: names}

    optimizer = Given(
        metric=metric, auto=None, num_candidates=len(names), max_bootstrapped_demos=0,
        max_labeled_demos=0, seed=seed, num_threads=1,
    )  # fmt: skip
    return optimizer.compile(
        program, trainset=examples[:2], valset=examples, num_trials=trials, seed=seed
    )


def _gepa(
    program: Any, examples: list[Any], metric: Any, names: list[str], seed: int, trials: int
) -> Any:
    import dspy

    chance = random.Random(seed)
    left = chance.sample(names[1:], len(names) - 1)

    def propose(candidate: dict[str, str], *_: Any, **__: Any) -> dict[str, str]:
        return {key: left.pop() if left else names[0] for key in candidate}

    optimizer = dspy.GEPA(
        metric=metric, max_metric_calls=trials * len(examples) // 2, instruction_proposer=propose,
        reflection_lm=dspy.settings.lm, seed=seed, num_threads=1, skip_perfect_score=False,
    )  # fmt: skip
    return optimizer.compile(program, trainset=examples, valset=examples)


if __name__ == "__main__":
    table = json.loads(Path(sys.argv[1]).read_text("utf-8"))
    print(json.dumps(run(table, sys.argv[2], int(sys.argv[3]))))
