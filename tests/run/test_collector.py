"""The garbage collector is left as it was found."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest

from tesuji.run.collector import seldom_collecting


@pytest.fixture(autouse=True)
def as_python_sets_it() -> Iterator[None]:
    before = gc.get_threshold()
    gc.set_threshold(700, 10, 10)
    yield
    gc.set_threshold(*before)


def test_while_a_run_goes_on_the_collector_looks_seldom_and_not_at_what_was_there() -> None:
    with seldom_collecting():
        assert gc.get_threshold()[0] > 700
        assert gc.get_freeze_count() > 0
    assert (gc.get_threshold(), gc.get_freeze_count()) == ((700, 10, 10), 0)


def test_it_is_set_back_after_an_error() -> None:
    with pytest.raises(KeyError), seldom_collecting():
        raise KeyError
    assert (gc.get_threshold(), gc.get_freeze_count()) == ((700, 10, 10), 0)


def test_a_session_inside_another_changes_nothing() -> None:
    with seldom_collecting():
        outer = gc.get_threshold()
        with seldom_collecting():
            assert gc.get_threshold() == outer
        assert gc.get_threshold() == outer and gc.get_freeze_count() > 0


@pytest.mark.parametrize("young", [0, 50_000])
def test_a_host_that_set_its_collector_itself_keeps_it_so(young: int) -> None:
    gc.set_threshold(young, 10, 10)
    with seldom_collecting():
        assert (gc.get_threshold(), gc.get_freeze_count()) == ((young, 10, 10), 0)
