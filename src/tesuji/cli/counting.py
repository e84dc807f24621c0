"""How many outputs were diagnosed, and how fast: on standard error, while it goes on."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable, Iterator
from typing import TypeVar

import click

T = TypeVar("T")
_EVERY_SECONDS = 0.2
_EVERY_ITEMS = 200  # between looks at the clock


def counted(items: Iterable[T]) -> Iterator[T]:
    """The items as they come, counted on one row of the terminal; silent where nobody watches."""
    if not sys.stderr.isatty():
        yield from items
        return
    began = told = time.monotonic()
    shown = False
    try:
        for number, item in enumerate(items, 1):
            yield item
            if number % _EVERY_ITEMS == 0 and (now := time.monotonic()) - told >= _EVERY_SECONDS:
                told, shown = now, True
                rate = number / (now - began)
                click.echo(f"\r\x1b[K{number:,} outputs, {rate:,.0f} a second", err=True, nl=False)
    finally:
        if shown:
            click.echo("\r\x1b[K", err=True, nl=False)
