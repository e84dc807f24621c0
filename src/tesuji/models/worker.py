"""What runs in a worker of a cluster: a model, and its errors as values."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, cast

import tesuji.errors
from tesuji.errors import ModelError, ModelUnavailableError, TesujiError
from tesuji.models.base import Watch, Watched


@dataclass(frozen=True, slots=True)
class Refusal:
    """An error of a worker's on its way: exceptions do not all survive being pickled."""

    kind: str
    says: str

    def error(self) -> ModelError:
        """The same error here; one of another kind means that the model is not to be had."""
        kind = getattr(tesuji.errors, self.kind, None)
        if isinstance(kind, type) and issubclass(kind, ModelError):
            return kind(self.says)
        return ModelUnavailableError(self.says)


class Worker:
    """A model that is asked from another process."""

    def __init__(
        self, uri: str, options: dict[str, Any], watch: Callable[[str], Watch] | None
    ) -> None:
        from tesuji.models.registry import open_model

        self._model = open_model(uri, **options)
        if watch is not None:
            cast("Watched", self._model).watch = watch

    async def ready(self) -> tuple[str, int] | Refusal:
        """Load the weights; the model's identity and this process's id."""
        try:
            await self._model.ready()
        except TesujiError as error:
            return Refusal(type(error).__name__, str(error))
        return self._model.identity, os.getpid()

    async def call(self, method: str, given: Sequence[Any]) -> Any:
        """What the model's method gives, or a Refusal."""
        try:
            return await getattr(self._model, method)(*given)
        except TesujiError as error:
            return Refusal(type(error).__name__, str(error))
