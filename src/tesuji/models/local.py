"""A causal language model that runs in this process: batches, limits, scores.

`onnx` and `hf` bring the weights; everything that a user sees is decided here, so that both
answer alike.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

from tesuji.errors import CapabilityError, ModelUnavailableError, RequestFailedError, TesujiError
from tesuji.models.base import Capability, Output, Request, Watch
from tesuji.models.batching import Alive, Batcher
from tesuji.models.decoding import Row, Stepper, decode, fitting, force, output
from tesuji.models.once import Once
from tesuji.task.sample import Message

if TYPE_CHECKING:
    import numpy as np


class Weights(Protocol):
    """A loaded model with its tokenizer. Called from one thread only."""

    identity: str
    context: int
    ends: frozenset[int]

    def prompt(self, messages: Sequence[Message]) -> list[int]:
        """Token ids of a conversation that the model is to go on with."""

    def encode(self, text: str) -> list[int]:
        """Token ids of a text alone, without special tokens around it."""

    def decode(self, ids: Sequence[int]) -> str:
        """The text of token ids, special tokens left out."""

    def start(self, prompts: Sequence[Sequence[int]], room: int) -> Stepper:
        """Begin a batch with room for so many more tokens."""

    def embed(self, texts: Sequence[str]) -> np.ndarray:
        """Embeddings, shape (len(texts), dimensions), float32. CapabilityError."""


@dataclass(frozen=True, slots=True)
class Score:
    """A prompt whose possible replies are to be scored."""

    messages: tuple[Message, ...]
    choices: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Embed:
    """Texts to be embedded."""

    texts: tuple[str, ...]


Job: TypeAlias = Request | Score | Embed


class LocalModel:
    """A model in this process. Made by `open_model`."""

    def __init__(
        self,
        uri: str,
        identity: str,
        load: Callable[[], Weights],
        *,
        capabilities: frozenset[Capability],
        batch_size: int,
    ) -> None:
        self.uri, self.identity, self.capabilities = uri, identity, capabilities
        # Twice the batch: the next one is full when this one ends.
        self.concurrency = 2 * batch_size
        self.watch: Callable[[str], Watch] | None = None
        self._batch_size = batch_size
        self._load = load
        self._weights: Weights | None = None
        self._loaded = Once(lambda: self._batcher.in_thread(self._fetch))
        self._batcher: Batcher[Job, Any] = Batcher(
            self._run, size=batch_size, key=_kind, length=_length
        )

    async def ready(self) -> None:
        """Load the weights."""
        await self._loaded.wait()

    async def generate(self, request: Request) -> Output:
        """Answer one request, in a batch with others."""
        if request.sampling.grammar is not None:
            raise CapabilityError(f"{self.uri} cannot constrain its answers to a grammar")
        if request.sampling.max_tokens < 1:
            raise RequestFailedError(f"{self.uri}: max_tokens must be at least 1")
        await self.ready()
        answer: Output = await self._batcher.submit(request)
        return answer

    async def score(self, prompt: Sequence[Message], choices: Sequence[str]) -> list[float]:
        """Log-probability of each choice as the whole reply: its tokens, then its end."""
        if not choices:
            return []
        await self.ready()
        scores: list[float] = await self._batcher.submit(Score(tuple(prompt), tuple(choices)))
        return scores

    async def embed(self, texts: Sequence[str]) -> np.ndarray:
        """Embeddings, shape (len(texts), dimensions), float32."""
        if "embed" not in self.capabilities:
            raise CapabilityError(f"{self.uri} gives no embeddings; hf: models do")
        await self.ready()
        vectors: np.ndarray = await self._batcher.submit(Embed(tuple(texts)))
        return vectors

    async def close(self) -> None:
        """Stop at the next step and let go of the weights."""
        await self._batcher.close()
        self._weights = None

    def _fetch(self) -> None:
        if self._weights is None:
            try:
                self._weights = self._load()
            except TesujiError:
                raise
            except Exception as error:
                why = " ".join(str(error).split())[:200] or type(error).__name__
                raise ModelUnavailableError(f"{self.uri} cannot be loaded: {why}") from error
            self.identity = self._weights.identity

    def _run(self, jobs: Sequence[Job], alive: Alive) -> Sequence[Any]:
        weights = self._weights
        if weights is None:
            raise ModelUnavailableError("the model is closed")
        try:
            if isinstance(jobs[0], Request):
                return self._answer(weights, [j for j in jobs if isinstance(j, Request)], alive)
            return [self._other(weights, job) for job in jobs]
        except Exception as error:
            if not _out_of_memory(error):
                raise RequestFailedError(f"{self.uri}: {_line(error)}") from error
        if len(jobs) == 1:
            return [RequestFailedError(f"{self.uri}: no memory left for this request")]
        half = len(jobs) // 2
        tail = self._run(jobs[half:], lambda at: alive(at + half))
        return [*self._run(jobs[:half], alive), *tail]

    def _answer(
        self, weights: Weights, requests: Sequence[Request], alive: Alive
    ) -> Sequence[Output | TesujiError]:
        results: list[Output | TesujiError] = []
        rows: list[Row] = []
        places: list[int] = []
        for at, request in enumerate(requests):
            found = self._row(weights, request)
            results.append(found if isinstance(found, TesujiError) else _UNANSWERED)
            if isinstance(found, Row):
                rows.append(found)
                places.append(at)
        for group in fitting(rows, weights.context):
            batch = [rows[i] for i in group]
            at_of = [places[i] for i in group]
            stepper = weights.start([row.prompt for row in batch], max(r.limit for r in batch))

            def wanted(i: int, at_of: list[int] = at_of) -> bool:
                return alive(at_of[i])

            decode(stepper, batch, weights.ends, weights.decode, wanted)
            for at, row in zip(at_of, batch, strict=True):
                results[at] = output(row, weights.decode)
        return results

    def _row(self, weights: Weights, request: Request) -> Row | TesujiError:
        try:
            prompt = weights.prompt(request.messages)
        except Exception as error:  # a chat template may refuse a role or an order
            return RequestFailedError(f"{self.uri} cannot take these messages: {_line(error)}")
        if not prompt:
            return RequestFailedError(f"{self.uri}: the prompt is empty")
        if len(prompt) >= weights.context:
            return RequestFailedError(self._too_long(len(prompt), weights.context))
        limit = min(request.sampling.max_tokens, weights.context - len(prompt))
        row = Row(prompt, request.sampling, limit, request.index)
        if request.sampling.stop_loops and self.watch is not None:
            row.watch = self.watch(request.messages[-1].content)
        return row

    def _other(self, weights: Weights, job: Job) -> Any:
        if isinstance(job, Embed):
            return weights.embed(job.texts)
        assert isinstance(job, Score)
        prompt = weights.prompt(job.messages)
        replies = [weights.encode(choice) for choice in job.choices]
        room = max(map(len, replies)) + 1
        if len(prompt) + room > weights.context:
            return RequestFailedError(self._too_long(len(prompt) + room, weights.context))
        scores: list[float] = []
        for at in range(0, len(replies), self._batch_size):
            part = replies[at : at + self._batch_size]
            scores += force(weights.start([prompt] * len(part), room), part, weights.ends)
        return scores

    def _too_long(self, tokens: int, context: int) -> str:
        return f"{self.uri}: the prompt has {tokens} tokens, the context is {context}"


_UNANSWERED = RequestFailedError("the request was given up")


def _kind(job: Job) -> Hashable:
    """Jobs of one kind share a batch; replies of like length, for all wait for the longest."""
    if isinstance(job, Request):
        return job.sampling.max_tokens.bit_length()
    return type(job).__name__


def _length(job: Job) -> int:
    if isinstance(job, Embed):
        return max(map(len, job.texts), default=0)
    return sum(len(message.content) for message in job.messages)


def _out_of_memory(error: Exception) -> bool:
    text = str(error).lower()
    return isinstance(error, MemoryError) or "out of memory" in text or "bad_alloc" in text


def _line(error: Exception) -> str:
    return " ".join(str(error).split())[:200] or type(error).__name__
