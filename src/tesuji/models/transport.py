"""One server, one session: a request sent once, and its fault, if there is one, told apart.

On aiohttp directly: per request it costs a tenth of the CPU of the SDKs. A redirect is never
followed, so a key never reaches a host that the user did not name.
"""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, TypeAlias, TypeVar

from tesuji.errors import CapabilityError, ModelUnavailableError, RequestFailedError
from tesuji.models.deadline import Deadline
from tesuji.models.endpoint import Endpoint
from tesuji.models.retry import retry_after_seconds, worth_retrying
from tesuji.models.stream import StreamReader
from tesuji.models.wire import MalformedAnswerError, error_fields, parse, read_names, shown

if TYPE_CHECKING:
    import aiohttp
    from yarl import URL

T = TypeVar("T")
Kind: TypeAlias = Literal["busy", "gone", "slow", "broken"]
# As vLLM, SGLang, llama.cpp, Ollama, OpenAI and their gateways say it.
_TOO_LONG = re.compile(r"context.{0,9}(length|size|window)|too (long|large|many tokens)", re.I)


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of one try, in seconds and bytes.

    An answer that is not streamed arrives all at once, so `stall` (no byte at all) must be longer
    than the slowest answer takes to be written.
    """

    connect: float = 10.0
    total: float = 600.0
    stall: float = 300.0
    body: int = 64 * 2**20


class BadRequestError(RequestFailedError):
    """The server refuses the request as it is (400, 413, 422). `too_long`: for its length."""

    def __init__(self, text: str, parameter: str, too_long: bool = False) -> None:
        super().__init__(text)
        self.parameter, self.too_long = parameter, too_long


class ForbiddenError(ModelUnavailableError):
    """The key is known, but not good for this (403)."""


class AbsentError(ModelUnavailableError):
    """There is no server at the address."""


@dataclass(slots=True)
class Fault(Exception):  # noqa: N818  # not an error yet: it is worth another try
    """Why a try failed. "busy": the server says "later"; "gone": it takes no connection; "slow":
    a time-out; "broken": all else. `retry_after` is in seconds."""

    why: str
    kind: Kind = "broken"
    retry_after: float | None = None


@dataclass(slots=True)
class Transport:
    """The connection to one server. Use from one event loop at a time.

    `reached`: it has answered at least once. `sent` counts tries.
    """

    endpoint: Endpoint
    limits: Limits = field(default_factory=Limits)
    now: Callable[[], float] = time.time
    reached: bool = False
    sent: int = 0
    _session: aiohttp.ClientSession | None = field(default=None, repr=False)
    _loop: asyncio.AbstractEventLoop | None = field(default=None, repr=False)
    _urls: dict[str, URL] = field(default_factory=dict, repr=False)

    async def post(
        self,
        path: str,
        data: bytes,
        read: Callable[[object, float], T],
        reader: StreamReader | None = None,
    ) -> T:
        """POST `data` once and `read` the answer, given the seconds that it took.

        `reader` puts an answer together that comes piece by piece, and may stop it.

        Fault where another try may do; RequestFailedError, ModelUnavailableError, or
        CapabilityError where the server has no such address.
        """
        return await self._once("POST", path, data, read, reader)

    async def names(self) -> list[str]:
        """The models that the server lists; one try, RequestFailedError if it does not say."""
        try:
            return await self._once("GET", "/models", None, lambda found, _: read_names(found))
        except Fault as fault:
            if fault.kind == "gone":
                raise self.absent(fault) from None
            raise RequestFailedError(f"{self.endpoint.base}/models: {fault.why}") from None

    def absent(self, fault: Fault) -> AbsentError:
        """No server where one ought to be."""
        return AbsentError(f"no server at {self.endpoint.base}: {fault.why}; is it running?")

    async def close(self) -> None:
        """Close all connections."""
        session, self._session = self._session, None
        if session is not None and self._loop is asyncio.get_running_loop():
            await session.close()

    def url(self, path: str) -> URL:
        """The address of `path`, taken apart once. ValueError where it is none."""
        if path not in self._urls:
            from yarl import URL

            query = f"?{self.endpoint.query}" if self.endpoint.query else ""
            self._urls[path] = URL(f"{self.endpoint.base}{path}{query}")
        return self._urls[path]

    def _open(self) -> aiohttp.ClientSession:
        loop = asyncio.get_running_loop()
        if self._session is not None and self._loop is loop and not self._session.closed:
            return self._session
        import aiohttp

        headers = {"Content-Type": "application/json", "User-Agent": "tesuji"}
        if self.endpoint.key:
            headers["Authorization"] = f"Bearer {self.endpoint.key}"
        self._loop = loop
        self._session = aiohttp.ClientSession(
            # The caller bounds what is in flight; a second bound would only hide waiting time.
            connector=aiohttp.TCPConnector(limit=0, ttl_dns_cache=300),
            cookie_jar=aiohttp.DummyCookieJar(),
            headers=headers,
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=self.limits.connect),
        )
        return self._session

    async def _once(
        self,
        method: str,
        path: str,
        data: bytes | None,
        read: Callable[[object, float], T],
        reader: StreamReader | None = None,
    ) -> T:
        started = time.perf_counter()
        try:
            status, headers, body = await self._exchange(method, path, data, reader)
        except MalformedAnswerError as error:  # in the middle of a stream
            raise Fault(self.safe(str(error))) from None
        if status != 200:
            await self._judge(path, status, headers, body)
        self.reached = True
        try:
            answer = reader.payload() if reader and _is_stream(headers) else parse(body)
            return read(answer, time.perf_counter() - started)
        except MalformedAnswerError as error:
            raise Fault(self.safe(str(error))) from None

    async def _exchange(
        self, method: str, path: str, data: bytes | None, reader: StreamReader | None = None
    ) -> tuple[int, Mapping[str, str], bytes]:
        import aiohttp

        session = self._open()
        self.sent += 1
        deadline = Deadline(self.limits.total, self.limits.stall)
        try:
            async with (
                deadline,
                session.request(
                    method, self.url(path), data=data, allow_redirects=False
                ) as response,
            ):
                watching = reader if _is_stream(response.headers) else None
                body = await self._read(response, watching, deadline)
                return response.status, response.headers, body
        except TimeoutError as error:
            raise self._timed_out(error, deadline) from None
        except aiohttp.ClientSSLError as error:
            raise ModelUnavailableError(
                f"{self.endpoint.base}: no safe connection: {shown(str(error))}"
            ) from None
        except (aiohttp.InvalidURL, ValueError) as error:
            raise ModelUnavailableError(
                f"{self.endpoint.base} is no usable address: {self.safe(str(error))}"
            ) from None
        except aiohttp.ClientConnectorError as error:
            raise Fault(shown(error.strerror or str(error.os_error)), "gone") from None
        except (aiohttp.ClientError, OSError) as error:
            why = str(error) or type(error).__name__
            raise Fault(f"the connection broke: {self.safe(why)}") from None

    async def _read(
        self, response: aiohttp.ClientResponse, reader: StreamReader | None, deadline: Deadline
    ) -> bytes:
        chunks, size = [], 0
        while chunk := await response.content.readany():
            deadline.heard()
            size += len(chunk)
            if reader is None:
                chunks.append(chunk)
            elif reader.feed(chunk):
                response.close()  # the server sees it, and stops writing
                break
            if size > self.limits.body:
                response.close()
                raise RequestFailedError(
                    f"{self.endpoint.base}: the answer is longer than {self.limits.body:,} bytes"
                )
        return chunks[0] if len(chunks) == 1 else b"".join(chunks)

    def _timed_out(self, error: TimeoutError, deadline: Deadline) -> Fault:
        import aiohttp

        if isinstance(error, aiohttp.ConnectionTimeoutError):
            return Fault(f"no connection within {self.limits.connect:g} s", "gone")
        if deadline.stalled:
            return Fault(f"not a byte for {self.limits.stall:g} s", "slow")
        return Fault(f"no whole answer within {self.limits.total:g} s", "slow")

    async def _judge(self, path: str, status: int, headers: Mapping[str, str], body: bytes) -> None:
        """Raise what a status other than 200 means."""
        message, code, parameter = error_fields(body)
        base, said = self.endpoint.base, self.safe(message)
        said = f" ({status}: {said})" if said else f" ({status})"
        if status == 429 and code == "insufficient_quota":
            raise ModelUnavailableError(f"{base}: the account has no credit left{said}")
        if worth_retrying(status):
            after = retry_after_seconds(headers.get("Retry-After"), self.now())
            # 429 means "later", and so does 503 where it says when.
            busy = status == 429 or (status == 503 and after is not None)
            raise Fault(f"the server says {said.strip(' ()')}", "busy" if busy else "broken", after)
        self.reached = True
        if status == 403:
            raise ForbiddenError(self._key_refused() + said)
        if status == 401:
            raise ModelUnavailableError(self._key_refused() + said)
        if status in (404, 405) and path != "/models":
            if path != "/chat/completions":
                raise CapabilityError(f"{base} has no {path}{said}")
            raise ModelUnavailableError(await self._missing(said))
        if 300 <= status < 400:
            target = self.safe(headers.get("Location", "nowhere"))
            raise ModelUnavailableError(
                f"{base} sends on to {target}{said}; name that address instead"
            )
        if status in (400, 413, 422):
            too_long = status == 413 or bool(_TOO_LONG.search(f"{code} {message}"))
            raise BadRequestError(f"{base} refuses the request{said}", parameter, too_long)
        if status == 402:
            raise ModelUnavailableError(f"{base} wants to be paid{said}")
        raise RequestFailedError(f"{base} answers with an unexpected status{said}")

    def _key_refused(self) -> str:
        variable = self.endpoint.key_variable
        if self.endpoint.key is None:
            return f"{self.endpoint.base} needs a key: set {variable}"
        return f"{self.endpoint.base} refuses the key in {variable}"

    async def _missing(self, said: str) -> str:
        name = self.endpoint.name
        try:
            names = await self.names()
        except (RequestFailedError, ModelUnavailableError):
            return f"{self.endpoint.base} has no model {name!r}{said}"
        return f"{self.endpoint.base} has no model {name!r}; it has {listed(names)}{said}"

    def safe(self, text: str) -> str:
        """A server's words for an error message: without the key, short, on one line."""
        if self.endpoint.key:
            text = text.replace(self.endpoint.key, "***")
        return shown(text)


def _is_stream(headers: Mapping[str, str]) -> bool:
    return headers.get("Content-Type", "").startswith("text/event-stream")


def listed(names: list[str], limit: int = 10) -> str:
    """Names for a message, the first `limit` of them."""
    more = f" and {len(names) - limit} more" if len(names) > limit else ""
    return (", ".join(shown(name, 80) for name in names[:limit]) or "none") + more
