"""One sample: what was sent, what came back, what was made of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tesuji.board.asked import Asked, read_asked
from tesuji.board.attempts import (
    LISTED,
    attempts_of,
    opened,
    request_of,
    short_messages,
    tally,
    weight_of,
)
from tesuji.board.marked import Change, as_text, changes, messages_text
from tesuji.board.pages.notes import noting
from tesuji.board.pages.samples import failure_after
from tesuji.board.shortened import Short, shorten, weigh
from tesuji.errors import InputError
from tesuji.run.exchange.rows import Row, dumps
from tesuji.run.ledger import Ledger, RunRow, neighbour

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from tesuji.board.board import Board

_ROOM = 190_000  # bytes of a page for all texts: what was sent and the fields get what is left
_ANSWER_ROOM = 15_000  # for an answer, for a target
_MOST_MARKS = 1500  # parts of their difference; with more, less of them is compared
_SENT_ROOM = 8_000, 80_000  # at least, at most
_FIELDS_ROOM = 5_000, 30_000
_FIELDS = 100
_TALLIED = 12


def sample(board: Board, request: Request) -> Response:
    """One sample: what was sent, what came back, what was made of it."""
    asked = read_asked(request.query_params)
    with board.reader.ledger() as ledger:
        run, row = _row(board, ledger, request)
        id = row.answer.sample
        around = _around(board, ledger, run.id, asked, id)
        form = noting(request, ledger, run, id)
    attempts = attempts_of(board.task, run, row)
    shown, first = opened(attempts, _attempt(request)), row.first
    room = _ROOM - weight_of(shown)
    messages = row.outputs[0].messages if row.outputs else ()
    sent = short_messages(messages, _within(room, _SENT_ROOM))
    room -= sum(weigh(short.text) for _, short in sent)
    return board.page(
        request, "sample.html", run=run, asked=asked, row=row, id=id, noting=form, **around,
        **_made_of_it(row), attempts=attempts[:LISTED], left=max(0, len(attempts) - LISTED),
        tally=tally(attempts)[:_TALLIED], n=len(attempts),
        opened=shown, sent=sent,
        asking=request_of(first) if first else {},
        setting={k: v for k, v in run.entry_table.items()
                 if k in ("flow", "options", "clean", "inputs", "constrain", "models")},
        fields=_fields(row, _within(room, _FIELDS_ROOM)),
    )  # fmt: skip


def _within(room: int, bounds: tuple[int, int]) -> int:
    return max(bounds[0], min(room, bounds[1]))


def whole_text(board: Board, request: Request) -> Response:
    """A text of a sample, all of it and as it is: to be kept as a file, never shown as a page.

    `what` is "output" or "sent" (of the `attempt`), "answer", "target" or "fields".
    """
    from starlette.responses import Response as Plain

    with board.reader.ledger() as ledger:
        _, row = _row(board, ledger, request)
    what = request.query_params.get("what", "output")
    # The name is made of the board's own words alone: an id may be anything.
    headers = {"content-disposition": f'attachment; filename="{_known(what)}.txt"'}
    text = _whole(row, what, _attempt(request))
    return Plain(
        text.encode("utf-8", "replace"), media_type="text/plain; charset=utf-8", headers=headers
    )


def _known(what: str) -> str:
    if what not in ("output", "sent", "answer", "target", "fields"):
        raise InputError("what is none of output, sent, answer, target, fields")
    return what


def _whole(row: Row, what: str, attempt: int | None) -> str:
    if what == "answer":
        return as_text(row.answer.answer)
    if what in ("target", "fields"):
        if row.sample is None:
            raise InputError("the data no longer have this sample")
        return as_text(row.sample.target) if what == "target" else _json(dict(row.sample.fields))
    at = (row.chosen or 0) if attempt is None else attempt - 1
    if not 0 <= at < len(row.outputs):
        raise InputError("there is no such attempt")
    drawn = row.outputs[at]
    if what == "sent":
        return messages_text(drawn.messages)
    return drawn.output.text


def _json(value: Any) -> str:
    return dumps(value).decode("utf-8", "replace")


def _row(board: Board, ledger: Ledger, request: Request) -> tuple[RunRow, Row]:
    """The run of an address and what it made of the sample. InputError where there is none."""
    run, id = board.run(ledger, request.path_params["run"]), request.query_params.get("id", "")
    return run, board.row(ledger, run, id)


def _attempt(request: Request) -> int | None:
    given = request.query_params.get("attempt", "")
    if not given:
        return None
    if not (given.isascii() and given.isdecimal() and len(given) < 10):
        raise InputError("an attempt is named by its number")
    return int(given)


def _around(board: Board, ledger: Ledger, run: int, asked: Asked, id: str) -> dict[str, Any]:
    """The samples before and after one in a list, and the next one of it that fails."""
    chosen, order = board.filter(ledger, run, asked), asked.sorting
    return {
        "previous": neighbour(ledger, run, chosen, order, id, -1),
        "following": neighbour(ledger, run, chosen, order, id, 1),
        "failure": failure_after(board, ledger, run, asked, id),
    }


def _made_of_it(row: Row) -> dict[str, Any]:
    """The answer, the target, and how they differ: of what there is room for."""
    answer, target = row.answer.answer, row.sample.target if row.sample else None
    shown = {
        name: None if value is None else shorten(as_text(value), _ANSWER_ROOM)
        for name, value in (("answer", answer), ("target", target))
    }
    return {**shown, "changes": _changes(shown["answer"], shown["target"])}


def _changes(answer: Short | None, target: Short | None) -> list[Change]:
    if answer is None or target is None:
        return []
    found = changes(target.text, answer.text)
    if len(found) > _MOST_MARKS:
        found = changes(target.text[:_MOST_MARKS], answer.text[:_MOST_MARKS])
    return found


def _fields(row: Row, room: int) -> list[tuple[str, Short]]:
    fields = [*row.sample.fields.items()][:_FIELDS] if row.sample else []
    share = max(room // max(1, len(fields)), 50)
    return [(name, shorten(as_text(value), share)) for name, value in fields]
