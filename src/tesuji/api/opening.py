"""What the verbs share: the ledger that must be there, and which entry is meant."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tesuji.baselines.uri import is_baseline
from tesuji.errors import ConfigError, InputError
from tesuji.run.entry import Entry, base_entry, entry_of, load_entry, make_sampling
from tesuji.run.ledger import FILE, Ledger, RunRow, get_best
from tesuji.task.task import Task

NO_RUN = "there is no run yet: begin with `tesuji first`, then `tesuji run`"


def open_ledger(task: Task) -> Ledger:
    """The ledger that is there; looking must not make one."""
    if not (task.folder / FILE).exists():
        raise InputError(NO_RUN)
    return Ledger(task.folder / FILE)


def find_entry(task: Task, entry: Entry | str | None, model: str | None = None) -> Entry:
    """The entry meant: an `Entry`, the name of a saved one, or the one of `competition.toml`.

    `model` replaces its model (and then its name tells so).
    """
    from dataclasses import replace

    if entry is None or entry == "base" or (model and is_baseline(model)):
        return base_entry(task, model)  # a baseline has its own prompt, whatever the entry's
    chosen = entry if isinstance(entry, Entry) else load_entry(task.folder, entry)
    if model and model != chosen.model:
        label = "".join(c if c.isalnum() else "-" for c in model.split("#")[-1].split("/")[-1])
        return replace(chosen, model=model, name=f"{chosen.name}-{label.strip('-')}"[:80])
    return chosen


def best_entry(task: Task, split: str = "dev") -> Entry | None:
    """The entry of the best run so far, just as it was run; None before the first run."""
    if not (task.folder / FILE).exists():
        return None
    with Ledger(task.folder / FILE) as ledger:
        best: RunRow | None = get_best(ledger, task.digest, split)
    return None if best is None else entry_of(best)


def derive(
    entry: Entry, *, name: str | None = None, system: str | None = None, user: str | None = None,
    examples: int | None = None, inputs: Sequence[str] | None = None,
    clean: Sequence[str] | None = None, flow: str | None = None,
    options: dict[str, Any] | None = None, models: Mapping[str, str] | None = None,
    constrain: bool | None = None, **sampling: Any,
) -> Entry:  # fmt: skip
    """A challenger: `entry` with some things changed. What is None stays as it is.

    Without a `name` it is called after the entry it comes from and what it says. ConfigError for
    a value of `sampling` that cannot be, or fewer than no examples.
    """
    from dataclasses import replace

    if examples is not None and examples < 0:
        raise ConfigError(f"examples is {examples}; it must be at least 0")
    given = {key: value for key, value in sampling.items() if value is not None}
    checked = make_sampling(given, "the changed entry")
    prompt: dict[str, Any] = {"system": system, "user": user, "examples": examples}
    changes: dict[str, Any] = {
        "inputs": None if inputs is None else tuple(inputs),
        "clean": None if clean is None else tuple(clean),
        "flow": flow, "options": options, "constrain": constrain,
        "models": None if models is None else dict(models),
    }  # fmt: skip
    changed = replace(
        entry,
        prompt=replace(entry.prompt, **{k: v for k, v in prompt.items() if v is not None}),
        sampling=replace(entry.sampling, **{key: getattr(checked, key) for key in given}),
        **{k: v for k, v in changes.items() if v is not None},
    )
    if changed == entry:
        return entry if name is None else replace(entry, name=name)
    return replace(changed, name=name or f"{entry.name}-{changed.digest[:4]}")
