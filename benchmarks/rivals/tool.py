"""A tool to be measured: what it needs installed, and how it is told to do the task."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.rivals.environments import Environment
from benchmarks.runner import PROMPT, questions
from benchmarks.server import REPLY

_SCORE = "score.json"


@dataclass(frozen=True, slots=True)
class Job:
    """The task for one process: so many questions for the server at `url`, in an empty `folder`."""

    folder: Path
    url: str
    samples: int


@dataclass(frozen=True, slots=True)
class Tool:
    """How a tool is installed, run, and asked for its score.

    `command` gets the interpreter of the tool's environment and the job; it writes the files that
    the tool reads into the job's folder, and gives the arguments of the process that runs there.
    `score` reads the share of right answers from that folder. `reply` is what the server says;
    `variables` are added to the environment.
    """

    name: str
    environment: Environment
    command: Callable[[Path, Job], Sequence[str | Path]]
    score: Callable[[Path], float]
    reply: str = REPLY
    variables: Mapping[str, str] = field(default_factory=dict)

    @property
    def version(self) -> str:
        """The first package that is installed, with its version; nothing for our own."""
        return next(iter(self.environment.packages), "")


def rows(samples: int) -> list[dict[str, str]]:
    """Questions as they are sent, with the answer that counts as right."""
    prompts = (PROMPT.format(question=question) for question in questions(samples))
    return [{"question": prompt, "answer": "42"} for prompt in prompts]


def write_score(score: float) -> None:
    """Leave a score in the job's folder: for tools that are called as a library."""
    Path(_SCORE).write_text(json.dumps(score), "utf-8")


def read_score(folder: Path) -> float:
    """What `write_score` left."""
    return float(json.loads((folder / _SCORE).read_text("utf-8")))
