"""From a user's own data file to a first competition: what each column is for, and why we think so.

Every guess has a reason, which is written beside it into competition.toml; a wrong one is a line
to change. Used by `tesuji new NAME --from DATA --target COLUMN`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tesuji.errors import DataError
from tesuji.task.guess_answer import AnswerGuess, guess_answer
from tesuji.task.row import Table
from tesuji.task.template import ANSWER_FORMAT
from tesuji.task.writing import cell_text

MOST_FIELDS = 12
"""A prompt names at most so many columns; the others stay at hand as fields."""
DEV_SHARE, MOST_DEV = 0.2, 200
"""A fifth of the rows, at most 200: there, an accuracy of .5 is known to ±.07 (95 %)."""

_ID = re.compile(
    r"(?i)(|id|idx|index|uid|uuid|qid|key|no\.?|row_?id|unnamed: 0|.*[_\s-](id|idx)|番号|連番)"
)


@dataclass(frozen=True, slots=True)
class Guess:
    """All that a competition.toml needs, guessed; `reasons` says why, by key."""

    target: str
    id: str | None
    fields: tuple[str, ...]
    """The columns that the prompt shows."""
    answer: AnswerGuess
    user: str
    dev: float | int
    stratify: bool
    submission: tuple[str, ...]
    language: str | None
    reasons: Mapping[str, str]


def guess(table: Table, target: str, test_table: Table | None = None) -> Guess:
    """Guess a competition from its training data; DataError where there is no such column."""
    at = table.position(target, "target column")
    if len(table) < 2:
        raise DataError(f"{table.name}: {len(table)} rows; a train and a dev split need 2")
    if len(table.columns) < 2:
        raise DataError(f"{table.name}: only the target column; a prompt needs another column")
    targets = [values[at] for values in table.values]
    for row, value in enumerate(targets):
        if cell_text(value).strip() == "":
            raise DataError(
                f"{table.where(row)}, column {target!r}: no target; remove such rows, or put them "
                f"into a test file (--test)"
            )
    reasons: dict[str, str] = {}
    id = _id_column(table, target, test_table, reasons)
    fields = _fields(table, target, id, test_table, reasons)
    answer = guess_answer(targets)
    dev = _dev(len(table), reasons)
    stratify = answer.format == "choice"
    if stratify:
        reasons["stratify"] = "each label has its share in the dev split"
    return Guess(
        target=target,
        id=id,
        fields=fields,
        answer=answer,
        user=_user(fields, target),
        dev=dev,
        stratify=stratify,
        submission=_submission(table, target, id, test_table, reasons),
        language=_language(table, fields, reasons),
        reasons=reasons,
    )


def _id_column(
    table: Table, target: str, test: Table | None, reasons: dict[str, str]
) -> str | None:
    """A column that is called like an id and has a different value in every row."""
    for name in table.columns:
        if name == target or not _ID.fullmatch(name):
            continue
        if _is_id(table, name) and (test is None or (name in test.columns and _is_id(test, name))):
            reasons["id"] = "called like an id, and different in every row"
            return name
        reasons["id"] = (
            f"{name!r} is called like an id, but it repeats, is empty, or is not in test"
        )
    reasons.setdefault("id", "no column is called like an id, so the row number is the id")
    return None


def _is_id(table: Table, name: str) -> bool:
    values = [cell_text(value) for value in table.column(name)]
    return "" not in values and len(set(values)) == len(values)


def _fields(
    table: Table, target: str, id: str | None, test: Table | None, reasons: dict[str, str]
) -> tuple[str, ...]:
    names = [name for name in table.columns if name not in (target, id)]
    said = []
    if test is not None:
        gone = [name for name in names if name not in test.columns]
        names = [name for name in names if name in test.columns]
        if gone:
            said.append(f"not in the test file: {', '.join(gone)}")
    unwritable = [name for name in names if not name or "{" in name or "}" in name]
    constant = [name for name in names if len(table) > 2 and _constant(table.column(name))]
    if unwritable:
        said.append(f"no template can name: {', '.join(map(repr, unwritable))}")
    if constant and len(constant) < len(names):
        said.append(f"the same in every row: {', '.join(constant)}")
        names = [name for name in names if name not in constant]
    names = [name for name in names if name not in unwritable]
    if not names and id is not None:
        names = [id]
    if not names:
        raise DataError(f"{table.name}: no column is left for the prompt ({'; '.join(said)})")
    if len(names) > MOST_FIELDS:
        said.append(f"over {MOST_FIELDS}: {', '.join(names[MOST_FIELDS:][:20])}")
    reasons["user"] = "all columns but the target" + (" and the id" if id is not None else "")
    if said:
        reasons["user"] += "; left out, " + "; ".join(said)
    return tuple(names[:MOST_FIELDS])


def _constant(values: Sequence[Any]) -> bool:
    first = values[0]
    return all(value == first for value in values)


def _user(fields: Sequence[str], target: str) -> str:
    shape = "{" + ANSWER_FORMAT + "}"
    asked = target.replace("{", "{{").replace("}", "}}")
    if len(fields) == 1:
        return f"{{{fields[0]}}}\n\nGive the {asked}. {shape}"
    lines = "\n".join(f"{name}: {{{name}}}" for name in fields)
    return f"{lines}\n\nGive the {asked}. {shape}"


def _dev(rows: int, reasons: dict[str, str]) -> float | int:
    if rows * DEV_SHARE <= MOST_DEV:
        size = max(1, round(rows * DEV_SHARE))
        reasons["dev"] = f"a fifth of {rows:,} rows: {size}"
        return DEV_SHARE
    reasons["dev"] = f"{MOST_DEV} of {rows:,} rows: enough to know an accuracy to about ±.07"
    return MOST_DEV


def _submission(
    table: Table, target: str, id: str | None, test: Table | None, reasons: dict[str, str]
) -> tuple[str, ...]:
    if id is not None:
        reasons["submission"] = "the id, then the answer under the target's name"
        return (id, target)
    there = test.columns if test is not None else table.columns
    first = next((name for name in there if name not in (target, "")), None)
    if first is None:
        reasons["submission"] = "the row number, then the answer"
        return ("id", target)
    reasons["submission"] = "the first column, then the answer, as there is no id"
    return (first, target)


def _language(table: Table, fields: Sequence[str], reasons: dict[str, str]) -> str | None:
    """Japanese, Chinese or Korean by their scripts; no guess for others."""
    text = " ".join(cell_text(value)[:500] for name in fields for value in table.column(name)[:100])
    letters = sum(map(str.isalpha, text)) or 1
    kana = len(re.findall("[ぁ-ゖァ-ヺ]", text))
    hangul = len(re.findall("[가-힣]", text))
    han = len(re.findall("[\u4e00-\u9fff]", text))
    found = None
    if kana > letters * 0.1:
        found = "ja"
    elif hangul > letters * 0.3:
        found = "ko"
    elif han > letters * 0.5:
        found = "zh"
    if found:
        reasons["language"] = "by the script of the data"
    return found
