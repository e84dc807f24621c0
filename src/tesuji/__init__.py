"""Tesuji: the opening book for LLM competitions.

    import tesuji as tj

    task = tj.load(".")                 # a folder with competition.toml
    tj.first(task, model="nano")        # look at what the model really writes
    tj.run(task, model="nano")          # all of the dev split, scored and diagnosed
    tj.predict(task)                    # submission.csv, checked

Nothing heavy is imported until it is used.
"""

from __future__ import annotations

import sys
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from tesuji.api import (
        best,
        check,
        compare,
        derive,
        diagnose,
        export,
        first,
        import_outputs,
        load,
        new,
        next_moves,
        predict,
        run,
        runs,
        try_move,
        undo,
    )
    from tesuji.errors import TesujiError
    from tesuji.run.budget import Budget
    from tesuji.run.entry import Entry, load_entry
    from tesuji.task.task import Task

_FACE = {
    "Budget": "tesuji.run.budget",
    "Entry": "tesuji.run.entry",
    "Task": "tesuji.task.task",
    "TesujiError": "tesuji.errors",
    "best": "tesuji.api",
    "check": "tesuji.api",
    "compare": "tesuji.api",
    "derive": "tesuji.api",
    "diagnose": "tesuji.api",
    "export": "tesuji.api",
    "first": "tesuji.api",
    "import_outputs": "tesuji.api",
    "load": "tesuji.api",
    "load_entry": "tesuji.run.entry",
    "new": "tesuji.api",
    "next_moves": "tesuji.api",
    "predict": "tesuji.api",
    "run": "tesuji.api",
    "runs": "tesuji.api",
    "try_move": "tesuji.api",
    "undo": "tesuji.api",
}

__all__ = [
    "Budget",
    "Entry",
    "Task",
    "TesujiError",
    "best",
    "check",
    "compare",
    "derive",
    "diagnose",
    "export",
    "first",
    "import_outputs",
    "load",
    "load_entry",
    "new",
    "next_moves",
    "predict",
    "run",
    "runs",
    "try_move",
    "undo",
]


def __getattr__(name: str) -> Any:
    if name not in _FACE:
        raise AttributeError(f"module 'tesuji' has no attribute '{name}'")
    return getattr(import_module(_FACE[name]), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *_FACE])


class _Face(ModuleType):
    """Verbs and rooms share names (`run`, `compare`, `diagnose`): the verb keeps the name.

    Importing a room would put the module where the verb is looked up; rooms are reached by
    `from tesuji.run.entry import Entry`, which does not need the attribute.
    """

    def __setattr__(self, name: str, value: object) -> None:
        if not (name in _FACE and isinstance(value, ModuleType)):
            super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Face
