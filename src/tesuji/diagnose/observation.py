"""What a detector looks at: an output, and what is known of what was asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeAlias

from tesuji.diagnose.finding import Finding
from tesuji.models.base import Request
from tesuji.task.formats.base import AnswerFormat


@dataclass(frozen=True, slots=True)
class Observation:
    """An output's text with its context. Everything but the text may be unknown.

    `prompt` is the text of the last user message, "" where there is none.
    `language` is the ISO 639-1 code of the language that the answer should be in.
    """

    text: str
    finish: str = "stop"
    prompt: str = ""
    format: AnswerFormat | None = None
    language: str | None = None


Detector: TypeAlias = Callable[[Observation], Iterable[Finding]]
"""Looks for one kind of failure. Linear time on any text; spans lie inside it; never raises."""


def last_user_text(request: Request | None) -> str:
    """The text of the last user message of `request`; "" where there is none."""
    if request is None:
        return ""
    for message in reversed(request.messages):
        if message.role == "user":
            return message.content
    return ""
