"""`baseline:METHOD` and `baseline:METHOD?sure`: the URI of a baseline."""

from __future__ import annotations

from dataclasses import dataclass

from tesuji.baselines.methods import METHODS, Method, find_method
from tesuji.errors import ConfigError

SCHEME = "baseline:"
PROMPT = "{*}"
"""What a baseline's entry asks: the whole row as a JSON object."""


@dataclass(frozen=True, slots=True)
class BaselineURI:
    """A method, and whether only answers that it is sure of are given."""

    method: Method
    only_sure: bool

    def __str__(self) -> str:
        return f"{SCHEME}{self.method.name}{'?sure' if self.only_sure else ''}"


def is_baseline(uri: str) -> bool:
    """Whether a model's URI names a baseline."""
    return uri.strip().lower().startswith(SCHEME)


def parse_uri(uri: str) -> BaselineURI:
    """What a URI says; ConfigError names the methods there are, or what may follow `?`."""
    name, mark, rest = uri.strip()[len(SCHEME) :].partition("?")
    if not name:
        raise ConfigError(f"{uri!r} names no method; there are: {', '.join(METHODS)}")
    method = find_method(name)
    if mark and rest != "sure":
        raise ConfigError(f"{uri!r}: only ?sure may follow the method, not ?{rest}")
    return BaselineURI(method, bool(mark))
