"""Settings of moves, given as values or as text."""

from __future__ import annotations

from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tesuji.errors import ConfigError, InputError
from tesuji.moves import MOVES, find_move, settings_of
from tesuji.moves.flow import Flow
from tesuji.moves.settings import convert


@pytest.mark.parametrize(
    ("value", "shape", "read"),
    [
        ("3", int, 3), (3, int, 3), (3.0, int, 3), ("0.5", float, 0.5), (1, float, 1.0),
        ("yes", bool, True), ("FALSE", bool, False), (1, bool, True),
        ("a, b,", tuple[str, ...], ("a", "b")), (["a"], tuple[str, ...], ("a",)),
        ("1,2", tuple[int, ...], (1, 2)), ("", tuple[str, ...], ()),
        ("none", int | None, None), (None, int | None, None), ("4", int | None, 4),
        ("x", str | None, "x"), ("big", Literal["big", "small"], "big"),
    ],
)  # fmt: skip
def test_what_is_given_is_read_as_the_field_wants_it(
    value: object, shape: object, read: object
) -> None:
    found = convert(value, shape)
    assert found == read and type(found) is type(read)


@pytest.mark.parametrize(
    ("value", "shape"),
    [("3.5", int), (3.5, int), ("x", float), (True, int), ("maybe", bool), (3, str),
     (3, tuple[str]), ("x", int | None), ("huge", Literal["big", "small"]),
     (None, int), ("1,x", tuple[int, ...])],
)  # fmt: skip
def test_what_cannot_be_is_said(value: object, shape: object) -> None:
    with pytest.raises(ValueError, match=r"it|must|one of"):
        convert(value, shape)


@given(st.text(), st.sampled_from([int, float, bool, str, tuple[str, ...], int | None]))
def test_any_text_is_read_or_said(text: str, shape: object) -> None:
    try:
        convert(text, shape)
    except ValueError as error:
        assert "it" in str(error)


def test_a_move_is_made_with_its_settings() -> None:
    assert find_move("flow", {"n": "5", "models": ["a"]}) == Flow(models=("a",), n=5)
    with pytest.raises(
        ConfigError, match=r"no setting 'm'; it has: models=, flows=, n=None, share"
    ):
        find_move("flow", {"m": 1})
    with pytest.raises(ConfigError, match="n is 'x': it must be a whole number"):
        find_move("flow", {"n": "x"})
    with pytest.raises(InputError, match="no move 'luck'"):
        find_move("luck")


def test_every_move_can_be_made_without_settings() -> None:
    for name, move in MOVES.items():
        made = find_move(name)
        assert made.name == name and made.does and not made.does.endswith(".")
        assert all(hasattr(made, setting) for setting in settings_of(move))
