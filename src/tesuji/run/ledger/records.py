"""Records: what was sent for a sample of a run, what came back, and what was made of it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from tesuji.diagnose.finding import Finding
from tesuji.models.base import Output
from tesuji.run.ledger.notes import Note
from tesuji.run.ledger.outputs import read_messages, storable
from tesuji.run.ledger.runs import AnswerRow, find_findings
from tesuji.run.ledger.store import Ledger
from tesuji.task.sample import Message

_QUERY = """
SELECT a.sample, a.state, a.answer, a.score, a.output, a.reason, p.messages, s.sampling,
       t.body, o.finish, o.tokens_in, o.tokens_out, o.seconds, n.text, n.tags, n.written
FROM answers a
LEFT JOIN outputs o ON o.key = a.output
LEFT JOIN texts t ON t.output = o.id
LEFT JOIN prompts p ON p.id = o.prompt
LEFT JOIN setups s ON s.id = o.setup
LEFT JOIN runs r ON r.id = a.run
LEFT JOIN notes n
  ON n.task_digest = r.task_digest AND n.split = r.split AND n.sample = a.sample
WHERE a.run = :run
  AND (:sample IS NULL OR a.sample = :sample)
  AND (:kind IS NULL OR EXISTS (
    SELECT 1 FROM findings f WHERE f.run = a.run AND f.sample = a.sample AND f.kind = :kind))
  AND (:tag IS NULL OR EXISTS (SELECT 1 FROM json_each(n.tags) j WHERE j.value = :tag))
  AND (NOT :noted OR n.written IS NOT NULL)
"""


_ORDERS = {
    "sample": "length(a.sample), a.sample",  # 2 before 10
    "score": "a.score NULLS LAST",
    "score DESC": "a.score DESC NULLS LAST",
}


@dataclass(frozen=True, slots=True)
class Record:
    """One sample of a run. `messages` is the exact text sent; `output` is None where none came;
    `note` is what a person who looked said of the sample."""

    row: AnswerRow
    messages: tuple[Message, ...]
    sampling: dict[str, Any]
    output: Output | None
    findings: tuple[Finding, ...]
    note: Note | None = None

    def to_json(self) -> dict[str, Any]:
        """The record as plain data."""
        row = asdict(self.row)
        row["output"] = self.output and asdict(self.output)
        return row | {
            "messages": [asdict(message) for message in self.messages],
            "sampling": self.sampling,
            "findings": [asdict(finding) for finding in self.findings],
            **(self.note.remarks() if self.note else {}),
        }


def iter_records(
    ledger: Ledger,
    run: int,
    *,
    sample: str | None = None,
    kind: str | None = None,
    tag: str | None = None,
    noted: bool = False,
    order: str = "sample",
    limit: int = -1,
) -> Iterator[Record]:
    """The records of a run, or those of one sample, or with a finding of one kind, or a tag, or
    with any note or tag.

    `order` is "sample", "score" or "score DESC"; with the scores, what failed comes last.
    """
    query = f"{_QUERY} ORDER BY {_ORDERS[order]} LIMIT :limit"
    values = {
        "run": run, "sample": sample, "kind": kind, "tag": tag and storable(tag), "noted": noted,
        "limit": limit,
    }  # fmt: skip
    with ledger.reading() as connection:
        for found in connection.execute(query, values):
            yield _record(ledger, run, found)


def _record(ledger: Ledger, run: int, found: tuple[Any, ...]) -> Record:
    row = AnswerRow(found[0], found[1], _json(found[2]), found[3], found[4], found[5])
    output = None if found[8] is None else Output(*found[8:13])
    findings = [
        finding for key, finding in find_findings(ledger, run, row.sample) if key == row.output
    ]
    return Record(
        row,
        read_messages(found[6]) if found[6] else (),
        _json(found[7]) or {},
        output,
        tuple(findings),
        None
        if found[15] is None
        else Note(row.sample, found[13], (*json.loads(found[14]),), found[15]),
    )


def _note(sample: str, text: str | None, tags: str | None, written: float | None) -> Note | None:
    return None if text is None else Note(sample, text, tuple(_json(tags) or ()), written or 0.0)


def _json(text: str | None) -> Any:
    return None if text is None else json.loads(text)
