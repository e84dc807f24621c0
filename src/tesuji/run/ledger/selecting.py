"""Which samples of a run, and in which order: a filter and an order, and the list of ids.

The list is made by one statement over the run and kept for as long as nothing that it depends on
has changed, so that the next page and the next failure need no second look at all samples.
"""

from __future__ import annotations

import json
import sqlite3
from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias
from weakref import WeakKeyDictionary

from tesuji.errors import InputError
from tesuji.run.ledger.matching import Test, text_test
from tesuji.run.ledger.outputs import read_messages, storable
from tesuji.run.ledger.runs import AnswerState, get_run
from tesuji.run.ledger.store import Ledger

Where: TypeAlias = Literal["output", "prompt", "answer", "reason", "note"]
Flip: TypeAlias = Literal["any", "better", "worse"]
By: TypeAlias = Literal["id", "score", "tokens", "seconds", "length"]

_KEPT = 4  # lists of ids; one of 100,000 takes 7 MB, a sample with its neighbours needs three


@dataclass(frozen=True, slots=True)
class Filter:
    """Samples that fit all that is given; nothing given is all samples.

    `kind`: with such a finding · `state` · `low` <= score <= `high` · `text`: has this substring,
    in upper or lower case · `pattern`: a regular expression finds something · `where` the last
    two look (in a prompt, message by message) · `ids`: among these (`samples_where` and
    `samples_matching` find them by fields of the data) · `against`: another run, and `flip`: the
    score here differs from there, is better or worse (by `higher_is_better`) · `tag`: has been
    given this tag by who looked · `noted`: has a note or a tag.
    """

    kind: str | None = None
    state: AnswerState | None = None
    low: float | None = None
    high: float | None = None
    text: str | None = None
    pattern: str | None = None
    where: Where = "output"
    ids: frozenset[str] | None = None
    against: int | None = None
    flip: Flip = "any"
    higher_is_better: bool = True
    tag: str | None = None
    noted: bool = False


@dataclass(frozen=True, slots=True)
class Order:
    """`tokens` (in and out), `seconds` and `length` (characters) are those of the output that the
    answer is from. What has none comes last, either way; ties are in the order of the ids, 2
    before 10."""

    by: By = "id"
    descending: bool = False


# What is looked up beside `answers`, by what is asked of it.
_OUTPUTS = "LEFT JOIN outputs o ON o.key = a.output"
_JOINS = {
    "outputs": _OUTPUTS,
    "texts": "LEFT JOIN texts t ON t.output = o.id",
    "prompts": "LEFT JOIN prompts p ON p.id = o.prompt",
    "notes": "LEFT JOIN notes n ON n.task_digest = :task AND n.split = :split "
    "AND n.sample = a.sample",
    "against": "JOIN answers b ON b.run = :against AND b.sample = a.sample",
}
# (the column, what it needs)
_PLACES: dict[str, tuple[str, tuple[str, ...]]] = {
    "output": ("t.body", ("outputs", "texts")),
    "prompt": ("p.messages", ("outputs", "prompts")),
    "answer": ("a.answer", ()),
    "reason": ("a.reason", ()),
    "note": ("n.text", ("notes",)),
}
_KEYS: dict[str, tuple[str, tuple[str, ...]]] = {
    "id": ("", ()),
    "score": ("a.score", ()),
    "tokens": ("o.tokens_in + o.tokens_out", ("outputs",)),
    "seconds": ("o.seconds", ("outputs",)),
    "length": ("length(t.body)", ("outputs", "texts")),
}
_FLIPS = {"any": "<>", "better": ">", "worse": "<"}
_OPPOSITE = {"<>": "<>", ">": "<", "<": ">"}


def select_ids(ledger: Ledger, run: int, filter: Filter, order: Order) -> tuple[str, ...]:
    """The ids of all samples that fit, in order. InputError for a run that is not there, or a
    pattern that is wrong or takes too long."""
    looks = _looks(ledger)
    stamp, key = _stamp(ledger, run, filter), (run, filter, order)
    known = looks.lists.get(key)
    if known is not None and known[0] == stamp:
        looks.lists.move_to_end(key)
        return known[1]
    ids = _select(ledger, looks, run, filter, order)
    looks.lists[key] = (stamp, ids)
    looks.lists.move_to_end(key)
    while len(looks.lists) > _KEPT:
        looks.lists.popitem(last=False)
    return ids


def forget(ledger: Ledger) -> None:
    """Drop the lists that are kept: the next look is a first one again."""
    _looks(ledger).lists.clear()


def answer_text(stored: str) -> str:
    """An answer as a person reads it: a text as it is, anything else as JSON."""
    if not stored.startswith('"'):
        return stored
    try:
        return str(json.loads(stored))
    except ValueError:  # it was cut off
        return stored[1:]


@dataclass
class _Looks:
    """What is kept for one open ledger: the last lists, and the test of the statement that runs.

    The test is called by a function that SQLite is told of once: one that is in use cannot be
    replaced.
    """

    lists: OrderedDict[Hashable, tuple[Hashable, tuple[str, ...]]] = field(
        default_factory=OrderedDict
    )
    test: Test | None = None
    failed: BaseException | None = None

    def fits(self, text: str | None) -> bool:
        """For SQLite, which would hide the error that is raised in it."""
        if text is None or self.test is None:
            return False
        try:
            return self.test(text)
        except BaseException as error:
            self.failed = error
            raise


_OPEN: WeakKeyDictionary[Ledger, _Looks] = WeakKeyDictionary()


def _looks(ledger: Ledger) -> _Looks:
    looks = _OPEN.get(ledger)
    if looks is None:
        looks = _OPEN[ledger] = _Looks()
        ledger.connection.create_function("fits", 1, looks.fits)
    return looks


def _stamp(ledger: Ledger, run: int, filter: Filter) -> Hashable:
    """Changes whenever a list may: with the runs, with any write while one is running, and with
    the notes."""
    runs = [get_run(ledger, one) for one in (run, filter.against) if one is not None]
    stamp: list[Hashable] = [
        (row.state, row.all_sent, row.all_seconds, row.seconds) for row in runs
    ]
    if any(row.state == "running" for row in runs):
        stamp += [ledger.row("PRAGMA data_version"), ledger.connection.total_changes]
    if filter.tag is not None or filter.noted or filter.where == "note":
        stamp.append(ledger.row("SELECT COUNT(*), MAX(written) FROM notes"))
    return tuple(stamp)


def _select(
    ledger: Ledger, looks: _Looks, run: int, filter: Filter, order: Order
) -> tuple[str, ...]:
    query, values = _query(ledger, run, filter, order)
    looks.test = _stored_test(filter) if filter.text or filter.pattern else None
    looks.failed = None
    try:
        with ledger.reading() as connection:
            try:
                return tuple([name for (name,) in connection.execute(query, values)])
            except sqlite3.OperationalError:
                if looks.failed is None:
                    raise
    finally:
        looks.test = None
    raise looks.failed


def _stored_test(filter: Filter) -> Test:
    """The test of a text as it is stored: prompts and answers are JSON there."""
    test = text_test(filter.text, filter.pattern)
    if filter.where == "answer":
        return lambda stored: test(answer_text(stored))
    if filter.where != "prompt":
        return test
    # Reading a prompt's JSON takes ten times as long as seeing that it cannot have the text.
    quoted = json.dumps(filter.text or "", ensure_ascii=False)[1:-1].casefold()
    return lambda stored: (
        quoted in stored.casefold()
        and any(test(message.content) for message in read_messages(stored))
    )


def _query(ledger: Ledger, run: int, filter: Filter, order: Order) -> tuple[str, dict[str, Any]]:
    """The statement, and its values. The test of texts comes last: it is the dearest."""
    key, needs = _chosen(_KEYS, order.by, "sorted by")
    row = get_run(ledger, run)
    values = {
        "run": run, "task": row.task_digest, "split": row.split, "kind": filter.kind,
        "state": filter.state, "low": filter.low, "high": filter.high, "against": filter.against,
        "tag": filter.tag and storable(filter.tag),
        "ids": None if filter.ids is None else json.dumps([*filter.ids]),
    }  # fmt: skip
    joined, where = set(needs), ["a.run = :run", *_conditions(filter)]
    if filter.against is not None:
        joined.add("against")
    if filter.text or filter.pattern:
        column, place_needs = _chosen(_PLACES, filter.where, "searched in")
        joined.update(place_needs)
        where.append(f"fits({column})")
    joins = " ".join(text for name, text in _JOINS.items() if name in joined)
    down = " DESC" if order.descending else ""
    keys = [f"{key}{down} NULLS LAST"] if key else []
    ids_down = down if not key else ""
    keys += [f"length(a.sample){ids_down}", f"a.sample{ids_down}"]
    query = f"SELECT a.sample FROM answers a {joins} WHERE {' AND '.join(where)} "
    return query + f"ORDER BY {', '.join(keys)}", values


def _conditions(filter: Filter) -> list[str]:
    """What must hold of `answers a` (and `b`, the other run's)."""
    parts = []
    if filter.kind is not None:
        parts.append("a.sample IN (SELECT sample FROM findings WHERE run = :run AND kind = :kind)")
    if filter.state is not None:
        parts.append("a.state = :state")
    if filter.low is not None:
        parts.append("a.score >= :low")
    if filter.high is not None:
        parts.append("a.score <= :high")
    if filter.ids is not None:
        parts.append("a.sample IN (SELECT value FROM json_each(:ids))")
    if filter.tag is not None:
        parts.append(
            "a.sample IN (SELECT x.sample FROM notes x, json_each(x.tags) j WHERE "
            "x.task_digest = :task AND x.split = :split AND j.value = :tag)"
        )
    if filter.noted:
        parts.append(
            "a.sample IN (SELECT sample FROM notes WHERE task_digest = :task AND split = :split)"
        )
    if filter.against is not None:
        sign = _chosen(_FLIPS, filter.flip, "flipped")
        parts.append(f"a.score {sign if filter.higher_is_better else _OPPOSITE[sign]} b.score")
    return parts


def _chosen(known: dict[str, Any], name: str, what: str) -> Any:
    if name not in known:
        raise InputError(f"samples cannot be {what} {name!r}; there are: {', '.join(known)}")
    return known[name]
