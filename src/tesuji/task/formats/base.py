"""The contract of an answer format: one spec, four uses.

parse      the answer in whatever the model wrote, or None. Lenient: finds it amid other words
check      why the text is not *exactly* a right-shaped answer, or None. Strict
tell       the sentence that asks for this shape in a prompt
constrain  a decoding grammar that allows nothing else, or None where there is none
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal, Protocol, runtime_checkable

from tesuji.task.sample import Answer


@dataclass(frozen=True, slots=True)
class Grammar:
    """A constraint on decoding, in the words of `structured_outputs` of vLLM servers.

    `value` is a regular expression, a JSON schema as JSON text, a JSON list of choices, or a
    Lark grammar.
    """

    kind: Literal["regex", "json", "choice", "grammar"]
    value: str


@runtime_checkable
class AnswerFormat(Protocol):
    """What a right-shaped answer looks like."""

    name: ClassVar[str]

    def parse(self, text: str) -> Answer | None:
        """The answer in `text`, or None where there is none. Linear time; never raises."""

    def check(self, text: str) -> str | None:
        """Why `text` as a whole is not a right-shaped answer, in a few words; None if it is."""

    def tell(self) -> str:
        """One sentence, for a prompt, that asks for this shape."""

    def constrain(self) -> Grammar | None:
        """The grammar for constrained decoding; None where the shape cannot be constrained."""

    def accept(self, value: object) -> Answer:
        """A target from a data file as an answer; ValueError if this format cannot hold it."""

    def render(self, answer: Answer) -> str:
        """An answer as text: a few-shot example's reply, a cell of a submission."""

    def fallback(self) -> Answer:
        """The answer given where there is no time, or no answer to be parsed."""
