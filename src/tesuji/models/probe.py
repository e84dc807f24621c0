"""What a server honours, found with a few calls of a few tokens: for `tesuji doctor`.

A server that speaks like OpenAI's may still ignore `n`, log-probabilities or seeds without a word.
"""

from __future__ import annotations

from dataclasses import dataclass

from tesuji.errors import CapabilityError, ModelError, RequestFailedError
from tesuji.models.base import Output, Request, Sampling
from tesuji.models.http import HttpModel
from tesuji.task.sample import Message

_ASK = (Message("user", "Write a random word."),)


@dataclass(frozen=True, slots=True)
class ServerReport:
    """What was found; None means that it cannot be told. `latency` is of one token, in seconds."""

    uri: str
    name: str | None
    models: tuple[str, ...] | None
    latency: float
    n: bool | None
    logprobs: bool | None
    seed: bool | None
    embeddings: bool | None

    def lines(self) -> list[str]:
        """For people, one finding a line."""
        several = "several answers in one call (n)"
        return [
            f"{self.uri}: one token in {self.latency * 1000:.0f} ms",
            "models: " + ("not listed" if self.models is None else ", ".join(self.models)),
            f"{several}: {_word(self.n)}",
            f"log-probabilities: {_word(self.logprobs)}",
            f"seed: {_word(self.seed)}",
            f"embeddings: {_word(self.embeddings)}",
        ]


async def probe(model: HttpModel) -> ServerReport:
    """Ask a server what it honours: at most eight small calls. ModelUnavailableError."""
    await model.ready()
    try:
        models: tuple[str, ...] | None = tuple(await model.pool.lanes[0].transport.names())
    except ModelError:
        models = None
    first = await model.generate(Request(_ASK, Sampling(max_tokens=1)))
    return ServerReport(
        uri=model.uri,
        name=model.name,
        models=models,
        latency=first.seconds,
        n=await _honours_n(model),
        logprobs=await _honours_logprobs(model),
        seed=await _honours_seed(model),
        embeddings=await _embeds(model),
    )


async def _honours_n(model: HttpModel) -> bool | None:
    try:
        return len(await model.ask(Request(_ASK, Sampling(max_tokens=1, temperature=1.0)), 2)) == 2
    except RequestFailedError:
        return False


async def _honours_logprobs(model: HttpModel) -> bool | None:
    try:
        await model.generate(Request(_ASK, Sampling(max_tokens=1, logprobs=1)))
    except (CapabilityError, RequestFailedError):
        return False
    return True


async def _honours_seed(model: HttpModel) -> bool | None:
    """Two draws with one seed must be equal; without a third that differs, nothing is shown."""
    try:
        one, two, other = [await _seeded(model, seed) for seed in (1, 1, 2)]
    except RequestFailedError:
        return None
    if one.text != two.text:
        return False
    return True if other.text != one.text else None


async def _seeded(model: HttpModel, seed: int) -> Output:
    return await model.generate(Request(_ASK, Sampling(max_tokens=8, temperature=1.5, seed=seed)))


async def _embeds(model: HttpModel) -> bool | None:
    try:
        await model.embed(["word"])
    except CapabilityError:
        return False
    except ModelError:
        return None
    return True


def _word(found: bool | None) -> str:
    return {True: "yes", False: "no", None: "cannot tell"}[found]
