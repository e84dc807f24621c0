"""A baseline as a model: it reads the whole row from the prompt `{*}` and writes the answer.

So an entry with `model = "baseline:rules"` is run, recorded, compared and submitted like any other.
The method is fitted when the first answer is wanted: where all are in the ledger, nothing is.
"""

from __future__ import annotations

import hashlib
import json
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any, TypeAlias

from tesuji.baselines.fitted import Fitted, Guess
from tesuji.baselines.methods import check_serves
from tesuji.baselines.pool import Pool, as_row
from tesuji.baselines.uri import PROMPT, BaselineURI
from tesuji.errors import CapabilityError, RequestFailedError
from tesuji.models.base import COMPUTED, Capability, Output, Request
from tesuji.models.batching import Batcher, Ticket
from tesuji.task.sample import Message

if TYPE_CHECKING:
    import numpy as np

Asked: TypeAlias = Callable[[], Mapping[tuple[Message, ...], Mapping[str, Any] | None]]
_KEPT = 8  # fitted methods that a process remembers
_FITTED: OrderedDict[str, Fitted] = OrderedDict()
_LOCK = Lock()


class BaselineModel:
    """A method and the rows that it is fitted to (`tesuji.models.Model`)."""

    concurrency = 1024
    capabilities: frozenset[Capability] = frozenset({"generate", "seed"})

    def __init__(
        self, uri: BaselineURI, pool: Pool, rows_digest: str = "", asked: Asked | None = None
    ) -> None:
        """`asked` makes the rows by their prompts where these are not `{*}`; `rows_digest` is then
        a digest of these rows, since an answer depends on more than its prompt says."""
        self.uri, self._how, self._pool = str(uri), uri, pool
        check_serves(uri.method, pool)
        self.identity = identity(uri, pool) + (f"+{rows_digest}" if rows_digest else "")
        self._asked = None if asked is None else cache(asked)
        self._together = uri.method.together
        self._batcher: Batcher[Mapping[str, Any], str] = Batcher(self._run, size=self._together)

    async def ready(self) -> None:
        """There is nothing to reach; the fit waits for the first question."""

    async def generate(self, request: Request) -> Output:
        """The answer for the row in the last message; an empty text where there is none."""
        if self._asked is None:
            row = read_row(self.uri, request.messages)
        else:
            known = self._asked().get(request.messages)
            if known is None:  # a text of the flow's own, or two rows that are asked about alike
                return Output("", COMPUTED)
            row = known
        return Output(await self._batcher.submit(row), COMPUTED)

    async def score(self, prompt: Sequence[Message], choices: Sequence[str]) -> list[float]:
        """A baseline gives answers."""
        raise CapabilityError(f"{self.uri} gives answers; it cannot score choices")

    async def embed(self, texts: Sequence[str]) -> np.ndarray:
        """A baseline gives answers."""
        raise CapabilityError(f"{self.uri} gives answers, no embeddings")

    async def close(self) -> None:
        """End the thread; what was fitted is remembered."""
        await self._batcher.close()

    def _run(self, take: Callable[[int], list[Ticket[Mapping[str, Any], str]]]) -> None:
        while tickets := take(self._together):
            fitted = fitted_once(self._how, self._pool)
            rows = [as_row(ticket.job, self._pool.columns) for ticket in tickets]
            for ticket, guess in zip(tickets, fitted.predict(rows), strict=True):
                ticket.finish(self._text(guess))

    def _text(self, guess: Guess) -> str:
        if guess.answer is None or (self._how.only_sure and not guess.sure):
            return ""
        return self._pool.format.render(guess.answer)


def read_row(uri: str, messages: Sequence[Message]) -> Mapping[str, Any]:
    """The row that the last message holds; RequestFailedError where it holds none."""
    try:
        row = json.loads(messages[-1].content)
    except (ValueError, RecursionError, IndexError):
        row = None
    if not isinstance(row, dict):
        raise RequestFailedError(f"{uri} reads the whole row: its prompt must be {PROMPT}")
    return row


def identity(uri: BaselineURI, pool: Pool) -> str:
    """What the ledger calls it: method, its version, and a digest of all that it is fitted to."""
    sha = hashlib.sha256(repr((pool.shape, pool.metric.name, pool.columns, pool.seed)).encode())
    sha.update(repr((pool.seconds, pool.groups, pool.rules)).encode("utf-8", "surrogatepass"))
    for row, key in zip(pool.rows, pool.keys, strict=True):
        sha.update(repr((list(row.values()), key)).encode("utf-8", "surrogatepass"))
    made = [_code_digest()]
    for _, package in uri.method.packages:
        try:
            made.append(f"{package} {version(package)}")
        except PackageNotFoundError:
            continue
    return f"{uri}@{', '.join(made)}#{sha.hexdigest()[:16]}"


@cache
def _code_digest() -> str:
    """The version of all methods: it changes with their code, so that no recorded answer is one
    that they would not give any more."""
    sha = hashlib.sha256()
    folder = Path(__file__).parent
    for path in sorted(folder.rglob("*.py")):
        sha.update(f"\0{path.relative_to(folder)}\0".encode())
        sha.update(path.read_bytes())
    return sha.hexdigest()[:8]


def fitted_before(uri: BaselineURI, pool: Pool) -> Fitted | None:
    """The fitted method, if this process has fitted it to these rows."""
    with _LOCK:
        return _FITTED.get(identity(BaselineURI(uri.method, False), pool))


def fitted_once(uri: BaselineURI, pool: Pool) -> Fitted:
    """The fitted method; the same rows are not fitted twice in one process."""
    key = identity(BaselineURI(uri.method, False), pool)
    with _LOCK:
        if key not in _FITTED:
            _FITTED[key] = uri.method.fit(pool)
            while len(_FITTED) > _KEPT:
                _FITTED.popitem(last=False)
        _FITTED.move_to_end(key)
        return _FITTED[key]
