"""The belief: learns keyword and partner together, and is never sure."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tesuji.games.belief import (
    FIELD,
    NATURAL_PARTNERS,
    Belief,
    Channel,
    Partner,
    entropy,
    erring,
    gains,
)  # fmt: skip
from tesuji.games.choice import cut_gains, natural_gains, truths
from tesuji.games.table import QuestionTable, as_cells


def uniform(count: int) -> np.ndarray:
    return np.ones(count) / count


def random_table(keywords: int, questions: int, seed: int, *, soft: bool = False) -> QuestionTable:
    rng = np.random.default_rng(seed)
    p = rng.random((questions, keywords))
    names = tuple(f"k{i}" for i in range(keywords)), tuple(f"q{i}" for i in range(questions))
    return QuestionTable(*names, as_cells(p if soft else np.round(p)))


@settings(max_examples=40, deadline=None)
@given(st.lists(st.booleans(), max_size=30), st.integers(0, 3))
def test_it_stays_a_probability_and_no_answer_rules_anything_out(
    said: list[bool], channel: int
) -> None:
    belief = Belief(uniform(5), FIELD)
    for yes in said:
        belief.answered(Channel(channel), np.array([1.0, 1, 0, 0, 0.5, 0.5]), yes)
    assert belief.weights.sum() == pytest.approx(1)
    assert (belief.keywords > 0).all()


def test_it_is_bayes_rule() -> None:
    belief = Belief(np.array([0.5, 0.5]), (Partner("x", 1, (erring(0.1),) * 4),), unlisted=1e-9)
    belief.answered(Channel.NATURAL, np.array([1.0, 0.0, 0.5]), True)
    assert belief.keywords[0, :2] == pytest.approx([0.9, 0.1], abs=1e-6)
    belief.answered(Channel.NATURAL, np.array([1.0, 0.0, 0.5]), False)
    assert belief.keywords[0, :2] == pytest.approx([0.5, 0.5], abs=1e-6)


@pytest.mark.parametrize("rate", [0.0, 0.1, 0.3])
def test_the_error_rate_is_learnt(rate: float) -> None:
    rng = np.random.default_rng(1)
    belief = Belief(uniform(2), NATURAL_PARTNERS)
    belief.ruled_out(1)  # so the keyword is known
    for _ in range(300):
        belief.answered(Channel.NATURAL, np.array([1.0, 0, 0.5]), bool(rng.random() >= rate))
    errors = np.array([partner.answers[0][0] for partner in NATURAL_PARTNERS])
    assert float(belief.of_partners[0] @ errors) == pytest.approx(rate, abs=0.05)


def test_a_liar_and_one_who_always_says_no_are_found_out() -> None:
    rng = np.random.default_rng(0)
    liar, silent = Belief(uniform(64)), Belief(uniform(64))
    for _ in range(60):
        true = np.append(np.round(rng.random(64)), 0.5)
        liar.answered(Channel.NATURAL, true, not true[7])
        silent.answered(Channel.NATURAL, true, False)
    assert liar.keywords[0].argmax() == 7
    names = [partner.name for partner in FIELD]
    assert names[int(silent.of_partners[0].argmax())] == "says no"


def test_when_everything_was_guessed_it_is_none_of_the_list() -> None:
    belief = Belief(uniform(2), unlisted=0.0)
    belief.ruled_out(0)
    belief.ruled_out(1)
    assert belief.keywords[0].tolist() == pytest.approx([0, 0, 1])


@settings(max_examples=25, deadline=None)
@given(st.integers(1, 12), st.integers(1, 6), st.integers(0, 1000))
def test_the_gain_is_the_mutual_information(keywords: int, questions: int, seed: int) -> None:
    """Against the sum over keywords and partners written out, for tables of yes and no."""
    table = random_table(keywords, questions, seed)
    belief = Belief(uniform(keywords), NATURAL_PARTNERS)
    truth = truths(table, table.keywords, uniform(keywords))
    belief.answered(Channel.NATURAL, truth.of(0), True)
    found = natural_gains(belief, truth)[0]
    error = np.array([p.answers[0][0] for p in NATURAL_PARTNERS])
    for question in range(questions):
        p = truth.of(question)
        joint = belief.weights[0] * (error[:, None] + (1 - 2 * error[:, None]) * p)
        yes = joint.sum(0) / belief.keywords[0]
        listed = belief.keywords[0, :-1]
        exact = entropy(joint.sum()) - float(listed @ entropy(yes[:-1])) - float(
            belief.keywords[0, -1] * entropy(yes[-1:])[0]
        )  # fmt: skip
        assert found[question] == pytest.approx(max(0.0, exact), abs=2e-3)


def test_weighing_some_keywords_only_is_near_weighing_all() -> None:
    table = random_table(400, 50, 3, soft=True)
    belief = Belief(np.random.default_rng(0).random(400) ** 4, NATURAL_PARTNERS)
    truth = truths(table, table.keywords, belief.prior[:-1])
    everything = natural_gains(belief, truth)[0]
    some = natural_gains(belief, truth, widest=200)[0]
    assert np.corrcoef(everything, some)[0, 1] > 0.95


def test_the_best_cut_halves_the_mass_and_not_the_words() -> None:
    prior = np.array([0.5, 0.1, 0.1, 0.1, 0.1, 0.1])
    belief = Belief(prior, (Partner("x", 1, (erring(0.001),) * 4),), unlisted=1e-6)
    before = np.concatenate([[0], np.cumsum(prior)[:-1]])
    assert cut_gains(belief, np.arange(6), before)[0].argmax() == 1


def test_many_games_are_what_each_is_alone() -> None:
    table = random_table(20, 10, 5)
    truth = truths(table, table.keywords, uniform(20))
    both, one = Belief(uniform(20), games=2), Belief(uniform(20))
    both.answered(Channel.NATURAL, truth.of(3), np.array([True, False]))
    one.answered(Channel.NATURAL, truth.of(3), False)
    assert both.weights[1] == pytest.approx(one.weights[0])
    assert natural_gains(both, truth)[1] == pytest.approx(natural_gains(one, truth)[0], abs=1e-5)
    assert gains(both, Channel.NATURAL).sure.shape == (2, 21)
