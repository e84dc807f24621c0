"""Making a competition folder from a guess: a commented competition.toml, and the data."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tesuji.errors import ConfigError, DataError, InputError
from tesuji.task.config import FILE
from tesuji.task.file_kind import suffix
from tesuji.task.guess import Guess
from tesuji.task.task import load


def write_competition(
    folder: Path | str, guess: Guess, train: Path | str, test: Path | str | None = None
) -> Path:
    """Write `competition.toml` and copy the data to `data/`; returns the toml's path.

    All is made aside and loaded once before it takes its place: where that fails, nothing is
    written. ConfigError if there is a competition.toml or other data already.
    """
    folder = Path(folder).absolute()
    files = {"train": Path(train).absolute()}
    if test is not None:
        files["test"] = Path(test).absolute()
    places = {name: Path("data") / (name + suffix(path)) for name, path in files.items()}
    _refuse_to_overwrite(folder, files, places)
    fresh = [parent for parent in (folder, *folder.parents) if not parent.exists()]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".new-", dir=folder) as aside:
            stage = Path(aside)
            (stage / "data").mkdir()
            for name, path in files.items():
                shutil.copyfile(path, stage / places[name])
            text = competition_toml(folder.name, guess, places)
            (stage / FILE).write_text(text, encoding="utf-8", newline="\n")
            _try(stage, folder, {str(stage / places[name]): str(files[name]) for name in files})
            (folder / "data").mkdir(exist_ok=True)
            for place in (*places.values(), Path(FILE)):
                (stage / place).replace(folder / place)
    except OSError as error:
        raise ConfigError(f"{folder}: cannot be written: {error.strerror or error}") from None
    finally:
        if not (folder / FILE).exists():
            for parent in fresh:  # those that we made, the innermost first
                if parent.is_dir() and not any(parent.iterdir()):
                    parent.rmdir()
    return folder / FILE


def _try(stage: Path, folder: Path, sources: Mapping[str, str]) -> None:
    """Load what is made; an error speaks of the user's own files, not of those aside."""
    try:
        load(stage)
    except InputError as error:
        text = str(error)
        for made, source in sources.items():
            text = text.replace(made, source)
        raise type(error)(text.replace(str(stage), str(folder))) from None


def _refuse_to_overwrite(
    folder: Path, files: Mapping[str, Path], places: Mapping[str, Path]
) -> None:
    if folder.exists() and not folder.is_dir():
        raise ConfigError(f"{folder}: a file, not a folder; choose another name")
    if (folder / FILE).exists():
        raise ConfigError(f"{folder / FILE}: is there already; remove it or choose another folder")
    for name, place in places.items():
        if not files[name].is_file():
            raise DataError(f"{files[name]}: no such file")
        there = folder / place
        if there.exists() and not there.samefile(files[name]):
            raise ConfigError(f"{there}: is there already, and is not {files[name]}")


def competition_toml(name: str, guess: Guess, places: Mapping[str, Path]) -> str:
    """The text of competition.toml, each guess with its reason and its alternatives."""
    why, answer = guess.reasons, guess.answer
    lines = [
        "# Guessed from the data. Each guess says why; change what is wrong.",
        "# Every key is described in docs/competition-toml.md.",
        f"name = {value(name)}",
        "",
        f"# {comment(answer.why_metric)}",
    ]
    if answer.other_metrics:
        lines.append(f"# others that fit: {comment(answer.other_metrics)}")
    lines.append("# or your own: def metric(answer, target) in competition.py beside this file")
    lines.append(f"metric = {value(answer.metric)}")
    if guess.language:
        lines.append(f"language = {value(guess.language)}  # {comment(why['language'])}")
    else:
        lines.append('# language = "en"  # what the answers should be written in; off: not checked')
    lines.append('# model = "nano"  # the model that is asked where --model is not given')
    lines += ["", "[data]", f"train = {value(places['train'].as_posix())}"]
    if "test" in places:
        lines.append(f"test = {value(places['test'].as_posix())}")
    else:
        lines.append('# test = "data/test.csv"  # needed for submissions')
    lines.append('# dev = "data/dev.csv"  # instead of [split]')
    id_line = f"id = {value(guess.id)}" if guess.id is not None else '# id = "id"'
    lines += [
        f"{id_line}  # {comment(why['id'])}",
        f"target = {value(guess.target)}",
        f"# {comment(why['submission'])}; the last column is the answer, the others are copied",
        f"submission = {value(list(guess.submission))}",
    ]
    return "\n".join(lines + _split(guess) + _answer(guess) + _prompt(guess) + _tail())


def _split(guess: Guess) -> list[str]:
    why = guess.reasons
    stratify = "# stratify = true  # or a column: each value in its share"
    if guess.stratify:
        stratify = f"stratify = true  # {comment(why['stratify'])}"
    return [
        "",
        "[split]",
        f"dev = {value(guess.dev)}  # {comment(why['dev'])}; a fraction or a count",
        "seed = 0",
        stratify,
        '# group = "column"  # rows with the same value never stand on both sides',
    ]


def _answer(guess: Guess) -> list[str]:
    answer = guess.answer
    lines = [
        "",
        "[answer]",
        f"# {comment(answer.why_format)}",
        "# others: text, choice, integer, number, boxed, json, ranking, probabilities, code",
        f"format = {value(answer.format)}",
    ]
    lines += [f"{key} = {value(option)}" for key, option in answer.options.items()]
    if answer.format == "text" and "pattern" not in answer.options:
        lines.append(
            "# pattern = '[a-z]+'  # what every answer looks like, as a regular expression"
        )
    lines.append("# fallback = …  # the answer given where a model has none")
    return lines


def _prompt(guess: Guess) -> list[str]:
    return [
        "",
        "[prompt]",
        "# {column} is replaced by the row's value, {answer_format} by a sentence that asks for",
        "# the shape above, {*} by the whole row as JSON; a brace itself is {{ or }}",
        f"# {comment(guess.reasons['user'])}",
        '# system = "You are …"',
        f"user = {text_block(guess.user)}",
        "examples = 0  # how many solved rows go before the question",
    ]


def _tail() -> list[str]:
    return [
        "",
        "[sampling]",
        "temperature = 0.0  # 0: always the likeliest token",
        "max_tokens = 256",
        "",
        "# [limits]  # a run ends inside them, with an answer for every row",
        "# seconds = 3600",
        "# usd = 1.0",
        "",
    ]


def comment(text: str) -> str:
    """Text that stays inside one comment: no line ends, no control characters."""
    return "".join(c if c.isprintable() else " " for c in text)


def value(given: Any) -> str:
    """A value as TOML."""
    if isinstance(given, list):
        return "[" + ", ".join(map(value, given)) + "]"
    if isinstance(given, bool):
        return "true" if given else "false"
    if isinstance(given, str):
        # TOML's basic strings are JSON's, but for DEL
        return json.dumps(given, ensure_ascii=False).replace("\x7f", "\\u007f")
    return repr(given)


def text_block(text: str) -> str:
    """A text of several lines as a TOML multi-line string, where that says the same."""
    plain = all(c.isprintable() or c == "\n" for c in text)
    if "\n" not in text or not plain:
        return value(text)
    body = text.replace("\\", "\\\\").replace('"""', '""\\"')
    return f'"""\n{body}"""' if not body.endswith('"') else value(text)
