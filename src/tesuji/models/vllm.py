"""Models that vLLM runs in this process: `vllm:NAME`. Needs a GPU and the package `vllm`.

vLLM schedules by itself, so batches here only keep its queue full. For a server of its own use
`http://HOST/v1#NAME`.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, TypeAlias

from tesuji.errors import (
    CapabilityError,
    MissingExtraError,
    ModelUnavailableError,
    RequestFailedError,
)
from tesuji.models.base import Capability, Output, Request, Sampling, TokenLogprob
from tesuji.models.batching import Alive, Batcher
from tesuji.models.once import Once
from tesuji.models.seeds import draw_seed
from tesuji.models.wire import shown
from tesuji.task.formats.base import Grammar
from tesuji.task.sample import Message

if TYPE_CHECKING:
    import numpy as np

_Score: TypeAlias = tuple[tuple[Message, ...], tuple[str, ...]]


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
        self._name, self._engine = name, engine
        self._llm: Any = None
        self._loaded = Once(lambda: self._batcher.in_thread(self._load))
        self._batcher: Batcher[Request | _Score, Any] = Batcher(
            self._run, size=batch_size, key=lambda job: type(job).__name__, length=lambda _: 0
        )

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

    def _run(self, jobs: Sequence[Request | _Score], alive: Alive) -> Sequence[Any]:
        try:
            if isinstance(jobs[0], Request):
                return self._answer([job for job in jobs if isinstance(job, Request)])
            return [self._scores(*job) for job in jobs if not isinstance(job, Request)]
        except CapabilityError:
            raise
        except Exception as error:
            # One request that vLLM refuses (too long, say) must not take the others with it.
            if len(jobs) == 1:
                return [RequestFailedError(f"{self.uri}: {shown(str(error))}")]
        half = len(jobs) // 2
        tail = self._run(jobs[half:], lambda at: alive(at + half))
        return [*self._run(jobs[:half], alive), *tail]

    def _answer(self, requests: Sequence[Request]) -> list[Output]:
        found = self._llm.chat(
            [_turns(request.messages) for request in requests],
            [_params(request.sampling, request.index) for request in requests],
            use_tqdm=False,
        )
        return [_output(answer) for answer in found]

    def _scores(self, messages: tuple[Message, ...], choices: tuple[str, ...]) -> list[float]:
        import vllm

        tokenizer = self._llm.get_tokenizer()
        text = tokenizer.apply_chat_template(
            _turns(messages), add_generation_prompt=True, tokenize=False
        )
        prompt = tokenizer.encode(text, add_special_tokens=False)
        end = [] if tokenizer.eos_token_id is None else [tokenizer.eos_token_id]
        rows = [
            prompt + tokenizer.encode(choice, add_special_tokens=False) + end for choice in choices
        ]
        params = vllm.SamplingParams(max_tokens=1, temperature=0.0, prompt_logprobs=0)
        found = self._llm.generate(
            [{"prompt_token_ids": row} for row in rows], params, use_tqdm=False
        )
        return [
            sum(answer.prompt_logprobs[at][row[at]].logprob for at in range(len(prompt), len(row)))
            for answer, row in zip(found, rows, strict=True)
        ]


def _turns(messages: Sequence[Message]) -> list[dict[str, str]]:
    return [{"role": m.role, "content": m.content} for m in messages]


def _params(sampling: Sampling, index: int) -> Any:
    import vllm

    settings: dict[str, Any] = {
        "temperature": sampling.temperature,
        "top_p": sampling.top_p,
        "max_tokens": sampling.max_tokens,
        "stop": list(sampling.stop) or None,
        "seed": draw_seed(sampling.seed, index),
        "logprobs": sampling.logprobs,
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
