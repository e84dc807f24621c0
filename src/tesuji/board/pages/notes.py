"""What a person who looks says of a sample: kept by POST, from a form or from its script.

The guard has seen to it that the request is from a page of the board and brings the session's
token. It is a cookie that no script reads and no other site's page makes a browser send
(`SameSite=Strict`), so it stands in no page, and in no page that somebody saves. Writing takes a
connection and a thread of its own: a run that holds the file keeps nobody from reading.
"""

from __future__ import annotations

import asyncio
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

from tesuji.api.opening import NO_RUN
from tesuji.board.asked import read_asked
from tesuji.board.guard import MAY_WRITE
from tesuji.board.view import reader_language, url
from tesuji.board.words import say
from tesuji.errors import InputError, LedgerError
from tesuji.run.ledger import (
    Changed,
    Ledger,
    Note,
    RunRow,
    change_note,
    get_run,
    list_tags,
    read_notes,
)

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from tesuji.board.board import Board

_MOST_BYTES = 256 * 1024  # 10,000 letters of four bytes, each byte as %XX, and 50 tags: 180 kB
_MOST_FIELDS = 200
_PATIENCE = 2000  # milliseconds for whoever writes the ledger; a run's commits take one or two
_COMMAS = re.compile("[,、，]")
_FORM = "application/x-www-form-urlencoded"
KEYS = 9  # tags that have a key
_OFFERED = 30  # tags
_FIRST = ("tag_target", "tag_unclear", "tag_again")  # offered while few tags are in use


@dataclass(frozen=True, slots=True)
class Noting:
    """The form of a sample's note: what stands in it, the tags that it offers with their keys, and
    what was said of the last change. `theirs` is what is kept, where it is another."""

    run: int
    id: str
    text: str = ""
    tags: tuple[str, ...] = ()
    written: str = ""
    offered: tuple[tuple[str, str], ...] = ()
    said: str = ""
    theirs: Note | None = None
    may_write: bool = False


def noting(request: Request, ledger: Ledger, run: RunRow, id: str) -> Noting:
    """The form of a sample's note as it is kept."""
    note = read_notes(ledger, run.task_digest, run.split, [id]).get(id)
    said = _words(request, "saved") if request.query_params.get("saved") else ""
    tags = note.tags if note else ()
    return Noting(
        run.id, id, note.text if note else "", tags, _stamp(note),
        _offered(request, ledger, run, tags), said, None, request.scope.get(MAY_WRITE, False),
    )  # fmt: skip


def _offered(
    request: Request, ledger: Ledger, run: RunRow, own: Sequence[str]
) -> tuple[tuple[str, str], ...]:
    """(tag, its key or ""): the nine commonest in the order of their letters, so that a key keeps
    its tag while tags are given, then others, the sample's own among them."""
    language = reader_language(request)
    used = [*list_tags(ledger, run.task_digest, run.split)]
    words = [say(language, word) for word in _FIRST]
    first = sorted([*used, *(word for word in words if word not in used)][:KEYS])
    rest = dict.fromkeys([*own, *used[KEYS:_OFFERED]])
    keyed = [(tag, str(at)) for at, tag in enumerate(first, 1)]
    return (*keyed, *((tag, "") for tag in rest if tag not in first))


@dataclass(frozen=True, slots=True)
class _Sent:
    """A form as it was sent."""

    id: str
    text: str
    tags: tuple[str, ...]
    written: str

    @property
    def seen(self) -> float | None:
        """When the note was written that the form was made of."""
        try:
            seen = float(self.written) if self.written else None
        except ValueError:
            raise InputError("the form is broken: load the page again") from None
        return seen if seen is None or math.isfinite(seen) else None


async def note(board: Board, request: Request) -> Response:
    """Keep the note of a form, in place of the one that the form was made of."""
    body = await _body(request)
    if isinstance(body, int):
        return _refused(board, request, body)
    sent = _read(body)
    if sent is None:
        return _refused(board, request, 413)
    number = request.path_params["run"]
    try:
        change = await asyncio.to_thread(_save, board, number, sent)
    except (InputError, LedgerError) as error:
        status = 503 if isinstance(error, LedgerError) else 400
        return await _answer(board, request, sent, status, str(error))
    if change.done:
        return await _answer(board, request, sent, 200, "saved", change.note)
    said = "changed_note" if change.note else "removed_note"
    return await _answer(board, request, sent, 409, said, change.note)


async def _body(request: Request) -> bytes | int:
    """What was sent, or the status of its refusal: 415 for another kind, 413 for too much."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != _FORM:
        return 415
    parts, size = [], 0
    async for part in request.stream():  # whatever length it says it has
        size += len(part)
        if size > _MOST_BYTES:
            return 413
        parts.append(part)
    return b"".join(parts)


def _read(body: bytes) -> _Sent | None:
    """The form; None where it has too many fields."""
    try:
        form: Mapping[str, Sequence[str]] = parse_qs(
            body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=_MOST_FIELDS
        )
    except ValueError:
        return None

    def first(name: str) -> str:
        return next(iter(form.get(name, ())), "")

    tags = (*form.get("tag", ()), *(_COMMAS.split(first("new"))))
    text = first("text").replace("\r\n", "\n")  # as a form sends line ends
    kept = tuple(dict.fromkeys(name for tag in tags if (name := " ".join(tag.split()))))
    return _Sent(first("id"), text, kept, first("written"))


def _save(board: Board, number: str, sent: _Sent) -> Changed:
    path = board.reader.path
    if not path.exists():  # opening would make one
        raise InputError(NO_RUN)
    seen = sent.seen
    with Ledger(path) as ledger:
        ledger.connection.execute(f"PRAGMA busy_timeout = {_PATIENCE}")
        run = board.run(ledger, number)
        if not ledger.row("SELECT 1 FROM answers WHERE run = ? AND sample = ?", run.id, sent.id):
            raise InputError(f"run {run.id} has no such sample")
        return change_note(
            ledger, run.task_digest, run.split, sent.id, sent.text, sent.tags, seen=seen
        )


async def _answer(
    board: Board, request: Request, sent: _Sent, status: int, said: str, note: Note | None = None
) -> Response:
    """To a script what is kept, in JSON. To a form the sample's page again, or the form as it was
    sent with what is wrong."""
    from starlette.responses import JSONResponse, RedirectResponse

    words = _words(request, said)
    if request.headers.get("accept") == "application/json":
        kept = {
            "said": words, "written": _stamp(note),
            "text": note.text if note else "", "tags": [*note.tags] if note else [],
        }  # fmt: skip
        return JSONResponse(kept if status in (200, 409) else {"said": words}, status)
    asked = read_asked(request.query_params)
    if status == 200:
        run = request.path_params["run"]
        there = url(f"/run/{run}/sample", asked.query(page=1), id=sent.id, saved="yes")
        return RedirectResponse(f"{there}#notes", 303)
    written = _stamp(note) if status == 409 else sent.written

    def again() -> Response:
        with board.reader.ledger() as ledger:
            run = get_run(ledger, board.run(ledger, request.path_params["run"]).id)
            form = Noting(
                run.id, sent.id, sent.text, sent.tags, written,
                _offered(request, ledger, run, sent.tags), words, note, True,
            )  # fmt: skip
            return board.page(request, "note.html", status, run=run, asked=asked, noting=form)

    return await board.reader.run(again)


def _words(request: Request, said: str) -> str:
    """What is said of a change: by a key of the board's words, or an error's own."""
    language = reader_language(request)
    if said in ("saved", "changed_note", "removed_note"):
        return say(language, said)
    return f"{say(language, 'not_kept')}: {said}"


def _refused(board: Board, request: Request, status: int) -> Response:
    why = "that is no form of the board" if status == 415 else "that is too long for a note"
    if request.headers.get("accept") == "application/json":
        from starlette.responses import JSONResponse

        return JSONResponse({"said": _words(request, why)}, status)
    return board.page(request, "error.html", status, title="failed", why=why)


def _stamp(note: Note | None) -> str:
    return repr(note.written) if note else ""
