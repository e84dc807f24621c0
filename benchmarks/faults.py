"""A whole run against a server that fails three times in ten, in nine ways.

`python -m benchmarks.faults [--samples 10000] [--share 0.3] [--seed 0]`

The server, in a process of its own, answers at random with 429, 500, 503, a reset, cut JSON, wrong
JSON, an empty body, a stall, or a slow drip. The run has everything on: ledger, parsing, scoring,
diagnosis. Then it is checked that every sample is answered or in the state error with its reason,
that no answer is wrong, and that nothing was sent again after it had been answered: the server
remembers what it answered well. Prints what came of it as JSON.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import random
import re
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.request import urlopen

from benchmarks.runner import PROMPT, TOML
from benchmarks.server import response

FAULTS = (
    "429", "500", "503", "reset", "cut JSON", "wrong JSON", "empty body", "stall", "slow drip"
)  # fmt: skip
_WRONG: tuple[object, ...] = (
    [],
    {"choices": []},
    {"choices": [{"message": {"content": 5}}]},
    {"error": {"message": "overloaded"}},
    {"choices": [{"text": "The answer is 1."}]},
)
_STALL = 12.0  # seconds that the server says nothing; the client waits for four
# Short times would count what a busy machine answers late as sent again after its answer.
_LIMITS = {"stall_timeout": 4.0, "timeout": 8.0}


def _good(question: str) -> bytes:
    a, b = re.findall(r"\d+", question)[:2]
    message = {"role": "assistant", "content": f"The answer is {int(a) + int(b)}."}
    choice = {"index": 0, "message": message, "finish_reason": "stop"}
    usage = {"prompt_tokens": 20, "completion_tokens": 6}
    return json.dumps({"choices": [choice], "usage": usage}).encode()


class Flaky(asyncio.Protocol):
    """One keep-alive connection to a server that fails at random. `told`: what came of it all."""

    def __init__(self, chance: random.Random, share: float, told: dict[str, Any]) -> None:
        self.chance, self.share, self.told, self.buffer = chance, share, told, b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        head, separator, rest = self.buffer.partition(b"\r\n\r\n")
        length = re.search(rb"(?i)content-length: *(\d+)", head)
        if not separator or (length and len(rest) < int(length[1])):
            return
        self.buffer = b""
        if head.startswith(b"GET /told"):
            self.transport.write(response(json.dumps(self.told).encode()))
        elif head.startswith(b"GET"):
            self.transport.write(response(b'{"data": [{"id": "flaky"}]}'))
        else:
            question = json.loads(rest)["messages"][-1]["content"]
            asyncio.get_running_loop().call_later(0.02, self._answer, question)

    def _answer(self, question: str) -> None:
        self.told["requests"] += 1
        if question in self.told["answered"]:
            self.told["again"].append(question)
        if self.transport.is_closing():
            return
        if self.chance.random() < self.share:
            fault = self.chance.choice(FAULTS)
            self.told["faults"][fault] = self.told["faults"].get(fault, 0) + 1
            self._fail(fault, _good(question))
        else:
            self.told["answered"][question] = True
            self.transport.write(response(_good(question)))

    def _fail(self, fault: str, good: bytes) -> None:
        loop = asyncio.get_running_loop()
        if fault == "429":
            wait = self.chance.choice(("", "", "", "Retry-After: 0.1\r\n"))
            self.transport.write(response(b'{"error": "slow down"}', "429 Too Many Requests", wait))
        elif fault in ("500", "503"):
            self.transport.write(response(b"<html>oh</html>", f"{fault} Oh"))
        elif fault == "reset":
            self.transport.abort()
        elif fault == "cut JSON":
            half = response(good)[: -len(good) // 2]
            self.transport.write(self.chance.choice((half, response(good[: len(good) // 2]))))
            if self.chance.random() < 0.9:
                self.transport.close()
        elif fault == "wrong JSON":
            self.transport.write(response(json.dumps(self.chance.choice(_WRONG)).encode()))
        elif fault == "empty body":
            self.transport.write(response(b""))
        elif fault == "stall":
            loop.call_later(_STALL, self.transport.close)
        else:
            self._drip(response(good))

    def _drip(self, left: bytes) -> None:
        """A byte every now and then: never silent for long, and never done."""
        if not self.transport.is_closing():
            self.transport.write(left[:1])
            asyncio.get_running_loop().call_later(0.3, self._drip, left[1:])


async def _serve(share: float, seed: int) -> None:
    chance = random.Random(seed)
    told: dict[str, Any] = {"requests": 0, "answered": {}, "again": [], "faults": {}}
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: Flaky(chance, share, told), "127.0.0.1", 0, backlog=512
    )
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


@contextlib.contextmanager
def server(share: float, seed: int) -> Iterator[str]:
    """A flaky server in its own process; its address."""
    command = [sys.executable, "-m", "benchmarks.faults", "--serve"]
    command += ["--share", str(share), "--seed", str(seed)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        yield f"http://127.0.0.1:{int(process.stdout.readline())}"
    finally:
        process.kill()
        process.wait()


def run(samples: int, share: float, seed: int, folder: Path, **options: Any) -> dict[str, Any]:
    """A run on `samples` samples: what became of them, and what broke the rules (nothing)."""
    import tesuji
    from tesuji.run.ledger import Ledger, iter_answers

    (folder / "competition.toml").write_text(TOML.format(samples=samples, prompt=PROMPT))
    rows = [f"{n} plus {n % 7},{n + n % 7}" for n in range(samples)]
    (folder / "train.csv").write_text("\n".join(["question,answer", *rows, "1 plus 1,2"]) + "\n")
    task = tesuji.load(folder).with_options(**_LIMITS, **options)
    with server(share, seed) as base:
        began, cpu = time.perf_counter(), time.process_time()
        report = tesuji.run(task, model=f"{base}/v1#flaky")
        seconds, cpu = time.perf_counter() - began, time.process_time() - cpu
        with urlopen(f"{base}/told") as answer:
            told = json.load(answer)
    with Ledger(folder / "ledger.db") as ledger:
        answers = list(iter_answers(ledger, report.run.id))
    errors = [row for row in answers if row.state == "error"]
    return {
        "samples": samples,
        "states": dict(Counter(row.state for row in answers)),
        "score": report.score,
        "wrong": sum(row.score != 1.0 for row in answers if row.state != "error"),
        "scored although failed": sum(row.score is not None for row in errors),
        "errors without a reason": sum(not row.reason for row in errors),
        "sent again after an answer": len(told["again"]),
        "reasons": dict(Counter(_kind(row.reason or "") for row in errors)),
        "requests": told["requests"],
        "faults": told["faults"],
        "seconds": round(seconds, 1),
        "CPU ms a sample": round(cpu / samples * 1000, 2),
    }


def _kind(reason: str) -> str:
    return reason.rpartition("the last: ")[2] or reason


def main() -> None:
    """Serve, or run and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--samples", type=int, default=10_000)
    parser.add_argument("--share", type=float, default=0.3)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--serve", action="store_true")
    arguments = parser.parse_args()
    if arguments.serve:
        asyncio.run(_serve(arguments.share, arguments.seed))
        return
    with tempfile.TemporaryDirectory() as aside:
        found = run(arguments.samples, arguments.share, arguments.seed, Path(aside))
    print(json.dumps(found, indent=2))


if __name__ == "__main__":
    main()
