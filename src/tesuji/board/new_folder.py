"""A folder that is there as a whole or not at all, and takes the place of its own kind only."""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tesuji.board.places import is_of_export
from tesuji.errors import InputError

MARKER = "tesuji-export.json"
_OF_NOBODY = (".DS_Store", "Thumbs.db", "desktop.ini")  # file managers leave them


@contextmanager
def new_folder(target: Path) -> Iterator[Path]:
    """A fresh folder beside `target` to be filled, which becomes `target` when the block ends well.

    InputError where there is anything but an empty folder or an earlier export.
    """
    place = target.resolve()
    _check(target, place)
    place.parent.mkdir(parents=True, exist_ok=True)
    made, old = (place.parent / f".{place.name}-{secrets.token_hex(4)}" for _ in range(2))
    made.mkdir()
    try:
        yield made
        _check(target, place)  # meanwhile somebody may have put something there
        if place.exists():
            place.rename(old)
        try:
            made.rename(place)
        except OSError:
            if old.exists():
                old.rename(place)
            raise
    finally:
        for left in (made, old):
            shutil.rmtree(left, ignore_errors=True)


def _check(target: Path, place: Path) -> None:
    if Path.cwd().is_relative_to(place):
        raise InputError(f"{target}: the current folder is in it: name a new one")
    if not place.exists():
        return
    if not place.is_dir():
        raise InputError(f"{target}: a file; name a folder")
    files = (path for path in place.rglob("*") if not path.is_dir() or path.is_symlink())
    names = [path.relative_to(place).as_posix() for path in files if path.name not in _OF_NOBODY]
    strange = next((n for n in sorted(names) if n != MARKER and not is_of_export(n)), None)
    if strange is not None or (names and MARKER not in names):
        why = f"it has {strange} in it" if strange else "it is no earlier export"
        raise InputError(f"{target}: would be replaced, but {why}: name a new folder")
