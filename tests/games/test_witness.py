"""The referee beside the contest's own environment: same players, same game, to the letter."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import pytest

from tests.games.players import TIME, named
from tesuji.games.match import Match, MatchBrokenError, Seat, play_match
from tesuji.games.referee import Clock, Secret, play

Witness = Callable[..., Any]
FOX = Secret("Fox", "things", ("vixen",))
ODD = (
    "early", "late", "other name", "long", "silent", "none", "number", "list", "maybe", "raises",
    "guesses nothing", "guesses badly", "slow", "too slow", "far too slow", "asks it",
)  # fmt: skip


def games() -> list[tuple[Secret, tuple[str, ...]]]:
    """Each odd player in each of two seats against good ones, then all sorts drawn by a seed."""
    found: list[tuple[Secret, tuple[str, ...]]] = []
    for name in ODD:
        found.append((FOX, (name, "never", "never", "never")))
        found.append((FOX, ("a", "never", "b", name)))
    draw = random.Random(3)
    for at in range(20):
        seats = tuple(draw.choice((*ODD, "never", str(at), str(at + 1))) for _ in range(4))
        found.append((FOX, seats))
    found.append((Secret("The Eiffel-Tower", "place"), ("a", "b", "c", "d")))
    found.append((Secret("寿司", "things", ("すし", "sushi")), ("e", "f", "g", "h")))
    return found


def here(secret: Secret, names: tuple[str, ...]) -> tuple[Match, list[list[dict[str, Any]]]]:
    """A game before this project's referee, recorded as the contest records it."""
    steps: list[list[dict[str, Any]]] = []

    def watch(seats: tuple[Seat, ...], step: int) -> None:
        steps.append([seat.as_contest(None if at else step) for at, seat in enumerate(seats)])

    guesser, answerer, *others = (named(name) for name in names)
    match = play_match(
        secret, (guesser, answerer), (others[0], others[1]), clock=Clock(TIME.now), watch=watch
    )
    return match, steps


@pytest.fixture(scope="module")
def seen(witness: Witness) -> list[dict[str, Any]]:
    """All the games as the environment played them."""
    return witness(
        [
            {"keyword": s.keyword, "category": s.category, "alts": s.alts, "agents": names}
            for s, names in games()
        ]
    )  # type: ignore[no-any-return]


def test_the_referee_does_what_the_contests_environment_does(seen: list[dict[str, Any]]) -> None:
    broken = 0
    for (secret, names), theirs in zip(games(), seen, strict=True):
        if "broken" in theirs:
            with pytest.raises(MatchBrokenError):
                here(secret, names)
            broken += 1
            continue
        match, steps = here(secret, names)
        assert list(match.rewards) == theirs["rewards"], names
        assert list(match.statuses) == theirs["statuses"], names
        assert steps == theirs["steps"], names
    assert 0 < broken < len(seen) / 4


def test_one_pair_alone_plays_as_it_does_in_a_match(seen: list[dict[str, Any]]) -> None:
    for (secret, names), theirs in zip(games(), seen, strict=True):
        if names[2:] != ("never", "never") or "broken" in theirs:
            continue
        alone = play(secret, named(names[0]), named(names[1]), clock=Clock(TIME.now))
        guesser = theirs["steps"][-1][0]["observation"]
        assert list(alone.questions) == guesser["questions"], names
        assert list(alone.guesses) == guesser["guesses"], names
        if alone.why is None:
            assert theirs["rewards"][0] == (alone.points if alone.solved else -1), names
            assert list(alone.answers) == guesser["answers"], names
        else:
            at = {"guesser": 0, "answerer": 1}[alone.blame or "guesser"]
            assert theirs["rewards"][at] is None and theirs["rewards"][2:] == [1, 1], names
