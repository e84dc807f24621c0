"""What the planner says: advice on each move and step, and a plan of all of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from tesuji.moves.remarks import Remark
from tesuji.moves.situation import Situation

State: TypeAlias = Literal["now", "later", "done", "missing"]
"""now: worth a try · later: no reason yet, or it costs more than is left · done: tried on this very
best · missing: no command for it in this version."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What trying a move takes, by what a sample has cost so far: `usd` is None where the price is
    unknown, `seconds` at the pace of the best run."""

    requests: int = 0
    tokens: int = 0
    usd: float | None = 0.0
    seconds: float = 0.0

    @property
    def free(self) -> bool:
        """Whether nothing is sent."""
        return not self.requests


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a move: `how`, the gain of the challenger that came first, and the run it was
    tried on where another is the best now."""

    how: Literal["kept", "undone", "cut short", "looked", "dropped"]
    gain: float | None = None
    run: int | None = None

    def __str__(self) -> str:
        gain = "" if self.gain is None else f" {self.gain:+.3g}"
        if self.how == "undone":
            return f"kept{gain}, undone"
        return f"{self.how}{gain}" + ("" if self.run is None else f" on run {self.run}")


@dataclass(frozen=True, slots=True)
class Advice:
    """What the planner says of a move, or of a step (`step`) such as `run` or `predict`.

    `most` bounds the share of samples that it could set right, `expected` is what it is ordered by;
    `value` is that per cost. `tried` is what came of it when it was tried last.
    """

    move: str
    state: State
    why: str
    command: str = ""
    most: float = 0.0
    expected: float = 0.0
    evidence: str = ""
    cost: Cost = Cost()
    value: float = 0.0
    tried: Outcome | None = None
    step: bool = False

    @property
    def outcome(self) -> str:
        """`tried` in a few words."""
        return "" if self.tried is None else str(self.tried)


@dataclass(frozen=True, slots=True)
class Plan:
    """All advice, the best first, and remarks on the whole."""

    situation: Situation
    advice: tuple[Advice, ...]
    remarks: tuple[Remark, ...]

    @property
    def notes(self) -> tuple[str, ...]:
        """The remarks in words."""
        return tuple(map(str, self.remarks))

    @property
    def top(self) -> tuple[Advice, ...]:
        """What to do next: at most three, each with a command that there is."""
        return tuple(one for one in self.advice if one.state == "now")[:3]

    def of(self, move: str) -> Advice:
        """The advice on one move or step; KeyError where there is none."""
        return {one.move: one for one in self.advice}[move]
