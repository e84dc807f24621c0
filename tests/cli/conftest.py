"""The command line in this process, folders to use it in, and a server that takes its time."""

from __future__ import annotations

import asyncio
import resource
import shutil
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.terminal import Demo, Said, Server, Tesuji, command, environment
from tesuji.cli import main


@pytest.fixture(autouse=True)
def no_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever runs the tests may have keys, or a narrow terminal."""
    for name in ("OPENAI_API_KEY", "TESUJI_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("COLUMNS", "80")


@pytest.fixture
def tesuji(capsys: pytest.CaptureFixture[str]) -> Tesuji:
    """Runs a command in this process."""

    def run(*arguments: object) -> Said:
        capsys.readouterr()
        with pytest.raises(SystemExit) as exit:
            main([str(argument) for argument in arguments])
        said = capsys.readouterr()
        return Said(int(exit.value.code or 0), said.out, said.err)

    return run


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    """`tesuji demo --keep` into a folder that exists and is empty."""
    folder = tmp_path_factory.mktemp("demo")
    began = _children()
    done = subprocess.run(
        command("demo", "--keep", folder), capture_output=True, text=True, encoding="utf-8",
        env=environment(), timeout=240,
    )  # fmt: skip
    return Demo(folder, done.stdout, done.stderr, done.returncode, _children() - began)


def _children() -> float:
    """CPU seconds of all processes that were waited for: other work on the machine adds none."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


@pytest.fixture
def played(demo: Demo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the demo's competition, seven runs in its ledger; the current folder."""
    folder = tmp_path / "played"
    shutil.copytree(demo.folder, folder)
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
def fresh(demo: Demo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The same competition before any run; the current folder."""
    folder = tmp_path / "fresh"
    folder.mkdir()
    shutil.copy(demo.folder / "competition.toml", folder)
    shutil.copytree(demo.folder / "data", folder / "data")
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
def slow() -> Iterator[Server]:
    """A server that takes 0.2 s for an answer, on a loopback port."""
    from aiohttp import web

    server, loop, ready = Server(0.2), asyncio.new_event_loop(), threading.Event()

    async def serve() -> None:
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", server.answer)
        runner = web.AppRunner(app, shutdown_timeout=0.1)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        server.url = f"http://127.0.0.1:{runner.addresses[0][1]}/v1"
        ready.set()
        await stop.wait()
        await runner.cleanup()

    stop = asyncio.Event()
    thread = threading.Thread(target=loop.run_until_complete, args=(serve(),), daemon=True)
    thread.start()
    assert ready.wait(10)
    yield server
    loop.call_soon_threadsafe(stop.set)
    thread.join(10)
    loop.close()
