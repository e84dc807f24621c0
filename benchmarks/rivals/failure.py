"""Why a tool has no figures, in one line."""

from __future__ import annotations


class FailedError(Exception):
    """A tool can't be installed, or does not do the task."""


def last_words(output: str) -> str:
    """The last line that a process wrote, or what stands for it."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    return lines[-1] if lines else "it wrote nothing"
