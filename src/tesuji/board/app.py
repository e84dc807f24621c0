"""The board's addresses and what each answers."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from functools import partial
from typing import TYPE_CHECKING, Any

from tesuji.board.board import Board
from tesuji.board.guard import Gate, Guard
from tesuji.board.pages.compare import compare, compare_sample
from tesuji.board.pages.competition import competition
from tesuji.board.pages.notes import note
from tesuji.board.pages.run import run
from tesuji.board.pages.sample import sample, whole_text
from tesuji.board.pages.samples import next_failure, samples
from tesuji.board.view import asset
from tesuji.errors import InputError, TesujiError
from tesuji.task.task import Task

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.types import ASGIApp

ASSETS: Mapping[str, str] = {
    "board.css": "text/css", "board.js": "text/javascript",
    "notes.js": "text/javascript", "copy.js": "text/javascript",
}  # fmt: skip


def make_app(task: Task, gate: Gate) -> ASGIApp:
    """The board of a competition, behind its gate. Its lifespan closes the ledger."""
    from starlette.applications import Starlette
    from starlette.exceptions import HTTPException
    from starlette.routing import Route

    board = Board(task)

    def read(page: Callable[[Board, Request], Response]) -> Callable[..., Awaitable[Response]]:
        async def answer(request: Request) -> Response:
            return await board.reader.run(lambda: page(board, request))

        return answer

    async def noted(request: Request) -> Response:
        return await note(board, request)

    async def first(request: Request) -> Response:
        return await competition(board, request)

    @asynccontextmanager
    async def life(app: Starlette) -> AsyncIterator[None]:
        yield
        await board.reader.close()

    routes = [
        Route("/", first),
        Route("/compare", read(compare)),
        Route("/run/{run}", read(run)),
        Route("/run/{run}/samples", read(samples)),
        Route("/run/{run}/sample", read(sample)),
        # Notes, attempts, comparisons.
        Route("/run/{run}/failure", read(next_failure)),
        Route("/run/{run}/text", read(whole_text)),
        Route("/run/{run}/note", noted, methods=["POST"]),
        Route("/compare/sample", read(compare_sample)),
        *(Route(f"/static/{name}", _asset(name, kind)) for name, kind in ASSETS.items()),
        Route("/favicon.ico", _nothing),
    ]
    handlers: Mapping[Any, Callable[..., Any]] = {
        InputError: partial(_missing, board), TesujiError: partial(_failed, board),
        HTTPException: partial(_refused, board),
    }  # fmt: skip
    return Guard(Starlette(routes=routes, exception_handlers=handlers, lifespan=life), gate)


def _asset(name: str, kind: str) -> Callable[[Request], Response]:
    from starlette.responses import Response

    return lambda request: Response(asset(name), media_type=kind)


def _nothing(request: Request) -> Response:
    from starlette.responses import Response

    return Response(status_code=204)


def _missing(board: Board, request: Request, error: Exception) -> Response:
    """There is no such run, sample, page or filter."""
    return board.page(request, "error.html", 404, title="not_found", why=str(error))


def _failed(board: Board, request: Request, error: Exception) -> Response:
    """The ledger cannot be read, say."""
    return board.page(request, "error.html", 503, title="failed", why=str(error))


def _refused(board: Board, request: Request, error: Any) -> Response:
    """No such address, or not by this method."""
    title = "not_found" if error.status_code == 404 else "failed"
    why = "there is no such page" if error.status_code == 404 else error.detail
    return board.page(request, "error.html", error.status_code, title=title, why=why)
