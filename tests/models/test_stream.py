"""Outputs that are stopped where they loop: by a server's stream, and in this process."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any

import pytest
from aiohttp import web

from tests.models.faulty import Fault, FaultyServer, completion
from tesuji.errors import CapabilityError, RequestFailedError
from tesuji.models.base import Output, Request, require
from tesuji.models.registry import open_model
from tesuji.models.retry import RetryPolicy

Say = Callable[..., Request]


class Repeats:
    """Stops when a text ends with the same eight characters three times."""

    def __init__(self) -> None:
        self.text = ""

    def feed(self, chunk: str) -> object | None:
        self.text += chunk
        tail = self.text[-8:]
        return True if len(tail) == 8 and self.text.endswith(tail * 3) else None


def event(text: str | None = None, **extra: Any) -> dict[str, Any]:
    delta = {} if text is None else {"content": text}
    return {"choices": [{"index": 0, "delta": delta, **extra}]}


def streaming(*events: Any, end: bytes = b"data: [DONE]\n\n", told: list[int]) -> Fault:
    """Sends the events one by one; `told` gets how many of them went out."""

    async def answer(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream; charset=utf-8"})
        await response.prepare(request)
        sent = 0
        try:
            for one in events:
                await response.write(f"data: {json.dumps(one)}\n\n".encode())
                sent += 1
                await asyncio.sleep(0.001)
            await response.write(end)
        finally:
            told.append(sent)
        return response

    return answer


def ask(say: Say, patient: RetryPolicy, *script: Fault, **sampling: Any) -> tuple[Output, Any]:
    async def go() -> tuple[Output, Any]:
        async with FaultyServer(*script) as server:
            model = open_model(server.uri, retry=patient)
            model.watch = lambda prompt: Repeats()  # type: ignore[attr-defined]
            try:
                return await model.generate(say("Go on.", stop_loops=True, **sampling)), server.seen
            finally:
                await model.close()
                await asyncio.sleep(0.05)  # the server notices that nobody listens

    return asyncio.run(go())


def test_a_stream_is_cut_where_it_loops_and_the_server_stops_writing(
    say: Say, patient: RetryPolicy
) -> None:
    told: list[int] = []
    events = [event("Well, "), *(event("and on, ") for _ in range(500))]
    output, seen = ask(say, patient, streaming(*events, told=told))
    assert output.finish == "loop"
    assert output.text == "Well, " + "and on, " * 3
    assert output.tokens_out == 4 and output.tokens_in > 0
    assert told[0] < 200
    assert seen[0]["stream"] is True and seen[0]["stream_options"] == {"include_usage": True}


def test_a_stream_that_ends_well_reads_as_if_it_had_come_whole(
    say: Say, patient: RetryPolicy
) -> None:
    usage = {"choices": [], "usage": {"prompt_tokens": 11, "completion_tokens": 3}}
    events = [event("日本"), event("語 ok"), event(None, finish_reason="stop"), usage]
    output, _ = ask(say, patient, streaming(*events, told=[]))
    assert (output.text, output.finish) == ("日本語 ok", "stop")
    assert (output.tokens_in, output.tokens_out) == (11, 3)


def test_log_probabilities_come_along(say: Say, patient: RetryPolicy) -> None:
    pieces = [
        event(token, logprobs={"content": [{"token": token, "logprob": -0.5, "top_logprobs": []}]})
        for token in ("a", "b")
    ]
    told: list[int] = []
    output, _ = ask(
        say, patient, streaming(*pieces, event(None, finish_reason="length"), told=told), logprobs=0
    )
    assert output.logprobs is not None
    assert [(t.token, t.logprob) for t in output.logprobs] == [("a", -0.5), ("b", -0.5)]
    assert output.finish == "length"


@pytest.mark.parametrize(
    "broken",
    [
        streaming(event("half an ans"), end=b"", told=[]),
        streaming(event("x"), {"error": {"message": "out of memory"}}, told=[]),
        streaming(event("x"), [1, 2], told=[]),
        streaming(event("x"), end=b"data: {cut\n\n", told=[]),
    ],
)
def test_a_broken_stream_is_asked_for_again(say: Say, patient: RetryPolicy, broken: Fault) -> None:
    good = streaming(event("whole"), event(None, finish_reason="stop"), told=[])
    output, seen = ask(say, patient, broken, good)
    assert output.text == "whole" and len(seen) == 2


def test_what_stays_broken_is_an_error_with_the_servers_words(
    say: Say, patient: RetryPolicy
) -> None:
    broken = streaming({"error": {"message": "no memory"}}, told=[])
    with pytest.raises(RequestFailedError, match="no memory"):
        ask(say, patient, *[broken] * 4)


def test_a_server_that_does_not_stream_is_read_all_the_same(say: Say, patient: RetryPolicy) -> None:
    async def whole(request: web.Request) -> web.StreamResponse:
        return web.json_response(completion(["all at once"]))

    output, _ = ask(say, patient, whole)
    assert (output.text, output.finish) == ("all at once", "stop")


def test_a_server_that_does_not_know_stream_options_is_asked_without(
    say: Say, patient: RetryPolicy
) -> None:
    async def refuse(request: web.Request) -> web.StreamResponse:
        words = "Unrecognized request argument supplied: stream_options"
        return web.json_response({"error": {"message": words}}, status=400)

    good = streaming(event("fine"), event(None, finish_reason="stop"), told=[])
    output, seen = ask(say, patient, refuse, good)
    assert output.text == "fine"
    assert "stream_options" in seen[0] and "stream_options" not in seen[1]


def test_thinking_aloud_is_watched_and_is_no_part_of_the_answer(
    say: Say, patient: RetryPolicy
) -> None:
    thought = {"choices": [{"index": 0, "delta": {"reasoning_content": "but no, "}}]}
    told: list[int] = []
    output, _ = ask(say, patient, streaming(*[thought] * 300, told=told))
    assert (output.text, output.finish) == ("", "loop")
    assert told[0] < 200


def test_without_a_wish_to_stop_nothing_is_streamed(say: Say, patient: RetryPolicy) -> None:
    async def go() -> list[dict[str, Any]]:
        async with FaultyServer() as server:
            model = open_model(server.uri, retry=patient)
            await model.generate(say("Hi"))
            await model.close()
            return server.seen

    assert all("stream" not in body for body in asyncio.run(go()))


def test_the_built_in_model_stops_where_it_loops(say: Say) -> None:
    class Impatient:
        """Anything is a loop once it is 20 characters long."""

        def __init__(self) -> None:
            self.size = 0

        def feed(self, chunk: str) -> object | None:
            self.size += len(chunk)
            return True if self.size > 20 else None

    async def go() -> list[Output]:
        model = open_model("nano")
        model.watch = lambda prompt: Impatient()  # type: ignore[attr-defined]
        try:
            prompt = "Reverse the string: xnhtgqxzvx"
            free = await model.generate(say(prompt, max_tokens=300))
            cut = await model.generate(say(prompt, max_tokens=300, stop_loops=True))
            return [free, cut]
        finally:
            await model.close()

    free, cut = asyncio.run(go())
    assert free.tokens_out > 40, "a longer output is needed to see it cut"
    assert cut.finish == "loop" and cut.tokens_out < free.tokens_out
    assert free.text.startswith(cut.text.rstrip("\ufffd"))


def test_a_backend_that_cannot_be_watched_is_named_before_anything_is_sent() -> None:
    model = open_model("nano")
    model.capabilities = frozenset({"generate"})
    with pytest.raises(CapabilityError, match="be watched while it writes"):
        require(model, "stream")
