"""A model opened for an entry: with its options, and watched for loops where the entry asks."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from tesuji.baselines.uri import is_baseline
from tesuji.run.entry import Entry
from tesuji.task.task import Task

if TYPE_CHECKING:
    from tesuji.models.base import Model, Watched


def open_for(task: Task, entry: Entry) -> Model:
    """The entry's model; nothing is sent yet. ConfigError, ModelUnavailableError, and so on.

    The options are the task's, no part of the entry: they say how a model is asked, not what.
    """
    if is_baseline(entry.model):
        from tesuji.run.fitting import open_baseline

        return open_baseline(task, entry, entry.model)
    from tesuji.models.registry import open_model

    model = open_model(entry.model, **task.options_of(entry.model))
    if entry.sampling.stop_loops and "stream" in model.capabilities:
        from tesuji.diagnose.loop_watch import LoopWatch

        cast("Watched", model).watch = LoopWatch
    return model
