"""Asks the board's own app for a page, without a socket: an export is rendered by what serves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from tesuji.board.guard import Gate

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message


@dataclass
class Inside:
    """Sends GET requests to the app, as from a page of its own."""

    app: ASGIApp
    gate: Gate
    language: str

    async def get(self, address: str) -> tuple[int, bytes]:
        """(status, body) of an address such as `/run/1?lang=ja`."""
        path, _, query = address.partition("?")
        headers = {"host": self.gate.address, "accept-language": self.language}
        scope: dict[str, Any] = {
            "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "GET",
            "scheme": "http", "path": unquote(path), "raw_path": path.encode(), "root_path": "",
            "query_string": query.encode(), "server": (self.gate.host, self.gate.port),
            "client": None, "headers": [(k.encode(), v.encode()) for k, v in headers.items()],
        }  # fmt: skip
        status, parts = 0, []

        async def receive() -> Message:
            return {"type": "http.request", "body": b"", "more_body": False}

        async def send(message: Message) -> None:
            nonlocal status
            status = message.get("status", status)
            parts.append(message.get("body", b""))

        await self.app(scope, receive, send)
        return status, b"".join(parts)
