"""The settings of a move: the fields of its dataclass, given as values or as text."""

from __future__ import annotations

import types
from collections.abc import Mapping
from dataclasses import MISSING, Field, fields
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from tesuji.errors import ConfigError

_OWN = ("name", "does", "needs_run", "asks")  # what a move is, not how it is set
_TRUE, _FALSE = ("true", "yes", "on", "1"), ("false", "no", "off", "0")


def settings_of(move: type) -> dict[str, Any]:
    """The settings of a move's class with their defaults (None for one that must be given).

    >>> from tesuji.moves.process import Process
    >>> settings_of(Process)
    {'inputs': False}
    """
    return {field.name: _default(field) for field in fields(move) if field.name not in _OWN}


def read_settings(move: type, name: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """`given` as the move's fields want it; ConfigError lists the settings that there are."""
    known, shapes = settings_of(move), get_type_hints(move)
    read = {}
    for key, value in given.items():
        if key not in known:
            there = ", ".join(f"{one}={_shown(default)}" for one, default in known.items())
            raise ConfigError(
                f"the move '{name}' has no setting '{key}'; it has: {there or 'none'}"
            )
        try:
            read[key] = convert(value, shapes[key])
        except ValueError as error:
            raise ConfigError(f"the move '{name}': {key} is {value!r}: {error}") from None
    return read


def convert(value: Any, shape: Any) -> Any:
    """`value` in the shape of an annotation; ValueError says what it should be.

    Text is read as a number, a yes or no, or a list with commas, where that is wanted.

    >>> convert("3", int), convert("a,b", tuple[str, ...]), convert("no", bool)
    (3, ('a', 'b'), False)
    """
    origin = get_origin(shape)
    if origin in (Union, types.UnionType):
        return _any_of(value, get_args(shape))
    if origin is Literal:
        if value not in get_args(shape):
            raise ValueError(f"it is one of {', '.join(map(str, get_args(shape)))}")
        return value
    if origin in (tuple, list):
        return _sequence(value, get_args(shape))
    if shape is bool:
        return _truth(value)
    if shape in (int, float):
        return _number(value, shape)
    if shape is str and not isinstance(value, str):
        raise ValueError("it must be text")
    return value


def _any_of(value: Any, shapes: tuple[Any, ...]) -> Any:
    if type(None) in shapes and (value is None or value in ("", "none")):
        return None
    wrong: ValueError | None = None
    for shape in shapes:
        if shape is not type(None):
            try:
                return convert(value, shape)
            except ValueError as error:
                wrong = wrong or error
    raise wrong or ValueError("it cannot be read")


def _sequence(value: Any, shapes: tuple[Any, ...]) -> tuple[Any, ...]:
    parts = value
    if isinstance(value, str):
        parts = [part.strip() for part in value.split(",") if part.strip()]
    elif not isinstance(value, list | tuple):
        raise ValueError("it must be a list")
    return tuple(convert(part, shapes[0]) for part in parts)


def _truth(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    word = str(value).lower()
    if word not in (*_TRUE, *_FALSE):
        raise ValueError("it is true or false")
    return word in _TRUE


def _number(value: Any, shape: type) -> Any:
    whole = shape is int
    wanted = ValueError("it must be a whole number" if whole else "it must be a number")
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise wanted
    try:
        number = shape(value)
    except (ValueError, OverflowError):
        raise wanted from None
    if whole and isinstance(value, float) and number != value:
        raise wanted
    return number


def _default(field: Field[Any]) -> Any:
    if field.default is not MISSING:
        return field.default
    return None if field.default_factory is MISSING else field.default_factory()


def _shown(default: Any) -> str:
    return ",".join(map(str, default)) if isinstance(default, tuple | list) else str(default)
