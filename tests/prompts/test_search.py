"""The search on known tables of scores: what is best is found, cheaply, and after a stop too."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from tests.prompts.conftest import make_task
from tesuji.compare.race import Race
from tesuji.errors import InputError
from tesuji.prompts.assembly import assemble
from tesuji.prompts.effects import Seen, effects
from tesuji.prompts.elements import Choice, Space, make_space
from tesuji.prompts.search import Candidate, Scored, Search
from tesuji.prompts.study import Study
from tesuji.task.task import Task

SIZE = 100
WORTH = {"only": 0.3, "careful": -0.1, "after": 0.1, "cue": 0.05, "expert": -0.05, "labelled": -0.2}


@pytest.fixture
def space(reverse: Task) -> Space:
    elements = ("answer", "place", "role", "question", "cue")
    return make_space(reverse, reverse.template, only=elements)


def chance(choice: Choice) -> float:
    """How often a prompt is right: a sum over its options."""
    return 0.3 + sum(WORTH.get(option, 0.0) for option in choice.values())


class World:
    """Answers by the table; counts what was asked."""

    def __init__(self, seed: int = 0, most: int | None = None) -> None:
        self.hard = np.random.default_rng(seed).random(SIZE)
        self.noise = seed
        self.asked: list[tuple[str, int]] = []
        self.most = most

    async def __call__(self, wanted: Sequence[tuple[Candidate, tuple[int, ...]]]) -> list[Scored]:
        scored = []
        for candidate, samples in wanted:
            assert candidate.choice is not None
            for sample in samples:
                if self.most is not None and len(self.asked) >= self.most:
                    return scored
                self.asked.append((candidate.name, sample))
                scored.append(Scored(candidate.name, sample, self.score(candidate, sample)))
        return scored

    def score(self, candidate: Candidate, sample: int) -> float:
        key = [self.noise, sample, *candidate.name.encode()]
        shaken = 0.8 * self.hard[sample] + 0.2 * np.random.default_rng(key).random()
        assert candidate.choice is not None
        return float(shaken < chance(candidate.choice))


def search(space: Space, world: World, journal: Path | None = None, **settings: object) -> Search:
    race = Race(
        SIZE, base="base", higher_is_better=True, seed=1, first=10, error=0.05, requests=math.inf
    )
    study = Study(space, seed=1, journal=journal, name="s")
    found = Search(space, race, study, "base", **{"trials": 24, "best": 1.0, **settings})  # type: ignore[arg-type]
    asyncio.run(found.run(world))
    return found


def test_it_finds_a_good_prompt_for_far_less_than_all_of_everything(space: Space) -> None:
    gains, costs = [], []
    for seed in range(5):
        world = World(seed)
        found = search(space, world)
        choice = found.candidates[found.front].choice
        assert choice is not None
        gains.append(chance(choice) - chance(space.own()))
        costs.append(len(world.asked))
    assert np.mean(gains) >= 0.3  # the best of all 120 gains 0.45
    assert np.mean(costs) < 0.6 * 25 * SIZE


def test_a_perfect_prompt_ends_the_search(space: Space) -> None:
    class Easy(World):
        def score(self, candidate: Candidate, sample: int) -> float:
            assert candidate.choice is not None
            return float(candidate.choice["answer"] == "only")

    world = Easy()
    found = search(space, world, trials=60)
    front = found.candidates[found.front].choice
    assert front is not None and front["answer"] == "only"
    assert found.perfect == found.front
    assert len(world.asked) < 20 * SIZE


def test_nothing_better_leaves_the_base_in_front(space: Space) -> None:
    class Spoilt(World):
        def score(self, candidate: Candidate, sample: int) -> float:
            return float(candidate.name == "base" or sample % 5 == 0)

    assert search(space, Spoilt()).front == "base"


def test_an_interrupted_search_goes_on_to_the_same_end(space: Space, tmp_path: Path) -> None:
    whole = World()
    straight = search(space, whole, tmp_path / "a.journal")
    for stop in (37, 150, 240):
        cut = search(space, World(most=stop), tmp_path / "b.journal")
        assert cut.cut_short
    again = World()
    resumed = search(space, again, tmp_path / "b.journal")
    assert again.asked == whole.asked  # from the ledger, in the real thing: for nothing
    assert resumed.front == straight.front
    one, other = (
        [(t.state, t.params, t.value, t.intermediate_values) for t in s.study._trials()]
        for s in (straight, resumed)
    )
    assert one == other and len(one) == 25
    assert {trial[0].name for trial in one} == {"COMPLETE", "PRUNED"}


def test_the_journal_is_one_that_optuna_opens(space: Space, tmp_path: Path) -> None:
    found = search(space, World(), tmp_path / "a.journal")
    import optuna
    from optuna.storages import JournalStorage
    from optuna.storages.journal import JournalFileBackend

    storage = JournalStorage(JournalFileBackend(str(tmp_path / "a.journal")))
    study = optuna.load_study(study_name="s", storage=storage)
    assert len(study.trials) == len(found.candidates)
    front = study.trials[found.candidates[found.front].number or 0]
    assert front.params == found.candidates[found.front].choice
    assert "Reverse the string" in front.user_attrs["user"]


def test_kill_leaves_a_journal_that_can_be_opened(space: Space, tmp_path: Path) -> None:
    journal = tmp_path / "a.journal"
    search(space, World(most=200), journal)
    whole = journal.read_bytes()
    for cut in (1, 17, len(whole.splitlines()[-1]) - 1):
        journal.write_bytes(whole[:-cut])
        search(space, World(most=300), journal)  # appends behind the broken line
        assert Study(space, journal=journal, name="s").recorded(1) is not None


def test_what_is_no_journal_is_said_in_one_line(space: Space, tmp_path: Path) -> None:
    journal = tmp_path / "prompts.journal"
    journal.write_text("hello\nworld\n")
    with pytest.raises(InputError, match=r"prompts\.journal: not a journal of Optuna.*move it"):
        Study(space, journal=journal)
    assert journal.read_text() == "hello\nworld\n"


def test_a_small_space_is_gone_through_once(reverse: Task) -> None:
    space = make_space(reverse, reverse.template, only=("answer", "cue"))
    found = search(space, World(), trials=500)
    choices = [str(sorted((one.choice or {}).items())) for one in found.candidates.values()]
    assert len(choices) == len(set(choices)) == space.size() == 10


def test_prompts_that_say_the_same_meet_once(tmp_path: Path) -> None:
    """With one column and no label, some choices differ in nothing that is sent."""
    task = make_task(tmp_path, "question: {question}")
    space = make_space(task, task.template, only=("question", "cue"))
    assert space.size() == 4
    assert len({assemble(space, choice) for choice in space.every()}) == 2
    assert len(search(space, World(), trials=50).candidates) == 2


def test_effects_are_told_apart() -> None:
    rng = np.random.default_rng(0)
    seen = []
    for _ in range(30):
        changed = {e: o for e, o in (("a", "x"), ("b", "y"), ("c", "z")) if rng.random() < 0.5}
        gain = 0.3 * ("a" in changed) - 0.2 * ("b" in changed) + rng.normal(0, 0.05)
        seen.append(Seen(changed, gain, 50))
    found = {one.element: one for one in effects(seen)}
    assert found["a"].effect == pytest.approx(0.3, abs=0.06)
    assert found["b"].effect == pytest.approx(-0.2, abs=0.06)
    assert abs(found["c"].effect) < 2.5 * found["c"].error + 0.01
    assert [one.element for one in effects(seen)][:2] == ["a", "b"]
    assert effects([]) == [] and effects([Seen({}, 0.0, 9)]) == []
