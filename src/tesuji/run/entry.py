"""An entry: everything needed to answer a sample, as one TOML file, `entries/NAME.toml`."""

from __future__ import annotations

import hashlib
import json
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tesuji.baselines.uri import PROMPT, is_baseline, parse_uri
from tesuji.diagnose import check_names as check_cleaners
from tesuji.errors import ConfigError
from tesuji.models.base import Sampling
from tesuji.task.inputs import check_inputs
from tesuji.task.task import Task
from tesuji.task.template import PromptTemplate

if TYPE_CHECKING:
    from tesuji.run.ledger import RunRow

FOLDER = "entries"
_NAME = re.compile(r"[\w][\w.+-]{0,79}")
_SAMPLING = tuple(f.name for f in fields(Sampling) if f.name != "grammar")


@dataclass(frozen=True, slots=True)
class Entry:
    """What answers a sample. Two entries with equal `digest` are the same but for their names.

    `constrain` asks the backend to decode within the answer format's grammar; `options` are the
    flow's keyword arguments; `models` are further models by the names under which the flow asks
    them (`ask(model="strong")`); `clean` names cleaners, applied in order before parsing, `inputs`
    normalisers, applied in order to a sample's text fields before the prompt is rendered.
    """

    name: str
    model: str
    prompt: PromptTemplate
    sampling: Sampling = field(default_factory=Sampling)
    flow: str = "ask"
    options: Mapping[str, Any] = field(default_factory=dict)
    clean: tuple[str, ...] = ()
    constrain: bool = False
    inputs: tuple[str, ...] = ()
    models: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name):
            raise ConfigError(
                f"'{self.name}' is no name for an entry: use letters, digits, '-', '_', '+', '.'"
            )
        check_cleaners(self.clean)
        check_inputs(self.inputs)

    @property
    def digest(self) -> str:
        """Short hash of everything but the name."""
        content = json.dumps(to_table(self), sort_keys=True, default=str)
        return hashlib.sha256(content.encode()).hexdigest()[:16]


def base_entry(task: Task, model: str | None = None) -> Entry:
    """The entry that `competition.toml` describes, before any move."""
    uri = model or task.model
    if not uri:
        raise ConfigError(
            f'{task.folder / "competition.toml"}: no model is named; add `model = "nano"` '
            "there, or give one with --model"
        )
    if is_baseline(uri):
        return baseline_entry(uri)
    sampling = make_sampling(task.sampling, "[sampling]")
    return Entry("base", uri, task.template, sampling, task.flow)


def baseline_entry(uri: str) -> Entry:
    """The entry of a baseline, `baseline-METHOD`: it reads the whole row; ConfigError."""
    parsed = parse_uri(uri)
    name = f"baseline-{parsed.method.name}" + ("-sure" if parsed.only_sure else "")
    return Entry(name, str(parsed), PromptTemplate(PROMPT))


def make_sampling(table: Mapping[str, Any], where: str) -> Sampling:
    """A `Sampling` from a TOML table; ConfigError names the key that is wrong."""
    unknown = [key for key in table if key not in _SAMPLING]
    if unknown:
        raise ConfigError(f"{where}: unknown key '{unknown[0]}'; allowed: {', '.join(_SAMPLING)}")
    values = dict(table)
    if isinstance(values.get("stop"), str):
        values["stop"] = (values["stop"],)
    values["stop"] = tuple(values.get("stop", ()))
    sampling = Sampling(**values)
    _check_numbers(sampling, where)
    return sampling


def _check_numbers(sampling: Sampling, where: str) -> None:
    checks = (
        ("temperature", sampling.temperature, (int, float), 0, 100),
        ("top_p", sampling.top_p, (int, float), 0, 1),
        ("max_tokens", sampling.max_tokens, (int,), 1, 10**7),
        ("seed", sampling.seed or 0, (int,), 0, 2**63 - 1),
        ("logprobs", sampling.logprobs or 0, (int,), 0, 1000),
    )
    for key, value, types, low, high in checks:
        if isinstance(value, bool) or not isinstance(value, types) or not low <= value <= high:
            raise ConfigError(
                f"{where}: {key} is {value!r}; it must be a number from {low} to {high}"
            )
    if not isinstance(sampling.stop_loops, bool):
        raise ConfigError(f"{where}: stop_loops is {sampling.stop_loops!r}; it is true or false")
    if not all(isinstance(text, str) and text for text in sampling.stop):
        raise ConfigError(f"{where}: stop must be a list of non-empty strings")


def to_table(entry: Entry) -> dict[str, Any]:
    """The entry as a table for TOML; the file's name is its name, defaults are left out."""
    sampling = {
        key: list(value) if isinstance(value, tuple) else value
        for key, value in asdict(entry.sampling).items()
        if key != "grammar" and value != getattr(Sampling(), key)
    }
    table: dict[str, Any] = {"model": entry.model, "flow": entry.flow}
    if entry.models:
        table["models"] = dict(entry.models)
    if entry.inputs:
        table["inputs"] = list(entry.inputs)
    if entry.clean:
        table["clean"] = list(entry.clean)
    if entry.constrain:
        table["constrain"] = True
    plain = PromptTemplate("")
    table["prompt"] = {
        key: value for key, value in asdict(entry.prompt).items() if value != getattr(plain, key)
    }
    if sampling:
        table["sampling"] = sampling
    if entry.options:
        table["options"] = dict(entry.options)
    return table


_ENTRY: Mapping[str, type] = {
    "model": str, "flow": str, "models": dict, "inputs": list, "clean": list, "constrain": bool,
    "prompt": dict, "sampling": dict, "options": dict,
}  # fmt: skip
_PROMPT: Mapping[str, type] = {
    "user": str,
    "system": str,
    "examples": int,
    "seed": int,
    "pick": str,
}


def from_table(table: Mapping[str, Any], name: str, where: str) -> Entry:
    """An entry from a parsed TOML table; ConfigError says where it is wrong."""
    _check_keys(table, _ENTRY, ("model", "prompt"), where)
    prompt = table["prompt"]
    models = table.get("models", {})
    _check_keys(models, dict.fromkeys(models, str), (), f"{where}: [models]")
    _check_keys(prompt, _PROMPT, ("user",), f"{where}: [prompt]")
    return Entry(
        name=name,
        model=table["model"],
        prompt=PromptTemplate(**prompt),
        sampling=make_sampling(table.get("sampling", {}), f"{where}: [sampling]"),
        flow=table.get("flow", "ask"),
        options=dict(table.get("options", {})),
        clean=tuple(table.get("clean", ())),
        constrain=table.get("constrain", False),
        inputs=tuple(table.get("inputs", ())),
        models=dict(models),
    )


def entry_of(run: RunRow) -> Entry:
    """The entry that a run was made with; ConfigError where this version cannot read it."""
    return from_table(run.entry_table, run.entry, f"run {run.id}")


def _check_keys(
    table: Mapping[str, Any], shapes: Mapping[str, type], needed: Sequence[str], where: str
) -> None:
    for key, value in table.items():
        if key not in shapes:
            raise ConfigError(f"{where}: unknown key '{key}'; allowed: {', '.join(shapes)}")
        if type(value) is not shapes[key]:
            raise ConfigError(f"{where}: {key} must be a {shapes[key].__name__}, not {value!r}")
    for key in needed:
        if key not in table:
            raise ConfigError(f"{where}: the key '{key}' is missing")


def entry_path(folder: Path, name: str) -> Path:
    """Where the entry called `name` is kept."""
    return folder / FOLDER / f"{name}.toml"


def save_entry(folder: Path, entry: Entry) -> Path:
    """Write `entries/NAME.toml`; an equal file is left alone, a different one is an error."""
    import tomli_w

    path = entry_path(folder, entry.name)
    if path.exists():
        if load_entry(folder, entry.name).digest == entry.digest:
            return path
        raise ConfigError(f"{path} exists and says something else: take another --name")
    path.parent.mkdir(exist_ok=True)
    path.write_text(tomli_w.dumps(to_table(entry), multiline_strings=True), encoding="utf-8")
    return path


def load_entry(folder: Path, name: str) -> Entry:
    """Read `entries/NAME.toml`; ConfigError lists the entries there are."""
    path = entry_path(folder, name)
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        known = ", ".join(saved_entries(folder)) or "none yet"
        raise ConfigError(
            f"there is no entry '{name}' in {path.parent}; there are: {known}"
        ) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: not valid TOML: {error}") from None
    return from_table(table, name, str(path))


def saved_entries(folder: Path) -> list[str]:
    """Names of the entries on disk, sorted."""
    return sorted(path.stem for path in (folder / FOLDER).glob("*.toml"))
