"""The page of a run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tesuji.board.overview import failures
from tesuji.errors import TesujiError
from tesuji.run.entry import entry_of, to_table
from tesuji.run.ledger import RunRow, get_best, list_runs, read_alarms

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from tesuji.board.board import Board


def run(board: Board, request: Request) -> Response:
    """A run: counts, score, rates of failures, its entry."""
    with board.reader.ledger() as ledger:
        run = board.run(ledger, request.path_params["run"])
        others = [
            one for one in list_runs(ledger)
            if one.id != run.id and (one.split, one.task_digest) == (run.split, run.task_digest)
        ]  # fmt: skip
        best = get_best(ledger, board.task.digest, run.split)
        return board.page(
            request, "run.html", run=run, failures=failures(ledger, run.id), others=others,
            best=best, alarms=read_alarms(ledger, run.id), entry=_toml(run),
            counts=_counts(run),
            worst="score" if board.task.metric.higher_is_better else "score-down",
        )  # fmt: skip


def _counts(run: RunRow) -> list[tuple[str, int]]:
    counts = [
        ("answered", run.answered), ("unparsed", run.unparsed), ("fallback", run.fallbacks),
        ("error", run.errors),
    ]  # fmt: skip
    return [*counts, ("to_go", max(0, run.total - sum(n for _, n in counts)))]


def _toml(run: RunRow) -> str:
    """The entry as its file would say it."""
    import tomli_w

    try:
        table = to_table(entry_of(run))
    except TesujiError:  # of another version of Tesuji
        table = dict(run.entry_table)
    return tomli_w.dumps(table, multiline_strings=True)
