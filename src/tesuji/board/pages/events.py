"""The stream of a page that is looked at."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from tesuji.board.live import Part
from tesuji.board.pages.competition import competition_parts
from tesuji.board.pages.run import run_parts

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from tesuji.board.board import Board


async def events(board: Board, request: Request) -> Response:
    """Of the page of the run that is named, else of the competition's."""
    number = request.query_params.get("run")
    if number is not None:
        await board.reader.run(lambda: _check(board, number))

    async def make() -> Mapping[str, Part]:
        if number is None:
            return await competition_parts(board, request)
        return await run_parts(board, request, number)

    return board.live.answer(request, board.followed, make)


def _check(board: Board, number: str) -> None:
    """InputError where there is no such run."""
    with board.reader.ledger() as ledger:
        board.run(ledger, number)
