"""The code in a reply, and what its run looks like to the model."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass

from tesuji.flows.flow import Draft
from tesuji.sandbox.outcome import Outcome
from tesuji.task.formats.boxes import last_box
from tesuji.task.formats.fences import blocks
from tesuji.task.formats.markers import after_last_marker

STOPS = ("```output", "\n```\n")
"""Where a reply ends, so that the model does not imagine what its code would print."""
_PYTHON = frozenset({"python", "py", "python3", "tool_code"})
_ADDRESS = re.compile(r"\bat 0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"-?[0-9]+\.[0-9]+(?:[eE][-+]?[0-9]+)?")
_NEAR = 1e-6  # how near to a whole number a computed float is one
_ENDS = {
    "time": "(stopped: it ran longer than {seconds:g} seconds)",
    "memory": "(stopped: it took too much memory)",
    "output": "(stopped: it printed too much)",
    "killed": "(stopped: it was killed)",
}


@dataclass(frozen=True, slots=True)
class Step:
    """A reply that wants code to be run: its text up to the end of the first block, the code."""

    text: str
    code: str


def first_step(draft: Draft) -> Step | None:
    """The first Python block of a reply; what follows it is imagination and left out.

    A last block that is never closed counts where a stop string ended it, not where the reply was
    cut off. None where there is no code.
    """
    text = draft.output.text
    for block in blocks(text):
        whole = block.closed or draft.output.finish == "stop"
        if whole and block.text.strip() and _is_python(block.language, block.text):
            upto = text[: block.end].rstrip()
            return Step(upto if block.closed else f"{upto}\n```", block.text)
    return None


def _is_python(language: str, text: str) -> bool:
    if language:
        return language in _PYTHON
    try:  # without a word at the fence: what could be run and does something
        body = ast.parse(text).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return any(not isinstance(part, ast.Expr) or isinstance(part.value, ast.Call) for part in body)


def told(outcome: Outcome, show: int, seconds: float) -> str:
    """The user turn that tells the model what came of its code, the same at every run.

    At most about `show` characters of what was printed, cut in the middle, and the last lines of a
    traceback. Addresses of objects, which differ from run to run, are left out.
    """
    parts = [cut(printed(outcome), show)]
    if outcome.error is not None:
        parts.append(cut("\n".join(outcome.error.strip().splitlines()[-3:]), max(show, 200)))
    elif outcome.end in _ENDS:
        parts.append(_ENDS[outcome.end].format(seconds=seconds))
    said = _ADDRESS.sub("at 0x…", "\n".join(part for part in parts if part))
    return f"```output\n{said or '(nothing was printed)'}\n```"


def printed(outcome: Outcome) -> str:
    """What was printed, the value of the last expression included."""
    value = [] if outcome.value is None else [outcome.value]
    return "\n".join([*([outcome.printed.strip()] if outcome.printed.strip() else []), *value])


def cut(text: str, show: int) -> str:
    """At most `show` characters of a text, its beginning and its end.

    >>> cut("0123456789", 6)
    '012 … 789'
    """
    if len(text) <= show:
        return text
    half = show // 2
    return f"{text[:half]} … {text[len(text) - half :]}"


def last_line(outcome: Outcome) -> str | None:
    """What code that ran to its end said last; a float that is nearly whole, as a whole number."""
    lines = [line.strip() for line in printed(outcome).splitlines() if line.strip()]
    if outcome.end != "ok" or not lines:
        return None
    line = lines[-1]
    if _FLOAT.fullmatch(line) and abs(float(line)) < 2**53:
        nearest = round(float(line))
        if abs(float(line) - nearest) <= _NEAR:
            return str(nearest)
    return line


def declares(text: str) -> bool:
    """Whether a text says where its final answer is: a box, "the answer is"."""
    return last_box(text) is not None or after_last_marker(text) is not None
