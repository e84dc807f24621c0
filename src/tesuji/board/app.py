"""The board's addresses and what each answers."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from functools import partial
from typing import TYPE_CHECKING, Any, TypeAlias

from tesuji.board.board import Board
from tesuji.board.guard import Gate, Guard
from tesuji.board.later import PATIENCE
from tesuji.board.live import Live
from tesuji.board.outputs import RUN
from tesuji.board.pages.compare import compare, compare_sample
from tesuji.board.pages.competition import competition
from tesuji.board.pages.events import events
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

_Waiting: TypeAlias = "Callable[[Board, Request], Awaitable[Response]]"
ASSETS: dict[str, str] = {"board.css": "text/css", "board.js": "text/javascript"}
ASSETS |= {"notes.js": "text/javascript", "copy.js": "text/javascript"}
# What follows a run, draws its plots and copies its commands.
ASSETS |= {
    "live.js": "text/javascript", "plots.js": "text/javascript",
    "uPlot.iife.min.js": "text/javascript", "uPlot.min.css": "text/css",
}  # fmt: skip


def make_app(
    task: Task | Board, gate: Gate, *, live: Live | None = None, patience: float = PATIENCE
) -> ASGIApp:
    """The board of a competition, or one that was made before, behind its gate. Its lifespan closes
    the ledger.

    `live` has its streams, which whoever serves them ends. A page waits `patience` seconds for
    what takes long, then comes without it.
    """
    from starlette.applications import Starlette
    from starlette.exceptions import HTTPException
    from starlette.routing import Route

    board = task if isinstance(task, Board) else Board(task, patience, live or Live())

    def read(page: Callable[[Board, Request], Response]) -> Callable[..., Awaitable[Response]]:
        async def answer(request: Request) -> Response:
            await board.fresh()
            return await board.reader.run(lambda: page(board, request))

        return answer

    def wait(page: _Waiting) -> Callable[..., Awaitable[Response]]:
        async def answer(request: Request) -> Response:
            await board.fresh()
            return await page(board, request)

        return answer

    async def first(board: Board, request: Request) -> Response:
        if not board.of_file:
            return await competition(board, request)
        request.path_params["run"] = str(RUN)  # a file's one run is all there is
        return await run(board, request)

    @asynccontextmanager
    async def life(app: Starlette) -> AsyncIterator[None]:
        yield
        await board.later.close()
        await board.reader.close()

    routes = [
        Route("/", wait(first)),
        Route("/run/{run}", wait(run)),
        Route("/events", wait(events)),
        Route("/run/{run}/samples", read(samples)),
        Route("/run/{run}/sample", read(sample)),
        # Notes, attempts, comparisons.
        Route("/run/{run}/failure", read(next_failure)),
        Route("/run/{run}/text", read(whole_text)),
        Route("/run/{run}/note", wait(note), methods=["POST"]),
        *(
            []
            if board.of_file
            else [
                Route("/compare", read(compare)),
                Route("/compare/sample", read(compare_sample)),
            ]
        ),
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
