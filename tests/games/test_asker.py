"""The asker in whole games, with partners that speak the protocol, err, lie or say nothing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from tesuji.games import protocol
from tesuji.games.asker import ROUNDS, Asker
from tesuji.games.keywords import KeywordList, keyword_list, matches, read_keywords
from tesuji.games.lexicon import built_in, lexicon_table
from tesuji.games.observation import Observation
from tesuji.games.simulate import UNSOLVED, Flips, play
from tesuji.games.table import CERTAIN, QuestionTable

Partner = Callable[[str, str], bool]


def sure(table: QuestionTable) -> QuestionTable:
    cells = np.where(table.cells > CERTAIN // 2, CERTAIN, 0).astype(np.uint8)
    return QuestionTable(table.keywords, table.questions, cells)


@pytest.fixture(scope="module")
def things() -> KeywordList:
    whole = built_in("things", 3000)
    return keyword_list(whole.words[::25])


@pytest.fixture(scope="module")
def table(things: KeywordList) -> QuestionTable:
    return sure(lexicon_table(things.words))


def speaker(keyword: str, question: str) -> bool:
    judge = protocol.rule(question)
    return protocol.is_handshake(question) or (judge is not None and judge(keyword))


def played(asker: Asker, partner: Partner, keyword: str) -> Observation:
    """A game to its end, as the asker saw it."""
    seen = Observation("ask")
    for _ in range(ROUNDS):
        questions = (*seen.questions, asker(seen))
        answers = (*seen.answers, "yes" if partner(keyword, questions[-1]) else "no")
        guesses = (*seen.guesses, asker(Observation("guess", questions, answers, seen.guesses)))
        seen = Observation("ask", questions, answers, guesses)
        if matches(guesses[-1], keyword):
            break
    return seen


def rounds(asker: Asker, partner: Partner, keyword: str) -> int:
    seen = played(asker, partner, keyword)
    return len(seen.guesses) if matches(seen.guesses[-1], keyword) else ROUNDS + 1


def test_by_the_protocol_all_keywords_are_found_near_the_bound(shared: Path) -> None:
    keywords = read_keywords(shared / "data" / "twenty_questions_keywords.json")
    keywords = keyword_list(keywords.words)
    asker = Asker(keywords)
    found = [rounds(asker, speaker, word) for word in keywords.words[::4]]
    assert max(found) <= 12
    assert np.mean(found) <= 9.2


def test_the_handshake_comes_first_and_then_the_alphabet(things: KeywordList) -> None:
    seen = played(Asker(things, letters=False), speaker, things.words[-1])
    assert protocol.is_handshake(seen.questions[0])
    assert all(protocol.pivot(question) for question in seen.questions[1:])
    assert len(set(seen.guesses)) == len(seen.guesses)


def test_a_keyword_in_the_other_number_is_found() -> None:
    words = keyword_list(["mask", "masking tape", "masque", "mast", "mass", "marsh", "mat", "map"])
    assert rounds(Asker(words, letters=False), speaker, "masks") <= 8


def test_with_a_keyword_that_no_list_has_the_game_goes_on(things: KeywordList) -> None:
    for word in ("zzyzx road", "Ärmelkanal", "猫カフェ", ""):
        seen = played(Asker(things), speaker, word)
        assert len(seen.questions) == ROUNDS or matches(seen.guesses[-1], word)
        assert all(seen.questions) and all(seen.guesses)


@pytest.mark.parametrize(("errs", "least"), [(0.0, 1.0), (0.1, 0.9), (0.2, 0.65)])
def test_without_the_protocol_it_asks_about_the_world(
    things: KeywordList, table: QuestionTable, errs: float, least: float
) -> None:
    luck = np.random.default_rng(2)
    row = {text: i for i, text in enumerate(table.questions)}

    def partner(keyword: str, question: str) -> bool:
        if question not in row:
            return False
        truth = table.cells[row[question], table.keywords.index(keyword)] > CERTAIN // 2
        return bool(truth != (luck.random() < errs))

    asker = Asker(things, table)
    found = np.array([rounds(asker, partner, word) for word in things.words[::4]])
    assert (found <= ROUNDS).mean() >= least


def test_a_partner_that_shakes_hands_and_lies_about_the_alphabet_is_left(
    things: KeywordList, table: QuestionTable
) -> None:
    luck = np.random.default_rng(0)
    row = {text: i for i, text in enumerate(table.questions)}

    def partner(keyword: str, question: str) -> bool:
        if question in row:
            column = table.keywords.index(keyword)
            return bool(table.cells[row[question], column] > CERTAIN // 2)
        return protocol.is_handshake(question) or bool(luck.random() < 0.5)

    asker = Asker(things, table)
    games = [played(asker, partner, word) for word in things.words[::10]]
    late = [question for seen in games for question in seen.questions[12:]]
    assert np.mean([protocol.pivot(question) is None for question in late]) > 0.8
    solved = [matches(s.guesses[-1], w) for s, w in zip(games, things.words[::10], strict=True)]
    assert np.mean(solved) > 0.5


def test_a_liar_tells_as_much_as_an_honest_partner(things: KeywordList) -> None:
    def partner(keyword: str, question: str) -> bool:
        return protocol.is_handshake(question) or not speaker(keyword, question)

    asker = Asker(things)
    found = [rounds(asker, partner, word) for word in things.words[::10]]
    assert np.mean(np.array(found) <= ROUNDS) > 0.9


@pytest.mark.parametrize("said", [True, False])
def test_a_partner_that_says_one_thing_only_costs_no_guess(
    things: KeywordList, table: QuestionTable, said: bool
) -> None:
    seen = played(Asker(things, table), lambda *_: said, "not in any list")
    assert len(set(seen.guesses)) == ROUNDS


def test_any_round_can_be_started_from_the_observation(
    things: KeywordList, table: QuestionTable
) -> None:
    asker = Asker(things, table)
    seen = played(asker, speaker, things.words[17])
    for cut in range(len(seen.questions)):
        before = Observation("ask", seen.questions[:cut], seen.answers[:cut], seen.guesses[:cut])
        assert Asker(things, table)(before) == seen.questions[cut]
        after = Observation(
            "guess", seen.questions[: cut + 1], seen.answers[: cut + 1], seen.guesses[:cut]
        )
        assert Asker(things, table)(after) == seen.guesses[cut]


def test_strange_observations_are_survived(things: KeywordList, table: QuestionTable) -> None:
    questions = ("", "?" * 750, 'Does the keyword precede "" in alphabetical order?', "猫?")
    strange = Observation("guess", questions, ("maybe", "", "YES!", "no"), ("", "x" * 100, "猫"))
    assert Asker(things, table)(strange) in things.words
    assert Asker(keyword_list(["one"]))(Observation("guess")) == "one"
    lone = Asker(keyword_list(["one"]), protocol=False, letters=False)
    assert lone(Observation("ask", (), (), ())).endswith("?")
    assert lone(Observation("guess", ("a?",), ("no",), ("one",))) == "one"


@pytest.mark.parametrize(
    ("rate", "least", "fixed"),
    [(0.0, 1.0, True), (0.05, 0.97, True), (0.1, 0.9, True), (0.2, 0.7, True), (0.2, 0.7, False)],
)
def test_simulated_games_with_noise(
    table: QuestionTable, rate: float, least: float, fixed: bool
) -> None:
    found = play(table, np.arange(len(table.keywords)), Flips(rate, fixed), seed=1)
    assert (found != UNSOLVED).mean() >= least
    again = play(table, np.arange(len(table.keywords)), Flips(rate, fixed), seed=1)
    assert (found == again).all()
