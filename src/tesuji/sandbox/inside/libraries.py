"""Which folders a worker may read: Python, what is installed beside it, the system's libraries."""

from __future__ import annotations

import os
import site
import sys
import sysconfig
from collections.abc import Sequence
from pathlib import Path

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
