"""What goes over the wire to a server that behaves, and what comes back."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import numpy as np
import pytest

from tests.models import faulty
from tests.models.faulty import FaultyServer
from tesuji.errors import CapabilityError, ModelUnavailableError, RequestFailedError
from tesuji.models.base import Request, Sampling
from tesuji.models.endpoint import Endpoint
from tesuji.models.http import HttpModel, first_token_scores
from tesuji.models.probe import probe
from tesuji.models.retry import RetryPolicy
from tesuji.task.formats.base import Grammar
from tesuji.task.sample import Message

Say = Callable[..., Request]
T = TypeVar("T")


def using(
    server: FaultyServer,
    work: Callable[[HttpModel], Awaitable[T]],
    *,
    dialect: str = "server",
    name: str | None = "only",
    key: str | None = None,
    **options: Any,
) -> T:
    """Do `work` with a model on the running server."""

    async def go() -> T:
        async with server:
            endpoint = Endpoint(server.base, "", name, dialect, key)
            model = HttpModel(endpoint, **options)
            try:
                return await work(model)
            finally:
                await model.close()
                await model.close()

    return asyncio.run(go())


def test_what_is_asked_is_what_is_sent(say: Say) -> None:
    server = FaultyServer()
    request = Request(
        (Message("system", "Be brief."), Message("user", "日本 {x}\r\n")),
        Sampling(temperature=0.7, top_p=0.9, max_tokens=5, stop=("\n", "END"), seed=11),
    )
    output = using(server, lambda model: model.generate(request))
    assert server.seen == [
        {
            "model": "only",
            "messages": [
                {"role": "system", "content": "Be brief."},
                {"role": "user", "content": "日本 {x}\r\n"},
            ],
            "max_tokens": 5,
            "temperature": 0.7,
            "top_p": 0.9,
            "stop": ["\n", "END"],
            "seed": 11,
        }
    ]
    assert (output.text, output.tokens_in, output.tokens_out) == ("日本 {x}\r\n!", 7, 3)
    assert 0 < output.seconds < 5


def test_a_key_is_sent_as_a_bearer_and_seen_nowhere_else(say: Say) -> None:
    server = FaultyServer()

    async def work(model: HttpModel) -> str:
        await model.ready()
        await model.generate(say("a"))
        return f"{model!r} {vars(model)!r} {model.pool!r} {model.uri} {model.identity}"

    shown = using(server, work, key="sk-very-secret")
    assert {h["Authorization"] for h in server.headers} == {"Bearer sk-very-secret"}
    assert "secret" not in shown


def test_draws_of_one_prompt_go_as_one_call(say: Say) -> None:
    server = FaultyServer()

    async def work(model: HttpModel) -> list[Any]:
        asks = [say("a", n=5, index=i, temperature=1.0) for i in range(5)]
        asks += [say("b", n=2, index=i, temperature=1.0) for i in range(2)]
        return await asyncio.gather(*map(model.generate, asks))

    outputs = using(server, work)
    assert [o.text for o in outputs] == ["a!"] * 5 + ["b!"] * 2
    assert sorted(body["n"] for body in server.seen) == [2, 5]
    assert sum(o.tokens_in for o in outputs) == 14  # each prompt is paid once
    assert sum(o.tokens_out for o in outputs) == 21


def test_draws_with_a_seed_go_one_by_one_each_with_its_own(say: Say) -> None:
    server = FaultyServer()

    async def work(model: HttpModel) -> None:
        asks = [say("a", n=3, index=i, temperature=1.0, seed=5) for i in range(3)]
        await asyncio.gather(*map(model.generate, asks))

    using(server, work)
    seeds = {body["seed"] for body in server.seen}
    assert len(seeds) == 3 and 5 in seeds
    assert all("n" not in body for body in server.seen)


@pytest.mark.parametrize("refuses", [False, True])
def test_a_server_without_n_is_found_out_once(
    refuses: bool, say: Say, caplog: pytest.LogCaptureFixture
) -> None:
    faults = [faulty.status(400, "n must be 1")] if refuses else []
    server = FaultyServer(*faults, most=1)

    async def work(model: HttpModel) -> list[list[Any]]:
        rounds = []
        for _ in range(3):
            asks = [say("a", n=4, index=i, temperature=1.0) for i in range(4)]
            rounds.append(await asyncio.gather(*map(model.generate, asks)))
        return rounds

    with caplog.at_level(logging.WARNING, "tesuji"):
        rounds = using(server, work)
    assert [[o.text for o in outputs] for outputs in rounds] == [["a!"] * 4] * 3
    assert ["n" in body for body in server.seen].count(True) == 1
    # Nothing that was answered is asked again.
    assert len(server.seen) == 12 + refuses
    assert len(caplog.records) == 1 and "one by one" in caplog.text


def test_a_bad_request_with_n_is_the_request_s_fault(say: Say) -> None:
    server = FaultyServer(*[faulty.status(400, "too long")] * 2)

    async def work(model: HttpModel) -> tuple[list[Any], bool]:
        asks = [say("a", n=2, index=i, temperature=1.0) for i in range(2)]
        found = await asyncio.gather(*map(model.generate, asks), return_exceptions=True)
        return found, model.draws.together

    found, together = using(server, work)
    assert all(isinstance(f, RequestFailedError) and "too long" in str(f) for f in found)
    assert together


def test_one_cancelled_draw_leaves_the_others(say: Say) -> None:
    server = FaultyServer(faulty.stall(0.2))

    async def work(model: HttpModel) -> list[Any]:
        asks = [say("a", n=3, index=i, temperature=1.0) for i in range(3)]
        tasks = [asyncio.create_task(model.generate(ask)) for ask in asks]
        while not server.seen:
            await asyncio.sleep(0.01)
        tasks[1].cancel()
        return await asyncio.gather(*tasks, return_exceptions=True)

    found = using(server, work)
    assert isinstance(found[1], asyncio.CancelledError)
    assert found[0].text == "late" and found[2].text in ("late", "a!")


def test_the_only_model_of_a_server_need_not_be_named(say: Say) -> None:
    server = FaultyServer(names=("served/name",))

    async def work(model: HttpModel) -> str:
        await asyncio.gather(*(model.generate(say(str(i))) for i in range(5)))
        return model.identity

    assert using(server, work, name=None) == f"{server.base}#served/name"
    assert {body["model"] for body in server.seen} == {"served/name"}
    assert len(server.headers) == 6  # the list was asked for once


@pytest.mark.parametrize("names", [(), ("a", "b")])
def test_of_several_models_one_must_be_named(names: tuple[str, ...], say: Say) -> None:
    server = FaultyServer(names=names)

    async def work(model: HttpModel) -> str:
        with pytest.raises(ModelUnavailableError) as caught:
            await model.ready()
        return str(caught.value)

    message = using(server, work, name=None)
    assert f"serves {len(names)} models; name one as" in message
    assert (", ".join(names) or "none") in message
    assert server.seen == []


def test_reasoning_models_take_the_limit_under_another_name(say: Say) -> None:
    why = "Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead."
    server = FaultyServer(faulty.error(400, message=why, param="max_tokens"))

    async def work(model: HttpModel) -> None:
        for _ in range(3):
            await model.generate(say("a", max_tokens=9))

    using(server, work, dialect="openai")
    keys = [("max_tokens" in b, b.get("max_completion_tokens")) for b in server.seen]
    assert keys == [(True, None), (False, 9), (False, 9), (False, 9)]


GRAMMARS = [
    (Grammar("regex", "[a-z]+"), {"regex": "[a-z]+"}),
    (Grammar("choice", '["A", "B"]'), {"choice": ["A", "B"]}),
    (Grammar("json", '{"type": "object"}'), {"json": {"type": "object"}}),
    (Grammar("grammar", 'start: "a"'), {"grammar": 'start: "a"'}),
]


@pytest.mark.parametrize(("grammar", "sent"), GRAMMARS)
def test_grammars_are_sent_as_the_server_takes_them(
    grammar: Grammar, sent: dict[str, Any], say: Say
) -> None:
    server = FaultyServer()
    using(server, lambda model: model.generate(say("a", grammar=grammar)))
    assert server.seen[0]["structured_outputs"] == sent
    server = FaultyServer()
    work = using_openai = lambda model: model.generate(say("a", grammar=grammar))
    if grammar.kind == "json":
        using(server, using_openai, dialect="openai")
        assert server.seen[0]["response_format"]["json_schema"]["schema"] == sent["json"]
    else:
        with pytest.raises(CapabilityError, match="by a JSON schema only"):
            using(server, work, dialect="openai")
        assert server.seen == []


def top(**logprobs: float) -> dict[str, Any]:
    found = [{"token": t, "logprob": p} for t, p in logprobs.items()]
    return {"content": [{**found[0], "top_logprobs": found}]}


def test_log_probabilities_are_read(say: Say) -> None:
    server = FaultyServer(faulty.message("A", logprobs=top(A=-0.1, B=-2.0)))
    output = using(server, lambda model: model.generate(say("a", logprobs=2)))
    assert (server.seen[0]["logprobs"], server.seen[0]["top_logprobs"]) == (True, 2)
    assert output.logprobs is not None
    token = output.logprobs[0]
    assert (token.token, token.logprob, token.top) == ("A", -0.1, (("A", -0.1), ("B", -2.0)))


def test_log_probabilities_that_are_left_out_are_missed(say: Say) -> None:
    with pytest.raises(CapabilityError, match="leaves out the log-probabilities"):
        using(FaultyServer(), lambda model: model.generate(say("a", logprobs=2)))


def test_choices_are_scored_by_their_first_token() -> None:
    server = FaultyServer(faulty.message("A", logprobs=top(A=-0.5, B=-1.5, Sure=-3.0)))
    prompt = [Message("user", "?")]
    scores = using(server, lambda model: model.score(prompt, ["A", "B", "C"]))
    assert scores == [-0.5, -1.5, -3.0]  # C: at most what the last one has
    assert (server.seen[0]["max_tokens"], server.seen[0]["top_logprobs"]) == (1, 20)


def test_first_tokens_are_summed_over_ways_to_write_them() -> None:
    scores = first_token_scores([("Yes", -1.0), (" Yes", -2.0), ("No", -3.0)], ["Yes", "No"], "m")
    assert scores == pytest.approx([np.logaddexp(-1.0, -2.0), -3.0])
    assert first_token_scores([("Par", -0.1), ("Lon", -2.0)], ["Paris", "London"], "m") == [
        -0.1,
        -2.0,
    ]
    # "1" is itself, though "10" begins with it too.
    assert first_token_scores([("1", -0.1), ("10", -2.0)], ["1", "10"], "m") == [-0.1, -2.0]
    with pytest.raises(CapabilityError, match="m: choices cannot be told apart"):
        first_token_scores([("Option", -0.1)], ["Option A", "Option B"], "m")


def test_embeddings_come_in_the_order_of_the_texts() -> None:
    server = FaultyServer()
    vectors = using(server, lambda model: model.embed([str(i) for i in range(300)]))
    assert vectors.shape == (300, 2) and vectors.dtype == np.float32
    assert vectors[:, 0].tolist() == [*range(256), *range(44)]  # two calls of at most 256
    assert using(FaultyServer(), lambda model: model.embed([])).shape[0] == 0


@pytest.mark.parametrize(
    "rows", [[], [{"embedding": [1.0]}] * 3, [{"embedding": "x"}] * 2, [{"embedding": [1]}, {}]]
)
def test_embeddings_that_are_none_fail(rows: list[Any], patient: RetryPolicy) -> None:
    server = FaultyServer(*[faulty.body({"data": rows})] * 4)
    with pytest.raises(RequestFailedError, match="embeddings"):
        using(server, lambda model: model.embed(["a", "b"]), retry=patient)


def test_a_server_without_embeddings_says_so() -> None:
    with pytest.raises(CapabilityError, match="has no /embeddings"):
        using(FaultyServer(faulty.status(404)), lambda model: model.embed(["a"]))


def test_probe_finds_what_a_server_ignores() -> None:
    report = using(FaultyServer(most=1), probe)
    assert (report.n, report.logprobs, report.embeddings) == (False, False, True)
    assert report.seed is None  # it always says the same: nothing is shown
    assert report.models == ("only",) and report.latency > 0
    assert "several answers in one call (n): no" in report.lines()


def test_one_model_serves_one_event_loop_after_another(say: Say) -> None:
    """A notebook may call asyncio.run again and again."""
    server = FaultyServer()
    model: HttpModel | None = None

    async def go() -> str:
        nonlocal model
        async with server:
            model = model or HttpModel(Endpoint(server.base, "", "only", "server"))
            return (await model.generate(say("a"))).text

    assert [asyncio.run(go()), asyncio.run(go())] == ["a!", "a!"]


def test_a_thousand_requests_at_once_each_get_their_own_answer(say: Say) -> None:
    async def work(model: HttpModel) -> list[str]:
        outputs = await asyncio.gather(*(model.generate(say(f"q{i}")) for i in range(1000)))
        return [output.text for output in outputs]

    server = FaultyServer()
    assert using(server, work) == [f"q{i}!" for i in range(1000)]
    assert len(server.seen) == 1000


def test_lone_surrogates_can_be_sent(say: Say) -> None:
    server = FaultyServer(faulty.body(json.dumps(faulty.completion(["ok"])).encode()))
    assert using(server, lambda model: model.generate(say("a\ud800b"))).text == "ok"
