"""Which processes, descriptors and folders are there: what a sandbox leaves behind."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from pathlib import Path


def children(process: int) -> list[int]:
    """The processes below one, however deep."""
    try:
        tasks = list(Path(f"/proc/{process}/task").iterdir())
        own = [int(c) for task in tasks for c in (task / "children").read_text().split()]
    except OSError:
        return []
    return own + [deeper for child in own for deeper in children(child)]


def descriptors() -> int:
    """How many files this process has open."""
    return len(list(Path("/proc/self/fd").iterdir()))


def folders() -> set[str]:
    """Folders of sandboxes that lie about."""
    return {path.name for path in Path(tempfile.gettempdir()).glob("tesuji-sandbox-*")}


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
