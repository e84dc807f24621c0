"""The agent as a tar.gz: main.py, the players' own modules, the list and what stands in `agent/`.

Nothing of Tesuji need be installed where it runs: the modules that the players are made of are
copied as they are, those that they import with them.
"""

from __future__ import annotations

import ast
import gzip
import io
import json
import tarfile
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

from tesuji.competitions.twenty_questions.playing import keywords_path
from tesuji.errors import ConfigError, SubmissionError
from tesuji.games.handing import SETTINGS

PLAYERS = "tesuji.games.handing"
WORDS = 20_000
"""Of the lexicon, unless `agent.json` says another number: 6 s of CPU to begin with, 0.2 s a turn,
1.3 GB, measured with 3,200 questions. Of the contest's 578 public things 60 % are among them."""
_MADE = 1_700_000_000  # one time for all files: the same agent gives the same bytes
_FILE = "agent.json"


def write(folder: Path, path: Path) -> Path:
    """Write the agent of a competition's folder to `path`, whole or not at all.

    `data/keywords.*`, `data/table/` and all of `agent/` go with it; `agent/model.py` is a model of
    one's own. ConfigError where `agent.json` sets what there is not; SubmissionError.
    """
    half = path.with_name(path.name + ".part")
    try:
        with (
            half.open("wb") as raw,
            gzip.GzipFile("", "wb", 6, raw, mtime=_MADE) as packed,
            tarfile.open(fileobj=packed, mode="w") as tar,
        ):
            for name, content in _members(folder):
                _add(tar, name, content)
        half.replace(path)
    except OSError as error:
        raise SubmissionError(f"{path}: cannot be written: {error.strerror or error}") from None
    finally:
        half.unlink(missing_ok=True)
    return path


def settings(folder: Path) -> dict[str, object]:
    """What `agent.json` in the folder sets of the agent, if it is there; ConfigError."""
    path = folder / _FILE
    if not path.exists():
        return {}
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, OSError) as error:
        raise ConfigError(f"{path}: no JSON: {error}") from None
    unknown = [key for key in said if key not in SETTINGS] if isinstance(said, dict) else [said]
    if unknown:
        raise ConfigError(f"{path}: {unknown[0]!r}: it may set {', '.join(SETTINGS)}")
    for key, value in said.items():
        if type(value) is not type(SETTINGS[key]) and not isinstance(value, int):
            raise ConfigError(f"{path}: {key}: {value!r} is no {type(SETTINGS[key]).__name__}")
    return dict(said)


def _members(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Names and contents of the tar."""
    yield "main.py", files(__package__).joinpath("main.py").read_bytes()
    yield "settings.json", json.dumps({"words": WORDS, **settings(folder)}).encode()
    yield from _modules()
    keywords = keywords_path(folder)
    yield f"data/{keywords.name}", keywords.read_bytes()
    for path in sorted((folder / "data" / "table").glob("*")):
        yield f"data/table/{path.name}", path.read_bytes()
    extra = folder / "agent"
    for path in sorted(extra.rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            name = path.relative_to(extra).as_posix()
            if name in ("main.py", "settings.json") or name.startswith("tesuji/"):
                raise SubmissionError(f"{path}: the agent has a {name} of its own; rename yours")
            yield name, path.read_bytes()


def _modules() -> Iterator[tuple[str, bytes]]:
    """The players' modules and all of this project that they import, and the lexicon."""
    yield "tesuji/__init__.py", b'"""The part of Tesuji that plays twenty questions."""\n'
    wanted, done = [PLAYERS], {"tesuji"}
    while wanted:
        module = wanted.pop()
        if module in done:
            continue
        done.add(module)
        path = _source(module)
        text = path.read_text(encoding="utf-8")
        yield path.relative_to(_root().parent).as_posix(), text.encode()
        wanted += [module.rpartition(".")[0], *_imported(text)]
    for name in ("lexicon.npz", "LEXICON.md"):  # the second: under which licences the first is
        yield f"tesuji/games/{name}", (_root() / "games" / name).read_bytes()


def _root() -> Path:
    return Path(str(files("tesuji")))


def _source(module: str) -> Path:
    path = _root().parent.joinpath(*module.split("."))
    return path / "__init__.py" if path.is_dir() else path.with_suffix(".py")


def _imported(text: str) -> list[str]:
    """The modules of this project that a module imports."""
    names = []
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("tesuji"):
            names.append(str(node.module))
            below = _root().parent.joinpath(*str(node.module).split("."))
            names += [f"{node.module}.{n.name}" for n in node.names
                      if (below / f"{n.name}.py").exists()]  # fmt: skip
    return names


def _add(tar: tarfile.TarFile, name: str, content: bytes) -> None:
    member = tarfile.TarInfo(name)
    member.size, member.mtime, member.mode = len(content), _MADE, 0o644
    tar.addfile(member, io.BytesIO(content))
