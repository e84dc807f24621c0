"""Does an agent play? It is unpacked, started in a process of its own, and played against.

The process has an empty environment and sees nothing of Tesuji but what the agent brings; limits of
time are the contest's. It is no sandbox: the agent is one's own code.
"""

from __future__ import annotations

import json
import queue
import subprocess
import sys
import tarfile
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tesuji.games.observation import Observation, Player
from tesuji.games.partners import answering, asking
from tesuji.games.referee import Clock, Played, Secret, TooSlowError, play

LARGEST = 100 * 2**20
"""Bytes of a submission that the contest took."""
_UNPACKED = 20 * 2**30
_SECRETS = (Secret("umbrella"), Secret("Garbage truck", "things", ("bin lorry",)))
_STARTING = 300.0
_SHOWN = 3  # lines of what the agent printed


@dataclass
class Agent:
    """An agent's process; a `Player` that may also raise `TooSlowError`."""

    folder: Path
    clock: Clock
    printed: list[str] = field(default_factory=list)

    def __enter__(self) -> Agent:
        driver = Path(__file__).with_name("driver.py")
        self._process = subprocess.Popen(
            [sys.executable, "-I", str(driver), str(self.folder)], cwd=self.folder, env={},
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8",
            errors="replace",
        )  # fmt: skip
        self._lines: queue.Queue[str] = queue.Queue()
        for reads in (self._read, self._listen):
            threading.Thread(target=reads, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait()

    def started(self) -> str | None:
        """Why main.py could not be run; None: it could."""
        try:
            said = self._next(_STARTING)
        except (TooSlowError, EOFError) as error:
            return str(error) or "main.py did not end within five minutes"
        return None if "agent" in said else str(said["failed"])

    def __call__(self, seen: Observation) -> str:
        """What the agent says; what befell it is raised."""
        shown = {
            "turnType": seen.turn, "role": "answerer" if seen.turn == "answer" else "guesser",
            "questions": seen.questions, "answers": seen.answers, "guesses": seen.guesses,
            "keyword": seen.keyword, "category": seen.category, "step": 0,
            "remainingOverageTime": self.clock.overage,
        }  # fmt: skip
        configuration = {"actTimeout": self.clock.move, "episodeSteps": 61, "runTimeout": 9600}
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(json.dumps({"seen": shown, "configuration": configuration}))
            self._process.stdin.write("\n")
            self._process.stdin.flush()
        except OSError:
            raise EOFError(self._ended()) from None
        said = self._next(self.clock.move + self.clock.overage)
        if "raised" in said:
            raise AgentRaisedError(str(said["raised"]))
        if "kind" in said:
            return None if said["kind"] == "NoneType" else _Other(said["kind"])  # type: ignore[return-value]
        return str(said["said"])

    def _next(self, seconds: float) -> dict[str, Any]:
        try:
            line = self._lines.get(timeout=seconds)
        except queue.Empty:
            self._process.kill()
            raise TooSlowError from None
        if not line:
            raise EOFError(self._ended())
        said: dict[str, Any] = json.loads(line)
        return said

    def _ended(self) -> str:
        try:
            return f"its process ended by itself (exit code {self._process.wait(10)})"
        except subprocess.TimeoutExpired:
            return "it closed its input or output"

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._lines.put(line)
        self._lines.put("")

    def _listen(self) -> None:
        assert self._process.stderr is not None
        for line in self._process.stderr:
            if line.strip():
                self.printed[:] = [*self.printed, line.rstrip()][-50:]


class AgentRaisedError(Exception):
    """The agent's function raised."""


class _Other:
    """What an agent returned that is no text; it is called by its type."""

    def __new__(cls, kind: str) -> Any:
        return type(kind, (), {})()


def problems(path: Path, clock: Clock | None = None) -> list[str]:
    """What is wrong with a submission, a clear line each; empty: it plays."""
    clock = clock or Clock(time.monotonic)
    if path.stat().st_size > LARGEST:
        return [f"{path}: {path.stat().st_size / 2**20:,.0f} MB; the contest took 100 at most"]
    with tempfile.TemporaryDirectory(prefix="tesuji-agent-") as name:
        why = _unpack(path, Path(name))
        return [f"{path}: {why}"] if why else [f"{path}: {line}" for line in _play(name, clock)]


def _unpack(path: Path, folder: Path) -> str | None:
    """Unpack the agent; why that is not possible."""
    try:
        with tarfile.open(path, "r:gz") as tar:
            if sum(member.size for member in tar.getmembers()) > _UNPACKED:
                return "more than 20 GB when unpacked"
            tar.extractall(folder, filter="data")
    except (tarfile.TarError, OSError, EOFError, ValueError) as error:
        return f"no tar.gz that can be unpacked: {error}"
    if (folder / "main.py").is_file():
        return None
    inside = next(iter(sorted(folder.rglob("main.py"))), None)
    where = f"; there is {inside.relative_to(folder)}, one folder too deep" if inside else ""
    return f"no main.py at its top{where}"


def _play(folder: str, clock: Clock) -> Iterator[str]:
    """Start the agent and play a game of each kind; the first kind that fails is told."""
    with Agent(Path(folder), clock) as agent:
        why = agent.started()
        if why is not None:
            yield f"main.py: {why}"
            yield from _last_printed(agent)
            return
        for role, secret, partner in _games():
            pair = (agent, partner) if role == "guesser" else (partner, agent)
            played = play(secret, *pair, clock=clock)
            if played.why is not None and played.blame == role:
                yield _failed(role, played)
                yield from _last_printed(agent)
                return


def _games() -> Iterator[tuple[str, Secret, Player]]:
    from tesuji.games.lexicon import built_in

    words = built_in("things", 300)
    yield "guesser", _SECRETS[0], answering("alphabet")
    yield "guesser", _SECRETS[1], answering("says no")
    yield "answerer", _SECRETS[0], asking("alphabet asker", words)
    yield "answerer", _SECRETS[1], asking("list asker", words)


def _failed(role: str, played: Played) -> str:
    turn = "answer" if role == "answerer" else (
        "ask" if len(played.questions) == len(played.guesses) else "guess"
    )  # fmt: skip
    why = (played.why or "").replace("it raised AgentRaisedError: ", "it raised ")
    why = why.replace("it raised EOFError: ", "")
    return f"as {role}, round {len(played.guesses) + 1}, turn '{turn}': {why}"


def _last_printed(agent: Agent) -> Iterator[str]:
    """The last that the agent printed, where it helps."""
    time.sleep(0.05)  # its last lines may still be on their way
    yield from (f"it printed: {line[:200]}" for line in agent.printed[-_SHOWN:])
