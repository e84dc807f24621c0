"""How much of each lesson a model in training has learnt.

An answer is right if every byte of it, and its end, is the likeliest one after the right bytes
before it. Greedy decoding would then write just that answer, so one pass over a conversation
examines all its answers, without decoding anything.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import torch

from training.nano.chat import Turn, encode
from training.nano.lessons import LESSONS

if TYPE_CHECKING:
    from training.nano.model import Nano

COUNT = 24  # conversations an exam


def right(model: Nano, turns: Sequence[Turn]) -> list[bool]:
    """For each answer to be learnt: whether it would be given, were those before it right."""
    found, answers = encode(turns), list[bool]()
    with torch.no_grad():
        guesses = model.logits(model(torch.tensor([found.ids])))[0].argmax(-1).tolist()
    inside = False
    for place in range(1, len(found.ids)):
        if found.learn[place]:
            hit = guesses[place - 1] == found.ids[place]
            answers = [*answers[:-1], answers[-1] and hit] if inside else [*answers, hit]
        inside = found.learn[place]
    return answers


def exam(model: Nano, lesson: str, count: int = COUNT) -> float:
    """Share of right answers in fresh conversations; the same ones each time."""
    rng = random.Random(f"exam/{lesson}")
    marks = [m for _ in range(count) for m in right(model, LESSONS[lesson](rng, "train"))]
    return sum(marks) / len(marks)


def exams(model: Nano, lessons: Iterable[str]) -> dict[str, float]:
    return {lesson: round(exam(model, lesson), 3) for lesson in lessons}
