"""What a run may spend, and how much of it is left."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from tesuji.errors import BudgetSpentError, ConfigError


@dataclass(frozen=True, slots=True)
class Budget:
    """Limits of a whole run; None means no limit. `usd` needs a model whose price is known.

    `one_at_a_time`: a sample is begun when the one before has its answer, in random order, and
    gets its share of the seconds (`tesuji.run.shares`).
    """

    seconds: float | None = None
    requests: int | None = None
    tokens: int | None = None
    usd: float | None = None
    one_at_a_time: bool | None = None

    def __post_init__(self) -> None:
        for name in ("seconds", "requests", "tokens", "usd"):
            value = getattr(self, name)
            if value is not None and not value > 0:
                raise ConfigError(f"the limit {name} is {value}; it must be above 0")

    @property
    def limited(self) -> bool:
        """Whether a run may have to end before all is done."""
        return replace(self, one_at_a_time=None) != Budget()

    @property
    def countable(self) -> bool:
        """Whether what one request takes is lacking for another, however many are sent at once."""
        return (self.requests, self.tokens, self.usd) != (None, None, None)


def make_budget(limits: Mapping[str, Any]) -> Budget:
    """A budget from a task's limits, with what is None left out."""
    return Budget(**{name: value for name, value in limits.items() if value is not None})


def grace(seconds: float) -> float:
    """How exactly a limit of so many seconds is kept: 2 %, or 5 s where that is more."""
    return max(5.0, 0.02 * seconds)


@dataclass(slots=True)
class Meter:
    """Counts what a run spends. `clock` gives seconds; a test may bring its own.

    `price` turns (tokens in, tokens out) into US dollars, None where the price is unknown; `prices`
    does for the entry's further models, by name.
    `begun` counts the samples of which a first output came, `reserve` are seconds that
    must be left when the last request has come. `until` is when, in the run's seconds, the time of
    the one sample at hand is over, `enough` when it is over once the sample has an answer.
    """

    budget: Budget = field(default_factory=Budget)
    price: Callable[[int, int], float | None] = lambda tokens_in, tokens_out: None
    clock: Callable[[], float] = time.monotonic
    prices: Mapping[str, Callable[[int, int], float | None]] = field(default_factory=dict)
    sent: int = 0
    cached: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    usd: float | None = None
    begun: int = 0
    halted: str | None = None
    reserve: float = 0.0
    until: float | None = None
    enough: float | None = None
    started: float = field(init=False)
    _others: dict[str, tuple[int, int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.started = self.clock()
        self.usd = self.price(0, 0)
        if None in (price(0, 0) for price in self.prices.values()) and self.budget.usd is not None:
            self.usd = None
        if self.budget.usd is not None and self.usd is None:
            raise ConfigError(
                "the limit usd cannot be kept: the model's price is unknown; give it in "
                '[prices], as "URI" = { input = USD, output = USD } per million tokens'
            )

    @property
    def seconds(self) -> float:
        """Seconds since the run began."""
        return self.clock() - self.started

    def seconds_left(self) -> float | None:
        """Seconds that are left for requests; None where there is no limit."""
        if self.budget.seconds is None:
            return None
        end = self.budget.seconds - self.reserve
        return (end if self.until is None else min(end, self.until)) - self.seconds

    def halt(self, reason: str) -> None:
        """Send nothing more: what is in flight ends, the rest goes without."""
        self.halted = self.halted or reason

    def spent(self) -> str | None:
        """Why nothing more may be sent, or None."""
        budget = self.budget
        if self.halted:
            return self.halted
        if budget.seconds is not None and (self.seconds_left() or 0.0) <= 0:
            return self._time_is_over()
        if budget.requests is not None and self.sent >= budget.requests:
            return f"the {budget.requests} requests are spent"
        if budget.tokens is not None and self.tokens_in + self.tokens_out >= budget.tokens:
            return f"the {budget.tokens} tokens are spent"
        if budget.usd is not None and (self.usd or 0.0) >= budget.usd:
            return f"the {budget.usd:g} US dollars are spent"
        return None

    def rung(self) -> str:
        """Why nothing more may be sent once a timer for the end has rung, be it a hair early."""
        return self.spent() or self._time_is_over()

    def _time_is_over(self) -> str:
        seconds = self.budget.seconds or 0.0
        if self.until is not None and self.until < seconds - self.reserve:
            return f"the sample's share of the {seconds:g} seconds is over"
        return f"the {self.budget.seconds or 0.0:g} seconds are over"

    def take(self) -> None:
        """Count one request as sent; BudgetSpentError if nothing more may be."""
        reason = self.spent()
        if reason is not None:
            raise BudgetSpentError(reason)
        self.sent += 1

    def give_back(self) -> None:
        """Uncount a request that was not sent after all."""
        self.sent -= 1

    def retake(self) -> None:
        """`take` once more: a request that was taken, and had to wait since, is to be sent now."""
        self.give_back()
        self.take()

    def pay(self, tokens_in: int, tokens_out: int, model: str | None = None) -> None:
        """Count the tokens of an output that came, from the entry's own model or a further one."""
        self.tokens_in += tokens_in
        self.tokens_out += tokens_out
        if model is not None:
            before = self._others.get(model, (0, 0))
            self._others[model] = before[0] + tokens_in, before[1] + tokens_out
        self.usd = self._usd()

    def _usd(self) -> float | None:
        own_in = self.tokens_in - sum(tokens for tokens, _ in self._others.values())
        own_out = self.tokens_out - sum(tokens for _, tokens in self._others.values())
        usd = self.price(own_in, own_out)
        for model, tokens in self._others.items():
            more = self.prices[model](*tokens) if model in self.prices else None
            usd = None if usd is None or more is None else usd + more
        return usd
