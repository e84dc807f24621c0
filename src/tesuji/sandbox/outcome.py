"""What came of running a piece of code."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

End: TypeAlias = Literal["ok", "error", "time", "memory", "output", "killed"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a piece of code printed, and how it ended.

    `printed` is what went to stdout and stderr, in its order, at most as long as the limits allow
    (cut in the middle); `value` what the last expression is, as `repr` says it, None where the
    last statement is none or its value is None; `error` the traceback without the sandbox's own
    frames, None where there was none; `seconds` of wall time.
    """

    printed: str
    value: str | None
    error: str | None
    end: End
    seconds: float
