"""Models behind servers that speak like OpenAI's: `http://HOST/v1#NAME` and `openai:NAME`.

Several servers may be one model: `http://A/v1,http://B/v1#NAME`. What the ledger calls it is the
first one's URI: so a run that began on one server goes on with two, and nothing is sent again.

Answers come whole, but for those that are to be stopped where they loop: these are streamed.
Scoring needs choices that differ in their first token: a chat server shows log-probabilities of
what it writes, not of what it is given.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from tesuji.errors import CapabilityError, ConfigError
from tesuji.models.base import Capability, Output, Request, Sampling, Watch
from tesuji.models.draws import Draws
from tesuji.models.endpoint import Endpoint, joined, openai_endpoint, server_endpoints
from tesuji.models.once import Once
from tesuji.models.pool import Lane, Pool
from tesuji.models.rate import Rate
from tesuji.models.reach import reach
from tesuji.models.retry import RetryPolicy
from tesuji.models.stream import StreamReader
from tesuji.models.transport import BadRequestError, Limits, Transport
from tesuji.models.wire import (
    chat_body,
    embedding_body,
    read_chat,
    read_embeddings,
)
from tesuji.task.sample import Message

if TYPE_CHECKING:
    import numpy as np

_EMBED_AT_ONCE = 256  # texts a call; OpenAI takes 2,048, small servers much less
_ALTERNATIVES = 20  # the most that OpenAI's own server gives


class HttpModel:
    """A model behind a server. Made by `open_model`."""

    capabilities: frozenset[Capability] = frozenset(
        {"generate", "score", "embed", "logprobs", "grammar", "seed", "stream"}
    )
    watch: Callable[[str], Watch] | None = None

    def __init__(
        self,
        *endpoints: Endpoint,
        concurrency: int = 256,
        limits: Limits | None = None,
        retry: RetryPolicy | None = None,
        give_up: int = 100,
    ) -> None:
        policy = retry or RetryPolicy()
        self.uri = joined(endpoints)
        self._most = concurrency
        self.pool = Pool(
            [
                Lane(
                    Transport(endpoint, limits or Limits(), policy.now),
                    Rate(concurrency, policy.clock),
                )
                for endpoint in endpoints
            ],
            policy,
            give_up=give_up,
        )
        self.draws = Draws(self.uri, self.ask)
        self._first = endpoints[0]
        self._name = self._first.name
        self.identity = self._first.uri
        """The first server's address and the model's name."""
        self._limit_key = "max_tokens"
        self._counts_streams = True
        self._reached = Once(self._reach)

    @property
    def concurrency(self) -> int:
        """As many as the servers take now, and as many again: those that wait here are the demand
        by which a rate may rise; the others wait where a budget can choose among them."""
        return min(self._most, 2 * sum(lane.rate.limit for lane in self.pool.lanes))

    @property
    def gate(self) -> Callable[[], None] | None:
        """Called before each try; raises where nothing more may be sent."""
        return self.pool.gate

    @gate.setter
    def gate(self, gate: Callable[[], None] | None) -> None:
        self.pool.gate = gate

    @property
    def name(self) -> str | None:
        """What the server calls the model; None until it has been asked."""
        return self._name

    async def ready(self) -> None:
        """Reach the server, and ask it for its only model where none is named."""
        await self._reached.wait()

    async def generate(self, request: Request) -> Output:
        """Answer one request; draws of one prompt in the same tick go as one call."""
        if self.draws.fits(request) and not self._streams(request):
            return await self.draws.draw(request)
        return (await self.ask(request, 1))[0]

    async def score(self, prompt: Sequence[Message], choices: Sequence[str]) -> list[float]:
        """Log-probability of each choice's first token, summed over the ways to write it.

        A choice that is not among the 20 likeliest gets the probability of the last of these: an
        upper bound. CapabilityError where a token could begin two choices.
        """
        if not choices:
            return []
        sampling = Sampling(max_tokens=1, logprobs=_ALTERNATIVES)
        output = (await self.ask(Request(tuple(prompt), sampling), 1))[0]
        first = output.logprobs[0] if output.logprobs else None
        if first is None or not (first.top or first.token):
            raise CapabilityError(f"{self.uri} gives no log-probabilities: it cannot score")
        return first_token_scores(first.top or ((first.token, first.logprob),), choices, self.uri)

    async def embed(self, texts: Sequence[str]) -> np.ndarray:
        """Embeddings, shape (len(texts), dimensions), float32."""
        import numpy as np

        await self._named()
        parts = [texts[at : at + _EMBED_AT_ONCE] for at in range(0, len(texts), _EMBED_AT_ONCE)]
        if not parts:
            return np.zeros((0, 0), dtype=np.float32)
        return np.concatenate(await asyncio.gather(*map(self._embed, parts)))

    async def close(self) -> None:
        """Close the connections."""
        self.draws.close()
        self.pool.close()
        await asyncio.gather(*(lane.transport.close() for lane in self.pool.lanes))

    async def _embed(self, texts: Sequence[str]) -> np.ndarray:
        body = embedding_body(self._name or "", texts)
        return await self.pool.post(
            "/embeddings", body, lambda payload, _: read_embeddings(payload, len(texts))
        )

    async def ask(self, request: Request, n: int) -> list[Output]:
        """One call for `n` draws; as many outputs as the server gives, at least one."""
        await self._named()
        try:
            return await self._post(request, n)
        except BadRequestError as error:
            if self._wants_other_limit(error):
                # OpenAI's reasoning models take the limit under another name: learned once.
                self._limit_key = "max_completion_tokens"
            elif self._counts_streams and "stream_options" in f"{error} {error.parameter}":
                self._counts_streams = False  # an older server: learned once, too
            else:
                raise
        return await self._post(request, n)

    async def _post(self, request: Request, n: int) -> list[Output]:
        body: dict[str, Any] = chat_body(
            self._name or "", request, n=n, limit_key=self._limit_key, dialect=self._first.dialect
        )
        reader = self._stream(request, body) if self._streams(request) else None
        outputs = await self.pool.post("/chat/completions", body, _read_chat, reader)
        wanted = request.sampling.logprobs is not None and request.sampling.max_tokens > 0
        if wanted and any(o.logprobs is None for o in outputs):
            raise CapabilityError(
                f"{self.uri} leaves out the log-probabilities that were asked for"
            )
        return outputs

    def _streams(self, request: Request) -> bool:
        return request.sampling.stop_loops and self.watch is not None

    def _stream(self, request: Request, body: dict[str, Any]) -> Callable[[], StreamReader]:
        """Ask for a stream, and say what reads it."""
        watch = self.watch
        assert watch is not None
        body["stream"] = True
        if self._counts_streams:
            body["stream_options"] = {"include_usage": True}
        size = sum(len(message.content.encode(errors="replace")) for message in request.messages)
        asked = request.messages[-1].content if request.messages else ""
        return lambda: StreamReader(size, lambda: watch(asked))

    def _wants_other_limit(self, error: BadRequestError) -> bool:
        if error.parameter not in ("", "max_tokens", "None"):
            return False
        return "max_completion_tokens" in str(error) and self._limit_key == "max_tokens"

    async def _named(self) -> None:
        if self._name is None:
            await self._reached.wait()

    async def _reach(self) -> None:
        self._name = await reach(self.pool, self.uri, self._name)
        self.identity = replace(self._first, name=self._name).uri


def _read_chat(payload: object, seconds: float) -> list[Output]:
    return read_chat(payload, seconds=seconds)


def first_token_scores(
    top: Sequence[tuple[str, float]], choices: Sequence[str], where: str
) -> list[float]:
    """Log-probability of each choice from the likeliest first tokens of the reply.

    A token counts for a choice that begins with it (or that it begins with: "Yes" and "Yes."),
    leading blanks aside. CapabilityError where a token in `top` could begin two choices.

    >>> first_token_scores([("A", -0.1), (" B", -2.5)], ["A", "B"], "")
    [-0.1, -2.5]
    """
    ways: list[list[float]] = [[] for _ in choices]
    for token, logprob in top:
        word = token.strip()
        begins = [at for at, choice in enumerate(choices) if _begins(word, choice.strip())]
        exact = [at for at in begins if choices[at].strip() == word]
        if len(begins) > 1 and len(exact) != 1:
            raise CapabilityError(
                f"{where}: choices cannot be told apart by their first token ({word!r}): "
                "use labels such as A, B, C, or a local model"
            )
        for at in exact or begins:
            ways[at].append(logprob)
    floor = min(logprob for _, logprob in top)
    return [_log_sum(found) if found else floor for found in ways]


def _begins(word: str, choice: str) -> bool:
    return bool(word and choice) and (choice.startswith(word) or word.startswith(choice))


def _log_sum(values: Sequence[float]) -> float:
    if len(values) == 1:
        return values[0]
    most = max(values)
    if most == -math.inf:
        return most
    return most + math.log(sum(math.exp(value - most) for value in values))


def open_openai(rest: str, **options: Any) -> HttpModel:
    """`openai:NAME`."""
    return _open([openai_endpoint(rest)], options)


def open_http(rest: str, **options: Any) -> HttpModel:
    """`http://HOST/v1#NAME` or `http://A/v1,http://B/v1#NAME`, given what stands after `http:`."""
    return _open(server_endpoints("http:" + rest), options)


def open_https(rest: str, **options: Any) -> HttpModel:
    """`https://HOST/v1#NAME` and so on, given what stands after `https:`."""
    return _open(server_endpoints("https:" + rest), options)


_OPTIONS: Mapping[str, Any] = {
    "concurrency": 256,
    "connect_timeout": 10.0,
    "timeout": 600.0,
    "stall_timeout": 300.0,
    "max_body": 64 * 2**20,
    "tries": 6,
    "give_up": 100,
    "retry": None,
}
_WHOLE = ("concurrency", "max_body", "tries", "give_up")


def _open(endpoints: Sequence[Endpoint], options: Mapping[str, Any]) -> HttpModel:
    where = joined(endpoints)
    unknown = sorted(options.keys() - _OPTIONS.keys())
    if unknown:
        known = ", ".join(name for name in _OPTIONS if name != "retry")
        raise ConfigError(f"{where}: has no option {', '.join(unknown)}; it has {known}")
    chosen = {**_OPTIONS, **options}
    policy = chosen.pop("retry")
    for name, value in chosen.items():
        kind, word = (int, "whole number") if name in _WHOLE else (int | float, "number")
        if isinstance(value, bool) or not isinstance(value, kind) or not value > 0:
            raise ConfigError(f"{where}: {name} must be a {word} above 0, not {value!r}")
    limits = Limits(
        connect=chosen["connect_timeout"],
        total=chosen["timeout"],
        stall=min(chosen["stall_timeout"], chosen["timeout"]),
        body=chosen["max_body"],
    )
    return HttpModel(
        *endpoints,
        concurrency=chosen["concurrency"],
        limits=limits,
        retry=policy or RetryPolicy(tries=chosen["tries"]),
        give_up=chosen["give_up"],
    )
