"""Filling a question table by models, offline: p(yes | keyword, question), cell by cell.

A model that scores is asked for the log-probabilities of "yes" and "no"; another for its word. Each
model has its own table in a folder of its own; what is filled stays filled whenever the work is cut
off, and the next call goes on with what is open. The table that is played with is their mean.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np

from tesuji.errors import CapabilityError, InputError, RequestFailedError
from tesuji.games.keywords import normalise
from tesuji.games.table import CERTAIN, OPEN, QuestionTable, average, create, save
from tesuji.models.base import Model, Request, Sampling
from tesuji.models.registry import open_model
from tesuji.task.sample import Message

PROMPT = (
    'We play twenty questions. The secret keyword is "{keyword}". '
    'Answer with "yes" or "no" alone.\nQuestion: {question}'
)
SAID = 0.9
"""p(yes) where a model only says so: words hide how sure it was."""
_FLUSH = 2_000  # cells filled between two writes to the disk


async def fill(
    table: QuestionTable,
    model: Model,
    *,
    prompt: str = PROMPT,
    progress: Callable[[int, int], None] | None = None,
) -> int:
    """Fill a table's open cells; how many stay open, because requests failed.

    `progress` is told how many cells are filled of how many. ModelUnavailableError and
    CapabilityError come through; what was filled before is kept.
    """
    await model.ready()
    if not model.capabilities & {"score", "generate"}:
        raise CapabilityError(f"{model.uri} neither scores nor generates: it can't fill a table")
    ask = _Asking(model, prompt)
    todo, filled = _open_cells(table), 0
    total = int((table.cells == OPEN).sum())

    async def work() -> None:
        nonlocal filled
        for question, keyword in todo:
            try:
                chance = await ask(table.keywords[keyword], table.questions[question])
            except RequestFailedError:
                continue
            table.cells[question, keyword] = round(chance * CERTAIN)
            filled += 1
            if filled % _FLUSH == 0:
                _flush(table)
            if progress is not None:
                progress(filled, total)

    workers = [asyncio.ensure_future(work()) for _ in range(max(1, model.concurrency))]
    try:
        await asyncio.gather(*workers)
    finally:
        for worker in workers:
            worker.cancel()
        await asyncio.gather(*workers, return_exceptions=True)
        _flush(table)
    return total - filled


class _Asking:
    """Asks one model for one cell; turns to words where scores turn out to be lacking."""

    def __init__(self, model: Model, prompt: str) -> None:
        self.model, self.prompt = model, prompt
        self.scores = "score" in model.capabilities

    async def __call__(self, keyword: str, question: str) -> float:
        text = self.prompt.replace("{question}", question).replace("{keyword}", keyword)
        messages = (Message("user", text),)
        if self.scores:
            try:
                yes, no = await self.model.score(messages, ("yes", "no"))
                return float(1 / (1 + np.exp(min(no - yes, 50.0))))
            except CapabilityError:
                if "generate" not in self.model.capabilities:
                    raise
                self.scores = False
        output = await self.model.generate(Request(messages, Sampling(max_tokens=8)))
        return _said(output.text)


def _said(text: str) -> float:
    """p(yes) from a reply; even odds where it says neither or both."""
    words = "".join(c if c.isalpha() else " " for c in text.lower()).split()
    if ("yes" in words) == ("no" in words):
        return 0.5
    return SAID if "yes" in words else 1 - SAID


def _open_cells(table: QuestionTable) -> Iterator[tuple[int, int]]:
    """The cells to fill, one question after the other; shared by all workers."""
    for question in range(len(table.questions)):
        for keyword in np.flatnonzero(table.cells[question] == OPEN):
            yield question, int(keyword)


def _flush(table: QuestionTable) -> None:
    if isinstance(table.cells, np.memmap):
        table.cells.flush()


def build(
    folder: Path,
    keywords: Sequence[str],
    questions: Sequence[str],
    models: Sequence[str],
    *,
    shares: Sequence[float] | None = None,
    prompt: str = PROMPT,
    progress: Callable[[int, int], None] | None = None,
) -> QuestionTable:
    """The mean of the tables of several models (URIs), in `folder`; goes on where it was cut off.

    Each model's own table is under `folder/models`. InputError: no model, or a prompt without
    `{keyword}` and `{question}`.
    """
    if not models:
        raise InputError("a question table is filled by a model: name at least one")
    if "{keyword}" not in prompt or "{question}" not in prompt:
        raise InputError("the prompt of a question table needs {keyword} and {question}")
    tables = []
    for uri in models:
        table = create(folder / "models" / normalise(uri), keywords, questions)
        asyncio.run(_filled(table, uri, prompt, progress))
        tables.append(table)
    mean = average(tables, shares)
    save(folder, mean)
    return mean


async def _filled(
    table: QuestionTable, uri: str, prompt: str, progress: Callable[[int, int], None] | None
) -> None:
    model = open_model(uri)
    try:
        await fill(table, model, prompt=prompt, progress=progress)
    finally:
        await model.close()
