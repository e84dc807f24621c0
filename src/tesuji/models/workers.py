"""One model on many machines: `open_model(URI, workers="ray")`.

A Ray cluster runs the workers, each of which loads the model: one for each GPU, or for each share
of the CPUs. A request goes to the worker with the fewest in flight. When a worker dies, its
requests are done again by the others, and another one is started in its place. Workers answer and
know nothing else: the ledger, the budget and the retries stay in the process that asks.

Ray itself is found as its own client finds it: the address in RAY_ADDRESS, else a cluster that was
started on this machine (`ray start`), else one of this machine alone that ends with the model.
Other machines need the same Tesuji and the same files at the same paths.
"""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from tesuji.errors import (
    ConfigError,
    MissingExtraError,
    ModelUnavailableError,
    RequestFailedError,
    TesujiError,
)
from tesuji.models.base import Model, Output, Request, Watch
from tesuji.models.once import Once
from tesuji.models.worker import Refusal, Worker
from tesuji.task.sample import Message

if TYPE_CHECKING:
    import numpy as np

_DEATHS = 3  # so many workers may die of one request, or in one place, before it is given up
_PATIENCE = 300.0  # seconds until the first worker has to be there, its weights loaded
_FAREWELL = 10.0  # seconds until those who wait must have been told that the model is closed
_ON_GPUS = ("hf", "vllm", "gguf")
_log = logging.getLogger("tesuji")


def spread(model: Model, options: Mapping[str, Any], workers: str) -> WorkersModel:
    """`model` (not loaded yet) in workers: "ray", or "ray:N" for N of them."""
    name, colon, number = workers.partition(":")
    if name != "ray" or (colon and not (number.isdecimal() and int(number) > 0)):
        raise ConfigError(f'workers is {workers!r}; it must be "ray", or "ray:4" for four of them')
    if model.uri.partition(":")[0] in ("http", "https", "openai", "replay"):
        raise ConfigError(
            f"{model.uri} does not run in this process, so no workers can take it over; several "
            "servers can share the work"
        )
    if find_spec("ray") is None:
        raise MissingExtraError("ray", "cluster", f"workers = {workers!r}")
    return WorkersModel(model, dict(options), int(number) if number else None)


class WorkersModel:
    """A model that runs in the workers of a Ray cluster. Made by `open_model`."""

    def __init__(self, model: Model, options: dict[str, Any], wanted: int | None) -> None:
        self.uri, self.identity, self.capabilities = model.uri, model.identity, model.capabilities
        self.concurrency = model.concurrency
        self.watch: Callable[[str], Watch] | None = None
        self._each, self._options, self._wanted = model.concurrency, options, wanted
        self._crew: list[_Member] = []
        self._starting: dict[asyncio.Task[None], int] = {}
        self._failure: Exception | None = None
        self._changed = asyncio.Event()
        self._started = Once(self._start)
        self._own_cluster = self._closed = False

    @property
    def processes(self) -> list[int]:
        """The process ids of the workers that are there, each on its own machine."""
        return [member.process for member in self._crew]

    async def ready(self) -> None:
        """Reach the cluster and wait for the first worker; the others join as they come."""
        await self._started.wait()

    async def generate(self, request: Request) -> Output:
        """Answer one request, somewhere."""
        answer: Output = await self._ask("generate", request)
        return answer

    async def score(self, prompt: Sequence[Message], choices: Sequence[str]) -> list[float]:
        """Log-probability of each choice as the whole reply."""
        scores: list[float] = await self._ask("score", tuple(prompt), tuple(choices))
        return scores

    async def embed(self, texts: Sequence[str]) -> np.ndarray:
        """Embeddings, shape (len(texts), dimensions), float32."""
        vectors: np.ndarray = await self._ask("embed", tuple(texts))
        return vectors

    async def close(self) -> None:
        """End the workers, and the cluster if it was started for them."""
        self._closed = True
        for task in self._starting:
            task.cancel()
        await asyncio.gather(*self._starting, return_exceptions=True)
        if find_spec("ray") is not None:
            import ray

            for member in self._crew:
                ray.kill(member.actor)
            with suppress(TimeoutError):  # whoever waits for an answer has to hear of it first
                async with asyncio.timeout(_FAREWELL):
                    while any(member.flying for member in self._crew):
                        await asyncio.sleep(0.01)
            if self._own_cluster and ray.is_initialized():
                ray.shutdown()
        self._crew, self._own_cluster = [], False
        self._changed.set()

    async def _start(self) -> None:
        import ray

        if not ray.is_initialized():
            os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
            # By itself Ray gives way to whatever else runs; here one waits for its workers.
            os.environ.setdefault("RAY_worker_niceness", "0")
            ray.init(include_dashboard=False, log_to_driver=False, logging_level=logging.ERROR)
            self._own_cluster = True
        on_gpus = self.uri.partition(":")[0] in _ON_GPUS and self._options.get("device") != "cpu"
        nodes = [node["Resources"] for node in ray.nodes() if node["Alive"]]
        shares = plan(nodes, self._wanted, on_gpus)
        self.concurrency = self._each * len(shares)
        for share in shares:
            self._hire(share, _DEATHS)
        try:
            async with asyncio.timeout(_PATIENCE):
                await self._someone()
        except TimeoutError:
            raise ModelUnavailableError(
                f"{self.uri}: no worker was ready within {_PATIENCE:.0f} s; is the cluster busy?"
            ) from None

    def _hire(self, share: dict[str, float], lives: int) -> None:
        task = asyncio.get_running_loop().create_task(self._welcome(share, lives))
        self._starting[task] = lives

        def done(task: asyncio.Task[None]) -> None:
            self._starting.pop(task, None)
            self._changed.set()

        task.add_done_callback(done)

    async def _welcome(self, share: dict[str, float], lives: int) -> None:
        """Start a worker and let it join once its weights are loaded."""
        import ray

        actor = (
            ray.remote(Worker)
            .options(**share, scheduling_strategy="SPREAD")
            .remote(self.uri, self._options, self.watch)
        )
        try:
            told = await actor.ready.remote()
            if isinstance(told, Refusal):
                raise told.error()
            identity, process = told
            if self._crew and identity != self.identity:
                raise ModelUnavailableError(f"a worker has {identity}, others {self.identity}")
        except asyncio.CancelledError:
            ray.kill(actor)
            raise
        except Exception as error:
            ray.kill(actor)
            self._failure = error
            _log.warning("a worker of %s cannot start: %s", self.uri, _line(error))
            return
        self.identity = identity
        self._crew.append(_Member(actor, process, share, lives))

    async def _ask(self, method: str, *given: Any) -> Any:
        await self.ready()
        for _ in range(_DEATHS):
            member = await self._someone()
            try:
                return await self._call(member, method, given)
            except _WorkerDiedError:
                self._bury(member)
        raise RequestFailedError(
            f"{self.uri}: {_DEATHS} workers died while they had this request; it may be too big"
        )

    async def _someone(self) -> _Member:
        """The worker with the fewest in flight; waits for one where one is to come."""
        while not self._crew:
            if self._closed:
                raise ModelUnavailableError("the model is closed")
            if not self._starting:
                why = self._failure
                if isinstance(why, TesujiError):
                    raise why
                raise ModelUnavailableError(
                    f"{self.uri}: no worker is left{f': {_line(why)}' if why else ''}"
                )
            self._changed.clear()
            await self._changed.wait()
        return min(self._crew, key=lambda member: member.flying)

    async def _call(self, member: _Member, method: str, given: Sequence[Any]) -> Any:
        import ray

        member.flying += 1
        reference = member.actor.call.remote(method, given)
        try:
            found = await reference
        except asyncio.CancelledError:
            ray.cancel(reference)
            raise
        except ray.exceptions.RayActorError as error:
            raise _WorkerDiedError from error
        except ray.exceptions.RayError as error:
            raise RequestFailedError(f"{self.uri}: {_line(error)}") from error
        finally:
            member.flying -= 1
        if isinstance(found, Refusal):
            raise found.error()
        return found

    def _bury(self, member: _Member) -> None:
        """A worker is dead: leave it out, and start another unless that goes on and on."""
        if self._closed:
            raise ModelUnavailableError("the model is closed")
        if member not in self._crew:
            return  # another of its requests has noticed
        self._crew.remove(member)
        _log.warning(
            "a worker of %s died; its requests are done again by the others, of whom there are %d",
            self.uri, len(self._crew),
        )  # fmt: skip
        if member.lives > 1:
            self._hire(member.share, member.lives - 1)


@dataclass(slots=True, eq=False)
class _Member:
    """A worker that is there: its Ray actor, what it holds of its machine, how busy it is."""

    actor: Any
    process: int
    share: dict[str, float]
    lives: int
    flying: int = 0


class _WorkerDiedError(Exception):
    pass


def plan(
    nodes: Sequence[Mapping[str, float]], wanted: int | None, on_gpus: bool
) -> list[dict[str, float]]:
    """What each worker asks of its node, whose "CPU" and "GPU" are given.

    One worker for each GPU if there are any and the model can use them, else one for each node
    with as many CPUs as the smallest has. `wanted` workers share what there is evenly.

    >>> plan([{"CPU": 8.0, "GPU": 2.0}], None, True)
    [{'num_cpus': 1, 'num_gpus': 1}, {'num_cpus': 1, 'num_gpus': 1}]
    >>> plan([{"CPU": 8.0}, {"CPU": 4.0}], 3, False)
    [{'num_cpus': 4}, {'num_cpus': 4}, {'num_cpus': 4}]
    """
    cpus = [int(node.get("CPU", 0)) for node in nodes if node.get("CPU", 0) >= 1] or [1]
    gpus = int(sum(node.get("GPU", 0) for node in nodes))
    if on_gpus and gpus:
        workers = wanted or gpus
        return [{"num_cpus": 1, "num_gpus": min(1, gpus / workers)} for _ in range(workers)]
    if wanted is None:
        return [{"num_cpus": min(cpus)} for _ in cpus]
    for share in range(max(cpus), 0, -1):
        if sum(node // share for node in cpus) >= wanted:
            return [{"num_cpus": share} for _ in range(wanted)]
    return [{"num_cpus": sum(cpus) / wanted} for _ in range(wanted)]


def _line(error: BaseException) -> str:
    lines = [line for line in str(error).splitlines() if line.strip()]
    return " ".join(lines[-1].split())[:200] if lines else type(error).__name__
