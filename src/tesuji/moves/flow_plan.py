"""A flow that might be tried; and those for answers that are numbers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from tesuji.flows.running import lacking
from tesuji.moves.move import Evidence
from tesuji.task.rules import base_format

_NUMBERS = ("integer", "number", "boxed")
_MOST = 16  # draws of a vote that ends when it is settled
_STOP = 0.95  # sure enough: 1.3 points at most are lost for 57 % of the draws (docs/experiments.md)
_SETTLED = 0.43  # of the draws are made on average
_TURNS = 2.5  # requests of an attempt with code
_ATTEMPTS = 4  # with code
_HALF = 0.5  # what a vote for a suspicious number counts


@dataclass(frozen=True, slots=True)
class Plan:
    """A flow that might be tried: with which options and models, how many times the requests of
    asking once it takes, and why it is left out, if it is. `clocked`: it ends with the clock, so
    that no limit of seconds is too short for it."""

    flow: str
    options: Mapping[str, Any]
    factor: float
    why: str
    models: Mapping[str, str] = field(default_factory=dict)
    out: str | None = None
    clocked: bool = False

    @property
    def label(self) -> str:
        """A short name for entries: `vote8`, `cascade-margin`, `code4`."""
        options = self.options
        text = self.flow
        if self.flow in ("vote", "code") and options.get("n", 1) > 1:
            text += str(options["n"])
        if self.flow == "cascade" and "margin" in options:
            text += "-margin"
        if self.flow == "vote":
            text += "-settled" if "stop" in options else ""
            text += f"-{options['weigh']}" if "weigh" in options else ""
            text += "-wary" if "small" in options else ""
        return text


def is_number(evidence: Evidence) -> bool:
    """Whether answers are numbers, as far as the format tells."""
    return base_format(evidence.task.format).name in _NUMBERS


def number_plans(
    evidence: Evidence, n: int, temperature: float, out: str | None, flows: tuple[str, ...]
) -> Iterator[Plan]:
    """Votes that end when they are settled, votes wary of some numbers, and code.

    `n` draws have the votes that are weighed, and `out` is why no vote is worth a try.
    """
    if not is_number(evidence):
        return
    warm = {"temperature": temperature}
    yield Plan(
        "vote", {"n": _MOST, **warm, "stop": _STOP}, _SETTLED * _MOST,
        f"up to {_MOST} draws, fewer where it is settled", out=out, clocked=True,
    )  # fmt: skip
    yield Plan(
        "vote", {"n": n, **warm, "small": _HALF, "copied": _HALF}, n,
        "numbers below 10 and copied ones count half", out=out,
    )  # fmt: skip
    if flows and "code" not in flows:
        return
    gone = lacking()
    yield Plan("code", {}, _TURNS, "Python works the number out", out=gone)
    yield Plan(
        "code", {"n": _ATTEMPTS, "stop": _STOP}, 0.7 * _ATTEMPTS * _TURNS,
        f"up to {_ATTEMPTS} attempts with Python and a vote", out=gone, clocked=True,
    )  # fmt: skip


def weighed_plans(
    n: int, temperature: float, weigh: tuple[str, ...], reward: str | None, out: str | None
) -> Iterator[Plan]:
    """Votes weighed by log-probability, or by what a reward model says, where that is asked for."""
    warm = {"n": n, "temperature": temperature}
    if "logprob" in weigh:
        yield Plan("vote", {**warm, "weigh": "logprob"}, n, "likely draws count more", out=out)
    if reward is not None:
        yield Plan("vote", {**warm, "weigh": "reward"}, 2 * n, "draws count what the reward model "
                   "says", {"reward": reward}, out=out)  # fmt: skip
