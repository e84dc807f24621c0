"""Votes that weigh: by log-probability, by a reward model, less for tiny and copied numbers."""

from __future__ import annotations

import asyncio
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tesuji.errors import InputError, RequestFailedError
from tesuji.flows import FLOWS, Draft, further_model, needs
from tesuji.flows.weights import numbers_in, read_rating
from tesuji.models.base import Output, Request, TokenLogprob
from tesuji.task.formats import make_format
from tesuji.task.sample import Message, Sample

SAMPLE = Sample("s", {"problem": "There are 120 people, 3/4 of them tall.", "n": "1,500"})


class Draws:
    """An `ask` that says (answer, probability of its one token) by index; rates by a table."""

    messages = (Message("user", SAMPLE.fields["problem"]),)
    worth, width, hurry = 1.0, 99, False
    format = make_format("integer", {})

    def __init__(self, *draws: tuple[int | None, float], rates: dict[int, Any] | None = None):
        self.draws, self.rates = draws, rates or {}
        self.asked: list[dict[str, Any]] = []
        self.steps = 0

    async def __call__(self, *, index: int = 0, model: str | None = None, **more: Any) -> Draft:
        self.asked.append({"index": index, "model": model, **more})
        if model is None:
            answer, chance = self.draws[index]
            text, tokens = str(answer), (TokenLogprob("x", math.log(chance)),)
        else:
            question = more["messages"][0].content
            answer, tokens = None, ()
            text = self.rates[int(question.split("solution:\n")[1].split("\n")[0])]
            if isinstance(text, Exception):
                raise text
        logprobs = tokens if more.get("logprobs") is not None else None
        output = Output(text, "stop", logprobs=logprobs)
        return Draft(Request(self.messages, index=index), output, b"", text, answer)

    def step(self, draft: Draft) -> None:
        self.steps += 1


def play(draws: Draws, **options: Any) -> Any:
    n = options.pop("n", len(draws.draws))
    return asyncio.run(FLOWS["vote"](SAMPLE, draws, n=n, **options)).answer  # type: ignore[arg-type, union-attr]


def test_likely_draws_count_more() -> None:
    draws = Draws((41, 0.3), (41, 0.3), (42, 0.9))
    assert play(draws) == 41
    assert play(draws, weigh="logprob") == 42
    assert draws.asked[-1]["logprobs"] == 1
    assert needs(FLOWS["vote"], {"weigh": "logprob"}) == ("generate", "logprobs")


def test_a_reward_model_is_asked_once_a_draw() -> None:
    draws = Draws((41, 1.0), (41, 1.0), (42, 1.0), rates={41: "0.2", 42: "I'd say 90%"})
    assert play(draws, weigh="reward") == 42
    asked = [ask for ask in draws.asked if ask["model"]]
    assert len(asked) == draws.steps == 3
    assert asked[0]["model"] == further_model(FLOWS["vote"], {"weigh": "reward"}) == "reward"
    assert "120 people" in asked[0]["messages"][0].content
    broken = Draws((41, 1.0), (42, 1.0), rates={41: "0.4", 42: RequestFailedError("500")})
    assert play(broken, weigh="reward") == 42  # what is not known counts a half


def test_tiny_and_copied_numbers_count_less() -> None:
    assert numbers_in(SAMPLE) == {120, 0.75, 1500}
    draws = Draws((7, 1.0), (7, 1.0), (42, 1.0))
    assert play(draws) == 7
    assert play(draws, small=0.4) == 42
    assert play(Draws((120, 1.0), (120, 1.0), (42, 1.0)), copied=0.4) == 42
    assert play(Draws((120, 1.0), (120, 1.0), (42, 1.0)), small=0.4) == 120
    assert play(Draws((7, 1.0), (7, 1.0)), small=0.0) == 7  # for want of another
    assert play(Draws((None, 1.0), (7, 1.0)), small=0.0) == 7


def test_a_weighted_vote_ends_when_it_is_settled_for_certain() -> None:
    draws = Draws(*[(7, 1.0)] * 4, *[(42, 1.0)] * 4)
    assert play(draws, stop=1) == 7
    few = Draws(*[(7, 1.0)] * 4, *[(42, 1.0)] * 4)
    assert play(few, stop=1, small=0.4) == 42  # four votes of .4 against four of 1
    assert len(few.asked) == 7


def test_agreement_ends_a_vote() -> None:
    draws = Draws(*[(7, 1.0), (42, 1.0)] * 4)
    assert play(draws, agree=2) == 7
    assert len(draws.asked) == 3  # two, then one more
    with pytest.raises(InputError, match="agree is 0"):
        play(draws, agree=0)


@pytest.mark.parametrize(
    ("text", "value"),
    [("0.9", 0.9), ("85 %", 0.85), ("1", 1.0), ("-3", 0.0), ("1e9", 1.0), ("", 0.5), ("よい", 0.5)],
)
def test_ratings_are_read(text: str, value: float) -> None:
    assert read_rating(text) == pytest.approx(value)


@given(st.lists(st.tuples(st.integers(0, 3), st.floats(0.01, 1.0)), min_size=1, max_size=12))
def test_weighing_all_alike_is_plain_voting(draws: list[tuple[int, float]]) -> None:
    """And stopping for certain never changes what the whole vote says."""
    alike = [(answer, 1.0) for answer, _ in draws]
    assert play(Draws(*alike), weigh="logprob") == play(Draws(*alike))
    whole, settled = play(Draws(*draws), weigh="logprob"), Draws(*draws)
    if len({answer for answer, _ in draws}) < 3:
        assert play(settled, weigh="logprob", stop=1) == whole
