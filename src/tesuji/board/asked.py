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
ORDERS: Mapping[str, Order] = {
    "id": Order(),
    "score": Order("score"),
    "score-down": Order("score", descending=True),
    "seconds": Order("seconds", descending=True),
    "tokens": Order("tokens", descending=True),
    "length": Order("length", descending=True),
}
STATES: tuple[str, ...] = get_args(AnswerState)
FLIPS = ("any", "better", "worse")
_MOST = 10**12  # pages; SQLite counts rows in 64 bits


@dataclass(frozen=True, slots=True)
class Asked:
    """As in the address. Empty texts are what was not asked for."""

    kind: str = ""
    state: str = ""
    text: str = ""
    low: str = ""
    high: str = ""
    against: str = ""
    flip: str = ""
    order: str = ""
    page: int = 1

    def filter(self, failing: Callable[[], frozenset[str]], higher_is_better: bool) -> Filter:
        """Which samples; `failing` is asked for those that fail, where they are meant."""
        return Filter(
            kind=self.kind if self.kind not in ("", ANY) else None,
            state=self.state or None,  # type: ignore[arg-type]
            low=_number(self.low), high=_number(self.high), text=self.text or None,
            ids=failing() if self.kind == ANY else None,
            against=int(self.against) if self.against else None,
            flip=self.flip or "any",  # type: ignore[arg-type]
            higher_is_better=higher_is_better,
        ) if self.is_filtered else Filter()  # fmt: skip

    @property
    def is_filtered(self) -> bool:
        """Whether anything but the order and the page is asked for."""
        return replace(self, order="", page=1) != Asked()

    @property
    def sorting(self) -> Order:
        """In which order."""
        return ORDERS[self.order or "id"]

    def query(self, **changes: str | int) -> dict[str, str | int]:
        """As it stands in an address, without what is not asked for."""
        values = asdict(self) | changes
        if values["page"] == 1:
            del values["page"]
        return {name: value for name, value in values.items() if value != ""}


def read_asked(given: Mapping[str, str]) -> Asked:
    """What an address asks for. InputError, in one line, for what there is not."""
    values = {name: given.get(name, "") for name in Asked.__dataclass_fields__ if name != "page"}
    for name, known in (
        ("kind", (*KINDS, ANY)), ("state", STATES), ("order", tuple(ORDERS)), ("flip", FLIPS),
    ):  # fmt: skip
        if values[name] and values[name] not in known:
            raise InputError(f"{name} is none of {', '.join(known)}")
    for name in ("low", "high"):
        _number(values[name])
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
