"""Measure nano: ``python -m training.nano.gates FOLDER`` prints the tables of the model card.

Greedy answers, 200 fresh samples per figure, drawn from seeds that training never uses. Exact
means that the whole output is the answer. An output has a preamble if it holds anything but
letters, digits and hyphens, which bare answers are made of.
"""

from __future__ import annotations

import random
import re
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from training.nano.asking import Asker
from training.nano.chat import Turn
from training.nano.check import Check
from training.nano.tasks import (
    DEMO_WORDING,
    Mix,
    Problem,
    Split,
    answer_only,
    ask,
    examples,
    problem,
    solve,
    wording,
)
from training.nano.wordings import ASKING, FILLERS, SYSTEMS

SAMPLES = 200


@dataclass(frozen=True, slots=True)
class Kind:
    """One way of asking."""

    name: str
    words: Split | None = None  # of the task; None is the demo competition's wording
    only: Split | str | None = None  # of "answer only"; another text is used as it is
    where: str = "user"  # where that stands
    filler: bool = False
    shots: bool = False


DEMO = Kind("demo wording")
DEMO_ONLY = Kind('demo wording + "Answer only."', only="Answer only.")
HELD_OUT_ONLY = Kind("held-out wordings, held-out answer-only", "held-out", "held-out")
KINDS = (
    DEMO,
    Kind("demo wording + a filler sentence", filler=True),
    Kind("trained wordings", "train"),
    Kind("held-out wordings", "held-out"),
    Kind("demo wording, bare examples as turns", shots=True),
    DEMO_ONLY,
    Kind('demo wording, "Answer only." in system turn', only="Answer only.", where="system"),
    Kind("demo wording, trained answer-only", only="train"),
    Kind("demo wording, held-out answer-only", only="held-out"),
    Kind("trained wordings, trained answer-only", "train", "train"),
    HELD_OUT_ONLY,
    Kind("held-out wordings, held-out answer-only in system turn", "held-out", "held-out",
         "system"),
)  # fmt: skip


def conversation(rng: random.Random, item: Problem, kind: Kind) -> list[Turn]:
    """The turns up to the answer."""
    how = DEMO_WORDING if kind.words is None else wording(rng, item.task, kind.words)
    question, system = ask(item, how), ""
    if kind.filler:
        question += "\n" + rng.choice(FILLERS)
    if kind.only:
        said = kind.only
        if kind.only in ("train", "held-out"):
            said = answer_only(rng, "train" if kind.only == "train" else "held-out")
        system = f"{rng.choice(SYSTEMS)} {said}" if kind.where == "system" else ""
        question += "" if system else f"\n{said}"
    turns = [Turn("system", system)] if system else []
    if kind.shots:
        for shot in examples(rng, item, Mix({}, {})):
            turns += [Turn("user", ask(shot, how)), Turn("assistant", shot.answer)]
    return [*turns, Turn("user", question)]


def word(rng: random.Random, length: int) -> str:
    return "".join(rng.choices("abcdefghijklmnopqrstuvwxyz", k=length))


@dataclass(frozen=True, slots=True)
class Rates:
    """Shares of outputs: exactly the answer, the answer anywhere in them, with a preamble."""

    exact: float
    inside: float
    preamble: float
    count: int


def rates(asker: Asker, kind: Kind, items: Sequence[Problem], seed: str) -> Rates:
    rng = random.Random(f"gate/{seed}/{kind.name}")
    texts = asker([conversation(rng, item, kind) for item in items])
    pairs = list(zip(texts, items, strict=True))
    n = len(pairs)
    return Rates(
        sum(text == item.answer for text, item in pairs) / n,
        sum(item.answer in text for text, item in pairs) / n,
        sum(not re.fullmatch("[A-Za-z0-9-]*", text) for text in texts) / n,
        n,
    )


def reversals(lengths: Sequence[int], seed: str, n: int = SAMPLES) -> list[Problem]:
    rng = random.Random(f"gate/{seed}")
    return [solve("reverse", word(rng, rng.choice(lengths))) for _ in range(n)]


def gate(asker: Asker) -> list[Check]:
    """What the shipped model has to reach."""
    ten = reversals([10], "ten")
    only, plain = rates(asker, DEMO_ONLY, ten, "g"), rates(asker, DEMO, ten, "g")
    unseen = rates(asker, HELD_OUT_ONLY, reversals([4, 5, 6, 7, 8, 9, 10], "unseen"), "g")
    free = rates(asker, KINDS[3], reversals([4, 5, 6, 7, 8, 9, 10], "free"), "g")
    checks = [
        Check(f"exact at {n} letters", rates(asker, DEMO_ONLY, reversals([n], str(n)), "g").exact,
              0.95, True)
        for n in (4, 5, 6, 7)
    ]  # fmt: skip
    return [
        *checks,
        Check("exact at 10 letters", only.exact, 0.6, True),
        Check("preamble, plain prompt", plain.preamble, 0.4, True),
        Check("preamble, plain prompt, held-out wordings", free.preamble, 0.4, True),
        Check('preamble, "Answer only."', only.preamble, 0.02, False),
        Check("preamble, held-out wordings and answer-only", unseen.preamble, 0.02, False),
    ]


def by_length(asker: Asker) -> list[str]:
    kinds = (DEMO_ONLY, HELD_OUT_ONLY, DEMO)
    lines = ["| letters | " + " | ".join(k.name for k in kinds) + " (answer anywhere) |",
             "|---|---|---|---|"]  # fmt: skip
    for n in range(3, 17):
        found = [rates(asker, kind, reversals([n], f"length{n}"), "length") for kind in kinds]
        shares = (found[0].exact, found[1].exact, found[2].inside)
        lines.append(f"| {n} | " + " | ".join(f"{s:.2f}" for s in shares) + " |")
    return lines


def by_kind(asker: Asker) -> list[str]:
    lines = ["| reverse, 4-10 letters | preamble | exact | answer anywhere |", "|---|---|---|---|"]
    for kind in KINDS:
        r = rates(asker, kind, reversals(range(4, 11), "kind"), "kind")
        lines.append(f"| {kind.name} | {r.preamble:.2f} | {r.exact:.2f} | {r.inside:.2f} |")
    return lines


def by_task(asker: Asker) -> list[str]:
    kinds = (Kind("trained", "train", "train"), HELD_OUT_ONLY)
    lines = ["| task, 3-10 letters, answer-only | trained wordings | held-out wordings |",
             "|---|---|---|"]  # fmt: skip
    for task in ASKING:
        mix = Mix({task: 1.0}, dict.fromkeys(range(3, 11), 1.0))
        rng = random.Random(f"gate/task/{task}")
        items = [problem(rng, mix) for _ in range(SAMPLES)]
        found = [rates(asker, kind, items, "task") for kind in kinds]
        lines.append(f"| {task} | {found[0].exact:.2f} | {found[1].exact:.2f} |")
    return lines


def speed(folder: Path) -> list[str]:
    """Seconds to load, and answers a second alone and in batches, on the demo competition."""
    from training.nano.asking import genai_asker

    began = time.perf_counter()
    one = genai_asker(folder, batch=1)
    loaded, many = time.perf_counter() - began, genai_asker(folder, batch=32)
    rng, lines = random.Random("speed"), [f"load: {loaded:.2f} s"]
    prompts = [conversation(rng, item, DEMO_ONLY) for item in reversals([10], "speed", 256)]
    for name, asker, n in (("one at a time", one, 64), ("batches of 32", many, 256)):
        began = time.perf_counter()
        asker(prompts[:n])
        lines.append(f"{name}: {n / (time.perf_counter() - began):.0f} answers/s")
    return lines


def main() -> None:
    from training.nano import skills, tables
    from training.nano.asking import genai_asker

    folder = Path(sys.argv[1])
    asker, start = genai_asker(folder), skills.starter(folder)
    checks = [*gate(asker), *skills.checks(asker, start)]
    print(*(check.line() for check in checks), sep="\n")
    for table in (by_length(asker), by_kind(asker), by_task(asker),
                  *tables.tables(asker, start), speed(folder)):  # fmt: skip
        print("", *table, sep="\n")
    sys.exit(not all(c.holds for c in checks))


if __name__ == "__main__":
    main()
