"""Runs an agent's main.py as the contest does, in a process of its own: python -I driver.py FOLDER.

The file is executed and its last function called. Lines of JSON in: what the contest shows; lines
of JSON out: {"said": …}, or {"kind": …} where it was no text, or {"raised": …}; first of all
{"agent": its name} or {"failed": why}. Whatever the agent prints goes to standard error. Of Tesuji
only what the agent brings can be imported. Standard library only.
"""

from __future__ import annotations

import json
import os
import sys
import traceback
from collections.abc import Callable, Sequence
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path
from types import ModuleType
from typing import Any


class OwnOnly:
    """Finds the module `tesuji` in the agent's folder or not at all."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Where a module is; None leaves it to the other finders."""
        if name != "tesuji":
            return None
        spec = PathFinder.find_spec(name, [str(self.folder)])
        if spec is None:
            raise ModuleNotFoundError("No module named 'tesuji' in the agent's own files")
        return spec


class Seen(dict[str, Any]):
    """What the environment shows: a dict whose keys are attributes, too."""

    __getattr__ = dict.__getitem__


def described(error: BaseException) -> str:
    """An exception in one line."""
    text = " ".join(str(error).split())
    return f"{type(error).__name__}: {text[:300]}" if text else type(error).__name__


def last_function(path: Path) -> Callable[..., object]:
    """What the contest calls: the last thing that can be called which main.py leaves behind."""
    left: dict[str, Any] = {}
    code = compile(path.read_text(encoding="utf-8"), str(path), "exec")
    sys.path.append(str(path.parent))
    exec(code, left)
    sys.path.remove(str(path.parent))
    functions: list[Callable[..., object]] = [value for value in left.values() if callable(value)]
    if not functions:
        raise LookupError("main.py leaves no function behind: the contest calls its last one")
    return functions[-1]


def moved(
    agent: Callable[..., object], seen: dict[str, Any], configuration: dict[str, Any]
) -> dict[str, str]:
    """What the agent says to what it is shown, with as many arguments as it takes."""
    arguments = [Seen(seen), Seen(configuration)]
    code = getattr(agent, "__code__", None)
    try:
        said = agent(*arguments[: code.co_argcount] if code else arguments)
    except BaseException as error:
        traceback.print_exc()
        return {"raised": described(error)}
    return {"said": said} if isinstance(said, str) else {"kind": type(said).__name__}


def main() -> None:
    """Start the agent, then answer line by line."""
    folder = Path(sys.argv[1]).resolve()
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # what the agent prints must not stand among the answers
    here = str(Path(__file__).resolve().parent)
    sys.path[:] = [place for place in sys.path if place != here]
    sys.meta_path.insert(0, OwnOnly(folder))

    def tell(what: dict[str, str]) -> None:
        out.write(json.dumps(what) + "\n")
        out.flush()

    try:
        agent = last_function(folder / "main.py")
    except BaseException as error:
        traceback.print_exc()
        tell({"failed": described(error)})
        return
    tell({"agent": getattr(agent, "__name__", type(agent).__name__)})
    for line in sys.stdin:
        asked = json.loads(line)
        tell(moved(agent, asked["seen"], asked["configuration"]))


if __name__ == "__main__":
    main()
