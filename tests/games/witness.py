"""Plays games in the contest's own environment; run by the Python of the witness's environment.

It reads a JSON list of games from its input, each {"keyword", "category", "alts", "agents"}, where
an agent is the name of a player in `players.py` or the path of a submission's main.py, and writes a
list of {"steps", "rewards", "statuses"} or {"broken": why}. What is heavy and not needed for this
game (torch, transformers, pandas) is stood in for.
"""

from __future__ import annotations

import contextlib
import io
import json
import sys
from types import ModuleType
from typing import Any


def environment() -> Any:
    """The package, with stand-ins for what it imports besides."""
    for name, members in {"torch": (), "pandas": (), "transformers": (
        "T5Tokenizer", "T5ForConditionalGeneration")}.items():  # fmt: skip
        module = ModuleType(name)
        for member in members:
            setattr(module, member, object)
        sys.modules[name] = module
    with contextlib.redirect_stdout(io.StringIO()):  # it says which other games it could not load
        import kaggle_environments
    return kaggle_environments


def play(package: Any, game: dict[str, Any]) -> dict[str, Any]:
    """One game, as the environment records it."""
    rules = sys.modules["kaggle_environments.envs.llm_20_questions.llm_20_questions"]
    for name in ("keyword", "category", "alts"):
        setattr(rules, name, game[name])
    agents = [agent_of(name) for name in game["agents"]]
    try:
        made = package.make("llm_20_questions", configuration=game.get("configuration", {}))
        made.run(agents)
    except Exception as error:
        return {"broken": f"{type(error).__name__}: {error}"}
    record = made.toJSON()
    return {name: record[name] for name in ("steps", "rewards", "statuses")}


def agent_of(name: str) -> Any:
    """A submission's file by its path, or a player by its name, as the environment calls it."""
    if name.endswith(".py"):
        return name
    import players

    player = players.named(name)
    return lambda seen, configuration: player(players.observation(seen))


def main() -> None:
    package, games = environment(), json.load(sys.stdin)
    if not any(name.endswith(".py") for game in games for name in game["agents"]):
        import players

        agent = sys.modules["kaggle_environments.agent"]
        agent.perf_counter = players.TIME.now  # so that a slow player takes no time
    json.dump([play(package, game) for game in games], sys.stdout)


if __name__ == "__main__":
    main()
