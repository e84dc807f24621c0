"""The next moves, by name."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from tesuji.errors import InputError
from tesuji.moves.flow import Flow
from tesuji.moves.models import Models
from tesuji.moves.move import (
    Attempt,
    Evidence,
    Found,
    Move,
    Played,
    Relevance,
    Table,
    Usage,
)
from tesuji.moves.process import Process
from tesuji.moves.prompt import Prompt
from tesuji.moves.settings import read_settings, settings_of
from tesuji.moves.stronger import Stronger
from tesuji.moves.survey import Survey

MOVES: Mapping[str, type[Move]] = MappingProxyType(
    {
        "process": Process,
        "flow": Flow,
        "models": Models,
        "stronger": Stronger,
        "survey": Survey,
        "prompt": Prompt,
    }
)

__all__ = [
    "MOVES",
    "Attempt",
    "Evidence",
    "Found",
    "Move",
    "Played",
    "Process",
    "Prompt",
    "Relevance",
    "Survey",
    "Table",
    "Usage",
    "find_move",
    "settings_of",
]


def find_move(name: str, settings: Mapping[str, Any] | None = None) -> Move:
    """The move called `name` with these settings, as values or as text.

    InputError lists the moves there are, ConfigError the settings that the move has.
    """
    if name not in MOVES:
        raise InputError(f"there is no move '{name}'; there are: {', '.join(MOVES)}")
    return MOVES[name](**read_settings(MOVES[name], name, settings or {}))
