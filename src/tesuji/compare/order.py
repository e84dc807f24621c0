"""The order in which a race goes through its samples."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Sequence


def race_order(samples: int, seed: int, strata: Sequence[Hashable] | None = None) -> list[int]:
    """A random order of 0 … `samples` - 1; with `strata` (one a sample) every stretch of it holds
    about the same share of each stratum as the whole.

    Within a stratum the order is random; the k-th of m members stands at about (k - ½) / m of the
    way.
    """
    import numpy as np

    rng = np.random.default_rng(seed)
    order: list[int] = rng.permutation(samples).tolist()
    if strata is None:
        return order
    members: dict[Hashable, list[int]] = defaultdict(list)
    for at in order:
        members[strata[at]].append(at)
    place = {}
    for rows in members.values():
        shift = float(rng.random())
        for k, at in enumerate(rows):
            place[at] = (k + shift) / len(rows)
    return sorted(order, key=place.__getitem__)
