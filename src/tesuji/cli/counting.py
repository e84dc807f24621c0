"""How much is done, how fast, and how long still: on one row of standard error."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterable, Iterator
from types import TracebackType
from typing import TypeVar

import click

T = TypeVar("T")
_EVERY_SECONDS = 0.2
_EVERY_ITEMS = 200  # between looks at the clock


class Count:
    """Use as a context manager; silent where nobody watches."""

    def __init__(self, what: str) -> None:
        self._what = what
        self._watched = sys.stderr.isatty()
        self._began = self._told = time.monotonic()
        self._shown = False

    def tell(self, done: int, total: int = 0) -> None:
        """So many are done, of `total` where that is known."""
        now = time.monotonic()
        if not self._watched or now - self._told < _EVERY_SECONDS:
            return
        self._told, self._shown = now, True
        rate = done / (now - self._began)
        click.echo(f"\r\x1b[K{_line(done, total, self._what, rate)}", err=True, nl=False)

    def __enter__(self) -> Count:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._shown:
            click.echo("\r\x1b[K", err=True, nl=False)


def _line(done: int, total: int, what: str, rate: float) -> str:
    from tesuji.cli.live import duration

    if total <= done:
        return f"{done:,} {what}, {rate:,.0f} a second"
    left = duration((total - done) / rate)
    return f"{done:,} of {total:,} {what}, {rate:,.0f} a second, {left} to go"


def counted(items: Iterable[T], total: Callable[[], int] = lambda: 0) -> Iterator[T]:
    """The items as they come, counted on one row of the terminal; silent where nobody watches.

    `total` is asked for only where somebody does.
    """
    if not sys.stderr.isatty():
        yield from items
        return
    known = total()
    with Count("outputs") as count:
        for number, item in enumerate(items, 1):
            yield item
            if number % _EVERY_ITEMS == 0:
                count.tell(number, known)
