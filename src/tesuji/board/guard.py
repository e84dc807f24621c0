"""Who may ask the board, and what a browser may do with its pages.

A page that is open in the same browser can send requests to loopback ports, and a name of its own
can be made to point at 127.0.0.1 (DNS rebinding). So the Host header must be one of the board's
own, and what isn't a GET or a HEAD must come from a page of the board (Origin) and bring the
session's token. The Content-Security-Policy lets the pages load nothing but their own style and
script: a script in a model's output would not run even if it were not escaped.
"""

from __future__ import annotations

import hmac
import ipaddress
import secrets
import socket
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.cookies import CookieError, SimpleCookie
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlencode

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

HEADERS: Mapping[str, str] = {
    "content-security-policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; "
        "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    # Not "no-referrer": by it a browser sends "Origin: null" with a form, even to the same board.
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "no-store",
}
MAY_WRITE = "tesuji.may_write"
"""In a request's scope: whether it brought the session's token, so that a page offers its forms."""
_READS = ("GET", "HEAD")
_LOOPBACK_NAMES = ("localhost", "127.0.0.1", "[::1]")


@dataclass(frozen=True)
class Gate:
    """Where the board is bound, and the token of this session.

    On a loopback address reading is free to whoever may use this computer; elsewhere the token is
    asked for everything.
    """

    host: str
    port: int
    token: str = field(default_factory=lambda: secrets.token_urlsafe(24), repr=False)

    @property
    def is_local(self) -> bool:
        """Whether only this computer can reach it."""
        return is_loopback(self.host)

    @property
    def address(self) -> str:
        """`host:port` as a browser writes it."""
        return f"{f'[{self.host}]' if ':' in self.host else self.host}:{self.port}"

    @property
    def url(self) -> str:
        """What a person opens: it hands the token to the browser, which keeps it as a cookie."""
        return f"http://{self._reachable()}/?{urlencode({'token': self.token})}"

    @property
    def cookie(self) -> str:
        """The cookie's name. Cookies don't tell ports apart, so the name does."""
        return f"tesuji-{self.port}"

    def knows_host(self, host: str) -> bool:
        """Whether a Host header is one of the board's own names."""
        host = host.lower()
        names = {self.address.lower()}
        if self.is_local or self._is_everywhere:
            names |= {f"{name}:{self.port}" for name in _LOOPBACK_NAMES}
        if host in names:
            return True
        # Bound to every address of the machine: a name that was made to point here is never an
        # address itself.
        name, _, port = host.rpartition(":")
        return self._is_everywhere and port == str(self.port) and (
            _is_address(name.strip("[]")) or name == socket.gethostname().lower()
        )  # fmt: skip

    def knows_token(self, token: str) -> bool:
        """Whether it is this session's token, in constant time."""
        return hmac.compare_digest(token.encode("utf-8", "replace"), self.token.encode())

    @property
    def _is_everywhere(self) -> bool:
        return self.host in ("0.0.0.0", "::")

    def _reachable(self) -> str:
        return f"{socket.gethostname()}:{self.port}" if self._is_everywhere else self.address


def is_loopback(host: str) -> bool:
    """Whether a host is this computer as seen from itself alone.

    >>> is_loopback("127.0.0.1"), is_loopback("::1"), is_loopback("0.0.0.0")
    (True, True, False)
    """
    if host == "localhost":
        return True
    return _is_address(host) and ipaddress.ip_address(host).is_loopback


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


class Guard:
    """ASGI middleware: refuses what the gate does not let in, and adds the headers to the rest."""

    def __init__(self, app: ASGIApp, gate: Gate) -> None:
        self.app, self.gate = app, gate

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        if scope["type"] != "http":
            await send({"type": "websocket.close", "code": 1008})
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                own = [(k.encode(), v.encode()) for k, v in HEADERS.items()]
                message = {**message, "headers": [*message.get("headers", ()), *own]}
            await send(message)

        headers = _headers(scope)
        why = self._refusal(scope["method"], headers)
        query = dict(parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True))
        if why is None and scope["method"] in _READS and "token" in query:
            await self._hand_over(scope, query, with_headers)
        elif why is None and not self.gate.is_local and not self._has_token(headers):
            await _say(with_headers, 403, "open the address that `tesuji board` printed")
        elif why is not None:
            await _say(with_headers, 403, why)
        else:
            seen = {**scope, MAY_WRITE: self._has_token(headers)}
            await self.app(seen, receive, with_headers)

    def _refusal(self, method: str, headers: Mapping[str, list[str]]) -> str | None:
        """Why a request is not let in; None where it is."""
        hosts = headers.get("host", [])
        if len(hosts) != 1 or not self.gate.knows_host(hosts[0]):
            return "this host name is not the board's own"
        if method in _READS:
            return None
        origins = headers.get("origin", [])
        if len(origins) != 1 or not origins[0].startswith("http://"):
            return "only a page of the board may send this"
        if origins[0].removeprefix("http://").lower() != hosts[0].lower():
            return "only a page of the board may send this"
        return None if self._has_token(headers) else "the token of this session is missing"

    def _has_token(self, headers: Mapping[str, list[str]]) -> bool:
        given = headers.get("x-tesuji-token", [])
        for text in headers.get("cookie", []):
            try:
                found = SimpleCookie(text).get(self.gate.cookie)
            except CookieError:
                continue
            given = [*given, *([found.value] if found else [])]
        return any(self.gate.knows_token(token) for token in given)

    async def _hand_over(self, scope: Scope, query: dict[str, str], send: Send) -> None:
        """Turn the token of the address into a cookie, so that it stands in no history or link."""
        if not self.gate.knows_token(query.pop("token")):
            await _say(send, 403, "this token is of another session: `tesuji board` printed the "
                       "address of this one")  # fmt: skip
            return
        cookie = f"{self.gate.cookie}={self.gate.token}; HttpOnly; SameSite=Strict; Path=/"
        rest = urlencode(query)
        # One slash: "//elsewhere" would be another host.
        path = "/" + scope["raw_path"].decode("latin-1").lstrip("/\\")
        await _answer(send, 303, b"", ("location", f"{path}?{rest}" if rest else path),
                      ("set-cookie", cookie))  # fmt: skip


def _headers(scope: Scope) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, value in scope["headers"]:
        found.setdefault(name.decode("latin-1").lower(), []).append(value.decode("latin-1"))
    return found


async def _say(send: Send, status: int, words: str) -> None:
    body = f"refused: {words}\n".encode()
    await _answer(send, status, body, ("content-type", "text/plain; charset=utf-8"))


async def _answer(send: Send, status: int, body: bytes, *headers: tuple[str, str]) -> None:
    raw = [(name.encode(), value.encode()) for name, value in headers]
    raw.append((b"content-length", str(len(body)).encode()))
    await send({"type": "http.response.start", "status": status, "headers": raw})
    await send({"type": "http.response.body", "body": body})
