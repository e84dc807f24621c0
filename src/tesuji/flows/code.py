"""Code: the model thinks, writes Python, reads what it printed, and goes on.

Gou et al. 2023, "ToRA: A Tool-Integrated Reasoning Agent for Mathematical Problem Solving"
(arXiv 2309.17452); several attempts and a vote: the winner of the AI Mathematical Olympiad's first
progress prize (NuminaMath, 2024): 48 attempts of up to 4 rounds, output cut to 200 characters.

The code runs in `tesuji.sandbox`, in a session of its own for each attempt.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from typing import Any

from tesuji.errors import BudgetSpentError, InputError, RequestFailedError
from tesuji.flows.code_blocks import STOPS, declares, first_step, last_line, told
from tesuji.flows.election import Rule, elect
from tesuji.flows.flow import Ask, Draft
from tesuji.flows.running import Python, opened
from tesuji.flows.weights import Weights
from tesuji.sandbox.outcome import Outcome
from tesuji.task.formats.base import AnswerFormat
from tesuji.task.formats.numerals import numerals, plain
from tesuji.task.rules import base_format
from tesuji.task.sample import Answer, Message, Sample

WORDS = (
    "You may use Python. To run code, write it in one block that begins with ```python and ends "
    "with ```, and stop there: you are shown what it printed and the value of its last line, and "
    "may go on. Variables are kept; numpy and sympy are there. When you are sure, give the final "
    "answer without any code."
)
FINISH = "\nThat was the last code that could be run: give the final answer now."
_NUMBERS = ("integer", "number", "boxed")
_LONGEST = 300  # characters of a printed line that may be an answer
_BEGUN = 2.0  # worth of going on with a first attempt: before other samples' first asks


@dataclass(frozen=True, slots=True)
class Settings:
    """How an attempt goes: rounds of code, seconds a block, characters shown, tries, words."""

    rounds: int
    seconds: float
    show: int
    restarts: int
    words: str
    sampling: Mapping[str, Any]
    unsafe: bool = False

    def check(self) -> None:
        """InputError for settings that cannot be."""
        for name, value, least in (
            ("rounds", self.rounds, 1), ("show", self.show, 20), ("restarts", self.restarts, 0),
        ):  # fmt: skip
            if value < least:
                raise InputError(f"flow 'code': {name} is {value}; it must be at least {least}")
        if not 0 < self.seconds <= 3600:
            raise InputError(f"flow 'code': seconds is {self.seconds}; it is above 0, at most 3600")


async def code(
    sample: Sample,
    ask: Ask,
    *,
    n: int = 1,
    temperature: float | None = None,
    rounds: int = 4,
    seconds: float = 5.0,
    show: int = 200,
    restarts: int = 1,
    stop: float | None = None,
    agree: int | None = None,
    weigh: str = "count",
    small: float = 1.0,
    copied: float = 1.0,
    words: str | None = None,
    unsafe: bool = False,
) -> Draft:
    """Up to `rounds` times: the model writes a Python block, it is run for at most `seconds`, and
    what it printed (`show` characters, cut in the middle) goes back to the model.

    `n` attempts at `temperature` (0.8 where `n` is above 1; else the entry's own), then the vote of
    the flow `vote`, with the same `stop`, `agree`, `weigh`, `small` and `copied`. An attempt in
    which no code came, or of which nothing can be read, begins again at most `restarts` times. The
    answer is the one that the last reply declares, else what the code printed last.

    `words` is added to the last user turn of the prompt (default `WORDS`; empty for none).
    `unsafe` runs the code without the sandbox's layers where the machine has too few of them.
    """
    rule = Rule(n, stop, agree, Weights(weigh, small, copied))
    rule.check("code")
    warm = 0.8 if n > 1 and temperature is None else temperature
    sampling = {**rule.weights.sampling(), **({} if warm is None else {"temperature": warm})}
    settings = Settings(
        rounds, seconds, show, restarts, WORDS if words is None else words, sampling, unsafe
    )
    settings.check()

    ask.worth = 1.0  # until an attempt has come to its end: a step is no answer

    async def draw(index: int, together: int) -> Draft:
        again = [(index + restart * n, 1) for restart in range(1, restarts + 1)]
        return await _attempted(ask, settings, [(index, together), *again])

    return await elect(sample, ask, draw, rule)


async def _attempted(ask: Ask, settings: Settings, tries: Sequence[tuple[int, int]]) -> Draft:
    """An attempt, begun again where it brought nothing: the first try with code and an answer,
    else the first with an answer, else the first."""
    drafts: list[Draft] = []
    for index, together in tries:
        try:
            draft, ran = await _attempt(ask, settings, index, together)
        except (BudgetSpentError, RequestFailedError):
            if not any(draft.answer is not None for draft in drafts):
                raise
            break
        if ran and draft.answer is not None:
            return draft
        drafts.append(draft)
    return next((draft for draft in drafts if draft.answer is not None), drafts[0])


async def _attempt(
    ask: Ask, settings: Settings, index: int, together: int
) -> tuple[Draft, bool]:  # fmt: skip
    """One conversation, with one session of the sandbox behind it: its last draft with the answer,
    and whether any code was run."""
    messages = opening(ask.messages, settings.words)
    draft: Draft | None = None
    computed: Answer | None = None
    async with AsyncExitStack() as stack:
        python: Python | None = None
        for left in reversed(range(settings.rounds + 1)):
            try:
                draft = await ask(
                    messages=messages, index=index, n=together if draft is None else 1, stop=STOPS,
                    **settings.sampling,
                )  # fmt: skip
            except (BudgetSpentError, RequestFailedError):
                if draft is None or computed is None:
                    raise
                return replace(draft, answer=computed), True
            step = first_step(draft)
            if step is None or not left:
                break
            ask.step(draft)
            if index == 0:
                ask.worth = _BEGUN
            if python is None:
                python = await stack.enter_async_context(opened(settings.seconds, settings.unsafe))
            outcome = await python.run(step.code)
            found = _computed(ask.format, outcome)
            computed = computed if found is None else found
            said = told(outcome, settings.show, settings.seconds) + (FINISH if left == 1 else "")
            messages = (*messages, Message("assistant", step.text), Message("user", said))
    assert draft is not None
    return _read(ask, draft, computed, step is not None), python is not None


def opening(messages: Sequence[Message], words: str) -> tuple[Message, ...]:
    """The entry's prompt with `words` at the end of its last user turn."""
    *before, last = messages
    if not words:
        return tuple(messages)
    return (*before, replace(last, content=f"{last.content}\n\n{words}"))


def _computed(format: AnswerFormat, outcome: Outcome) -> Answer | None:
    """The answer that code printed last, where it ran to its end."""
    line = last_line(outcome)
    if line is None or len(line) > _LONGEST:
        return None
    if base_format(format).name not in _NUMBERS:
        return format.parse(line) if format.check(line) is None else None
    if base_format(format).name != "boxed" and len(list(numerals(plain(line)))) != 1:
        return None
    return format.parse(f"\\boxed{{{line}}}")


def _read(ask: Ask, draft: Draft, computed: Answer | None, wrote: bool) -> Draft:
    """The last draft, with what counts as its answer; `wrote`: it still asks for code to be run."""
    if wrote:
        ask.step(draft)
        return replace(draft, answer=computed)
    said = draft.answer is not None and (
        declares(draft.text) or ask.format.check(draft.text) is None
    )
    return draft if said or computed is None else replace(draft, answer=computed)
