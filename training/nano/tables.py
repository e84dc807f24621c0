"""The tables of the tasks beside strings in the model card, as Markdown."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from training.nano import facts, rewrites, yesno
from training.nano.asking import Asker
from training.nano.skills import (
    Draw,
    Start,
    choice,
    exact,
    fact,
    inverse,
    likeliest,
    questions,
    rewrite,
    total,
    verdict,
    vote,
    worked_out,
)
from training.nano.words import Split

SPLITS: tuple[Split, ...] = ("train", "held-out")


def by_wording(title: str, draws: Mapping[str, Draw],
               measure: Callable[..., float]) -> list[str]:  # fmt: skip
    """One row for each kind of question; trained wordings, and those kept from training."""
    lines = [f"| {title} | trained wordings | held-out wordings |", "|---|---|---|"]
    for name, draw in draws.items():
        found = [measure(questions(draw, f"table/{title}/{name}/{s}", s)) for s in SPLITS]
        lines.append(f"| {name} | {found[0]:.2f} | {found[1]:.2f} |")
    return lines


def sums(asker: Asker, start: Start) -> list[str]:
    """Greedy, one sample at temperature 1, and a vote of 16."""
    lines = ["| sums, trained wordings | greedy | one sample at temperature 1 | vote of 16 |",
             "|---|---|---|---|"]  # fmt: skip
    kinds = {"two digits, addition": total("+"), "two digits, subtraction": total("-"),
             "an operand of one digit": total(None, 1)}  # fmt: skip
    for name, draw in kinds.items():
        asked = questions(draw, f"table/sums/{name}")
        found, greedy = vote(start, asked), worked_out(asker, asked)
        lines.append(f"| {name} | {greedy:.2f} | {found.one:.2f} | {found.majority:.2f} |")
    return lines


def tables(asker: Asker, start: Start) -> list[list[str]]:
    """All of them."""
    say = partial(exact, asker)
    known = {f"{n} fact{'s' * (n > 1)}": fact(n) for n in range(1, 5)}
    known |= {"2 facts, of others": fact(2, stranger=True)}
    lettered = {f"{n} fact{'s' * (n > 1)}": choice(n) for n in range(1, 5)}
    added = {"addition": total("+"), "subtraction": total("-")}
    return [
        sums(asker, start),
        by_wording("sums of two digits, greedy", added, partial(worked_out, asker)),
        by_wording("open answer", known, say),
        by_wording("A-E, by log-probability", lettered,
                   lambda asked: likeliest(start, asked, facts.LETTERS)),
        by_wording("yes or no", {k: verdict(k) for k in yesno.KINDS}, say),
        by_wording("rewrite", {n: rewrite(n) for n in rewrites.REWRITES}, say),
        by_wording("which rewrite", {n: inverse(n) for n in rewrites.REWRITES}, say),
    ]  # fmt: skip
