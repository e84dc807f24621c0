"""A causal language model that runs in this process: batches, limits, scores.

`onnx` and `hf` bring the weights; everything that a user sees is decided here, so that both
answer alike.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

from tesuji.errors import CapabilityError, ModelUnavailableError, RequestFailedError, TesujiError
from tesuji.models.base import Capability, Output, Request, Sampling, Watch
from tesuji.models.batching import Batcher, Ticket
from tesuji.models.continuous import Bound, ContinuousBatch, Place, Stepper
from tesuji.models.decoding import Row, output
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

    def start(self) -> Stepper:
        """An empty batch."""

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
        # Twice the batch: whoever ends, others wait for the place.
        self.concurrency = 2 * batch_size
        self.watch: Callable[[str], Watch] | None = None
        self._bound = Bound(batch_size)
        self._load = load
        self._weights: Weights | None = None
        self._loaded = Once(lambda: self._batcher.in_thread(self._fetch))
        self._batcher: Batcher[Job, Any] = Batcher(self._run, size=batch_size, text=_text)

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
                raise ModelUnavailableError(
                    f"{self.uri} cannot be loaded: {_line(error)}"
                ) from error
            self.identity = self._weights.identity

    def _run(self, take: Callable[[int], list[Ticket[Job, Any]]]) -> None:
        weights = self._weights
        if weights is None:
            raise ModelUnavailableError("the model is closed")
        batch = ContinuousBatch(weights.start, self._bound, weights.ends, weights.decode)
        while True:
            fresh = take(batch.room())
            for ticket in fresh:
                try:
                    self._begin(weights, batch, ticket)
                except Exception as error:
                    ticket.finish(self._failure(error))
            if batch.busy:
                batch.step()
            elif not fresh:
                return

    def _begin(self, weights: Weights, batch: ContinuousBatch, ticket: Ticket[Job, Any]) -> None:
        job = ticket.job
        if isinstance(job, Embed):
            ticket.finish(weights.embed(job.texts))
            return
        score = isinstance(job, Score)
        rows = self._replies(weights, job) if isinstance(job, Score) else [self._row(weights, job)]
        left = len(rows)

        def ended(error: Exception | None) -> None:
            nonlocal left
            left -= 1
            if error is not None:
                ticket.finish(self._failure(error))
            elif not left:
                scores = [row.score for row in rows]
                ticket.finish(scores if score else output(rows[0], weights.decode))

        for row in rows:
            batch.add(Place(row, lambda: ticket.wanted, ended))

    def _row(self, weights: Weights, request: Request) -> Row:
        prompt = self._prompt(weights, request.messages, 1)
        limit = min(request.sampling.max_tokens, weights.context - len(prompt))
        row = Row(prompt, request.sampling, limit, request.index)
        if request.sampling.stop_loops and self.watch is not None:
            row.watch = self.watch(request.messages[-1].content)
        return row

    def _replies(self, weights: Weights, job: Score) -> list[Row]:
        replies = [weights.encode(choice) for choice in job.choices]
        room = max(map(len, replies)) + 1
        prompt = self._prompt(weights, job.messages, room)
        return [Row(prompt, Sampling(), room, forced=reply) for reply in replies]

    def _prompt(self, weights: Weights, messages: Sequence[Message], room: int) -> list[int]:
        try:
            prompt = weights.prompt(messages)
        except Exception as error:  # a chat template may refuse a role or an order
            raise RequestFailedError(
                f"{self.uri} cannot take these messages: {_line(error)}"
            ) from error
        if not prompt:
            raise RequestFailedError(f"{self.uri}: the prompt is empty")
        if len(prompt) + room > weights.context:
            raise RequestFailedError(
                f"{self.uri}: the prompt has {len(prompt) + room - 1} tokens, "
                f"the context is {weights.context}"
            )
        return prompt

    def _failure(self, error: Exception) -> Exception:
        if isinstance(error, TesujiError):
            return error
        return RequestFailedError(f"{self.uri}: {_line(error)}")


def _text(job: Job) -> str:
    if isinstance(job, Embed):
        return ""
    return "\n".join(message.content for message in job.messages)


def _line(error: Exception) -> str:
    return " ".join(str(error).split())[:200] or type(error).__name__
