"""What a detector looks at: an output, and what is known of what was asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import wraps
from typing import TypeAlias, TypeVar

from tesuji.diagnose.finding import Finding
from tesuji.models.base import Request
from tesuji.task.formats.base import AnswerFormat

T = TypeVar("T")


@dataclass(frozen=True)
class Observation:
    """An output's text with its context. Everything but the text may be unknown.

    `prompt` is the text of the last user message and `system` that of the system message, ""
    where there is none. `language` is the ISO 639-1 code of the language that the answer should
    be in.
    """

    text: str
    finish: str = "stop"
    prompt: str = ""
    format: AnswerFormat | None = None
    language: str | None = None
    system: str = ""


Detector: TypeAlias = Callable[[Observation], Iterable[Finding]]
"""Looks for one kind of failure. Linear time on any text; spans lie inside it; never raises."""

Cleaner: TypeAlias = Callable[[Observation], str]
"""The text of an observation, mended; the text as it is, where its detector sees no failure."""


def fact(compute: Callable[[Observation], T]) -> Callable[[Observation], T]:
    """A function of an observation that several detectors ask for: worked out once for each.

    >>> @fact
    ... def shouting(seen: Observation) -> bool:
    ...     return seen.text.isupper()
    >>> shouting(Observation("STOP"))
    True
    """
    name = f"{compute.__module__}.{compute.__qualname__}"

    @wraps(compute)
    def look_up(seen: Observation) -> T:
        known = seen.__dict__  # a frozen dataclass without slots has one to spare
        if name not in known:
            known[name] = compute(seen)
        value: T = known[name]
        return value

    return look_up


def observe(
    text: str,
    finish: str = "stop",
    request: Request | None = None,
    format: AnswerFormat | None = None,
    language: str | None = None,
) -> Observation:
    """An output's text beside what `request` asked for."""
    prompt = system = ""
    for message in request.messages if request else ():
        if message.role == "user":
            prompt = message.content
        elif message.role == "system":
            system = message.content
    return Observation(text, finish, prompt, format, language, system)
