"""How a challenger differs from the best entry, in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from tesuji.baselines.uri import is_baseline
from tesuji.models.base import Sampling
from tesuji.run.entry import Entry


def differences(best: Entry, entry: Entry) -> tuple[str, ...]:
    """What the entry has that the best one has not: names of added cleaners and normalisers bare,
    everything else with its kind.

    >>> from tesuji.task.template import PromptTemplate
    >>> base = Entry("base", "nano", PromptTemplate("{x}"))
    >>> differences(base, Entry("e", "hf:x", PromptTemplate("{x}!"), flow="vote", options={"n": 3}))
    ('model hf:x', 'flow vote (n=3)', 'prompt')
    """
    if is_baseline(entry.model):
        return (entry.model,)  # what else an LLM's entry says means nothing to it
    parts = []
    if entry.model != best.model:
        parts.append(f"model {_short(entry.model)}")
    for name, uri in entry.models.items():
        if best.models.get(name) != uri:
            parts.append(f"{name} model {_short(uri)}")
    if (entry.flow, dict(entry.options)) != (best.flow, dict(best.options)):
        parts.append(f"flow {entry.flow}{_options(entry.options)}")
    parts += _prompt(best, entry)
    parts += _sampling(best.sampling, entry.sampling)
    if entry.constrain != best.constrain:
        parts.append("constrained" if entry.constrain else "not constrained")
    parts += _names(best.inputs, entry.inputs, "inputs")
    parts += _names(best.clean, entry.clean, "cleaners")
    return tuple(parts)


def _short(uri: str) -> str:
    """The model's name without its server, whose address may be long."""
    return uri.rpartition("#")[2]


def _options(options: Mapping[str, Any]) -> str:
    shown = ", ".join(f"{name}={value}" for name, value in options.items())
    return f" ({shown})" if shown else ""


def _prompt(best: Entry, entry: Entry) -> list[str]:
    old, new = asdict(best.prompt), asdict(entry.prompt)
    words = {"user": "prompt", "system": "system prompt"}
    return [
        words[name] if name in words else f"{name}={new[name]}"
        for name in new
        if new[name] != old.get(name)
    ]


def _sampling(old: Sampling, new: Sampling) -> list[str]:
    before, after = asdict(old), asdict(new)
    return [f"{name}={after[name]}" for name in after if after[name] != before[name]]


def _names(old: Sequence[str], new: Sequence[str], kind: str) -> list[str]:
    added = [name for name in new if name not in old]
    gone = [f"without {name}" for name in old if name not in new]
    if not added and not gone and tuple(old) != tuple(new):
        return [f"{kind} in another order"]
    return added + gone
