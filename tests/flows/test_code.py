"""The flow `code`: what is run, what goes back to the model, what counts as the answer.

The conversations are written down here; the sandbox is the real one.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest

from tesuji.errors import BudgetSpentError, InputError, RequestFailedError, TesujiError
from tesuji.flows import FLOWS, Draft
from tesuji.flows.code import FINISH, WORDS
from tesuji.flows.code_blocks import STOPS, cut, first_step, last_line
from tesuji.flows.running import lacking
from tesuji.models.base import Output, Request
from tesuji.sandbox import Outcome
from tesuji.task.formats import make_format
from tesuji.task.sample import Message, Sample

SAMPLE = Sample("s", {"problem": "What is $6 \\cdot 7$?"})
PROMPT = (Message("system", "You are careful."), Message("user", "What is 6*7?"))

needs_sandbox = pytest.mark.skipif(lacking() is not None, reason=f"{lacking()}")


class Talk:
    """An `ask` that says its lines, one a call, by attempt (the request's index)."""

    messages = PROMPT
    worth, width, hurry = 1.0, 99, False

    def __init__(self, *lines: Any, format: str = "integer", finish: str = "stop", **by: Any):
        self.format = make_format(format, by.pop("options", {}))
        self.lines = {0: list(lines)} | {int(at[1:]): list(said) for at, said in by.items()}
        self.finish = finish
        self.asked: list[tuple[Message, ...]] = []
        self.keywords: list[dict[str, Any]] = []
        self.steps: list[Draft] = []

    async def __call__(self, *, index: int = 0, messages: Sequence[Message], **more: Any) -> Draft:
        self.asked.append(tuple(messages))
        self.keywords.append({"index": index, **more})
        line = self.lines[index].pop(0)
        if isinstance(line, Exception):
            raise line
        request = Request(tuple(messages), index=index)
        return Draft(request, Output(line, self.finish), b"", line, self.format.parse(line))

    def step(self, draft: Draft) -> None:
        self.steps.append(draft)


def play(talk: Talk, **options: Any) -> Any:
    return asyncio.run(FLOWS["code"](SAMPLE, talk, **options)).answer  # type: ignore[arg-type, union-attr]


def block(code: str) -> str:
    return f"Let me see.\n```python\n{code}\n```"


@needs_sandbox
def test_code_is_run_and_its_output_goes_back() -> None:
    talk = Talk(block("x = 6 * 7\nprint('so')\nx"), block("x + 1"), "So it is \\boxed{43}.")
    assert play(talk) == 43
    opening, second, third = talk.asked
    assert opening[0] == PROMPT[0] and opening[1].content == f"What is 6*7?\n\n{WORDS}"
    assert second[2:] == (
        Message("assistant", block("x = 6 * 7\nprint('so')\nx")),
        Message("user", "```output\nso\n42\n```"),
    )
    assert third[-1].content == "```output\n43\n```"  # variables are kept
    assert talk.keywords[0]["stop"] == STOPS
    assert len(talk.steps) == 2  # replies with code are no answers


@needs_sandbox
def test_what_the_model_imagines_after_its_code_is_left_out() -> None:
    imagined = block("6 * 7") + "\n```output\n41\n```\nSo the answer is \\boxed{41}."
    talk = Talk(imagined, "\\boxed{42}")
    assert play(talk) == 42
    assert talk.asked[1][2].content == block("6 * 7")


@needs_sandbox
def test_a_block_that_a_stop_string_ended_is_run_and_one_cut_off_is_not() -> None:
    open_block = "```python\nprint(6 * 7)"
    talk = Talk(open_block, "\\boxed{42}")
    assert play(talk) == 42
    assert talk.asked[1][2].content == open_block + "\n```"
    short = Talk(open_block, finish="length")
    assert play(short, restarts=0) == 7  # nothing was run: the last number of the text
    assert len(short.asked) == 1


@needs_sandbox
def test_errors_go_back_in_their_last_lines() -> None:
    talk = Talk(block("def f(n):\n    return 1 / n\nf(0)"), block("while True: pass"), "\\boxed{1}")
    assert play(talk, seconds=0.5) == 1
    said = talk.asked[1][-1].content
    assert "ZeroDivisionError: division by zero" in said and said.count("\n") <= 5
    assert "time" in talk.asked[2][-1].content


@needs_sandbox
def test_output_is_cut_in_the_middle_and_the_same_at_every_run() -> None:
    code = "import random\nprint('a' * 500, random.random(), object())"
    first, again = Talk(block(code), "\\boxed{1}"), Talk(block(code), "\\boxed{1}")
    play(first)
    play(again)
    said = first.asked[1][-1].content
    assert said == again.asked[1][-1].content
    assert len(said) < 230 and " … " in said and "0x…" in said
    wide = Talk(block(code), "\\boxed{1}")
    play(wide, show=1000)
    assert "a" * 500 in wide.asked[1][-1].content


@needs_sandbox
def test_after_the_last_round_the_answer_is_asked_for() -> None:
    talk = Talk(block("40"), block("41"), block("never run"))
    assert play(talk, rounds=2) == 41  # what the code said last
    assert talk.asked[2][-1].content.endswith(FINISH)
    assert FINISH not in talk.asked[1][-1].content


@needs_sandbox
@pytest.mark.parametrize(
    ("printed", "reply", "answer"),
    [
        ("42.00000000001", "There are 5 ways to see it.", 42),  # no declared answer: the code's
        ("42", "The answer is 41.", 41),  # a declared one comes first
        ("42", "41", 41),
        ("0", "Done in 5 steps.", 0),
        ("[1, 2]", "I found 2 of them", 2),  # two numbers are no answer
        ("5001 mod", "no number here", 1),
    ],
)
def test_which_number_is_the_answer(printed: str, reply: str, answer: int) -> None:
    talk = Talk(block(f"print('{printed}')"), reply, options={"modulo": 1000})
    assert play(talk, restarts=0) == answer


@needs_sandbox
def test_an_attempt_without_code_begins_again() -> None:
    talk = Talk("It must be \\boxed{7}.", _1=[block("6 * 7"), "\\boxed{42}"])
    assert play(talk) == 42
    assert [said["index"] for said in talk.keywords] == [0, 1, 1]
    assert talk.asked[1] == talk.asked[0]
    stubborn = Talk("\\boxed{7}", _1=["I don't know"])
    assert play(stubborn) == 7  # better than none
    assert play(Talk("\\boxed{7}"), restarts=0) == 7
    assert play(Talk("no", _1=["no"], format="boxed")) is None


@needs_sandbox
def test_attempts_vote_and_share_nothing() -> None:
    talk = Talk(
        block("x = 1\nprint(41)"), "\\boxed{41}",
        _1=[block("print('x' in globals())"), "\\boxed{42}"],
        _2=[block("print('x' in globals())"), "\\boxed{42}"],
    )  # fmt: skip
    assert play(talk, n=3) == 42
    shown = [messages[-1].content for messages in talk.asked if len(messages) == 4]
    assert sorted(shown) == ["```output\n41\n```"] + ["```output\nFalse\n```"] * 2
    assert {said["temperature"] for said in talk.keywords} == {0.8}
    agreeing = Talk(block("42"), "\\boxed{42}", _1=[block("42"), "\\boxed{42}"])
    assert play(agreeing, n=8, agree=2) == 42  # more lines there are not


@needs_sandbox
def test_what_was_computed_stands_when_the_budget_ends() -> None:
    talk = Talk(block("6 * 7"), BudgetSpentError("over"))
    assert play(talk) == 42
    with pytest.raises(BudgetSpentError):
        play(Talk(BudgetSpentError("over")))
    with pytest.raises(RequestFailedError):
        play(Talk("no", _1=[RequestFailedError("500")], format="boxed"))


@needs_sandbox
def test_many_attempts_at_once_wait_for_their_session() -> None:
    """More than there are files for: 300 sessions would take 1,200."""

    async def all_at_once() -> list[int]:
        talks = [Talk(block(f"{at} + 1"), "That is it.") for at in range(300)]
        drafts = await asyncio.gather(*(FLOWS["code"](SAMPLE, talk) for talk in talks))  # type: ignore[arg-type]
        return [draft.answer for draft in drafts]  # type: ignore[union-attr]

    assert asyncio.run(all_at_once()) == [at + 1 for at in range(300)]


@needs_sandbox
def test_hostile_code_hurts_nobody() -> None:
    codes = [
        "import os\nos._exit(0)",
        "import os\nprint(os.listdir('/root'))",
        "import urllib.request as u\nu.urlopen('http://127.0.0.1')",
        "print('x' * 10**8)",
    ]
    talk = Talk(*map(block, codes), "\\boxed{1}")
    assert play(talk, rounds=4, seconds=5) == 1
    assert all(len(messages[-1].content) < 500 for messages in talk.asked[1:])


@needs_sandbox
def test_japanese_and_other_formats() -> None:
    code = "計算します。\n```python\nprint('答え：', '東京')\n'東京'\n```"
    talk = Talk(code, "東京", format="text")
    assert play(talk) == "東京"
    assert "答え： 東京" in talk.asked[1][-1].content
    label = Talk(block("print('B')"), "So it goes", format="choice",
                 options={"labels": ["A", "B"]})  # fmt: skip
    assert play(label) == "B"


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"rounds": 0}, "rounds is 0"), ({"show": 3}, "show is 3"), ({"restarts": -1}, "restarts"),
        ({"seconds": 0}, "seconds is 0"), ({"n": 0}, "n is 0"), ({"agree": 0}, "agree is 0"),
        ({"weigh": "luck"}, "weigh is 'luck'"), ({"small": 2}, "small is 2"),
    ],
)  # fmt: skip
def test_options_that_cannot_be_are_refused(options: dict[str, Any], said: str) -> None:
    with pytest.raises(InputError, match=f"flow 'code': {said}"):
        play(Talk("1"), **options)


def test_without_a_sandbox_it_is_said_before_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    from tesuji.flows import make_ready, running
    from tesuji.sandbox import Sandbox

    bare = Sandbox(_without=("mount namespace", "network namespace", "landlock", "seccomp"))
    monkeypatch.setattr(running, "_sandbox", lambda unsafe: bare)
    with pytest.raises(TesujiError, match="unsafe"):
        asyncio.run(make_ready(FLOWS["code"], {}))
    asyncio.run(make_ready(FLOWS["vote"], {}))  # needs none


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("```python\n1\n```\n```python\n2\n```", "1"),
        ("```py\nx = 1\n```", "x = 1"),
        ("```\nx = 1\n```", "x = 1"),  # without a word, what could be run
        ("```\nprint(1)\n```", "print(1)"),
        ("```\n42\n```", None),
        ("```\nThe answer is 42.\n```", None),
        ("```latex\nx = 1\n```", None),
        ("```python\n\n```", None),
        ("no code", None),
    ],
)
def test_what_counts_as_code(text: str, code: str | None) -> None:
    step = first_step(Draft(Request(PROMPT), Output(text, "stop"), b"", text, None))
    assert (step and step.code) == code


def test_the_middle_is_cut_and_the_last_line_is_read() -> None:
    assert cut("x" * 10, 10) == "x" * 10
    assert cut("abcdefgh", 4) == "ab … gh"
    assert last_line(Outcome("a\nb\n", None, None, "ok", 0.1)) == "b"
    assert last_line(Outcome("a", "6.999999999", None, "ok", 0.1)) == "7"
    assert last_line(Outcome("7", None, "Error", "error", 0.1)) is None
