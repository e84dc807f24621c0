"""Decoding, the same for every model that runs in this process.

The backend gives the logits of the next token for each row of a batch; this decides on the
tokens. So every row has its own temperature, top-p, seed, limit and stop strings, and a draw with
a seed is the same whatever shares its batch (but for the rounding of the logits themselves).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tesuji.models.base import Output, Sampling, TokenLogprob, Watch
from tesuji.models.seeds import draw_seed

if TYPE_CHECKING:
    import numpy as np


_LOOK_EVERY = 32  # tokens: the text of all so far is made anew for each look


@dataclass(slots=True, eq=False)
class Row:
    """One prompt of a batch and what has been written to it. `limit`: at most so many tokens.

    A row that is `forced` writes just these tokens and then ends; `score` sums the
    log-probabilities that the model gives to them and to the end.
    """

    prompt: list[int]
    sampling: Sampling
    limit: int
    index: int = 0
    forced: list[int] | None = None
    score: float = 0.0
    ids: list[int] = field(default_factory=list)
    ended: bool = False
    finish: str | None = None
    seconds: float = 0.0
    logprobs: list[tuple[int, float, list[tuple[int, float]]]] = field(default_factory=list)
    watch: Watch | None = None
    watched: int = 0  # characters that the watch has had
    generator: np.random.Generator | None = None

    def __post_init__(self) -> None:
        if self.sampling.temperature > 0:
            import numpy as np

            self.generator = np.random.default_rng(draw_seed(self.sampling.seed, self.index))

    @property
    def plain(self) -> bool:
        """Whether the likeliest token is all that is asked of each step."""
        return self.generator is None and self.sampling.logprobs is None and self.forced is None


def choose(logits: np.ndarray, rows: Sequence[Row]) -> np.ndarray:
    """The next token of each row by its own sampling, shape (rows,)."""
    import numpy as np

    tokens: np.ndarray = np.argmax(logits, axis=-1)
    for at, row in enumerate(rows):
        if row.generator is not None:
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


def write(
    row: Row,
    token: int,
    logits: np.ndarray | None,
    ends: frozenset[int],
    text: Callable[[Sequence[int]], str],
) -> None:
    """Write one token to a row; its `finish` says whether it has ended with that.

    `logits` of the row are needed unless it is plain. `ends` are the ids that end a reply (they
    are not kept), `text` turns ids into text.
    """
    if row.forced is not None and logits is not None:
        _force(row, row.forced, logits, ends)
        return
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


def _force(row: Row, reply: Sequence[int], logits: np.ndarray, ends: frozenset[int]) -> None:
    import numpy as np

    logprobs, at = log_softmax(logits), len(row.ids)
    if at < len(reply):
        row.score += float(logprobs[reply[at]])
        row.ids.append(reply[at])
        if at + 1 < len(reply) or ends:
            return
    else:
        row.score += float(np.logaddexp.reduce(logprobs[sorted(ends)]))
    row.finish = "stop"


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
