"""How nano's tasks are measured: tried on models whose figures are known beforehand."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence

import numpy as np
import pytest

from training.nano import facts, rewrites, skills, yesno
from training.nano.asking import Asker
from training.nano.chat import END, Turn, text_of
from training.nano.check import Check
from training.nano.skills import Question, questions

DRAWS = {
    "addition": skills.total("+"), "subtraction": skills.total("-"), "small": skills.total("+", 1),
    "fact": skills.fact(3), "no context": skills.fact(3, context=False),
    "stranger": skills.fact(2, stranger=True), "choice": skills.choice(4),
    "verdict": skills.verdict(), "rewrite": skills.rewrite(), "inverse": skills.inverse(),
}  # fmt: skip


class Scripted:
    """Writes the given texts, one byte a step; a row that has ended goes on with its end."""

    def __init__(self, texts: Sequence[str]) -> None:
        self._ids = [[*t.encode(), END] for t in texts]
        self._at = 0

    def logits(self) -> np.ndarray:
        logits = np.full((len(self._ids), 264), -1e9)
        for row, ids in enumerate(self._ids):
            logits[row, ids[min(self._at, len(ids) - 1)]] = 0.0
        return logits

    def push(self, tokens: np.ndarray) -> None:
        self._at += 1


def knowing(asked: Sequence[Question], wrong: int = 0) -> skills.Start:
    """A model that knows the answers, and writes them in a box, but for the first ``wrong``."""
    answers = {q.text: q.answer for q in asked}
    missed = {q.text for q in asked[:wrong]}

    def start(prompts: Sequence[Sequence[int]]) -> skills.Stepper:
        texts = [text_of(list(p)[1:]) for p in prompts]
        return Scripted([f"so \\boxed{{{0 if t in missed else answers[t]}}}" for t in texts])

    return start


def saying(answers: dict[str, str]) -> Asker:
    return lambda prompts: [answers[turns[-1].text] for turns in prompts]


@pytest.mark.parametrize("name", DRAWS)
def test_questions_are_fresh_repeatable_and_answered(name: str) -> None:
    draw = DRAWS[name]
    found = questions(draw, "x", n=50)
    assert found == questions(draw, "x", n=50) != questions(draw, "y", n=50)
    assert all(q.answer and q.text for q in questions(draw, "x", "held-out", 50))


def test_sums_are_of_the_digits_and_sign_that_a_name_says() -> None:
    texts = [q.text for q in questions(skills.total("-"), "x", n=100)]
    numbers = [[int(n) for n in re.findall(r"\d+", t)] for t in texts]
    assert all(len(n) == 2 and min(n) >= 10 for n in numbers)
    small = [q.answer for q in questions(skills.total("+", 1), "x", n=100)]
    assert max(map(int, small)) <= 9 + 99


def test_an_answer_without_context_is_the_same_but_untold() -> None:
    for q in questions(skills.fact(3, context=False), "x", n=50):
        assert q.answer not in q.text and q.answer != facts.UNKNOWN


def test_exact_wants_the_answer_alone() -> None:
    asked = [Question("a?", "x"), Question("b?", "y")]
    assert skills.exact(saying({"a?": "x", "b?": "It is y."}), asked) == 0.5
    assert skills.alone(asked[:1]) == [[Turn("user", "a?")]]


@pytest.mark.parametrize(
    ("text", "number"),
    [("4+4=8, \\boxed{85}", "85"), ("\\boxed{1} no, \\boxed{2}", "2"), ("85", ""), ("", "")],
)
def test_the_last_box_counts(text: str, number: str) -> None:
    assert skills.boxed(text) == number
    assert skills.worked_out(saying({"a?": text}), [Question("a?", "85")]) == (number == "85")


def test_a_vote_of_a_sure_model_is_as_right_as_one_sample() -> None:
    asked = questions(skills.total("+"), "x", n=40)
    asked = list({q.text: q for q in asked}.values())
    found = skills.vote(knowing(asked, wrong=10), asked)
    assert found.one == found.majority == pytest.approx(1 - 10 / len(asked))


def test_a_vote_is_right_where_errors_are_scattered() -> None:
    asked = [Question("a?", "7")]
    rng = random.Random(1)

    def start(prompts: Sequence[Sequence[int]]) -> skills.Stepper:
        wrong = rng.random() < 0.4
        return Scripted([f"\\boxed{{{rng.randint(10, 99) if wrong else 7}}}" for _ in prompts])

    found = skills.vote(start, asked)
    assert found.one < 0.9 and found.majority == 1.0


def test_the_likeliest_label_is_chosen() -> None:
    asked = [Question("a?", "B"), Question("b?", "C")]

    def start(prompts: Sequence[Sequence[int]]) -> skills.Stepper:
        return Scripted(["B" for _ in prompts])

    assert skills.likeliest(start, asked, facts.LETTERS) == 0.5


def test_every_kind_has_its_row() -> None:
    assert {c.kind for c in (yesno.KINDS[k](random.Random(1)) for k in yesno.KINDS)} == set(
        yesno.ASKED
    )
    assert set(rewrites.REWRITES) == set(rewrites.TOLD) == set(rewrites.JAPANESE)


def test_a_check_says_whether_its_bound_holds() -> None:
    assert Check("x", 0.5, 0.4, True).holds and not Check("x", 0.5, 0.4, False).holds
    assert Check("x", 0.5, 0.4, False).line() == "FAILS  0.500  <= 0.4    x"
