"""What a list of samples is asked for by its address: which samples, in which order, which page."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from typing import get_args

from tesuji.diagnose.finding import KINDS
from tesuji.errors import InputError
from tesuji.run.ledger import AnswerState, Filter, Ledger, Order

ANY = "any"  # the kind of failure that stands for all
TARGET = "target"  # where a text is looked for, beside the places that the ledger knows
ORDERS: Mapping[str, Order] = {
    "id": Order(),
    "id-down": Order(descending=True),
    "score": Order("score"),
    "score-down": Order("score", descending=True),
    "seconds": Order("seconds", descending=True),
    "seconds-up": Order("seconds"),
    "tokens": Order("tokens", descending=True),
    "tokens-up": Order("tokens"),
    "length": Order("length", descending=True),
    "length-up": Order("length"),
}
STATES: tuple[str, ...] = get_args(AnswerState)
FLIPS = ("any", "better", "worse")
PLACES = ("output", "prompt", "answer", TARGET, "reason", "note")
HOWS = ("has", "is")  # a field's value: a part of it, or the whole
SIZES = ("25", "50", "100", "200")  # samples on a page; of 200 it weighs some 150 kB
SIZE = 50
_LONGEST = 2000  # characters of what is asked for: it stands in every link of a list
_MOST = 10**12  # pages; SQLite counts rows in 64 bits


@dataclass(frozen=True, slots=True)
class Asked:
    """As in the address. Empty texts are what was not asked for.

    `text` and `pattern` are looked for in the place `where` (the output, if none is named);
    `value` is what the field called `field` is, or has in it, by `how`.
    """

    kind: str = ""
    state: str = ""
    text: str = ""
    pattern: str = ""
    where: str = ""
    field: str = ""
    how: str = ""
    value: str = ""
    tag: str = ""
    noted: str = ""
    low: str = ""
    high: str = ""
    against: str = ""
    flip: str = ""
    order: str = ""
    size: str = ""
    page: int = 1

    def filter(self, failing: Callable[[], frozenset[str]], higher_is_better: bool) -> Filter:
        """Which samples, as far as the ledger knows them; `failing` is asked for those that fail,
        where they are meant. InputError for a bound that is no number."""
        in_ledger = self.where != TARGET
        return Filter(
            kind=self.kind if self.kind not in ("", ANY) else None,
            state=self.state or None,  # type: ignore[arg-type]
            low=_number(self.low), high=_number(self.high),
            text=self.text or None if in_ledger else None,
            pattern=self.pattern or None if in_ledger else None,
            where=(self.where or "output") if in_ledger else "output",  # type: ignore[arg-type]
            ids=failing() if self.kind == ANY else None,
            against=int(self.against) if self.against else None,
            flip=self.flip or "any",  # type: ignore[arg-type]
            higher_is_better=higher_is_better,
            tag=self.tag or None, noted=bool(self.noted),
        ) if self.is_filtered else Filter()  # fmt: skip

    @property
    def by_data(self) -> Asked:
        """The part that the samples' own fields and targets decide; empty where none does."""
        found = Asked(field=self.field, how=self.how, value=self.value) if self.field else Asked()
        if self.where == TARGET and (self.text or self.pattern):
            found = replace(found, where=TARGET, text=self.text, pattern=self.pattern)
        return found

    @property
    def is_filtered(self) -> bool:
        """Whether anything but the order and the page is asked for."""
        return replace(self, order="", size="", page=1) != Asked()

    @property
    def sorting(self) -> Order:
        """In which order."""
        return ORDERS[self.order or "id"]

    @property
    def rows(self) -> int:
        """How many samples a page has."""
        return int(self.size or SIZE)

    @property
    def offset(self) -> int:
        """How many samples stand before the page."""
        return (self.page - 1) * self.rows

    def query(self, **changes: str | int) -> dict[str, str | int]:
        """As it stands in an address, without what is not asked for."""
        values = asdict(self) | changes
        if values["page"] == 1:
            del values["page"]
        return {name: value for name, value in values.items() if value != ""}


_CHOICES: Mapping[str, tuple[str, ...]] = {
    "kind": (*KINDS, ANY), "state": STATES, "order": tuple(ORDERS), "flip": FLIPS,
    "where": PLACES, "how": HOWS, "noted": ("yes",), "size": SIZES,
}  # fmt: skip


def read_asked(given: Mapping[str, str]) -> Asked:
    """What an address asks for. InputError, in one line, for a choice that there is not; what is
    typed (bounds, a pattern) is looked at when samples are asked for."""
    values = {name: given.get(name, "") for name in Asked.__dataclass_fields__ if name != "page"}
    if longer := [name for name, value in values.items() if len(value) > _LONGEST]:
        raise InputError(f"{longer[0]} has more than {_LONGEST:,} characters")
    for name, known in _CHOICES.items():
        if values[name] and values[name] not in known:
            raise InputError(f"{name} is none of {', '.join(known)}")
    page = given.get("page") or "1"
    for name, value in (("page", page), ("against", values["against"])):
        if value and not (value.isascii() and value.isdecimal() and len(value) < 18):
            raise InputError(f"{name} is no whole number")
    return Asked(**values, page=max(1, min(int(page), _MOST)))


def failing(ledger: Ledger, run: int) -> frozenset[str]:
    """The samples of a run in whose outputs something was found, or that have no answer of the
    model's own."""
    rows = ledger.rows(
        "SELECT sample FROM findings WHERE run = ?1 "
        "UNION SELECT sample FROM answers WHERE run = ?1 AND state <> 'answered'",
        run,
    )
    return frozenset(sample for (sample,) in rows)


def count_kinds(ledger: Ledger, run: int) -> dict[str, int]:
    """How many samples of a run have a finding of each kind."""
    return dict(
        ledger.rows(
            "SELECT kind, COUNT(DISTINCT sample) FROM findings WHERE run = ? GROUP BY kind", run
        )
    )


def _number(text: str) -> float | None:
    if not text.strip():
        return None
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise InputError("a bound of the score is no number")
    return value
