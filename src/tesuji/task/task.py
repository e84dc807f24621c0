"""A task: a loaded competition, checked, ready to be run."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from tesuji.errors import ConfigError, DataError, InputError
from tesuji.notebook import table as html_table
from tesuji.task.answer_columns import AnswerColumns, answer_columns
from tesuji.task.config import Config, Price, read_config
from tesuji.task.formats.base import AnswerFormat
from tesuji.task.metrics import Metric
from tesuji.task.own import Own, load_own
from tesuji.task.row import Table
from tesuji.task.rules import answer_format, metric
from tesuji.task.sample import Sample
from tesuji.task.samples import make_samples, sample_ids
from tesuji.task.split import split
from tesuji.task.table import read_table
from tesuji.task.template import PromptTemplate, check_template, parts

SPLITS = ("train", "dev", "test")


@dataclass(frozen=True)
class Task:
    """A loaded competition: samples, prompt, answer format, metric. Made by `load`."""

    name: str
    folder: Path
    train: tuple[Sample, ...] = field(repr=False)
    dev: tuple[Sample, ...] = field(repr=False)
    test: tuple[Sample, ...] = field(repr=False)
    """Never has targets, even where the test file has the target's column."""
    template: PromptTemplate
    format: AnswerFormat
    metric: Metric
    columns: tuple[str, ...]
    """What a template may name: the columns that every split has."""
    submission: AnswerColumns | None = None
    language: str | None = None
    model: str | None = None
    flow: str = "ask"
    """The first entry's flow."""
    sampling: Mapping[str, Any] = field(default_factory=dict)
    limits: Mapping[str, float] = field(default_factory=dict)
    prices: Mapping[str, Price] = field(default_factory=dict)
    models: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """Options of models by URI; those under "*" are for any."""
    own: Own = field(default_factory=Own, repr=False)
    config: Config | None = field(default=None, repr=False)
    test_table: Table | None = field(default=None, repr=False)
    groups: Mapping[str, Mapping[str, Hashable]] = field(default_factory=dict, repr=False)
    """By split, then by sample: the value of [split] group, where one is set."""

    @property
    def pool(self) -> tuple[Sample, ...]:
        """Where few-shot examples come from: the train split."""
        return self.train

    @property
    def flows(self) -> Mapping[str, Callable[..., Any]]:
        """The flows of competition.py by name."""
        return self.own.flows

    def split(self, name: str) -> tuple[Sample, ...]:
        """The samples of "train", "dev" or "test"; ConfigError where there are none."""
        if name not in SPLITS:
            raise ConfigError(f"no split {name!r}; there are {', '.join(SPLITS)}")
        samples: tuple[Sample, ...] = getattr(self, name)
        if not samples:
            raise ConfigError(
                f"{self.folder / 'competition.toml'}: no {name} split; name its file: "
                f'[data] {name} = "data/{name}.csv"'
            )
        return samples

    def options_of(self, uri: str) -> dict[str, Any]:
        """The options that a model is opened with."""
        return {**self.models.get(uri, {}), **self.models.get("*", {})}

    def with_options(self, **options: Any) -> Task:
        """This task with options for whatever model is opened: `concurrency`, `timeout` …"""
        given = {**self.models.get("*", {}), **options}
        return replace(self, models={**self.models, "*": given})

    @cached_property
    def digest(self) -> str:
        """12 hex digits of all that scoring depends on: format, metric, own code, ids, targets.

        Equal digests: scores may be compared. The prompt is no part of it.
        """
        sha = hashlib.sha256()
        config = self.config
        rules: list[Any] = [self.format.name, self.metric.name, self.own.source]
        if config is not None:
            answer = config.answer
            rules += [answer.format, dict(answer.options), answer.fallback]
            rules += [config.metric, dict(config.metric_options)]
        sha.update(json.dumps(rules, sort_keys=True, default=str).encode())
        for samples in (self.train, self.dev):
            sha.update(b"\0split")
            for start in range(0, len(samples), 4096):  # one by one is five times slower
                rows = [[sample.id, sample.target] for sample in samples[start : start + 4096]]
                sha.update(json.dumps(rows, sort_keys=True).encode())
        return sha.hexdigest()[:12]

    def _repr_html_(self) -> str:
        better = "higher" if self.metric.higher_is_better else "lower"
        sizes = ", ".join(f"{name} {len(getattr(self, name)):,}" for name in SPLITS)
        return html_table(
            [
                ("task", self.name),
                ("samples", sizes),
                ("columns", ", ".join(self.columns)),
                ("answer", f"{self.format.name}: {self.format.tell()}"),
                ("metric", f"{self.metric.name} ({better} is better)"),
                ("system", self.template.system),
                ("user", self.template.user),
                ("few-shot examples", self.template.examples),
                ("submission", ", ".join(self.submission.columns) if self.submission else "–"),
            ]
        )


def load(folder: Path | str = ".") -> Task:
    """Load the competition of a folder (or of its competition.toml), and check all of it.

    ConfigError or DataError: one line with file, row, column or key, and what to do.
    """
    config = read_config(folder)
    own = load_own(config.path.parent)
    format = answer_format(config, own)
    measure = metric(config, own, format)
    tables = _tables(config)
    train = make_samples(tables["train"], config.data, format)
    if "dev" in tables:
        dev = make_samples(tables["dev"], config.data, format)
    else:
        train, dev = _split(config, tables["train"], train)
    test = make_samples(tables["test"], config.data, None) if "test" in tables else ()
    template = PromptTemplate(config.prompt.user, config.prompt.system, config.prompt.examples)
    columns = _columns(config, template, tables)
    if template.examples > len(train):
        raise ConfigError(
            f"{config.path}: [prompt] examples: {template.examples}, "
            f"but the train split has {len(train)} rows"
        )
    return Task(
        name=config.name,
        folder=config.path.parent,
        train=train,
        dev=dev,
        test=test,
        template=template,
        format=format,
        metric=measure,
        columns=columns,
        submission=answer_columns(config, format, tables.get("test")),
        language=config.language,
        model=config.model,
        flow=config.flow,
        sampling=config.sampling,
        limits=config.limits,
        prices=config.prices,
        models=config.models,
        own=own,
        config=config,
        test_table=tables.get("test"),
        groups=_groups(config, tables),
    )


def _tables(config: Config) -> dict[str, Table]:
    tables = {}
    for name in SPLITS:
        path: Path | None = getattr(config.data, name)
        if path is not None:
            try:
                tables[name] = read_table(path)
            except DataError as error:
                # the file's own line, and the key that led to it where there is no such file
                if path.exists():
                    raise
                raise DataError(f"{error} ({config.path}: [data] {name})") from None
    return tables


def _split(
    config: Config, table: Table, samples: tuple[Sample, ...]
) -> tuple[tuple[Sample, ...], tuple[Sample, ...]]:
    rule = config.split
    strata: Sequence[Hashable] | None = None
    if isinstance(rule.stratify, str):
        strata = _keys(table, rule.stratify, "stratify")
    elif rule.stratify:
        strata = [_stratum(sample.target) for sample in samples]
    groups = None if rule.group is None else _keys(table, rule.group, "group")
    try:
        train, dev = split([s.id for s in samples], rule.dev, rule.seed, strata, groups)
    except InputError as error:
        raise ConfigError(f"{config.path}: [split] {error}") from None
    return tuple(samples[at] for at in train), tuple(samples[at] for at in dev)


def _groups(config: Config, tables: Mapping[str, Table]) -> dict[str, dict[str, Hashable]]:
    column = config.split.group
    groups = {}
    for name in ("train", "dev"):
        table = tables.get(name, tables["train"])
        if column is not None and column in table.columns:
            ids = sample_ids(table, config.data.id)
            groups[name] = dict(zip(ids, _keys(table, column, "group"), strict=True))
    return groups


def _stratum(target: Any) -> str:
    return target if isinstance(target, str) else json.dumps(target, sort_keys=True)


def _keys(table: Table, column: str, key: str) -> list[Hashable]:
    at = table.position(column, f"column ([split] {key})")
    return [repr(values[at]) for values in table.values]


def _columns(
    config: Config, template: PromptTemplate, tables: Mapping[str, Table]
) -> tuple[str, ...]:
    """The columns that a template may name; the task's own template is checked."""
    visible = config.data.fields or tuple(tables["train"].index(but=config.data.target))
    where = str(config.path)
    check_template(template, visible, where)
    for key in ("system", "user"):
        for _, name in parts(getattr(template, key), f"{where}: [prompt] {key}"):
            for table in tables.values():
                if name in visible and name not in table.columns:
                    raise DataError(
                        f"{table.name}: no column {name!r}, which [prompt] {key} of {where} uses"
                    )
    return tuple(name for name in visible if all(name in t.columns for t in tables.values()))
