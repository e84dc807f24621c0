"""The task as its files have it now: loaded anew when one of them has changed."""

from __future__ import annotations

import asyncio
from collections.abc import Hashable
from pathlib import Path

from tesuji.board.packed import load_packed, pack
from tesuji.errors import TesujiError
from tesuji.task.config import FILE as TOML
from tesuji.task.own import FILE as OWN
from tesuji.task.task import Task


class Files:
    """competition.toml, competition.py and the data of a task.

    `trouble` says in a line why they cannot be loaded any more; the task from before stays. `loads`
    counts how often they were looked at anew.
    """

    def __init__(self, task: Task) -> None:
        self.task = pack(task)
        self.trouble = ""
        self.loads = 0
        self._stamp = self._look()
        self._lock = asyncio.Lock()

    async def fresh(self) -> Task:
        """The task, loaded anew if need be."""
        if self._look() != self._stamp:
            async with self._lock:
                stamp = self._look()
                if stamp != self._stamp:
                    self._stamp = stamp  # what changes while it is loaded is seen the next time
                    await asyncio.to_thread(self._load)
                    self.loads += 1
        return self.task

    def _load(self) -> None:
        try:
            self.task, self.trouble = load_packed(self.task.folder), ""
        except TesujiError as error:
            self.trouble = str(error)

    def _look(self) -> Hashable:
        folder, config = self.task.folder, self.task.config
        data = (config.data.train, config.data.dev, config.data.test) if config else ()
        paths = [folder / TOML, folder / OWN, *(path for path in data if path is not None)]
        return tuple((path, _state(path)) for path in paths)


def _state(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size
