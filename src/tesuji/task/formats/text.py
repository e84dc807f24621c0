"""`text(pattern)`: free text, or text that a regular expression must match as a whole."""

from __future__ import annotations

import time
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, ClassVar

from tesuji.errors import ConfigError
from tesuji.task.formats.base import Grammar
from tesuji.task.formats.options import shown, string_option, target_text
from tesuji.task.formats.peel import peeled

_PATTERN_SECONDS = 0.25  # for all attempts on one text


@dataclass(frozen=True, slots=True)
class TextFormat:
    """Text, stripped of white space around it.

    With `pattern`, the text must match it as a whole: as it stands, or after taking off (in this
    order, up to five layers) a code fence, bold or italics, backticks or quotes around everything,
    and a full stop at the end. The pattern is never searched for inside prose: `[a-z]+` would find
    "ere" in "Here is: abc". A pattern runs in the `regex` module under a time limit.

    `default` is the answer where there is none. It isn't empty, since an empty cell of a
    submission reads as null, which contests refuse.
    """

    name: ClassVar[str] = "text"
    pattern: str | None = None
    default: str = "-"

    def __post_init__(self) -> None:
        string_option("default", self.default)
        if self.pattern is not None:
            _compiled(string_option("pattern", self.pattern))

    def parse(self, text: str) -> str | None:
        if self.pattern is None:
            return text.strip() or None
        deadline = time.monotonic() + _PATTERN_SECONDS
        for candidate in peeled(text):
            matches = _matches(self.pattern, candidate, deadline - time.monotonic())
            if matches and candidate:
                return candidate
            if matches is None:
                return None
        return None

    def check(self, text: str) -> str | None:
        text = text.strip()
        if not text:
            return "empty"
        if self.pattern is None:
            return None
        matches = _matches(self.pattern, text, _PATTERN_SECONDS)
        if matches is None:
            return f"the pattern {shown(self.pattern)} took too long on it"
        return None if matches else f"does not match {shown(self.pattern)}"

    def tell(self) -> str:
        if self.pattern is None:
            return "Answer with the answer text only."
        return (
            f"Answer with the answer only; it must match the regular expression {self.pattern} "
            "as a whole."
        )

    def constrain(self) -> Grammar | None:
        return None if self.pattern is None else Grammar("regex", self.pattern)

    def accept(self, value: object) -> str:
        text = target_text(value)
        if self.check(text) is not None:
            raise ValueError(f"{shown(text)} {self.check(text)}")
        return text

    def render(self, answer: Any) -> str:
        return str(answer)

    def fallback(self) -> str:
        return self.default


@lru_cache(maxsize=64)
def _compiled(pattern: str) -> Any:
    import regex

    try:
        return regex.compile(pattern)
    except (regex.error, RecursionError, OverflowError) as error:
        raise ConfigError(
            f"[answer] pattern: {shown(pattern)} is not a regular expression: {error}"
        ) from None


def _matches(pattern: str, text: str, seconds: float) -> bool | None:
    """Whether all of `text` matches; None where the time is up."""
    if seconds <= 0:
        return None
    try:
        return _compiled(pattern).fullmatch(text, timeout=seconds) is not None
    except (TimeoutError, MemoryError):
        return None
