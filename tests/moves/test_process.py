"""`process` on recorded outputs: what it tries, what it keeps, and that it asks no model."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest

import tesuji as tj
from tests.moves.conftest import SIZE, Bench, answer
from tesuji.errors import InputError
from tesuji.run.ledger import FILE

HERE = "Sure! Here is the answer:\n\n"
BYE = "\n\nLet me know if you need more help!"


def ledger(bench: Bench) -> sqlite3.Connection:
    return sqlite3.connect(bench.folder / FILE)


def test_what_a_cleaner_mends_is_mended_without_the_model(bench: Bench) -> None:
    entry = bench.record([(f"q{n}", (HERE if n % 2 else "") + answer(n)) for n in range(SIZE)])
    base = tj.run(bench.task, entry=entry)
    assert base.score == 0.5
    bench.outputs.unlink()  # the model is gone
    report = tj.try_move(bench.task, "process")
    (attempt,) = report.tried.attempts
    assert attempt.added == ("preamble",) and attempt.changed == SIZE / 2
    assert attempt.trial.run.score == 1.0 and attempt.trial.run.sent == 0
    assert report.kept and tj.runs(bench.task).best == {attempt.trial.run.id}
    saved = tj.load_entry(bench.folder, "base+preamble")
    assert saved == replace(entry, name="base+preamble", clean=("preamble",))
    example = report.tried.example
    assert example is not None
    assert (example.raw, example.cleaned) == (HERE + answer(1), answer(1))
    assert (example.before, example.after, example.target) == ("-", answer(1), answer(1))
    again = tj.try_move(bench.task, "process")
    assert not again.tried.attempts and again.verdict().startswith("nothing to try: no failure")


def test_cleaners_that_help_only_together_are_found(bench: Bench) -> None:
    entry = bench.record([(f"q{n}", HERE + answer(n) + BYE) for n in range(SIZE)])
    assert tj.run(bench.task, entry=entry).score == 0.0
    report = tj.try_move(bench.task, "process")
    assert report.tried.winner is not None and report.tried.winner.run.score == 1.0
    alone = [a for a in report.tried.attempts if len(a.added) == 1]
    assert alone and all(a.trial.run.score == 0.0 for a in alone)
    assert {"preamble", "postamble"} <= set(tj.load_entry(
        bench.folder, report.tried.winner.run.entry).clean)  # fmt: skip
    assert report.tried.among == 2 ** len(report.tried.evidence.mends) - 1


def test_a_cleaner_that_does_harm_is_not_kept(bench: Bench) -> None:
    """With free text the whole output is the answer, and here the opening belongs to it."""
    text = (bench.folder / "competition.toml").read_text().replace('pattern = "[a-z]+"\n', "")
    (bench.folder / "competition.toml").write_text(text)
    rows = [f'{n},q{n},"{HERE}{answer(n)}"' for n in range(SIZE)]
    (bench.folder / "dev.csv").write_text("id,question,answer\n" + "\n".join(rows) + "\n")
    task = tj.load(bench.folder)
    entry = bench.record([(f"q{n}", HERE + answer(n)) for n in range(SIZE)])
    base = tj.run(task, entry=entry)
    assert base.score == 1.0
    report = tj.try_move(task, "process")
    assert report.tried.attempts and not report.kept
    assert tj.runs(task).best == {base.run.id}
    assert not (bench.folder / "entries").exists()
    assert "worse than base" in report.verdict() and report.outcome().startswith("nothing kept")


def test_every_challenger_is_a_trial_in_the_ledger(bench: Bench) -> None:
    entry = bench.record([(f"q{n}", HERE + answer(n) + BYE) for n in range(SIZE)])
    tj.run(bench.task, entry=entry)
    report = tj.try_move(bench.task, "process")
    tried = {attempt.trial.run.id for attempt in report.tried.attempts}
    rows = ledger(bench).execute("SELECT best, challenger FROM trials").fetchall()
    assert len(tried) >= 3 and {best for best, _ in rows} == {1}
    assert {challenger for _, challenger in rows} == tried
    assert ledger(bench).execute("SELECT count(*) FROM outputs").fetchone() == (SIZE,)


def test_all_draws_of_a_vote_are_read_again(bench: Bench) -> None:
    """Bare draws are wrong, those with an opening right, and in the majority."""
    said = [
        (f"q{n}", text)
        for n in range(SIZE)
        for text in ("wrong", HERE + answer(n), HERE + answer(n))
    ]
    entry = replace(bench.record(said), flow="vote", options={"n": 3})
    base = tj.run(bench.task, entry=entry)
    assert base.score == 0.0 and base.run.outputs == 3 * SIZE
    bench.outputs.unlink()
    report = tj.try_move(bench.task, "process")
    winner = report.tried.winner
    assert winner is not None and (winner.run.score, winner.run.outputs) == (1.0, 3 * SIZE)
    assert winner.run.sent == 0 and report.kept
    assert report.tried.evidence.outputs == 3 * SIZE


def test_a_retry_that_cleaning_makes_needless_and_one_that_it_would_need(bench: Bench) -> None:
    """Draws that were never made cannot be had now: the flow answers with those there are."""
    said = []
    for n in range(SIZE):
        first = HERE + answer(n) if n % 2 else answer(n)
        said += [(f"q{n}", first), (f"q{n}", HERE), (f"q{n}", HERE)]
    entry = replace(bench.record(said), flow="retry")
    assert tj.run(bench.task, entry=entry).score == 0.5
    bench.outputs.unlink()
    report = tj.try_move(bench.task, "process")
    assert report.kept and report.tried.winner is not None
    assert report.tried.winner.run.score == 1.0 and report.tried.winner.run.errors == 0


def test_what_failed_stays_failed(bench: Bench) -> None:
    entry = bench.record([(f"q{n}", HERE + answer(n)) for n in range(SIZE - 3)])
    base = tj.run(bench.task, entry=entry)
    assert base.run.errors == 3
    report = tj.try_move(bench.task, "process")
    winner = report.tried.winner
    assert winner is not None and winner.kept and winner.comparison is not None
    assert (winner.run.errors, winner.run.sent, winner.run.score) == (3, 0, 1.0)
    assert winner.comparison.n == SIZE - 3


def test_a_stopped_run_goes_as_far_as_it_goes(bench: Bench) -> None:
    entry = bench.record([(f"q{n}", HERE + answer(n)) for n in range(SIZE)])
    tj.run(bench.task, entry=entry)
    connection = ledger(bench)
    with connection:  # as `kill -9` after forty samples leaves it
        connection.execute("DELETE FROM answers WHERE run = 1 AND CAST(sample AS INTEGER) >= 40")
        connection.execute("UPDATE runs SET state = 'running', score = NULL, low = NULL")
        connection.execute("DELETE FROM best")
    connection.close()
    bench.outputs.unlink()
    report = tj.try_move(bench.task, "process")
    winner = report.tried.winner
    assert winner is not None and not report.kept and winner.run.total == 40
    assert "only a whole run can be the best" in report.outcome()
    assert tj.load_entry(bench.folder, "base+preamble").clean == ("preamble",)
    assert tj.runs(bench.task).best == set()
    assert tj.runs(bench.task).rows[0].state == "running"  # the run itself is left as it was


def test_what_is_rare_is_left_alone(bench: Bench) -> None:
    entry = bench.record([(f"q{n}", (HERE if n < 3 else "") + answer(n)) for n in range(SIZE)])
    tj.run(bench.task, entry=entry)
    report = tj.try_move(bench.task, "process")
    assert not report.tried.attempts
    assert report.verdict().startswith("nothing to try: too few outputs to mend")
    assert "preamble in 3" in report.verdict()


def test_a_better_parser_is_not_the_challengers_merit(bench: Bench) -> None:
    """What the run concluded then is concluded anew by today's rules before it is compared."""
    entry = bench.record([(f"q{n}", (HERE if n < 9 else "") + answer(n)) for n in range(SIZE)])
    tj.run(bench.task, entry=entry)
    connection = ledger(bench)
    with connection:
        connection.execute("UPDATE answers SET answer = '\"-\"', score = 0.0")
        connection.execute("UPDATE runs SET score = 0.0, settled = 'by the rules of then'")
    connection.close()
    report = tj.try_move(bench.task, "process")
    assert report.tried.winner is not None and report.tried.winner.comparison is not None
    assert report.tried.winner.comparison.gain == pytest.approx(9 / SIZE)


def test_an_entry_of_the_same_content_keeps_its_name(bench: Bench) -> None:
    entry = bench.record([(f"q{n}", HERE + answer(n)) for n in range(SIZE)])
    poor = replace(entry, name="poor", clean=("loop",))
    tj.run(bench.task, entry=poor)
    mine = bench.folder / "entries" / "poor+preamble.toml"
    other = replace(entry, name="poor+preamble", flow="vote")
    from tesuji.run.entry import save_entry

    save_entry(bench.folder, other)
    before = mine.read_bytes()
    report = tj.try_move(bench.task, "process")
    winner = report.tried.winner
    assert winner is not None and winner.run.entry.startswith("poor+preamble-")
    assert mine.read_bytes() == before
    saved = tj.load_entry(bench.folder, winner.run.entry)
    assert saved.clean == ("loop", "preamble")


@pytest.fixture
def tagged(tmp_path: Path) -> Bench:
    """Questions in HTML; the model stumbles over the tags."""
    bench = Bench(tmp_path, lambda n: f"<p>q{n}&nbsp;</p>" if n < 30 else f"q{n}")
    said = [(f"q{n}", answer(n)) for n in range(SIZE)]
    said += [(f"q{n}\u00a0", answer(n)) for n in range(SIZE)]
    said += [(f"<p>q{n}&nbsp;</p>", "Tags") for n in range(30)]
    tj.run(bench.task, entry=bench.record(said))
    return bench


def test_plain_inputs_are_only_proposed_until_they_are_asked_for(tagged: Bench) -> None:
    report = tj.try_move(tagged.task, "process")
    assert not report.tried.attempts
    (table,) = report.tried.tables
    (cost,) = table.rows
    assert cost[:3] == ("html", 30, 30) and cost[-1] == 0.0
    assert len(tj.runs(tagged.task).rows) == 1


def test_plain_inputs_are_sent_and_judged_under_a_budget(tagged: Bench) -> None:
    report = tj.try_move(tagged.task, "process", inputs=True)
    winner = report.tried.winner
    assert winner is not None and report.kept and winner.run.entry == "base+html"
    assert (winner.run.score, winner.run.sent, winner.run.cached) == (1.0, 30, 30)
    assert tj.load_entry(tagged.folder, "base+html").inputs == ("html",)


def test_a_budget_that_ends_too_soon_judges_nobody(tagged: Bench) -> None:
    report = tj.try_move(tagged.task, "process", budget=tj.Budget(requests=10))
    assert not report.tried.attempts and not report.kept
    assert "the budget ended within base+html, 20 samples have no answer" in report.verdict()
    assert "with about 20 requests more" in report.verdict()
    run = tj.runs(tagged.task).rows[-1]
    assert (run.entry, run.sent, run.fallbacks) == ("base+html", 10, 20)
    again = tj.try_move(tagged.task, "process", budget=tj.Budget(requests=20))
    assert again.kept and again.tried.winner is not None and again.tried.winner.run.sent == 20


def test_a_run_without_outputs_has_nothing_to_clean(bench: Bench) -> None:
    assert tj.run(bench.task, entry=bench.record([("other", "x")])).run.errors == SIZE
    report = tj.try_move(bench.task, "process")
    assert report.verdict() == "nothing to try: no output is recorded that could be cleaned"


def test_unknown_moves_and_no_runs_are_said(bench: Bench) -> None:
    with pytest.raises(InputError, match=r"no move 'luck'; there are: .*process"):
        tj.try_move(bench.task, "luck")
    with pytest.raises(InputError, match="no run yet"):
        tj.try_move(bench.task, "process")
    assert not (bench.folder / FILE).exists()
    entry = bench.record([(f"q{n}", answer(n)) for n in range(SIZE)])
    tj.run(bench.task, entry=entry, split="train")
    with pytest.raises(InputError, match="no run on dev yet"):
        tj.try_move(bench.task, "process")
    tj.run(bench.task, entry=entry)
    toml = (bench.folder / "competition.toml").read_text().replace("accuracy", "levenshtein")
    (bench.folder / "competition.toml").write_text(toml)
    with pytest.raises(InputError, match="run one again first"):
        tj.try_move(tj.load(bench.folder), "process")


def test_a_notebook_and_a_program_can_read_it(bench: Bench) -> None:
    hostile = "<script>alert(1)</script>"
    entry = bench.record([(f"q{n}", HERE + answer(n) + (hostile if n == 1 else ""))
                          for n in range(SIZE)])  # fmt: skip
    tj.run(bench.task, entry=entry)
    report = tj.try_move(bench.task, "process")
    assert "<script" not in report._repr_html_() and "base+preamble" in report._repr_html_()
    data = json.loads(json.dumps(report.to_json(), default=bytes.hex))
    assert data["kept"] is True and data["challengers"][0]["added"] == ["preamble"]
    assert data["found"][0]["fixes"] or data["found"][1]["fixes"]


def test_it_works_inside_a_running_event_loop(bench: Bench) -> None:
    tj.run(bench.task, entry=bench.record([(f"q{n}", HERE + answer(n)) for n in range(SIZE)]))

    async def notebook() -> bool:
        return tj.try_move(bench.task, "process").kept

    assert asyncio.run(notebook())
