"""What to do next, as the planner says it, without a page having to wait for it.

Over a hundred thousand outputs the planner takes 10 to 40 s of CPU and 150 MB: so much is left to
a process of its own, that can be ended at any time. What is little is done here.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Hashable
from dataclasses import dataclass
from typing import Any

from tesuji import api
from tesuji.board.later import Found, Later
from tesuji.errors import TesujiError
from tesuji.moves.advice import Advice, Cost, Outcome
from tesuji.moves.remarks import Remark
from tesuji.run.ledger import Ledger, get_best
from tesuji.task.task import Task

_HERE = 3000  # outputs: half a second to a second of CPU


@dataclass(frozen=True, slots=True)
class Moves:
    """The planner's advice, the best first, and its remarks; or `why` there is none."""

    advice: tuple[Advice, ...] = ()
    remarks: tuple[Remark, ...] = ()
    why: str = ""


def stamp_of(task: Task, ledger: Ledger | None) -> tuple[Hashable, int]:
    """(what changes with whatever the planner looks at, outputs it goes through)."""
    if ledger is None:
        return task.digest, 0
    runs = ledger.rows("SELECT id, state, settled, score, outputs, total FROM runs")
    moves = ledger.rows("SELECT (SELECT max(id) FROM tries), (SELECT max(id) FROM bests)")
    best = get_best(ledger, task.digest, "dev")
    most = max((max(outputs, total) for *_, outputs, total in runs), default=0)
    return (task.digest, repr((runs, moves))), best.outputs if best else most


async def next_moves(task: Task, later: Later, stamp: Hashable, outputs: int) -> Found[Moves]:
    """What to do next; the planner's last word where it is not through yet."""

    async def here() -> Moves:
        try:
            plan = (await asyncio.to_thread(api.next_moves, task)).plan
        except TesujiError as error:
            return Moves(why=str(error))
        return Moves(plan.advice, plan.remarks)

    if outputs <= _HERE:
        return await later.get("next", stamp, here)
    return await later.get("next", stamp, lambda: _beside(task), quick=False)


async def _beside(task: Task) -> Moves:
    """By `tesuji next --json` in a process of its own."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-P", "-m", "tesuji", "next", "--json", "-C", str(task.folder),
        stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    try:
        out, err = await process.communicate()
    except asyncio.CancelledError:
        if process.returncode is None:
            process.kill()
            await process.wait()
        raise
    if process.returncode:
        return Moves(why=err.decode("utf-8", "replace").strip().rpartition("\n")[2])
    said = json.loads(out)
    advice = tuple(_advice(one) for one in said["advice"])
    return Moves(advice, tuple(Remark(**one) for one in said["remarks"]))


def _advice(said: dict[str, Any]) -> Advice:
    """Advice as it was before it was JSON."""
    values = {name: value for name, value in said.items() if name != "outcome"}
    tried = said["tried"] and Outcome(**said["tried"])
    return Advice(**values | {"cost": Cost(**said["cost"]), "tried": tried})
