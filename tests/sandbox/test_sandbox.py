"""The sandbox as a whole: many sessions, thousands of calls, whatever happens to its processes."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from processes import children, descriptors, folders, lives, nothing_new, soon, standing

from tesuji.errors import TesujiError
from tesuji.sandbox import Limits, Sandbox

SRC = Path(__file__).parents[2] / "src"
pytestmark = pytest.mark.xdist_group("sandbox")


def resident(process: int) -> int:
    """Bytes of memory that a process has to itself and shares."""
    return int(Path(f"/proc/{process}/statm").read_text().split()[1]) * 4096


def test_two_thousand_calls_leave_nothing() -> None:
    async def go() -> None:
        async with Sandbox(preload=("numpy",)) as sandbox:
            launcher = sandbox._helper._process.pid  # type: ignore[union-attr]
            (server,) = children(launcher)
            counts = []
            for _ in range(4):
                for _ in range(125):
                    async with await sandbox.open() as session:
                        for k in range(4):
                            assert (await session.run(f"x = {k}\nx")).value == str(k)
                theirs = len(list(Path(f"/proc/{server}/fd").iterdir()))
                counts.append((descriptors(), theirs, resident(server)))
                assert children(launcher) == [server]
            ours, open_there, memory = zip(*counts, strict=True)
            assert ours[-1] <= ours[0] and len(set(open_there)) == 1
            assert memory[-1] - memory[1] < 4 << 20, memory

    before = standing()
    asyncio.run(go())
    assert nothing_new(before)


def test_many_sessions_at_once() -> None:
    async def attempt(sandbox: Sandbox, k: int) -> str | None:
        async with await sandbox.open(Limits(seconds=60)) as session:
            await session.run(f"x = {k}")
            await session.run("import time; time.sleep(0.2)")
            return (await session.run("x ** 2")).value

    async def go() -> None:
        async with Sandbox(preload=()) as sandbox:
            start = time.monotonic()
            values = await asyncio.gather(*(attempt(sandbox, k) for k in range(40)))
            assert values == [str(k * k) for k in range(40)]
            assert time.monotonic() - start < 40 * 0.2, "they wait at the same time"

    asyncio.run(go())


@pytest.mark.parametrize("victim", ["launcher", "server", "worker"])
def test_any_process_may_be_killed(victim: str) -> None:
    async def go() -> None:
        async with Sandbox(preload=()) as sandbox:
            session = await sandbox.open()
            await session.run("x = 1")
            launcher = sandbox._helper._process.pid  # type: ignore[union-attr]
            server, worker = children(launcher)
            os.kill({"launcher": launcher, "server": server, "worker": worker}[victim], 9)
            assert await asyncio.to_thread(soon, lambda: not lives(worker))
            outcome = await session.run("x")
            assert outcome.end == "killed" and "lost" in (outcome.error or "")
            assert (await session.run("1 + 1")).value == "2", "with a new one"
            async with await sandbox.open() as another:
                assert (await another.run("2 + 2")).value == "4"
            await session.close()

    before = standing()
    asyncio.run(go())
    assert nothing_new(before)


_PARENT = """
import asyncio, json, sys
from tesuji.sandbox import Limits, Sandbox
_S = Sandbox(preload=())
async def main():
    sessions = [await _S.open(Limits(seconds=60)) for _ in range(3)]
    for session in sessions:
        await session.run("import threading\\ndef work():\\n    while True: pass\\n"
                          "threading.Thread(target=work).start()")
    runs = [asyncio.create_task(s.run("while True: pass")) for s in sessions]
    await asyncio.sleep(0.1)
    print("ready", flush=True)
    {then}
asyncio.run(main())
"""


def _started(then: str, without: str = "") -> tuple[subprocess.Popen[str], list[int]]:
    code = _PARENT.replace("{then}", then)
    if without:
        code = code.replace("preload=()", f"preload=(), _without={without}")
    process = subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, text=True,
        env=os.environ | {"PYTHONPATH": str(SRC)},
    )  # fmt: skip
    assert process.stdout is not None and process.stdout.readline() == "ready\n"
    below = children(process.pid)
    assert len(below) == 5
    return process, below


@pytest.mark.parametrize("without", ["", "{'pid namespace'}", "{'pid namespace', 'subreaper'}"])
def test_a_parent_killed_takes_its_workers_with_it(without: str) -> None:
    before = folders()
    process, below = _started("await asyncio.sleep(100)", without)
    process.kill()
    process.wait()
    process.stdout.close()  # type: ignore[union-attr]
    assert soon(lambda: not any(map(lives, below)))
    assert soon(lambda: folders() <= before)


@pytest.mark.parametrize(
    "then", ["return", "raise SystemExit(1)", "sys.exit()", "raise KeyboardInterrupt"]
)
def test_a_parent_that_ends_leaves_nothing(then: str) -> None:
    before = folders()
    process, below = _started(then)
    _, _ = process.communicate(timeout=60)
    assert soon(lambda: not any(map(lives, below)) and folders() <= before)


def test_a_terminals_interrupt_is_the_parents_business() -> None:
    process, below = _started("await asyncio.sleep(100)")
    assert all(os.getpgid(one) != os.getpgid(process.pid) for one in below)
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=60)
    assert soon(lambda: not any(map(lives, below)))


def test_a_sandbox_may_be_left_open() -> None:
    code = (
        "import asyncio\nfrom tesuji.sandbox import Sandbox as S\nasyncio.run(S(preload=()).open())"
    )
    before = folders()
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], check=False, timeout=60, capture_output=True,
        env=os.environ | {"PYTHONPATH": str(SRC)},
    )  # fmt: skip
    assert done.returncode == 0 and soon(lambda: folders() <= before)


def test_it_is_refused_where_nothing_could_hold() -> None:
    without = {"mount namespace", "landlock", "network namespace", "seccomp"}

    async def go(**options: bool) -> str | None:
        sandbox = Sandbox(preload=(), _without=without, **options)  # type: ignore[arg-type]
        async with sandbox, await sandbox.open() as session:
            return (await session.run("1 + 1")).value

    before = standing()
    with pytest.raises(TesujiError) as refused:
        asyncio.run(go())
    said = str(refused.value)
    assert all(name in said for name in ("files", "network", "landlock", "seccomp", "unsafe=True"))
    assert "\n" not in said
    assert asyncio.run(go(unsafe=True)) == "2"
    assert nothing_new(before)


@pytest.mark.parametrize(
    ("without", "refused"),
    [
        ({"seccomp", "network namespace"}, "the network"),
        ({"seccomp", "mount namespace", "landlock"}, "files"),
        ({"seccomp", "network namespace", "landlock"}, "the network"),
    ],
)
def test_what_would_be_open_is_named(without: set[str], refused: str) -> None:
    with pytest.raises(TesujiError, match=f"could reach {refused} here"):
        asyncio.run(Sandbox(preload=(), _without=without).open())


def test_the_helper_has_a_clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-of-the-parent")
    monkeypatch.setenv("PYTHONSTARTUP", "/nowhere")

    async def go() -> None:
        async with Sandbox(preload=()) as sandbox:
            session = await sandbox.open()
            await session.run("1")
            for process in children(os.getpid()):
                assert b"sk-of-the-parent" not in Path(f"/proc/{process}/environ").read_bytes()

    asyncio.run(go())


def test_a_fork_of_the_process_has_a_sandbox_of_its_own() -> None:
    code = """
import asyncio, os, sys
from tesuji.sandbox import shared
async def one():
    async with await shared().open() as session:
        return (await session.run("1 + 1")).value
assert asyncio.run(one()) == "2"
child = os.fork()
if child == 0:
    assert asyncio.run(one()) == "2"
    shared().shut()
    os._exit(0)
assert os.waitpid(child, 0)[1] == 0
assert asyncio.run(one()) == "2"
print("fine")
"""
    before = folders()
    done = subprocess.run(
        [sys.executable, "-c", code], check=False, timeout=120, text=True, capture_output=True,
        env=os.environ | {"PYTHONPATH": str(SRC)},
    )  # fmt: skip
    assert done.stdout == "fine\n" and folders() <= before, done


def test_answers_are_plain_data() -> None:
    async def go() -> None:
        async with Sandbox(preload=()) as sandbox, await sandbox.open() as session:
            outcome = await session.run("print('x')\n1")
            fields = (outcome.printed, outcome.value, outcome.error, outcome.end)
            assert json.loads(json.dumps(fields)) == ["x\n", "1", None, "ok"]

    asyncio.run(go())


def test_too_many_sessions_are_refused_and_the_others_go_on() -> None:
    code = """
import asyncio, resource
from pathlib import Path
from tesuji.errors import TesujiError
from tesuji.sandbox import Sandbox
def open_files():
    return [int(path.name) for path in Path("/proc/self/fd").iterdir()]
async def go():
    async with Sandbox(preload=()) as sandbox:
        sessions = [await sandbox.open()]
        await sessions[0].run("x = 1")
        _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (max(open_files()) + 20, hard))
        try:
            while len(sessions) < 500:
                sessions.append(await sandbox.open())
        except TesujiError as error:
            print(error)
        print((await sessions[0].run("x")).value, 2 < len(sessions) < 500)
        for session in sessions:
            await session.close()
asyncio.run(go())
"""
    before = folders()
    done = subprocess.run(
        [sys.executable, "-c", code], check=False, timeout=120, text=True, capture_output=True,
        env=os.environ | {"PYTHONPATH": str(SRC)},
    )  # fmt: skip
    assert done.stdout.startswith("no more sessions of the sandbox can be open"), done
    assert done.stdout.endswith("\n1 True\n") and folders() <= before, done


def test_sessions_end_with_their_sandbox() -> None:
    async def go() -> None:
        before = frozenset(children(os.getpid()))
        sandbox = Sandbox(preload=())
        session, fresh = await sandbox.open(), await sandbox.open()
        await session.run("x = 1")
        await sandbox.close()
        assert frozenset(children(os.getpid())) <= before
        outcome = await session.run("x")
        assert outcome.end == "killed" and "server ended" in (outcome.error or "")
        with pytest.raises(TesujiError, match="closed"):
            await session.run("x")
        await session.close()
        await fresh.close()
        assert frozenset(children(os.getpid())) <= before

    asyncio.run(go())
