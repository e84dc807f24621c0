"""Notes and tags that a person gives to samples while looking."""

from __future__ import annotations

import json
import math
import sqlite3
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from tesuji.errors import InputError
from tesuji.run.ledger.outputs import storable
from tesuji.run.ledger.store import Ledger

_LONGEST = 10_000
_LONGEST_TAG = 100
_MOST_TAGS = 50


@dataclass(frozen=True, slots=True)
class Note:
    """What was said of a sample; `written` is seconds since 1970."""

    sample: str
    text: str
    tags: tuple[str, ...]
    written: float

    def remarks(self) -> dict[str, Any]:
        """`note` and `tags` as plain data, each where there is any."""
        text = {"note": self.text} if self.text else {}
        return text | ({"tags": [*self.tags]} if self.tags else {})


@dataclass(frozen=True, slots=True)
class Changed:
    """What came of a change: `note` is what is kept now, ours where it is `done`, else what
    somebody wrote meanwhile (None: it was taken away)."""

    done: bool
    note: Note | None


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
    note = _note(sample, text, tags)
    with ledger.transaction() as connection:
        return _put(connection, task_digest, split, note)


def change_note(
    ledger: Ledger,
    task_digest: str,
    split: str,
    sample: str,
    text: str,
    tags: Sequence[str],
    *,
    seen: float | None,
) -> Changed:
    """As `write_note`, unless the note that is there is another than the one that was seen.

    `seen` is when that one was written; None: there was none. Equal notes are no conflict.
    """
    note = _note(sample, text, tags)
    with ledger.transaction() as connection:
        there = _find(connection, task_digest, split, note.sample)
        now = ("", ()) if there is None else (there.text, there.tags)
        if now == (note.text, note.tags):
            return Changed(True, there)
        if (there and there.written) != seen:
            return Changed(False, there)
        return Changed(True, _put(connection, task_digest, split, note))


def _note(sample: str, text: str, tags: Sequence[str]) -> Note:
    kept = _clean_tags(sample, tags)
    if len(text) > _LONGEST:
        raise InputError(
            f"the note on sample {sample!r} has {len(text):,} characters; {_LONGEST:,} are allowed"
        )
    return Note(storable(sample), storable(text) if text.strip() else "", kept, time.time())


def _find(connection: sqlite3.Connection, task: str, split: str, sample: str) -> Note | None:
    row = connection.execute(
        "SELECT sample, text, tags, written FROM notes "
        "WHERE task_digest = ? AND split = ? AND sample = ?",
        (task, split, sample),
    ).fetchone()
    return _read(row) if row else None


def _put(connection: sqlite3.Connection, task: str, split: str, note: Note) -> Note | None:
    # Later than all others even where the clock goes back: lists made of notes are kept until the
    # latest is another.
    (last,) = connection.execute("SELECT MAX(written) FROM notes").fetchone()
    note = replace(note, written=max(note.written, math.nextafter(last or 0.0, math.inf)))
    connection.execute(
        "DELETE FROM notes WHERE task_digest = ? AND split = ? AND sample = ?",
        (task, split, note.sample),
    )
    if not note.text and not note.tags:
        return None
    connection.execute(
        "INSERT INTO notes (task_digest, split, sample, text, tags, written) "
        "VALUES (?, ?, ?, ?, ?, ?)",
        (
            task, split, note.sample, note.text,
            json.dumps(note.tags, ensure_ascii=False), note.written,
        ),
    )  # fmt: skip
    return note


def _read(row: tuple[str, str, str, float]) -> Note:
    return Note(row[0], row[1], tuple(json.loads(row[2])), row[3])


def read_notes(
    ledger: Ledger, task_digest: str, split: str, samples: Sequence[str] | None = None
) -> dict[str, Note]:
    """The notes by their samples: of all, or of these."""
    rows = ledger.rows(
        "SELECT sample, text, tags, written FROM notes WHERE task_digest = ?1 AND split = ?2 "
        "AND (?3 IS NULL OR sample IN (SELECT value FROM json_each(?3)))",
        task_digest, split, None if samples is None else json.dumps([*samples]),
    )  # fmt: skip
    return {row[0]: _read(row) for row in rows}


def list_tags(ledger: Ledger, task_digest: str, split: str) -> dict[str, int]:
    """The tags in use and how many samples have each, commonest first."""
    rows = ledger.rows(
        "SELECT j.value, COUNT(*) FROM notes n, json_each(n.tags) j "
        "WHERE n.task_digest = ? AND n.split = ? GROUP BY 1 ORDER BY 2 DESC, 1",
        task_digest, split,
    )  # fmt: skip
    return dict(rows)


def _clean_tags(sample: str, tags: Sequence[str]) -> tuple[str, ...]:
    """Without the blanks around them, each once, in the order given."""
    kept = tuple(dict.fromkeys(name for tag in tags if (name := storable(tag.strip()))))
    if len(kept) > _MOST_TAGS:
        raise InputError(f"sample {sample!r} has {len(kept)} tags; {_MOST_TAGS} are allowed")
    for tag in kept:
        if len(tag) > _LONGEST_TAG:
            raise InputError(
                f"a tag of sample {sample!r} has {len(tag):,} characters; "
                f"{_LONGEST_TAG} are allowed"
            )
    return kept
