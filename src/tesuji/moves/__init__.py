"""The next moves, by name."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from tesuji.errors import InputError
from tesuji.moves.move import Evidence, Found, Move, Relevance, Usage
from tesuji.moves.process import Process

MOVES: Mapping[str, Move] = MappingProxyType({move.name: move for move in (Process(),)})

__all__ = ["MOVES", "Evidence", "Found", "Move", "Process", "Relevance", "Usage", "find_move"]


def find_move(name: str) -> Move:
    """The move called `name`; InputError lists those there are."""
    try:
        return MOVES[name]
    except KeyError:
        raise InputError(f"there is no move '{name}'; there are: {', '.join(MOVES)}") from None
