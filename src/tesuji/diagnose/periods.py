"""Maximal periodic runs in a text: stretches that repeat one cycle exactly, again and again.

Linear time a level and a handful of levels, whatever the text: periods are sought in bands
(W, 1.5 W]. For a band, the text is cut at anchors every W/2 characters; a run of three cycles
holds an anchor whose window of 1.5 W characters stands again one period later, and the first
such place is the period itself (two equal windows at least as long as a primitive cycle, inside
its run, lie whole periods apart). Windows are compared by rolling hash (Karp & Rabin 1987), how
far a run reaches is found by bisection on the same hash, and every run that is reported is
compared character by character, so that a collision can hide a loop but never invent one.
The anchors are those of Main & Lorentz (1984) and Kolpakov & Kucherov (1999), made for numpy.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    import numpy as np

    Array: TypeAlias = np.ndarray[Any, np.dtype[Any]]

SHORTEST = 48
"""Characters that a run must span at least; windows of 32 repeat in it."""
LONG_PERIOD = 500
"""Above this period two cycles make a run, below it three."""
LONGEST_PERIOD = 4_096
_FIRST_BAND = 16
_PREFILTER = 32
_KEEP = 1_000
_FEW = 64  # pairs up to which plain slices beat numpy
_BASE = 0x9E3779B97F4A7C15  # odd, hence invertible modulo 2**64


@dataclass(frozen=True, slots=True)
class Run:
    """`text[start:end]` has period `period`: each character equals the one a period later.

    If not `exact`, something changes from cycle to cycle, and the period is the mean one; `first`
    is then where the first cycle ends.
    """

    start: int
    end: int
    period: int
    exact: bool = True
    first: int = -1

    @property
    def first_end(self) -> int:
        """Where the first cycle ends."""
        return self.start + self.period if self.exact else self.first

    @property
    def cycles(self) -> float:
        """How often the cycle stands there; the last one may be cut."""
        return (self.end - self.start) / self.period


def apart(runs: Iterable[Run], wanted: Callable[[Run], bool] = lambda run: True) -> list[Run]:
    """The runs that are wanted, by start, none overlapping: of two, the longer is kept."""
    kept: list[Run] = []
    for run in sorted(runs, key=lambda run: run.start - run.end):
        at = bisect_left(kept, run.start, key=lambda other: other.start)
        clear = (at == 0 or kept[at - 1].end <= run.start) and (
            at == len(kept) or run.end <= kept[at].start
        )
        if clear and wanted(run):
            kept.insert(at, run)
    return kept


@lru_cache(maxsize=1)
def _small_powers() -> tuple[Array, Array]:
    return _make_powers(1 << 15)


def _make_powers(size: int) -> tuple[Array, Array]:
    """The powers of the base and of its inverse, 0 … size, modulo 2**64."""
    return _powers_of(_BASE, size), _powers_of(pow(_BASE, -1, 1 << 64), size)


def _powers_of(base: int, size: int) -> Array:
    import numpy as np

    factors = np.full(size + 1, base, np.uint64)
    factors[0] = 1
    return np.cumprod(factors)


class _Hashes:
    """Rolling hashes of all windows of a text: equal windows have equal hashes."""

    def __init__(self, text: str) -> None:
        import numpy as np

        codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
        self.text = text
        self.size = len(codes)
        small = _small_powers()
        powers, self._inverse = small if self.size < len(small[0]) else _make_powers(self.size)
        self._sums = np.zeros(self.size + 1, np.uint64)
        # Adding one keeps a run of NULs from hashing like an empty window.
        np.cumsum(
            (codes.astype(np.uint64) + np.uint64(1)) * powers[: self.size], out=self._sums[1:]
        )

    def windows(self, width: int) -> Array:
        """The hash of each window of `width`, shape (size - width + 1,)."""
        return (self._sums[width:] - self._sums[:-width]) * self._inverse[: self.size - width + 1]

    def equal(self, left: Array, right: Array, width: Array) -> Array:
        """Whether the windows of `width` from `left` and from `right` are equal, pair by pair."""
        sums, inverse = self._sums, self._inverse
        here = (sums[left + width] - sums[left]) * inverse[left]
        there = (sums[right + width] - sums[right]) * inverse[right]
        equal: Array = here == there
        return equal


def periodic_runs(text: str) -> list[Run]:
    """Runs of at least `SHORTEST` characters and 3 cycles (2 above `LONG_PERIOD`), by start.

    Runs may overlap: a cycle may itself hold a run. At most the 1,000 longest are given.
    """
    if len(text) < SHORTEST:
        return []
    hashes = _Hashes(text)
    repeated = _repeated_windows(hashes)
    found: set[tuple[int, int, int]] = set()
    for shortest, longest in _bands(len(text)):
        # The least is asked of one of the band's ends, or where two cycles begin to do.
        turn = min(max(LONG_PERIOD + 1, shortest), longest)
        if repeated < min(map(_least_repeated, (shortest, turn, longest))):
            continue
        found.update(_band_runs(hashes, shortest, longest))
    # A run of period p also has period 2p: the smallest is meant.
    smallest: dict[tuple[int, int], int] = {}
    for start, end, period in found:
        smallest[start, end] = min(period, smallest.get((start, end), period))
    longest_first = sorted(smallest, key=lambda span: span[0] - span[1])[:_KEEP]
    return [
        Run(start, end, period)
        for start, end in sorted(longest_first)
        if (period := smallest[start, end])
        and text[start : end - period] == text[start + period : end]
    ]


def _repeated_windows(hashes: _Hashes) -> int:
    """How many windows of 32 characters stand elsewhere in the text, too."""
    import numpy as np

    windows = np.sort(hashes.windows(_PREFILTER))
    equal = np.zeros(len(windows) + 1, bool)
    equal[1:-1] = windows[1:] == windows[:-1]
    return int(np.count_nonzero(equal[1:] | equal[:-1]))


def _least_repeated(period: int) -> int:
    """How many of its windows of 32 a run of at least this period repeats, at the least.

    A run of n characters has w = n - 31 windows; all but the last p have a like one p later, all
    but the first p one p before. Few texts repeat much, and most are spared most bands.
    """
    length = max(SHORTEST, (3 if period <= LONG_PERIOD else 2) * period)
    count = length - _PREFILTER + 1
    return max(2, min(count, 2 * (count - period)))


def _bands(size: int) -> Iterator[tuple[int, int]]:
    """Periods to be sought together: (shortest, longest), both inclusive."""
    yield 1, _FIRST_BAND
    width = _FIRST_BAND
    while width < min(LONGEST_PERIOD, size // 2):
        yield width + 1, width * 3 // 2
        width = width * 3 // 2


def _band_runs(hashes: _Hashes, shortest: int, longest: int) -> Iterator[tuple[int, int, int]]:
    import numpy as np

    two_cycles = longest > LONG_PERIOD
    # With two cycles, anchor and window must fit into one cycle; the first equal window may then
    # be a chance repeat inside the cycle, for which some hundred characters leave little room.
    step = max(8, (shortest - 1) // 2)
    width = step if two_cycles else longest
    windows = hashes.windows(width)
    anchors = np.arange(0, len(windows) - shortest, step)
    if not len(anchors):
        return
    count = longest - shortest + 1
    # Past the text's end stands zero; a false match there dies below.
    padded = np.concatenate((windows, np.zeros(count, np.uint64)))
    later = np.lib.stride_tricks.sliding_window_view(padded, count)[shortest::step]
    hits_at, hits_by = [], []
    rows = max(1, 2_000_000 // count)  # holds memory down on long texts
    for begin in range(0, len(anchors), rows):
        some = anchors[begin : begin + rows]
        equal = later[begin : begin + len(some)] == windows[some][:, None]
        hit = np.flatnonzero(equal.any(axis=1))
        hits_at.append(some[hit])
        hits_by.append(shortest + equal[hit].argmax(axis=1))
    at, by = np.concatenate(hits_at), np.concatenate(hits_by)
    inside = at + by + width <= hashes.size
    at, by = at[inside], by[inside]
    # Neighbouring anchors with one shift lie in one run, for their windows touch.
    first = np.ones(len(at), bool)
    first[1:] = (at[1:] - at[:-1] > step) | (by[1:] != by[:-1])
    at, by = at[first], by[first]
    if not len(at):
        return
    end = at + by + _reach(hashes, at, by, forward=True)
    start = at - _reach(hashes, at, by, forward=False)
    cycles = np.where(by > LONG_PERIOD, 2, 3)
    enough = end - start >= np.maximum(SHORTEST, cycles * by)
    yield from zip(*(a[enough].tolist() for a in (start, end, by)), strict=True)


def _reach(hashes: _Hashes, at: Array, by: Array, *, forward: bool) -> Array:
    """How many characters from `at` on (or back) equal those `by` further, for each pair."""
    import numpy as np

    low = np.zeros_like(at)
    high = hashes.size - at - by if forward else at.copy()
    if len(at) <= _FEW:
        for pair, (left, apart, most) in enumerate(
            zip(at.tolist(), by.tolist(), high.tolist(), strict=True)
        ):
            low[pair] = common(hashes.text, left, left + apart, most, forward)
        return low
    while bool((low < high).any()):
        middle = (low + high + 1) // 2
        left = at if forward else at - middle
        good = hashes.equal(left, left + by, middle)
        low, high = np.where(good, middle, low), np.where(good, high, middle - 1)
    return low


def common(text: str, left: int, right: int, most: int, forward: bool) -> int:
    """The same for one pair, by comparing slices that double and then halve."""
    done, step = 0, 32
    growing = True
    while done < most:
        size = min(step, most - done)
        ahead = done if forward else -done - size
        a, b = left + ahead, right + ahead
        if text[a : a + size] == text[b : b + size]:
            done += size
        else:
            most, growing = done + size - 1, False
        step = step * 2 if growing else max(1, (most - done + 1) // 2)
    return done
