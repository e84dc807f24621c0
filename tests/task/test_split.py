"""The dev split: sizes, strata, groups, and that nothing but seed and ids decides it."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tesuji.errors import InputError
from tesuji.task.split import split

IDS = [f"row{i}" for i in range(100)]


def names(positions: list[int], ids: list[str]) -> set[str]:
    return {ids[at] for at in positions}


def test_every_row_is_on_one_side_and_sizes_are_exact() -> None:
    train, dev = split(IDS, 0.2)
    assert len(dev) == 20 and sorted(train + dev) == list(range(100))
    assert train == sorted(train) and dev == sorted(dev)
    assert len(split(IDS, 37)[1]) == 37
    assert len(split(IDS, 1)[1]) == 1


def test_the_same_rows_whatever_their_order() -> None:
    _, dev = split(IDS, 0.2, seed=5)
    _, turned = split(IDS[::-1], 0.2, seed=5)
    assert names(dev, IDS) == names(turned, IDS[::-1])
    assert names(split(IDS, 0.2, seed=6)[1], IDS) != names(dev, IDS)


def test_the_split_is_the_same_on_every_machine() -> None:
    assert split(IDS[:10], 3, seed=0)[1] == [2, 5, 8]


def test_a_new_row_moves_few() -> None:
    _, dev = split(IDS, 20)
    _, later = split([*IDS, "new"], 20)
    assert len(names(dev, IDS) - names(later, [*IDS, "new"])) <= 1


def test_small_data_has_at_least_one_dev_and_one_train_row() -> None:
    assert [len(part) for part in split(["a", "b"], 0.01)] == [1, 1]
    assert [len(part) for part in split(["a", "b"], 0.99)] == [1, 1]


@pytest.mark.parametrize(("rows", "dev", "said"), [(1, 0.5, "at least 2"), (5, 5, "1 to 4")])
def test_impossible_splits_say_why(rows: int, dev: float, said: str) -> None:
    with pytest.raises(InputError, match=said):
        split(IDS[:rows], dev)


@given(st.lists(st.sampled_from("abcd"), min_size=2, max_size=60), st.floats(0.05, 0.9))
def test_each_stratum_gives_its_share(strata: list[str], share: float) -> None:
    ids = [str(i) for i in range(len(strata))]
    wanted = len(split(ids, share)[1])
    _, dev = split(ids, share, strata=strata)
    assert len(dev) == wanted
    taken = Counter(strata[at] for at in dev)
    for name, size in Counter(strata).items():
        assert abs(taken[name] - wanted * size / len(ids)) < 1


@given(st.lists(st.integers(0, 9), min_size=2, max_size=60), st.floats(0.05, 0.9))
def test_no_group_is_on_both_sides(groups: list[int], share: float) -> None:
    ids = [str(i) for i in range(len(groups))]
    if len(set(groups)) == 1:
        with pytest.raises(InputError, match="one group"):
            split(ids, share, groups=groups)
        return
    train, dev = split(ids, share, groups=groups)
    assert train and dev
    assert not {groups[at] for at in train} & {groups[at] for at in dev}


def test_groups_that_can_fit_exactly_do() -> None:
    groups = [0] * 7 + [1] * 5 + [2] * 5 + [3] * 8 + [4] * 9
    for seed in range(20):
        _, dev = split([str(i) for i in range(len(groups))], 10, seed=seed, groups=groups)
        assert len(dev) in (9, 10)


def test_strata_and_groups_exclude_each_other() -> None:
    with pytest.raises(InputError, match="not both"):
        split(["a", "b"], 1, strata=[1, 2], groups=[1, 2])
