"""`check` and `cascade` on scripted models: what they ask, what they answer, when they stop."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from tests.run.conftest import Play, Scripted, add, prompt
from tesuji.errors import CapabilityError, ConfigError, InputError, RequestFailedError
from tesuji.models.base import Output, Request, TokenLogprob
from tesuji.models.several import Several
from tesuji.run.budget import Budget
from tesuji.run.entry import Entry
from tesuji.task.sample import Message
from tesuji.task.task import load


def drafts(first: str, *later: str) -> Callable[[Request], str | Exception]:
    """Replies by round: the right answer stands for "…"."""

    def reply(request: Request) -> str | Exception:
        right = add(Request(request.messages[:1]))
        at = 0
        if len(request.messages) > 1:
            shown = request.messages[1].content
            at = (first, *later).index(
                "…" if shown == right else shown.replace("(nothing)", " ")
            ) + 1
        said = (first, *later)[at]
        return RequestFailedError("no") if said == "fails" else said.replace("…", right)

    return reply


@pytest.mark.parametrize(
    ("replies", "rounds", "score", "asked"),
    [
        (("0", "…"), 1, 1.0, 2),  # mended
        (("…", "…"), 3, 1.0, 2),  # agreed: no further round
        (("0", "-5", "…"), 2, 1.0, 3),
        (("…", "hm"), 2, 1.0, 2),  # nothing readable changes nothing
        (("…", "fails"), 1, 1.0, 2),
        (("…", "0"), 1, 0.0, 2),  # it may do harm
    ],
)
def test_check(
    play: Play, entry: Entry, replies: tuple[str, ...], rounds: int, score: float, asked: int
) -> None:
    model = Scripted(drafts(*replies))
    run = play(model, entry=replace(entry, flow="check", options={"rounds": rounds}))
    assert (run.score, run.errors, len(model.asked)) == (score, 0, 20 * asked)
    turns = [[m.role for m in request.messages] for request in model.asked if
             len(request.messages) == 3]  # fmt: skip
    assert turns[0] == ["user", "assistant", "user"]
    shown = next(r for r in model.asked if len(r.messages) == 3)
    assert shown.messages[1].content and "Check the reply" in shown.messages[2].content


def test_check_within_a_budget_answers_with_the_draft(play: Play, entry: Entry) -> None:
    model = Scripted(drafts("…", "0"))
    run = play(model, entry=replace(entry, flow="check"), budget=Budget(requests=25))
    assert (run.sent, run.answered, run.score) == (25, 20, 0.75)


def test_check_shows_an_empty_draft_as_nothing(play: Play, entry: Entry) -> None:
    model = Scripted(drafts(" ", "…"))
    assert play(model, entry=replace(entry, flow="check")).score == 1.0
    assert {r.messages[1].content for r in model.asked if len(r.messages) > 1} == {"(nothing)"}


def number(request: Request) -> int:
    """Which sample is asked about."""
    return int(prompt(request).split("+")[0])


class Both:
    """A cheap model that knows the first ten samples, and a strong one that knows all."""

    def __init__(self, play: Play, entry: Entry, cheap: Callable[[Request], str | Exception]):
        self.play, self.entry = play, replace(entry, models={"strong": "big"})
        self.cheap, self.strong = Scripted(cheap), Scripted(add)
        self.strong.uri = self.strong.identity = "big"

    def run(self, budget: Budget | None = None, **options: object):  # type: ignore[no-untyped-def]
        chosen = replace(self.entry, flow="cascade", options=options)
        model = Several(self.cheap, {"strong": self.strong})
        return self.play(model, entry=chosen, budget=budget)

    @property
    def escalated(self) -> list[int]:
        return sorted(number(request) for request in self.strong.asked)


def shy(request: Request) -> str:
    """Answers the first ten, and says nothing readable of the rest."""
    return add(request) if number(request) < 10 else "I wonder"


def wavering(request: Request) -> str:
    """Of four draws: all alike for the first ten; then the wrong one two, three … times."""
    n = number(request)
    same = n < 10 or request.index < 2 + n % 2
    return add(request) if n < 10 else ("7" if same else str(1000 + request.index))


def test_what_cannot_be_read_is_escalated(play: Play, entry: Entry) -> None:
    both = Both(play, entry, shy)
    run = both.run()
    assert run.score == 1.0 and both.escalated == list(range(10, 20))


def test_where_draws_disagree_is_escalated(play: Play, entry: Entry) -> None:
    both = Both(play, entry, wavering)
    run = both.run(n=4)
    assert run.score == 1.0 and both.escalated == list(range(10, 20))
    assert len(both.cheap.asked) == 80
    less = Both(play, entry, wavering)
    less.run(n=4, agree=0.75)
    assert less.escalated == []  # recorded: nothing is sent again


def test_agreement_may_be_less_than_all(play: Play, entry: Entry) -> None:
    both = Both(play, entry, wavering)
    both.run(n=4, agree=0.75)
    assert both.escalated == [10, 12, 14, 16, 18]  # two of four; the others have three


def test_no_more_than_the_share_goes_up_the_most_doubtful_first(play: Play, entry: Entry) -> None:
    both = Both(play, entry, wavering)
    run = both.run(n=4, share=0.2)
    assert both.escalated == [10, 12, 14, 16]
    assert run.score == 0.7 and run.state == "finished"
    assert both.run(n=4, share=0.2).sent == 0


@pytest.mark.parametrize("share", [0.0, 0.05, 0.5, 1.0])
def test_a_share_never_blocks_whatever_fails(play: Play, entry: Entry, share: float) -> None:
    def failing(request: Request) -> str | Exception:
        return RequestFailedError("no") if number(request) % 3 == 0 else wavering(request)

    both = Both(play, entry, failing)
    run = both.run(n=4, share=share)
    assert run.state == "finished" and run.errors == 7 and len(both.strong.asked) <= 20 * share


@pytest.mark.parametrize("requests", [5, 20, 40, 80, 85])
@pytest.mark.parametrize("share", [0.3, 1.0])
def test_budgets_leave_an_answer_everywhere(
    play: Play, entry: Entry, requests: int, share: float
) -> None:
    both = Both(play, entry, wavering)
    run = both.run(Budget(requests=requests), n=4, share=share)
    assert run.state == "finished" and run.sent == requests
    assert run.answered == min(20, requests) and run.answered + run.fallbacks == 20
    assert both.run(n=4, share=share).state == "finished"


def test_the_clock_ends_it_with_an_answer_everywhere(play: Play, entry: Entry) -> None:
    both = Both(play, entry, wavering)
    both.strong.seconds = 60.0
    run = both.run(Budget(seconds=1.0), n=4, share=0.3)
    assert run.state == "finished" and run.answered == 20 and run.seconds < 3


def test_log_probabilities_tell_the_doubt(play: Play, entry: Entry) -> None:
    both = Both(play, entry, add)

    async def generate(request: Request) -> Output:
        both.cheap.asked.append(request)
        n = number(request)
        tokens = (TokenLogprob("a", -0.01 * n), TokenLogprob("b", -0.03 * n))
        return Output(add(request), "stop", 1, 1, 0.0, tokens)

    both.cheap.generate = generate  # type: ignore[method-assign]
    with pytest.raises(CapabilityError, match="log-probabilities"):
        both.run(logprob=-0.3)
    both.cheap.capabilities = frozenset({"generate", "logprobs"})
    both.run(logprob=-0.3)
    assert both.escalated == [16, 17, 18, 19]  # a mean of -0.02 n
    assert both.cheap.asked[0].sampling.logprobs == 1


LABELS = """
name = "which"
metric = "accuracy"
model = "scripted"
[data]
train = "train.csv"
dev = "train.csv"
target = "label"
[answer]
format = "choice"
labels = ["yes", "no"]
[prompt]
user = "{n}"
"""


def test_a_margin_of_labels_tells_the_doubt(play: Play, tmp_path: Path) -> None:
    (tmp_path / "competition.toml").write_text(LABELS)
    rows = "".join(f"{n},no\n" for n in range(10))
    (tmp_path / "train.csv").write_text("n,label\n" + rows)
    labelled = load(tmp_path)
    cheap, strong = Scripted(lambda request: "unused"), Scripted(lambda request: "no")

    async def score(messages: tuple[Message, ...], choices: tuple[str, ...]) -> list[float]:
        n = int(messages[-1].content)
        return [0.0, -0.2 * n]  # "yes" is the surer, the higher n

    cheap.score = score  # type: ignore[method-assign, assignment]
    chosen = Entry("c", "scripted", labelled.template, flow="cascade", options={"margin": 0.5},
                   models={"strong": "big"})  # fmt: skip
    run = play(Several(cheap, {"strong": strong}), task=labelled, entry=chosen)
    assert sorted(int(prompt(r)) for r in strong.asked) == [0, 1, 2, 3, 4, 5]
    assert run.score == 0.6 and run.answered == 10


def test_a_strong_model_that_fails_leaves_the_cheap_answer(play: Play, entry: Entry) -> None:
    both = Both(play, entry, wavering)
    both.strong.reply = lambda request: RequestFailedError("down")
    run = both.run(n=4)
    assert (run.errors, run.answered, run.score) == (0, 20, 0.5)
    mute = Both(play, entry, shy)
    mute.strong.reply = lambda request: RequestFailedError("down")
    assert mute.run().errors == 10


def test_a_strong_model_that_says_nothing_leaves_the_cheap_answer(play: Play, entry: Entry) -> None:
    both = Both(play, entry, wavering)
    both.strong.reply = lambda request: "hm"
    assert both.run(n=4).score == 0.5


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"n": 0}, "n is 0"),
        ({"share": 2}, "share is 2; it must be from 0 to 1"),
        ({"n": 3, "logprob": -1.0}, "give one of"),
        ({"agree": 0.5}, "agree needs several draws"),
        ({"logprob": 0.5}, "it must be 0 or below"),
    ],
)
def test_options_that_cannot_be_are_said(
    play: Play, entry: Entry, options: dict[str, object], said: str
) -> None:
    both = Both(play, entry, add)
    both.cheap.capabilities = frozenset({"generate", "logprobs", "score"})
    with pytest.raises(InputError, match=said):
        both.run(**options)


def test_a_cascade_without_a_strong_model_is_said(play: Play, entry: Entry) -> None:
    with pytest.raises(ConfigError, match=r"add \[models\] strong = "):
        play(Scripted(add), entry=replace(entry, flow="cascade"))
    with pytest.raises(ConfigError, match="picks among labels"):
        Both(play, entry, add).run(margin=0.5)
