"""The evidence for a move: the best run so far, its outputs read again by today's detectors."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from tesuji.diagnose import Kind
from tesuji.errors import InputError
from tesuji.moves.move import Evidence, Found, Usage
from tesuji.moves.stakes import at_stake, count_stakes
from tesuji.run.entry import Entry, base_entry, entry_of
from tesuji.run.ledger import Ledger, RunRow, get_best, iter_answers, list_runs
from tesuji.run.progress import Watch
from tesuji.run.recorded import Recorded, recorded, reread, run_recorded
from tesuji.task.inputs import NORMALISERS, normalise
from tesuji.task.sample import Sample
from tesuji.task.task import Task
from tesuji.task.template import named_columns


def starting_run(task: Task, ledger: Ledger, split: str) -> RunRow:
    """The best run of a split; before there is one, the newest that came to some samples.

    InputError where there is none by today's rules.
    """
    best = get_best(ledger, task.digest, split)
    if best is not None:
        return best
    runs = [run for run in list_runs(ledger) if run.split == split]
    for run in reversed(runs):
        if run.task_digest == task.digest and next(iter_answers(ledger, run.id), None):
            return run
    if runs:
        raise InputError(
            f"the runs on {split} were scored on other data or by another metric than the "
            "competition has now: run one again first (recorded outputs are not re-sent)"
        )
    raise InputError(f"there is no run on {split} yet: begin with `tesuji run`")


async def gather(
    task: Task, ledger: Ledger, run: RunRow, watch: Watch | None = None, *, conclude: bool = True
) -> tuple[Evidence, Recorded | None]:
    """What is to be seen in a run's outputs, and what can be read again without a model.

    A run that never finished is concluded on the samples that it came to, as a run of its own. One
    that today's parser reads otherwise than when it was run is concluded anew, so that a challenger
    does not win by the parser. Without `conclude` neither is done: nothing is written.
    """
    source = recorded(task, ledger, run)
    if source is None:
        return _without_outputs(task, ledger, run), None
    if conclude and run.state != "finished":
        run = await run_recorded(task, ledger, source, source.entry, watch)
        source = replace(source, run=run)
    before = {row.sample: row.answer for row in iter_answers(ledger, run.id)}
    stale, whole = False, True
    kinds: Counter[Kind] = Counter()
    fixes: Counter[tuple[Kind, str]] = Counter()
    mends: Counter[str] = Counter()
    tokens_in = tokens_out = outputs = mendable = 0
    seconds = 0.0
    stakes: list[str] = []
    async for sample, row, drafts, complete in reread(task, ledger, source):
        stale |= row.answer != before[sample.id]
        whole &= complete
        mended = mendable
        for draft in drafts:
            outputs += 1
            tokens_in += draft.output.tokens_in
            tokens_out += draft.output.tokens_out
            seconds += draft.output.seconds
            kinds.update({f.kind for f in draft.findings})
            fixes.update({(f.kind, f.fix) for f in draft.findings if f.fix})
            new = {f.fix for f in draft.findings if f.fix} - set(source.entry.clean)
            mends.update(name for name in new if name)
            mendable += bool(new)
        stakes += at_stake(task, sample, row, drafts, mendable > mended)
    if conclude and stale and whole:
        run = await run_recorded(task, ledger, source, source.entry, watch)
        source = replace(source, run=run)
    found = tuple(
        Found(kind, count, {fix: n for (k, fix), n in fixes.most_common() if k == kind})
        for kind, count in kinds.most_common()
    )
    n = max(len(source.samples), 1)
    evidence = Evidence(
        task, run, source.entry, len(source.samples), outputs, found, mends, mendable,
        changed_inputs(task, source.entry, source.samples),
        Usage(outputs / n, tokens_in / n, tokens_out / n, seconds / n),
        rows=source.samples, split=run.split, stakes=count_stakes(stakes),
    )  # fmt: skip
    return evidence, source


def no_run(task: Task, split: str) -> Evidence:
    """The evidence before any run: the samples, and the entry of competition.toml."""
    entry = base_entry(task) if task.model else Entry("base", "", task.template)
    rows = task.split(split)
    return Evidence(
        task, None, entry, len(rows), 0, (), {}, 0, {}, Usage(0, 0, 0, 0), rows=rows, split=split
    )


def _without_outputs(task: Task, ledger: Ledger, run: RunRow) -> Evidence:
    entry = entry_of(run)
    came = {row.sample: row for row in iter_answers(ledger, run.id)}
    rows = tuple(sample for sample in task.split(run.split) if sample.id in came)
    stakes = [name for one in rows for name in at_stake(task, one, came[one.id], (), False)]
    n = max(len(rows), 1)
    usage = Usage(1.0, run.all_tokens_in / n, run.all_tokens_out / n, run.all_seconds / n)
    return Evidence(
        task, run, entry, len(rows), 0, (), {}, 0, {}, usage, rows=rows, split=run.split,
        stakes=count_stakes(stakes),
    )  # fmt: skip


def changed_inputs(task: Task, entry: Entry, samples: tuple[Sample, ...]) -> dict[str, int]:
    """How many samples' prompts each normaliser would change that the entry lacks.

    Looked at are the columns that the prompt names, as the entry's own normalisers leave them.
    """
    named = named_columns(entry.prompt, task.columns)
    counts = dict.fromkeys((name for name in NORMALISERS if name not in entry.inputs), 0)
    for sample in samples:
        texts = [normalise(value, entry.inputs) for column in named
                 if isinstance(value := sample.fields.get(column), str)]  # fmt: skip
        for name in counts:
            counts[name] += any(NORMALISERS[name](text) != text for text in texts)
    return {name: count for name, count in counts.items() if count}
