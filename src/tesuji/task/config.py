"""`competition.toml`: read, checked strictly, and handed on as frozen dataclasses.

The keys, their types and defaults are the tables in `keys.py`; docs/competition-toml.md describes
them for people, and a test holds the two together.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

from tesuji.errors import ConfigError
from tesuji.task.keys import ANSWER, DATA, LIMITS, METRIC, PRICE, PROMPT, SAMPLING, SPLIT, TOP, Key
from tesuji.task.nearest import meant

FILE = "competition.toml"
EMPTY: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class DataConfig:
    """[data]: which files, and what their columns are for."""

    train: Path
    target: tuple[str, ...]
    """One column; or several, one a label, for the format `probabilities`."""
    test: Path | None = None
    dev: Path | None = None
    id: str | None = None
    fields: tuple[str, ...] | None = None
    submission: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class SplitConfig:
    """[split]: how the dev split is taken from the training data."""

    dev: float | int = 0.2
    seed: int = 0
    stratify: bool | str = False
    group: str | None = None


@dataclass(frozen=True, slots=True)
class AnswerConfig:
    """[answer]: the format's name, its own options, and what is answered for want of an answer."""

    format: str = "text"
    options: Mapping[str, Any] = field(default_factory=dict)
    fallback: Any = None


@dataclass(frozen=True, slots=True)
class PromptConfig:
    """[prompt]: the templates of the first entry."""

    user: str
    system: str = ""
    examples: int = 0


@dataclass(frozen=True, slots=True)
class Price:
    """USD per million tokens."""

    input: float
    output: float


@dataclass(frozen=True, slots=True)
class Config:
    """A whole competition.toml; paths are absolute."""

    path: Path
    name: str
    data: DataConfig
    prompt: PromptConfig
    metric: str | None = None
    metric_options: Mapping[str, Any] = field(default_factory=dict)
    language: str | None = None
    model: str | None = None
    flow: str = "ask"
    split: SplitConfig = field(default_factory=SplitConfig)
    answer: AnswerConfig = field(default_factory=AnswerConfig)
    sampling: Mapping[str, Any] = field(default_factory=dict)
    limits: Mapping[str, float] = field(default_factory=dict)
    prices: Mapping[str, Price] = field(default_factory=dict)
    models: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


def read_config(path: Path | str) -> Config:
    """Read `competition.toml`, given as itself or as the folder that holds it; ConfigError."""
    path = Path(path)
    path = (path / FILE if path.is_dir() else path).absolute()
    raw = _parsed(path)
    top = _Section(path, "", raw, TOP)
    data = _data(path, top.section("data", DATA, required=True))
    split = top.section("split", SPLIT)
    if data.dev is not None and split.given:
        key = next(iter(split.given))
        raise ConfigError(
            f"{path}: [split] {key}: the dev split is the file of [data] dev; drop one"
        )
    metric, options = _metric(path, top.get("metric"))
    config = Config(
        path=path,
        name=top.get("name") or path.parent.name,
        data=data,
        prompt=PromptConfig(**top.section("prompt", PROMPT, required=True).values()),
        metric=metric,
        metric_options=options,
        language=top.get("language"),
        model=top.get("model"),
        flow=top.get("flow") or "ask",
        split=SplitConfig(**split.values()),
        answer=_answer(top),
        sampling=top.section("sampling", SAMPLING).values(),
        limits=top.section("limits", LIMITS).values(),
        prices=_prices(path, top),
        models=_models(path, top),
    )
    if config.split.group is not None and config.split.stratify is not False:
        raise ConfigError(f"{path}: [split]: stratify and group exclude each other; drop one")
    return config


def _parsed(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_bytes().decode("utf-8-sig"))
    except FileNotFoundError:
        raise ConfigError(
            f"{path}: no such file; make a competition by: tesuji new NAME --from DATA.csv"
        ) from None
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path}: byte {error.start}: not UTF-8; save it as UTF-8") from None
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path}: not TOML: {error}") from None
    except RecursionError:
        raise ConfigError(f"{path}: nested too deeply") from None
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror or error}") from None


class _Section:
    """One table of the file, against the keys that it may have."""

    def __init__(
        self, path: Path, name: str, raw: Any, keys: Mapping[str, Key], open_ended: bool = False
    ) -> None:
        self.path, self.name, self.keys = path, name, keys
        if not isinstance(raw, dict):
            raise ConfigError(f"{path}: {name}: must be a table: [{name}]")
        self.given: dict[str, Any] = raw
        for key, value in raw.items():
            if key in keys:
                if (why := keys[key].wrong(value)) is not None:
                    raise ConfigError(f"{path}: {self.at(key)}: {why}")
            elif not open_ended:
                raise ConfigError(f"{path}: {self.at(key)}: unknown key{meant(key, keys)}")
        for key, rule in keys.items():
            if rule.required and key not in raw:
                raise ConfigError(f"{path}: {self.at(key)}: missing; must be {rule.allowed}")

    def at(self, key: str) -> str:
        return f"[{self.name}] {key}" if self.name else key

    def get(self, key: str) -> Any:
        return self.given.get(key)

    def values(self) -> dict[str, Any]:
        """What is given, lists as tuples."""
        return {k: tuple(v) if isinstance(v, list) else v for k, v in self.given.items()}

    def section(
        self, name: str, keys: Mapping[str, Key], required: bool = False, open_ended: bool = False
    ) -> _Section:
        if required and name not in self.given:
            first = next(key for key, rule in keys.items() if rule.required)
            raise ConfigError(f"{self.path}: [{name}] is missing; it needs at least {first!r}")
        return _Section(self.path, name, self.given.get(name, {}), keys, open_ended)


def _data(path: Path, section: _Section) -> DataConfig:
    values = section.values()
    for key in ("train", "test", "dev"):
        if key in values:
            values[key] = _inside(path, f"[data] {key}", values[key])
    target = values["target"]
    values["target"] = (target,) if isinstance(target, str) else target
    if (name := values.get("id")) is not None and name in values["target"]:
        raise ConfigError(f"{path}: [data] id: {name!r} is the target, too; ids are another column")
    for name in values.get("fields", ()):
        if name in values["target"]:
            raise ConfigError(
                f"{path}: [data] fields: {name!r} is the target: no prompt may use it"
            )
    return DataConfig(**values)


def _inside(path: Path, key: str, value: str) -> Path:
    """A path of the file: absolute, or relative to the competition's folder and inside it."""
    given = Path(value).expanduser()
    if given.is_absolute():
        return given
    if ".." in given.parts:
        raise ConfigError(
            f"{path}: {key}: {value!r} leads out of the competition's folder; give the full path"
        )
    return path.parent / given


def _metric(path: Path, given: Any) -> tuple[str | None, Mapping[str, Any]]:
    if given is None or isinstance(given, str):
        return given, EMPTY
    name = _Section(path, "metric", given, METRIC, open_ended=True).get("name")
    return name, {key: value for key, value in given.items() if key != "name"}


def _answer(top: _Section) -> AnswerConfig:
    given = top.section("answer", ANSWER, open_ended=True).given
    options = {key: value for key, value in given.items() if key not in ANSWER}
    return AnswerConfig(given.get("format", "text"), options, given.get("fallback"))


def _prices(path: Path, top: _Section) -> dict[str, Price]:
    raw = top.get("prices") or {}
    if not isinstance(raw, dict):
        raise ConfigError(f'{path}: prices: must be tables: [prices."MODEL URI"]')
    return {
        uri: Price(**_Section(path, f'prices."{uri}"', prices, PRICE).values())
        for uri, prices in raw.items()
    }


def _models(path: Path, top: _Section) -> dict[str, dict[str, Any]]:
    raw = top.get("models") or {}
    for uri, options in raw.items():
        if not isinstance(options, dict):
            raise ConfigError(f'{path}: models."{uri}": must be a table: [models."{uri}"]')
    return dict(raw)
