"""What every backend owes to those who call it, whatever runs behind it."""

from __future__ import annotations

import asyncio
import json
import math
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import pytest

from tests.models.faulty import FaultyServer
from tesuji.errors import CapabilityError, ModelError, RequestFailedError
from tesuji.models.base import Model, Output, Request
from tesuji.models.registry import open_model
from tesuji.task.sample import Message

pytestmark = pytest.mark.usefixtures("one_thread")

Say = Callable[..., Request]
T = TypeVar("T")
BACKENDS = ("nano", "hf", "http", "replay", "gguf", "vllm")
LOCAL = ("nano", "hf")
WORDS = ["abc", "stone", "tesuji", "日本", "é", "a b", "", "querty uiop", "x" * 40, "12"]
QUESTIONS = [f"Reverse the string: {word}. Answer only." for word in WORDS]


@asynccontextmanager
async def opened(kind: str, folder: Path, nano: Path) -> AsyncIterator[Model]:
    """A model of this kind that can answer QUESTIONS."""
    if kind == "http":
        async with FaultyServer() as server:
            model = open_model(server.uri)
            yield model
            await model.close()
        return
    if kind in ("gguf", "vllm"):
        pytest.importorskip({"gguf": "llama_cpp"}.get(kind, kind))
        weights = folder / "nano.gguf" if kind == "gguf" else nano
        if not weights.exists():
            pytest.skip("there is no small GGUF file to try it on")
        uri = f"{kind}:{weights}"
    elif kind == "replay":
        rows = [{"prompt": q, "output": f"{q}!"} for q in QUESTIONS]
        path = folder / "recorded.jsonl"
        path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
        uri = f"replay:{path}"
    else:
        uri = {"nano": "nano", "hf": f"hf:{nano}"}[kind]
    model = open_model(uri)
    try:
        yield model
    finally:
        await model.close()


@pytest.fixture
def using(tmp_path: Path, nano: Path) -> Callable[[str, Callable[[Model], Awaitable[Any]]], Any]:
    """Runs a coroutine function on a model of a kind, in its own event loop."""

    def run(kind: str, work: Callable[[Model], Awaitable[T]]) -> T:
        async def go() -> T:
            async with opened(kind, tmp_path, nano) as model:
                return await work(model)

        return asyncio.run(go())

    return run


Using = Callable[[str, Callable[[Model], Awaitable[Any]]], Any]


async def ask_all(model: Model, asks: list[Request]) -> list[Output]:
    return await asyncio.gather(*map(model.generate, asks))


@pytest.mark.parametrize("kind", BACKENDS)
def test_together_and_alone_the_answers_are_the_same(kind: str, using: Using, say: Say) -> None:
    asks = [say(question, max_tokens=16) for question in QUESTIONS]

    async def work(model: Model) -> tuple[list[Output], list[Output]]:
        return await ask_all(model, asks * 4), [await model.generate(ask) for ask in asks]

    together, alone = using(kind, work)
    told = [(o.text, o.finish, o.tokens_in, o.tokens_out) for o in together]
    assert told == [(o.text, o.finish, o.tokens_in, o.tokens_out) for o in alone] * 4
    assert all(o.seconds >= 0 for o in together)


@pytest.mark.parametrize("kind", BACKENDS)
def test_it_says_who_it_is_and_can_be_closed_twice(kind: str, using: Using, say: Say) -> None:
    async def work(model: Model) -> tuple[str, str]:
        await model.ready()
        before = model.identity
        await asyncio.gather(*(model.ready() for _ in range(20)))
        await model.generate(say(QUESTIONS[0]))
        await model.close()
        await model.close()
        return before, model.identity

    before, after = using(kind, work)
    assert before == after and before


@pytest.mark.parametrize("kind", BACKENDS)
def test_a_cancelled_request_disturbs_nobody(kind: str, using: Using, say: Say) -> None:
    asks = [say(question, max_tokens=16) for question in QUESTIONS]

    async def work(model: Model) -> tuple[list[Output], list[Output]]:
        await model.ready()
        tasks = [asyncio.create_task(model.generate(ask)) for ask in asks * 2]
        await asyncio.sleep(0.005)
        for task in tasks[::2]:
            task.cancel()
        await asyncio.wait(tasks)
        return [t.result() for t in tasks[1::2]], await ask_all(model, (asks * 2)[1::2])

    kept, expected = using(kind, work)
    assert [o.text for o in kept] == [o.text for o in expected]


@pytest.mark.parametrize("kind", ["http", "nano"])
def test_hundreds_of_coroutines_each_get_their_own_answer(
    kind: str, using: Using, say: Say
) -> None:
    asks = [say(question, max_tokens=4) for question in QUESTIONS * 30]
    outputs = using(kind, lambda model: ask_all(model, asks))
    assert [o.text for o in outputs] == [o.text for o in outputs[: len(QUESTIONS)]] * 30


@pytest.mark.parametrize("kind", BACKENDS)
def test_what_it_cannot_do_is_said(kind: str, using: Using) -> None:
    async def work(model: Model) -> list[str]:
        missing = []
        for name, call in (
            ("score", model.score([Message("user", QUESTIONS[0])], ["a", "b"])),
            ("embed", model.embed(["a"])),
        ):
            try:
                await call
            except CapabilityError:
                missing.append(name)
            else:
                assert name in model.capabilities
        return missing

    missing = using(kind, work)
    # The test's server shows no log-probabilities, which only the first answer tells.
    assert missing == {
        "nano": ["embed"], "hf": [], "http": ["score"], "replay": ["score", "embed"],
        "gguf": ["score", "embed"], "vllm": ["embed"],
    }[kind]  # fmt: skip


def test_onnx_and_transformers_write_the_same(using: Using, say: Say) -> None:
    asks = [say(question, max_tokens=24, logprobs=2) for question in QUESTIONS]
    asks += [say(q, max_tokens=24, temperature=0.8, seed=3, index=i) for i, q in enumerate(WORDS)]
    one, other = [using(kind, lambda model: ask_all(model, asks)) for kind in LOCAL]
    assert [(o.text, o.finish, o.tokens_in) for o in one] == [
        (o.text, o.finish, o.tokens_in) for o in other
    ]
    for a, b in zip(one, other, strict=True):
        for x, y in zip(a.logprobs or (), b.logprobs or (), strict=True):
            assert x.token == y.token and x.logprob == pytest.approx(y.logprob, abs=1e-3)


def test_onnx_and_transformers_score_the_same(using: Using) -> None:
    choices = ["cba", "abc", "Sure! cba", "日本", ""]
    prompt = [Message("user", QUESTIONS[0])]
    one, other = [using(kind, lambda model: model.score(prompt, choices)) for kind in LOCAL]
    assert one == pytest.approx(other, abs=1e-2)
    assert max(one) <= 0 and all(map(math.isfinite, one))


@pytest.mark.parametrize("kind", LOCAL)
def test_a_reply_scores_what_it_was_written_with(kind: str, using: Using, say: Say) -> None:
    async def work(model: Model) -> tuple[Output, list[float]]:
        output = await model.generate(say(QUESTIONS[0], logprobs=0))
        return output, await model.score([Message("user", QUESTIONS[0])], [output.text, "zzz"])

    output, scores = using(kind, work)
    assert output.finish == "stop"
    written = sum(token.logprob for token in output.logprobs)
    # The score has the end of the reply in it as well.
    assert scores[1] < scores[0] <= written + 1e-4


@pytest.mark.parametrize("kind", LOCAL)
def test_draws_differ_and_come_again(kind: str, using: Using, say: Say) -> None:
    question = "Say a word."

    async def work(model: Model) -> list[list[str]]:
        rounds = []
        for seed in (1, 1, 2):
            asks = [
                say(question, n=8, index=i, temperature=1.5, seed=seed, max_tokens=12)
                for i in range(8)
            ]
            rounds.append([o.text for o in await ask_all(model, asks)])
        rounds.append([(await model.generate(ask)).text for ask in asks])
        return rounds

    first, again, other, alone = using(kind, work)
    assert first == again
    assert first != other and len(set(first)) > 1
    assert alone == other  # a draw does not depend on what shares its batch


@pytest.mark.parametrize("kind", LOCAL)
def test_limits_and_stop_strings(kind: str, using: Using, say: Say) -> None:
    async def work(model: Model) -> tuple[Output, Output, Output, str]:
        # Draws that come again; one of them is long, whatever the model has learned.
        for seed in range(50):
            draw = {"temperature": 2.0, "seed": seed}
            whole = await model.generate(say("Tell me.", max_tokens=30, **draw))
            plain = [c for c in whole.text if c.isascii()]
            if whole.finish == "length" and plain:
                break
        short = await model.generate(say("Tell me.", max_tokens=5, **draw))
        stops = (plain[-1], "not there")
        return whole, short, await model.generate(say("Tell me.", stop=stops, **draw)), plain[-1]

    whole, short, stopped, stop = using(kind, work)
    assert (whole.finish, whole.tokens_out) == ("length", 30) and "<|" not in whole.text
    assert (short.finish, short.tokens_out) == ("length", 5)
    assert (stopped.text, stopped.finish) == (whole.text[: whole.text.index(stop)], "stop")


@pytest.mark.parametrize("kind", LOCAL)
def test_a_prompt_that_does_not_fit_fails_alone(kind: str, using: Using, say: Say) -> None:
    asks = [
        say("x" * 600),
        say("x" * 500, max_tokens=256),
        say(QUESTIONS[0], max_tokens=400),
        say("\0a\ud800b", max_tokens=3),
        say("a", max_tokens=0),
    ]

    async def work(model: Model) -> list[Any]:
        return await asyncio.gather(*map(model.generate, asks), return_exceptions=True)

    long, nearly, usual, odd, none = using(kind, work)
    assert isinstance(long, RequestFailedError)
    assert "the prompt has 603 tokens, the context is 512" in str(long)
    assert isinstance(nearly, Output) and nearly.tokens_in == 503 and nearly.tokens_out <= 9
    assert isinstance(usual, Output) and usual.finish in ("stop", "length")
    assert isinstance(odd, Output)
    assert isinstance(none, RequestFailedError) and "at least 1" in str(none)


def test_embeddings_of_transformers(using: Using) -> None:
    texts = ["a cat", "a cat", "日本語の文", "", "x" * 900]

    async def work(model: Model) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        return await model.embed(texts), await model.embed(["a cat"]), await model.embed([])

    vectors, alone, none = using("hf", work)
    assert vectors.shape == (5, 128) and vectors.dtype == np.float32
    assert none.shape == (0, 128)
    np.testing.assert_allclose(vectors[0], alone[0], atol=1e-4)
    assert np.isfinite(vectors).all() and not np.allclose(vectors[0], vectors[2], atol=1e-2)


@pytest.mark.parametrize("kind", LOCAL)
def test_after_closing_it_says_that_it_is_closed(kind: str, using: Using, say: Say) -> None:
    async def work(model: Model) -> list[Any]:
        await model.ready()
        ask = say("Tell me.", max_tokens=400, temperature=2.0)
        long = [asyncio.create_task(model.generate(ask)) for _ in range(40)]
        await asyncio.sleep(0.05)
        await model.close()
        found = await asyncio.gather(*long, return_exceptions=True)
        with pytest.raises(ModelError, match="closed"):
            await model.generate(say("a"))
        return found

    found = using(kind, work)
    assert any(isinstance(f, ModelError) and "closed" in str(f) for f in found)
    assert all(isinstance(f, ModelError | Output) for f in found)
