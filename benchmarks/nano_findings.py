"""Are the preambles and loops of the built-in model found? On outputs whose truth is known.

`python -m benchmarks.nano_findings [--outputs 1000]`

nano really answers half of them: strings to reverse, in several wordings, drawn at temperature
0.8. Where the reversed string stands in an output as a word, words before it are a preamble and
words after it a postamble; outputs without it are left out. It loops too seldom to count on, so
the other half are loops made of what it wrote: an output again and again, as it is, numbered, with
a letter that changes, or cut at the end. Whatever is found in bare answers is a false alarm.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from tesuji.diagnose import Kind, diagnose
from tesuji.models.base import Output, Request, Sampling
from tesuji.models.registry import open_model
from tesuji.task.sample import Message

_WORDINGS = (
    "Reverse the string: {}",
    "Reverse the string: {}\nAnswer only.",
    "Write {} backwards.",
    "What is '{}' reversed?",
    "String: {}\nReverse it.",
    "Please reverse the word {}.",
)
_LETTERS = "abcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True, slots=True)
class Known:
    """An output, what was asked, and the failures that it is known to have."""

    request: Request
    output: Output
    true: frozenset[Kind]


async def answers(count: int, seed: int) -> list[Known]:
    """About `count` outputs of nano that hold the right answer."""
    dice = random.Random(seed)
    model = open_model("nano")
    await model.ready()
    known: list[Known] = []
    while len(known) < count:
        words = ["".join(dice.choices(_LETTERS, k=dice.randint(5, 10))) for _ in range(count)]
        requests = [
            Request((Message("user", dice.choice(_WORDINGS).format(word)),),
                    Sampling(temperature=0.8, max_tokens=128))
            for word in words
        ]  # fmt: skip
        outputs = await asyncio.gather(*(model.generate(request) for request in requests))
        for word, request, output in zip(words, requests, outputs, strict=True):
            parts = re.split(rf"(?<![a-z]){word[::-1]}(?![a-z])", output.text, maxsplit=1)
            if len(parts) == 2 and output.finish == "stop":
                known.append(Known(request, output, frozenset(_around(*parts))))
    await model.close()
    return known[:count]


def _around(before: str, after: str) -> Iterator[Kind]:
    if any(char.isalpha() for char in before):
        yield "preamble"
    if any(char.isalpha() for char in after):
        yield "postamble"


def loops(known: Sequence[Known], count: int, seed: int) -> list[Known]:
    """Loops of `count` outputs: six to twelve cycles, at least 200 characters."""
    dice = random.Random(seed)
    made = []
    for number in range(count):
        one = dice.choice(known)
        cycle = one.output.text.strip()
        cycles = max(dice.randint(6, 12), 200 // len(cycle) + 1)
        text = ("", "", "\n", " ")[number % 4].join(_cycles(dice, cycle, cycles, number % 4))
        if dice.random() < 0.5:
            text = text[: -dice.randint(1, max(1, len(cycle) - 1))]
        made.append(Known(one.request, Output(text, "length"), frozenset(("loop",))))
    return made


def _cycles(dice: random.Random, cycle: str, cycles: int, way: int) -> Iterator[str]:
    changing = dice.randrange(len(cycle))
    for number in range(cycles):
        if way == 2:
            yield f"{number + 1}. {cycle}"
        elif way == 3 and len(cycle) > 30:
            yield cycle[:changing] + dice.choice(_LETTERS) + cycle[changing + 1 :]
        else:
            yield cycle + " "


@dataclass(frozen=True, slots=True)
class Found:
    """Of one kind: how many there are, how many of them were found, how many falsely."""

    there: int
    right: int
    wrong: int

    @property
    def recall(self) -> float:
        return self.right / self.there if self.there else 1.0


def measure(known: Iterable[Known], kinds: Iterable[Kind]) -> dict[Kind, Found]:
    """What the detectors find, by kind."""
    there: Counter[Kind] = Counter()
    right: Counter[Kind] = Counter()
    wrong: Counter[Kind] = Counter()
    for one in known:
        found = {finding.kind for finding in diagnose(one.output, one.request)}
        there.update(one.true)
        right.update(one.true & found)
        wrong.update(found - one.true)
    return {kind: Found(there[kind], right[kind], wrong[kind]) for kind in kinds}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--outputs", type=int, default=1_000)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    half = given.outputs // 2
    written = asyncio.run(answers(given.outputs - half, given.seed))
    made = loops(written, half, given.seed)
    rows: tuple[tuple[str, list[Known], tuple[Kind, ...]], ...] = (
        ("as written", written, ("preamble", "postamble", "loop")),
        ("looped", made, ("loop",)),
    )
    for name, known, kinds in rows:
        print(f"{name}: {len(known)} outputs")
        for kind, found in measure(known, kinds).items():
            print(f"  {kind:10} {found.right} of {found.there} found ({found.recall:.3f}), "
                  f"{found.wrong} false alarms")  # fmt: skip


if __name__ == "__main__":
    main()
