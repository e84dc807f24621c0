"""GGUF files run by llama.cpp in this process: `gguf:FILE`. Needs the package `llama-cpp-python`.

One request at a time: its Python binding has no batches. For many at once start llama.cpp's own
server and use `http://HOST/v1#NAME`. Grammars: a JSON schema only. No scores, no log-probabilities.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tesuji.errors import (
    CapabilityError,
    MissingExtraError,
    ModelUnavailableError,
    RequestFailedError,
)
from tesuji.models.base import Capability, Output, Request
from tesuji.models.batching import Batcher, Ticket
from tesuji.models.fingerprint import fingerprint
from tesuji.models.once import Once
from tesuji.models.seeds import draw_seed
from tesuji.models.wire import read_chat, shown
from tesuji.task.sample import Message

if TYPE_CHECKING:
    import numpy as np


def open_gguf(rest: str, *, context: int = 0, gpu_layers: int = -1) -> GgufModel:
    """`gguf:FILE`. `context` 0 is what the model was trained with; `gpu_layers` -1 is all."""
    path = Path(rest).expanduser()
    if find_spec("llama_cpp") is None:
        raise MissingExtraError("llama-cpp-python", "gguf", f"gguf:{rest}")
    if not path.is_file():
        raise ModelUnavailableError(f"gguf:{rest}: no such file")
    return GgufModel(f"gguf:{rest}", path, context, gpu_layers)


class GgufModel:
    """A model run by llama.cpp. Made by `open_model`."""

    capabilities: frozenset[Capability] = frozenset({"generate", "grammar", "seed"})
    concurrency = 2

    def __init__(self, uri: str, path: Path, context: int, gpu_layers: int) -> None:
        self.uri, self.identity = uri, f"gguf@{fingerprint(path)}"
        self._path, self._context, self._gpu_layers = path, context, gpu_layers
        self._llama: Any = None
        self._loaded = Once(lambda: self._batcher.in_thread(self._load))
        self._batcher: Batcher[Request, Output] = Batcher(self._run, size=1)

    async def ready(self) -> None:
        """Load the weights."""
        await self._loaded.wait()

    async def generate(self, request: Request) -> Output:
        """Answer one request."""
        if request.sampling.logprobs is not None:
            raise CapabilityError(f"{self.uri} gives no log-probabilities")
        grammar = request.sampling.grammar
        if grammar is not None and grammar.kind != "json":
            raise CapabilityError(f"{self.uri} constrains by a JSON schema, not by {grammar.kind}")
        await self.ready()
        return await self._batcher.submit(request)

    async def score(self, prompt: Sequence[Message], choices: Sequence[str]) -> list[float]:
        """Not offered."""
        raise CapabilityError(f"{self.uri} cannot score choices; onnx: and hf: models can")

    async def embed(self, texts: Sequence[str]) -> np.ndarray:
        """Not offered."""
        raise CapabilityError(f"{self.uri} gives no embeddings; hf: models do")

    async def close(self) -> None:
        """Let go of the weights."""
        await self._batcher.close()
        llama, self._llama = self._llama, None
        if llama is not None:
            llama.close()

    def _load(self) -> None:
        import llama_cpp

        try:
            self._llama = llama_cpp.Llama(
                str(self._path), n_ctx=self._context, n_gpu_layers=self._gpu_layers, verbose=False
            )
        except Exception as error:
            raise ModelUnavailableError(
                f"{self.uri} cannot be loaded: {shown(str(error))}"
            ) from error

    def _run(self, take: Callable[[int], list[Ticket[Request, Output]]]) -> None:
        while tickets := take(1):
            for ticket in tickets:
                ticket.finish(self._answer(ticket.job))

    def _answer(self, request: Request) -> Output | BaseException:
        sampling = request.sampling
        settings: dict[str, Any] = {}
        if sampling.grammar is not None:
            schema = json.loads(sampling.grammar.value)
            settings["response_format"] = {"type": "json_object", "schema": schema}
        started = time.perf_counter()
        try:
            payload = self._llama.create_chat_completion(
                messages=[{"role": m.role, "content": m.content} for m in request.messages],
                max_tokens=sampling.max_tokens,
                temperature=sampling.temperature,
                top_p=sampling.top_p,
                top_k=0,
                min_p=0.0,
                repeat_penalty=1.0,
                stop=list(sampling.stop),
                seed=draw_seed(sampling.seed, request.index),
                **settings,
            )
            return read_chat(payload, seconds=time.perf_counter() - started)[0]
        except Exception as error:
            return RequestFailedError(f"{self.uri}: {shown(str(error))}")
