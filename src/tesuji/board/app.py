"""The board's addresses and what each answers."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tesuji.board.asked import ANY, ORDERS, STATES, Asked, failing, read_asked
from tesuji.board.guard import Gate, Guard
from tesuji.board.marked import as_text, changes
from tesuji.board.overview import Checklist, Failure, Line, failures, lines
from tesuji.board.reader import Reader
from tesuji.board.view import asset, render
from tesuji.compare.trial import compare_runs
from tesuji.diagnose.finding import KINDS
from tesuji.diagnose.visible import visible_parts
from tesuji.errors import InputError, TesujiError
from tesuji.reports.plan import cost_words, gain_words
from tesuji.reports.words import cost_text, score_text
from tesuji.run.entry import entry_of, to_table
from tesuji.run.exchange.rows import Row, find_row
from tesuji.run.ledger import (
    FILE,
    Filter,
    Ledger,
    RunRow,
    flips,
    get_best,
    get_run,
    list_runs,
    neighbour,
    page,
    read_alarms,
)
from tesuji.task.sample import Sample
from tesuji.task.task import Task

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.types import ASGIApp

    from tesuji.moves.advice import Plan

SIZE = 50  # samples on a page
_FLIPPED = 100  # of each kind on the page of a comparison; the rest is behind a link


def make_app(task: Task, gate: Gate) -> ASGIApp:
    """The board of a competition, behind its gate. Its lifespan closes the ledger."""
    from starlette.applications import Starlette
    from starlette.exceptions import HTTPException
    from starlette.routing import Route

    board = Board(task)

    def read(make: Callable[[Request], Response]) -> Callable[[Request], Awaitable[Response]]:
        async def answer(request: Request) -> Response:
            return await board.reader.run(lambda: make(request))

        return answer

    @asynccontextmanager
    async def life(app: Starlette) -> AsyncIterator[None]:
        yield
        await board.reader.close()

    routes = [
        Route("/", board.competition),
        Route("/compare", read(board.compare)),
        Route("/run/{run}", read(board.run)),
        Route("/run/{run}/samples", read(board.samples)),
        Route("/run/{run}/sample", read(board.sample)),
        Route("/static/board.css", _asset("board.css", "text/css")),
        Route("/static/board.js", _asset("board.js", "text/javascript")),
        Route("/favicon.ico", _nothing),
    ]
    handlers: Mapping[Any, Callable[..., Any]] = {
        InputError: board.missing, TesujiError: board.failed, HTTPException: board.refused,
    }  # fmt: skip
    return Guard(Starlette(routes=routes, exception_handlers=handlers, lifespan=life), gate)


def _asset(name: str, kind: str) -> Callable[[Request], Response]:
    from starlette.responses import Response

    return lambda request: Response(asset(name), media_type=kind)


def _nothing(request: Request) -> Response:
    from starlette.responses import Response

    return Response(status_code=204)


@dataclass
class Board:
    """The pages of a competition, made in the reader's thread."""

    task: Task
    checklist: Checklist = field(init=False)
    reader: Reader = field(init=False)
    _samples: dict[str, dict[str, Sample]] = field(default_factory=dict)
    _failing: tuple[object, frozenset[str]] | None = None

    def __post_init__(self) -> None:
        self.checklist = Checklist(self.task)
        self.reader = Reader(self.task.folder / FILE)

    async def competition(self, request: Request) -> Response:
        """The best entry, what to do next, all runs. The planner may take a while over a large
        run: it has a thread of its own."""
        report = await asyncio.to_thread(self.checklist.report)
        return await self.reader.run(lambda: self._competition(request, report.plan))

    def _competition(self, request: Request, plan: Plan) -> Response:
        if not (self.task.folder / FILE).exists():
            return self._overview(request, plan, None, (), ())
        with self.reader.ledger() as ledger:
            best = get_best(ledger, self.task.digest, "dev")
            found = failures(ledger, best.id) if best else []
            return self._overview(request, plan, best, found, lines(self.task, ledger))

    def _overview(
        self,
        request: Request,
        plan: Plan,
        best: RunRow | None,
        found: Sequence[Failure],
        runs: Sequence[Line],
    ) -> Response:
        return self._page(
            request, "competition.html", plan=plan, best=best, failures=found, lines=runs,
            gain_words=gain_words, cost_words=cost_words,
        )  # fmt: skip

    def run(self, request: Request) -> Response:
        """A run: counts, score, rates of failures, its entry."""
        with self.reader.ledger() as ledger:
            run = self._run(ledger, request.path_params["run"])
            others = [
                one for one in list_runs(ledger)
                if one.id != run.id and (one.split, one.task_digest) == (run.split, run.task_digest)
            ]  # fmt: skip
            best = get_best(ledger, self.task.digest, run.split)
            return self._page(
                request, "run.html", run=run, failures=failures(ledger, run.id), others=others,
                best=best, alarms=read_alarms(ledger, run.id), entry=_toml(run),
                counts=_counts(run),
                worst="score" if self.task.metric.higher_is_better else "score-down",
            )  # fmt: skip

    def samples(self, request: Request) -> Response:
        """The samples of a run that fit a filter, a page of them."""
        asked = read_asked(request.query_params)
        with self.reader.ledger() as ledger:
            run = self._run(ledger, request.path_params["run"])
            if asked.against:
                get_run(ledger, int(asked.against))
            found = page(
                ledger, run.id, self._filter(ledger, run.id, asked), asked.sorting,
                offset=(asked.page - 1) * SIZE, size=SIZE,
            )  # fmt: skip
        return self._page(
            request, "samples.html", run=run, asked=asked, found=found, kinds=(ANY, *KINDS),
            states=STATES, orders=ORDERS, last=max(1, -(-found.total // SIZE)),
        )  # fmt: skip

    def sample(self, request: Request) -> Response:
        """One sample: what was sent, what came back, what was made of it."""
        asked, id = read_asked(request.query_params), request.query_params.get("id", "")
        with self.reader.ledger() as ledger:
            run = self._run(ledger, request.path_params["run"])
            row = find_row(ledger, run.id, id, self._sample(run.split, id))
            if row is None:
                raise InputError(f"run {run.id} has no such sample")
            around = self._around(ledger, run.id, asked, id)
        target = row.sample.target if row.sample else None
        answer = row.answer.answer
        compared = target is not None and answer is not None
        return self._page(
            request, "sample.html", run=run, asked=asked, row=row, id=id, **around,
            attempts=_attempts(row), target=target,
            changes=changes(as_text(target), as_text(answer)) if compared else (),
        )  # fmt: skip

    def compare(self, request: Request) -> Response:
        """Two runs on the same samples."""
        names = [request.query_params.get(name, "") for name in ("a", "b")]
        with self.reader.ledger() as ledger:
            runs = list_runs(ledger)
            if not all(names):
                return self._page(request, "compare.html", runs=runs, pair=None)
            a, b = (self._run(ledger, name) for name in names)
            try:
                comparison = compare_runs(self.task, ledger, a, b)
            except InputError as error:
                return self._page(request, "compare.html", runs=runs, pair=(a, b), why=str(error))
            sentence = comparison.sentence(*(f"{run.entry} (run {run.id})" for run in (a, b)))
            flipped = [
                (flip, page(ledger, b.id, self._filter(ledger, b.id, asked), size=_FLIPPED))
                for flip in ("better", "worse")
                if (asked := Asked(against=str(a.id), flip=flip))
            ]
            return self._page(
                request, "compare.html", runs=runs, pair=(a, b), why="", sentence=sentence,
                flipped=flipped,
                flips=flips(ledger, a.id, b.id, higher_is_better=self.task.metric.higher_is_better),
            )  # fmt: skip

    def missing(self, request: Request, error: Exception) -> Response:
        """There is no such run, sample, page or filter."""
        return self._page(request, "error.html", 404, title="not_found", why=str(error))

    def failed(self, request: Request, error: Exception) -> Response:
        """The ledger cannot be read, say."""
        return self._page(request, "error.html", 503, title="failed", why=str(error))

    def refused(self, request: Request, error: Any) -> Response:
        """No such address, or not by this method."""
        title = "not_found" if error.status_code == 404 else "failed"
        why = "there is no such page" if error.status_code == 404 else error.detail
        return self._page(request, "error.html", error.status_code, title=title, why=why)

    def _page(self, request: Request, name: str, status: int = 200, **values: Any) -> Response:
        return render(
            request, name, status, task=self.task, score_text=score_text, cost_text=cost_text,
            **values,
        )  # fmt: skip

    def _filter(self, ledger: Ledger, run: int, asked: Asked) -> Filter:
        higher = self.task.metric.higher_is_better
        return asked.filter(lambda: self._failing_of(ledger, run), higher)

    def _failing_of(self, ledger: Ledger, run: int) -> frozenset[str]:
        """As `failing`. Of 100,000 samples that takes 0.1 s, so the last is kept until something
        is recorded."""
        stamp = run, ledger.row("PRAGMA data_version"), ledger
        if self._failing is None or self._failing[0] != stamp:
            self._failing = stamp, failing(ledger, run)
        return self._failing[1]

    def _around(self, ledger: Ledger, run: int, asked: Asked, id: str) -> dict[str, Any]:
        """The samples before and after one in a list, and the next one that fails."""
        chosen, order = self._filter(ledger, run, asked), asked.sorting
        failed = Filter(ids=self._failing_of(ledger, run))
        return {
            "previous": neighbour(ledger, run, chosen, order, id, -1),
            "following": neighbour(ledger, run, chosen, order, id, 1),
            "failure": neighbour(ledger, run, failed, order, id, 1),
        }

    def _run(self, ledger: Ledger, number: str) -> RunRow:
        if not (number.isascii() and number.isdecimal() and len(number) < 18):
            raise InputError("a run is named by its number")
        return get_run(ledger, int(number))

    def _sample(self, split: str, id: str) -> Sample | None:
        if split not in self._samples:
            rows: tuple[Sample, ...] = getattr(self.task, split, ())
            self._samples[split] = {sample.id: sample for sample in rows}
        return self._samples[split].get(id)


def _counts(run: RunRow) -> list[tuple[str, int]]:
    counts = [
        ("answered", run.answered), ("unparsed", run.unparsed), ("fallback", run.fallbacks),
        ("error", run.errors),
    ]  # fmt: skip
    return [*counts, ("to_go", max(0, run.total - sum(n for _, n in counts)))]


def _toml(run: RunRow) -> str:
    """The entry as its file would say it."""
    import tomli_w

    try:
        table = to_table(entry_of(run))
    except TesujiError:  # of another version of Tesuji
        table = dict(run.entry_table)
    return tomli_w.dumps(table, multiline_strings=True)


def _attempts(row: Row) -> list[dict[str, Any]]:
    """All outputs behind an answer, each with its findings marked in place; messages and sampling
    only where they differ from those of the first."""
    first = row.first
    return [
        {
            "drawn": drawn,
            "parts": visible_parts(drawn.output.text, drawn.findings),
            "chosen": at == row.chosen,
            "messages": drawn.messages if first and drawn.messages != first.messages else (),
        }
        for at, drawn in enumerate(row.outputs)
    ]
