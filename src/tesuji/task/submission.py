"""Submission files: written whole from a task's answers, and checked before they cost a try."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tesuji.errors import ConfigError, DataError, SubmissionError
from tesuji.task.answer_columns import AnswerColumns, copied_cells
from tesuji.task.own import Own, called
from tesuji.task.row import Table
from tesuji.task.sample import Answer
from tesuji.task.samples import shown
from tesuji.task.table import read_table
from tesuji.task.task import Task
from tesuji.task.writing import cell_text, write_table

LISTED = 5
"""How many lines of one kind of problem are listed before the rest is counted."""

# What pandas.read_csv takes for a missing value by default (pandas 2.2, io/parsers, na_values);
# contest hosts read submissions with it.
MISSING = frozenset(
    [
        "#N/A", "#N/A N/A", "#NA", "-1.#IND", "-1.#QNAN", "-NaN", "-nan", "1.#IND", "1.#QNAN",
        "<NA>", "N/A", "NA", "NULL", "NaN", "None", "n/a", "nan", "null",
    ]
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class SubmissionCheck:
    """What a check found: `problems` make the file invalid, `notes` are worth a look."""

    path: Path
    rows: int
    problems: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def write_submission(task: Task, answers: Mapping[str, Answer], path: Path | str) -> Path:
    """Write the submission: a row for each test row, in its order. Whole or not at all.

    `answers` maps each test sample's id to its answer. SubmissionError: an answer is missing,
    belongs to no test sample, or is none of the task's format.
    """
    spec, test = submission_needs(task)
    ids = [sample.id for sample in task.split("test")]
    if missing := [id for id in ids if answers.get(id) is None]:
        raise SubmissionError(
            f"{path}: not written: {len(missing):,} of {len(ids):,} test samples have no answer, "
            f"the first is {missing[0]!r}"
        )
    if len(answers) > len(ids):
        known = set(ids)
        extra = next(id for id in answers if id not in known)
        raise SubmissionError(f"{path}: not written: {extra!r} is the id of no test sample")
    cells = zip(copied_cells(spec, test), ids, strict=True)
    rows = [(*copied, *_answer_cells(task, spec, id, answers[id])) for copied, id in cells]
    write_table(path, spec.columns, rows)
    return Path(path)


def _answer_cells(task: Task, spec: AnswerColumns, id: str, answer: Answer) -> tuple[Any, ...]:
    if not spec.labels:
        return (task.format.render(answer),)
    if not isinstance(answer, Mapping) or any(label not in answer for label in spec.labels):
        raise SubmissionError(
            f"not written: the answer of sample {id!r}, {shown(answer)}, lacks a probability for "
            f"one of {', '.join(spec.labels)}"
        )
    return tuple(answer[label] for label in spec.labels)


def submission_needs(task: Task) -> tuple[AnswerColumns, Table]:
    """What a submission is made of: its columns and the test rows; ConfigError if one lacks."""
    if task.test_table is None:
        raise ConfigError(
            f"{task.folder / 'competition.toml'}: [data] test: missing; submissions need test data"
        )
    if task.submission is None:
        raise ConfigError(
            f"{task.folder / 'competition.toml'}: [data] submission: missing; list the columns "
            f'of a submission, such as submission = ["id", "answer"]'
        )
    return task.submission, task.test_table


def check_submission(task: Task, path: Path | str) -> list[str]:
    """What is wrong with a submission file, a clear line each; empty if it is valid."""
    return list(inspect_submission(task, path).problems)


def inspect_submission(task: Task, path: Path | str) -> SubmissionCheck:
    """Check a submission against the task: columns, rows, order, every answer; or as
    competition.py does, where that has a check_submission.

    Rows are matched by the copied columns. Another order than the test file's is a note, as hosts
    match by id; it is a problem where those columns don't tell the rows apart.
    """
    path = Path(path)
    if task.own.check_submission is not None:
        return SubmissionCheck(path, 0, _own_problems(task.own, path))
    if task.own.submission is not None:
        raise ConfigError(
            f"{task.own.path}: it makes the submission, but has no check_submission(path)"
        )
    spec, test = submission_needs(task)
    try:
        found = read_table(path)
    except DataError as error:
        return SubmissionCheck(path, 0, (str(error),))
    if found.columns != spec.columns:
        return SubmissionCheck(path, len(found), (_wrong_columns(path, spec, found.columns),))
    wanted = [tuple(map(cell_text, cells)) for cells in copied_cells(spec, test)]
    width = len(spec.copied)
    given = [tuple(map(cell_text, values[:width])) for values in found.values]
    problems = [*_row_problems(spec, test, found, wanted, given), *_bad_answers(task, spec, found)]
    notes = [*_fallbacks(task, spec, found), *_taken_for_missing(spec, found)]
    if not problems and given != wanted:
        at = next(
            row for row, pair in enumerate(zip(given, wanted, strict=True)) if len(set(pair)) > 1
        )
        line = (
            f"{found.where(at)}: the order differs from {test.name} from here on "
            f"({_key(spec, wanted[at])} is expected)"
        )
        if len(set(wanted)) == len(wanted):
            notes.append(line + "; hosts that match rows by id allow that")
        else:
            problems.append(line + "; rows with equal keys can only be told apart by their order")
    return SubmissionCheck(path, len(found), tuple(problems), tuple(notes))


def _own_problems(own: Own, path: Path) -> tuple[str, ...]:
    """What the check of competition.py finds; ConfigError where it returns no list of lines."""
    assert own.check_submission is not None
    if not path.is_file():
        return (f"{path}: no such file; `tesuji predict` writes it",)
    found = called(own, "check_submission", own.check_submission, path)
    if not isinstance(found, list | tuple) or not all(isinstance(line, str) for line in found):
        raise ConfigError(f"{own.path}: check_submission must return a list of texts")
    return tuple(found)


def _wrong_columns(path: Path, spec: AnswerColumns, found: tuple[str, ...]) -> str:
    wanted = ",".join(spec.columns)
    missing = [name for name in spec.columns if name not in found]
    extra = [name for name in found if name not in spec.columns]
    if not missing and not extra:
        why = "in another order"
    else:
        said = [f"missing {', '.join(map(repr, missing))}"] if missing else []
        said += [f"unknown {', '.join(map(repr, extra[:10]))}"] if extra else []
        why = "; ".join(said)
    return f"{path}: line 1: the columns must be {wanted} ({why})"


def _key(spec: AnswerColumns, cells: tuple[str, ...]) -> str:
    return ", ".join(f"{name} {shown(cell)}" for name, cell in zip(spec.copied, cells, strict=True))


def _row_problems(
    spec: AnswerColumns,
    test: Table,
    found: Table,
    wanted: list[tuple[str, ...]],
    given: list[tuple[str, ...]],
) -> Iterator[str]:
    """Rows that are extra, duplicate or missing, in the file's and then the test file's order."""
    left = Counter(wanted)
    known = set(left)
    seen: dict[tuple[str, ...], list[int]] = defaultdict(list)
    extra, twice = [], []
    for row, key in enumerate(given):
        if key not in known:
            extra.append(f"{found.where(row)}: no such row in {test.name}: {_key(spec, key)}")
        elif left[key] == 0:
            first = found.lines[seen[key][0]] if found.lines else seen[key][0] + 1
            twice.append(
                f"{found.where(row)}: again the row of {found.unit} {first}: {_key(spec, key)}"
            )
        else:
            left[key] -= 1
            seen[key].append(row)
    missing = []
    for row, key in enumerate(wanted):
        if left[key] > 0:
            left[key] -= 1
            place = test.lines[row] if test.lines else row + 1
            missing.append(
                f"{found.name}: missing: the row of {_key(spec, key)} ({test.unit} {place} of "
                f"{test.name})"
            )
    yield from _capped(extra, f"{found.name}: rows that are not in the test file")
    yield from _capped(twice, f"{found.name}: duplicate rows")
    yield from _capped(missing, f"{found.name}: missing rows")


def _capped(lines: list[str], what: str) -> Iterator[str]:
    yield from lines[:LISTED]
    if len(lines) > LISTED:
        yield f"{what}: … and {len(lines) - LISTED:,} more"


def _bad_answers(task: Task, spec: AnswerColumns, found: Table) -> Iterator[str]:
    width = len(spec.copied)
    empty, wrong = [], []
    for row, values in enumerate(found.values):
        cells = values[width:]
        blank = [name for name, cell in zip(spec.answers, cells, strict=True) if not _filled(cell)]
        if blank:
            empty.append(f"{found.where(row)}, column {blank[0]!r}: empty")
        elif (why := _refused(task, spec, cells)) is not None:
            wrong.append(f"{found.where(row)}, column {spec.answers[0]!r}: {why}")
    yield from _capped(empty, f"{found.name}: empty answers")
    yield from _capped(wrong, f"{found.name}: answers that the format cannot hold")


def _filled(cell: Any) -> bool:
    return cell is not None and (not isinstance(cell, str) or cell.strip() != "")


def _refused(task: Task, spec: AnswerColumns, cells: Iterable[Any]) -> str | None:
    """Why the format cannot hold these answer cells, or None."""
    value: Any = None
    if not spec.labels and tuple(cells) == (_fallback(task),):
        return None  # "no answer" is allowed to be no answer
    try:
        if spec.labels:
            value = dict(zip(spec.labels, cells, strict=True))
            value = {label: float(cell) for label, cell in value.items()}
        else:
            (value,) = cells
        task.format.accept(value)
    except (ValueError, TypeError) as error:
        return f"{shown(value)} is no answer of the format {task.format.name!r}: {error}"
    return None


def _fallback(task: Task) -> str:
    return task.format.render(task.format.fallback())


def _fallbacks(task: Task, spec: AnswerColumns, found: Table) -> Iterator[str]:
    if spec.labels:
        return
    given = _fallback(task)
    count = sum(values[-1] == given for values in found.values)
    if count:
        yield f"{found.name}: {count:,} of {len(found):,} answers are the fallback, {given!r}"


def _taken_for_missing(spec: AnswerColumns, found: Table) -> Iterator[str]:
    width = len(spec.copied)
    lines = [
        f"{found.where(row)}: the answer {cell!r} is a missing value to pandas.read_csv"
        for row, values in enumerate(found.values)
        for cell in values[width:]
        if isinstance(cell, str) and cell and cell in MISSING
    ]
    yield from _capped(lines, f"{found.name}: answers that pandas takes for missing")
