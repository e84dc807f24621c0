"""Twenty questions: how a game is played, what it is worth, and what is handed in."""

from __future__ import annotations

from pathlib import Path

from tesuji.competitions.twenty_questions import checking, packing, playing
from tesuji.flows import Ask
from tesuji.run.entry import Entry
from tesuji.task.sample import Sample
from tesuji.task.task import Task

HERE = Path(__file__).parent
submission_file = "submission.tar.gz"


def points(answer: str, target: str) -> float:
    """20 for a right guess in the first round, 1 in the twentieth, 0 for none."""
    return float(playing.points_of(answer, target))


def solved(answer: str, target: str) -> float:
    """1 if the keyword was guessed."""
    return float(playing.points_of(answer, target) > 0)


def parse(text: str) -> str | None:
    """What a model's reply says: yes, no, or its line as it stands (a question, a guess)."""
    return playing.read_reply(text)


def check(text: str) -> str | None:
    """Why a reply is neither yes or no alone nor one line."""
    return playing.wrong_with_reply(text)


async def flow_game(
    sample: Sample, ask: Ask, *, asker: str = "belief", answerer: str = "both"
) -> str:
    """One game: we ask or answer, as the row's role says; the partner is the row's.

    `asker`: "belief" (over the list and the table) or "model". `answerer`: "rules", "model", or
    "both": the model only where no rule answers and nothing is known.
    """
    return await playing.game(sample, ask, HERE, asker=asker, answerer=answerer)


def submission(task: Task, entry: Entry, path: Path) -> None:
    """An agent for the contest, as a tar.gz with all that it needs."""
    packing.write(HERE, path)


def check_submission(path: Path) -> list[str]:
    """Plays games against the agent in a process of its own."""
    return checking.problems(path)
