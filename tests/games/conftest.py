"""The witness: the contest's own environment, in a Python environment of its own."""

from __future__ import annotations

import fcntl
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

PACKAGE = "kaggle-environments==1.18.0"  # later ones have no llm_20_questions
NEEDS = ("numpy", "jsonschema", "requests", "flask")
"""What this one game of the package imports; all that the package names would be 1.2 GB."""

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
Witness = Callable[..., Any]


@pytest.fixture(scope="session")
def witness_python() -> Path:
    """The Python of the witness, made once beside the tests' own."""
    folder = Path(sys.prefix) / "witness"
    python = folder / "bin" / "python"
    try:
        with (Path(sys.prefix) / "witness.lock").open("w") as lock:  # the tests run in processes
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not (folder / "ready").exists():
                _install(folder, python)
    except (OSError, subprocess.SubprocessError) as error:
        why = f"{PACKAGE} could not be installed: {error}"
        pytest.fail(why) if os.environ.get("TESUJI_REQUIRE_SHARED") else pytest.skip(why)
    return python


def _install(folder: Path, python: Path) -> None:
    pip = [str(python), "-m", "pip", "--disable-pip-version-check", "--quiet", "install"]
    for command in (
        [sys.executable, "-m", "venv", "--clear", str(folder)],
        [*pip, *NEEDS],
        [*pip, "--no-deps", PACKAGE],
    ):
        subprocess.run(command, check=True, capture_output=True, timeout=240)
    (folder / "ready").touch()


@pytest.fixture(scope="session")
def witness(witness_python: Path) -> Witness:
    """Play games in the contest's environment: a list of games as `witness.py` reads them.

    With `tesuji=False` no module of this project can be imported there but what a submission
    brings.
    """

    def play(games: list[dict[str, Any]], *, tesuji: bool = True) -> list[dict[str, Any]]:
        run = subprocess.run(
            [str(witness_python), str(HERE / "witness.py")], input=json.dumps(games), text=True,
            capture_output=True, env={"PYTHONPATH": str(ROOT / "src")} if tesuji else {},
            timeout=240, check=False,
        )  # fmt: skip
        assert run.returncode == 0, run.stderr
        return json.loads(run.stdout)  # type: ignore[no-any-return]

    return play
