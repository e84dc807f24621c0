"""An OpenAI-compatible server that misbehaves on demand.

Each POST takes the next fault of `script`; when none is left it answers well. What came in is
kept in `seen`, so that a test can say what was sent and how often.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from types import TracebackType
from typing import Any, TypeAlias

from aiohttp import web

Fault: TypeAlias = Callable[[web.Request], Awaitable[web.StreamResponse]]


def completion(texts: list[str], **extra: Any) -> dict[str, Any]:
    """A good chat completion with a choice for each text."""
    choices = [
        {"index": at, "message": {"role": "assistant", "content": text}, "finish_reason": "stop"}
        for at, text in enumerate(texts)
    ]
    usage = {"prompt_tokens": 7, "completion_tokens": 3 * len(texts)}
    return {"object": "chat.completion", "choices": choices, "usage": usage, **extra}


class FaultyServer:
    """Use as `async with FaultyServer(...) as server`; `server.uri` is its address."""

    def __init__(self, *script: Fault, names: tuple[str, ...] = ("only",), most: int = 99) -> None:
        self.script = list(script)
        self.names = names
        self.most = most
        self.seen: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.port = 0

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"

    @property
    def uri(self) -> str:
        return f"{self.base}#{self.names[0]}"

    async def __aenter__(self) -> FaultyServer:
        app = web.Application()
        app.router.add_get("/v1/models", self._models)
        app.router.add_post("/v1/chat/completions", self._chat)
        app.router.add_post("/v1/embeddings", self._embeddings)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self.port)
        await site.start()
        self.port = self._runner.addresses[0][1]
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._runner.cleanup()

    async def _models(self, request: web.Request) -> web.StreamResponse:
        self.headers.append(dict(request.headers))
        return web.json_response({"data": [{"id": name} for name in self.names]})

    async def _embeddings(self, request: web.Request) -> web.StreamResponse:
        body = await request.json()
        if self.script:
            return await self.script.pop(0)(request)
        rows = [{"index": i, "embedding": [float(i), 1.0]} for i in range(len(body["input"]))]
        return web.json_response({"data": rows[::-1]})

    async def _chat(self, request: web.Request) -> web.StreamResponse:
        body = await request.json()
        self.seen.append(body)
        self.headers.append(dict(request.headers))
        if self.script:
            return await self.script.pop(0)(request)
        said = body["messages"][-1]["content"]
        draws = min(body.get("n", 1), self.most)
        return web.json_response(completion([f"{said}!"] * draws))


def status(code: int, message: str = "", /, **headers: str) -> Fault:
    """Answer with a status; `Retry_After="1"` becomes the header Retry-After."""

    async def answer(request: web.Request) -> web.StreamResponse:
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        return web.json_response({"error": {"message": message}}, status=code, headers=names)

    return answer


def error(status_code: int, /, **fields: str) -> Fault:
    """Answer with a status and the fields of an OpenAI error."""

    async def answer(request: web.Request) -> web.StreamResponse:
        return web.json_response({"error": fields}, status=status_code)

    return answer


def body(data: bytes | object) -> Fault:
    """Answer 200 with these bytes, or with this as JSON."""

    async def answer(request: web.Request) -> web.StreamResponse:
        raw = data if isinstance(data, bytes) else json.dumps(data).encode()
        return web.Response(body=raw, content_type="application/json")

    return answer


def message(content: object, **choice: object) -> Fault:
    """Answer 200 with one choice whose content is this."""
    return body({"choices": [{"message": {"content": content}, **choice}]})


async def reset(request: web.Request) -> web.StreamResponse:
    """Cut the connection without a word."""
    assert request.transport is not None
    request.transport.abort()
    return web.Response()


async def cut(request: web.Request) -> web.StreamResponse:
    """Promise a long body, send half of it, cut the connection."""
    response = web.StreamResponse(headers={"Content-Length": "1000"})
    await response.prepare(request)
    await response.write(b'{"choices": [{"message": {"content": "ha')
    assert request.transport is not None
    request.transport.close()
    return response


def stall(seconds: float) -> Fault:
    """Say nothing for a while, then answer well."""

    async def answer(request: web.Request) -> web.StreamResponse:
        await asyncio.sleep(seconds)
        return web.json_response(completion(["late"]))

    return answer


def drip(pause: float) -> Fault:
    """Send a good answer one byte at a time."""

    async def answer(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        for byte in json.dumps(completion(["drip"])).encode():
            await response.write(bytes([byte]))
            await asyncio.sleep(pause)
        return response

    return answer


def huge(size: int) -> Fault:
    """Send a body that does not end before `size` bytes."""

    async def answer(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        try:
            for _ in range(size // 65536):
                await response.write(b" " * 65536)
        except ConnectionError:
            pass
        return response

    return answer


def redirect(target: str) -> Fault:
    """Send the client elsewhere."""

    async def answer(request: web.Request) -> web.StreamResponse:
        return web.Response(status=307, headers={"Location": target})

    return answer
