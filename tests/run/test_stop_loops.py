"""A run that stops paying for loops: entry, session, server and ledger together."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from aiohttp import web

import tesuji as tj
from tesuji.api import find_entry
from tesuji.run.ledger import FILE, Ledger, iter_records

PIECES = 400


class LoopingServer:
    """Streams the same words for ever, and counts how often it said them."""

    def __init__(self) -> None:
        self.sent: list[int] = []
        self.port = 0
        self._ready, self._stop = threading.Event(), asyncio.Event()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=lambda: self._loop.run_until_complete(self._serve()))

    def __enter__(self) -> LoopingServer:
        self._thread.start()
        assert self._ready.wait(10)
        return self

    def __exit__(self, *error: object) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(10)

    async def _serve(self) -> None:
        app = web.Application()
        app.router.add_get("/v1/models", self._models)
        app.router.add_post("/v1/chat/completions", self._chat)
        runner = web.AppRunner(app, shutdown_timeout=0.1)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        self.port = runner.addresses[0][1]
        self._ready.set()
        await self._stop.wait()
        await runner.cleanup()

    async def _models(self, request: web.Request) -> web.Response:
        return web.json_response({"data": [{"id": "m"}]})

    async def _chat(self, request: web.Request) -> web.StreamResponse:
        body = await request.json()
        if not body.get("stream"):
            message = {"role": "assistant", "content": "so it goes, " * PIECES}
            choice = {"index": 0, "message": message, "finish_reason": "length"}
            usage = {"prompt_tokens": 5, "completion_tokens": PIECES}
            return web.json_response({"choices": [choice], "usage": usage})
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        sent = 0
        try:
            for _ in range(PIECES):
                event = {"choices": [{"index": 0, "delta": {"content": "so it goes, "}}]}
                await response.write(f"data: {json.dumps(event)}\n\n".encode())
                sent += 1
                await asyncio.sleep(0.001)
            end = {"choices": [{"index": 0, "delta": {}, "finish_reason": "length"}]}
            await response.write(f"data: {json.dumps(end)}\n\ndata: [DONE]\n\n".encode())
        except ConnectionResetError:
            pass  # nobody listens any more: that is what is counted here
        finally:
            self.sent.append(sent)
        return response


@pytest.fixture
def server() -> Iterator[LoopingServer]:
    with LoopingServer() as server:
        yield server


def make(folder: Path, question: str, port: int) -> tj.Task:
    rows = "".join(f"{n},{question},ja\n" for n in range(40))
    (folder / "train.csv").write_text("id,question,answer\n" + rows)
    (folder / "competition.toml").write_text(
        f'name = "t"\nmetric = "exact"\nmodel = "http://127.0.0.1:{port}/v1#m"\n'
        '[data]\ntrain = "train.csv"\nid = "id"\ntarget = "answer"\n[split]\ndev = 10\n'
        '[answer]\nformat = "text"\n[prompt]\nuser = "{id}: {question}"\n'
        "[sampling]\nmax_tokens = 400\n"
    )
    return tj.load(folder)


def test_a_run_with_stop_loops_pays_for_the_beginning_alone(
    tmp_path: Path, server: LoopingServer
) -> None:
    task = make(tmp_path, "Why?", server.port)
    whole = tj.run(task).run
    base = tj.derive(find_entry(task, None), name="short", stop_loops=True)
    short = tj.run(task, entry=base).run
    assert short.state == "finished" and short.answered == 10
    assert short.tokens_out < whole.tokens_out / 4
    assert len(server.sent) == 10 and max(server.sent) < PIECES / 2
    with Ledger(tmp_path / FILE) as ledger:
        records = list(iter_records(ledger, short.id))
    assert {r.output.finish for r in records if r.output} == {"loop"}
    assert all("loop" in {f.kind for f in r.findings} for r in records)


def test_what_the_prompt_demands_is_not_stopped(tmp_path: Path, server: LoopingServer) -> None:
    task = make(tmp_path, "Write 'so it goes' 400 times.", server.port)
    entry = tj.derive(find_entry(task, None), name="short", stop_loops=True)
    assert tj.run(task, entry=entry).run.answered == 10
    assert server.sent == [PIECES] * 10
