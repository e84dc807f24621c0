"""The board's server: a port, the address to open, and an end by Ctrl-C."""

from __future__ import annotations

import socket
from collections.abc import Callable
from typing import TYPE_CHECKING

from tesuji.board.board import Board
from tesuji.board.guard import Gate
from tesuji.board.view import warm
from tesuji.errors import InputError
from tesuji.task.task import Task

if TYPE_CHECKING:
    import uvicorn

PORT = 8377
_TRIES = 20  # ports from PORT on


def serve(
    board: Board, *, host: str = "127.0.0.1", port: int | None = None,
    ready: Callable[[Gate], None] = lambda gate: None,
) -> None:  # fmt: skip
    """Serve the board until Ctrl-C. `ready` is told where, once it can be opened.

    Without a `port`, the first free one from 8377 on; 0 is any. InputError where none can be had.
    """
    with bind(host, port) as listening:
        gate = Gate(host, listening.getsockname()[1])
        server = make_server(board, gate)
        warm()
        ready(gate)
        try:
            server.run(sockets=[listening])
        except KeyboardInterrupt:
            return  # uvicorn has let go of everything, and then passes Ctrl-C on


def make_server(task: Task | Board, gate: Gate) -> uvicorn.Server:
    """The board's server, for a socket of one's own: `run(sockets=[…])`."""
    import uvicorn

    from tesuji.board.app import make_app

    board = task if isinstance(task, Board) else Board(task)

    class Server(uvicorn.Server):
        async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
            board.live.end()  # a stream has no end of its own, and the server waits for all answers
            await super().shutdown(sockets)

    config = uvicorn.Config(
        make_app(board, gate), log_config=None, access_log=False, lifespan="on", ws="none",
        http="h11", loop="asyncio", proxy_headers=False, server_header=False,
        timeout_graceful_shutdown=2,
    )  # fmt: skip
    return Server(config)


def bind(host: str, port: int | None) -> socket.socket:
    """A listening socket; connections wait in it until the server is there."""
    if port is not None and not 0 <= port <= 65535:
        raise InputError(f"--port {port}: a port is a number from 0 to 65535")
    wanted = range(PORT, PORT + _TRIES) if port is None else (port,)
    why = ""
    for number in wanted:
        try:
            return _listen(host, number)
        except OSError as error:
            why = error.strerror or str(error)
    ports = f"port {port}" if port is not None else f"ports {PORT} to {PORT + _TRIES - 1}"
    raise InputError(f"{host}: {ports}: {why}; name another by --port (0 is any that is free)")


def _listen(host: str, port: int) -> socket.socket:
    family, kind, protocol, _, address = socket.getaddrinfo(
        host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
    )[0]
    made = socket.socket(family, kind, protocol)
    try:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind(address)
        made.listen(128)
    except BaseException:
        made.close()
        raise
    return made
