"""Numbers, scores, costs and rates as people write them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from tesuji.run.ledger import RunRow

if TYPE_CHECKING:
    from tesuji.compare.trial import Trial
    from tesuji.moves.move import Cell


def number_text(value: float | None) -> str:
    """A score as people write it: four significant digits, or a dash."""
    return "–" if value is None else f"{value:.4g}"


def cell_text(cell: Cell) -> str:
    """A cell of a move's table as people read it.

    >>> cell_text(1234), cell_text(0.12345), cell_text(None)
    ('1,234', '0.1235', '–')
    """
    if cell is None or isinstance(cell, str):
        return "–" if cell is None else cell
    return f"{cell:,}" if isinstance(cell, int) else number_text(cell)


def score_text(row: RunRow) -> str:
    """The score with its confidence interval."""
    if row.score is None:
        return "–"
    if row.low is None or row.high is None:
        return number_text(row.score)
    return f"{number_text(row.score)} ({number_text(row.low)} … {number_text(row.high)})"


def gain_text(trial: Trial) -> str:
    """How much better a challenger is than what it was compared with, with the interval."""
    c = trial.comparison
    if c is None:
        return "–"
    return f"{c.gain:+.3g} ({c.low:.3g} … {c.high:.3g})"


def counts_text(row: RunRow) -> str:
    """How many samples came to what; only what there is."""
    parts = [f"{row.answered} answered"]
    for count, words in (
        (row.unparsed, "without a readable answer"),
        (row.fallbacks, "fallback"),
        (row.errors, "failed"),
    ):
        if count:
            parts.append(f"{count} {words}")
    left = row.total - row.answered - row.unparsed - row.fallbacks - row.errors
    if left > 0:
        parts.append(f"{left} to go")
    return ", ".join(parts)


def cost_text(row: RunRow) -> str:
    """What all passes of a run cost together.

    Tokens, US dollars where they are known and any, and how long it took.
    """
    tokens = row.all_tokens_in + row.all_tokens_out
    parts = [f"{tokens:,} tokens"]
    if row.all_usd:
        parts.append(usd_text(row.all_usd))
    return ", ".join([*parts, f"{row.all_seconds:,.1f} s"])


def usd_text(usd: float) -> str:
    """US dollars; below one, to the hundredth of a cent.

    >>> usd_text(0.0123), usd_text(1234.5)
    ('$0.0123', '$1,234.50')
    """
    return f"${usd:.4f}" if usd < 1 else f"${usd:,.2f}"


def rates_text(rates: Mapping[str, float]) -> str:
    """Failure rates by kind, commonest first."""
    return ", ".join(f"{kind} {percent(rate)}" for kind, rate in rates.items()) or "none"


def percent(rate: float) -> str:
    """A share as a percentage; what is rare does not become 0 %.

    >>> percent(0.6), percent(0.0004), percent(0)
    ('60 %', '0.04 %', '0 %')
    """
    return f"{rate:.0%}".replace("%", " %") if rate >= 0.01 or rate == 0 else f"{rate * 100:.1g} %"
