"""Workers: one model in several processes of a real local Ray cluster."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tesuji.errors import ConfigError, MissingExtraError, ModelUnavailableError
from tesuji.models.base import Output, Request
from tesuji.models.registry import open_model
from tesuji.models.worker import Refusal
from tesuji.models.workers import WorkersModel, plan
from tesuji.task.sample import Message

pytestmark = pytest.mark.xdist_group("ray")  # one cluster at a time

Say = Callable[..., Request]


def test_what_each_worker_asks_of_its_machine() -> None:
    big, small = {"CPU": 16.0, "GPU": 2.0}, {"CPU": 4.0}
    assert plan([big, small], None, True) == [{"num_cpus": 1, "num_gpus": 1}] * 2
    assert plan([big, small], 4, True) == [{"num_cpus": 1, "num_gpus": 0.5}] * 4
    assert plan([big, small], None, False) == [{"num_cpus": 4}] * 2
    assert plan([small, small, small], 4, False) == [{"num_cpus": 2}] * 4
    assert plan([small], 8, False) == [{"num_cpus": 0.5}] * 8
    assert plan([], None, True) == [{"num_cpus": 1}]


@pytest.mark.parametrize(
    ("uri", "workers", "says"),
    [
        ("nano", "dask", '"ray"'),
        ("nano", "ray:0", '"ray:4"'),
        ("http://localhost:1/v1", "ray", "does not run in this process"),
    ],
)
def test_what_cannot_be_is_said(uri: str, workers: str, says: str) -> None:
    pytest.importorskip("ray")
    with pytest.raises(ConfigError, match=says):
        open_model(uri, workers=workers)


def test_without_ray_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tesuji.models.workers.find_spec", lambda name: None)
    with pytest.raises(MissingExtraError, match=r"tesuji\[cluster\]"):
        open_model("nano", workers="ray")


def test_errors_come_through_as_what_they_were() -> None:
    assert str(Refusal("ModelUnavailableError", "gone").error()) == "gone"
    assert type(Refusal("CapabilityError", "no").error()).__name__ == "CapabilityError"
    assert isinstance(Refusal("MissingExtraError", "no torch").error(), ModelUnavailableError)
    assert isinstance(Refusal("__doc__", "odd").error(), ModelUnavailableError)


@pytest.fixture(scope="module")
def cluster() -> Iterator[None]:
    """A Ray cluster of this machine, with room for two workers of one CPU."""
    ray = pytest.importorskip("ray")
    os.environ |= {
        "RAY_USAGE_STATS_ENABLED": "0",
        # Ray gives way to whatever else runs (nice 15): beside other tests it would hardly move.
        "RAY_worker_niceness": "0",
    }
    ray.init(
        num_cpus=2, include_dashboard=False, log_to_driver=False, logging_level=logging.ERROR,
        object_store_memory=100 * 2**20,
    )  # fmt: skip
    yield
    ray.shutdown()


def asks(say: Say, count: int, **sampling: Any) -> list[Request]:
    """Draws that differ and come again, none of them short."""
    wild = {"temperature": 3.0, "seed": 5, "max_tokens": 40, **sampling}
    return [say("Tell me a story.", index=index, **wild) for index in range(count)]


async def crew_of(model: WorkersModel, size: int) -> list[int]:
    """Waits until so many workers are there; their process ids."""
    await model.ready()
    while len(model.processes) < size:
        await asyncio.sleep(0.05)
    return model.processes


@pytest.mark.usefixtures("cluster")
def test_a_killed_workers_requests_are_done_again_elsewhere(say: Say) -> None:
    """The answers, and the model's name, are those of the model in this process."""

    async def go() -> None:
        alone, model = open_model("nano"), open_model("nano", workers="ray:2")
        assert isinstance(model, WorkersModel)
        first, second = await crew_of(model, 2)
        assert first != second and os.getpid() not in (first, second)
        await alone.ready()
        assert model.identity == alone.identity and model.concurrency == 2 * alone.concurrency
        requests = asks(say, 120)
        tasks = [asyncio.create_task(model.generate(request)) for request in requests]
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        os.kill(first, signal.SIGKILL)
        found = await asyncio.gather(*tasks)
        expected = await asyncio.gather(*map(alone.generate, requests))
        assert [output.text for output in found] == [output.text for output in expected]
        # Another one has come for the one that died, or is to come.
        replaced = await crew_of(model, 2)
        assert second in replaced and first not in replaced
        await asyncio.gather(alone.close(), model.close())
        assert model.processes == []

    asyncio.run(asyncio.wait_for(go(), 240))


@pytest.mark.usefixtures("cluster")
def test_all_that_a_model_can_do_goes_through_workers(say: Say) -> None:
    async def go() -> None:
        model = open_model("nano", workers="ray:1", batch_size=4)
        output = await model.generate(say("Reverse the string: abc. Answer only.", logprobs=1))
        assert isinstance(output, Output) and output.logprobs
        scores = await model.score([Message("user", "Reverse the string: abc.")], ["cba", "zzz"])
        assert scores[0] > scores[1]
        with pytest.raises(Exception, match="gives no embeddings"):
            await model.embed(["a"])
        with pytest.raises(Exception, match="the prompt has"):
            await model.generate(say("x" * 600))
        slow = asyncio.create_task(model.generate(asks(say, 1, max_tokens=480)[0]))
        for _ in range(10):  # it is on its way to the worker, and no answer can have come yet
            await asyncio.sleep(0)
        slow.cancel()
        with pytest.raises(asyncio.CancelledError):
            await slow
        await model.generate(say("Reverse the string: abc. Answer only."))
        many = [asyncio.create_task(model.generate(a)) for a in asks(say, 60, max_tokens=400)]
        await asyncio.wait(many, return_when=asyncio.FIRST_COMPLETED)
        await model.close()
        found = await asyncio.gather(*many, model.generate(say("a")), return_exceptions=True)
        late = [error for error in found if not isinstance(error, Output)]
        assert late and all(isinstance(error, ModelUnavailableError) for error in late)
        assert all("closed" in str(error) for error in late)

    asyncio.run(asyncio.wait_for(go(), 240))


@pytest.mark.usefixtures("cluster")
def test_a_run_over_workers_is_the_same_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The driver writes the ledger: what workers answered is there for the model alone."""
    from tesuji.cli import main

    def tesuji(*words: str) -> dict[str, Any]:
        with pytest.raises(SystemExit) as done:
            main([*words, "--json"])
        assert not done.value.code
        said: dict[str, Any] = json.loads(capsys.readouterr().out)
        return said

    monkeypatch.chdir(tmp_path)
    tesuji("new", "comp", "--like", "llm-prompt-reverse")
    spread = tesuji("run", "-C", "comp", "--limit", "12", "--workers", "ray:1")
    alone = tesuji("run", "-C", "comp", "--limit", "12")
    assert spread["run"]["score"] == alone["run"]["score"]
    assert spread["run"]["id"] == alone["run"]["id"]
    assert (spread["run"]["sent"], alone["run"]["sent"]) == (12, 0)


@pytest.mark.usefixtures("cluster")
def test_weights_that_no_worker_can_load_are_one_clear_line(tmp_path: Any, nano: Any) -> None:
    import shutil

    folder = tmp_path / "broken"
    shutil.copytree(nano, folder)
    (folder / "model.onnx").write_bytes(b"nothing")

    async def go() -> None:
        model = open_model(f"onnx:{folder}", workers="ray:1")
        try:
            with pytest.raises(ModelUnavailableError, match="cannot be loaded"):
                await model.ready()
        finally:
            await model.close()

    asyncio.run(asyncio.wait_for(go(), 240))
