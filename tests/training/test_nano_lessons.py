"""The lessons of nano's later editions: every answer is right, by another way of finding it."""

from __future__ import annotations

import random
import re
import subprocess
import sys
from collections import Counter

import pytest

from training.nano import arithmetic, facts, rewrites, yesno
from training.nano.arithmetic import Sum, slipped, worked
from training.nano.chat import Turn, encode
from training.nano.curriculum import EDITIONS
from training.nano.lessons import LESSONS, draw
from training.nano.wordings import held_out
from training.nano.words import people, sentence

SUMS = [Sum(a, "+", b) for a in range(100) for b in range(100)]
SUMS += [Sum(a, "-", b) for a in range(100) for b in range(a + 1)]


def asked(lesson: str, count: int = 300) -> list[list[Turn]]:
    rng = random.Random(lesson)
    return [LESSONS[lesson](rng, "train") for _ in range(count)]


def steps_of(text: str) -> list[tuple[str, int]]:
    """The equations of a worked form."""
    return [(left, int(right)) for left, right in re.findall(r"([\d+-]+)=(-?\d+)", text)]


@pytest.mark.parametrize("name", LESSONS)
def test_a_lesson_fits_the_context_and_teaches(name: str) -> None:
    for turns in asked(name):
        found = encode(turns)
        assert len(found.ids) <= 512 and any(found.learn)
        assert turns[-1].role == "assistant"


@pytest.mark.parametrize("name", LESSONS)
def test_the_same_seed_gives_the_same_lesson(name: str) -> None:
    assert asked(name, 20) == asked(name, 20)


def test_the_seed_is_enough_in_another_process() -> None:
    code = (
        "import random; from training.nano.lessons import LESSONS; rng = random.Random(3);"
        "print([f(rng, 'train') for f in LESSONS.values() for _ in range(5)])"
    )
    runs = {
        subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True,
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": ":".join(sys.path)},
        ).stdout
        for seed in ("1", "2")
    }  # fmt: skip
    assert len(runs) == 1


def test_every_sum_is_worked_right() -> None:
    for item in SUMS:
        text = worked(item)
        assert text.startswith(f"{item.a}{item.sign}{item.b}: ")
        assert all(eval(left) == right for left, right in steps_of(text)), text
        box = re.fullmatch(r".*, \\boxed\{(\d+)\}", text)
        assert box and int(box[1]) == eval(f"{item.a}{item.sign}{item.b}"), text


def test_a_slip_is_one_wrong_step_carried_on_to_the_end() -> None:
    rng, wrong = random.Random(1), Counter[int]()
    for item in rng.sample(SUMS, 2000):
        text = slipped(rng, item)
        errs = [eval(left) != right for left, right in steps_of(text)]
        assert sum(errs) == 1
        wrong[errs.index(True)] += 1
        ones, tens = (right for _, right in steps_of(text))
        assert text.endswith(f"\\boxed{{{tens * 10 + ones % 10}}}")
        assert f"\\boxed{{{item.result}}}" not in text
    assert min(wrong[0], wrong[1]) > 500


def test_bare_sums_have_no_slips_and_others_have_about_their_share() -> None:
    def shares(lesson: str) -> float:
        texts = [t.text for turns in asked(lesson) for t in turns if t.role == "assistant"]
        return sum(any(eval(a) != b for a, b in steps_of(t)) for t in texts) / len(texts)

    assert shares("sums, bare") == 0
    assert shares("sums") == pytest.approx(arithmetic.SLIPS, abs=0.06)


def test_differences_are_not_negative_and_sizes_vary() -> None:
    rng = random.Random(1)
    drawn = [arithmetic.draw(rng) for _ in range(2000)]
    assert all(min(i.a, i.b) >= 0 and max(i.a, i.b) <= 99 and i.result >= 0 for i in drawn)
    assert any(i.a < 10 for i in drawn) and any(i.b < 10 for i in drawn)


def test_answers_from_facts_are_those_of_their_entity() -> None:
    """Found again in the text: the entity asked for, and the words after it in the facts."""
    strangers = 0
    for turns in asked("read", 500):
        told = turns[0].text
        if not told.isascii():
            continue
        for question, answer in zip(turns[::2], turns[1::2], strict=True):
            asked_of = question.text
            if question is turns[0]:
                asked_of = next(p for p in re.split(r"(?<=[.?\n:]) ?|\n", told) if "?" in p
                                or re.match("Name|Tell", p))  # fmt: skip
            found = [
                (e, v)
                for e, v in re.findall(r"\b([A-Z]\w+) (?:has|owns|likes|eats|lives|is|wears)"
                                       r"(?: an?| in| from| number)? (\w+)\.", told)
                if re.search(rf"\b{e}\b", asked_of)
            ]  # fmt: skip
            strangers += not found
            assert answer.text == (found[0][1] if found else facts.UNKNOWN), turns
    assert strangers > 20


@pytest.mark.parametrize("lesson", ["bridge", "choose"])
def test_a_letter_stands_before_the_value_of_its_entity(lesson: str) -> None:
    rng = random.Random(2)
    for _ in range(200):
        context = facts.draw(rng)
        entity = rng.choice(list(context.facts))
        values = facts.options(rng, context, entity)
        assert len(set(values)) == 5 and context.facts[entity] in values
        assert set(values) >= set(context.facts.values())
    for turns in asked(lesson):
        assert all(t.text in facts.LETTERS for t in turns if t.role == "assistant")


def test_letters_are_as_likely_as_each_other() -> None:
    letters = Counter(turns[1].text for turns in asked("choose", 1000))
    assert set(letters) == set("ABCDE") and min(letters.values()) > 140


def test_without_a_context_nothing_is_known() -> None:
    assert {t.text for turns in asked("nothing") for t in turns if t.role == "assistant"} == {
        facts.UNKNOWN
    }


@pytest.mark.parametrize("kind", yesno.KINDS)
def test_claims_are_judged_right_and_half_of_them_hold(kind: str) -> None:
    rng = random.Random(1)
    claims = [yesno.KINDS[kind](rng) for _ in range(1000)]
    judge = {
        "order": lambda x, y: ord(x) - ord(y) < 0,
        "first": lambda x, y: x.startswith(y),
        "member": lambda x, y: re.search(rf"\b{x}\b", y) is not None,
        "length": lambda x, y: sum(1 for _ in x) == int(y),
        "longer": lambda x, y: len(x) > len(y),
    }[kind]
    assert all(judge(c.x, c.y) == (c.answer == "Yes") for c in claims)
    assert 0.4 < sum(c.holds for c in claims) / len(claims) < 0.65


@pytest.mark.parametrize(
    ("name", "written"),
    [("upper case", "YOU SEES MY OLD CAT"), ("title case", "You Sees My Old Cat"),
     ("exclamation", "you sees my old cat!"), ("without vowels", "y ss my ld ct"),
     ("word order", "cat old my sees you"), ("dashes", "you-sees-my-old-cat"),
     ("polite", "Excuse me, you sees my old cat, please."),
     ("pirate", "Arr! ye sees me old cat, matey!")],
)  # fmt: skip
def test_rewrites_are_right(name: str, written: str) -> None:
    assert rewrites.REWRITES[name]("you sees my old cat") == written


def test_only_one_rewrite_makes_what_is_to_be_named() -> None:
    rng = random.Random(1)
    for text in (sentence(rng) for _ in range(500)):
        made = [rewrite(text) for rewrite in rewrites.REWRITES.values()]
        assert len({*made, text}) == len(made) + 1


def wordings_drawn(lesson: str, rng: random.Random) -> str:
    """A wording as training draws it: ``{x}`` is filled with ``{x}`` again."""
    if lesson == "sums":
        text = arithmetic.question(rng, Sum(47, "+", 38), "train", 0.0)
        return re.sub(r"(the sum of )?47 ?(\+|plus|and) ?38", "{x}", text)
    if lesson == "yes or no":
        kind = rng.choice(list(yesno.KINDS))
        return yesno.question(rng, yesno.Claim(kind, "{x}", "{y}", True), "train", 0.0)
    name = rng.choice(list(rewrites.REWRITES))
    if lesson == "rewrites":
        return rewrites.question(rng, name, "{x}", "train", 0.0)
    return rewrites.which(rng, "exclamation", "{x}", "train", 0.0).replace("{x}!", "{y}")


@pytest.mark.parametrize("lesson", ["sums", "yes or no", "rewrites", "inverse"])
def test_held_out_wordings_never_occur_in_training(lesson: str) -> None:
    rng = random.Random(1)
    drawn = {wordings_drawn(lesson, rng) for _ in range(5000)}
    every = {
        "sums": arithmetic.ASKED,
        "yes or no": [w for k in yesno.KINDS for w in yesno.wordings(k)],
        "rewrites": [w for n in rewrites.REWRITES for w in rewrites.wordings(n)],
        "inverse": rewrites.WHICH,
    }[lesson]
    assert drawn == {w for w in every if not held_out(w)}
    assert any(held_out(w) for w in every)


def test_names_differ() -> None:
    rng = random.Random(1)
    assert all(len(set(people(rng, 6))) == 6 for _ in range(200))


def test_the_curriculum_names_lessons_and_examines_what_it_teaches() -> None:
    for stages in EDITIONS.values():
        for stage in stages:
            assert set(stage.lessons) <= set(LESSONS)
            assert set(stage.gates) <= set(stage.lessons)
        assert "strings" in stages[-1].lessons
    rng = random.Random(1)
    assert draw(rng, {"nothing": 1.0})[1].text == facts.UNKNOWN
