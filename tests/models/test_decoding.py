"""Decoding and batching: what every model in this process shares."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.models.conftest import NANO
from tesuji.errors import ModelUnavailableError, RequestFailedError
from tesuji.models.base import Sampling
from tesuji.models.batching import Alive, Batcher
from tesuji.models.bytelevel import byte_decoder
from tesuji.models.decoding import Row, choose, fitting, log_softmax
from tesuji.models.seeds import draw_seed


def drawn(logits: list[float], count: int = 4000, **sampling: Any) -> np.ndarray:
    """How often each token is drawn, as a share."""
    row = Row([1], Sampling(**sampling), 10)
    row.generator = np.random.default_rng(0)
    batch = np.array([logits], dtype=np.float32)
    tokens = [int(choose(batch, [row])[0]) for _ in range(count)]
    return np.bincount(tokens, minlength=len(logits)) / count


def test_temperature_shapes_the_draws() -> None:
    logits = [2.0, 1.0, 0.0]
    for temperature in (0.5, 1.0, 2.0):
        expected = np.exp(log_softmax(np.array(logits) / temperature))
        np.testing.assert_allclose(drawn(logits, temperature=temperature), expected, atol=0.03)


def test_top_p_keeps_the_smallest_set_that_holds_it() -> None:
    logits = np.log([0.5, 0.3, 0.15, 0.05]).tolist()
    assert drawn(logits, temperature=1.0, top_p=0.5).tolist() == [1, 0, 0, 0]
    np.testing.assert_allclose(
        drawn(logits, temperature=1.0, top_p=0.75), [0.625, 0.375, 0, 0], atol=0.03
    )
    np.testing.assert_allclose(
        drawn(logits, temperature=1.0, top_p=0.96), [0.5, 0.3, 0.15, 0.05], atol=0.03
    )


@given(
    st.lists(st.floats(-(2.0**99), 2.0**99, width=32), min_size=1, max_size=50),
    st.floats(1e-3, 1e3),
    st.floats(1e-6, 1.0),
)
def test_any_logits_give_a_token(logits: list[float], temperature: float, top_p: float) -> None:
    assert drawn(logits, 3, temperature=temperature, top_p=top_p).sum() == 1


@given(st.lists(st.tuples(st.integers(1, 60), st.integers(1, 60)), max_size=40))
def test_groups_fit_the_context_and_leave_nobody_out(sizes: list[tuple[int, int]]) -> None:
    rows = [Row([0] * prompt, Sampling(), min(limit, 64 - prompt)) for prompt, limit in sizes]
    groups = list(fitting(rows, 64))
    assert sorted(at for group in groups for at in group) == list(range(len(rows)))
    for group in groups:
        longest = max(len(rows[at].prompt) for at in group)
        assert longest + max(rows[at].limit for at in group) <= 64


def test_seeds_of_draws_differ_and_stay() -> None:
    seeds = [draw_seed(7, index) for index in range(1000)]
    assert seeds[0] == 7 and len(set(seeds)) == 1000
    assert seeds == [draw_seed(7, index) for index in range(1000)]
    assert draw_seed(None, 3) is None
    assert all(0 <= (draw_seed(s, i) or 0) < 2**31 for s in (-1, 2**40) for i in (0, 1))


@given(st.binary(max_size=60))
def test_bytes_become_text_as_python_reads_them(data: bytes) -> None:
    decode = byte_decoder(NANO)
    assert decode is not None
    assert decode(list(data)) == data.decode(errors="replace")
    assert decode([256, *data, 261]) == data.decode(errors="replace")  # special tokens: no text


# Batching.


def batcher(seen: list[list[int]], size: int = 4, **options: Any) -> Batcher[int, int]:
    def run(jobs: Sequence[int], alive: Alive) -> Sequence[int | BaseException]:
        seen.append(list(jobs))
        if any(job == 666 for job in jobs):
            raise RequestFailedError("a bad batch")
        return [RequestFailedError("a bad job") if job < 0 else job * 10 for job in jobs]

    options = {"key": lambda job: job >= 100, "length": abs, **options}
    return Batcher(run, size=size, **options)


def test_jobs_that_arrive_together_run_together_near_their_length() -> None:
    seen: list[list[int]] = []

    async def go() -> list[int]:
        batches = batcher(seen)
        found = await asyncio.gather(*map(batches.submit, [9, 1, 8, 2, 7, 3, 100, 4]))
        await batches.close()
        return found

    assert asyncio.run(go()) == [90, 10, 80, 20, 70, 30, 1000, 40]
    assert sorted(seen) == [[1, 2, 3], [4, 7, 8, 9], [100]]


def test_an_error_stays_in_its_batch_and_a_bad_job_alone() -> None:
    async def go() -> list[Any]:
        batches = batcher([], size=2)
        jobs = [666, 665, -5, 6]
        found = await asyncio.gather(*map(batches.submit, jobs), return_exceptions=True)
        await batches.close()
        return found

    found = asyncio.run(go())
    assert [str(f) for f in found] == ["a bad batch", "a bad batch", "a bad job", "60"]


def test_a_cancelled_job_that_waits_is_never_run_and_one_that_runs_is_told() -> None:
    seen: list[list[int]] = []
    told: list[bool] = []
    started, go_on = threading.Event(), threading.Event()

    def run(jobs: Sequence[int], alive: Alive) -> Sequence[int]:
        seen.append(list(jobs))
        started.set()
        assert go_on.wait(10)
        told.append(alive(0))
        return list(jobs)

    async def go() -> None:
        batches: Batcher[int, int] = Batcher(run, size=1, key=lambda _: 0, length=abs)
        first = asyncio.create_task(batches.submit(1))
        await asyncio.to_thread(started.wait)
        second = asyncio.create_task(batches.submit(2))
        third = asyncio.create_task(batches.submit(3))
        await asyncio.sleep(0)
        first.cancel()
        second.cancel()
        await asyncio.sleep(0)
        go_on.set()
        assert await third == 3
        await batches.close()

    asyncio.run(go())
    assert seen == [[1], [3]] and told == [False, True]


def test_closing_frees_those_who_wait() -> None:
    hold = threading.Event()

    def run(jobs: Sequence[int], alive: Alive) -> Sequence[int]:
        while alive(0) and not hold.wait(0.01):
            pass
        return list(jobs)

    async def go() -> list[Any]:
        batches: Batcher[int, int] = Batcher(run, size=1, key=lambda _: 0, length=abs)
        tasks = [asyncio.create_task(batches.submit(i)) for i in range(3)]
        await asyncio.sleep(0.05)
        await batches.close()
        await batches.close()
        return await asyncio.gather(*tasks, return_exceptions=True)

    found = asyncio.run(asyncio.wait_for(go(), 10))
    assert all(isinstance(f, ModelUnavailableError) for f in found)


def test_one_batcher_serves_one_event_loop_after_another() -> None:
    batches = batcher([])
    assert [asyncio.run(batches.submit(i)) for i in range(3)] == [0, 10, 20]
    asyncio.run(batches.close())


def test_no_memory_halves_the_batch(monkeypatch: pytest.MonkeyPatch) -> None:
    from tests.models.test_contract import QUESTIONS
    from tesuji.models.local import LocalModel
    from tesuji.models.registry import open_model

    model = open_model("nano")
    assert isinstance(model, LocalModel)
    asks = _asks(QUESTIONS)
    sizes: list[int] = []

    async def go() -> list[Any]:
        await model.ready()
        weights: Any = model._weights
        start = weights.start

        def small(prompts: Sequence[Sequence[int]], room: int) -> Any:
            sizes.append(len(prompts))
            if len(prompts) > 2:
                raise MemoryError
            return start(prompts, room)

        expected = await asyncio.gather(*map(model.generate, asks))
        monkeypatch.setattr(weights, "start", small)
        found = await asyncio.gather(*map(model.generate, asks))
        await model.close()
        return [[o.text for o in outputs] for outputs in (expected, found)]

    expected, found = asyncio.run(go())
    assert found == expected and max(sizes) > 2


def _asks(questions: list[str]) -> list[Any]:
    from tesuji.models.base import Request
    from tesuji.task.sample import Message

    return [Request((Message("user", q),), Sampling(max_tokens=4)) for q in questions]
