"""Options that stand in columns named like the labels, as in `A`, `B`, `C`: which is the longest?

A multiple-choice set that people wrote often gives the right option away by its length, or by the
words that it shares with the question.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from tesuji.baselines.measures import words_of
from tesuji.baselines.pool import Pool, Row

Rank = Callable[[Row], list[float]]
"""A row's options, each with a number: the highest is the answer."""


def names_of(pool: Pool) -> tuple[str, ...]:
    """The labels, or the items, that answers are made of; none for other formats."""
    found: tuple[str, ...] = getattr(pool.shape, "labels", ()) or getattr(pool.shape, "items", ())
    return found


def option_columns(pool: Pool) -> tuple[str, ...] | None:
    """The column of each label, in the labels' order; None where some label has no column.

    A column may be called as the label is, or `option_A`, `choice A`, `answer_A` and so on.
    """
    labels = names_of(pool)
    if len(labels) < 2:
        return None
    found = []
    for label in labels:
        column = next((name for name in pool.columns if _is_of(name, str(label))), None)
        if column is None:
            return None
        found.append(column)
    return tuple(found)


def _is_of(column: str, label: str) -> bool:
    if column == label:
        return True
    for prefix in ("option", "choice", "answer", "opt", "response", "text"):
        if column.lower() in {
            f"{prefix}{mark}{label}".lower() for mark in ("", "_", " ", "-", ".")
        }:
            return True
    return False


def rankings(columns: Sequence[str], others: Sequence[str]) -> list[tuple[str, Rank]]:
    """Ways to rank the options, each with its name in words."""

    def length(row: Row) -> list[float]:
        return [float(len(row[column])) for column in columns]

    def shared(row: Row) -> list[float]:
        question = _words("\n".join(row[name] for name in others))
        bags = [_words(row[column]) for column in columns]
        return [len(bag & question) / max(len(bag), 1) for bag in bags]

    def alike(row: Row) -> list[float]:
        """How many words an option shares with the other options: distractors are made of it."""
        bags = [_words(row[column]) for column in columns]
        return [sum(len(bag & other) / max(len(bag | other), 1) for other in bags) for bag in bags]

    def digits(row: Row) -> list[float]:
        return [
            sum(c.isdigit() for c in row[column]) / (len(row[column]) + 1) for column in columns
        ]

    ways: list[tuple[str, str, Rank]] = [
        ("longest", "shortest", length),
        ("most like the other options", "least like the other options", alike),
        ("richest in digits", "poorest in digits", digits),
    ]
    if others:
        ways.append(("nearest to the question", "farthest from the question", shared))
    ranked: list[tuple[str, Rank]] = []
    for most, least, rank in ways:
        ranked.append((f"the option that is {most}", rank))
        ranked.append((f"the option that is {least}", _reversed(rank)))
    return ranked


def _words(text: str) -> set[str]:
    return set(words_of(text))


def _reversed(rank: Rank) -> Rank:
    return lambda row: [-value for value in rank(row)]
