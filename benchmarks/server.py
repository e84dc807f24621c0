"""A chat-completions server that answers at once, or after a delay: what a benchmark needs.

`python -m benchmarks.server DELAY_SECONDS` prints its port. It is a bare asyncio protocol, so
that the server is not what is measured. It never looks at the request beyond its length.
"""

from __future__ import annotations

import asyncio
import json
import sys

_REPLY = json.dumps(
    {
        "id": "chatcmpl-0",
        "object": "chat.completion",
        "model": "bench",
        "choices": [
            {
                "index": 0,
                "message": {"role": "assistant", "content": "The answer is 42."},
                "finish_reason": "stop",
            }
        ],
        "usage": {"prompt_tokens": 20, "completion_tokens": 6, "total_tokens": 26},
    }
).encode()
_MODELS = json.dumps({"object": "list", "data": [{"id": "bench", "object": "model"}]}).encode()


def _response(body: bytes) -> bytes:
    head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n"
    return head.encode() + b"\r\n" + body


class Connection(asyncio.Protocol):
    """One keep-alive connection; requests on it come one after the other."""

    def __init__(self, delay: float) -> None:
        self.delay, self.buffer = delay, b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        head, separator, rest = self.buffer.partition(b"\r\n\r\n")
        if not separator:
            return
        length = 0
        for line in head.split(b"\r\n")[1:]:
            name, _, value = line.partition(b":")
            if name.lower() == b"content-length":
                length = int(value)
        if len(rest) < length:
            return
        self.buffer = rest[length:]
        body = _MODELS if head.startswith(b"GET") else _REPLY
        if self.delay:
            asyncio.get_running_loop().call_later(self.delay, self._send, body)
        else:
            self._send(body)

    def _send(self, body: bytes) -> None:
        if not self.transport.is_closing():
            self.transport.write(_response(body))


async def serve(delay: float) -> None:
    """Serve on a free loopback port until killed."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Connection(delay), "127.0.0.1", 0, backlog=512)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(float(sys.argv[1])))
