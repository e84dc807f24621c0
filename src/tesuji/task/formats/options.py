"""Checks of the options in `[answer]`: each failure is one line that names the key."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tesuji.errors import ConfigError

_MAX_LABELS = 1000


def labels_option(key: str, value: object, at_least: int = 1) -> tuple[str, ...]:
    """A list of distinct, non-empty, one-line strings (numbers are taken as written)."""
    if isinstance(value, str) or not isinstance(value, Sequence):
        raise ConfigError(f"[answer] {key}: must be a list of strings, not {_shown(value)}")
    labels = tuple(_label(key, item) for item in value)
    if not at_least <= len(labels) <= _MAX_LABELS:
        wanted = f"{at_least} to {_MAX_LABELS} of them"
        raise ConfigError(f"[answer] {key}: has {len(labels)} entries; give {wanted}")
    twice = next((label for label in labels if labels.count(label) > 1), None)
    if twice is not None:
        raise ConfigError(f"[answer] {key}: {_shown(twice)} is there twice; remove one")
    return labels


def _label(key: str, item: object) -> str:
    if isinstance(item, bool) or not isinstance(item, str | int | float):
        raise ConfigError(f"[answer] {key}: {_shown(item)} must be a string; write it in quotes")
    label = str(item)
    if not label or label != label.strip() or "\n" in label or "\r" in label:
        raise ConfigError(
            f"[answer] {key}: {_shown(label)} must be one non-empty line without spaces around it"
        )
    return label


def integer_option(key: str, value: object, at_least: int | None = None) -> int:
    """An integer, where TOML would also give a boolean or a float."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise ConfigError(f"[answer] {key}: must be an integer, not {_shown(value)}")
    if at_least is not None and value < at_least:
        raise ConfigError(f"[answer] {key}: must be at least {at_least}, not {value}")
    return value


def tolerance_option(key: str, value: object) -> float:
    """A finite number, zero or more."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 1e308:
        raise ConfigError(f"[answer] {key}: must be a number, zero or more, not {_shown(value)}")
    return float(value)


def string_option(key: str, value: object) -> str:
    """A non-empty string."""
    if not isinstance(value, str) or not value:
        raise ConfigError(f"[answer] {key}: must be a non-empty string, not {_shown(value)}")
    return value


def _shown(value: Any) -> str:
    shown = repr(value)
    return shown if len(shown) <= 60 else shown[:57] + "..."


def target_text(value: object) -> str:
    """A target from a data file as stripped text; ValueError where the cell is empty."""
    if value is None or (isinstance(value, float) and value != value):
        raise ValueError("it is empty")
    text = str(value).strip()
    if not text:
        raise ValueError("it is empty")
    return text


def shown(value: object) -> str:
    """A value for a one-line message, shortened."""
    return _shown(value)
