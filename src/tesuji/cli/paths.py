"""Paths as they are typed from the current folder: errors and reports name files by them."""

from __future__ import annotations

import os
from pathlib import Path


def near(path: Path) -> str:
    """The path from here, where that is shorter than the whole one."""
    try:
        relative = os.path.relpath(path)
    except ValueError:  # another drive (Windows)
        return str(path)
    return min(relative, str(path), key=len)


def nearer(text: str) -> str:
    """A message with the paths below the current folder as seen from it."""
    here = os.path.join(os.getcwd(), "")  # noqa: PTH109, PTH118 - ends with one separator
    return text if here == os.sep else text.replace(here, "")
