"""Flows: how a sample becomes an answer. Plain async Python, no graph language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tesuji.errors import ConfigError
from tesuji.flows.ask import ask
from tesuji.flows.cascade import cascade
from tesuji.flows.check import check
from tesuji.flows.choose import choose
from tesuji.flows.code import code
from tesuji.flows.flow import Ask, Draft, Flow
from tesuji.flows.retry import retry
from tesuji.flows.running import opened
from tesuji.flows.vote import plurality, vote
from tesuji.flows.weights import REWARD
from tesuji.models.base import Capability

FLOWS: Mapping[str, Flow] = {
    "ask": ask, "cascade": cascade, "check": check, "choose": choose, "code": code,
    "retry": retry, "vote": vote,
}  # fmt: skip

__all__ = [
    "FLOWS",
    "Ask",
    "Draft",
    "Flow",
    "ask",
    "cascade",
    "check",
    "choose",
    "code",
    "find_flow",
    "further_model",
    "make_ready",
    "needs",
    "plurality",
    "retry",
    "scores_labels",
    "vote",
]


def find_flow(name: str, own: Mapping[str, Flow]) -> Flow:
    """The flow called `name`: the user's own (`competition.py`) before a built-in one."""
    try:
        return own[name] if name in own else FLOWS[name]
    except KeyError:
        known = ", ".join(sorted({*FLOWS, *own}))
        raise ConfigError(f"there is no flow '{name}'; there are: {known}") from None


def scores_labels(flow: Flow, options: Mapping[str, Any]) -> bool:
    """Whether a flow has the own model score the answer format's labels, and write nothing."""
    return flow is choose or (flow is cascade and options.get("margin") is not None)


def needs(flow: Flow, options: Mapping[str, Any]) -> tuple[Capability, ...]:
    """What a flow needs the entry's own model to be able to do."""
    if scores_labels(flow, options):
        return ("score",)
    weighed = flow in (vote, code) and options.get("weigh") == "logprob"
    if weighed or (flow is cascade and options.get("logprob") is not None):
        return ("generate", "logprobs")
    return ("generate",)


async def make_ready(flow: Flow, options: Mapping[str, Any]) -> None:
    """What a flow needs besides models, before a run begins; TesujiError where it can't be had."""
    if flow is code:
        async with opened(5.0, bool(options.get("unsafe"))):
            pass


def further_model(flow: Flow, options: Mapping[str, Any]) -> str | None:
    """By which name a built-in flow asks a further model, which the entry must name."""
    if flow is cascade:
        return str(options.get("strong", "strong"))
    return REWARD if flow in (vote, code) and options.get("weigh") == REWARD else None
