"""The referee of twenty questions: the rules, the recorded game of the contest, bad players."""

from __future__ import annotations

import json
import random
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.games.players import TIME, Time, drawing, named, never
from tesuji.games.keywords import matches
from tesuji.games.match import Seat, play_match
from tesuji.games.observation import Observation, Player
from tesuji.games.referee import Clock, Secret, play
from tesuji.games.rules import is_right, read_answer

FOX = Secret("Fox", "things", ("vixen",))


@pytest.mark.parametrize(
    ("guess", "right"),
    [
        ("air conditioner", True),
        ("THE AIR-CONDITIONERS!", True),
        ("airconditioneres", True),
        ("air conditioning", True),
        ("Air condition", False),
        ("conditioner air", False),
        ("", False),
        ("s", False),
    ],
)
def test_guesses_are_matched_as_the_contest_does(guess: str, right: bool) -> None:
    assert is_right(guess, "Air Conditioner", ("Air Conditioning",)) is right


@given(st.text(max_size=30), st.text(max_size=30))
def test_being_the_same_word_has_no_order(a: str, b: str) -> None:
    assert matches(a, b) == matches(b, a)
    assert matches(a, a)


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("yes", "yes"),
        ("No, yes", "yes"),
        ("Yesterday?", "yes"),
        ("not sure", "no"),
        ("I don't know", "no"),
        ("maybe", None),
        ("はい", None),
        ("", None),
    ],
)
def test_yes_is_looked_for_before_no(text: str, answer: str | None) -> None:
    assert read_answer(text) == answer


def test_turns_go_round_and_each_sees_what_it_may() -> None:
    seen: list[Observation] = []

    def watched(player: Player) -> Player:
        return lambda observation: (seen.append(observation), player(observation))[1]

    played = play(FOX, watched(named("early")), watched(never))
    assert played.round == 3 and played.points == 18 and played.solved
    assert [o.turn for o in seen] == ["ask", "answer", "guess"] * 3
    for o in seen:
        hidden = o.turn != "answer"
        assert (o.keyword, o.category) == (("", "") if hidden else ("Fox", "things"))
    assert seen[-1] == Observation("guess", ("Is it?",) * 3, ("no",) * 3, ("-",) * 2)
    assert played.guesses == ("-", "-", "foxes")


def test_twenty_rounds_and_no_more() -> None:
    played = play(FOX, never, never)
    assert len(played.guesses) == 20 and not played.solved and played.points == 0
    assert play(FOX, named("late"), never).points == 1
    assert play(FOX, named("late"), never, rounds=19).points == 0


def test_questions_and_guesses_are_cut() -> None:
    played = play(FOX, named("long"), never)
    assert len(played.questions[1]) == 750 and len(played.guesses[1]) == 100


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("none", "said nothing"),
        ("silent", "said nothing"),
        ("number", "int, not text"),
        ("raises", "ValueError: not today"),
        ("far too slow", "too long"),
    ],
)
def test_a_player_that_fails_is_named(name: str, words: str) -> None:
    for at, role in enumerate(("guesser", "answerer")):
        clock = Clock(TIME.now)
        pair = [never, never]
        pair[at] = named(name)
        played = play(FOX, pair[0], pair[1], clock=clock)
        assert played.blame == role and words in (played.why or "")
        assert len(played.guesses) == 3 and not played.solved


def test_an_answer_that_says_neither_loses() -> None:
    played = play(FOX, never, named("maybe"))
    assert played.blame == "answerer" and "neither yes nor no: 'maybe'" in (played.why or "")


def test_a_question_that_is_the_keyword_ends_the_game() -> None:
    played = play(FOX, named("asks it"), never)
    assert played.blame == "guesser" and "breaks down" in (played.why or "")


def test_overage_is_used_up_little_by_little() -> None:
    # 110 s a move are 50 over: after six moves nothing of 300 is left
    played = play(FOX, named("slow"), never, clock=Clock(TIME.now))
    assert played.blame == "guesser" and played.why == "it took too long"
    assert len(played.guesses) == 18  # from the 16th round on it has moved six times
    assert play(FOX, named("slow"), never, clock=Clock(TIME.now, overage=1e9)).why is None
    assert play(FOX, named("far too slow"), never).why is None  # no clock, no limit


def test_the_recorded_game_of_the_contest(shared: Path) -> None:
    """The recorded actions give the recorded states, times and rewards, letter by letter."""
    text = (shared / "data" / "twenty_questions_replay.json").read_text(encoding="utf-8")
    record = json.loads(text)
    last = record["steps"][-1][0]["observation"]
    clock, steps = Time(), record["steps"]

    def player(at: int) -> Player:
        def says(seen: Observation) -> Any:
            step = 3 * len(seen.guesses) + {"ask": 0, "answer": 1, "guess": 2}[seen.turn]
            left = [steps[s][at]["observation"]["remainingOverageTime"] for s in (step, step + 1)]
            clock.seconds += 60 + left[0] - left[1] if left[0] > left[1] else 0
            return steps[step + 1][at]["action"]

        return says

    seen: list[list[dict[str, Any]]] = []

    def watch(seats: tuple[Seat, ...], step: int) -> None:
        seen.append([seat.as_contest(None if at else step) for at, seat in enumerate(seats)])

    match = play_match(
        Secret(last["keyword"], last["category"]), (player(0), player(1)), (player(2), player(3)),
        clock=Clock(clock.now), watch=watch,
    )  # fmt: skip
    assert list(match.rewards) == record["rewards"]
    assert list(match.statuses) == record["statuses"]
    assert len(seen) == len(steps) == 61
    for at, (ours, theirs) in enumerate(zip(seen, steps, strict=True)):
        for a, b in zip(ours, theirs, strict=True):
            left = b["observation"]["remainingOverageTime"]
            assert a["observation"].pop("remainingOverageTime") == pytest.approx(left)
            del b["observation"]["remainingOverageTime"]
            assert a == b, at


def test_thousands_of_games_a_second() -> None:
    """CPU time of the referee alone, with players that cost nothing; generous for slow machines."""
    draw = random.Random(0)
    players = [drawing(str(draw.random())) for _ in range(2)]
    said = {"ask": "Is it?", "guess": "-", "answer": "no"}
    start, games = time.process_time(), 1000
    for _ in range(games):
        play(FOX, lambda seen: said[seen.turn], lambda seen: said[seen.turn])
    per_second = games / (time.process_time() - start)
    assert per_second > 1000, f"{per_second:,.0f} games of twenty rounds a second"
    assert play(FOX, players[0], players[1]) == play(FOX, players[0], players[1])
