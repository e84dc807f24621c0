"""Models that vLLM runs in this process: `vllm:NAME`. Needs a GPU and the package `vllm`.

vLLM schedules by itself: requests are put into its queue as they come and taken out as they end,
so one long answer holds nobody. For a server of its own use `http://HOST/v1#NAME`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from itertools import count
from typing import TYPE_CHECKING, Any, TypeAlias

from tesuji.errors import (
    CapabilityError,
    MissingExtraError,
    ModelUnavailableError,
    RequestFailedError,
)
from tesuji.models.base import Capability, Output, Request, Sampling, TokenLogprob
from tesuji.models.batching import Batcher, Ticket
from tesuji.models.once import Once
from tesuji.models.seeds import draw_seed
from tesuji.models.wire import prompt_text, shown
from tesuji.task.formats.base import Grammar
from tesuji.task.sample import Message

if TYPE_CHECKING:
    import numpy as np

_Score: TypeAlias = tuple[tuple[Message, ...], tuple[str, ...]]
_Job: TypeAlias = Request | _Score


def open_vllm(rest: str, *, batch_size: int = 256, **engine: Any) -> VllmModel:
    """`vllm:NAME`; further options go to `vllm.LLM`, such as `gpu_memory_utilization`."""
    if find_spec("vllm") is None:
        raise MissingExtraError("vllm", "vllm", f"vllm:{rest}")
    return VllmModel(rest, batch_size, engine)


class VllmModel:
    """A model run by vLLM. Made by `open_model`."""

    capabilities: frozenset[Capability] = frozenset(
        {"generate", "score", "logprobs", "grammar", "seed"}
    )

    def __init__(self, name: str, batch_size: int, engine: dict[str, Any]) -> None:
        self.uri = self.identity = f"vllm:{name}"
        self.concurrency = 2 * batch_size
        self._name, self._engine, self._most = name, engine, batch_size
        self._names = count()
        self._llm: Any = None
        self._loaded = Once(lambda: self._batcher.in_thread(self._load))
        self._batcher: Batcher[_Job, Any] = Batcher(self._run, size=batch_size)

    async def ready(self) -> None:
        """Load the weights."""
        await self._loaded.wait()

    async def generate(self, request: Request) -> Output:
        """Answer one request."""
        await self.ready()
        answer: Output = await self._batcher.submit(request)
        return answer

    async def score(self, prompt: Sequence[Message], choices: Sequence[str]) -> list[float]:
        """Log-probability of each choice as the whole reply: its tokens, then its end."""
        if not choices:
            return []
        await self.ready()
        scores: list[float] = await self._batcher.submit((tuple(prompt), tuple(choices)))
        return scores

    async def embed(self, texts: Sequence[str]) -> np.ndarray:
        """A generating engine gives none."""
        raise CapabilityError(f"{self.uri} gives no embeddings; hf: models do")

    async def close(self) -> None:
        """Let go of the engine."""
        await self._batcher.close()
        self._llm = None

    def _load(self) -> None:
        import vllm

        try:
            self._llm = vllm.LLM(model=self._name, **self._engine)
        except Exception as error:
            raise ModelUnavailableError(
                f"{self.uri} cannot be loaded: {shown(str(error))}"
            ) from error

    def _run(self, take: Callable[[int], list[Ticket[_Job, Any]]]) -> None:
        engine = self._llm.llm_engine
        flying: dict[str, _Flight] = {}
        while True:
            fresh = take(self._most - len(flying))
            for ticket in fresh:
                try:
                    self._send(engine, ticket, flying)
                except Exception as error:  # one that vLLM refuses: too long, say
                    ticket.finish(self._failure(error))
            unwanted = [name for name, flight in flying.items() if not flight.ticket.wanted]
            if unwanted:
                engine.abort_request(unwanted)
                for name in unwanted:
                    del flying[name]
            if flying:
                self._step(engine, flying)
            elif not fresh:
                return

    def _send(self, engine: Any, ticket: Ticket[_Job, Any], flying: dict[str, _Flight]) -> None:
        """Put a request, or every choice of one to be scored, into the engine's queue."""
        job = ticket.job
        read: Callable[[Any], Any] = _output
        if isinstance(job, Request):
            rows, params = [self._prompt(job.messages)], _params(job.sampling, job.index)
        else:
            rows, params = self._choices(*job), _scoring()
            read = _score_after(len(self._prompt(job[0])))
        together = _Together(ticket, [None] * len(rows), isinstance(job, Request))
        for at, row in enumerate(rows):
            name = f"tesuji-{next(self._names)}"
            engine.add_request(name, {"prompt_token_ids": row}, params)
            flying[name] = _Flight(ticket, read, together, at)

    def _step(self, engine: Any, flying: dict[str, _Flight]) -> None:
        try:
            found = engine.step()
        except Exception as error:  # the engine itself is down
            raise ModelUnavailableError(f"{self.uri}: {shown(str(error))}") from error
        for answer in found:
            if answer.finished and answer.request_id in flying:
                flight = flying.pop(answer.request_id)
                flight.together.add(flight.at, flight.read(answer))

    def _failure(self, error: Exception) -> Exception:
        if isinstance(error, CapabilityError):
            return error
        return RequestFailedError(f"{self.uri}: {shown(str(error))}")

    def _prompt(self, messages: Sequence[Message]) -> list[int]:
        tokenizer = self._llm.get_tokenizer()
        if not getattr(tokenizer, "chat_template", None):
            return list(tokenizer.encode(prompt_text(messages)))
        text = tokenizer.apply_chat_template(
            _turns(messages), add_generation_prompt=True, tokenize=False
        )
        return list(tokenizer.encode(text, add_special_tokens=False))

    def _choices(self, messages: tuple[Message, ...], choices: tuple[str, ...]) -> list[list[int]]:
        """Prompt, choice and end of reply, as tokens, for each choice."""
        tokenizer = self._llm.get_tokenizer()
        prompt = self._prompt(messages)
        end = [] if tokenizer.eos_token_id is None else [tokenizer.eos_token_id]
        return [[*prompt, *tokenizer.encode(c, add_special_tokens=False), *end] for c in choices]


@dataclass(slots=True)
class _Together:
    """What comes back for one ticket: an output, or the scores of its choices."""

    ticket: Ticket[_Job, Any]
    found: list[Any]
    single: bool

    def add(self, at: int, result: Any) -> None:
        self.found[at] = result
        if all(one is not None for one in self.found):
            self.ticket.finish(self.found[0] if self.single else self.found)


@dataclass(frozen=True, slots=True)
class _Flight:
    """A request in the engine: how its answer is read and where that goes."""

    ticket: Ticket[_Job, Any]
    read: Callable[[Any], Any]
    together: _Together
    at: int


def _score_after(prompt: int) -> Callable[[Any], float]:
    """Sums the log-probabilities of all tokens behind the first `prompt` ones."""

    def read(answer: Any) -> float:
        row, known = answer.prompt_token_ids, answer.prompt_logprobs
        return float(sum(known[at][row[at]].logprob for at in range(prompt, len(row))))

    return read


def _turns(messages: Sequence[Message]) -> list[dict[str, str]]:
    return [{"role": m.role, "content": m.content} for m in messages]


def _scoring() -> Any:
    import vllm
    from vllm.sampling_params import RequestOutputKind

    return vllm.SamplingParams(
        max_tokens=1, temperature=0.0, prompt_logprobs=0, output_kind=RequestOutputKind.FINAL_ONLY
    )


def _params(sampling: Sampling, index: int) -> Any:
    import vllm
    from vllm.sampling_params import RequestOutputKind

    settings: dict[str, Any] = {
        "temperature": sampling.temperature,
        "top_p": sampling.top_p,
        "max_tokens": sampling.max_tokens,
        "stop": list(sampling.stop) or None,
        "seed": draw_seed(sampling.seed, index),
        "logprobs": sampling.logprobs,
        "output_kind": RequestOutputKind.FINAL_ONLY,
    }
    if sampling.grammar is not None:
        settings["structured_outputs"] = _constraint(sampling.grammar)
    return vllm.SamplingParams(**settings)


def _constraint(grammar: Grammar) -> Any:
    from vllm.sampling_params import StructuredOutputsParams

    value = json.loads(grammar.value) if grammar.kind in ("json", "choice") else grammar.value
    return StructuredOutputsParams(**{grammar.kind: value})


def _output(answer: Any) -> Output:
    draft = answer.outputs[0]
    logprobs = None
    if draft.logprobs is not None:
        logprobs = tuple(
            _token(chosen, alternatives)
            for chosen, alternatives in zip(draft.token_ids, draft.logprobs, strict=False)
        )
    metrics = getattr(answer, "metrics", None)
    ended, began = getattr(metrics, "finished_time", None), getattr(metrics, "arrival_time", None)
    return Output(
        text=draft.text,
        finish=draft.finish_reason or "unknown",
        tokens_in=len(answer.prompt_token_ids or ()),
        tokens_out=len(draft.token_ids),
        seconds=ended - began if ended and began else 0.0,
        logprobs=logprobs,
    )


def _token(chosen: int, alternatives: Any) -> TokenLogprob:
    best = sorted(alternatives.values(), key=lambda found: -found.logprob)
    top = tuple((found.decoded_token or "", found.logprob) for found in best)
    return TokenLogprob(alternatives[chosen].decoded_token or "", alternatives[chosen].logprob, top)
