"""All outputs behind an answer: how each was mended and read, what was sent for it, the votes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from tesuji.board.marked import as_text
from tesuji.board.shortened import Short, shorten, weigh
from tesuji.diagnose import clean
from tesuji.diagnose.finding import Finding, Kind
from tesuji.diagnose.visible import visible_parts
from tesuji.errors import TesujiError
from tesuji.flows.election import ballot
from tesuji.models.base import Request, Sampling
from tesuji.run.entry import Entry, entry_of
from tesuji.run.exchange.rows import Drawn, Row
from tesuji.run.ledger import RunRow
from tesuji.task.sample import Answer, Message
from tesuji.task.task import Task

OPEN = 8  # attempts of which all is shown; of more, only the chosen one and the one asked for
LISTED = 150  # attempts in the table
_ROOM = 80_000  # bytes of a page for all outputs that are shown; a third for the mended ones
_READ = 2_000_000  # characters that are read for a page, in all
_MENDED = 150_000  # … where they are mended first: the slowest cleaner takes 90 ms for that many
_MARKS = 200  # findings marked in all of them
_FOUND = 60  # findings in the tables
_SENT_ROOM = 30_000
_BRIEF = 500  # characters


@dataclass(frozen=True, slots=True)
class Attempt:
    """An output as far as the table says it. `text` is what the entry's cleaners leave, `answer`
    what is read in that; both None where they are not worked out."""

    number: int
    drawn: Drawn
    chosen: bool
    text: str | None
    answer: Answer | None
    vote: str | None

    @property
    def words(self) -> str:
        """The beginning of what was read: a table has no room for more."""
        return as_text(self.answer)[:_BRIEF]


@dataclass(frozen=True, slots=True)
class Opened:
    """An attempt of which all is shown: its output in parts with the kinds of what was found, the
    mended text, what was sent beyond the messages of an attempt before (`like`), and as many of its
    findings as a table has room for."""

    attempt: Attempt
    parts: Sequence[tuple[str, Kind | None]]
    left: int
    mended: Short | None
    like: int | None
    before: int
    added: Sequence[tuple[str, Short]]
    findings: Sequence[Finding]
    sampling: dict[str, Any]


def attempts_of(task: Task, run: RunRow, row: Row) -> list[Attempt]:
    """All attempts behind an answer, read as the run reads them. So long as the task's rules are
    those of the run; what the data or the answer format were before is not known."""
    try:
        entry = entry_of(run)
    except TesujiError:  # of another version of Tesuji
        entry = None
    found, room = [], _MENDED if entry and entry.clean else _READ
    for at, drawn in enumerate(row.outputs):
        text = answer = None
        room -= len(drawn.output.text)
        if entry is not None and room >= 0:
            text, answer = _read(task, entry, drawn)
        vote = None if answer is None else ballot(answer)
        found.append(Attempt(at + 1, drawn, at == row.chosen, text, answer, vote))
    return found


def _read(task: Task, entry: Entry, drawn: Drawn) -> tuple[str | None, Answer | None]:
    text = drawn.output.text
    request = Request(drawn.messages, Sampling(), 1, drawn.index)
    try:
        if entry.clean:
            text = clean(
                text, entry.clean, format=task.format, request=request,
                finish=drawn.output.finish, language=task.language,
            )  # fmt: skip
        return text, task.format.parse(text)
    except Exception:  # a format of the user's own may raise anything; the page goes without
        return None, None


@dataclass(frozen=True, slots=True)
class Votes:
    """How many attempts were read as the same `words`, and whether the answer's is among them.
    Without words: those that have no vote, or (not `read`) were not read for the page."""

    words: str | None
    n: int
    chosen: bool
    read: bool = True


def tally(attempts: Sequence[Attempt]) -> list[Votes]:
    """The votes of draws of one prompt, the most first. Nothing where attempts were sent different
    messages: they are steps then, and no votes."""
    if len(attempts) < 2 or any(one.drawn.messages != attempts[0].drawn.messages
                                for one in attempts):  # fmt: skip
        return []
    groups: dict[tuple[bool, str | None], list[Attempt]] = {}
    for one in attempts:
        groups.setdefault((one.text is not None, one.vote), []).append(one)
    found = [
        Votes(
            None if vote is None else group[0].words, len(group),
            any(one.chosen for one in group), read,
        )
        for (read, vote), group in groups.items()
    ]  # fmt: skip
    return sorted(found, key=lambda votes: (votes.words is None, not votes.read, -votes.n))


def opened(attempts: Sequence[Attempt], wanted: int | None) -> list[Opened]:
    """Those of which all is shown: all of a few, else the one `wanted` or the chosen one."""
    shown = [*attempts]
    if len(attempts) > OPEN:
        chosen = next((one.number for one in attempts if one.chosen), 1)
        shown = [one for one in attempts if one.number in (wanted, chosen)]
    return [_open(attempts, one, len(shown)) for one in shown]


def _open(attempts: Sequence[Attempt], one: Attempt, shown: int) -> Opened:
    first, drawn = attempts[0].drawn, one.drawn
    short = shorten(drawn.output.text, _ROOM // shown)
    marked = [f for f in drawn.findings if f.start < len(short.text)][: _MARKS // shown]
    changed = one.text is not None and one.text != drawn.output.text
    like, before = _likest(attempts, one.number - 1)
    added = drawn.messages[before:] if one.number > 1 else ()
    return Opened(
        one, visible_parts(short.text, marked), short.left,
        shorten(one.text or "", _ROOM // shown // 3) if changed else None, like, before,
        short_messages(added, _SENT_ROOM // shown), drawn.findings[: _FOUND // shown],
        dict(drawn.sampling) if drawn.sampling != first.sampling else {},
    )  # fmt: skip


def _likest(attempts: Sequence[Attempt], at: int) -> tuple[int | None, int]:
    """The attempt, of the one before and the first, that begins with the most of the same messages,
    and how many; (None, 0) where there is none."""
    found: tuple[int | None, int] = (None, 0)
    for other in (at - 1, 0):
        if not 0 <= other < at:
            continue
        size = _same(attempts[other].drawn.messages, attempts[at].drawn.messages)
        if size > found[1]:
            found = other + 1, size
    return found


def _same(a: Sequence[Message], b: Sequence[Message]) -> int:
    pairs = enumerate(zip(a, b, strict=False))
    return next((at for at, (x, y) in pairs if x != y), min(len(a), len(b)))


def short_messages(messages: Sequence[Message], room: int) -> list[tuple[str, Short]]:
    """(role, text) of messages, each with its share of the room."""
    share = room // max(1, len(messages))
    return [(one.role, shorten(one.content, max(share, 100))) for one in messages]


def weight_of(shown: Sequence[Opened]) -> int:
    """How many bytes of a page the texts of these take."""
    texts = [text for one in shown for text, _ in one.parts]  # made visible already
    texts += [one.mended.text for one in shown if one.mended]
    texts += [short.text for one in shown for _, short in one.added]
    return sum(map(weigh, texts))


def request_of(drawn: Drawn) -> dict[str, Any]:
    """All that a request asked for beside its messages, what is left at its default as well."""
    default = {k: v for k, v in asdict(Sampling()).items() if v not in (None, ())}
    return default | dict(drawn.sampling)
