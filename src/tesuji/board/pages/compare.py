"""Two runs side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tesuji.board.asked import Asked
from tesuji.compare.trial import compare_runs
from tesuji.errors import InputError
from tesuji.run.ledger import flips, list_runs, page

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from tesuji.board.board import Board

FLIPPED = 100  # of each kind; the rest is behind a link


def compare(board: Board, request: Request) -> Response:
    """Two runs on the same samples."""
    names = [request.query_params.get(name, "") for name in ("a", "b")]
    with board.reader.ledger() as ledger:
        runs = list_runs(ledger)
        if not all(names):
            return board.page(request, "compare.html", runs=runs, pair=None)
        a, b = (board.run(ledger, name) for name in names)
        try:
            comparison = compare_runs(board.task, ledger, a, b)
        except InputError as error:
            return board.page(request, "compare.html", runs=runs, pair=(a, b), why=str(error))
        sentence = comparison.sentence(*(f"{run.entry} (run {run.id})" for run in (a, b)))
        flipped = [
            (flip, page(ledger, b.id, board.filter(ledger, b.id, asked, whole=True), size=FLIPPED))
            for flip in ("better", "worse")
            if (asked := Asked(against=str(a.id), flip=flip))
        ]
        return board.page(
            request, "compare.html", runs=runs, pair=(a, b), why="", sentence=sentence,
            flipped=flipped,
            flips=flips(ledger, a.id, b.id, higher_is_better=board.task.metric.higher_is_better),
        )  # fmt: skip
