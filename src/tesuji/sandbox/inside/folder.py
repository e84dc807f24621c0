"""A session's folder on disk, where it can't have a file system of its own: measured, taken away.

The code in it may have been hostile: links are not followed, and nothing depends on how deep its
folders go or on the modes that it gave them.
"""

from __future__ import annotations

import contextlib
import itertools
import os
from pathlib import Path

_DEEPEST = 16  # folders in folders; more is no honest use, and would escape the count


def fits(folder: str, disk: int, most: int) -> bool:
    """Whether at most `disk` bytes and `most` files are in it.

    What can't be counted doesn't fit: only tricks bring that about.
    """
    size = files = 0
    level = [folder]
    for _ in range(_DEEPEST):
        deeper = []
        for path in level:
            try:
                with os.scandir(path) as entries:
                    for entry in entries:
                        files += 1
                        size += _blocks(entry)
                        if files > most or size > disk:
                            return False
                        if entry.is_dir(follow_symlinks=False):
                            deeper.append(entry.path)
            except FileNotFoundError:  # gone meanwhile
                continue
            except OSError:
                return False
        if not deeper:
            return True
        level = deeper
    return False


def _blocks(entry: os.DirEntry[str]) -> int:
    try:
        return entry.stat(follow_symlinks=False).st_blocks * 512
    except OSError:
        return 0


def sweep(folder: str) -> None:
    """Take it away, once no process is left that could change it.

    Folders in folders are first moved to the top: a path to a deep one would be too long, and
    going down by descriptors would take more of them than there are.
    """
    numbers = itertools.count()
    with contextlib.suppress(OSError):
        while _flatten(folder, numbers):
            pass
        Path(folder).rmdir()


def _flatten(top: str, numbers: itertools.count[int]) -> bool:
    """Empty each folder at the top, its folders going to the top; whether there were any."""
    found = False
    for path in _emptied(top):
        found = True
        for inner in _emptied(path):
            Path(inner).rename(f"{top}/.{next(numbers)}.moved")
        Path(path).rmdir()
    return found


def _emptied(folder: str) -> list[str]:
    """Take away all in it but folders, which are returned, and can be written to now."""
    kept = []
    with os.scandir(folder) as entries:
        for entry in list(entries):
            if entry.is_dir(follow_symlinks=False):
                Path(entry.path).chmod(0o700)
                kept.append(entry.path)
            else:
                Path(entry.path).unlink()
    return kept
