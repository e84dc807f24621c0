"""Several models for one entry: its own, and further ones that its flow asks by a name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from tesuji.models.base import Capability, Model, Output, Request
from tesuji.task.sample import Message

if TYPE_CHECKING:
    import numpy as np


class Several:
    """An entry's own model (`tesuji.models.Model`: whatever is asked of it, `own` answers), with
    `others` by the names that the entry gives them."""

    def __init__(self, own: Model, others: Mapping[str, Model]) -> None:
        self.own, self.others = own, dict(others)

    @property
    def uri(self) -> str:
        """The own model's."""
        return self.own.uri

    @property
    def identity(self) -> str:
        """The own model's."""
        return self.own.identity

    @property
    def concurrency(self) -> int:
        """The own model's; each of the others has its own."""
        return self.own.concurrency

    @property
    def capabilities(self) -> frozenset[Capability]:
        """The own model's."""
        return self.own.capabilities

    async def ready(self) -> None:
        """All of them are: one that is not there is said before anything is sent."""
        for model in (self.own, *self.others.values()):
            await model.ready()

    async def generate(self, request: Request) -> Output:
        """As the own model."""
        return await self.own.generate(request)

    async def score(self, prompt: Sequence[Message], choices: Sequence[str]) -> list[float]:
        """As the own model."""
        return await self.own.score(prompt, choices)

    async def embed(self, texts: Sequence[str]) -> np.ndarray:
        """As the own model."""
        return await self.own.embed(texts)

    async def close(self) -> None:
        """Close all of them."""
        for model in (self.own, *self.others.values()):
            await model.close()


def own_model(model: Model) -> Model:
    """The model itself, or the own one of several."""
    return model.own if isinstance(model, Several) else model


def other_models(model: Model) -> Mapping[str, Model]:
    """The further models by name; none where there is but one."""
    return model.others if isinstance(model, Several) else {}


def identities(model: Model) -> dict[str, str]:
    """The identity of each by name; the own one under ""."""
    return {"": model.identity} | {name: m.identity for name, m in other_models(model).items()}
