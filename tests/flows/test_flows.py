"""Flows: vote, retry, choose, by what they ask and what they answer."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from tesuji.errors import BudgetSpentError, ConfigError, InputError, RequestFailedError
from tesuji.flows import FLOWS, Draft, find_flow
from tesuji.flows.choose import softmax
from tesuji.models.base import Output, Request
from tesuji.task.formats import make_format
from tesuji.task.sample import Message, Sample

SAMPLE = Sample("s", {"q": "?"})


class Script:
    """An `ask` that answers from a list, by index."""

    messages = (Message("user", "?"),)
    worth, width, hurry = 1.0, 99, False

    def __init__(self, *answers: Any, format: str = "text", **options: Any) -> None:
        self.answers, self.calls = answers, []  # type: ignore[var-annotated]
        self.format = make_format(format, options)

    async def __call__(self, *, index: int = 0, **keywords: Any) -> Draft:
        self.calls.append((index, keywords))
        answer = self.answers[index]
        if isinstance(answer, Exception):
            raise answer
        text = str(answer)
        return Draft(Request(self.messages, index=index), Output(text, "stop"), b"", text, answer)

    async def score(self, choices: Sequence[str], **keywords: Any) -> list[float]:
        return [self.answers[0][choice] for choice in choices]


def play(flow: str, ask: Script, **options: Any) -> Any:
    result = asyncio.run(FLOWS[flow](SAMPLE, ask, **options))
    return result.answer if isinstance(result, Draft) else result


@pytest.mark.parametrize(
    ("answers", "winner"),
    [
        (["a", "b", "b"], "b"),
        (["a", "b"], "a"),  # a tie goes to the first
        ([None, None, "c"], "c"),  # no answer, no vote
        ([None, None], None),
        ([["x", "y"], ["y", "x"], ["y", "x"]], ["y", "x"]),  # answers that cannot be hashed
        ([RequestFailedError("500"), "b"], "b"),
        (["a", BudgetSpentError("over"), BudgetSpentError("over")], "a"),
    ],
)
def test_vote_takes_the_plurality(answers: list[Any], winner: Any) -> None:
    assert play("vote", Script(*answers), n=len(answers)) == winner


def test_vote_stops_once_its_winner_is_known() -> None:
    certain = Script("a", "a", "a", "b", "b")
    assert play("vote", certain, n=5, stop=1) == "a"
    assert [index for index, _ in certain.calls] == [0, 1, 2]
    open_race = Script("a", "b", "b", "a", "b")
    assert play("vote", open_race, n=5, stop=1) == "b"
    assert len(open_race.calls) == 5
    assert play("vote", Script(*"aaab" * 4), n=16, stop=0.95) == "a"
    narrow = Script("a", "a", "a")
    narrow.width = 1
    assert play("vote", narrow, n=3, stop=0.6) == "a"
    assert narrow.calls[0][1]["n"] == 1
    with pytest.raises(InputError, match=r"stop is 95; it must be from 0\.5 to 1"):
        play("vote", Script("a"), n=1, stop=95)


def test_vote_says_what_its_next_draw_is_worth() -> None:
    settled, open_race = Script(*"aaaaa"), Script(*"ababa")
    play("vote", settled, n=8, stop=0.95)
    with pytest.raises(IndexError):  # wants more than the script has
        play("vote", open_race, n=8, stop=1)
    assert settled.worth < open_race.worth < 1


def test_vote_fails_only_if_every_draw_did() -> None:
    with pytest.raises(RequestFailedError, match="first"):
        play("vote", Script(RequestFailedError("first"), RequestFailedError("second")), n=2)


def test_vote_hides_no_other_mistake() -> None:
    with pytest.raises(ZeroDivisionError):
        play("vote", Script("a", ZeroDivisionError()), n=2)


def test_retry_asks_again_only_where_nothing_was_parsed() -> None:
    happy = Script("a", "b")
    assert play("retry", happy) == "a"
    assert happy.calls == [(0, {})]
    second = Script(None, "b", "c")
    assert play("retry", second, tries=3, temperature=0.5) == "b"
    assert second.calls == [(0, {}), (1, {"temperature": 0.5})]
    assert play("retry", Script(None, None), tries=2) is None
    assert play("retry", Script(None, BudgetSpentError("over")), tries=2) is None


@pytest.mark.parametrize(("flow", "options"), [("retry", {"tries": 0}), ("vote", {"n": 0})])
def test_counts_are_at_least_one(flow: str, options: dict[str, int]) -> None:
    with pytest.raises(InputError, match="at least 1"):
        play(flow, Script("a"), **options)


def test_choose_takes_the_likeliest_label() -> None:
    scores = {"A": -3.0, "B": -1.0, "C": -2.0}
    labels = ["A", "B", "C"]
    assert play("choose", Script(scores, format="choice", labels=labels)) == "B"
    assert play("choose", Script(scores, format="choice", labels=labels, top=2)) == ["B", "C"]
    shares = play("choose", Script(scores, format="probabilities", labels=labels))
    assert sum(shares.values()) == pytest.approx(1)
    assert shares["B"] / shares["C"] == pytest.approx(2.718281828)


def test_choose_needs_labels() -> None:
    with pytest.raises(ConfigError, match="answer format 'text' has none"):
        play("choose", Script({}, format="text"))


def test_softmax_does_not_overflow() -> None:
    assert softmax([1000.0, 1000.0]) == [0.5, 0.5]
    assert softmax([-5000.0, 0.0]) == [0.0, 1.0]


def test_ones_own_flow_comes_first() -> None:
    async def vote(sample: Sample, ask: Callable[..., Any]) -> str:
        return "mine"

    assert find_flow("vote", {"vote": vote}) is vote
    assert find_flow("vote", {}) is FLOWS["vote"]
    with pytest.raises(ConfigError, match="there are: ask, cascade, check, choose, code, mine"):
        find_flow("other", {"mine": vote})
