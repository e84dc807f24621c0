"""Browsing a run: the samples that were asked for, in the order asked for, whatever is sought."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from benchmarks.browse import looks, make, naive
from tests.run.conftest import Play, Scripted, add, prompt
from tesuji.diagnose.finding import Finding
from tesuji.errors import InputError
from tesuji.models.base import Output, Request
from tesuji.run.entry import Entry
from tesuji.run.ledger import (
    AnswerRow,
    Filter,
    Flips,
    Ledger,
    Order,
    begin_run,
    distribution,
    end_run,
    extremes,
    flips,
    matching,
    neighbour,
    output_key,
    output_write,
    page,
    samples_matching,
    samples_where,
    write_answer,
)
from tesuji.task.sample import Message, Sample
from tesuji.task.task import Task

Ids = Callable[..., list[str]]


@dataclass(frozen=True)
class Said:
    """A sample of a made run; `text` None is a failed request."""

    sample: str
    text: str | None = "fine"
    score: float | None = 1.0
    question: str = "?"
    tokens: int = 1
    seconds: float = 1.0
    kinds: Sequence[str] = ()
    answer: object = "a"


def begin(ledger: Ledger, name: str, total: int) -> int:
    return begin_run(
        ledger, entry=name, model="m", entry_digest=name, entry_table={}, task_digest="t",
        split="dev", samples_digest="s", total=total, metric="exact",
    )  # fmt: skip


def tell(ledger: Ledger, run: int, said: Said) -> None:
    with ledger.transaction() as connection:
        if said.text is None:
            row = AnswerRow(said.sample, "error", None, None, None, "status 500")
            write_answer(connection, run, row)
            return
        request = Request((Message("system", f"run {run}"), Message("user", said.question)))
        key = output_key("m", request) + said.sample.encode()
        output = Output(said.text, "stop", 2, said.tokens, said.seconds)
        output_write(ledger, key, "m", request, output)(connection)
        row = AnswerRow(said.sample, "answered", said.answer, said.score, key)
        found = [(key, Finding(kind, 0, 1, "seen")) for kind in said.kinds]
        write_answer(connection, run, row, found, [key])


def finished(ledger: Ledger, name: str, *samples: Said) -> int:
    run = begin(ledger, name, len(samples))
    for said in samples:
        tell(ledger, run, said)
    end_run(ledger, run, {"state": "finished", "all_seconds": 1.0})
    return run


@pytest.fixture
def run(ledger: Ledger) -> int:
    return finished(
        ledger, "base",
        Said("s10", "Sure! It is 12.", 1.0, "5+7=", 9, 0.5, ["preamble"], 12),
        Said("s2", "straße と 東京タワー", 0.0, 'He said "tea"\nand left', 40, 3.0, answer="東京"),
        Said("s3", "again and again and again", 0.5, "repeat", 400, 2.0, ["loop", "preamble"]),
        Said("s1", None),
        Said("s4", "", None, "nothing", 0, 0.1),
    )  # fmt: skip


@pytest.fixture
def ids(ledger: Ledger, run: int) -> Ids:
    def ask(filter: Filter = Filter(), order: Order = Order(), **place: object) -> list[str]:  # noqa: B008
        return [row.sample for row in page(ledger, run, filter, order, **place).rows]

    return ask


def test_a_row_says_what_a_list_shows(ledger: Ledger, run: int) -> None:
    shown = page(ledger, run)
    assert (shown.total, shown.offset) == (5, 0)
    rows = {row.sample: row for row in shown.rows}
    row = rows["s3"]
    assert (row.state, row.score, row.kinds) == ("answered", 0.5, ("loop", "preamble"))
    assert (row.tokens_in, row.tokens_out, row.seconds, row.length) == (2, 400, 2.0, 25)
    assert (row.outputs, row.tags, row.noted, row.against) == (1, (), False, None)
    assert (rows["s2"].answer, rows["s10"].answer) == ("東京", "12")
    failed = rows["s1"]
    assert (failed.state, failed.score, failed.answer, failed.length, failed.outputs) == (
        "error", None, None, None, 0,
    )  # fmt: skip


def test_a_long_answer_is_cut(ledger: Ledger) -> None:
    run = finished(
        ledger, "long", Said("a", answer="東" * 5000), Said("b", answer={"k": "v" * 500})
    )
    one, other = page(ledger, run).rows
    assert one.answer == "東" * 119 + "…"
    assert other.answer is not None and other.answer.startswith('{"k": "vvv')
    assert len(other.answer) == 120


def test_the_draws_of_a_vote_are_counted(play: Play, entry: Entry, ledger: Ledger) -> None:
    voting = replace(entry, flow="vote", options={"n": 3, "temperature": 0.5})
    run = play(Scripted(add), entry=voting)
    assert {row.outputs for row in page(ledger, run.id).rows} == {3}


@pytest.mark.parametrize(
    ("by", "descending", "expected"),
    [
        ("id", False, ["s1", "s2", "s3", "s4", "s10"]),
        ("id", True, ["s10", "s4", "s3", "s2", "s1"]),
        ("score", False, ["s2", "s3", "s10", "s1", "s4"]),
        ("score", True, ["s10", "s3", "s2", "s1", "s4"]),
        ("tokens", True, ["s3", "s2", "s10", "s4", "s1"]),
        ("seconds", False, ["s4", "s10", "s3", "s2", "s1"]),
        ("length", True, ["s3", "s10", "s2", "s4", "s1"]),
    ],
)
def test_orders(ids: Ids, by: str, descending: bool, expected: list[str]) -> None:
    assert ids(order=Order(by, descending)) == expected


@pytest.mark.parametrize(
    ("filter", "expected"),
    [
        (Filter(kind="preamble"), ["s3", "s10"]),
        (Filter(kind="nonsense"), []),
        (Filter(state="error"), ["s1"]),
        (Filter(low=0.5), ["s3", "s10"]),
        (Filter(high=0.5), ["s2", "s3"]),
        (Filter(low=0.1, high=0.9), ["s3"]),
        (Filter(text="AGAIN AND"), ["s3"]),
        (Filter(text="STRASSE"), ["s2"]),
        (Filter(text="東京タ"), ["s2"]),
        (Filter(text="%"), []),
        (Filter(pattern=r"(again).*\1"), ["s3"]),
        (Filter(pattern=r"\p{Han}{2}\p{Katakana}"), ["s2"]),
        (Filter(pattern="^$"), ["s4"]),
        (Filter(text="is", pattern=r"\d"), ["s10"]),
        (Filter(pattern=r"\d{8}-\d{4}-\d{4}-\d{4}-\d{12}|(?:again.{0,5}){3}"), ["s3"]),
        (Filter(text='"TEA"\nand', where="prompt"), ["s2"]),
        (Filter(pattern=r"^\d\+\d=$", where="prompt"), ["s10"]),
        (Filter(text="user", where="prompt"), []),
        (Filter(text="東", where="answer"), ["s2"]),
        (Filter(pattern="^12$", where="answer"), ["s10"]),
        (Filter(text="500", where="reason"), ["s1"]),
        (Filter(ids=frozenset({"s2", "s10", "stranger", "\udc80"})), ["s2", "s10"]),
        (Filter(ids=frozenset()), []),
        (Filter(kind="preamble", low=0.9, text="sure"), ["s10"]),
        (Filter(kind="'; DROP TABLE answers; --"), []),
    ],
)
def test_filters(ids: Ids, filter: Filter, expected: list[str]) -> None:
    assert ids(filter) == expected


def test_fields_of_the_data_are_sought_by_the_caller() -> None:
    samples = [
        Sample("1", {"town": "東京", "n": 7}),
        Sample("2", {"town": "Oslo"}),
        Sample("3", {"n": "7"}),
    ]
    assert samples_where(samples, "n", "7") == {"1", "3"}
    assert samples_where(samples, "n", "None") == frozenset()
    assert samples_matching(samples, "town", text="OSL") == {"2"}
    assert samples_matching(samples, "town", pattern=r"^\p{Han}+$") == {"1"}


def test_pages_go_on_from_a_place_or_from_a_sample(ids: Ids, ledger: Ledger, run: int) -> None:
    assert ids(size=2) == ["s1", "s2"]
    assert ids(offset=2, size=2) == ["s3", "s4"]
    assert ids(after="s2", size=2) == ["s3", "s4"]
    assert ids(after="s10") == [] and ids(offset=99) == []
    assert ids(offset=-3, size=1) == ["s1"]
    assert page(ledger, run, offset=4, size=2).total == 5
    for size in (0, 1001):
        with pytest.raises(InputError, match="1 to 1,000 rows"):
            ids(size=size)


def test_the_next_failure(ledger: Ledger, run: int) -> None:
    def go(sample: str, step: int = 1, by: str = "id") -> str | None:
        return neighbour(ledger, run, Filter(high=0.5), Order(by), sample, step)

    assert (go("s2"), go("s3"), go("s3", -1)) == ("s3", None, "s2")
    assert (go("s1"), go("s1", 2), go("s1", 3), go("s1", -1)) == ("s2", "s3", None, None)
    assert (go("s10", -1), go("s10", -2), go("s4", -1)) == ("s3", "s2", "s3")
    assert go("s10", -1, "score") == "s3"
    assert go("stranger") is None


@pytest.mark.parametrize(
    "pattern",
    [
        r"^(a+)+$", r"((((((a{1,9}){1,9}){1,9}){1,9}){1,9}){1,9})z", r"(a|a)*b\1", r"(.*)*\1{3}x",
        r"(a{1000000}){1000000}", "(" + "ab" * 450 + "){99999}",
        "(?x)(" + "ab" * 450 + "#)\n){99999}", "[)](" + "ab" * 99 + "[)]){99999}", "(" * 900, "[",
        r"\L<x>", r"(?P<a>x)(?P<a", "a{9999999999}",
        "a" * 1001, "(?R)", r"\\(?R)", r"(?:(?1)|(a))*b", r"(?<=(a+)+b)x",
    ],
)  # fmt: skip
def test_a_hostile_pattern_ends_soon_and_in_one_line(ledger: Ledger, pattern: str) -> None:
    run = finished(ledger, "x", Said("a", "a" * 5000 + "!"))
    began = time.perf_counter()
    try:
        assert page(ledger, run, Filter(pattern=pattern)).total in (0, 1)
    except InputError as error:
        assert "\n" not in str(error) and "pattern" in str(error)
    assert time.perf_counter() - began < 8  # a second, on a machine that does nothing else
    assert page(ledger, run, Filter(text="aaa!")).total == 1  # and the ledger still answers


def test_what_was_wrong_with_a_pattern_is_said(ledger: Ledger) -> None:
    run = finished(ledger, "x", Said("a", "a" * 5000 + "!"))
    for pattern, why in {
        "((((((a{1,9}){1,9}){1,9}){1,9}){1,9}){1,9})z": "takes too long and was stopped",
        "[": "no regular expression: unterminated character set at position 1",
        "(a{1000}){1000}": "repeats something too often",
        "(?P<n>a|(?&n))": "calls itself",
        "a" * 1001: "has 1,001 characters",
    }.items():
        with pytest.raises(InputError, match=why):
            page(ledger, run, Filter(pattern=pattern))


def test_a_pattern_that_is_slow_on_many_texts_is_stopped(
    ledger: Ledger, run: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(matching, "_ALL_SECONDS", 1e-9)
    with pytest.raises(InputError, match="was stopped after 1e-09 s over all texts"):
        page(ledger, run, Filter(pattern="x"))


def test_what_is_not_there_is_said(ledger: Ledger, run: int) -> None:
    with pytest.raises(InputError, match="no run 99"):
        page(ledger, 99)
    with pytest.raises(InputError, match="no run 98"):
        page(ledger, run, Filter(against=98))
    with pytest.raises(InputError, match="no run 99"):
        distribution(ledger, 99)
    with pytest.raises(InputError, match="cannot be sorted by 'colour'; there are: id, score"):
        page(ledger, run, order=Order("colour"))
    with pytest.raises(InputError, match="cannot be searched in 'x'; there are: output"):
        page(ledger, run, Filter(text="a", where="x"))


def test_an_empty_run(ledger: Ledger) -> None:
    run = finished(ledger, "empty")
    assert page(ledger, run, Filter(text="x")).rows == ()
    assert neighbour(ledger, run, Filter(), Order(), "a") is None
    assert distribution(ledger, run).counts == ()
    assert extremes(ledger, run, "seconds") == ()
    assert flips(ledger, run, run) == Flips(0, 0, 0, 0, None)


def test_how_scores_spread(ledger: Ledger, run: int) -> None:
    spread = distribution(ledger, run, bins=4)
    assert spread.edges == (0.0, 0.25, 0.5, 0.75, 1.0)
    assert (spread.counts, spread.missing) == ((1, 0, 1, 1), 2)
    same = finished(ledger, "same", Said("a", score=0.5), Said("b", score=0.5))
    assert distribution(ledger, same).counts == (2,)
    scores = [-1e308, 1e308, float("inf"), float("nan"), 0.0]
    endless = [Said(str(n), score=score) for n, score in enumerate(scores)]
    wide = distribution(ledger, finished(ledger, "wide", *endless), bins=2)
    assert (wide.counts, wide.missing) == ((1, 2), 2)


def test_the_slowest_the_dearest_the_longest(ledger: Ledger, run: int) -> None:
    assert [row.sample for row in extremes(ledger, run, "seconds", 2)] == ["s2", "s3"]
    assert [row.sample for row in extremes(ledger, run, "tokens", 1)] == ["s3"]
    assert [row.sample for row in extremes(ledger, run, "length", 10)] == ["s3", "s10", "s2", "s4"]


def test_what_flipped(ledger: Ledger) -> None:
    a = finished(
        ledger, "a", *(Said(n, score=s) for n, s in zip("12345", (0, 0, 1, 1, 1), strict=True))
    )
    b = finished(
        ledger, "b", *(Said(n, score=s) for n, s in zip("12346", (0, 1, 0, 1, 1), strict=True))
    )
    assert flips(ledger, a, b) == Flips(4, 1, 1, 2, (1, 1, 1, 1))
    for flip, expected in {"any": ["2", "3"], "better": ["2"], "worse": ["3"]}.items():
        shown = page(ledger, b, Filter(against=a, flip=flip))
        assert [row.sample for row in shown.rows] == expected
    (row,) = shown.rows
    assert (row.score, row.against) == (0.0, 1.0)


def test_what_flipped_where_less_is_better(ledger: Ledger) -> None:
    a = finished(ledger, "a", Said("1", score=3.5), Said("2", score=1.0), Said("3", score=2.0))
    b = finished(ledger, "b", Said("1", score=1.5), Said("2", score=1.0), Said("3", None))
    assert flips(ledger, a, b, higher_is_better=False) == Flips(2, 1, 0, 1, None)
    better = Filter(against=a, flip="better", higher_is_better=False)
    assert [row.sample for row in page(ledger, b, better).rows] == ["1"]


def test_a_run_that_is_written_is_seen_as_it_grows(ledger: Ledger) -> None:
    run = begin(ledger, "growing", 3)
    with Ledger(ledger.path) as looking:
        assert page(looking, run).total == 0
        for n in range(3):
            tell(ledger, run, Said(f"s{n}"))
            assert page(looking, run).total == n + 1
        end_run(ledger, run, {"state": "finished", "all_seconds": 1.0})
        assert page(looking, run).total == 3
        assert begin(ledger, "growing", 3) == run  # again: its answers are concluded anew
        assert page(looking, run).total == 0
        tell(ledger, run, Said("s1", score=0.0))
        end_run(ledger, run, {"state": "finished", "all_seconds": 2.0})
        assert [row.score for row in page(looking, run).rows] == [0.0]


def test_one_who_looks_does_not_hold_up_one_who_writes(ledger: Ledger, run: int) -> None:
    """A look that takes a second, and commits meanwhile, in the middle of it."""
    for n in range(40):
        tell(ledger, run, Said(f"slow{n}", "a" * 60 + "!", question=str(n)))
    code = (
        "import sys, time\n"
        "from tesuji.run.ledger import *\n"
        "from tesuji.run.ledger import selecting\n"
        "def slow(text, pattern):\n"
        "    print('looking', flush=True)\n"
        "    return lambda body: time.sleep(0.05) or True\n"
        "selecting.text_test = slow\n"
        "with Ledger(sys.argv[1]) as ledger:\n"
        "    print(page(ledger, int(sys.argv[2]), Filter(text='x')).total, flush=True)\n"
    )
    child = subprocess.Popen(
        [sys.executable, "-c", code, str(ledger.path), str(run)], stdout=subprocess.PIPE, text=True
    )
    assert child.stdout is not None and child.stdout.readline() == "looking\n"
    other, longest, commits = begin(ledger, "other", 1000), 0.0, 0
    for _ in range(10):
        began = time.perf_counter()
        tell(ledger, other, Said(f"s{commits}", question=str(commits)))
        longest, commits = max(longest, time.perf_counter() - began), commits + 1
    assert child.poll() is None  # it was looking all the time
    assert longest < 1
    assert child.communicate(timeout=60)[0] == "44\n" and child.returncode == 0


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ledger]:
    path: Path = tmp_path_factory.mktemp("made") / "ledger.db"
    make(path, runs=2, samples=500)
    with Ledger(path) as ledger:
        yield ledger


@pytest.mark.parametrize("look", looks(), ids=lambda look: look.name)
def test_a_look_shows_what_reading_everything_shows(made: Ledger, look: object) -> None:
    found, seen = naive(made, look), []
    while True:
        shown = page(made, 2, look.filter, look.order, offset=len(seen), size=97)
        if not shown.rows:
            break
        seen += [row.sample for row in shown.rows]
    assert seen == found and shown.total == len(found)


def test_a_real_run_is_browsed(play: Play, task: Task, ledger: Ledger) -> None:
    run = play(Scripted(lambda r: "Sure! 3" if prompt(r) == "7+8=" else add(r)))
    (row,) = page(ledger, run.id, Filter(high=0.0)).rows
    assert (row.sample, row.answer, row.kinds) == ("d7", "3", ("preamble", "format"))
    assert neighbour(ledger, run.id, Filter(high=0.0), Order(), "d0") == "d7"
    sevens = samples_where(task.dev, "a", "7")
    assert [r.sample for r in page(ledger, run.id, Filter(ids=sevens)).rows] == ["d7"]
