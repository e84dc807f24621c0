"""Where a tool lives: an environment of its own, made once, kept while its packages are the same.

Nothing is installed into the interpreter that runs the benchmark.
"""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from benchmarks.rivals.failure import FailedError, last_words


class Environment(Protocol):
    """Packages, and a way to install them."""

    @property
    def packages(self) -> tuple[str, ...]:
        """What is installed by name, with versions."""
        ...

    def install(self, folder: Path) -> Path:
        """The interpreter in `folder`, beside the tool's own commands; FailedError says why not."""
        ...


@dataclass(frozen=True, slots=True)
class Here:
    """The interpreter that runs the benchmark."""

    packages: tuple[str, ...] = ()

    def install(self, folder: Path) -> Path:
        return Path(sys.executable)


@dataclass(frozen=True, slots=True)
class Venv:
    """A virtual environment, filled by pip."""

    packages: tuple[str, ...]

    def install(self, folder: Path) -> Path:
        python = folder / "bin" / "python"
        make = [sys.executable, "-m", "venv", "--clear", str(folder)]
        fill = [str(python), "-m", "pip", "install", "--quiet", *self.packages]
        _once(folder, [make, fill])
        return python


@dataclass(frozen=True, slots=True)
class Npm:
    """A folder filled by npm; the package `node` brings the version of Node that the tool needs."""

    packages: tuple[str, ...]

    def install(self, folder: Path) -> Path:
        fill = ["npm", "install", "--no-fund", "--no-audit", "--prefix", str(folder)]
        _once(folder, [[*fill, *self.packages]])
        return folder / "node_modules" / ".bin" / "node"


def _once(folder: Path, commands: list[list[str]]) -> None:
    """Run the commands, unless the same ones succeeded before."""
    stamp = folder / "installed-by"
    wanted = repr(commands)
    if stamp.exists() and stamp.read_text("utf-8") == wanted:
        return
    try:
        folder.mkdir(parents=True, exist_ok=True)
        stamp.unlink(missing_ok=True)
        for command in commands:
            done = subprocess.run(command, capture_output=True, text=True)
            if done.returncode:
                raise FailedError(f"can't be installed: {last_words(done.stderr)}")
        stamp.write_text(wanted, "utf-8")
    except OSError as error:
        raise FailedError(f"can't be installed: {error}") from error
