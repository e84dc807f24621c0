"""An OpenAI-compatible server of several scripted models, in a thread: from weak to strong.

A model's name says how it answers "q12": "weak-60" is right on 60 of a hundred questions, always
the same ones; "wavering-60" is right there too, and elsewhere says something else at each draw;
"shy-60" says nothing readable elsewhere; "strong-95" as weak, but on other questions.
"""

from __future__ import annotations

import json
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.moves.conftest import answer


class Strengths(ThreadingHTTPServer):
    """Use by `serving()`. `asked` counts requests by model."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.asked: Counter[str] = Counter()
        self.seen: list[dict[str, Any]] = []
        self.stop_after: int | None = None
        self.on_stop = lambda: None

    def uri(self, name: str) -> str:
        return f"http://127.0.0.1:{self.server_port}/v1#{name}"


class Handler(BaseHTTPRequestHandler):
    server: Strengths

    def do_GET(self) -> None:
        self.reply({"object": "list", "data": []})

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        server = self.server
        server.asked[body["model"]] += 1
        server.seen.append(body)
        if server.stop_after is not None and len(server.seen) == server.stop_after:
            server.on_stop()
        count = body.get("n", 1)
        choices = [
            {"index": at, "finish_reason": "stop",
             "message": {"role": "assistant", "content": said(body, len(server.seen) + at)}}
            for at in range(count)
        ]  # fmt: skip
        usage = {"prompt_tokens": 10, "completion_tokens": 5 * count}
        self.reply({"choices": choices, "usage": usage})

    def reply(self, data: object) -> None:
        text = json.dumps(data).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *_: object) -> None:
        pass


def said(body: dict[str, Any], at: int) -> str:
    kind, _, percent = body["model"].partition("-")
    first = body["messages"][0]["content"]
    n = int("".join(c for c in first if c.isdigit()))
    place = (n * 37 + (11 if kind == "strong" else 0)) % 100
    if place < int(percent):
        return answer(n)
    if kind == "shy":
        return "I do not know, 42?"
    return "wrong" + "abcdefghij"[at % 10] if kind == "wavering" else "wrong"


@contextmanager
def serving() -> Iterator[Strengths]:
    with Strengths() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()
