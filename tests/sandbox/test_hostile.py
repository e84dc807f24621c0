"""Nothing gets out, nothing floods the machine, nothing is left: a table of hostile programs."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from escapes import ESCAPES, READING, TRIED, WRITING, Escape
from floods import FLOODS, Flood
from machines import MACHINES
from processes import Standing, nothing_new, standing
from world import KEY, SECRET, World

from tesuji.sandbox import Limits, Outcome, Sandbox, Session

Loop = asyncio.AbstractEventLoop
SMALL = Limits(seconds=2.0, memory=256 << 20, disk=8 << 20, files=200, output=4 << 20, processes=16)
pytestmark = pytest.mark.xdist_group("sandbox")


@pytest.fixture(scope="module")
def witness(sandbox: Sandbox, loop: Loop) -> Iterator[Session]:
    """Another session, open all the while: nobody may touch it."""
    session = loop.run_until_complete(sandbox.open())
    loop.run_until_complete(session.run("mine = 'untouched'\nopen('file', 'w').write(mine)"))
    yield session
    loop.run_until_complete(session.close())


async def ran(sandbox: Sandbox, code: str, limits: Limits | None = None) -> Outcome:
    async with await sandbox.open(limits) as session:
        return await session.run(code)


def all_is_well(witness: Session, loop: Loop, before: Standing) -> bool:
    """The parent lives, the other session has its state, nothing is open or running."""
    kept = loop.run_until_complete(witness.run("mine, open('file').read()"))
    assert kept.value == "('untouched', 'untouched')", kept
    assert nothing_new(before)
    return True


@pytest.mark.parametrize("escape", ESCAPES, ids=str)
def test_no_way_out(
    escape: Escape, sandbox: Sandbox, witness: Session, world: World, loop: Loop
) -> None:
    before = standing()
    outcome = loop.run_until_complete(ran(sandbox, world.filled(TRIED + escape.code)))
    assert "ESCAPED" not in outcome.printed, outcome.printed
    for text in (outcome.printed, outcome.value or "", outcome.error or ""):
        assert SECRET not in text and KEY not in text
    assert outcome.end in ("ok", "error") and "NameError" not in (outcome.error or "")
    assert "held" in outcome.printed or outcome.error or "environment" in escape.name
    assert world.untouched()
    assert all_is_well(witness, loop, before)


@pytest.mark.parametrize("escape", [one for one in ESCAPES if one.harmless], ids=str)
def test_the_programs_would_get_out_of_nothing(escape: Escape, tmp_path: Path) -> None:
    world = World(tmp_path)
    own = tmp_path / "own"
    own.mkdir()
    done = subprocess.run(
        [sys.executable, "-c", world.filled(TRIED + escape.code)], cwd=own, check=False, timeout=60,
        capture_output=True, text=True, env=os.environ | {"OPENAI_API_KEY": KEY},
    )  # fmt: skip
    world.close()
    assert "ESCAPED" in done.stdout, done


@pytest.mark.parametrize("flood", FLOODS, ids=str)
def test_no_flood(
    flood: Flood, sandbox: Sandbox, witness: Session, world: World, loop: Loop
) -> None:
    before = standing()
    limits = replace(SMALL, seconds=0.2) if flood.ends == ("time",) else SMALL
    outcome = loop.run_until_complete(ran(sandbox, flood.code, limits))
    assert outcome.end in flood.ends, outcome
    for text in (outcome.printed, outcome.value or "", outcome.error or ""):
        assert len(text) <= SMALL.printed + 100
        text.encode()  # no half characters
    assert outcome.seconds < SMALL.seconds + 10
    assert world.untouched()
    assert all_is_well(witness, loop, before)


# Without seccomp a program can make sockets and processes, which lead nowhere.
FILES = frozenset((*READING, *WRITING))


@pytest.fixture(scope="module", params=[name for name in MACHINES if name != "all layers"])
def lesser(request: pytest.FixtureRequest) -> Iterator[Sandbox]:
    """A sandbox on a machine that lacks something."""
    sandbox = Sandbox(preload=(), _without=MACHINES[request.param])
    yield sandbox
    sandbox.shut()


def test_no_way_out_with_layers_missing(lesser: Sandbox, world: World, loop: Loop) -> None:
    seccomp = "seccomp" not in lesser._without

    async def all_of_them() -> None:
        for escape in ESCAPES:
            outcome = await ran(lesser, world.filled(TRIED + escape.code))
            if seccomp or escape in FILES:
                assert "ESCAPED" not in outcome.printed, (escape, outcome)
            said = f"{outcome.printed}{outcome.value}{outcome.error}"
            assert SECRET not in said and KEY not in said, (escape, outcome)
            assert world.untouched(), escape

    loop.run_until_complete(all_of_them())


def test_nothing_is_left_for_the_next_session_by_the_kernel(loop: Loop) -> None:
    leave = """
import ctypes, platform, socket
libc = ctypes.CDLL(None)
number = 29 if platform.machine() == "x86_64" else 194
libc.syscall(number, 4321, 4096, 0o1666)
kept = socket.socket(socket.AF_UNIX)
kept.bind("\\0left"); kept.listen()
libc.syscall(number, 4321, 4096, 0o666) >= 0"""
    find = """
import ctypes, platform, socket
number = 29 if platform.machine() == "x86_64" else 194
found = ctypes.CDLL(None).syscall(number, 4321, 4096, 0o666) >= 0
try:
    socket.socket(socket.AF_UNIX).connect("\\0left"); found = True
except OSError: pass
found"""

    async def go() -> None:
        sandbox = Sandbox(preload=(), _without={"seccomp"})
        async with sandbox, await sandbox.open() as one, await sandbox.open() as other:
            assert (await one.run(leave)).value == "True", "without seccomp it can"
            assert (await other.run(find)).value == "False"
            await one.close()
            async with await sandbox.open() as later:
                assert (await later.run(find)).value == "False"

    loop.run_until_complete(go())
