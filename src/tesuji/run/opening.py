"""A model opened for an entry: with its options, and watched for loops where the entry asks."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from tesuji.baselines.uri import is_baseline
from tesuji.run.entry import Entry
from tesuji.task.task import Task

if TYPE_CHECKING:
    from tesuji.models.base import Model, Watched


def open_for(task: Task, entry: Entry) -> Model:
    """The entry's model, with its further ones if it names any; nothing is sent yet.

    ConfigError, ModelUnavailableError, and so on. The options are the task's,
    no part of the entry: they say how a model is asked, not what.
    """
    from tesuji.models.several import Several

    own = open_uri(task, entry, entry.model)
    if not entry.models:
        return own
    others = {name: open_uri(task, entry, uri) for name, uri in entry.models.items()}
    return cast("Model", Several(own, others))


def open_uri(task: Task, entry: Entry, uri: str) -> Model:
    """One model, opened to answer for the entry. A baseline is given the training rows."""
    if is_baseline(uri):
        from tesuji.run.fitting import open_baseline

        return open_baseline(task, entry, uri)
    from tesuji.models.registry import open_model

    model = open_model(uri, **task.options_of(uri))
    if entry.sampling.stop_loops and "stream" in model.capabilities:
        from tesuji.diagnose.loop_watch import LoopWatch

        cast("Watched", model).watch = LoopWatch
    return model
