"""The samples of a run that fit a filter."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tesuji.board.asked import (
    ANY,
    HOWS,
    ORDERS,
    PLACES,
    SIZE,
    SIZES,
    STATES,
    Asked,
    read_asked,
)
from tesuji.board.board import among
from tesuji.board.view import url
from tesuji.diagnose.finding import KINDS
from tesuji.errors import InputError
from tesuji.run.ledger import Ledger, Page, RunRow, get_run, list_tags, neighbour, page

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from tesuji.board.board import Board

# (what a column is called, its order at the first click, and at the next)
HEADS = {
    "sample": ("id", "id-down"),
    "score": ("score", "score-down"),
    "tokens": ("tokens", "tokens-up"),
    "length": ("length", "length-up"),
    "seconds": ("seconds", "seconds-up"),
}


def samples(board: Board, request: Request) -> Response:
    """The samples of a run that fit a filter, a page of them. What is wrong with a filter is said
    above it, and it stays as it was typed."""
    asked = read_asked(request.query_params)
    with board.reader.ledger() as ledger:
        run = board.run(ledger, request.path_params["run"])
        if asked.against:
            get_run(ledger, int(asked.against))
        found, why = _found(board, ledger, run, asked)
        return board.page(
            request, "samples.html", 400 if why else 200, run=run, asked=asked, found=found,
            why=why, last=max(1, -(-found.total // asked.rows)), orders=ORDERS, heads=HEADS,
            **_choices(board, ledger, run),
        )  # fmt: skip


def _found(board: Board, ledger: Ledger, run: RunRow, asked: Asked) -> tuple[Page, str]:
    try:
        chosen = board.filter(ledger, run.id, asked)
        return page(
            ledger, run.id, chosen, asked.sorting, offset=asked.offset, size=asked.rows
        ), ""  # fmt: skip
    except InputError as error:
        return Page((), 0, 0), str(error)


def _choices(board: Board, ledger: Ledger, run: RunRow) -> dict[str, Any]:
    """What the filter offers."""
    counts = board.kept.kinds(ledger, run.id)
    return {
        "kinds": [(kind, counts.get(kind, 0)) for kind in (ANY, *KINDS)],
        "states": STATES, "places": PLACES, "hows": HOWS, "sizes": SIZES, "size": SIZE,
        "fields": board.kept.field_names(run.split, getattr(board.task, run.split, ())),
        "tags": list_tags(ledger, run.task_digest, run.split),
    }  # fmt: skip


def next_failure(board: Board, request: Request) -> Response:
    """To the first failure after a sample, among those that fit the filter; back to the list where
    there is none. Found when it is asked for, since it takes a look at all samples."""
    from starlette.responses import RedirectResponse

    asked, id = read_asked(request.query_params), request.query_params.get("id", "")
    with board.reader.ledger() as ledger:
        run = board.run(ledger, request.path_params["run"])
        found = failure_after(board, ledger, run.id, asked, id)
    if found is None:
        return RedirectResponse(url(f"/run/{run.id}/samples", asked.query()), 303)
    return RedirectResponse(url(f"/run/{run.id}/sample", asked.query(page=1), id=found), 303)


def failure_after(board: Board, ledger: Ledger, run: int, asked: Asked, id: str) -> str | None:
    """The next sample that fails, among those that fit the filter."""
    chosen = among(board.filter(ledger, run, asked), board.failing(ledger, run))
    return neighbour(ledger, run, chosen, asked.sorting, id, 1)
