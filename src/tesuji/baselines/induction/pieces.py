"""Outputs put together from pieces: constants, and values of small programs (Gulwani 2011)."""

from __future__ import annotations

from collections.abc import Sequence

from tesuji.baselines.induction.bank import Known, Steps
from tesuji.baselines.induction.operations import shared_start, typed
from tesuji.baselines.induction.programs import Program, applied, constant, written

_MOST = 6  # pieces of an output
_CONSTANT = 40  # characters of a constant piece


def _pool(known: Sequence[Known], outputs: Sequence[str]) -> list[tuple[Program, list[str]]]:
    """Values that occur in every output, the smallest programs first."""
    pool = []
    for one in known:
        if typed(one.values[0]) is tuple:
            continue
        values = [written(v) or "" for v in one.values]
        if all(values) and all(v in y for v, y in zip(values, outputs, strict=True)):
            pool.append((one.program, values))
    return sorted(pool, key=lambda item: item[0].size)


def joined(
    known: Sequence[Known], outputs: Sequence[str], most: int, steps: Steps
) -> Program | None:
    """The smallest joining of pieces that gives every output, of at most `most` operations.

    At least one piece is not constant.
    """
    if len(set(outputs)) < 2 or max(map(len, outputs)) > 2_000:
        return None
    pool = _pool(known, outputs)
    best: list[Program] | None = None
    limit = min(2 * _MOST + 2, most + 1)

    def deeper(ends: tuple[int, ...], parts: list[Program], cost: int) -> None:
        nonlocal best, limit
        if all(end == len(y) for end, y in zip(ends, outputs, strict=True)):
            if cost < limit and any(part.text[0] not in "'\"" for part in parts):
                best, limit = list(parts), cost
            return
        if len(parts) >= _MOST or not steps.take(1 + len(pool) // 8):
            return
        for program, values in pool:
            more = cost + program.size + 1
            if more < limit and all(
                y.startswith(v, end) for v, y, end in zip(values, outputs, ends, strict=True)
            ):
                after = tuple(end + len(v) for v, end in zip(values, ends, strict=True))
                deeper(after, [*parts, program], more)
        if parts and parts[-1].text[0] in "'\"":
            return
        nexts = [y[end : end + _CONSTANT] for y, end in zip(outputs, ends, strict=True)]
        same = shared_start(nexts)
        for length in range(len(same), 0, -1):
            if cost + 2 < limit:
                after = tuple(end + length for end in ends)
                deeper(after, [*parts, constant(same[:length])], cost + 2)

    deeper((0,) * len(outputs), [], -1)
    if best is None or len(best) < 2:
        return None
    name = " + ".join(f"{{{at}}}" for at in range(len(best)))
    extra = limit - sum(part.size for part in best)
    return applied(name, lambda *values: "".join(map(str, values)), best, extra)
