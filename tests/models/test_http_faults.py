"""What a user sees when a server misbehaves, and how often it is asked."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from typing import Any

import pytest

from tests.models import faulty
from tests.models.conftest import Waits
from tests.models.faulty import FaultyServer
from tesuji.errors import ModelError, ModelUnavailableError, RequestFailedError
from tesuji.models.base import Output, Request
from tesuji.models.registry import open_model
from tesuji.models.retry import RetryPolicy

Say = Callable[..., Request]


def ask(server: FaultyServer, request: Request, **options: Any) -> Output:
    """Start the server, ask once, close both."""

    async def go() -> Output:
        async with server:
            model = open_model(server.uri, **options)
            try:
                return await model.generate(request)
            finally:
                await model.close()

    return asyncio.run(go())


def failure(server: FaultyServer, request: Request, **options: Any) -> ModelError:
    with pytest.raises(ModelError) as caught:
        ask(server, request, **options)
    assert "\n" not in str(caught.value)
    return caught.value


PASSING = {
    "429": faulty.status(429, "slow down"),
    "500": faulty.status(500),
    "502": faulty.status(502),
    "503": faulty.status(503),
    "408": faulty.status(408),
    "reset": faulty.reset,
    "cut": faulty.cut,
    "empty body": faulty.body(b""),
    "cut JSON": faulty.body(b'{"choices": [{"mess'),
    "no JSON": faulty.body(b"<html>busy</html>"),
    "deep JSON": faulty.body(b"[" * 200_000),
    "not UTF-8": faulty.body(b'{"choices": "\xff\xfe"}'),
    "a list": faulty.body([1, 2]),
    "no choices": faulty.body({"id": 3}),
    "empty choices": faulty.body({"choices": []}),
    "choices of numbers": faulty.body({"choices": [1]}),
    "content is a number": faulty.message(5),
    "error under 200": faulty.body({"error": {"message": "overloaded"}}),
}


@pytest.mark.parametrize("fault", PASSING.values(), ids=PASSING.keys())
def test_a_passing_fault_costs_one_more_try_and_nothing_is_asked_again_after_success(
    fault: faulty.Fault, say: Say, patient: RetryPolicy, waits: Waits
) -> None:
    server = FaultyServer(fault)
    output = ask(server, say("hello"), retry=patient)
    assert (output.text, output.finish) == ("hello!", "stop")
    assert len(server.seen) == 2
    assert waits.seconds == [1.0]  # the longest of the jitter before the second try: 0.5 * 2


@pytest.mark.parametrize("fault", PASSING.values(), ids=PASSING.keys())
def test_a_lasting_fault_ends_with_its_reason(
    fault: faulty.Fault, say: Say, patient: RetryPolicy, waits: Waits
) -> None:
    server = FaultyServer(*[fault] * 100)
    caught = failure(server, say("hello"), retry=patient)
    assert server.base in str(caught) and "the last: " in str(caught)
    if fault is PASSING["429"]:  # put off, not broken: only patience ends it, and then the run
        assert isinstance(caught, ModelUnavailableError)
        assert "nothing was answered for 600 s" in str(caught)
        assert 570 < sum(waits.seconds) <= 610
    else:
        assert isinstance(caught, RequestFailedError)
        assert len(server.seen) == 4
        assert waits.seconds == [1.0, 2.0, 4.0]


@pytest.mark.parametrize(
    ("header", "wait"),
    [
        ("7", 8.0),  # what it says and, so that not all come back at once, up to a second
        ("0.5", 1.5),
        ("Tue, 14 Nov 2023 22:13:30 GMT", 11.0),  # ten seconds after the clock's now
        ("Tue, 14 Nov 2000 22:13:30 GMT", 1.0),
        ("86400", 121.0),
        ("soon", 1.0),
        ("nan", 1.0),
        ("-5", 1.0),
    ],
)
def test_retry_after_is_obeyed(
    header: str, wait: float, say: Say, patient: RetryPolicy, waits: Waits
) -> None:
    server = FaultyServer(faulty.status(429, Retry_After=header))
    assert ask(server, say("a"), retry=patient).text == "a!"
    assert waits.seconds == [wait]


def test_many_rate_limits_lose_no_request(say: Say, patient: RetryPolicy) -> None:
    server = FaultyServer(*[faulty.status(429)] * 12)
    assert ask(server, say("a"), retry=patient).text == "a!"
    assert len(server.seen) == 13


def test_jitter_spreads_waits_over_the_whole_interval(say: Say) -> None:
    waits = Waits()
    policy = RetryPolicy(sleep=waits.sleep, tries=100)
    ask(FaultyServer(*[faulty.status(500)] * 60), say("a"), retry=policy)
    assert max(waits.seconds) <= 30.0
    assert min(waits.seconds[10:]) < 10.0 < 20.0 < max(waits.seconds[10:])


@pytest.mark.parametrize("code", [400, 413, 422])
def test_a_refused_request_is_not_sent_again_and_the_server_says_why(
    code: int, say: Say, patient: RetryPolicy
) -> None:
    why = "This model's maximum context\nlength is 512 \x1b[31mtokens" + "." * 9999
    server = FaultyServer(faulty.status(code, why))
    caught = failure(server, say("hello"), retry=patient)
    assert isinstance(caught, RequestFailedError)
    assert "maximum context length is 512 \\x1b[31mtokens" in str(caught)
    assert len(str(caught)) < 300 and len(server.seen) == 1


@pytest.mark.parametrize("code", [401, 403])
def test_a_refused_key_ends_the_run_and_is_not_shown(
    code: int, say: Say, patient: RetryPolicy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TESUJI_API_KEY", "sk-very-secret")
    server = FaultyServer(faulty.status(code, "Incorrect API key provided: sk-very-secret"))
    caught = failure(server, say("hello"), retry=patient)
    assert isinstance(caught, ModelUnavailableError)
    assert "refuses the key in TESUJI_API_KEY" in str(caught)
    assert "secret" not in repr(caught) and len(server.seen) == 1


@pytest.mark.parametrize("code", [200, 400, 500])
def test_a_server_that_repeats_the_key_does_not_get_it_shown_in_part(
    code: int, say: Say, patient: RetryPolicy, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = "sk-" + "verysecret" * 6
    monkeypatch.setenv("TESUJI_API_KEY", key)
    for before in range(120, 200, 10):
        said = "x" * before + key
        fault = faulty.body({"error": said}) if code == 200 else faulty.status(code, said)
        caught = failure(FaultyServer(*[fault] * 4), say("hello"), retry=patient)
        assert "secret" not in str(caught) and "xxx" in str(caught)


def test_a_missing_key_is_asked_for(say: Say, patient: RetryPolicy) -> None:
    caught = failure(FaultyServer(faulty.status(401)), say("hello"), retry=patient)
    assert "needs a key: set TESUJI_API_KEY" in str(caught)


def test_an_unknown_model_names_those_that_there_are(say: Say, patient: RetryPolicy) -> None:
    server = FaultyServer(faulty.status(404, "no such model"), names=("gone", "llama", "qwen"))
    caught = failure(server, say("hello"), retry=patient)
    assert isinstance(caught, ModelUnavailableError)
    assert "has no model 'gone'; it has gone, llama, qwen" in str(caught)


def test_no_server_is_said_at_once(say: Say, patient: RetryPolicy, waits: Waits) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    model = open_model(f"http://127.0.0.1:{port}/v1#m", retry=patient)

    async def go() -> None:
        with pytest.raises(ModelUnavailableError, match=f"no server at http://127.0.0.1:{port}/v1"):
            await model.ready()
        with pytest.raises(ModelUnavailableError, match="is it running"):
            await model.generate(say("a"))
        await model.close()

    asyncio.run(go())
    assert waits.seconds == []


def test_a_server_that_comes_back_is_waited_for(say: Say) -> None:
    server = FaultyServer()

    async def go() -> list[str]:
        async with server:
            waited = asyncio.Event()

            async def sleep(seconds: float) -> None:
                waited.set()
                await asyncio.sleep(0.02)

            model = open_model(server.uri, retry=RetryPolicy(sleep=sleep, tries=200))
            texts = [(await model.generate(say("a"))).text]
            await server._runner.cleanup()
            task = asyncio.create_task(model.generate(say("b")))
            await waited.wait()
            async with server:
                texts.append((await task).text)
                await model.close()
            return texts

    assert asyncio.run(go()) == ["a!", "b!"]


def test_a_stalled_server_is_given_up(say: Say, patient: RetryPolicy) -> None:
    server = FaultyServer(faulty.stall(1.0))
    assert ask(server, say("a"), retry=patient, stall_timeout=0.1).text == "a!"
    server = FaultyServer(*[faulty.stall(0.3)] * 4)
    caught = failure(server, say("a"), retry=patient, stall_timeout=0.05)
    assert "4 tries; the last: not a byte for 0.05 s" in str(caught)


def test_a_dripping_server_meets_the_time_for_the_whole_answer(
    say: Say, patient: RetryPolicy
) -> None:
    server = FaultyServer(*[faulty.drip(0.01)] * 4)
    caught = failure(server, say("a"), retry=patient, timeout=0.2)
    assert "no whole answer within 0.2 s" in str(caught)


def test_a_slow_answer_in_time_is_taken(say: Say) -> None:
    server = FaultyServer(faulty.drip(0.0))
    output = ask(server, say("a"))
    assert output.text == "drip" and len(server.seen) == 1


def test_seconds_are_those_of_the_try_that_succeeded(say: Say, patient: RetryPolicy) -> None:
    server = FaultyServer(faulty.stall(0.5), faulty.stall(0.1))
    output = ask(server, say("a"), retry=patient, stall_timeout=0.2)
    assert 0.1 <= output.seconds < 0.3


def test_a_huge_body_is_not_read_to_its_end(say: Say, patient: RetryPolicy) -> None:
    server = FaultyServer(faulty.huge(50_000_000))
    caught = failure(server, say("a"), retry=patient, max_body=1_000_000)
    assert isinstance(caught, RequestFailedError)
    assert "longer than 1,000,000 bytes" in str(caught) and len(server.seen) == 1


def test_a_redirect_is_not_followed_so_the_key_stays_at_home(
    say: Say, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TESUJI_API_KEY", "sk-very-secret")
    elsewhere = FaultyServer()

    async def go() -> str:
        async with elsewhere, FaultyServer(faulty.redirect(elsewhere.base)) as server:
            model = open_model(server.uri)
            with pytest.raises(ModelUnavailableError) as caught:
                await model.generate(say("a"))
            await model.close()
            return str(caught.value).removesuffix(
                f"sends on to {elsewhere.base} (307); name that address instead"
            )

    assert asyncio.run(go()).endswith("/v1 ")
    assert elsewhere.headers == []


def test_an_account_without_credit_ends_the_run(
    say: Say, patient: RetryPolicy, waits: Waits
) -> None:
    fault = faulty.error(429, message="You exceeded your quota", code="insufficient_quota")
    caught = failure(FaultyServer(fault), say("a"), retry=patient)
    assert isinstance(caught, ModelUnavailableError) and waits.seconds == []


ODD = {
    "null content": (faulty.message(None), ""),
    "null content beside thoughts": (
        faulty.body({"choices": [{"message": {"content": None, "reasoning_content": "hm"}}]}),
        "",
    ),
    "parts": (faulty.message([{"type": "text", "text": "a"}, {"text": "b"}, 3, {"x": 1}]), "ab"),
    "lone surrogate": (
        faulty.body(b'{"choices":[{"message":{"content":"a\\ud800b"}}]}'),
        "a\ufffdb",
    ),
    "odd usage": (
        faulty.body({"choices": [{"message": {"content": "x"}}], "usage": {"prompt_tokens": "7"}}),
        "x",
    ),
    "usage is a list": (
        faulty.body({"choices": [{"message": {"content": "x"}, "index": "0"}], "usage": [1]}),
        "x",
    ),
    "NUL and controls": (faulty.message("a\u0000\u001b[2J日本"), "a\u0000\u001b[2J日本"),
}


@pytest.mark.parametrize(("fault", "text"), ODD.values(), ids=ODD.keys())
def test_odd_answers_are_read_as_far_as_they_mean_something(
    fault: faulty.Fault, text: str, say: Say
) -> None:
    server = FaultyServer(fault)
    output = ask(server, say("a"))
    assert (output.text, output.finish, output.tokens_in) == (text, "unknown", 0)
    output.text.encode()
    assert len(server.seen) == 1


def test_a_cancelled_request_is_given_up_and_the_next_one_works(say: Say) -> None:
    async def go() -> str:
        async with FaultyServer(faulty.stall(30)) as server:
            model = open_model(server.uri)
            task = asyncio.create_task(model.generate(say("a")))
            while not server.seen:
                await asyncio.sleep(0.01)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            text = (await model.generate(say("b"))).text
            await model.close()
            return text

    assert asyncio.run(go()) == "b!"
