"""What is asked of a model, what it answers, and the protocol that every backend follows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, Protocol, TypeAlias, runtime_checkable

from tesuji.errors import CapabilityError
from tesuji.task.formats.base import Grammar
from tesuji.task.sample import Message

if TYPE_CHECKING:
    import numpy as np

Capability: TypeAlias = Literal[
    "generate", "score", "embed", "logprobs", "grammar", "seed", "stream"
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Sampling:
    """How to decode. `temperature=0` is greedy; `logprobs=k` asks for k alternatives a token.

    `stop_loops` ends an output once it is sure to say the same for ever (needs "stream").
    """

    temperature: float = 0.0
    top_p: float = 1.0
    max_tokens: int = 256
    stop: tuple[str, ...] = ()
    seed: int | None = None
    logprobs: int | None = None
    grammar: Grammar | None = None
    stop_loops: bool = False


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked of a model, once.

    `index` tells repeated draws of one prompt apart; `n` says how many draws of it are wanted in
    all, so that a backend may fetch them together. `n` is advice and not part of what is asked:
    the ledger's key leaves it out.
    """

    messages: tuple[Message, ...]
    sampling: Sampling = field(default_factory=Sampling)
    n: int = 1
    index: int = 0


COMPUTED = "computed"
"""The `finish` of an output that no language model wrote: nothing is looked for in it."""


@dataclass(frozen=True, slots=True)
class TokenLogprob:
    """A token of the output with its log-probability and the likeliest alternatives."""

    token: str
    logprob: float
    top: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Output:
    """What the model wrote, untouched. `seconds` is the time of this request alone."""

    text: str
    finish: str  # "stop" | "length" | "loop" (stopped by us) | COMPUTED | what the server says
    tokens_in: int = 0
    tokens_out: int = 0
    seconds: float = 0.0
    logprobs: tuple[TokenLogprob, ...] | None = None


class Watch(Protocol):
    """Looks at one output while it is written."""

    def feed(self, chunk: str) -> object | None:
        """Take more of the text; anything but None: stop here."""


class Model(Protocol):
    """A backend. Safe to call from many coroutines of one event loop at once."""

    uri: str
    """As the user names it."""
    identity: str
    """What the ledger's key calls it: equal only where outputs may be shared. Final only after
    `ready()`: a server may have to be asked what it serves, weights may have to be read."""
    concurrency: int
    """How many requests in flight this backend makes good use of."""
    capabilities: frozenset[Capability]

    async def ready(self) -> None:
        """Reach the server or load the weights; cheap when called again. ModelUnavailableError."""

    async def generate(self, request: Request) -> Output:
        """Answer one request. RequestFailedError, ModelUnavailableError, CapabilityError."""

    async def score(self, prompt: Sequence[Message], choices: Sequence[str]) -> list[float]:
        """Log-probability (natural log, summed over tokens) of each choice as the whole reply."""

    async def embed(self, texts: Sequence[str]) -> np.ndarray:
        """Embeddings, shape (len(texts), dimensions), float32."""

    async def close(self) -> None:
        """Let go of sockets, threads and memory. May be called twice."""


class Watched(Protocol):
    """What a model with the capability "stream" has besides: who looks for loops."""

    watch: Callable[[str], Watch] | None
    """Makes a watch for an output with `stop_loops`, given the last message of its request (what
    that demands is no loop); None: nobody looks."""


@runtime_checkable
class Gated(Protocol):
    """What a model has besides that may keep requests waiting before it sends them."""

    gate: Callable[[], None] | None
    """Called right before each try; what it raises is passed on, and nothing is sent."""


_WORDS = {
    "grammar": "decode by a grammar (constrain)",
    "logprobs": "give log-probabilities (logprobs)",
    "score": "score choices by log-probability (score)",
    "stream": "be watched while it writes (stop_loops)",
}


def require(model: Model, *needed: Capability) -> None:
    """Raise CapabilityError, before anything is sent, if `model` lacks any of `needed`."""
    missing = [name for name in needed if name not in model.capabilities]
    if missing:
        has = ", ".join(sorted(model.capabilities))
        wanted = " or ".join(_WORDS.get(name, name) for name in missing)
        raise CapabilityError(f"{model.uri} cannot {wanted}; it can: {has}")
