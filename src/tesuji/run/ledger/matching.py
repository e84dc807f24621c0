"""Text sought in texts: a substring or a regular expression, which is stopped if it takes long."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from tesuji.task.sample import Sample


def text_test(text: str | None, pattern: str | None) -> Callable[[str], bool]:
    """Whether a text has the substring (in upper or lower case) and fits the pattern.

    InputError for a pattern that is none. All calls of one test share a time limit.
    """
    raise NotImplementedError


def samples_where(samples: Iterable[Sample], field: str, value: str) -> frozenset[str]:
    """The ids of the samples whose field is this value, as text; for `Filter.ids`."""
    return frozenset(s.id for s in samples if str(s.fields.get(field)) == value)


def samples_matching(
    samples: Iterable[Sample], field: str, *, text: str | None = None, pattern: str | None = None
) -> frozenset[str]:
    """The ids of the samples whose field has the text or fits the pattern; for `Filter.ids`."""
    raise NotImplementedError
