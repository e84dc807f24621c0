"""The first page: the best entry, what to do next, what is left, the trials so far, all runs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from tesuji.board.checklist import Moves, next_moves, stamp_of
from tesuji.board.later import Found
from tesuji.board.live import Part
from tesuji.board.loads import limits
from tesuji.board.overview import lines
from tesuji.board.rates import rates
from tesuji.board.trend import make_plots
from tesuji.run.ledger import FILE, Ledger, get_best

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from tesuji.board.board import Board

PARTS = ("status", "trouble", "best", "next", "budget", "plots", "runs")
_NEWEST = 100  # runs in the list; all of them where all are asked for


async def competition(board: Board, request: Request) -> Response:
    """The page as it is now."""
    version = await board.version()
    parts = await competition_parts(board, request)
    return board.page(request, "competition.html", parts=parts, version=version,
                      every=_every(request))  # fmt: skip


async def competition_parts(board: Board, request: Request) -> Mapping[str, Part]:
    """The parts of the page, all of which may change while a run goes on."""
    task = board.task
    stamp, outputs = await board.reader.run(
        lambda: _with_ledger(board, lambda ledger: stamp_of(task, ledger))
    )
    moves = await next_moves(task, board.later, stamp, outputs)
    return await board.reader.run(
        lambda: _with_ledger(board, lambda ledger: _parts(board, request, ledger, moves))
    )


def _every(request: Request) -> bool:
    return request.query_params.get("runs") == "all"


def _with_ledger(board: Board, work: Any) -> Any:
    """The work with the ledger, or with None where there is none yet."""
    if not (board.task.folder / FILE).exists():
        return work(None)
    with board.reader.ledger() as ledger:
        return work(ledger)


def _parts(
    board: Board, request: Request, ledger: Ledger | None, moves: Found[Moves]
) -> Mapping[str, Part]:
    values = _values(board, ledger) if ledger else _NOTHING
    shown = values["lines"] if _every(request) else values["lines"][:_NEWEST]
    return {
        name: board.part(
            request, name, **values, trouble=board.files.trouble, shown=shown, moves=moves,
            run=values["best"],
        )
        for name in PARTS
    }  # fmt: skip


_NOTHING: Mapping[str, Any] = {
    "best": None, "found": None, "lines": (), "going": (), "plots": None, "limits": (),
}  # fmt: skip


def _values(board: Board, ledger: Ledger) -> Mapping[str, Any]:
    task = board.task
    best, found = get_best(ledger, task.digest, "dev"), lines(task, ledger)
    runs = [line.run for line in found]
    load = board.loads.of(task, ledger, best, runs) if best else None
    return {
        "best": best, "found": rates(ledger, best) if best else None, "lines": found,
        "going": [line for line in found if line.standing],
        "plots": make_plots(task, ledger, found, board.loads),
        "limits": limits(task, load, runs),
    }  # fmt: skip
