"""The board as a folder of files that open from disk: what its own app answers, with other links.

A walk from the first page along the links to what the plan has in it. Nothing in the files tells
where they were made: paths of the competition and of the home folder are made short.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from html import escape, unescape
from pathlib import Path
from typing import TypeAlias

from tesuji.board.app import ASSETS, make_app
from tesuji.board.board import Board
from tesuji.board.guard import Gate
from tesuji.board.inside import Inside
from tesuji.board.new_folder import MARKER, new_folder
from tesuji.board.places import Places
from tesuji.board.relink import relink
from tesuji.board.still import Still, plan_still
from tesuji.board.view import asset
from tesuji.errors import LedgerError
from tesuji.run.ledger import FILE, Ledger

OTHERS = 20  # samples of each run besides those that fail, unless told otherwise

Watch: TypeAlias = Callable[[int, int], None]
"""Is told of (pages written, pages in all as far as is known)."""

_FIRST = "/?runs=all"  # each of them has a page
_PATIENCE = 1e6  # seconds


@dataclass(frozen=True, slots=True)
class Exported:
    """What was written: the folder, its files, their bytes, and what of the samples is in it."""

    folder: Path
    files: int
    size: int
    still: Still

    @property
    def samples(self) -> int:
        """Pages of samples."""
        return self.still.samples

    @property
    def left_out(self) -> int:
        """Samples of runs that have no page."""
        return sum(part.left_out for part in self.still.parts.values())


def export_board(
    board: Board, folder: Path, *, others: int | None = OTHERS, language: str = "en",
    watch: Watch = lambda done, total: None,
) -> Exported:  # fmt: skip
    """Write all of a board into a folder that is new, empty, or an earlier export.

    Of each run: the samples that fail, `others` that don't (None: all), and those that a comparison
    names. The folder is there as a whole or not at all. The same ledger makes the same files.
    InputError for a folder that holds anything else.
    """
    with new_folder(folder) as made:
        still = _plan(board, others)
        # Pages come when all that they show is worked out.
        patient = replace(board, still=still, patience=_PATIENCE)
        writer = _Writer(patient, still, made, language)
        asyncio.run(writer.write_all(watch))
        _write_marker(made)
        files = [path for path in made.rglob("*") if path.is_file()]
        return Exported(folder, len(files), sum(path.stat().st_size for path in files), still)


def _plan(board: Board, others: int | None) -> Still:
    if not (board.task.folder / FILE).exists():
        return Still()
    with Ledger(board.task.folder / FILE) as ledger:
        return plan_still(board.task, ledger, others)


def _write_marker(folder: Path) -> None:
    import tesuji

    text = json.dumps({"what": "an export of tesuji's board", "version": tesuji.__version__})
    (folder / MARKER).write_text(text + "\n", encoding="utf-8")


@dataclass
class _Writer:
    board: Board
    still: Still
    folder: Path
    language: str

    async def write_all(self, watch: Watch) -> None:
        """Every page that a link leads to, from the first on, and style and script."""
        places = Places(self.still, self.board.of_file)
        self._write_assets()
        gate = Gate("127.0.0.1", 0)
        inside = Inside(make_app(self.board, gate), gate, self.language)
        todo, known, samples, done = deque([_FIRST]), {places.file("/")}, 0, 0

        def find(address: str) -> str | None:
            nonlocal samples
            file = places.file(address)
            if file is None or file in known or file.startswith("static/"):
                return file
            known.add(file)
            of_sample = file.startswith("run-") and "/sample-" in file
            samples += of_sample
            todo.append(_plain(address) if of_sample or "/compare?" in address else address)
            return file

        try:
            while todo:
                address = todo.popleft()
                file = places.file(address)
                assert file is not None
                page = self._scrubbed(await self._ask(inside, address))
                self._write(file, relink(page, file, find))
                done += 1
                watch(done, len(known) + self.still.samples - samples)
        finally:
            await self.board.later.close()
            await self.board.reader.close()

    async def _ask(self, inside: Inside, address: str) -> str:
        status, body = await inside.get(address)
        page = body.decode("utf-8")
        if status != 200:
            why = re.search(r'role="alert"[^>]*>([^<]*)', page)
            told = unescape(why[1]) if why else f"status {status}"
            raise LedgerError(f"the page {address} cannot be made: {told}")
        return page

    def _write(self, name: str, text: str) -> None:
        path = self.folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")

    def _write_assets(self) -> None:
        (self.folder / "static").mkdir()
        for name in ASSETS:
            (self.folder / "static" / name).write_bytes(asset(name))

    def _scrubbed(self, page: str) -> str:
        for text, shorter in self.still.private:
            page = page.replace(escape(text), shorter)
        return page


def _plain(address: str) -> str:
    """The address of a sample or a comparison without the list that it was opened from, which is no
    part of its file."""
    path, _, query = address.partition("?")
    names = ("id",) if path.startswith("/run/") else ("a", "b")
    return f"{path}?" + "&".join(p for p in query.split("&") if p.partition("=")[0] in names)
