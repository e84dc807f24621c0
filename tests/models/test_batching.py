"""Batching: jobs that meet in one thread, batches that refill, what they cost."""

from __future__ import annotations

import asyncio
import shutil
import threading
from collections.abc import Callable, Sequence
from functools import wraps
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tesuji.errors import ModelUnavailableError, RequestFailedError
from tesuji.models.base import Model, Output, Request, Sampling
from tesuji.models.batching import Batcher, Ticket, common_prefix
from tesuji.models.continuous import Bound, ContinuousBatch, Place
from tesuji.models.decoding import Row
from tesuji.models.local import LocalModel
from tesuji.models.registry import open_model

pytestmark = pytest.mark.usefixtures("one_thread")

Take = Callable[[int], list[Ticket[Any, Any]]]
Say = Callable[..., Request]


def batcher(seen: list[list[str]], size: int = 4) -> Batcher[str, str]:
    """Runs jobs in batches; one called "bad batch" breaks its batch, "bad" fails alone."""

    def run(take: Take) -> None:
        while tickets := take(size):
            seen.append([ticket.job for ticket in tickets])
            if "bad batch" in seen[-1]:
                raise RequestFailedError("a bad batch")
            for ticket in tickets:
                failed = RequestFailedError("a bad job") if ticket.job == "bad" else None
                ticket.finish(failed or ticket.job.upper())

    return Batcher(run, size=size, text=str)


def test_the_oldest_goes_first_with_those_that_begin_alike_and_are_as_long() -> None:
    seen: list[list[str]] = []
    one, other = "a" * 200, "b" * 200
    jobs = [one + "1", other + "2", other + "3", one + "44", "short", one + "5", one + "6666666"]

    async def go() -> list[str]:
        batches = batcher(seen, size=3)
        found = await asyncio.gather(*map(batches.submit, jobs))
        await batches.close()
        return found

    assert asyncio.run(go()) == [job.upper() for job in jobs]
    assert seen[0] == [one + "1", one + "5", one + "44"]
    assert seen[1][0] == other + "2" and other + "3" in seen[1]


@given(st.text(max_size=30), st.text("ab", max_size=8), st.text("ab", max_size=8))
def test_the_common_prefix(start: str, one: str, other: str) -> None:
    common = common_prefix(start + one, start + other)
    assert len(start) <= common
    assert (start + one)[:common] == (start + other)[:common]
    assert (start + one)[common : common + 1] != (start + other)[common : common + 1] or (
        common == min(len(start + one), len(start + other))
    )


def test_an_error_stays_in_its_batch_and_a_bad_job_alone() -> None:
    async def go() -> list[Any]:
        batches = batcher([], size=2)
        jobs = ["bad batch", "with it", "bad", "good"]
        found = await asyncio.gather(*map(batches.submit, jobs), return_exceptions=True)
        await batches.close()
        return found

    found = asyncio.run(go())
    assert [str(f) for f in found] == ["a bad batch", "a bad batch", "a bad job", "GOOD"]


def test_a_cancelled_job_that_waits_is_never_run_and_one_that_runs_is_told() -> None:
    seen: list[str] = []
    told: list[bool] = []
    started, go_on = threading.Event(), threading.Event()

    def run(take: Take) -> None:
        while tickets := take(1):
            seen.append(tickets[0].job)
            started.set()
            assert go_on.wait(10)
            told.append(tickets[0].wanted)
            tickets[0].finish(tickets[0].job)

    async def go() -> None:
        batches: Batcher[str, str] = Batcher(run, size=1)
        first = asyncio.create_task(batches.submit("1"))
        await asyncio.to_thread(started.wait)
        second = asyncio.create_task(batches.submit("2"))
        third = asyncio.create_task(batches.submit("3"))
        await asyncio.sleep(0)
        first.cancel()
        second.cancel()
        await asyncio.sleep(0)
        go_on.set()
        assert await third == "3"
        await batches.close()

    asyncio.run(go())
    assert seen == ["1", "3"] and told == [False, True]


def test_closing_frees_those_who_wait() -> None:
    started, hold = threading.Event(), threading.Event()

    def run(take: Take) -> None:
        while tickets := take(1):
            started.set()
            while tickets[0].wanted and not hold.wait(0.01):
                pass

    async def go() -> list[Any]:
        batches: Batcher[str, str] = Batcher(run, size=1)
        tasks = [asyncio.create_task(batches.submit(str(i))) for i in range(3)]
        await asyncio.to_thread(started.wait)
        await batches.close()
        await batches.close()
        return await asyncio.gather(*tasks, return_exceptions=True)

    found = asyncio.run(asyncio.wait_for(go(), 10))
    assert all(isinstance(f, ModelUnavailableError) for f in found)


def test_one_batcher_serves_one_event_loop_after_another() -> None:
    batches = batcher([])
    assert [asyncio.run(batches.submit(job)) for job in "abc"] == ["A", "B", "C"]
    asyncio.run(batches.close())


# Refilling.

COUNT = 50  # token that ends a reply


class Counting:
    """A model that counts on from the last token, and notes how many rows each step has."""

    def __init__(self, price: float = 0.5, fits: int = 10**9) -> None:
        self.price, self.fits = price, fits
        self.tokens: list[int] = []
        self.lengths: list[int] = []
        self.sizes: list[int] = []
        self.joins: list[int] = []
        self.failures = 0

    def emptied(self) -> Counting:
        """As a backend begins a new batch."""
        self.tokens, self.lengths = [], []
        return self

    def join(self, prompts: Sequence[Sequence[int]]) -> None:
        self.tokens += [prompt[-1] for prompt in prompts]
        self.lengths += map(len, prompts)
        self.joins.append(len(prompts))

    def keep(self, rows: Sequence[int]) -> None:
        self.tokens = [self.tokens[row] for row in rows]
        self.lengths = [self.lengths[row] for row in rows]

    def logits(self) -> np.ndarray:
        if len(self.lengths) * max(self.lengths) > self.fits:
            self.failures += 1
            raise MemoryError
        self.sizes.append(len(self.tokens))
        return np.eye(COUNT + 1, dtype=np.float32)[[token + 1 for token in self.tokens]]

    def greedy(self) -> np.ndarray:
        return self.logits().argmax(-1)

    def push(self, tokens: np.ndarray) -> None:
        self.tokens = [int(token) for token in tokens]
        self.lengths = [length + 1 for length in self.lengths]


def run_rows(lengths: Sequence[int], stepper: Counting, rows: int = 4) -> list[Row]:
    """Rows that write so many tokens each, run to their end in batches of `rows`."""
    bound = Bound(rows)
    batch = ContinuousBatch(stepper.emptied, bound, frozenset({COUNT}), str)
    made = [Row([COUNT - 1 - n], Sampling(), 1000) for n in lengths]
    failed: list[Exception] = []
    for row in made:
        batch.add(Place(row, lambda: True, lambda error: failed.append(error) if error else None))
    while batch.busy:
        batch.step()
    assert not failed
    return made


def test_one_long_row_does_not_hold_the_others() -> None:
    stepper = Counting()
    lengths = [40, *[3] * 30]
    rows = run_rows(lengths, stepper)
    assert [len(row.ids) for row in rows] == lengths
    # Each row takes a step more than it writes; a batch that waits would take 41 and 7 times 4.
    assert len(stepper.sizes) <= 41 + 4


@given(
    st.lists(st.integers(1, 45), min_size=1, max_size=40),
    st.integers(1, 8),
    st.sampled_from([0.0, 0.5, 3.0, float("inf")]),
)
def test_every_row_is_written_whatever_the_company(
    lengths: list[int], size: int, price: float
) -> None:
    stepper = Counting(price)
    rows = run_rows(lengths, stepper, size)
    expected = [list(range(COUNT - n, COUNT)) for n in lengths]
    assert [row.ids for row in rows] == expected
    assert max(stepper.sizes) <= size and sum(stepper.joins) == len(lengths)


def test_a_dear_join_brings_many_rows_and_a_cheap_one_comes_at_once() -> None:
    lengths = [5 + at % 30 for at in range(200)]
    joins, steps = {}, {}
    for price in (0.0, 2.0, float("inf")):
        stepper = Counting(price)
        run_rows(lengths, stepper, 16)
        joins[price], steps[price] = len(stepper.joins), len(stepper.sizes)
    assert joins[0.0] > joins[2.0] > joins[float("inf")]
    assert steps[0.0] <= steps[2.0] < steps[float("inf")]


def test_a_batch_that_memory_does_not_hold_is_halved_and_stays_so() -> None:
    stepper = Counting(fits=130)
    lengths = [30] * 24
    rows = run_rows(lengths, stepper, 8)
    assert [len(row.ids) for row in rows] == lengths
    assert stepper.failures <= 3
    assert 2 <= max(stepper.sizes[-60:]) <= 6


# In the models.


@pytest.fixture
def ask_all() -> Callable[..., list[Any]]:
    """Asks a model all at once, and gives outputs or exceptions."""

    def run(model: Model, asks: Sequence[Request]) -> list[Any]:
        async def go() -> list[Any]:
            found = await asyncio.gather(*map(model.generate, asks), return_exceptions=True)
            await model.close()
            return found

        return asyncio.run(go())

    return run


AskAll = Callable[..., list[Any]]


@pytest.fixture
def kinds(nano: Any) -> dict[str, Callable[[], Model]]:
    return {
        "slots": lambda: open_model("nano", batch_size=8),
        "genai": lambda: open_model(f"onnx:{nano}", batch_size=8, direct=False),
        "hf": lambda: open_model(f"hf:{nano}", batch_size=8),
    }


KINDS = ("slots", "genai", "hf")


@pytest.mark.parametrize("kind", KINDS)
def test_rows_of_all_lengths_get_what_they_get_alone(
    kind: str, kinds: dict[str, Callable[[], Model]], ask_all: AskAll, say: Say
) -> None:
    """Short and long, greedy and drawn, with and without a shared beginning."""
    long = "Translate the word. " * 12
    asks = []
    for at in range(40):
        prompt = f"{long if at % 3 else ''}Reverse the string: {'abc' * (at % 5)}"
        heat = 0.0 if at % 4 else 1.3
        asks.append(say(prompt, max_tokens=1 + at * 3, temperature=heat, seed=at, index=at % 2))
    together: list[Output] = ask_all(kinds[kind](), asks)
    model = kinds[kind]()

    async def one_by_one() -> list[Output]:
        found = [await model.generate(ask) for ask in asks]
        await model.close()
        return found

    alone = asyncio.run(one_by_one())
    told = [(o.text, o.finish, o.tokens_in, o.tokens_out) for o in together]
    assert told == [(o.text, o.finish, o.tokens_in, o.tokens_out) for o in alone]


_WINDOW = {"sliding_window": 24, "head_dim": 16}
_MIXED = {"layer_types": ["conv", "full_attention"]}


@pytest.mark.parametrize(
    ("family", "shape"), [("qwen2", {}), ("mistral", _WINDOW), ("lfm2", _MIXED)]
)
def test_layers_of_all_kinds_keep_rows_apart(
    family: str, shape: dict[str, Any], tmp_path: Path, nano: Path, ask_all: AskAll, say: Say
) -> None:
    """Full attention, attention over a window, and layers whose state is no keys and values."""
    import torch
    from transformers import AutoConfig, AutoModelForCausalLM

    torch.manual_seed(0)
    config = AutoConfig.for_model(
        family, vocab_size=264, hidden_size=64, intermediate_size=128, num_hidden_layers=2,
        num_attention_heads=4, num_key_value_heads=2, max_position_embeddings=512,
        eos_token_id=261, pad_token_id=256, bos_token_id=257, **shape,
    )  # fmt: skip
    AutoModelForCausalLM.from_config(config).save_pretrained(tmp_path)
    for name in ("tokenizer.json", "tokenizer_config.json", "chat_template.jinja"):
        shutil.copy(nano / name, tmp_path / name)
    shots = "abc is cba. " * 4
    asks = [
        say(f"{shots if at % 3 else ''}Reverse: {'abc' * (at % 4)}", max_tokens=2 + 3 * at)
        for at in range(12)
    ]
    together = ask_all(open_model(f"hf:{tmp_path}", batch_size=4), asks)
    alone = [ask_all(open_model(f"hf:{tmp_path}"), [ask])[0] for ask in asks[::3]]
    assert [o.text for o in together[::3]] == [o.text for o in alone]
    assert all(output.tokens_out for output in together)


@pytest.mark.parametrize("kind", KINDS)
def test_a_short_answer_does_not_wait_for_a_long_one(
    kind: str, kinds: dict[str, Callable[[], Model]], say: Say
) -> None:
    model = kinds[kind]()

    async def go() -> tuple[int, int]:
        # Draws so wild that none ends early: the limits alone decide.
        wild = {"temperature": 50.0, "seed": 1}
        slow = [asyncio.create_task(model.generate(say("Go on.", max_tokens=480, **wild)))]
        quick = [
            asyncio.create_task(model.generate(say("Go on.", max_tokens=4, index=i, **wild)))
            for i in range(24)
        ]
        await asyncio.wait([*quick, *slow], return_when=asyncio.FIRST_COMPLETED)
        done = await asyncio.gather(*quick)
        held = sum(task.done() for task in slow)
        tokens = max(output.tokens_out for output in [await slow[0], *done])
        await model.close()
        return held, tokens

    held, tokens = asyncio.run(go())
    if tokens > 200:  # the long draw was not ended by the model itself
        assert held == 0


def test_what_several_prompts_share_is_read_once(nano: Any, say: Say, ask_all: AskAll) -> None:
    model = open_model(f"hf:{nano}", batch_size=8)
    assert isinstance(model, LocalModel)
    shared = "Here is what to do. " * 18
    asks = [say(f"{shared}{word}", max_tokens=2) for word in ("abc", "stone", "x", "word")]
    asyncio.run(model.ready())
    weights: Any = model._weights
    read: list[int] = []
    forward = weights._model.forward

    @wraps(forward)
    def counted(*args: Any, **given: Any) -> Any:
        read.append(given["input_ids"].numel())
        return forward(*args, **given)

    weights._model.forward = counted
    try:
        found = ask_all(model, asks)
    finally:
        weights._model.forward = forward
    assert all(isinstance(output, Output) for output in found)
    assert sum(read) < 2 * len(shared)  # nano reads bytes; four times as many without sharing


def test_no_memory_halves_the_batch_and_loses_nothing(
    say: Say, ask_all: AskAll, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tesuji.models.slots import SlotStepper

    asks = [say(f"Reverse the string: {word}", max_tokens=24) for word in ("abc", "de", "f", "gh")]
    expected = ask_all(open_model("nano"), asks)
    sizes: list[int] = []
    logits = SlotStepper.logits

    def small(stepper: SlotStepper) -> Any:
        sizes.append(stepper._rows)
        if stepper._rows > 2:
            raise MemoryError
        return logits(stepper)

    monkeypatch.setattr(SlotStepper, "logits", small)
    found = ask_all(open_model("nano"), asks)
    assert [o.text for o in found] == [o.text for o in expected]
    assert max(sizes) > 2 and sizes[-1] <= 2


def test_one_request_for_which_there_is_no_memory_fails_alone(
    say: Say, ask_all: AskAll, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tesuji.models.slots import SlotStepper

    asks = [say(f"Reverse the string: {w}", max_tokens=8) for w in ("abc", "x" * 300, "f", "gh")]
    join = SlotStepper.join

    def small(stepper: SlotStepper, prompts: Sequence[Sequence[int]]) -> None:
        if max(map(len, prompts)) > 200:
            raise MemoryError("bad_alloc")
        join(stepper, prompts)

    monkeypatch.setattr(SlotStepper, "join", small)
    one, huge, *others = ask_all(open_model("nano"), asks)
    assert isinstance(huge, RequestFailedError) and "no memory left" in str(huge)
    assert all(isinstance(output, Output) for output in (one, *others))
