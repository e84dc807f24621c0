"""Outputs that stop too early."""

from __future__ import annotations

import pytest


def test_the_servers_word_is_certain(found) -> None:
    (finding,) = found("truncated", "The quick brown fo", finish="length")
    assert finding.confidence == 1
    assert (finding.start, finding.end) == (0, 18)
    assert found("truncated", "", finish="length")


@pytest.mark.parametrize(
    "text",
    [
        "Code:\n```python\nprint(1)\n",
        "- item\n  ```\n  x = 1",
        '{"a": [1, 2',
        '{"a": "the text bre',
        '```json\n[{"a": 1}, {"b": "\\"}]',
        '[{"id": 1}, {"id": 2},',
    ],
)
def test_open_code_and_open_json_are_seen(found, text: str) -> None:
    (finding,) = found("truncated", text)
    assert finding.confidence < 1
    assert finding.end == len(text)


@pytest.mark.parametrize(
    "text",
    [
        "No full stop here",
        "```\nx\n```",
        "````markdown\n```python\nx\n```\n````",
        "```markdown\n```python\nx\n```\n```",
        '{"a": "}"}',
        '{"a": [1, 2]} and more {',
        "[1] According to the source",
        "[Insert name here",
        "{ not json",
        '["a", {"b": 1]',
        "Use ``` to open a fence",
    ],
)
def test_finished_texts_are_not_flagged(found, text: str) -> None:
    assert found("truncated", text) == []
