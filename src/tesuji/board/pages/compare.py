"""Two runs side by side."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from tesuji.board.asked import Asked, read_asked
from tesuji.board.marked import Change, as_text, messages_text, sides, word_changes
from tesuji.board.shortened import shorten
from tesuji.compare.trial import compare_runs
from tesuji.diagnose.finding import KINDS
from tesuji.errors import InputError
from tesuji.reports.words import number_text, percent, usd_text
from tesuji.run.ledger import (
    Ledger,
    RunRow,
    finding_rates,
    flips,
    list_runs,
    neighbour,
    page,
)
from tesuji.task.sample import Sample

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from tesuji.board.board import Board

FLIPPED = 100  # of each kind; the rest is behind a link
_ROOMS = (30_000, 10_000, 3_000)  # bytes of a page for a text of each run
_MOST_MARKS = 1500  # parts; with more, less of the text is shown
_FIELDS = 40
_FIELDS_ROOM = 20_000


@dataclass(frozen=True, slots=True)
class Apart:
    """Two texts, what differs marked in each, and how many characters each goes on."""

    a: Sequence[Change]
    b: Sequence[Change]
    left_a: int = 0
    left_b: int = 0
    equal: bool = False


@dataclass(frozen=True, slots=True)
class Pair:
    """A figure of both runs, in words, and the difference."""

    name: str
    a: str
    b: str
    difference: str
    how: Literal["word", "kind", "state"] = "word"


def compare(board: Board, request: Request) -> Response:
    """Two runs on the same samples."""
    asked = read_asked(request.query_params)
    with board.reader.ledger() as ledger:
        runs = list_runs(ledger)
        if not all(_names(request)):
            return board.page(request, "compare.html", runs=runs, pair=None, asked=asked)
        a, b = _pair(board, ledger, request)
        try:
            comparison = board.kept.of_runs(
                "compared", ledger, (a.id, b.id), lambda: compare_runs(board.task, ledger, a, b)
            )
        except InputError as error:
            return board.page(
                request, "compare.html", runs=runs, pair=(a, b), asked=asked, why=str(error)
            )
        higher = board.task.metric.higher_is_better
        flipped = [
            (flip, page(ledger, b.id, board.filter(ledger, b.id, one, whole=True), size=FLIPPED))
            for flip in ("better", "worse")
            if asked.flip in ("", "any", flip)
            if (one := Asked(against=str(a.id), flip=flip, kind=asked.kind))
        ]
        return board.page(
            request, "compare.html", runs=runs, pair=(a, b), why="", comparison=comparison,
            flipped=flipped, asked=asked, kinds=KINDS, settings=_settings(a, b),
            rates=_rates(ledger, a, b), costs=_costs(a, b),
            flips=board.kept.of_runs(
                "flips", ledger, (a.id, b.id),
                lambda: flips(ledger, a.id, b.id, higher_is_better=higher),
            ),
        )  # fmt: skip


def compare_sample(board: Board, request: Request) -> Response:
    """One sample in two runs: the outputs side by side, and the way to the next that flipped."""
    asked, id = read_asked(request.query_params), request.query_params.get("id", "")
    with board.reader.ledger() as ledger:
        a, b = _pair(board, ledger, request)
        wanted = Asked(against=str(a.id), flip=asked.flip, kind=asked.kind)
        chosen, order = board.filter(ledger, b.id, wanted), wanted.sorting
        rows = [board.row(ledger, run, id) for run in (a, b)]
        previous, following = (neighbour(ledger, b.id, chosen, order, id, step) for step in (-1, 1))
    texts = [row.first.output.text if row.first else "" for row in rows]
    sent = [messages_text(row.first.messages if row.first else ()) for row in rows]
    answers = [as_text(row.answer.answer) for row in rows]
    return board.page(
        request, "compare_sample.html", pair=(a, b), id=id, asked=asked, rows=rows,
        previous=previous, following=following,
        outputs=_apart(texts[0], texts[1]), sent=_apart(sent[0], sent[1]),
        answers=_apart(answers[0], answers[1]),
        **_of_data(rows[1].sample),
    )  # fmt: skip


def _of_data(sample: Sample | None) -> dict[str, Any]:
    """The target and the fields, where the data still have the sample."""
    if sample is None:
        return {"target": None, "fields": []}
    share = _FIELDS_ROOM // _FIELDS
    target, fields = sample.target, [*sample.fields.items()][:_FIELDS]
    return {
        "target": None if target is None else shorten(as_text(target), _ROOMS[1]),
        "fields": [(name, shorten(as_text(value), share)) for name, value in fields],
    }


def _names(request: Request) -> list[str]:
    return [request.query_params.get(name, "") for name in ("a", "b")]


def _pair(board: Board, ledger: Ledger, request: Request) -> tuple[RunRow, RunRow]:
    a, b = (board.run(ledger, name) for name in _names(request))
    return a, b


def _apart(a: str, b: str, among: int = 1) -> Apart:
    """What differs, word by word, with the share of one `among` so many. Where that is almost
    everything, of less of the text: the marks themselves take room."""
    found: list[Change] = []
    lefts = 0, 0
    for room in _ROOMS:
        first, second = shorten(a, room // among), shorten(b, room // among)
        found, lefts = word_changes(first.text, second.text), (first.left, second.left)
        if len(found) <= _MOST_MARKS // among:
            break
    return Apart(*sides(found), *lefts, equal=a == b)


def _settings(a: RunRow, b: RunRow) -> list[tuple[str, Apart]]:
    """The settings of the two entries that differ, by their names in an entry's file."""
    mine, theirs = (dict(_flat(run.entry_table)) for run in (a, b))
    every = dict.fromkeys([*mine, *theirs])
    names = [name for name in every if mine.get(name) != theirs.get(name)]
    among = max(1, len(names) // 2)
    return [(name, _apart(mine.get(name, ""), theirs.get(name, ""), among)) for name in names]


def _flat(table: Mapping[str, Any], before: str = "") -> Iterator[tuple[str, str]]:
    for key, value in table.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{before}{key}.")
        elif isinstance(value, str):
            yield f"{before}{key}", value
        else:
            yield f"{before}{key}", json.dumps(value, ensure_ascii=False)


def _rates(ledger: Ledger, a: RunRow, b: RunRow) -> list[Pair]:
    """How often each kind of failure was found in both, and how often there was no answer."""
    found = [finding_rates(ledger, run.id) for run in (a, b)]
    kinds = sorted({*found[0], *found[1]}, key=lambda kind: -max(r.get(kind, 0) for r in found))
    rows = [_rate_pair(kind, [rates.get(kind, 0.0) for rates in found], "kind") for kind in kinds]
    for state, name in (("unparsed", "unparsed"), ("fallback", "fallbacks"), ("error", "errors")):
        shares = [getattr(run, name) / max(1, _came(run)) for run in (a, b)]
        if any(shares):
            rows.append(_rate_pair(state, shares, "state"))
    return rows


def _came(run: RunRow) -> int:
    return run.answered + run.unparsed + run.fallbacks + run.errors


def _rate_pair(name: str, rates: Sequence[float], how: Literal["kind", "state"]) -> Pair:
    a, b = rates
    return Pair(name, percent(a), percent(b), f"{(b - a) * 100:+.1f}", how)


def _costs(a: RunRow, b: RunRow) -> list[Pair]:
    """What all passes of each took."""
    rows = []
    for name, field in (
        ("requests", "all_sent"), ("tokens_in", "all_tokens_in"), ("tokens_out", "all_tokens_out"),
    ):  # fmt: skip
        x, y = (getattr(run, field) for run in (a, b))
        rows.append(Pair(name, f"{x:,}", f"{y:,}", f"{y - x:+,}"))
    if a.all_usd is not None and b.all_usd is not None and (a.all_usd or b.all_usd):
        gap = b.all_usd - a.all_usd
        sign = "-" if gap < 0 else "+"
        rows.append(
            Pair("cost", usd_text(a.all_usd), usd_text(b.all_usd), f"{sign}{usd_text(abs(gap))}")
        )
    x, y = a.all_seconds, b.all_seconds
    rows.append(Pair("seconds", number_text(x), number_text(y), f"{y - x:+.4g}"))
    return rows
