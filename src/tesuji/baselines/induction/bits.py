"""Operations on bits: shifted and rotated copies of the input, joined bit by bit.

The output is a Boolean function of at most three copies of the input (rotated, or shifted with
zeros filled in), the same function at every bit. For each choice of copies the examples fill the
function's truth table, or contradict it: no function needs to be listed. Examples are packed in
one integer, so that a choice is tested on all bits of all examples at once.

Rules that fit vote for the answer. Their weights were counted on solved puzzles of the one public
kind; a function that was never met weighs little, but can win where nothing else fits.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations, product
from math import comb

from tesuji.baselines.induction.solved import Ballot, Solved

# Kinds of copies, then the truth table (the first copy is the lowest bit of its index): how many of
# 394 puzzles, by expectation maximisation over the rules that fitted each.
_COUNTS = {
    (("shl", "shr"), "0110"): 99, (("rol", "shr"), "0111"): 24, (("rol", "shl"), "0110"): 23,
    (("rol", "shr"), "0110"): 19, (("rol", "shl"), "0001"): 17, (("rol", "shl"), "0111"): 16,
    (("shr", "shr"), "0001"): 7, (("shl", "shl"), "0001"): 3, (("shl", "shl"), "1001"): 2,
    (("rol", "shr"), "0001"): 2, (("shr",), "01"): 1, (("shl",), "01"): 1, (("rol",), "01"): 1,
    (("rol", "shl", "shr"), "00010111"): 56, (("rol", "shl", "shr"), "10011110"): 54,
    (("rol", "shl", "shr"), "01000111"): 36, (("rol", "shl", "shr"), "10011111"): 33,
    (("shl", "shr", "shr"), "00001110"): 2, (("shl", "shr", "shr"), "00001011"): 1,
}  # fmt: skip
_NEVER_MET = 0.03
_NAMES = {
    "01": "{0}", "10": "not {0}", "0001": "{0} and {1}", "0111": "{0} or {1}",
    "0110": "{0} xor {1}", "1001": "not ({0} xor {1})", "1110": "not ({0} and {1})",
    "1000": "not ({0} or {1})", "0100": "{0} and not {1}", "0010": "{1} and not {0}",
    "00010111": "majority of {0}, {1}, {2}", "01000111": "if {1} then {2} else {0}",
    "10011111": "not ({0} xor {1}) or {2}", "01101001": "{0} xor {1} xor {2}",
    "10011110": "if {2} then not ({0} and {1}) else not ({0} xor {1})",
    "00000001": "{0} and {1} and {2}", "01111111": "{0} or {1} or {2}",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Copy:
    """The input rotated or shifted: `kind` rol, shl or shr, by `by` places."""

    kind: str
    by: int

    def __str__(self) -> str:
        if self.by == 0:
            return "x"
        return (
            f"x {'<<' if self.kind == 'shl' else '>>' if self.kind == 'shr' else 'rol'} {self.by}"
        )

    def of(self, value: int, width: int) -> int:
        """The copy of a number of `width` bits."""
        if self.kind == "shr":
            return value >> self.by
        full = (1 << width) - 1
        left = value << self.by
        return (left | value >> (width - self.by) if self.kind == "rol" else left) & full


@dataclass(frozen=True, slots=True)
class BitRule:
    """A Boolean function of copies; `table` indexed by the copies' bits, `.` where never seen."""

    copies: tuple[Copy, ...]
    table: str

    def __call__(self, value: int, width: int) -> int:
        """The output for an input; the table must be complete."""
        copies = [copy.of(value, width) for copy in self.copies]
        output = 0
        for bit in range(width):
            index = sum((copy >> bit & 1) << place for place, copy in enumerate(copies))
            output |= int(self.table[index]) << bit
        return output

    def __str__(self) -> str:
        names = [f"({copy})" if copy.by else "x" for copy in self.copies]
        text = _NAMES.get(self.table)
        if text is not None:
            return text.format(*names)
        return f"truth table {self.table} of {', '.join(names)}"


@lru_cache(maxsize=16)
def copies_of(width: int) -> tuple[Copy, ...]:
    """Every rotation and shift of a number of `width` bits."""
    turned = [Copy("rol", by) for by in range(width)]
    shifted = [Copy(kind, by) for kind in ("shl", "shr") for by in range(1, width)]
    return (*turned, *shifted)


def _choices(copies: Sequence[Copy], kinds: Sequence[str]) -> int:
    """How many choices of copies there are of these kinds."""
    total = 1
    for kind in set(kinds):
        total *= comb(sum(copy.kind == kind for copy in copies), list(kinds).count(kind))
    return total


def _table(packed: Sequence[int], full: int, target: int) -> str | None:
    """The truth table that gives `target` from packed copies; None where none does."""
    cells = [full]
    for one in packed:
        cells = [cell & ~one for cell in cells] + [cell & one for cell in cells]
    table = ""
    for cell in cells:
        ones = cell & target
        if not ones:
            table += "0" if cell else "."
        elif ones == cell:
            table += "1"
        else:
            return None
    return table


def fitting(examples: Sequence[tuple[int, int]], width: int, most: int) -> Iterator[BitRule]:
    """Every rule of at most `most` copies that gives all outputs, tables as far as seen."""

    def pack(numbers: Sequence[int]) -> int:
        packed = 0
        for number in numbers:
            packed = packed << width | number
        return packed

    copies = copies_of(width)
    packed = {copy: pack([copy.of(x, width) for x, _ in examples]) for copy in copies}
    target = pack([y for _, y in examples])
    full = (1 << width * len(examples)) - 1
    for size in range(1, most + 1):
        for chosen in combinations(copies, size):
            table = _table([packed[copy] for copy in chosen], full, target)
            if table is not None:
                yield BitRule(chosen, table)


def _completed(table: str) -> Iterator[str]:
    """The tables with every cell filled, in which every copy matters."""
    open_cells = [at for at, cell in enumerate(table) if cell == "."]
    size = len(table)
    for bits in product("01", repeat=len(open_cells)):
        filled = list(table)
        for at, bit in zip(open_cells, bits, strict=True):
            filled[at] = bit
        places = range(size.bit_length() - 1)
        if all(any(filled[i] != filled[i ^ (1 << p)] for i in range(size)) for p in places):
            yield "".join(filled)


def solve_bits(examples: Sequence[tuple[str, str]], question: str) -> Solved | None:
    """The question's output; all texts are of 0s and 1s, equally long (at most 16)."""
    width = len(question)
    texts = [question, *(text for pair in examples for text in pair)]
    if not 2 <= width <= 16 or any(len(t) != width or set(t) - {"0", "1"} for t in texts):
        return None
    numbers = [(int(x, 2), int(y, 2)) for x, y in examples]
    most = 3 if width <= 12 else 2
    ballot, shares = Ballot(), _Shares(width)
    for rule in fitting(numbers, width, most):
        if rule.table.count(".") > 4:
            continue
        for table in _completed(rule.table):
            whole = BitRule(rule.copies, table)
            answer = whole(int(question, 2), width)
            ballot.add(f"{answer:0{width}b}", shares(whole), str(whole))
    return ballot.result()


class _Shares:
    """The weight of a rule: its family's count, shared among the choices of copies."""

    def __init__(self, width: int) -> None:
        self._copies = copies_of(width)
        self._choices: dict[tuple[str, ...], int] = {}

    def __call__(self, rule: BitRule) -> float:
        kinds = tuple(copy.kind for copy in rule.copies)
        if kinds not in self._choices:
            self._choices[kinds] = _choices(self._copies, kinds)
        return _COUNTS.get((kinds, rule.table), _NEVER_MET) / self._choices[kinds]
