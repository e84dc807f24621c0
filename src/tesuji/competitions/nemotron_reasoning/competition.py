"""What is right in this competition, and where in an output the answer stands."""

from __future__ import annotations

import re

_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
_BITS = re.compile(r"[01]{8}")


def metric(answer: str, target: str) -> float:
    """1 if the answer is the target, or a number within 1 % of it; bits must agree one by one."""
    if answer.strip() == target.strip():
        return 1.0
    given, right = _NUMBER.fullmatch(answer.strip()), _NUMBER.fullmatch(target.strip())
    if not given or not right or _BITS.fullmatch(target.strip()):
        return 0.0
    if max(len(given[0]), len(right[0])) > 300:
        return 0.0
    return float(abs(float(given[0]) - float(right[0])) <= 0.01 * abs(float(right[0])) + 1e-9)


def parse(text: str) -> str | None:
    """What follows the last "Answer:" on its line; a text of one line is the answer itself."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    for line in reversed(lines):
        if line.lower().startswith("answer:"):
            return line[len("answer:") :].strip() or None
    return lines[0] if len(lines) == 1 else None


def check(text: str) -> str | None:
    """Why no answer can be read from a text."""
    return None if parse(text) is not None else 'no line that begins with "Answer:"'
