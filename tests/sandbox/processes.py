"""Which processes, descriptors and folders are there: what a sandbox leaves behind."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path


def children(process: int) -> list[int]:
    """The processes below one, however deep."""
    own: list[int] = []
    with suppress(OSError):  # it is gone
        for task in Path(f"/proc/{process}/task").iterdir():
            with suppress(OSError):  # a thread that has ended
                own += map(int, (task / "children").read_text().split())
    return own + [deeper for child in own for deeper in children(child)]


def descriptors() -> int:
    """How many files this process has open."""
    return len(list(Path("/proc/self/fd").iterdir()))


def folders() -> set[str]:
    """Folders of sandboxes that lie about."""
    return {path.name for path in Path(tempfile.gettempdir()).glob("tesuji-sandbox-*")}


@dataclass(frozen=True, slots=True)
class Standing:
    """What there is of this process: open files, folders of sandboxes, processes below it."""

    files: int
    folders: frozenset[str]
    processes: frozenset[int]


def standing() -> Standing:
    """What there is now."""
    return Standing(descriptors(), frozenset(folders()), frozenset(children(os.getpid())))


def nothing_new(before: Standing) -> bool:
    """Whether soon there is nothing that there wasn't before. What other tests left may end."""

    def nothing() -> bool:
        now = standing()
        return (
            now.files <= before.files
            and now.folders <= before.folders
            and now.processes <= before.processes
        )

    return soon(nothing)


def lives(process: int) -> bool:
    """Whether a process is there, and no mere entry in the table."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def soon(holds: Callable[[], bool], seconds: float = 20.0) -> bool:
    """Whether something comes true within so long."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if holds():
            return True
        time.sleep(0.02)
    return holds()
