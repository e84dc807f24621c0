"""Games of twenty questions a second: this project's referee beside the contest's environment.

    python -m benchmarks.twenty_questions_referee [--python PYTHON] [--games 2000]

Both play the same games with the same players, who cost next to nothing and never guess right: two
teams, twenty rounds. PYTHON is one that has kaggle-environments 1.18.0; the tests make one beside
their own (`.venv/witness/bin/python`). Times are CPU seconds of the process that plays, without its
start. That both play alike is the tests' matter.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import time
from pathlib import Path

from tesuji.games.match import play_match
from tesuji.games.observation import Observation
from tesuji.games.referee import Secret, play

ROOT = Path(__file__).resolve().parents[1]
_SAID = {"ask": "Is it?", "guess": "-", "answer": "no"}
_THEIRS = 20  # games of the environment that are timed


def cheap(seen: Observation) -> str:
    """A player that costs nothing and never guesses right."""
    return _SAID[seen.turn]


def ours(games: int) -> tuple[float, float]:
    """Milliseconds a game: of one pair, and of two teams."""
    secret = Secret("Fox", "things", ("vixen",))
    start = time.process_time()
    for _ in range(games):
        play(secret, cheap, cheap)
    middle = time.process_time()
    for _ in range(games):
        play_match(secret, (cheap, cheap), (cheap, cheap))
    end = time.process_time()
    return 1000 * (middle - start) / games, 1000 * (end - middle) / games


def theirs(python: Path) -> float:
    """Milliseconds a game of the contest's environment: the CPU time of 20 games less that of 1."""
    one, many = _cpu(python, 1), _cpu(python, 1 + _THEIRS)
    return 1000 * (many - one) / _THEIRS


def _cpu(python: Path, games: int) -> float:
    game = {"keyword": "Fox", "category": "things", "alts": ["vixen"], "agents": ["never"] * 4}
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(
        [str(python), str(ROOT / "tests" / "games" / "witness.py")],
        input=json.dumps([game] * games), text=True, stdout=subprocess.DEVNULL, check=True,
        env={"PYTHONPATH": str(ROOT / "src")},
    )  # fmt: skip
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    beside = Path(sys.prefix) / "witness" / "bin" / "python"
    parser.add_argument("--python", type=Path, default=beside)
    parser.add_argument("--games", type=int, default=2000)
    given = parser.parse_args()
    pair, teams = ours(given.games)
    print(f"{'referee':<34}{'ms a game':>10}{'games a second':>16}")
    print(f"{'tesuji, one pair':<34}{pair:>10.3f}{1000 / pair:>16,.0f}")
    print(f"{'tesuji, two teams':<34}{teams:>10.3f}{1000 / teams:>16,.0f}")
    if given.python.exists():
        slow = theirs(given.python)
        print(f"{'kaggle-environments 1.18.0':<34}{slow:>10.1f}{1000 / slow:>16,.1f}")
    else:
        print(f"no contest's environment: {given.python} is not there")


if __name__ == "__main__":
    main()
