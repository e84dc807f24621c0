"""The dev split: which training rows are held back to measure on.

Rows are ordered by a hash of (seed, id), and the dev split is taken from the front. So it depends
on the seed and the ids alone: the same in every run, on every machine and in any order of the
rows (where an id column is named; row numbers change with the order), and a row that is added
moves few others.
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Hashable, Sequence

from tesuji.errors import InputError


def split(
    ids: Sequence[str],
    dev: float | int,
    seed: int = 0,
    strata: Sequence[Hashable] | None = None,
    groups: Sequence[Hashable] | None = None,
) -> tuple[list[int], list[int]]:
    """Positions of the train and the dev rows, each in the order of `ids`.

    `dev` is a fraction (float) or a count (int) of rows. With `strata` (one a row) every stratum
    gives its share, to within one row. With `groups` no group is in both; the size is the nearest
    that is found to the one wanted. InputError where no such split exists.
    """
    wanted = _wanted(len(ids), dev)
    if strata is not None and groups is not None:
        raise InputError("a split is stratified or grouped, not both")
    if groups is not None:
        chosen = _whole_groups(groups, wanted, seed)
    else:
        order = sorted(range(len(ids)), key=lambda at: _hash(seed, ids[at]))
        chosen = set(order[:wanted] if strata is None else _shares(order, strata, wanted, seed))
    return (
        [at for at in range(len(ids)) if at not in chosen],
        [at for at in range(len(ids)) if at in chosen],
    )


def _hash(seed: int, name: object) -> bytes:
    text = f"{seed}\0{name}".encode(errors="surrogatepass")
    return hashlib.blake2b(text, digest_size=16).digest()


def _wanted(rows: int, dev: float | int) -> int:
    if rows < 2:
        raise InputError(f"{rows} row: a train and a dev split need at least 2; add a dev file")
    if isinstance(dev, int):
        if not 1 <= dev < rows:
            raise InputError(f"dev = {dev}: there are {rows} rows, so 1 to {rows - 1} are possible")
        return dev
    return min(max(1, round(rows * dev)), rows - 1)


def _shares(order: list[int], strata: Sequence[Hashable], wanted: int, seed: int) -> list[int]:
    """The first rows of each stratum; what rounding leaves goes to the largest remainders."""
    members: dict[Hashable, list[int]] = defaultdict(list)
    for at in order:
        members[strata[at]].append(at)
    exact = {name: wanted * len(rows) / len(order) for name, rows in members.items()}
    quota = {name: int(share) for name, share in exact.items()}
    by_remainder = sorted(exact, key=lambda name: (quota[name] - exact[name], _hash(seed, name)))
    for name in by_remainder[: wanted - sum(quota.values())]:
        quota[name] += 1
    return [at for name, rows in members.items() for at in rows[: quota[name]]]


def _whole_groups(groups: Sequence[Hashable], wanted: int, seed: int) -> set[int]:
    sizes = Counter(groups)
    if len(sizes) < 2:
        raise InputError("all rows are one group; a split needs at least 2 groups")
    order = sorted(sizes, key=lambda name: _hash(seed, name))
    chosen = _fitting([sizes[name] for name in order], wanted)
    names = {order[at] for at in chosen}
    return {at for at, name in enumerate(groups) if name in names}


def _fitting(sizes: list[int], wanted: int) -> list[int]:
    """Which of `sizes` (neither none nor all) add up to about `wanted`.

    First fit, front to back; where that leaves more than one row open and the problem is small,
    the exact subset sum by dynamic programming; at the worst the smallest group alone.
    """
    chosen: list[int] = []
    total = 0
    for at, size in enumerate(sizes):
        if total + size <= wanted and len(chosen) < len(sizes) - 1:
            chosen.append(at)
            total += size
    if wanted - total > 1 and len(sizes) * wanted <= 2_000_000:
        chosen = _subset(sizes, wanted) or chosen
    return chosen or [min(range(len(sizes)), key=sizes.__getitem__)]


def _subset(sizes: list[int], wanted: int) -> list[int]:
    """The subset of `sizes` whose sum is nearest to `wanted` from below."""
    came: dict[int, tuple[int, int]] = {0: (-1, 0)}  # sum: (last group in it, the sum before)
    for at, size in enumerate(sizes):
        for total in [t for t in came if t + size <= wanted and t + size not in came]:
            came[total + size] = (at, total)
        if wanted in came:
            break
    at, before = came[max(came)]
    chosen = []
    while at >= 0:
        chosen.append(at)
        at, before = came[before]
    return chosen
