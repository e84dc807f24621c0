"""A chat-completions server that answers at once, or after a delay: what a benchmark needs.

`python -m benchmarks.server DELAY_SECONDS [--workers K] [--most K] [--a-second N]
[--retry-after SECONDS] [--reply TEXT]` prints its port. It can work on K requests at a time and let
others wait, refuse (429) more than K in flight, or more than N in each second of its clock. Where
TEXT holds `000000`, each reply has its own number there: no client can keep what it made of the
last. It is a bare asyncio protocol, so that the server is not what is measured. It never looks at
the request beyond its length. `GET /seen` tells what came so far.
"""

from __future__ import annotations

import argparse
import asyncio
import json
from dataclasses import asdict, dataclass, field

REPLY = "The answer is 42."
NUMBERED = "The answer to question 000000 is 42."
_MODELS = json.dumps({"object": "list", "data": [{"id": "bench", "object": "model"}]}).encode()


def completion(text: str) -> bytes:
    """The body of a reply with this text."""
    message = {"role": "assistant", "content": text}
    return json.dumps(
        {
            "id": "chatcmpl-0",
            "object": "chat.completion",
            "created": 1,
            "model": "bench",
            "choices": [{"index": 0, "message": message, "finish_reason": "stop"}],
            "usage": {"prompt_tokens": 20, "completion_tokens": 6, "total_tokens": 26},
        }
    ).encode()


def response(body: bytes, status: str = "200 OK", headers: str = "") -> bytes:
    """An HTTP response with a JSON body; `headers` are whole lines."""
    return (
        f"HTTP/1.1 {status}\r\nContent-Type: application/json\r\n{headers}"
        f"Content-Length: {len(body)}\r\n\r\n"
    ).encode() + body


@dataclass(slots=True)
class Seen:
    """What came: how many requests, the most at once, seconds from the first to the last reply."""

    requests: int = 0
    at_once: int = 0
    seconds: float = 0.0
    since: float | None = None

    def came(self, now: float, inside: int) -> None:
        """A request is here; `inside` are."""
        self.since = now if self.since is None else self.since
        self.requests += 1
        self.at_once = max(self.at_once, inside)

    def left(self, now: float) -> None:
        """A reply goes out."""
        self.seconds = now - (self.since or now)


@dataclass(slots=True)
class Door:
    """What the server takes at once; None: all that comes."""

    delay: float
    workers: int | None = None
    most: int | None = None
    a_second: int | None = None
    retry_after: float | None = None
    inside: int = 0
    second: int = 0
    taken: int = 0
    free_at: list[float] = field(default_factory=list)
    reply: bytes = completion(REPLY)
    seen: Seen = field(default_factory=Seen)

    def ask(self, now: float) -> float | None:
        """Seconds until the answer; None where the request is refused."""
        if int(now) != self.second:
            self.second, self.taken = int(now), 0
        if self.most is not None and self.inside >= self.most:
            return None
        if self.a_second is not None and self.taken >= self.a_second:
            return None
        self.inside += 1
        self.taken += 1
        if self.workers is None:
            return self.delay
        self.free_at = self.free_at or [0.0] * self.workers
        first = min(range(self.workers), key=self.free_at.__getitem__)
        self.free_at[first] = max(now, self.free_at[first]) + self.delay
        return self.free_at[first] - now

    def answer(self) -> bytes:
        """The body of the next reply."""
        return self.reply.replace(b"000000", b"%06d" % self.seen.requests)

    def refusal(self) -> bytes:
        """What is said to those who don't get in."""
        wait = "" if self.retry_after is None else f"Retry-After: {self.retry_after:g}\r\n"
        return response(b'{"error": {"message": "too many"}}', "429 Too Many Requests", wait)


class Connection(asyncio.Protocol):
    """One keep-alive connection; requests on it come one after the other."""

    def __init__(self, door: Door) -> None:
        self.door, self.buffer = door, b""

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
        if head.startswith(b"GET /seen"):
            self.transport.write(response(json.dumps(asdict(self.door.seen)).encode()))
        elif head.startswith(b"GET"):
            self.transport.write(response(_MODELS))
        else:
            self._answer()

    def _answer(self) -> None:
        loop = asyncio.get_running_loop()
        delay = self.door.ask(loop.time())
        self.door.seen.came(loop.time(), self.door.inside)
        if delay is None:
            self.transport.write(self.door.refusal())
        elif delay:
            loop.call_later(delay, self._send)
        else:
            self._send()

    def _send(self) -> None:
        self.door.inside -= 1
        self.door.seen.left(asyncio.get_running_loop().time())
        if not self.transport.is_closing():
            self.transport.write(response(self.door.answer()))


async def serve(door: Door) -> None:
    """Serve on a free loopback port until killed."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Connection(door), "127.0.0.1", 0, backlog=512)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("delay", type=float)
    parser.add_argument("--workers", type=int)
    parser.add_argument("--most", type=int)
    parser.add_argument("--a-second", type=int)
    parser.add_argument("--retry-after", type=float)
    parser.add_argument("--reply", type=completion, default=REPLY)
    asyncio.run(serve(Door(**vars(parser.parse_args()))))
