"""The first page: the best entry, what to do next, all runs."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING

from tesuji.board.overview import Failure, Line, failures, lines
from tesuji.reports.plan import cost_words, gain_words
from tesuji.run.ledger import FILE, RunRow, get_best

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from tesuji.board.board import Board
    from tesuji.moves.advice import Plan


async def competition(board: Board, request: Request) -> Response:
    """The best entry, what to do next, all runs. The planner may take a while over a large run: it
    has a thread of its own."""
    report = await asyncio.to_thread(board.checklist.report)
    return await board.reader.run(lambda: _competition(board, request, report.plan))


def _competition(board: Board, request: Request, plan: Plan) -> Response:
    if not (board.task.folder / FILE).exists():
        return _overview(board, request, plan, None, (), ())
    with board.reader.ledger() as ledger:
        best = get_best(ledger, board.task.digest, "dev")
        found = failures(ledger, best.id) if best else []
        return _overview(board, request, plan, best, found, lines(board.task, ledger))


def _overview(
    board: Board,
    request: Request,
    plan: Plan,
    best: RunRow | None,
    found: Sequence[Failure],
    runs: Sequence[Line],
) -> Response:
    return board.page(
        request, "competition.html", plan=plan, best=best, failures=found, lines=runs,
        gain_words=gain_words, cost_words=cost_words,
    )  # fmt: skip
