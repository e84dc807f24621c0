"""Flows: how a sample becomes an answer. Plain async Python, no graph language."""

from __future__ import annotations

from collections.abc import Mapping

from tesuji.errors import ConfigError
from tesuji.flows.ask import ask
from tesuji.flows.choose import choose
from tesuji.flows.flow import Ask, Draft, Flow
from tesuji.flows.retry import retry
from tesuji.flows.vote import plurality, vote

FLOWS: Mapping[str, Flow] = {"ask": ask, "choose": choose, "retry": retry, "vote": vote}

__all__ = [
    "FLOWS",
    "Ask",
    "Draft",
    "Flow",
    "ask",
    "choose",
    "find_flow",
    "plurality",
    "retry",
    "vote",
]


def find_flow(name: str, own: Mapping[str, Flow]) -> Flow:
    """The flow called `name`: the user's own (`competition.py`) before a built-in one."""
    try:
        return own[name] if name in own else FLOWS[name]
    except KeyError:
        known = ", ".join(sorted({*FLOWS, *own}))
        raise ConfigError(f"there is no flow '{name}'; there are: {known}") from None
