"""Python, what is installed beside it, the system's libraries: what a worker may read of them."""

from __future__ import annotations

import contextlib
import importlib
import io
import os
import pkgutil
import site
import sys
import sysconfig
import warnings
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType

# Parts of packages that computing does without, and that are long to load or load others.
_LEFT_OUT = frozenset({
    "tests", "testing", "benchmarks", "conftest", "plotting", "physics", "parsing", "codegen",
    "diffgeom", "categories", "holonomic", "liealgebras", "sandbox", "interactive", "sampling",
    "f2py", "distutils", "galgebra", "pytorch", "tensorflow", "meijerint_doc",
    "hyperexpand_doc", "trace", "_compilation", "_pyinstaller", "_configtool", "__main__",
    "idlelib", "tkinter", "turtle", "turtledemo", "antigravity", "this", "test", "lib2to3",
    "ensurepip", "venv",
})  # fmt: skip
_ENCODINGS = ("ascii", "latin_1", "utf_16", "utf_32", "utf_8_sig", "cp1252", "shift_jis", "euc_jp")
_SYSTEM = ("/lib", "/lib64", "/usr/lib", "/usr/lib64", "/usr/local/lib")


def readable(extra: Sequence[str]) -> list[str]:
    """The folders, and `sys.path` cut down to them.

    `extra` are folders that libraries to be loaded lie in. Other folders on Python's path were put
    there for somebody's project, and are not to be read.
    """
    paths = sysconfig.get_paths()
    wanted = {paths[name] for name in ("stdlib", "platstdlib", "purelib", "platlib")}
    wanted |= {str(Path(os.__file__).parent), *site.getsitepackages(), *extra}
    if sys.base_prefix != "/usr":  # shared libraries that belong to this Python
        wanted.add(str(Path(sys.base_prefix) / "lib"))
    zipped = {path for path in sys.path if path.endswith(".zip") and Path(path).is_file()}
    sys.path[:] = [path for path in sys.path if _below(path, wanted) or path in zipped]
    there = {path for path in (*wanted, *_SYSTEM) if Path(path).is_dir()}
    real = {str(Path(path).resolve()) for path in there}
    return sorted(real | (there & wanted) | zipped)


def _below(path: str, folders: set[str]) -> bool:
    return any(path == folder or path.startswith(folder + os.sep) for folder in folders)


def load_all(packages: Sequence[str]) -> None:
    """Load the standard library and all of `packages`, for workers that may open no file at all.

    Takes half a second more with numpy and sympy, which load much of themselves only when it is
    used.
    """
    with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
        warnings.simplefilter("ignore")
        for name in sorted(sys.stdlib_module_names - _LEFT_OUT):
            _load(name)
        for name in _ENCODINGS:
            _load(f"encodings.{name}")
        for name in packages:
            if name in sys.modules:
                _load_below(sys.modules[name])


def _load_below(package: ModuleType) -> None:
    for found in pkgutil.iter_modules(getattr(package, "__path__", ()), f"{package.__name__}."):
        short = found.name.rpartition(".")[2]
        if short not in _LEFT_OUT and not short.startswith("test_"):
            module = _load(found.name)
            if module is not None and found.ispkg:
                _load_below(module)


def _load(name: str) -> ModuleType | None:
    try:
        return importlib.import_module(name)
    except (Exception, SystemExit):  # for another system, or in want of another package
        return None
