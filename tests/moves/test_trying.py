"""What `try` does for any move: a first run, a search of its own, one budget, names, tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import pytest

import tesuji as tj
from tests.moves.conftest import SIZE, Bench, answer
from tesuji.errors import InputError, ModelUnavailableError
from tesuji.models.base import Request
from tesuji.moves import Attempt, Evidence, Move, Played, Relevance, Table
from tesuji.moves.difference import differences
from tesuji.moves.live import Live
from tesuji.run.budget import Budget
from tesuji.run.entry import Entry
from tesuji.run.ledger import FILE, Ledger
from tesuji.task.sample import Message
from tesuji.task.task import Task


@dataclass(frozen=True)
class Given:
    """A move that proposes the entries that a test gives it."""

    name: ClassVar[str] = "given"
    does: ClassVar[str] = "what the test says"
    entries: ClassVar[list[Entry]] = []
    needs_run: ClassVar[bool] = True

    def relevance(self, evidence: Evidence) -> Relevance:
        return Relevance("the test says so", 1.0, 0)

    def challengers(
        self, best: Entry, evidence: Evidence, budget: Budget | None
    ) -> Iterator[Entry]:
        yield from self.entries

    def reachable(self, evidence: Evidence, budget: Budget | None) -> int:
        return max(1, len(self.entries))

    def tables(self, evidence: Evidence, attempts: Sequence[Attempt]) -> Sequence[Table]:
        rows = tuple((a.trial.run.entry, a.trial.run.score, None, 1234) for a in attempts)
        return [Table("<seen>", ("entry", "score", "nothing", "count"), rows, "a note", "a │ b")]


@dataclass(frozen=True)
class Searching(Given):
    """The same by a search of its own: first on ten samples, the better half on all."""

    name: ClassVar[str] = "searching"

    async def play(self, task: Task, ledger: Ledger, evidence: Evidence, live: Live) -> Played:
        small = [(entry, await live.run(entry, evidence.rows[:10])) for entry in self.entries]
        small.sort(key=lambda pair: -(pair[1].score or 0.0))
        request = Request((Message("user", "q0"),), index=1)
        assert (await live.generate(self.entries[0], request))[1] is False
        whole = [await live.run(entry) for entry, _ in small[: len(small) // 2]]
        return Played(whole, len(self.entries))


@pytest.fixture(autouse=True)
def known(monkeypatch: pytest.MonkeyPatch) -> None:
    import tesuji.moves

    added: Mapping[str, type[Move]] = {"given": Given, "searching": Searching}
    monkeypatch.setattr(tesuji.moves, "MOVES", {**tesuji.moves.MOVES, **added})


def entry_of(bench: Bench, name: str, right: int, draws: int = 1) -> Entry:
    """An entry that is right on the first so many questions."""
    said = [(f"q{n}", answer(n) if n < right else "wrong") for n in range(SIZE)]
    return bench.record([one for one in said for _ in range(draws)], name)


def test_before_any_run_the_best_challenger_becomes_the_best(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Given, "entries", [entry_of(bench, "a", 20), entry_of(bench, "b", 40)])
    with pytest.raises(InputError, match="no run yet"):
        tj.try_move(bench.task, "given")
    monkeypatch.setattr(Given, "needs_run", False)
    report = tj.try_move(bench.task, "given")
    assert report.kept and report.tried.winner is not None
    assert report.tried.winner.run.entry == "b" and "for want of another" in report.outcome()
    assert {row.entry for row in tj.runs(bench.task).rows} == {"a", "b"}
    assert tj.load_entry(bench.folder, "b").model.endswith("b.jsonl")
    again = tj.try_move(bench.task, "given")  # now there is something to compare with
    assert not again.kept and "a is worse than b" in again.verdict()
    assert [a.trial.run.entry for a in again.tried.attempts] == ["a"]  # not b beside itself


def test_a_search_of_its_own_is_judged_by_the_referee(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    entries = [entry_of(bench, name, right, 2)
               for name, right in (("a", 5), ("b", 60), ("c", 8), ("d", 2))]  # fmt: skip
    monkeypatch.setattr(Searching, "entries", entries)
    tj.run(bench.task, entry=entry_of(bench, "start", 20))
    report = tj.try_move(bench.task, "searching")
    assert [a.trial.run.entry for a in report.tried.attempts] == ["b", "c"]
    assert report.kept and report.tried.among == 4
    with Ledger(bench.folder / FILE) as ledger:
        sizes = ledger.rows("SELECT entry, total FROM runs WHERE entry != 'start' ORDER BY id")
        (sent,) = ledger.row("SELECT sum(all_sent) FROM runs") or (0,)
    assert sizes == [("a", 10), ("b", 10), ("c", 10), ("d", 10), ("b", 60), ("c", 60)]
    assert sent == SIZE + 40 + 100  # what was asked on ten samples is not asked again


def test_the_budget_is_for_the_search_as_a_whole(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    entries = [entry_of(bench, name, 60, 2) for name in "ab"]
    monkeypatch.setattr(Searching, "entries", entries)
    tj.run(bench.task, entry=entry_of(bench, "start", 20))
    report = tj.try_move(bench.task, "searching", budget=tj.Budget(requests=21))
    (attempt,) = report.tried.attempts  # nothing was left for it, and nothing was sent
    assert attempt.trial.run.sent == 0 or not report.kept
    with Ledger(bench.folder / FILE) as ledger:
        (outputs,) = ledger.row("SELECT count(*) FROM outputs") or (0,)
    assert outputs == SIZE + 21


def test_tables_are_shown_everywhere_and_escaped(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Given, "entries", [entry_of(bench, "a", 50)])
    tj.run(bench.task, entry=entry_of(bench, "start", 20))
    report = tj.try_move(bench.task, "given")
    shown = report._repr_html_()
    assert "&lt;seen&gt;" in shown and "1,234" in shown and "a note" in shown
    assert "<pre" in shown and "a │ b" in shown
    (table,) = report.to_json()["tables"]
    assert table["rows"] == (("a", 50 / SIZE, None, 1234),) and table["text"] == "a │ b"


def test_a_model_that_cannot_be_opened_leaves_out_one_challenger(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = replace(entry_of(bench, "gone", 60), model="replay:nowhere.jsonl")
    monkeypatch.setattr(Given, "entries", [gone, entry_of(bench, "here", 60)])
    tj.run(bench.task, entry=entry_of(bench, "start", 20))
    report = tj.try_move(bench.task, "given")
    assert report.kept and [name for name, _ in report.tried.absent] == ["gone"]
    assert "nowhere.jsonl" in report._repr_html_()
    monkeypatch.setattr(Given, "entries", [gone])
    with pytest.raises((ModelUnavailableError, InputError), match="nowhere"):
        tj.try_move(bench.task, "given")


def test_the_competitions_own_limits_are_each_runs(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A limit of one run is no end of the try: the run is judged as it is, within its limit."""
    toml = bench.folder / "competition.toml"
    toml.write_text(toml.read_text() + "[limits]\nrequests = 70\n")
    task = tj.load(bench.folder)
    entries = [entry_of(bench, "a", 50), entry_of(bench, "b", 60)]
    monkeypatch.setattr(Given, "entries", entries)
    tj.run(task, entry=entry_of(bench, "start", 20))
    report = tj.try_move(task, "given")
    assert [a.trial.run.sent for a in report.tried.attempts] == [SIZE, SIZE]
    assert report.kept and report.tried.stopped is None


def test_differences_are_said_in_words(bench: Bench) -> None:
    best = entry_of(bench, "start", 1)
    changes: list[tuple[dict[str, Any], tuple[str, ...]]] = [
        ({}, ()),
        ({"clean": ("loop", "preamble"), "inputs": ("nfkc",)}, ("nfkc", "loop", "preamble")),
        ({"model": "http://h/v1#big"}, ("model big",)),
        ({"flow": "cascade", "models": {"strong": "openai:x"}},
         ("strong model openai:x", "flow cascade")),
        ({"flow": "vote", "options": {"n": 3}}, ("flow vote (n=3)",)),
        ({"sampling": replace(best.sampling, temperature=0.5, max_tokens=9)},
         ("temperature=0.5", "max_tokens=9")),
        ({"prompt": replace(best.prompt, system="Be brief.", examples=2)},
         ("system prompt", "examples=2")),
        ({"constrain": True}, ("constrained",)),
    ]  # fmt: skip
    for change, said in changes:
        assert differences(best, replace(best, **change)) == said
    cleaned = replace(best, clean=("loop", "preamble"))
    assert differences(cleaned, replace(best, clean=("preamble",))) == ("without loop",)
    assert differences(cleaned, replace(best, clean=("preamble", "loop"))) == (
        "cleaners in another order",
    )
