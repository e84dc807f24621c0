"""Looking at a run of 100,000 samples in a ledger of a million outputs.

`python -m benchmarks.browse [--runs 10] [--samples 100000] [--repeats 7] [--folder FOLDER]`

Makes a ledger of `--runs` runs on the same samples, then measures, in one process, median
milliseconds of each kind of look at the second run: the first look at it ("first"), when nothing
is known of it, and a further page of the same look ("next"). Beside them the naive rival: all rows
of the run read into Python with their texts, filtered and sorted there. Both are checked to show
the same samples. "While written" is the first page while another connection commits answers to a
further run all the time; "longest wait" is the longest that one of its commits took meanwhile,
with and without somebody who looks. With `--folder` the ledger is kept.
"""

from __future__ import annotations

import argparse
import random
import re
import statistics
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.ledger import _WORDS as WORDS
from tesuji.diagnose.finding import Finding
from tesuji.models.base import Output, Request
from tesuji.run.ledger import (
    FILE,
    AnswerRow,
    Filter,
    Ledger,
    Order,
    begin_run,
    end_run,
    flips,
    neighbour,
    output_key,
    output_write,
    page,
    paired_scores,
    write_answer,
)
from tesuji.run.ledger.selecting import forget
from tesuji.task.sample import Message

_GROUP = 5000  # samples in a transaction
_SIZE = 50  # rows in a page
_RUN = 2


def make(path: Path, runs: int, samples: int) -> None:
    """A ledger of so many runs: questions of 200 characters, outputs of 400."""
    draw = random.Random(0)
    said = [" ".join(draw.choices(WORDS, k=35)) for _ in range(1000)]
    with Ledger(path) as ledger:
        for number in range(1, runs + 1):
            run = _begin(ledger, number, samples)
            for start in range(0, samples, _GROUP):
                with ledger.transaction() as connection:
                    for n in range(start, min(start + _GROUP, samples)):
                        _sample(ledger, connection, run, n, draw, said)
            end_run(ledger, run, {"state": "finished", "answered": samples, "outputs": samples})


def _begin(ledger: Ledger, number: int, samples: int) -> int:
    return begin_run(
        ledger, entry=f"entry{number}", model="recorded", entry_digest=str(number), entry_table={},
        task_digest="task", split="dev", samples_digest="whole", total=samples, metric="exact",
    )  # fmt: skip


def _sample(
    ledger: Ledger, connection: Any, run: int, n: int, draw: random.Random, said: Sequence[str]
) -> None:
    question = Message("user", f"Question {n}: {said[n % 997]}. How many are left?")
    request = Request((Message("system", f"You are solver {run}."), question))
    key, right = output_key("recorded", request), draw.random() < 0.7
    text = (
        f"Let me see. {n}: {said[n % 1000]} {said[n % 991]}. The answer is {draw.randrange(1000)}."
    )
    output = Output(text, "stop", 60, draw.randrange(20, 400), draw.random() * 9)
    output_write(ledger, key, "recorded", request, output)(connection)
    findings = []
    if draw.random() < 0.2:
        findings = [(key, Finding("preamble", 0, 11, "opens with 'Let me see.'", 0.9))]
    row = AnswerRow(f"s{n}", "answered", n % 1000, float(right), key)
    write_answer(connection, run, row, findings, [key])


@dataclass(frozen=True, slots=True)
class Look:
    """One kind of look: what is asked, and how the naive rival does it."""

    name: str
    filter: Filter
    order: Order
    fits: Callable[[dict[str, Any]], bool]
    key: Callable[[dict[str, Any]], Any]


def _by_id(row: dict[str, Any]) -> Any:
    return len(row["sample"]), row["sample"]


def looks() -> list[Look]:
    """What a person asks for."""
    by_id, pattern = Order(), re.compile(r"answer is (\d)\1\1\.")
    return [
        Look("first page", Filter(), by_id, lambda row: True, _by_id),
        Look("finding", Filter(kind="preamble"), by_id, lambda r: "preamble" in r["kinds"], _by_id),
        Look("failures", Filter(high=0.0), by_id, lambda row: row["score"] <= 0, _by_id),
        Look(
            "sorted by score", Filter(), Order("score"), lambda row: True,
            lambda row: (row["score"], *_by_id(row)),
        ),
        Look(
            "sorted by seconds", Filter(), Order("seconds", descending=True), lambda row: True,
            lambda row: (-row["seconds"], *_by_id(row)),
        ),
        Look(
            "substring", Filter(text="Prices WAITED"), by_id,
            lambda row: "prices waited" in row["text"].casefold(), _by_id,
        ),
        Look(
            "substring of the prompt", Filter(text="question 99", where="prompt"), by_id,
            lambda row: "question 99" in row["prompt"].casefold(), _by_id,
        ),
        Look(
            "regular expression", Filter(pattern=pattern.pattern), by_id,
            lambda row: pattern.search(row["text"]) is not None, _by_id,
        ),
        Look(
            "flipped", Filter(against=1), by_id, lambda row: row["score"] != row["other"], _by_id
        ),
    ]  # fmt: skip


def naive(ledger: Ledger, look: Look) -> list[str]:
    """All rows into Python, filtered and sorted there; the ids that fit."""
    kinds: dict[str, set[str]] = {}
    for sample, kind in ledger.rows("SELECT sample, kind FROM findings WHERE run = ?", _RUN):
        kinds.setdefault(sample, set()).add(kind)
    others = dict(ledger.rows("SELECT sample, score FROM answers WHERE run = 1"))
    names = ("sample", "score", "seconds", "text", "prompt")
    rows = [
        {**dict(zip(names, row, strict=True)), "kinds": kinds.get(row[0], ()),
         "other": others[row[0]]}
        for row in ledger.rows(
            "SELECT a.sample, a.score, o.seconds, t.body, p.messages FROM answers a "
            "JOIN outputs o ON o.key = a.output JOIN texts t ON t.output = o.id "
            "JOIN prompts p ON p.id = o.prompt WHERE a.run = ?", _RUN,
        )
    ]  # fmt: skip
    return [row["sample"] for row in sorted(filter(look.fits, rows), key=look.key)]


def timed(call: Callable[[], Any], repeats: int, before: Callable[[], Any] = lambda: None) -> float:
    """Median milliseconds."""
    seconds = []
    for _ in range(repeats):
        before()
        began = time.perf_counter()
        call()
        seconds.append(time.perf_counter() - began)
    return statistics.median(seconds) * 1000


def measure(ledger: Ledger, repeats: int) -> None:
    """The table of looks, each beside the naive rival."""
    print(f"{'':<26}{'fit':>9}{'first, ms':>11}{'next, ms':>10}{'naive, ms':>11}")
    for look in looks():
        ask = (ledger, _RUN, look.filter, look.order)
        first = timed(lambda: page(*ask, size=_SIZE), repeats, lambda: forget(ledger))  # noqa: B023
        found = page(*ask, size=_SIZE)
        then = timed(lambda: page(*ask, offset=_SIZE, size=_SIZE), repeats)  # noqa: B023
        expected = naive(ledger, look)
        rival = timed(lambda: naive(ledger, look), min(3, repeats))  # noqa: B023
        assert [row.sample for row in found.rows] == expected[:_SIZE], look.name
        assert found.total == len(expected), look.name
        print(
            f"{look.name:<26}{found.total:>9,}{first:>11.1f}{then:>10.1f}{rival:>11.0f}", flush=True
        )
    failures = (ledger, _RUN, Filter(high=0.0), Order())
    middle = page(*failures).rows[20].sample
    first = timed(lambda: neighbour(*failures, middle), repeats, lambda: forget(ledger))
    then = timed(lambda: neighbour(*failures, middle), repeats)
    print(f"{'next failure':<26}{'':>9}{first:>11.1f}{then:>10.1f}")
    ours = timed(lambda: flips(ledger, 1, _RUN), repeats)
    rival = timed(lambda: _naive_flips(ledger), repeats)
    assert (flips(ledger, 1, _RUN).better, flips(ledger, 1, _RUN).worse) == _naive_flips(ledger)
    print(f"{'flips (counts)':<26}{'':>9}{ours:>11.1f}{'':>10}{rival:>11.0f}", flush=True)


def _naive_flips(ledger: Ledger) -> tuple[int, int]:
    pairs = paired_scores(ledger, 1, _RUN)
    return sum(y > x for _, x, y in pairs), sum(y < x for _, x, y in pairs)


def measure_written(path: Path, samples: int, repeats: int) -> None:
    """Looks at a run that another connection is writing, and how long its commits take."""
    for looking in (False, True):
        ready, stop, waits = threading.Event(), threading.Event(), [0.0]
        writer = threading.Thread(target=_write, args=(path, samples, ready, stop, waits))
        writer.start()
        ready.wait()
        if looking:
            with Ledger(path) as ledger:
                (run,) = ledger.row("SELECT MAX(id) FROM runs") or (0,)
                shown = timed(lambda: page(ledger, run, size=_SIZE), repeats)  # noqa: B023
                finished = timed(
                    lambda: page(ledger, _RUN, Filter(text="prices waited")),
                    repeats, lambda: forget(ledger),
                )  # fmt: skip
            print(
                f"while written: first page {shown:.1f} ms, substring elsewhere {finished:.1f} ms"
            )
        else:
            time.sleep(2)
        stop.set()
        writer.join()
        print(
            f"commits with{'' if looking else 'out'} somebody looking: median "
            f"{statistics.median(waits) * 1000:.2f} ms, longest {max(waits) * 1000:.1f} ms "
            f"of {len(waits):,}"
        )


def _write(
    path: Path, samples: int, ready: threading.Event, stop: threading.Event, waits: list[float]
) -> None:
    """Half of a run at once, the rest ten answers a commit until it is told to stop."""
    with Ledger(path) as ledger:
        run, n = _begin(ledger, 1000, samples), samples // 2
        with ledger.transaction() as connection:
            for done in range(n):
                row = AnswerRow(f"s{done}", "answered", done, 1.0, None)
                write_answer(connection, run, row)
        ready.set()
        while not stop.is_set():
            began = time.perf_counter()
            with ledger.transaction() as connection:
                for at in range(n, n + 10):
                    row = AnswerRow(f"s{at}", "answered", at, 1.0, None)
                    write_answer(connection, run, row)
            n += 10
            waits.append(time.perf_counter() - began)
            time.sleep(0.005)


def main() -> None:
    """Make a ledger where there is none, then print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=10)
    parser.add_argument("--samples", type=int, default=100_000)
    parser.add_argument("--repeats", type=int, default=7)
    parser.add_argument("--folder", type=Path)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as aside:
        folder = arguments.folder or Path(aside)
        folder.mkdir(exist_ok=True)
        path = folder / FILE
        if not path.exists():
            began = time.perf_counter()
            make(path, arguments.runs, arguments.samples)
            print(
                f"{arguments.runs * arguments.samples:,} outputs made in "
                f"{time.perf_counter() - began:.0f} s, {path.stat().st_size / 1e6:,.0f} MB"
            )
        with Ledger(path) as ledger:
            measure(ledger, arguments.repeats)
        measure_written(path, arguments.samples, arguments.repeats)


if __name__ == "__main__":
    main()
