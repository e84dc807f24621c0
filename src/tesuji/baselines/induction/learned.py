"""Last steps whose constants the examples themselves give.

Where a program's values are nearly the outputs, what is missing is read off the examples: a letter
map, a shift of the alphabet, places in another order, deleted characters, a replacement, a factor
and a summand, two answers told apart by a test. What is learned must be borne out by more of the
examples than were needed to learn it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise

from tesuji.baselines.induction.bank import Known
from tesuji.baselines.induction.operations import shared_start, shifted, typed
from tesuji.baselines.induction.programs import Program, Value, applied, written

Step = Callable[[Known, Sequence[str]], Iterator[Program]]


def same(known: Known, outputs: Sequence[str]) -> Iterator[Program]:
    """The values are the outputs."""
    if all(written(v) == y for v, y in zip(known.values, outputs, strict=True)):
        yield known.program


def _strings(known: Known) -> list[str] | None:
    return [str(v) for v in known.values] if typed(known.values[0]) is str else None


def shift(known: Known, outputs: Sequence[str]) -> Iterator[Program]:
    """Caesar: one shift of the alphabet for all."""
    values = _strings(known)
    if values is None or [len(v) for v in values] != [len(y) for y in outputs]:
        return
    pairs = zip("".join(values), "".join(outputs), strict=True)
    first = next(((a, b) for a, b in pairs if a.isascii() and a.isalpha()), None)
    if first is None or not first[1].isascii():
        return
    by = (ord(first[1].lower()) - ord(first[0].lower())) % 26
    if by and all(shifted(v, by) == y for v, y in zip(values, outputs, strict=True)):
        yield applied(f"shift({{0}}, {by})", lambda x: shifted(x, by), [known.program], 2)


def letter_map(known: Known, outputs: Sequence[str]) -> Iterator[Program]:
    """Each character for one other, the same throughout; characters not met stay."""
    values = _strings(known)
    if values is None or [len(v) for v in values] != [len(y) for y in outputs]:
        return
    table: dict[str, str] = {}
    borne_out = 0
    for value, output in zip(values, outputs, strict=True):
        for a, b in zip(value, output, strict=True):
            borne_out += a in table and a != b
            if table.setdefault(a, b) != b:
                return
    changed = {a: b for a, b in table.items() if a != b}
    if not changed or borne_out < len(changed):
        return
    rules = str.maketrans(changed)
    shown = ", ".join(f"{a!r}→{b!r}" for a, b in sorted(changed.items())[:8])
    more = " …" if len(changed) > 8 else ""
    name = f"map({{0}}, {shown}{more})".replace("{", "{{").replace("}", "}}")
    name = name.replace("{{0}}", "{0}")
    yield applied(name, lambda x: x.translate(rules), [known.program], 1 + len(changed))


def places(known: Known, outputs: Sequence[str]) -> Iterator[Program]:
    """Inputs of one length: the output takes its characters from fixed places."""
    values = _strings(known)
    lengths = {len(y) for y in outputs}
    if values is None or len({len(v) for v in values}) != 1 or len(lengths) != 1:
        return
    size = len(values[0])
    if not 0 < size <= 64 or not 0 < lengths.pop() <= 64 or len(set(values)) < 3:
        return
    order = []
    for at in range(len(outputs[0])):
        fitting = [
            p for p in range(size)
            if all(v[p] == y[at] for v, y in zip(values, outputs, strict=True))
        ]  # fmt: skip
        if not fitting:
            return
        order.append(at if at in fitting else fitting[0])
    runs = 1 + sum(b - a != 1 for a, b in pairwise(order))
    text = ", ".join(str(p) for p in order[:16])
    run = _picker(tuple(order))
    yield applied(f"places({{0}}, {text})", run, [known.program], 1 + runs)


def _picker(order: Sequence[int]) -> Callable[[str], Value]:
    return lambda x: "".join(x[p] for p in order)


def deleted(known: Known, outputs: Sequence[str]) -> Iterator[Program]:
    """Some characters are left out everywhere."""
    values = _strings(known)
    if values is None or any(len(v) < len(y) for v, y in zip(values, outputs, strict=True)):
        return
    gone = set("".join(values)) - set("".join(outputs))
    if not 0 < len(gone) <= 12:
        return
    shown = "".join(sorted(gone))
    rules = str.maketrans("", "", shown)
    if all(v.translate(rules) == y for v, y in zip(values, outputs, strict=True)):
        name = f"without({{0}}, {_escaped(repr(shown))})"
        yield applied(name, lambda x: x.translate(rules), [known.program], 1 + len(gone))


def replaced(known: Known, outputs: Sequence[str]) -> Iterator[Program]:
    """One text replaced by another, wherever it stands."""
    values = _strings(known)
    if values is None:
        return
    differing = [(v, y) for v, y in zip(values, outputs, strict=True) if v != y]
    if len(differing) < 2:
        return
    old, new, before, after = min(map(_difference, differing), key=lambda d: len(d[0] + d[1]))
    for left, right in ((0, 0), (1, 0), (0, 1), (1, 1), (2, 0), (0, 2)):
        head, tail = before[len(before) - left :], after[:right]
        wide, to = head + old + tail, head + new + tail
        if wide and all(v.replace(wide, to) == y for v, y in zip(values, outputs, strict=True)):
            name = f"replace({{0}}, {_escaped(repr(wide))}, {_escaped(repr(to))})"
            yield applied(name, _replacer(wide, to), [known.program], 3)
            return


def _difference(pair: tuple[str, str]) -> tuple[str, str, str, str]:
    """(old, new, what stands before it, what stands after it) of two texts."""
    value, output = pair
    head = len(shared_start([value, output]))
    tail = len(shared_start([value[head:][::-1], output[head:][::-1]]))
    end = len(value) - tail
    return value[head:end], output[head : len(output) - tail], value[:head], value[end:]


def _replacer(old: str, new: str) -> Callable[[str], Value]:
    return lambda x: x.replace(old, new)


def _escaped(text: str) -> str:
    return text.replace("{", "{{").replace("}", "}}")


def linear(known: Known, outputs: Sequence[str]) -> Iterator[Program]:
    """a·n + b with whole a and b, from two examples, borne out by a third."""
    if typed(known.values[0]) is not int or len(set(known.values)) < 3:
        return
    if not all(y.removeprefix("-").isdigit() and y.isascii() and len(y) < 16 for y in outputs):
        return
    values = [int(v) for v in known.values if isinstance(v, int)]
    numbers = list(zip(values, map(int, outputs), strict=True))
    (v, y), (w, z) = numbers[0], next(pair for pair in numbers if pair[0] != numbers[0][0])
    if (z - y) % (w - v):
        return
    a = (z - y) // (w - v)
    b = y - a * v
    if a and all(a * v + b == y for v, y in numbers):
        name = ("" if a == 1 else f"{a}·") + "{0}" + (f" {b:+d}" if b else "")
        yield applied(name, lambda n: a * n + b, [known.program], 2 + bool(b))


def two_answers(known: Known, outputs: Sequence[str]) -> Iterator[tuple[int, Program]]:
    """(rows wrong, program) where a test tells two outputs apart; 1 row in 20 may be wrong."""
    common = Counter(outputs).most_common(2)
    if len(common) < 2 or common[1][1] < 3 or len(outputs) < 8:
        return
    (one, _), (other, fewer) = common
    for text, test, cost in _tests(known):
        held = [y for v, y in zip(known.values, outputs, strict=True) if test(v)]
        yes, no = (one, other) if 2 * held.count(one) > len(held) else (other, one)
        right = held.count(yes) + outputs.count(no) - held.count(no)
        wrong = len(outputs) - right
        if wrong <= min(len(outputs) // 20, fewer // 4):
            name = f"if {text} then {_escaped(repr(yes))} else {_escaped(repr(no))}"
            yield wrong, applied(name, _chooser(test, yes, no), [known.program], cost)


def _chooser(test: Callable[[Value], bool], yes: str, no: str) -> Callable[[Value], Value]:
    return lambda value: yes if test(value) else no


def _tests(known: Known) -> Iterator[tuple[str, Callable[[Value], bool], int]]:
    """Tests of a value: parity, size, a palindrome, a character it holds."""
    values = known.values
    if typed(values[0]) is int:
        for by in (2, 3, 5):
            yield f"{{0}} mod {by} = 0", lambda n, by=by: n % by == 0, 2  # type: ignore[misc]
        yield "{0} is prime", _prime, 2
        ordered = sorted({v for v in values if isinstance(v, int)})
        for low, high in pairwise(ordered):
            edge = (low + high + 1) // 2
            yield f"{{0}} >= {edge}", lambda n, edge=edge: n >= edge, 3  # type: ignore[misc]
    elif typed(values[0]) is str:
        yield "{0} reads the same backwards", lambda x: x == x[::-1], 2  # type: ignore[index]
        yield "{0} is in capitals", lambda x: str(x).isupper(), 2
        for mark in sorted(set("".join(map(str, values))))[:100]:
            shown = _escaped(repr(mark))
            yield f"{{0}} holds {shown}", lambda x, m=mark: m in x, 3  # type: ignore[misc]
            yield f"{{0}} starts with {shown}", lambda x, m=mark: x[:1] == m, 3  # type: ignore[misc]


def _prime(value: Value) -> bool:
    if not isinstance(value, int) or value < 2 or value > 10**8:
        return False
    return all(value % by for by in range(2, int(value**0.5) + 1))


STEPS: tuple[Step, ...] = (shift, places, deleted, replaced, linear, letter_map)
