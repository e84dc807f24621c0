"""What the tests of this room share."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tesuji.diagnose import Finding, diagnose
from tesuji.models.base import Output, Request
from tesuji.task.formats import AnswerFormat
from tesuji.task.sample import Message


def request_of(prompt: str) -> Request:
    """A request with one user message."""
    return Request((Message("user", prompt),))


@pytest.fixture(scope="session")
def found() -> Callable[..., list[Finding]]:
    """The findings of one kind in a text."""

    def find(
        kind: str,
        text: str,
        prompt: str = "",
        format: AnswerFormat | None = None,
        finish: str = "stop",
    ) -> list[Finding]:
        findings = diagnose(Output(text, finish), request_of(prompt) if prompt else None, format)
        return [finding for finding in findings if finding.kind == kind]

    return find
