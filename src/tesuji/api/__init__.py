"""The verbs of Tesuji, for notebooks and for the command line.

Each is an ordinary function: it opens the competition's ledger and the model, runs the engine,
closes both, and returns a report that shows itself in a notebook. They work inside a running
event loop too (notebooks have one).
"""

from __future__ import annotations

from tesuji.api.files import check, export, import_outputs, new
from tesuji.api.looking import compare, diagnose, runs, show
from tesuji.api.moving import best, next_moves, undo
from tesuji.api.opening import best_entry, derive, find_entry
from tesuji.api.playing import first, predict, run, try_move
from tesuji.task.task import load

__all__ = [
    "best",
    "best_entry",
    "check",
    "compare",
    "derive",
    "diagnose",
    "export",
    "find_entry",
    "first",
    "import_outputs",
    "load",
    "new",
    "next_moves",
    "predict",
    "run",
    "runs",
    "show",
    "try_move",
    "undo",
]
