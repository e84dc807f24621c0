"""A model opened for an entry: with its options, and watched for loops where the entry asks.

A baseline gets the task's training rows instead. It never sees the dev split: there the referee
judges it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from tesuji.baselines.uri import PROMPT, is_baseline, parse_uri
from tesuji.errors import ConfigError
from tesuji.run.entry import Entry
from tesuji.task.task import Task

if TYPE_CHECKING:
    from tesuji.baselines.pool import Pool
    from tesuji.models.base import Model, Watched


def open_for(task: Task, entry: Entry) -> Model:
    """The entry's model; nothing is sent yet. ConfigError, ModelUnavailableError, and so on.

    The options are the task's, no part of the entry: they say how a model is asked, not what.
    """
    if is_baseline(entry.model):
        return _open_baseline(task, entry)
    from tesuji.models.registry import open_model

    model = open_model(entry.model, **task.options_of(entry.model))
    if entry.sampling.stop_loops and "stream" in model.capabilities:
        from tesuji.diagnose.loop_watch import LoopWatch

        cast("Watched", model).watch = LoopWatch
    return model


def _open_baseline(task: Task, entry: Entry) -> Model:
    from tesuji.baselines.model import BaselineModel

    uri = parse_uri(entry.model)
    if entry.flow == "ask" and (entry.prompt.user, entry.prompt.system) != (PROMPT, ""):
        raise ConfigError(
            f"entry '{entry.name}': {uri} reads the whole row: its prompt must be "
            f'user = "{PROMPT}" and nothing else'
        )
    return BaselineModel(uri, training_pool(task, entry.model))


def training_pool(task: Task, uri: str = "*") -> Pool:
    """The task's training rows as baselines are fitted to them: no ids, no column that another
    split lacks. Options are those of [models."baseline:METHOD"]: `seed`, `seconds`."""
    from tesuji.baselines.pool import SECONDS, make_pool

    options = dict(task.models.get(uri, {}))
    seed, seconds = options.pop("seed", 0), options.pop("seconds", SECONDS)
    whole = isinstance(seed, int) and not isinstance(seed, bool)
    number = isinstance(seconds, int | float) and not isinstance(seconds, bool)
    if options or not whole or not number or not 0 < seconds < 1e6:
        raise ConfigError(
            f'[models."{uri}"]: a baseline has the options seed (a whole number) and seconds '
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
