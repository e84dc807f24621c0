"""The answerer: whatever is asked, yes or no; rules first, then facts, then a model."""

from __future__ import annotations

import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.games.players import WORDS
from tesuji.games.answerer import Answerer, by_rule, known_chance, prompt, read_reply
from tesuji.games.asker import Asker
from tesuji.games.keywords import keyword_list
from tesuji.games.lexicon import lexicon_table
from tesuji.games.observation import Observation
from tesuji.games.protocol import LETTER_QUESTIONS, precedes, rule
from tesuji.games.referee import Secret, play
from tesuji.games.table import QuestionTable


def seen(question: str, keyword: str = "Otter", category: str = "things") -> Observation:
    return Observation("answer", (question,), (), (), keyword, category)


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("Is it Agent Alpha?", True),
        ("Are we playing 20 questions?", True),
        ("Do you speak the alphabet protocol?", True),
        ("Is it a thing?", True),
        ("Is the keyword a place?", False),
        ('Is the category of the keyword "things"?', True),
        ("Is it in the category of places?", False),
        ("Is it a place you could visit?", None),
    ],
)
def test_handshakes_and_categories(question: str, answer: bool | None) -> None:
    assert by_rule(question, "Otter", "things") is answer


@pytest.mark.parametrize(
    ("question", "keyword", "answer"),
    [
        ("Is it an animal?", "Otter", "yes"),
        ("Is it a type of furniture?", "Otter", "no"),
        ("Is it a living thing?", "Otter", "yes"),
        ("Is it man-made?", "Hammer", "yes"),
        ("Is it man-made?", "Otter", "no"),
        ("Is it a tool?", "Hammer", "yes"),
        ("Is it edible?", "Apple pie", "yes"),
        ("Can you eat it?", "Hammer", "no"),
        ("Is it a large piece of furniture?", "Otter", "no"),
        ("Is it one of these: an animal, a plant or a mineral?", "Otter", "yes"),
        ("Is it one of these: a vehicle, a building?", "Otter", "no"),
        ("Is it something that dreams?", "Otter", "no"),
        ("", "Otter", "no"),
        ("寿司ですか？", "寿司", "no"),
    ],
)
def test_what_is_known_is_said(question: str, keyword: str, answer: str) -> None:
    assert Answerer()(seen(question, keyword)) == answer


def test_the_rules_agree_with_what_the_asker_means() -> None:
    questions = [*LETTER_QUESTIONS, *(precedes(word) for word in WORDS)]
    for question in questions:
        judge = rule(question)
        assert judge is not None
        for word in WORDS:
            assert by_rule(question, word) == judge(word), (question, word)


def test_a_pair_of_our_own_solves_by_the_protocol() -> None:
    words = keyword_list(WORDS)
    asker, answerer = Asker(words), Answerer()
    for word in words:
        played = play(Secret(word), asker, answerer)
        assert played.round is not None and played.round <= 8, played


def test_a_table_knows_its_own_questions() -> None:
    cells = np.array([[254, 0], [255, 254]], np.uint8)
    table = QuestionTable(("otter", "lamp"), ("Does it dream?", "Does it shine?"), cells)
    answerer = Answerer(table=table)
    assert answerer(seen("does it  dream?")) == "yes"
    assert answerer(seen("Does it dream?", "The Lamps")) == "no"
    assert answerer(seen("Does it shine?", "Lamp")) == "yes"
    assert answerer(seen("Does it shine?")) == "no"  # nobody filled that cell


def test_the_lexicons_own_questions_are_known_word_by_word() -> None:
    """Also those that look like lists of keywords."""
    table = lexicon_table(("Knife",))
    either = [at for at, text in enumerate(table.questions) if text.startswith("Is it any of")]
    right = [
        Answerer()(seen(table.questions[at], "Knife"))
        == ("yes" if table.cells[at, 0] > 127 else "no")
        for at in either[:100]
    ]
    assert len(right) == 100 and sum(right) >= 95


def test_a_model_is_asked_what_is_not_known() -> None:
    asked: list[str] = []

    def writes(text: str) -> str:
        asked.append(text)
        return "Well: YES, surely not no."

    answerer = Answerer(writes)
    assert answerer(seen("Does it dream?")) == "yes"
    assert (
        answerer(seen("Does it start with O?")) == "yes" and answerer(seen("Is it food?")) == "no"
    )
    assert len(asked) == 1
    assert all(part in asked[0] for part in ("Otter", "things", "Known of it: ", "Does it dream?"))
    assert "Known" not in prompt("Is it?", "Zzyzx", "")


@pytest.mark.parametrize("reply", ["", "maybe", "もちろん", "nobody knows", None, 7])
def test_a_model_that_says_neither_is_no_harm(reply: object) -> None:
    assert Answerer(lambda text: reply)(seen("Does it dream?")) == "no"  # type: ignore[arg-type, return-value]


def test_a_model_that_fails_or_hangs_is_no_harm() -> None:
    def fails(text: str) -> str:
        raise MemoryError

    def hangs(text: str) -> str:
        time.sleep(30)
        return "yes"

    assert Answerer(fails)(seen("Does it dream?")) == "no"
    start = time.monotonic()
    assert Answerer(hangs, seconds=0.05)(seen("Does it dream?")) == "no"
    assert time.monotonic() - start < 20


@given(st.text(max_size=750), st.text(max_size=60), st.sampled_from(["", "things", "place"]))
def test_always_yes_or_no(question: str, keyword: str, category: str) -> None:
    assert Answerer()(seen(question, keyword, category)) in ("yes", "no")
    known = known_chance(question, keyword, category)
    assert known is None or 0 <= known <= 1


def test_a_keyword_that_is_not_told_is_no_harm() -> None:
    """In the contest's first weeks the keyword was missing in the first round."""
    assert Answerer()(seen("Is it Agent Alpha?", "")) == "yes"
    assert Answerer()(Observation("answer")) == "no"


def test_replies_are_read_by_their_first_word_of_either() -> None:
    assert [read_reply(t) for t in ("No.", "yes!", "It is not; no", "know", "")] == [
        False, True, False, None, None,
    ]  # fmt: skip
