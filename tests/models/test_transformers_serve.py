"""Against a server that nobody here wrote: `transformers serve` on the built-in model.

The official `openai` client is the second witness. One worker owns the server.
"""

from __future__ import annotations

import asyncio
import logging
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

import pytest

from tesuji.errors import CapabilityError, RequestFailedError
from tesuji.models.base import Request, Sampling
from tesuji.models.http import HttpModel
from tesuji.models.probe import probe
from tesuji.models.registry import open_model
from tesuji.models.retry import RetryPolicy
from tesuji.task.sample import Message

pytestmark = pytest.mark.xdist_group("transformers-serve")
Say = Callable[..., Request]
T = TypeVar("T")
QUESTIONS = [f"Reverse the string: {w}. Answer only." for w in ("abc", "stone", "日本", "tesuji")]
COMMAND = "import sys; from transformers.cli.transformers import main; sys.exit(main())"


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The base address of a running server."""
    home = tmp_path_factory.mktemp("hub-home")
    (home / "hub").mkdir()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    variables = {"HF_HOME": str(home), "HF_HUB_OFFLINE": "1", "OMP_NUM_THREADS": "1"}
    log = home / "server.log"
    with log.open("wb") as out:
        process = subprocess.Popen(
            [
                sys.executable,
                "-c",
                COMMAND,
                "serve",
                "--host",
                "127.0.0.1",
                "--port",
                str(port),
                "--dtype",
                "float32",
            ],
            env={**os.environ, **variables},
            stdout=out,
            stderr=subprocess.STDOUT,
        )
    try:
        _wait_for(f"http://127.0.0.1:{port}/v1/models", process, log)
        yield f"http://127.0.0.1:{port}/v1"
    finally:
        process.terminate()
        process.wait(20)


def _wait_for(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline and process.poll() is None:
        try:
            urllib.request.urlopen(url, timeout=5).close()
            return
        except OSError:
            time.sleep(0.2)
    pytest.fail(f"the server did not start: {log.read_text(errors='replace')[-2000:]}")


@pytest.fixture
def using(served: str, nano: Path) -> Callable[[Callable[[HttpModel], Awaitable[Any]]], Any]:
    """Runs a coroutine function on the model behind the server."""

    def run(work: Callable[[HttpModel], Awaitable[T]], **options: Any) -> T:
        async def go() -> T:
            model: Any = open_model(f"{served}#{nano}", **options)
            try:
                return await work(model)
            finally:
                await model.close()

        return asyncio.run(go())

    return run


Using = Callable[..., Any]


async def ask_all(model: HttpModel, asks: list[Request]) -> list[Any]:
    return await asyncio.gather(*map(model.generate, asks))


def test_the_official_client_gets_the_same(using: Using, served: str, nano: Path) -> None:
    import openai

    asks = [Request((Message("user", q),), Sampling(max_tokens=12)) for q in QUESTIONS]
    asks.append(Request((Message("user", "Copy: abc"),), Sampling(max_tokens=2, stop=("zz",))))
    outputs = using(lambda model: ask_all(model, asks))
    client = openai.OpenAI(base_url=served, api_key="none", max_retries=0)
    for ask, output in zip(asks, outputs, strict=True):
        answer = client.chat.completions.create(
            model=str(nano),
            messages=[{"role": "user", "content": ask.messages[0].content}],
            temperature=0.0,
            max_tokens=ask.sampling.max_tokens,
            stop=list(ask.sampling.stop) or None,
        )
        choice, usage = answer.choices[0], answer.usage
        assert (output.text, output.finish) == (choice.message.content, choice.finish_reason)
        assert usage is not None
        assert (output.tokens_in, output.tokens_out) == (
            usage.prompt_tokens,
            usage.completion_tokens,
        )


def test_the_server_writes_what_the_model_writes_here(using: Using, say: Say) -> None:
    asks = [say(question, max_tokens=12) for question in QUESTIONS]

    async def here() -> list[Any]:
        model: Any = open_model("nano")
        try:
            return await ask_all(model, asks)
        finally:
            await model.close()

    local, remote = asyncio.run(here()), using(lambda model: ask_all(model, asks))
    assert [(o.text, o.finish, o.tokens_in, o.tokens_out) for o in remote] == [
        (o.text, o.finish, o.tokens_in, o.tokens_out) for o in local
    ]


def test_its_stream_is_the_same_text_and_can_be_cut(using: Using, say: Say) -> None:
    class Impatient:
        """Takes anything of more than 20 characters for a loop."""

        size = 0

        def feed(self, chunk: str) -> object | None:
            self.size += len(chunk)
            return True if self.size > 20 else None

    class Patient:
        def feed(self, chunk: str) -> object | None:
            return None

    ask = say("Reverse the string: xnhtgqxzvx", max_tokens=100, stop_loops=True)

    async def work(model: HttpModel) -> list[Any]:
        outputs = await ask_all(model, [replace(ask, sampling=Sampling(max_tokens=100))])
        for watch in (Patient, Impatient):
            model.watch = lambda prompt, watch=watch: watch()
            outputs += await ask_all(model, [ask])
        return outputs

    whole, streamed, cut = using(work)
    assert (streamed.text, streamed.finish) == (whole.text, whole.finish)
    assert (streamed.tokens_in, streamed.tokens_out) == (whole.tokens_in, whole.tokens_out)
    assert cut.finish == "loop" and whole.text.startswith(cut.text)
    assert 20 < len(cut.text) < len(whole.text)


def test_that_it_ignores_n_is_noticed_and_said(
    using: Using, say: Say, caplog: pytest.LogCaptureFixture
) -> None:
    asks = [say(QUESTIONS[0], n=3, index=i, temperature=1.0, max_tokens=8) for i in range(3)]

    async def work(model: HttpModel) -> tuple[list[Any], int]:
        return await ask_all(model, asks), model.pool.lanes[0].transport.sent

    with caplog.at_level(logging.WARNING, "tesuji"):
        outputs, sent = using(work)
    assert len(outputs) == 3 and sent == 3
    assert "does not give several answers in one call" in caplog.text


def test_that_it_ignores_log_probabilities_is_noticed_and_said(using: Using, say: Say) -> None:
    with pytest.raises(CapabilityError, match="leaves out the log-probabilities"):
        using(lambda model: model.generate(say(QUESTIONS[0], logprobs=2, max_tokens=4)))
    with pytest.raises(CapabilityError, match="log-probabilities"):
        using(lambda model: model.score([Message("user", "?")], ["A", "B"]))


def test_it_has_no_embeddings(using: Using) -> None:
    with pytest.raises(CapabilityError, match="has no /embeddings"):
        using(lambda model: model.embed(["a"]))


def test_a_model_that_it_cannot_load_fails(served: str, say: Say) -> None:
    async def go() -> str:
        policy = RetryPolicy(tries=2, base=0.01)
        model = open_model(f"{served}#no/such-model", retry=policy)
        with pytest.raises(RequestFailedError) as caught:
            await model.generate(say("a"))
        await model.close()
        return str(caught.value)

    assert "no answer after 2 tries; the last: " in asyncio.run(go())


def test_probe_reports_what_it_honours(using: Using, nano: Path) -> None:
    report = using(probe)
    assert (report.n, report.logprobs, report.embeddings) == (False, False, False)
    # It lists what its cache holds, since version 5.24 also what it has loaded.
    assert set(report.models) <= {str(nano)} and 0 < report.latency < 60
