"""The contest's own game of twenty questions: two teams on one keyword, the faster one wins.

Step by step what the environment `llm_20_questions` (kaggle-environments 1.18.0, Apache-2.0) does,
its oddities included: a team that fails gives the other one a point, whatever that one just did.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from tesuji.games.observation import Observation, Player
from tesuji.games.referee import Clock, Role, Secret, TooSlowError, said_by, timed
from tesuji.games.rules import GUESS_CHARACTERS, QUESTION_CHARACTERS, ROUNDS, read_answer


@dataclass(slots=True)
class Seat:
    """One of the four players of the contest's game, with what it sees and has."""

    role: Role
    turn: Literal["ask", "guess", "answer"]
    status: str
    left: float
    reward: int | None = 0
    keyword: str = ""
    category: str = ""
    questions: list[str] = field(default_factory=list)
    answers: list[str] = field(default_factory=list)
    guesses: list[str] = field(default_factory=list)
    said: str | None = ""
    """Its last move, empty when it was not its turn; None where it failed to make one."""

    def observation(self) -> Observation:
        """What its player gets to see."""
        return Observation(
            self.turn, tuple(self.questions), tuple(self.answers), tuple(self.guesses),
            self.keyword, self.category,
        )  # fmt: skip

    def as_contest(self, step: int | None) -> dict[str, Any]:
        """Its state as the contest's records hold it; the step stands with the first seat alone."""
        seen = {
            "answers": list(self.answers), "category": self.category,
            "guesses": list(self.guesses), "keyword": self.keyword,
            "questions": list(self.questions), "remainingOverageTime": self.left,
            "role": self.role, "turnType": self.turn,
        }  # fmt: skip
        if step is not None:
            seen["step"] = step
        return {
            "action": self.said, "info": {}, "observation": seen, "reward": self.reward,
            "status": self.status,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Match:
    """The contest's game: rewards and statuses in the order guesser, answerer of either team."""

    rewards: tuple[int | None, ...]
    statuses: tuple[str, ...]
    seats: tuple[Seat, ...]
    steps: int


class MatchBrokenError(Exception):
    """A question that is the keyword, asked by one team alone: the environment raises there."""


Watch: TypeAlias = Callable[[tuple[Seat, ...], int], None]


def play_match(
    secret: Secret, first: tuple[Player, Player], second: tuple[Player, Player], *,
    clock: Clock | None = None, watch: Watch | None = None,
) -> Match:  # fmt: skip
    """Two teams, each (guesser, answerer), on one keyword, until one has guessed it.

    `watch` is called before the first and after every step. Raises MatchBrokenError where the
    contest's environment raises.
    """
    overage = clock.overage if clock else 300.0
    seats = tuple(
        seat
        for _ in range(2)
        for seat in (
            Seat("guesser", "ask", "ACTIVE", overage),
            Seat("answerer", "answer", "INACTIVE", overage),
        )
    )
    players = (*first, *second)
    step = 0
    while any(seat.status == "ACTIVE" for seat in seats):
        if watch:
            watch(seats, step)
        for seat, player in zip(seats, players, strict=True):
            _move(seat, player, clock)
        _judge(secret, seats, step)
        step += 1
    if watch:
        watch(seats, step)
    return Match(
        tuple(seat.reward for seat in seats), tuple(seat.status for seat in seats), seats, step
    )


def _move(seat: Seat, player: Player, clock: Clock | None) -> None:
    """Let a player move if it is its turn; what goes wrong becomes its status."""
    seat.said = ""
    if seat.status != "ACTIVE":
        return
    seen = seat.observation()
    if clock is None:
        said: object = said_by(player, seen)
    else:
        said, seat.left = timed(player, seen, clock, seat.left)
    seat.said = None
    if isinstance(said, TooSlowError):
        seat.status = "TIMEOUT"
    elif isinstance(said, BaseException):
        seat.status = "ERROR"
    elif said is not None and not isinstance(said, str):
        seat.status = "INVALID"
    else:
        seat.said = said or ""


def _judge(secret: Secret, seats: tuple[Seat, ...], step: int) -> None:
    """What follows from one step of both teams; the order is the environment's own."""
    pairs = [_pair(seats[at], seats[at + 1]) for at in (0, 2)]
    if any(seat.status == "DONE" for pair in pairs for seat in pair):
        raise MatchBrokenError(f"step {step}: one team has ended its game, the other has not")
    results = [_acted(secret, *pair, step) for pair in pairs]
    faults = [bad or active.status in ("TIMEOUT", "ERROR") for (active, _), (_, bad) in
              zip(pairs, results, strict=True)]  # fmt: skip
    for at, (active, inactive) in enumerate(pairs):
        # the second team's fault is seen by the first one only if it spoke badly just now
        other = results[1 - at][1]
        if faults[at]:
            _end(secret, active, -1, active.status)
            _end(secret, inactive, 1, "DONE")
        elif other:
            _end(secret, active, 1, "DONE")
            _end(secret, inactive, 1, "DONE")
        else:
            _next_turn(secret, active, inactive, step, results[at][0])
    guessed = [result[0] for result in results]
    if guessed[0] != guessed[1]:
        for seat in pairs[1 if guessed[0] else 0]:
            _end(secret, seat, 0, "DONE")
    for seat in seats:
        if seat.status in ("ERROR", "INVALID", "TIMEOUT"):
            seat.reward = None


def _pair(guesser: Seat, answerer: Seat) -> tuple[Seat, Seat]:
    """(active, inactive). Where the guesser has just failed, both are the answerer."""
    return (
        guesser if guesser.status == "ACTIVE" else answerer,
        guesser if guesser.status == "INACTIVE" else answerer,
    )


def _acted(secret: Secret, active: Seat, inactive: Seat, step: int) -> tuple[bool, bool]:
    """(guessed, failed) by the active player's move."""
    if active.role == "answerer":
        return False, _answered(secret, active, inactive)
    inactive.keyword, inactive.category = secret.keyword, secret.category
    if not active.said:
        active.status = "ERROR"
        return False, True
    said = active.said
    if active.turn == "ask":
        for seat in (active, inactive):
            seat.questions.append(said[:QUESTION_CHARACTERS])
    elif active.turn == "guess":
        for seat in (active, inactive):
            seat.guesses.append(said[:GUESS_CHARACTERS])
    guessed = secret.is_named_by(said)
    if guessed:
        for seat in (active, inactive):
            _end(secret, seat, ROUNDS - step // 3, "DONE")
    return guessed, False


def _answered(secret: Secret, active: Seat, inactive: Seat) -> bool:
    """Take an answer down; whether it ends the game."""
    active.keyword, active.category = secret.keyword, secret.category
    answer = read_answer(active.said or "")
    if answer is None:
        _end(secret, active, -1, "ERROR")
        _end(secret, inactive, 1, "DONE")
    for seat in (active, inactive):
        seat.answers.append(answer or ("maybe" if active.said else "none"))
    return answer is None


def _end(secret: Secret, seat: Seat, reward: int, status: str) -> None:
    seat.keyword, seat.category = secret.keyword, secret.category
    seat.reward, seat.status = reward, status


def _next_turn(secret: Secret, active: Seat, inactive: Seat, step: int, guessed: bool) -> None:
    if step == 3 * ROUNDS - 1 and not guessed:
        _end(secret, active, -1, "DONE")
        _end(secret, inactive, -1, "DONE")
    elif active.turn == "guess":
        active.turn = "ask"
    else:
        if active.turn == "ask":
            active.turn = "guess"
        active.status, inactive.status = "INACTIVE", "ACTIVE"
