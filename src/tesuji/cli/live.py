"""Progress of a run, on standard error: rate, time to go, tokens, cost, failures so far."""

from __future__ import annotations

import sys
import time
from types import TracebackType
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from rich.live import Live as RichLive

    from tesuji.run.progress import Progress

# Where nobody watches (a log file, CI), a line now and then is enough.
_LOG_SECONDS = 10.0


class Live:
    """Use as a context manager; give `watch` and `interrupted` to a run."""

    def __init__(self, quiet: bool = False) -> None:
        self._quiet = quiet
        self._screen: RichLive | None = None
        self._logged = time.monotonic()
        self._told = 0

    def __enter__(self) -> Live:
        if not self._quiet and sys.stderr.isatty():
            from rich.console import Console
            from rich.live import Live as RichLive

            self._screen = RichLive(console=Console(stderr=True, markup=False), transient=True)
            self._screen.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._screen:
            self._screen.stop()

    def watch(self, progress: Progress) -> None:
        """Show a snapshot."""
        if self._quiet:
            return
        for alarm in progress.alarms[self._told :]:
            self._say(f"⚠ {alarm}")
        self._told = len(progress.alarms)
        if self._screen:
            from rich.text import Text

            # One row whatever the width: rows that wrap would dance.
            self._screen.update(Text(line(progress), no_wrap=True, overflow="ellipsis"))
        elif time.monotonic() - self._logged >= _LOG_SECONDS:
            self._logged = time.monotonic()
            click.echo(line(progress), err=True)

    def _say(self, words: str) -> None:
        """A line that stays, above the progress where there is a screen."""
        if self._screen:
            self._screen.console.print(words, style="yellow")
        else:
            click.echo(words, err=True)

    def interrupted(self) -> None:
        """Say what the first Ctrl-C does."""
        if not self._quiet:
            click.echo("\nfinishing what is in flight; Ctrl-C again stops at once", err=True)


def line(progress: Progress) -> str:
    """One line: how far, how fast, how long still, what it costs, what fails."""
    from tesuji.reports import number_text, percent

    p = progress
    parts = [f"{p.entry}  {p.done:,}/{p.total:,}"]
    if p.begun > p.done:
        parts.append(f"{p.begun:,} begun")
    if p.done:
        parts.append(f"{p.rate:,.0f}/s" if p.rate >= 10 else f"{p.rate:.2g}/s")
    if p.eta is not None and p.done < p.total:
        parts.append(f"{duration(p.eta)} to go")
    if p.tokens:
        parts.append(f"{p.tokens:,} tokens")
    if p.usd:
        parts.append(f"${p.usd:.4f}")
    if p.score is not None:
        parts.append(f"score {number_text(p.score)}")
    if p.errors:
        parts.append(f"{p.errors} failed")
    parts.extend(f"{kind} {percent(rate)}" for kind, rate in list(p.findings.items())[:4])
    return "  ·  ".join(parts)


def duration(seconds: float) -> str:
    """Seconds as people say them.

    >>> duration(3.2), duration(200), duration(9000)
    ('3 s', '3 min 20 s', '2 h 30 min')
    """
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"
