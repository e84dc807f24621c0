"""An agent for LLM 20 Questions: guesser and answerer, from the files beside this one.

The environment runs this file and calls its last function, `agent_fn(obs, cfg)`. It never raises
and never says nothing. `model.py` beside it, where there is one, holds `answer(prompt) -> str`: a
model that is asked what no rule answers.
"""

from __future__ import annotations

import sys
import traceback
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

_PLAYERS: dict[str, Callable[[Mapping[str, Any]], str]] = {}


def _here() -> Path:
    """Where the files are: beside this one. The environment runs it without a __file__."""
    beside = Path(_here.__code__.co_filename).resolve().parent
    return beside if (beside / "settings.json").exists() else Path("/kaggle_simulations/agent")


def _player(role: str) -> Callable[[Mapping[str, Any]], str]:
    """The guesser or the answerer, made when it is first wanted."""
    if role not in _PLAYERS:
        here = _here()
        if str(here) not in sys.path:
            sys.path.insert(0, str(here))
        from tesuji.games import handing

        _PLAYERS[role] = getattr(handing, role)(here)
    return _PLAYERS[role]


def _instead(turn: str, seen: Mapping[str, Any]) -> str:
    """What is said where all else failed."""
    if turn == "answer":
        question = seen["questions"][-1] if seen["questions"] else ""
        return "yes" if "agent alpha" in question.lower() else "no"
    return "Is it Agent Alpha?" if turn == "ask" else "house"


def agent_fn(obs: Mapping[str, Any], cfg: Mapping[str, Any]) -> str:
    """A question, a guess, or yes or no."""
    turn = obs["turnType"]
    try:
        said = _player("answerer" if turn == "answer" else "guesser")(obs)
        if isinstance(said, str) and said.strip():
            return said
    except Exception:
        traceback.print_exc()
    return _instead(turn, obs)
