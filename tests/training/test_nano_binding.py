"""The scaffolds of nano's third edition: right answers, and hints where they belong."""

from __future__ import annotations

import random
import re
from collections import Counter

import pytest

from training.nano.chat import ASSISTANT, Turn, encode
from training.nano.facts import LETTERS, MARKS, listed, spots
from training.nano.lessons import LESSONS
from training.nano.words import WORDS


def asked(lesson: str, count: int = 200) -> list[list[Turn]]:
    rng = random.Random(f"binding/{lesson}")
    return [LESSONS[lesson](rng, "train") for _ in range(count)]


def answers(turns: list[Turn]) -> list[tuple[str, str, str]]:
    """Last word asked for, the answer, and its hint."""
    return [
        (question.text.split("\n")[-1].split(" ")[-1].rstrip("?"), answer.text, str(answer.hint))
        for question, answer in zip(turns[::2], turns[1::2], strict=True)
    ]


@pytest.mark.parametrize("lesson", ["hops", "chain"])
def test_a_letter_is_that_of_the_value_of_its_key(lesson: str) -> None:
    """Found again in the text: the key's value in the first part, its letter in the options."""
    for turns in asked(lesson):
        told = turns[0].text.rpartition("\n")[0]
        place = max(m.start() for m in re.finditer(r"\n\(?A", told))
        known, options = told[:place], told[place:]
        for key, letter, hint in answers(turns):
            if key != hint:
                assert re.search(rf"(^|[ \n,]){key}(=|: | |){hint}($|[ \n,])", known), turns
            assert re.search(rf"{letter}[).: ]*{hint}\b", options), turns


def test_shared_values_leave_nothing_to_tell_by_what_is_left_over() -> None:
    drawn = asked("chain")
    assert any(len({a for _, a, _ in answers(t)}) < len(answers(t)) for t in drawn)
    seconds = [key == hint for turns in drawn for key, _, hint in answers(turns)]
    assert 0.2 < sum(seconds) / len(seconds) < 0.4


@pytest.mark.parametrize("lesson", ["tagged", "half tagged"])
def test_tags_name_owners_and_are_learnt_alone(lesson: str) -> None:
    kinds = Counter[str]()
    for turns in asked(lesson):
        marks = turns[0].learn
        assert isinstance(marks, tuple) and len(marks) == len(turns[0].text.encode())
        tagged = "".join(c if m else "\0" for c, m in zip(turns[0].text, marks, strict=True))
        for tag in filter(None, tagged.split("\0")):
            kinds["filler" if tag == "-" else "owner"] += 1
            assert tag == "-" or turns[0].text.startswith(tag) or f"\n{tag}" in turns[0].text \
                or f" {tag}" in turns[0].text  # fmt: skip
        kinds["bare"] += not any(marks)
    assert min(kinds["filler"], kinds["owner"], kinds["bare"]) > 20


def test_facts_told_again_are_the_same_facts() -> None:
    for turns in asked("restate"):
        marks = turns[1].learn
        assert isinstance(marks, tuple)
        again = turns[1].text
        learnt = "".join(c if m else " " for c, m in zip(again, marks, strict=True)).split()
        names = re.findall(r"(?:^|\. )([A-Z]\w+)", again)
        for name, value in zip(names, learnt, strict=True):
            assert re.search(rf"\b{name} [^.]*\b{value}\.", turns[0].text), turns


def test_an_owner_has_what_was_asked_for() -> None:
    for turns in asked("owner"):
        for value, name, _ in answers(turns):
            assert re.search(rf"\b{name}\b[^.\n]*\b{value}\b", turns[0].text), turns


def test_short_claims_are_judged_right() -> None:
    yes = Counter[bool]()
    for turns in [*asked("same"), *asked("members")]:
        for question, answer in zip(turns[::2], turns[1::2], strict=True):
            before = re.fullmatch(r"(\w+) in (.*)\?", question.text)
            after = re.fullmatch(r"(.*): (\w+)\?", question.text)
            thing, listed = before.groups() if before else reversed(after.groups())  # type: ignore[union-attr]
            things = listed.split(", ") if ", " in listed or listed in WORDS else list(listed)
            assert (thing in things) == (answer.text == "Yes"), question
            yes[answer.text == "Yes"] += 1
    assert 0.45 < yes[True] / yes.total() < 0.55
    for turns in asked("counts", 20):
        assert all(int(a) == len(word) for word, a, _ in answers(turns))


@pytest.mark.parametrize("mark", MARKS)
def test_an_option_has_its_letter_where_its_value_begins(mark: str) -> None:
    values = ["cat", "dog", "owl", "fox", "hen"]
    text = f"日本 cat.\n{listed(values, mark)}\nWho?"
    found = spots(text, mark, values)
    raw = text.encode()
    assert len(found) == len(raw)
    places = [i for i, hint in enumerate(found) if hint >= 0]
    assert [chr(found[i]) for i in places] == list(LETTERS)
    assert [raw[i : i + 3].decode() for i in places] == values and raw.index(b"cat") not in places


def test_hints_stand_before_the_answers_that_need_them() -> None:
    for lesson in ("pairs", "recall", "bridge", "choose"):
        for turns in asked(lesson, 50):
            found = encode(turns)
            assert len(found.hints) == len(found.ids)
            hinted = [h for i, h in zip(found.ids, found.hints, strict=True) if i == ASSISTANT]
            assert hinted == [str(t.hint).encode()[0] for t in turns if t.role == "assistant"]
