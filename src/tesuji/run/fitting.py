"""A baseline opened for an entry: the method, and the task's training rows that it is fitted to.

The dev split never enters the fit: there the referee judges.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from tesuji.baselines.uri import PROMPT, BaselineURI, parse_uri
from tesuji.errors import ConfigError
from tesuji.run.asking import render
from tesuji.run.entry import Entry
from tesuji.task.inputs import prepare
from tesuji.task.sample import Message
from tesuji.task.task import Task

if TYPE_CHECKING:
    from tesuji.baselines.model import BaselineModel
    from tesuji.baselines.pool import Pool


def open_baseline(task: Task, entry: Entry, uri: str) -> BaselineModel:
    """The baseline `uri` for the entry; nothing is fitted yet.

    Its own entries ask `{*}`. Under any other prompt, as in a cascade before an LLM, rows are known
    by the text that is asked about them. ConfigError for a URI or an option that cannot be,
    InputError for a task that the method cannot serve, MissingExtraError.
    """
    from tesuji.baselines.model import BaselineModel

    parsed = parse_uri(uri)
    pool = training_pool(task, parsed)
    if (entry.prompt.user, entry.prompt.system) == (PROMPT, ""):
        return BaselineModel(parsed, pool)
    known = partial(_asked, task, entry, pool.columns)
    return BaselineModel(parsed, pool, _rows_digest(task, entry), known)


def _asked(
    task: Task, entry: Entry, columns: Sequence[str]
) -> Mapping[tuple[Message, ...], Mapping[str, Any] | None]:
    """The row of each prompt; None where two rows that differ are asked about alike."""
    asked: dict[tuple[Message, ...], Mapping[str, Any] | None] = {}
    for sample in (*task.dev, *task.test, *task.train):
        messages = render(task, entry, prepare(sample, entry.inputs))
        row = {name: sample.fields.get(name) for name in columns}
        asked[messages] = row if asked.get(messages, row) == row else None
    return asked


def _rows_digest(task: Task, entry: Entry) -> str:
    """What an answer depends on beside the prompt's text: all the rows."""
    sha = hashlib.sha256(repr((entry.prompt, entry.inputs, task.columns)).encode())
    for sample in (*task.dev, *task.test, *task.train):
        sha.update(repr(dict(sample.fields)).encode("utf-8", "surrogatepass"))
    return sha.hexdigest()[:16]


def training_pool(task: Task, uri: BaselineURI | None = None) -> Pool:
    """The task's training rows as baselines are fitted to them: no ids, no column that another
    split lacks. Options are those of [models."baseline:METHOD"]: `seed`, `seconds`."""
    from tesuji.baselines.pool import SECONDS, make_pool

    key = "" if uri is None else f"baseline:{uri.method.name}"
    options = dict(task.models.get(key, {}))
    seed, seconds = options.pop("seed", 0), options.pop("seconds", SECONDS)
    whole = isinstance(seed, int) and not isinstance(seed, bool)
    number = isinstance(seconds, int | float) and not isinstance(seconds, bool)
    if options or not whole or not number or not 0 < seconds < 1e6:
        raise ConfigError(
            f'[models."{key}"]: a baseline has the options seed (a whole number) and seconds '
            f"(above 0), not {', '.join(options) or f'seed = {seed!r}, seconds = {seconds!r}'}"
        )
    config = task.config
    hidden = {config.data.id} if config is not None and config.data.id is not None else set()
    group = None if config is None else config.split.group
    return make_pool(
        task.pool, task.format, task.metric, seed=seed, seconds=seconds,
        columns=[name for name in task.columns if name not in hidden],
        groups=None if group is None else [repr(s.fields.get(group)) for s in task.pool],
        rules=repr((None if config is None else dict(config.metric_options), task.own.source)),
    )  # fmt: skip
