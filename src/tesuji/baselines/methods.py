"""The methods by name, and which of them can serve a task."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from tesuji.baselines import boosted, constant, copy, linear, neighbours, rules
from tesuji.baselines.fitted import Fit
from tesuji.baselines.pool import Pool
from tesuji.errors import ConfigError, InputError, MissingExtraError
from tesuji.task.nearest import meant


@dataclass(frozen=True, slots=True)
class Method:
    """A way to answer without an LLM.

    `serves(pool)` says why it cannot be fitted to a pool (None: it can), `fit(pool)` fits it,
    `packages` are what it needs beyond the base install, as (import, package), `together` how many
    rows are best answered at once.
    """

    name: str
    does: str
    fit: Fit
    serves: Callable[[Pool], str | None]
    packages: tuple[tuple[str, str], ...] = ()
    together: int = 512

    def missing(self) -> str | None:
        """The package that is not installed and that it needs."""
        for module, package in self.packages:
            if importlib.util.find_spec(module) is None:
                return package
        return None


_SKLEARN = ("sklearn", "scikit-learn")
_LIGHTGBM = ("lightgbm", "lightgbm")
METHODS: Mapping[str, Method] = MappingProxyType(
    {
        method.name: method
        for method in (
            Method("constant", "one answer for all", constant.fit, constant.serves),
            Method("copy", "one simple function of the input", copy.fit, copy.serves),
            Method("rules", "rules induced from the rows or from the prompt's own examples",
                   rules.fit, rules.serves, together=64),
            Method("neighbours", "the answers of the most similar training rows",
                   neighbours.fit, neighbours.serves, (_SKLEARN,)),
            Method("linear", "words and letter sequences, weighed by a linear model",
                   linear.fit, linear.serves, (_SKLEARN,)),
            Method("boosted", "boosted trees on lengths, overlaps and topics",
                   boosted.fit, boosted.serves, (_SKLEARN, _LIGHTGBM)),
        )
    }
)  # fmt: skip


def find_method(name: str) -> Method:
    """The method called `name`; ConfigError lists those there are."""
    if name not in METHODS:
        raise ConfigError(f"there is no baseline {name!r}{meant(name, METHODS)}")
    return METHODS[name]


def check_serves(method: Method, pool: Pool) -> None:
    """Raise, in one line, why a method cannot be fitted: rows, format or packages."""
    package = method.missing()
    if package is not None:
        raise MissingExtraError(package, "baseline", f"baseline:{method.name}")
    why = method.serves(pool)
    if why is not None:
        raise InputError(f"baseline:{method.name} cannot be fitted: {why}")


def serving(pool: Pool) -> list[Method]:
    """The methods that can be fitted to a pool here, the simplest first."""
    return [m for m in METHODS.values() if m.missing() is None and m.serves(pool) is None]
