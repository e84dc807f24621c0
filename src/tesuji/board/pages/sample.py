"""One sample: what was sent, what came back, what was made of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tesuji.board.asked import Asked, read_asked
from tesuji.board.marked import as_text, changes
from tesuji.diagnose.visible import visible_parts
from tesuji.errors import InputError
from tesuji.run.exchange.rows import Row, find_row
from tesuji.run.ledger import Filter, Ledger, neighbour

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from tesuji.board.board import Board


def sample(board: Board, request: Request) -> Response:
    """One sample: what was sent, what came back, what was made of it."""
    asked, id = read_asked(request.query_params), request.query_params.get("id", "")
    with board.reader.ledger() as ledger:
        run = board.run(ledger, request.path_params["run"])
        row = find_row(ledger, run.id, id, board.sample(run.split, id))
        if row is None:
            raise InputError(f"run {run.id} has no such sample")
        around = _around(board, ledger, run.id, asked, id)
    target = row.sample.target if row.sample else None
    answer = row.answer.answer
    compared = target is not None and answer is not None
    return board.page(
        request, "sample.html", run=run, asked=asked, row=row, id=id, **around,
        attempts=_attempts(row), target=target,
        changes=changes(as_text(target), as_text(answer)) if compared else (),
    )  # fmt: skip


def _around(board: Board, ledger: Ledger, run: int, asked: Asked, id: str) -> dict[str, Any]:
    """The samples before and after one in a list, and the next one that fails."""
    chosen, order = board.filter(ledger, run, asked), asked.sorting
    failed = Filter(ids=board.failing(ledger, run))
    return {
        "previous": neighbour(ledger, run, chosen, order, id, -1),
        "following": neighbour(ledger, run, chosen, order, id, 1),
        "failure": neighbour(ledger, run, failed, order, id, 1),
    }


def _attempts(row: Row) -> list[dict[str, Any]]:
    """All outputs behind an answer, each with its findings marked in place; messages and sampling
    only where they differ from those of the first."""
    first = row.first
    return [
        {
            "drawn": drawn,
            "parts": visible_parts(drawn.output.text, drawn.findings),
            "chosen": at == row.chosen,
            "messages": drawn.messages if first and drawn.messages != first.messages else (),
        }
        for at, drawn in enumerate(row.outputs)
    ]
