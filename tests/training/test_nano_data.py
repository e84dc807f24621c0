"""The training data of nano: repeatable, and honest about what is held out."""

from __future__ import annotations

import random
import subprocess
import sys
from itertools import pairwise

import pytest

from training.nano.chat import END, encode, prompt_ids, text_of
from training.nano.curriculum import FIRST_EDITION, mix_at
from training.nano.tasks import Mix, Turn, answer_only, dialogue, solve, wording
from training.nano.wordings import ANSWER_ONLY, ASKING, held_out

MIX = mix_at(2700)


def conversations(seed: int, count: int = 300) -> list[list[Turn]]:
    rng = random.Random(seed)
    return [dialogue(rng, MIX) for _ in range(count)]


def test_same_seed_gives_the_same_conversations() -> None:
    assert conversations(3) == conversations(3)
    assert conversations(3) != conversations(4)


def test_the_seed_is_enough_in_another_process() -> None:
    """Hash randomisation (sets, ``hash``) must not leak into the data."""
    code = (
        "import random; from training.nano.tasks import dialogue;"
        "from training.nano.curriculum import mix_at; rng = random.Random(3);"
        "print([dialogue(rng, mix_at(400)) for _ in range(50)])"
    )
    runs = {
        subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True,
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": ":".join(sys.path)},
        ).stdout
        for seed in ("1", "2")
    }  # fmt: skip
    assert len(runs) == 1


@pytest.mark.parametrize("task", ASKING)
def test_held_out_wordings_never_occur_in_training(task: str) -> None:
    rng = random.Random(1)
    assert not any(held_out(wording(rng, task, "train")) for _ in range(2000))
    unseen = [w for w in ASKING[task] if held_out(w)]
    assert unseen or task == "lookup"


def test_held_out_answer_only_never_occurs_in_training() -> None:
    unseen = {w.rstrip(".!").lower() for w in ANSWER_ONLY if held_out(w)}
    seen = {w.rstrip(".!").lower() for w in ANSWER_ONLY if not held_out(w)}
    assert len(unseen) > 500 and len(seen) > 2500
    rng = random.Random(1)
    said = {answer_only(rng, "train").rstrip(".!").lower() for _ in range(20000)}
    said = {s.removeprefix("important: ").removeprefix("please ") for s in said}
    assert not said & (unseen - seen)


def test_no_answer_has_a_preamble_where_the_prompt_forbids_it() -> None:
    rng, forbidding = random.Random(5), 0
    for _ in range(2000):
        turns = dialogue(rng, Mix({"reverse": 1.0}, {6: 1.0}))
        before = " ".join(t.text for t in turns[:-1])
        if "Answer only." in before:
            forbidding += 1
            assert " " not in turns[-1].text
    assert forbidding > 50


def test_about_six_in_ten_plain_answers_have_a_preamble() -> None:
    rng = random.Random(6)
    plain = [d[-1].text for d in (dialogue(rng, MIX) for _ in range(8000))
             if len(d) == 2 and d[0].text.startswith("Reverse the string: ")
             and len(d[0].text.split()) == 4]  # fmt: skip
    assert len(plain) > 100
    assert 0.5 < sum(" " in text for text in plain) / len(plain) < 0.75


@pytest.mark.parametrize(
    ("task", "answer"),
    [("reverse", "cBa"), ("copy", "aBc"), ("upper", "ABC"), ("lower", "abc"), ("first", "a"),
     ("last", "c"), ("spell", "a-B-c")],
)  # fmt: skip
def test_answers_are_right(task: str, answer: str) -> None:
    assert solve(task, "aBc").answer == answer


def test_only_answers_are_learnt() -> None:
    turns = [Turn("user", "é"), Turn("assistant", "ok", learn=True)]
    found = encode(turns)
    learnt = [i for i, learn in zip(found.ids, found.learn, strict=True) if learn]
    assert learnt == [*b"ok", END]
    assert prompt_ids(turns[:1]) == list(found.ids[: -len(learnt)])


def test_text_stops_at_the_end_and_survives_broken_utf8() -> None:
    assert text_of([*"é".encode(), END, 65]) == "é"
    assert text_of([0xE3, 0x81]) == "\ufffd"


def test_the_curriculum_is_blended_not_switched() -> None:
    tasks = [mix_at(step).tasks for step in range(4000)]
    shares = [t["reverse"] / sum(t.values()) for t in tasks]
    assert max(abs(a - b) for a, b in pairwise(shares)) < 0.01
    assert mix_at(4000).lengths == FIRST_EDITION[-1].lengths
