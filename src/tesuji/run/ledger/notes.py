"""Notes and tags that a person gives to samples while looking."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tesuji.run.ledger.store import Ledger


@dataclass(frozen=True, slots=True)
class Note:
    """What was said of a sample; `written` is seconds since 1970."""

    sample: str
    text: str
    tags: tuple[str, ...]
    written: float


def write_note(
    ledger: Ledger,
    task_digest: str,
    split: str,
    sample: str,
    text: str = "",
    tags: Sequence[str] = (),
) -> Note | None:
    """Keep this note in place of the sample's earlier one; no text and no tags removes it (None).

    A note is the sample's, not a run's: it is seen with all runs of the task's split. InputError
    for what is too long (text of 10,000 characters, tag of 100, 50 tags).
    """
    raise NotImplementedError


def read_notes(
    ledger: Ledger, task_digest: str, split: str, samples: Sequence[str] | None = None
) -> dict[str, Note]:
    """The notes by their samples: of all, or of these."""
    raise NotImplementedError


def list_tags(ledger: Ledger, task_digest: str, split: str) -> dict[str, int]:
    """The tags in use and how many samples have each, commonest first."""
    raise NotImplementedError
