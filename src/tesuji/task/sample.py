"""What a task is made of: samples, and the messages made from them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

Answer: TypeAlias = Any
"""A parsed answer. Always a JSON value: str, int, float, list of str, or dict of str to float."""

Role: TypeAlias = Literal["system", "user", "assistant"]


@dataclass(frozen=True, slots=True)
class Sample:
    """One row of a data file. `target` is None where it is unknown (the test split)."""

    id: str
    fields: Mapping[str, Any]
    target: Answer | None = None


@dataclass(frozen=True, slots=True)
class Message:
    """One turn of a chat."""

    role: Role
    content: str
