r"""Measure the tasks beside strings: sums and votes, contexts, yes or no, rewrites.

Part of ``python -m training.nano.gates FOLDER``. 200 fresh questions per figure, each alone in its
conversation, drawn from seeds that training never uses; greedy and exact but where a name says
otherwise. Sums are right if the number in the last ``\boxed{}`` is.
"""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from training.nano import arithmetic, facts, rewrites, yesno
from training.nano.asking import Asker
from training.nano.chat import END, Turn, prompt_ids, text_of
from training.nano.check import Check
from training.nano.words import Split, of_split, people, sentence

if TYPE_CHECKING:
    import numpy as np

SAMPLES = 200
VOTES = 16
BATCH = 32
ROOM = 64  # new tokens


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked, and the answer."""

    text: str
    answer: str


Draw = Callable[[random.Random, Split], Question]


def total(sign: arithmetic.Sign | None = None, digits: int = 2) -> Draw:
    """A sum or difference of operands with so many digits."""

    def drawn(rng: random.Random, split: Split) -> Question:
        while True:
            item = arithmetic.draw(rng, 2 if digits == 2 else 0)
            small = max(item.a, item.b) < 10
            if item.sign == (sign or item.sign) and small == (digits == 1):
                return Question(arithmetic.question(rng, item, split, 0.0), str(item.result))

    return drawn


def fact(count: int, *, context: bool = True, stranger: bool = False) -> Draw:
    """An open question about one of so many facts, or with none of them said."""

    def drawn(rng: random.Random, split: Split) -> Question:
        found = facts.draw(rng, count, count)
        entity = rng.choice(list(found.facts))
        answer = found.facts[entity]
        if stranger:
            entity = next(n for n in people(rng, 6) if n not in found.facts)
            answer = facts.UNKNOWN
        question = facts.asked(rng, found, entity, split)
        how = rng.choice(of_split(facts.OPEN, split))
        text = how.replace("{c}", facts.told(rng, found)).replace("{q}", question)
        return Question(text if context else question, answer)

    return drawn


def choice(count: int) -> Draw:
    """A question about one of so many facts, with five options; the answer is a letter."""

    def drawn(rng: random.Random, split: Split) -> Question:
        found = facts.draw(rng, count, count)
        entity = rng.choice(list(found.facts))
        values = facts.options(rng, found, entity)
        how = rng.choice(of_split(facts.CHOICE, split))
        how = how.replace("{q}", facts.asked(rng, found, entity, split))
        how = how.replace("{o}", facts.listed(values, rng.choice(facts.MARKS)))
        text = how.replace("{c}", facts.told(rng, found))
        return Question(text, facts.LETTERS[values.index(found.facts[entity])])

    return drawn


def verdict(kind: str | None = None) -> Draw:
    def drawn(rng: random.Random, split: Split) -> Question:
        claim = yesno.KINDS[kind or rng.choice(list(yesno.KINDS))](rng)
        return Question(yesno.question(rng, claim, split, 0.0), claim.answer)

    return drawn


def rewrite(name: str | None = None) -> Draw:
    def drawn(rng: random.Random, split: Split) -> Question:
        chosen, text = name or rng.choice(list(rewrites.REWRITES)), sentence(rng)
        asked = rewrites.question(rng, chosen, text, split, 0.0)
        return Question(asked, rewrites.REWRITES[chosen](text))

    return drawn


def inverse(name: str | None = None) -> Draw:
    def drawn(rng: random.Random, split: Split) -> Question:
        chosen, text = name or rng.choice(list(rewrites.REWRITES)), sentence(rng)
        return Question(rewrites.which(rng, chosen, text, split, 0.0), chosen)

    return drawn


def questions(draw: Draw, seed: str, split: Split = "train", n: int = SAMPLES) -> list[Question]:
    rng = random.Random(f"skill/{seed}")
    return [draw(rng, split) for _ in range(n)]


def alone(asked: Sequence[Question]) -> list[list[Turn]]:
    return [[Turn("user", q.text)] for q in asked]


def boxed(text: str) -> str:
    r"""What the last ``\boxed{}`` holds, or nothing."""
    return next(iter(re.findall(r"\\boxed\{(\d+)\}", text)[::-1]), "")


def exact(asker: Asker, asked: Sequence[Question]) -> float:
    """Share of questions answered with the answer and nothing else."""
    texts = asker(alone(asked))
    return sum(t == q.answer for t, q in zip(texts, asked, strict=True)) / len(asked)


def worked_out(asker: Asker, asked: Sequence[Question]) -> float:
    """Share of sums whose box holds the result."""
    texts = asker(alone(asked))
    return sum(boxed(t) == q.answer for t, q in zip(texts, asked, strict=True)) / len(asked)


class Stepper(Protocol):
    """What is used of ``tesuji.models.continuous.Stepper``."""

    def logits(self) -> np.ndarray: ...
    def push(self, tokens: np.ndarray) -> None: ...


Start = Callable[[Sequence[Sequence[int]]], Stepper]
"""Begins a batch with these prompts."""


def starter(folder: Path) -> Start:
    """Generation by Tesuji's own way through ONNX: logits out, tokens of our choice in."""
    from tesuji.models.onnx import OnnxWeights

    weights = OnnxWeights(folder, "nano", BATCH, direct=True)

    def start(prompts: Sequence[Sequence[int]]) -> Stepper:
        stepper = weights.start()
        stepper.join(prompts)
        return stepper

    return start


def drawn_texts(start: Start, asked: Sequence[Question], seed: int) -> list[str]:
    """One answer to each at temperature 1, from all tokens."""
    import numpy as np

    rng, texts = np.random.default_rng(seed), list[str]()
    for at in range(0, len(asked), BATCH):
        stepper = start([prompt_ids(t) for t in alone(asked[at : at + BATCH])])
        rows: list[np.ndarray] = []
        done = np.zeros(len(asked[at : at + BATCH]), dtype=bool)
        while len(rows) < ROOM and not done.all():
            logits = stepper.logits()
            tokens = (logits + rng.gumbel(size=logits.shape)).argmax(-1)
            rows.append(tokens)
            done |= tokens == END
            if not done.all():
                stepper.push(np.where(done, 0, tokens))
        texts += [text_of([int(i) for i in row]) for row in np.stack(rows, axis=1)]
    return texts


@dataclass(frozen=True, slots=True)
class Vote:
    """Shares of right sums: of one sample at temperature 1, and of the majority of ``VOTES``."""

    one: float
    majority: float


def vote(start: Start, asked: Sequence[Question]) -> Vote:
    """The commonest box of 16 samples each, the first of equals; boxless samples don't vote."""
    runs = [[boxed(t) for t in drawn_texts(start, asked, seed)] for seed in range(VOTES)]
    won = [Counter(b for b in boxes if b).most_common(1) for boxes in zip(*runs, strict=True)]
    right = sum(bool(w) and w[0][0] == q.answer for w, q in zip(won, asked, strict=True))
    one = sum(b == q.answer for boxes in runs for b, q in zip(boxes, asked, strict=True))
    return Vote(one / (VOTES * len(asked)), right / len(asked))


def likeliest(start: Start, asked: Sequence[Question], labels: Sequence[str]) -> float:
    """Share of questions whose answer is the likeliest of some one-byte labels."""
    import numpy as np

    hits, ids = 0, [label.encode()[0] for label in labels]
    for at in range(0, len(asked), BATCH):
        some = asked[at : at + BATCH]
        logits = start([prompt_ids(t) for t in alone(some)]).logits()[:, ids]
        best = np.array(list(labels))[logits.argmax(-1)]
        hits += sum(b == q.answer for b, q in zip(best, some, strict=True))
    return hits / len(asked)


def mixed(draws: Sequence[Draw]) -> Draw:
    """Any of some kinds of question, as likely as the others."""
    return lambda rng, split: rng.choice(draws)(rng, split)


def checks(asker: Asker, start: Start) -> list[Check]:
    """What the shipped model has to reach on these tasks."""
    votes = vote(start, questions(total("+"), "gate/sums"))
    some = range(2, 5)
    told = questions(mixed([fact(n) for n in some]), "gate/open")
    untold = questions(mixed([fact(n, context=False) for n in some]), "gate/untold")
    chosen = questions(mixed([choice(n) for n in some]), "gate/choice")
    return [
        Check("2-digit addition, one sample", votes.one, 0.4, True),
        Check("2-digit addition, one sample, not too good", votes.one, 0.85, False),
        Check("2-digit addition, gain of a vote of 16", votes.majority - votes.one, 0.1, True),
        Check("open answer, 2-4 facts", exact(asker, told), 0.8, True),
        Check("open answer, no context", exact(asker, untold), 0.1, False),
        Check("A-E, 2-4 facts", likeliest(start, chosen, facts.LETTERS), 0.7, True),
        Check("yes or no", exact(asker, questions(verdict(), "gate/verdict")), 0.85, True),
        Check("rewrites", exact(asker, questions(rewrite(), "gate/rewrite")), 0.8, True),
        Check("inverse", exact(asker, questions(inverse(), "gate/inverse")), 0.9, True),
    ]
