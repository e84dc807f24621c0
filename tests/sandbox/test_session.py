"""What a person, or a flow, sees of a session: output, values, errors, state."""

from __future__ import annotations

import asyncio
import contextlib

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from processes import children, soon

from tesuji.errors import InputError, TesujiError
from tesuji.sandbox import Limits, Outcome, Sandbox, Session, shared

Loop = asyncio.AbstractEventLoop
pytestmark = pytest.mark.xdist_group("sandbox")


@pytest.fixture(scope="module")
def session(sandbox: Sandbox, loop: Loop) -> Session:
    return loop.run_until_complete(sandbox.open())


@pytest.fixture
def run(session: Session, loop: Loop):  # type: ignore[no-untyped-def]
    def run(code: str) -> Outcome:
        return loop.run_until_complete(session.run(code))

    return run


@pytest.mark.parametrize(
    ("code", "printed", "value"),
    [
        ("", "", None),
        ("# nothing\n", "", None),
        ("1 + 1", "", "2"),
        ("x = 1", "", None),
        ("None", "", None),
        ("print('a')\nprint('b')\n3", "a\nb\n", "3"),
        ("'日本語'", "", "'日本語'"),
        ("print('日本語', end='')", "日本語", None),
        ("変数 = 3\n変数 ** 2", "", "9"),
        ("for k in range(2): k", "", None),
        ("if True:\n    5", "", None),
        ("1; 2; 3;", "", "3"),
        ("import sys\nprint('a')\nprint('b', file=sys.stderr)\nprint('c')", "a\nb\nc\n", None),
        ("import os\nprint('a')\nos.write(1, b'b')\nprint('c')", "a\nbc\n", None),
        ("def f(n): return n * f(n - 1) if n else 1\nf(20)", "", "2432902008176640000"),
        ("from dataclasses import dataclass\n@dataclass\nclass P:\n    x: int\nP(1)", "", "P(x=1)"),
        ("import pickle\nclass Q: pass\ntype(pickle.loads(pickle.dumps(Q()))).__name__", "", "'Q'"),
        ("__name__", "", "'__main__'"),
        ("def f(x: int) -> int: ...\nf.__annotations__['x']", "", "<class 'int'>"),
        ("from sympy import *\nx = symbols('x')\nsolve(x**2 - 5*x + 6)", "", "[2, 3]"),
        ("integrate(sin(x)**2, (x, 0, pi))", "", "pi/2"),
        ("import numpy as np\nround(np.linalg.det(np.eye(3) * 2))", "", "8"),
        ("int(np.fft.fft(np.arange(4)).real.sum())", "", "0"),
        ("import math, fractions, itertools, statistics\nmath.comb(50, 25)", "", "126410606437752"),
        ("open('notes', 'w').write('kept')", "", "4"),
        ("open('notes').read()", "", "'kept'"),
        ("import tempfile\nwith tempfile.TemporaryFile() as f: f.write(b'x')", "", None),
        ("from threading import Thread\nt = Thread(target=print, args='t')\nt.start()\nt.join()",
         "t\n", None),
        ("import sys\nsys.stdin.read(), sys.argv", "", "('', [''])"),
        ("import os\nos.getcwd() == os.environ['HOME']", "", "True"),
        ("import os\nopen(os.devnull, 'w').write('away')", "", "4"),
        ("'a\\r\\nb'", "", "'a\\r\\nb'"),
        ("print('a\\r\\nb')", "a\r\nb\n", None),
    ],
)  # fmt: skip
def test_code_and_what_comes_of_it(run, code: str, printed: str, value: str | None) -> None:  # type: ignore[no-untyped-def]
    outcome = run(code)
    assert (outcome.printed, outcome.value, outcome.error) == (printed, value, None), outcome
    assert outcome.end == "ok" and outcome.seconds >= 0


@pytest.mark.parametrize(
    ("code", "says"),
    [
        ("1 / 0", ("line 1", "    1 / 0", "ZeroDivisionError: division by zero")),
        ("x = 1\ny = [\n", ("SyntaxError", "line 2", "never closed")),
        ("  indented", ("IndentationError",)),
        ("\0", ("null bytes",)),
        ("'\ud800'", ("surrogates not allowed",)),
        ("def f():\n    return nope\nf()", ("line 3, in <module>", "line 2, in f", "NameError")),
        ("input()", ("EOFError",)),
        ("import no_such_module", ("ModuleNotFoundError",)),
        ("import tesuji", ("ModuleNotFoundError",)),
        ("raise KeyboardInterrupt", ("KeyboardInterrupt",)),
        ("import sys\nsys.exit('bye')", ("SystemExit: bye",)),
        ("assert 1 == 2, '間違い'", ("AssertionError: 間違い",)),
        ("try: 1 / 0\nexcept Exception as e:\n    raise ValueError('x') from e",
         ("direct cause", "ValueError: x")),
        ("raise ExceptionGroup('g', [ValueError('v')])", ("ValueError: v",)),
        ("def f(): f()\nf()", ("RecursionError", "repeated")),
        ("eval('1 +')", ("SyntaxError",)),
    ],
)  # fmt: skip
def test_errors_show_the_codes_own_frames_only(run, code: str, says: tuple[str, ...]) -> None:  # type: ignore[no-untyped-def]
    outcome = run(code)
    assert outcome.end == "error" and outcome.value is None
    assert all(part in outcome.error for part in says), outcome.error
    assert "/inside/" not in outcome.error and "tesuji" not in outcome.error.replace(
        code, ""
    ).replace("'tesuji'", "")
    assert run("1").value == "1", "the session lives on"


def test_each_piece_of_code_has_its_own_lines_in_tracebacks(run) -> None:  # type: ignore[no-untyped-def]
    run("def earlier():\n    raise ValueError('from the first')")
    error = run("earlier()").error
    assert "raise ValueError('from the first')" in error and "    earlier()" in error


def test_leaving_is_no_error(run) -> None:  # type: ignore[no-untyped-def]
    for code in ("exit()", "quit()", "import sys; sys.exit()", "raise SystemExit(0)"):
        outcome = run("print('before')\n" + code + "\nprint('after')")
        assert (outcome.printed, outcome.end, outcome.error) == ("before\n", "ok", None)


def test_variables_are_kept_in_a_session_and_shared_by_none(sandbox: Sandbox, loop: Loop) -> None:
    async def both() -> None:
        async with await sandbox.open() as one, await sandbox.open() as other:
            await one.run("secret = 'of one'\nimport math\nmath.pi = 3\nopen('f', 'w').write('f')")
            assert (
                await one.run("secret, math.pi, open('f').read()")
            ).value == "('of one', 3, 'f')"
            assert "NameError" in ((await other.run("secret")).error or "")
            assert (await other.run("import math\nround(math.pi, 2)")).value == "3.14"
            assert (await other.run("import os\nos.listdir()")).value == "[]"
        async with await sandbox.open() as later:
            assert (
                await later.run("import os\nos.listdir('.'), 'secret' in dir()")
            ).value == "([], False)"

    loop.run_until_complete(both())


def test_sessions_draw_different_numbers(sandbox: Sandbox, loop: Loop) -> None:
    async def drawn() -> str | None:
        async with await sandbox.open() as session:
            code = "import random, numpy, os\nrandom.random(), numpy.random.rand(), os.urandom(4)"
            return (await session.run(code)).value

    values = [loop.run_until_complete(drawn()) for _ in range(3)]
    assert len(set(values)) == 3


def test_time_over_keeps_variables_where_it_can(sandbox: Sandbox, loop: Loop) -> None:
    async def go() -> None:
        async with await sandbox.open(Limits(seconds=0.5)) as session:
            await session.run("kept = 1")
            outcome = await session.run("print('so far')\nwhile True:\n    pass")
            assert outcome.end == "time" and outcome.printed == "so far\n"
            assert "<code 2>" in (outcome.error or "")
            assert (outcome.error or "").endswith("stopped after 0.5 s")
            assert (await session.run("kept")).value == "1"
            stubborn = await session.run(
                "import signal\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\nwhile True: pass"
            )
            assert stubborn.end == "time" and "all variables are lost" in (stubborn.error or "")
            assert not session.alive
            assert "NameError" in ((await session.run("kept")).error or "")
            assert session.alive

    loop.run_until_complete(go())


def test_cpu_time_has_a_limit_of_its_own(sandbox: Sandbox, loop: Loop) -> None:
    async def go() -> None:
        async with await sandbox.open(Limits(seconds=30, cpu=0.3)) as session:
            outcome = await session.run("while True: pass")
            assert outcome.end == "time" and "CPU" in (outcome.error or "")
            assert (await session.run("import time; time.sleep(0.5)")).end == "ok"

    loop.run_until_complete(go())


def test_threads_left_running_end_with_the_cpu_time(sandbox: Sandbox, loop: Loop) -> None:
    async def go() -> None:
        async with await sandbox.open(Limits(cpu=0.3)) as session:
            code = "import threading\ndef work():\n    while True: pass\n"
            assert (await session.run(code + "threading.Thread(target=work).start()")).end == "ok"
            await asyncio.sleep(2)
            outcome = await session.run("1")
            assert outcome.value is None and outcome.end == "time", outcome
            assert "CPU" in (outcome.error or "") and "lost" in (outcome.error or "")
            assert (await session.run("1")).value == "1"

    loop.run_until_complete(go())


def test_memory_over_is_said_and_the_session_lives(sandbox: Sandbox, loop: Loop) -> None:
    async def go() -> None:
        async with await sandbox.open(Limits(memory=100 << 20)) as session:
            outcome = await session.run("kept = 1\nx = bytearray(200 << 20)")
            assert outcome.end == "memory" and "MemoryError" in (outcome.error or "")
            assert (await session.run("len(bytearray(50 << 20)), kept")).value == f"({50 << 20}, 1)"

    loop.run_until_complete(go())


@pytest.mark.parametrize("letter", ["x", "あ", "\U0001f600"])
def test_long_output_is_cut_in_the_middle(sandbox: Sandbox, loop: Loop, letter: str) -> None:
    async def go() -> None:
        async with await sandbox.open(Limits(printed=1_000)) as session:
            long = await session.run(f"print('A' + {letter!r} * 50_000 + 'Z')")
            assert len(long.printed) <= 1_000
            assert long.printed.startswith("A" + letter) and long.printed.endswith(letter + "Z\n")
            assert " of " in long.printed and "bytes" in long.printed
            just = await session.run(f"print({letter!r} * 999)")
            assert just.printed == letter * 999 + "\n"
            over = await session.run(f"print({letter!r} * 1_500)")
            assert len(over.printed) <= 1_000 and "[… " in over.printed
            value = await session.run(f"{letter!r} * 5_000")
            assert value.value is not None and len(value.value) <= 1_000
            assert value.value.endswith(letter + "'")

    loop.run_until_complete(go())


def test_long_code_runs_and_too_long_code_does_not(run, session: Session, loop: Loop) -> None:  # type: ignore[no-untyped-def]
    assert run("x = 0\n" + "x += 1\n" * 30_000 + "x").value == "30000"
    assert run("'" + "あ" * 1_000_000 + "'.count('あ')").value == "1000000"
    assert "at most" in (run("#" * 10_000_001).error or "")


@settings(max_examples=60, suppress_health_check=list(HealthCheck), deadline=None)
@given(text=st.text(st.characters(codec=None), max_size=200))
def test_any_text_is_run_and_comes_back(session: Session, loop: Loop, text: str) -> None:
    outcome = loop.run_until_complete(session.run(text))
    assert outcome.end in ("ok", "error")
    plain = "".join(letter for letter in text if not "\ud800" <= letter <= "\udfff")
    outcome = loop.run_until_complete(session.run(f"print({plain!r}, end='')\n{plain!r}"))
    assert outcome.printed == plain and outcome.value == repr(plain), outcome


def test_a_session_does_one_thing_at_a_time_and_ends_for_good(sandbox: Sandbox, loop: Loop) -> None:
    async def go() -> None:
        session = await sandbox.open()
        first = asyncio.create_task(session.run("import time; time.sleep(0.3); 1"))
        await asyncio.sleep(0.05)
        with pytest.raises(TesujiError, match="still running"):
            await session.run("2")
        assert (await first).value == "1"
        await session.close()
        await session.close()
        with pytest.raises(TesujiError, match="closed"):
            await session.run("3")

    loop.run_until_complete(go())


def test_a_cancelled_run_is_killed(sandbox: Sandbox, loop: Loop) -> None:
    async def go() -> None:
        session = await sandbox.open(Limits(seconds=60))
        await session.run("1")
        launcher = children(sandbox._helper._process.pid)  # type: ignore[union-attr]
        running = asyncio.create_task(session.run("while True: pass"))
        await asyncio.sleep(0.2)
        running.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await running
        assert running.cancelled() and not session.alive
        pid = sandbox._helper._process.pid  # type: ignore[union-attr]
        assert await asyncio.to_thread(soon, lambda: len(children(pid)) < len(launcher))
        assert (await session.run("1")).value == "1"
        await session.close()

    loop.run_until_complete(go())


def test_limits_must_be_above_zero() -> None:
    with pytest.raises(InputError, match="memory"):
        Limits(memory=0)
    with pytest.raises(InputError, match="seconds"):
        Limits(seconds=-1)


def test_one_sandbox_for_the_process_from_any_loop_and_thread() -> None:
    assert shared() is shared()

    async def one() -> str | None:
        async with await shared().open() as session:
            return (await session.run("6 * 7")).value

    async def threads() -> list[str | None]:
        return await asyncio.gather(*(asyncio.to_thread(asyncio.run, one()) for _ in range(4)))

    assert asyncio.run(one()) == "42"
    assert asyncio.run(threads()) == ["42"] * 4
    shared().shut()
    assert asyncio.run(one()) == "42", "it starts again"
    shared().shut()
