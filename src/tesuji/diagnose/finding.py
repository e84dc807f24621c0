"""A finding: one failure seen in one output."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias, get_args

Kind: TypeAlias = Literal[
    "preamble", "postamble", "format", "language", "loop",
    "truncated", "refusal", "empty", "echo", "garbled",
]  # fmt: skip
KINDS: tuple[Kind, ...] = get_args(Kind)


@dataclass(frozen=True, slots=True)
class Finding:
    """A failure in an output: what kind, which span of the text, why we think so.

    `start` and `end` are character offsets into the output's text (end exclusive), `confidence`
    is in (0, 1], `fix` names the cleaner that can mend it, if one can.
    """

    kind: Kind
    start: int
    end: int
    evidence: str
    confidence: float = 1.0
    fix: str | None = None
