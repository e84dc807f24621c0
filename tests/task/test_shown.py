"""Which examples are shown: the likest, as many of each answer, the same in every run."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import replace

import pytest

from tesuji.errors import ConfigError
from tesuji.run.entry import Entry, from_table, to_table
from tesuji.task.formats.text import TextFormat
from tesuji.task.inputs import Prepared
from tesuji.task.sample import Message, Sample
from tesuji.task.shown import preferred
from tesuji.task.template import PromptTemplate

FORMAT = TextFormat()
QUESTIONS = (
    "How far is the moon?", "When was the bridge built?", "How far is the sun?",
    "Who wrote the letter?", "橋はいつ建てられましたか。", "月までの距離は？",
)  # fmt: skip
POOL = tuple(Sample(str(n), {"question": q}, f"a{n}") for n, q in enumerate(QUESTIONS))
SIMILAR = PromptTemplate("Q: {question}", examples=2, pick="similar")


def asked(prompt: PromptTemplate, question: str, pool: tuple[Sample, ...] = POOL) -> list[Message]:
    return list(prompt.render(Sample("new", {"question": question}), pool, FORMAT))


def test_the_likest_questions_are_shown_the_likest_last() -> None:
    shown = [m.content for m in asked(SIMILAR, "How far is the moon from here?")]
    assert shown == ["Q: How far is the sun?", "a2", "Q: How far is the moon?", "a0",
                     "Q: How far is the moon from here?"]  # fmt: skip


def test_japanese_is_compared_without_word_boundaries() -> None:
    shown = [m.content for m in asked(SIMILAR, "橋はいつできましたか。")]
    assert shown[2:4] == ["Q: 橋はいつ建てられましたか。", "a4"]


def test_the_same_question_gives_nothing_away() -> None:
    shown = [m.content for m in asked(SIMILAR, "How far is the moon?")]
    assert "a0" not in shown and len(shown) == 5


def test_other_columns_are_not_compared() -> None:
    """Only what the prompt shows makes questions alike."""
    pool = (
        Sample("0", {"question": "red apples", "note": "the same note"}, "x"),
        Sample("1", {"question": "blue cars", "note": "another"}, "y"),
    )
    prompt = replace(SIMILAR, examples=1)
    sample = Sample("new", {"question": "blue cats", "note": "the same note"})
    assert prompt.render(sample, pool, FORMAT)[1].content == "y"


def test_balanced_shows_as_many_of_each_answer() -> None:
    pool = tuple(
        Sample(str(n), {"question": f"q{n}"}, "no" if n % 10 else "yes") for n in range(80)
    )
    prompt = PromptTemplate("{question}", examples=6, pick="balanced")
    orders = set()
    for n in range(20):
        messages = prompt.render(Sample(f"s{n}", {"question": f"new {n}"}), pool, FORMAT)
        answers = [m.content for m in messages if m.role == "assistant"]
        assert Counter(answers) == {"yes": 3, "no": 3}
        orders.add(tuple(answers))
    assert len(orders) > 3  # no label always stands last


def test_every_way_gives_every_position_once_and_again_the_same() -> None:
    sample = Sample("s", {"question": "How?"})
    for pick in ("random", "similar", "balanced"):
        first = list(preferred(pick, sample, POOL, ["question"], 3))  # type: ignore[arg-type]
        assert sorted(first) == list(range(len(POOL)))
        prepared = Prepared(POOL, ("nfkc",))
        assert list(preferred(pick, sample, prepared, ["question"], 3)) == first  # type: ignore[arg-type]
        assert list(preferred(pick, sample, (), ["question"], 3)) == []  # type: ignore[arg-type]


def test_a_large_pool_is_quick() -> None:
    pool = tuple(
        Sample(str(n), {"question": f"what is {n * 7919 % 10007} and {n}? " * 5}, str(n))
        for n in range(8_000)
    )
    prompt = replace(SIMILAR, examples=4)
    asked(prompt, "what", pool)  # the index is made once
    began = time.process_time()
    for n in range(20):
        prompt.render(Sample(f"x{n}", {"question": f"what is {n} and 5?"}), pool, FORMAT)
    assert (time.process_time() - began) / 20 < 0.05


def test_old_entries_keep_their_digests_and_new_ones_come_back() -> None:
    old = Entry("old", "nano", PromptTemplate("{question}", examples=2, seed=1))
    assert to_table(old)["prompt"] == {"user": "{question}", "examples": 2, "seed": 1}
    assert old.digest == "9f00b7b2286e4246"
    new = replace(old, prompt=replace(old.prompt, pick="similar"))
    assert new.digest != old.digest
    assert from_table(to_table(new), "old", "here") == new


def test_another_word_is_refused() -> None:
    with pytest.raises(ConfigError, match=r"'nearest'.*random, similar, balanced"):
        from_table({"model": "nano", "prompt": {"user": "x", "pick": "nearest"}}, "e", "here")
