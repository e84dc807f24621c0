"""The samples of a run that fit a filter."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tesuji.board.asked import ANY, ORDERS, STATES, read_asked
from tesuji.diagnose.finding import KINDS
from tesuji.run.ledger import get_run, page

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from tesuji.board.board import Board

SIZE = 50  # samples on a page


def samples(board: Board, request: Request) -> Response:
    """The samples of a run that fit a filter, a page of them."""
    asked = read_asked(request.query_params)
    with board.reader.ledger() as ledger:
        run = board.run(ledger, request.path_params["run"])
        if asked.against:
            get_run(ledger, int(asked.against))
        found = page(
            ledger, run.id, board.filter(ledger, run.id, asked), asked.sorting,
            offset=(asked.page - 1) * SIZE, size=SIZE,
        )  # fmt: skip
    return board.page(
        request, "samples.html", run=run, asked=asked, found=found, kinds=(ANY, *KINDS),
        states=STATES, orders=ORDERS, last=max(1, -(-found.total // SIZE)),
    )  # fmt: skip
