"""Ready-made competitions: each a package here with `competition.toml`, `generate.py`, and perhaps
a `competition.py` with functions of its own."""

from __future__ import annotations

from importlib import import_module
from importlib.resources import files
from pathlib import Path

from tesuji.errors import InputError

READY = ("llm-prompt-reverse", "math-olympiad", "nemotron-reasoning", "twenty-questions")


def create_competition(name: str, folder: Path, seed: int = 0) -> None:
    """Make `folder` a competition like the ready one called `name`, with data of our own making.

    InputError if there is no such competition or the folder has one, or other data, already;
    nothing is written then.
    """
    if name not in READY:
        raise InputError(f"there is no ready competition '{name}'; there are: {', '.join(READY)}")
    if folder.exists() and not folder.is_dir():
        raise InputError(f"{folder} is a file: choose another name")
    for there in ("competition.toml", "competition.py", "data/train.csv", "data/test.csv"):
        if (folder / there).exists():
            raise InputError(f"{folder / there} exists: choose another folder")
    package = f"{__name__}.{name.replace('-', '_')}"
    data = folder / "data"
    try:
        data.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"{folder} cannot be made: {error.strerror}") from None
    import_module(f"{package}.generate").generate(data, seed)
    for name in ("competition.toml", "competition.py"):
        source = files(package) / name
        if source.is_file():
            (folder / name).write_text(source.read_text(encoding="utf-8"), encoding="utf-8")
