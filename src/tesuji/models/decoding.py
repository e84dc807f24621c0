"""Decoding, the same for every model that runs in this process.

The backend gives the logits of the next token for each row of a batch; this decides on the
tokens. So every row has its own temperature, top-p, seed, limit and stop strings, and a draw with
a seed is the same whatever shares its batch (but for the rounding of the logits themselves).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from tesuji.models.base import Output, Sampling, TokenLogprob, Watch
from tesuji.models.seeds import draw_seed

if TYPE_CHECKING:
    import numpy as np


_LOOK_EVERY = 32  # tokens: the text of all so far is made anew for each look


class Stepper(Protocol):
    """A batch of rows on their way through a model."""

    def logits(self) -> np.ndarray:
        """Logits of the next token, shape (rows, vocabulary), float32."""

    def push(self, tokens: np.ndarray) -> None:
        """Go on with these tokens, shape (rows,)."""

    def greedy(self) -> np.ndarray:
        """The likeliest next token of each row, shape (rows,), already pushed."""


@dataclass(slots=True)
class Row:
    """One prompt of a batch and what has been written to it. `limit`: at most so many tokens."""

    prompt: list[int]
    sampling: Sampling
    limit: int
    index: int = 0
    ids: list[int] = field(default_factory=list)
    ended: bool = False
    finish: str | None = None
    seconds: float = 0.0
    logprobs: list[tuple[int, float, list[tuple[int, float]]]] = field(default_factory=list)
    generator: np.random.Generator | None = None
    watch: Watch | None = None
    watched: int = 0  # characters that the watch has had

    @property
    def plain(self) -> bool:
        """Whether the likeliest token is all that is asked of each step."""
        return self.sampling.temperature <= 0 and self.sampling.logprobs is None


def decode(
    stepper: Stepper,
    rows: Sequence[Row],
    ends: frozenset[int],
    text: Callable[[Sequence[int]], str],
    alive: Callable[[int], bool],
) -> None:
    """Write to every row until it ends; rows that are no longer `alive` are given up.

    `ends` are the ids that end a reply (they are not kept), `text` turns ids into text.
    """
    import numpy as np

    started = time.perf_counter()
    plain = all(row.plain for row in rows)
    for row in rows:
        if row.sampling.temperature > 0:
            row.generator = np.random.default_rng(draw_seed(row.sampling.seed, row.index))
    while True:
        logits = None if plain else stepper.logits()
        tokens = stepper.greedy() if logits is None else choose(logits, rows)
        for at, row in enumerate(rows):
            if row.finish is None:
                scores = None if logits is None else logits[at]
                _write(row, int(tokens[at]), scores, ends, text)
                if not alive(at):
                    row.finish = "cancelled"
                if row.finish is not None:
                    row.seconds = time.perf_counter() - started
        if all(row.finish is not None for row in rows):
            return
        if logits is not None:
            stepper.push(tokens)


def choose(logits: np.ndarray, rows: Sequence[Row]) -> np.ndarray:
    """The next token of each row by its own sampling, shape (rows,)."""
    import numpy as np

    tokens: np.ndarray = np.argmax(logits, axis=-1)
    for at, row in enumerate(rows):
        if row.generator is not None and row.finish is None:
            tokens[at] = _draw(logits[at], row.sampling, row.generator.random())
    return tokens


def _draw(logits: np.ndarray, sampling: Sampling, point: float) -> int:
    """The token at `point` in [0, 1) of the tempered, top-p cut distribution."""
    import numpy as np

    odds = np.exp((logits.astype(np.float64) - logits.max()) / sampling.temperature)
    order = np.argsort(-odds, kind="stable")
    heap = np.cumsum(odds[order])
    if sampling.top_p < 1.0:
        # The smallest set of likeliest tokens that holds top_p (Holtzman et al. 2020, section 3.1).
        heap = heap[: int(np.searchsorted(heap, sampling.top_p * heap[-1])) + 1]
    at = int(np.searchsorted(heap, point * heap[-1], side="right"))
    return int(order[min(at, len(heap) - 1)])


def _write(
    row: Row,
    token: int,
    logits: np.ndarray | None,
    ends: frozenset[int],
    text: Callable[[Sequence[int]], str],
) -> None:
    if token in ends:
        row.ended, row.finish = True, "stop"
        return
    row.ids.append(token)
    if row.sampling.logprobs is not None and logits is not None:
        row.logprobs.append(_alternatives(logits, token, row.sampling.logprobs))
    stops = row.sampling.stop
    if stops:
        # A token that shows gives at least one byte: so many tokens hold any stop string.
        tail = text(row.ids[-(4 * max(map(len, stops)) + 8) :])
        if any(stop in tail for stop in stops) and first_stop(text(row.ids), stops) is not None:
            row.finish = "stop"
            return
    if len(row.ids) >= row.limit:
        row.finish = "length"
    elif row.watch is not None and len(row.ids) % _LOOK_EVERY == 0 and _loops(row, text):
        row.finish = "loop"


def _loops(row: Row, text: Callable[[Sequence[int]], str]) -> bool:
    assert row.watch is not None
    written = text(row.ids).rstrip("\ufffd")  # half a character, its other half yet to come
    fresh, row.watched = written[row.watched :], max(row.watched, len(written))
    return row.watch.feed(fresh) is not None


def _alternatives(
    logits: np.ndarray, token: int, count: int
) -> tuple[int, float, list[tuple[int, float]]]:
    import numpy as np

    logprobs = log_softmax(logits)
    count = min(count, len(logprobs))
    best = np.argpartition(-logprobs, count - 1)[:count] if count else np.empty(0, dtype=int)
    best = best[np.argsort(-logprobs[best], kind="stable")]
    return token, float(logprobs[token]), [(int(i), float(logprobs[i])) for i in best]


def log_softmax(logits: np.ndarray) -> np.ndarray:
    """Log-probabilities (natural log) along the last axis, float64."""
    import numpy as np

    shifted: Any = logits.astype(np.float64) - logits.max(axis=-1, keepdims=True)
    result: np.ndarray = shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))
    return result


def first_stop(text: str, stops: Sequence[str]) -> int | None:
    """Where the first stop string in `text` begins."""
    found = [at for stop in stops if stop and (at := text.find(stop)) >= 0]
    return min(found, default=None)


def output(row: Row, text: Callable[[Sequence[int]], str]) -> Output:
    """What was written to a finished row. Log-probabilities are those before temperature."""
    written = text(row.ids)
    cut = first_stop(written, row.sampling.stop)
    logprobs = None
    if row.sampling.logprobs is not None:
        logprobs = tuple(
            TokenLogprob(text([token]), logprob, tuple((text([i]), p) for i, p in top))
            for token, logprob, top in row.logprobs
        )
    return Output(
        text=written if cut is None else written[:cut],
        finish=row.finish or "stop",
        tokens_in=len(row.prompt),
        tokens_out=len(row.ids) + row.ended,  # servers count the end token too
        seconds=row.seconds,
        logprobs=logprobs,
    )


def force(stepper: Stepper, replies: Sequence[Sequence[int]], ends: frozenset[int]) -> list[float]:
    """Log-probability of each row's reply, its end included, summed over tokens."""
    import numpy as np

    sums = [0.0] * len(replies)
    stop = sorted(ends)
    for step in range(max(map(len, replies)) + 1):
        logprobs = log_softmax(stepper.logits())
        for at, reply in enumerate(replies):
            if step < len(reply):
                sums[at] += float(logprobs[at, reply[step]])
            elif step == len(reply) and stop:
                sums[at] += float(np.logaddexp.reduce(logprobs[at, stop]))
        if step < max(map(len, replies)):
            # A row that has ended must go on with something; what follows is not looked at.
            stepper.push(
                np.array([r[step] if step < len(r) else r[-1] if r else 0 for r in replies])
            )
    return sums


def fitting(rows: Sequence[Row], context: int) -> Iterator[list[int]]:
    """Positions of rows that share a batch: longest prompt + longest reply must fit the context."""
    group: list[int] = []
    for at in sorted(range(len(rows)), key=lambda at: (rows[at].limit, len(rows[at].prompt))):
        trial = [*group, at]
        longest = max(len(rows[i].prompt) for i in trial)
        if group and longest + max(rows[i].limit for i in trial) > context:
            yield group
            trial = [at]
        group = trial
    if group:
        yield group
