"""Several servers behind one model, and what ends a run in which nothing works."""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import Callable

import pytest

from tests.models import faulty
from tests.models.faulty import FaultyServer
from tesuji.errors import BudgetSpentError, ConfigError, ModelUnavailableError, RequestFailedError
from tesuji.models.base import Request
from tesuji.models.http import HttpModel
from tesuji.models.registry import open_model
from tesuji.models.retry import RetryPolicy

Say = Callable[..., Request]


def pair(*servers: FaultyServer, **options: object) -> HttpModel:
    model = open_model(",".join(server.base for server in servers) + "#only", **options)
    assert isinstance(model, HttpModel)
    return model


async def answers(model: HttpModel, say: Say, count: int) -> list[str]:
    outputs = await asyncio.gather(*(model.generate(say(str(n))) for n in range(count)))
    return [output.text for output in outputs]


def closed_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def test_the_quicker_server_does_more_and_nothing_is_done_twice(say: Say) -> None:
    async def go() -> tuple[int, int]:
        slow = FaultyServer(*[faulty.stall(0.3)] * 1000)
        async with FaultyServer() as quick, slow:
            model = pair(slow, quick, concurrency=16)
            assert len(await answers(model, say, 300)) == 300
            await model.close()
            return len(quick.seen), len(slow.seen)

    quick, slow = asyncio.run(go())
    assert quick + slow == 300
    assert quick > slow > 0


def test_a_server_that_is_not_there_is_left_out_and_tried_again(
    say: Say, caplog: pytest.LogCaptureFixture
) -> None:
    async def go() -> tuple[int, int]:
        late = FaultyServer()
        late.port = closed_port()
        async with FaultyServer() as there:
            model = pair(late, there)
            await model.ready()
            assert await answers(model, say, 20) == [f"{n}!" for n in range(20)]
            before = len(late.seen)
            async with late:
                while not late.seen:  # it is asked again about a second later
                    await answers(model, say, 12)
            await model.close()
            return before, len(late.seen)

    with caplog.at_level(logging.WARNING, "tesuji"):
        before, after = asyncio.run(go())
    assert before == 0 and after > 0
    assert "is left out for 1 s: no server at http://127.0.0.1" in caplog.text


def test_what_a_dying_server_had_is_done_by_the_other(say: Say) -> None:
    async def go() -> None:
        dying = FaultyServer(*[faulty.stall(5)] * 8)
        async with FaultyServer() as there:
            async with dying:
                model = pair(dying, there)
                task = asyncio.create_task(answers(model, say, 100))
                while not dying.seen:
                    await asyncio.sleep(0.01)
            assert await task == [f"{n}!" for n in range(100)]
            await model.close()

    asyncio.run(go())


def test_a_server_that_always_fails_is_left_out(say: Say) -> None:
    async def go() -> int:
        bad = FaultyServer(*[faulty.status(500)] * 10_000)
        async with bad, FaultyServer() as good:
            model = pair(bad, good)
            assert await answers(model, say, 400) == [f"{n}!" for n in range(400)]
            await model.close()
            return len(bad.seen)

    assert asyncio.run(go()) < 100


def test_a_request_refused_by_all_servers_is_not_hammered_at_them(
    say: Say, patient: RetryPolicy
) -> None:
    async def go() -> list[float]:
        one, other = (FaultyServer(*[faulty.status(500)] * 9) for _ in range(2))
        async with one, other:
            model = pair(one, other, retry=patient)
            with pytest.raises(RequestFailedError, match="no answer after 4 tries"):
                await model.generate(say("a"))
            await model.close()
            assert (len(one.seen), len(other.seen)) == (2, 2)
        return patient.sleep.__self__.seconds  # type: ignore[attr-defined, no-any-return]

    assert asyncio.run(go()) == [2.0]  # one to the other at once, then a wait, then the two again


def test_no_server_at_all_is_said_of_the_first(say: Say) -> None:
    ports = closed_port(), closed_port()
    model = open_model(",".join(f"http://127.0.0.1:{port}/v1" for port in ports) + "#m")

    async def go() -> None:
        with pytest.raises(ModelUnavailableError, match=f"no server at .*:{ports[0]}/v1"):
            await model.ready()
        with pytest.raises(ModelUnavailableError, match="is it running"):
            await model.generate(say("a"))
        await model.close()

    asyncio.run(go())


def test_servers_must_serve_the_same_where_no_model_is_named() -> None:
    async def go(*names: tuple[str, ...]) -> str:
        async with FaultyServer(names=names[0]) as one, FaultyServer(names=names[1]) as other:
            model = open_model(f"{one.base}, {other.base}")
            try:
                await model.ready()
                return model.identity.replace(one.base, "ONE")
            finally:
                await model.close()

    assert asyncio.run(go(("a",), ("a",))) == "ONE#a"
    with pytest.raises(ModelUnavailableError, match=r"serves 2 models; name one as .*: a, b"):
        asyncio.run(go(("a",), ("b",)))


def test_the_ledger_knows_several_servers_by_the_first() -> None:
    alone, both = open_model("http://a/v1#m"), open_model("http://a/v1,https://b:8/v1#m")
    assert both.identity == alone.identity == "http://a/v1#m"
    assert both.uri == "http://a/v1,https://b:8/v1#m"
    assert open_model("http://a/v1#m,http://b/v1#m").uri == "http://a/v1,http://b/v1#m"


@pytest.mark.parametrize(
    ("uri", "why"),
    [
        ("http://a/v1#x,http://b/v1#y", "named once, at the end"),
        ("http://a/v1,http://a/v1#x", "stands there twice"),
        ("http://a/v1,http://u:p@b/v1#x", "no password in an address"),
    ],
)
def test_lists_of_servers_that_mean_nothing_are_refused(uri: str, why: str) -> None:
    with pytest.raises(ConfigError, match=why) as caught:
        open_model(uri)
    assert ":p@" not in str(caught.value)


@pytest.mark.parametrize(
    ("fault", "why"),
    [
        (faulty.status(400, "top_k is no parameter"), "400: top_k is no parameter"),
        (faulty.body(b"<html>login</html>"), "the body is no JSON"),
    ],
)
def test_a_run_in_which_every_request_fails_ends_by_itself(
    fault: faulty.Fault, why: str, say: Say, patient: RetryPolicy
) -> None:
    async def go() -> tuple[list[BaseException], int]:
        async with FaultyServer(*[fault] * 10_000) as server:
            model = pair(server, retry=patient, give_up=20)
            asks = (model.generate(say(str(n))) for n in range(40))
            found = await asyncio.gather(*asks, return_exceptions=True)
            await model.close()
            return [one for one in found if isinstance(one, BaseException)], len(server.seen)

    errors, _ = asyncio.run(go())
    assert [type(error) for error in errors].count(RequestFailedError) < 40
    last = next(error for error in errors if isinstance(error, ModelUnavailableError))
    assert "20 requests failed one after the other" in str(last) and why in str(last)


def test_prompts_that_are_too_long_fail_alone(say: Say) -> None:
    fault = faulty.status(400, "This model's maximum context length is 512 tokens")

    async def go() -> str:
        async with FaultyServer(*[fault] * 30) as server:
            model = pair(server, give_up=5)
            for n in range(30):
                with pytest.raises(RequestFailedError, match="maximum context length"):
                    await model.generate(say(str(n)))
            text = (await model.generate(say("short"))).text
            await model.close()
            return text

    assert asyncio.run(go()) == "short!"


def test_what_is_refused_at_the_gate_is_not_sent(say: Say) -> None:
    """As at Ctrl-C: what still waits for a place is dropped, what is in flight comes in."""

    async def go() -> tuple[list[object], int]:
        async with FaultyServer(*[faulty.stall(0.3)] * 8) as server:
            model = pair(server, concurrency=8)
            shut = False

            def gate() -> None:
                if shut:
                    raise BudgetSpentError("interrupted")

            model.gate = gate
            asks = [asyncio.create_task(model.generate(say(str(n)))) for n in range(50)]
            while len(server.seen) < 8:
                await asyncio.sleep(0.01)
            shut = True
            found = await asyncio.gather(*asks, return_exceptions=True)
            await model.close()
            return found, len(server.seen)

    found, seen = asyncio.run(go())
    assert seen == 8
    assert sum(isinstance(one, BudgetSpentError) for one in found) == 42


def test_a_place_given_to_one_who_left_is_given_to_the_next(say: Say) -> None:
    async def go() -> int:
        async with FaultyServer(*[faulty.stall(0.2)] * 2) as server:
            model = pair(server, concurrency=1)
            asks = [asyncio.create_task(model.generate(say(str(n)))) for n in range(6)]
            while not server.seen:
                await asyncio.sleep(0.01)
            asks[0].cancel()
            asks[1].cancel()
            asks[3].cancel()
            await asyncio.gather(*asks, return_exceptions=True)
            await model.close()
            return model.pool.lanes[0].rate.in_flight

    assert asyncio.run(go()) == 0
