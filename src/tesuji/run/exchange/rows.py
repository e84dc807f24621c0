"""A run as rows: one a sample, with all outputs behind its answer. Read as a stream.

Two cursors, over the answers and over the findings, walk the samples in the same order, so that
a run of a million samples takes no more memory than one of ten.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from itertools import groupby
from typing import Any

from tesuji.diagnose.finding import Finding
from tesuji.models.base import Output
from tesuji.run.ledger import (
    AnswerRow,
    Ledger,
    Note,
    RunRow,
    read_logprobs,
    read_messages,
    read_notes,
    split_keys,
)
from tesuji.task.sample import Message, Sample
from tesuji.task.task import Task

_encode = json.JSONEncoder(ensure_ascii=False, allow_nan=False, default=str).encode
_ANSWERS = """
SELECT sample, state, answer, score, output, reason, drafts FROM answers
WHERE run = ? ORDER BY sample
"""
_FINDINGS = """
SELECT sample, output, kind, start, stop, evidence, confidence, fix FROM findings
WHERE run = ? ORDER BY sample
"""
_OUTPUT = """
SELECT s.model, s.sampling, p.messages, o.draw,
       t.body, o.finish, o.tokens_in, o.tokens_out, o.seconds, t.logprobs
FROM outputs o
JOIN texts t ON t.output = o.id
JOIN prompts p ON p.id = o.prompt
JOIN setups s ON s.id = o.setup
WHERE o.key = ?
"""


@dataclass(frozen=True, slots=True)
class Drawn:
    """A recorded output with all that its key is made of, and what was found in it."""

    model: str
    sampling: Mapping[str, Any]
    messages: tuple[Message, ...]
    index: int
    output: Output
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """What a run made of a sample. `sample` is None where the data no longer have it; `chosen`
    says which of `outputs` the answer is from."""

    answer: AnswerRow
    sample: Sample | None
    outputs: tuple[Drawn, ...]
    chosen: int | None
    note: Note | None = None

    @property
    def first(self) -> Drawn | None:
        """The output that the answer is from, else the first one."""
        return self.outputs[self.chosen or 0] if self.outputs else None

    def to_json(self) -> dict[str, Any]:
        """The row as plain data. What all outputs share stands once."""
        row, first = self.answer, self.first
        return {
            "id": row.sample,
            "fields": dict(self.sample.fields) if self.sample else None,
            "target": self.sample.target if self.sample else None,
            "state": row.state,
            "answer": row.answer,
            "score": row.score,
            "reason": row.reason,
            "model": first and first.model,
            "messages": [asdict(message) for message in first.messages] if first else [],
            "sampling": dict(first.sampling) if first else {},
            "outputs": [_drawn(drawn, first) for drawn in self.outputs],
            "chosen": self.chosen,
            **self.remarks(),
        }

    def remarks(self) -> dict[str, Any]:
        """`note` and `tags` of a person who looked, where there are any."""
        return self.note.remarks() if self.note else {}


def _drawn(drawn: Drawn, first: Drawn | None) -> dict[str, Any]:
    output = drawn.output
    row: dict[str, Any] = {
        "text": output.text,
        "index": drawn.index,
        "finish": output.finish,
        "tokens_in": output.tokens_in,
        "tokens_out": output.tokens_out,
        "seconds": output.seconds,
        "findings": [asdict(finding) for finding in drawn.findings],
    }
    if output.logprobs is not None:
        row["logprobs"] = [asdict(token) for token in output.logprobs]
    if first is not None and drawn.model != first.model:
        row["model"] = drawn.model
    if first is None or drawn.sampling != first.sampling:
        row["sampling"] = dict(drawn.sampling)
    if first is None or drawn.messages != first.messages:
        row["messages"] = [asdict(message) for message in drawn.messages]
    return row


@dataclass(frozen=True, slots=True)
class Source:
    """A run that is to be written: where it is, and the task that it is of."""

    task: Task
    ledger: Ledger
    run: RunRow

    def ids(self) -> list[str]:
        """The ids of its samples, in the order of `rows`."""
        query = "SELECT sample FROM answers WHERE run = ? ORDER BY sample"
        return [name for (name,) in self.ledger.rows(query, self.run.id)]

    def rows(self) -> Iterator[Row]:
        """Its rows, by the samples' ids in the order of their letters."""
        samples = {sample.id: sample for sample in self.task.split(self.run.split)}
        notes = read_notes(self.ledger, self.run.task_digest, self.run.split)
        return _rows(self.ledger, self.run.id, samples, notes)


def _rows(
    ledger: Ledger, run: int, samples: Mapping[str, Sample], notes: Mapping[str, Note]
) -> Iterator[Row]:
    with ledger.reading() as connection:
        found = groupby(connection.execute(_FINDINGS, (run,)), key=lambda row: row[0])
        ahead = next(found, None)
        for sample, state, answer, score, output, reason, drafts in connection.execute(
            _ANSWERS, (run,)
        ):
            findings: list[tuple[Any, ...]] = []
            while ahead is not None and ahead[0] < sample:
                ahead = next(found, None)
            if ahead is not None and ahead[0] == sample:
                findings = list(ahead[1])
                ahead = next(found, None)
            yield _row(ledger, samples.get(sample), findings, (
                sample, state, answer, score, output, reason, drafts
            ), notes.get(sample))  # fmt: skip


def find_row(ledger: Ledger, run: int, id: str, sample: Sample | None) -> Row | None:
    """What a run made of the sample with this id, with all outputs behind it, without notes; None
    where it is not in the run."""
    one = "AND sample = ? ORDER BY"
    values = ledger.row(_ANSWERS.replace("ORDER BY", one), run, id)
    if values is None:
        return None
    found = ledger.rows(_FINDINGS.replace("ORDER BY", one), run, id)
    return _row(ledger, sample, found, values, None)


def _row(
    ledger: Ledger, sample: Sample | None, findings: list[tuple[Any, ...]],
    values: tuple[Any, ...], note: Note | None,
) -> Row:  # fmt: skip
    name, state, answer, score, output, reason, drafts = values
    keys = _keys(output, drafts)
    chosen = keys.index(output) if output in keys else None
    drawn = [_read(ledger, key, findings) for key in keys]
    parsed = None if answer is None else json.loads(answer)
    row = AnswerRow(name, state, parsed, score, output, reason)
    return Row(row, sample, tuple(drawn), chosen, note)


def _keys(output: bytes | None, drafts: bytes | None) -> list[bytes]:
    if drafts is None:
        return [] if output is None else [output]
    return list(dict.fromkeys(split_keys(drafts)))  # a flow may ask the same twice


def _read(ledger: Ledger, key: bytes, findings: list[tuple[Any, ...]]) -> Drawn:
    row = ledger.row(_OUTPUT, key)
    assert row is not None  # an answer is written after its outputs
    model, sampling, messages, index, text, finish, tokens_in, tokens_out, seconds, logprobs = row
    mine = {Finding(*values[2:]) for values in findings if values[1] == key}
    return Drawn(
        model, json.loads(sampling), read_messages(messages), index,
        Output(text, finish, tokens_in, tokens_out, seconds, read_logprobs(logprobs)),
        tuple(sorted(mine, key=lambda finding: (finding.start, finding.end, finding.kind))),
    )  # fmt: skip


def dumps(value: Any) -> bytes:
    """The value as one line of JSON in UTF-8; NaN and infinities, which JSON lacks, are null."""
    try:
        text = _encode(value)
    except ValueError:
        text = _encode(_finite(value))
    return text.encode("utf-8", "replace")


def _finite(value: Any) -> Any:
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {str(key): _finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(item) for item in value]
    return value
