"""The page of a run."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from tesuji.board.later import Found
from tesuji.board.live import Part
from tesuji.board.rates import rates, spark
from tesuji.board.spread import EXTREMES, QUICK, Spread, spread
from tesuji.board.standing import standing
from tesuji.errors import TesujiError
from tesuji.run.entry import entry_of, to_table
from tesuji.run.ledger import Ledger, RunRow, get_best, list_runs, read_alarms

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from tesuji.board.board import Board

PARTS = ("run_status", "facts", "failures", "alarms", "scores", "extremes")


async def run(board: Board, request: Request) -> Response:
    """A run: counts, score, rates of failures, its entry."""
    version = await board.version()
    parts = await run_parts(board, request, request.path_params["run"])
    return await board.reader.run(lambda: _page(board, request, version, parts))


def _page(board: Board, request: Request, version: str, parts: Mapping[str, Part]) -> Response:
    with board.reader.ledger() as ledger:
        run = board.run(ledger, request.path_params["run"])
        return board.page(
            request, "run.html", run=run, others=_others(ledger, run), parts=parts,
            best=get_best(ledger, board.task.digest, run.split), entry=_toml(run),
            version=version,
        )  # fmt: skip


async def run_parts(board: Board, request: Request, number: str) -> Mapping[str, Part]:
    """The parts of the page that change while the run goes on."""
    run = await board.reader.run(lambda: _row(board, number))
    shown: Found[Spread] | None = None
    if run.state != "running" or run.total <= QUICK:
        shown = await spread(board.later, board.reader.path, run)
    return await board.reader.run(lambda: _parts(board, request, run.id, shown))


def _row(board: Board, number: str) -> RunRow:
    with board.reader.ledger() as ledger:
        return board.run(ledger, number)


def _parts(
    board: Board, request: Request, number: int, shown: Found[Spread] | None
) -> Mapping[str, Part]:
    with board.reader.ledger() as ledger:
        run = board.run(ledger, str(number))
        best = get_best(ledger, board.task.digest, run.split)
        before = [one for one in _others(ledger, run) if one.id < run.id and one.outputs]
        beside = {one.id: one for one in (*before[-1:], *([best] if best else ()))}
        beside.pop(run.id, None)
        values: Mapping[str, Any] = {
            "run": run, "best": best, "standing": standing(ledger, run),
            "found": rates(ledger, run, list(beside.values())), "others": list(beside.values()),
            "alarms": read_alarms(ledger, run.id), "spread": shown, "spark": spark,
            "extremes": EXTREMES,
            "worst": "score" if board.task.metric.higher_is_better else "score-down",
        }  # fmt: skip
    return {name: board.part(request, name, **values) for name in PARTS}


def _others(ledger: Ledger, run: RunRow) -> list[RunRow]:
    """The runs that this one can be compared with, oldest first."""
    return [
        one for one in list_runs(ledger)
        if one.id != run.id and (one.split, one.task_digest) == (run.split, run.task_digest)
    ]  # fmt: skip


def _toml(run: RunRow) -> str:
    """The entry as its file would say it."""
    import tomli_w

    try:
        table = to_table(entry_of(run))
    except TesujiError:  # of another version of Tesuji
        table = dict(run.entry_table)
    return tomli_w.dumps(table, multiline_strings=True)
