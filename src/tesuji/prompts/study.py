"""The study: which choice is tried next, by Optuna's TPE, and the journal that remembers.

Two things of Optuna are used, apart. Its sampler (TPE, Bergstra et al. 2011; multivariate, Falkner
et al. 2018) suggests: for each suggestion it gets a study in memory with what the race knows at
that moment of every candidate, those still running included. Its journal (`JournalFileBackend`)
remembers: one trial a candidate, with the gain after each round as intermediate values, complete
where it stayed to the end and pruned where it left, so that `optuna-dashboard` shows the search.

A suggestion depends on the seed, its number and what is known, nothing else. So an interrupted
search that is begun again comes to the same candidates, and what the journal says of a number goes
before what would be suggested today.
"""

from __future__ import annotations

import json
import random
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tesuji.errors import InputError, MissingExtraError
from tesuji.prompts.elements import Choice, Element, Space

if TYPE_CHECKING:
    from optuna.study import Study as OptunaStudy
    from optuna.trial import FrozenTrial, Trial

FILE = "prompts.journal"
_TRIES = 12  # suggestions that are known already, before one is drawn by chance
_SMALL = 20_000  # choices that are gone through for one that is new


def has_optuna() -> bool:
    """Whether Optuna is installed."""
    from importlib.util import find_spec

    return find_spec("optuna") is not None


def check_sampler(sampler: str) -> None:
    """MissingExtraError where a sampler needs Optuna and it is not installed."""
    if sampler == "tpe" and not has_optuna():
        raise MissingExtraError("optuna", "tune", "searching prompts by TPE")


class Study:
    """Suggests choices of a space, and records what came of them in a journal (None: nowhere).

    `sampler` is "tpe" or "random", which does without Optuna; a journal needs it. `name` tells
    studies of one journal apart. InputError where the journal cannot be read.
    """

    def __init__(
        self, space: Space, *, seed: int = 0, journal: Path | None = None, name: str = "prompts",
        about: Mapping[str, Any] | None = None, sampler: str = "tpe",
    ) -> None:  # fmt: skip
        check_sampler(sampler)
        self.space, self.seed, self.sampler = space, seed, sampler
        self._study = _open(journal, name, about or {}) if journal else None

    @property
    def journal(self) -> bool:
        """Whether what is tried is recorded in a journal."""
        return self._study is not None

    def recorded(self, number: int) -> dict[str, str] | None:
        """The choice of trial `number` in the journal, if it is one of this space."""
        trials = self._trials()
        if number >= len(trials):
            return None
        choice = {key: str(value) for key, value in trials[number].params.items()}
        # A journal keeps parameters in the order in which they were suggested.
        return choice if self.space.fits(choice) else None

    def suggest(
        self, number: int, known: Sequence[tuple[Choice, float]], open_: Sequence[Choice] = ()
    ) -> dict[str, str] | None:
        """The choice of candidate `number`, none of those before; None where all are taken.

        `known` are the choices so far with their gains (more is better), `open_` those of which
        nothing is known yet.
        """
        taken = {_key(choice) for choice, _ in known} | {_key(choice) for choice in open_}
        if self.sampler == "tpe" and known:
            for choice in self._by_tpe(f"{self.seed} {number}", known, open_):
                if _key(choice) not in taken:
                    return choice
        return self._by_chance(number, taken)

    def _by_tpe(
        self, seed: str, known: Sequence[tuple[Choice, float]], open_: Sequence[Choice]
    ) -> Iterator[dict[str, str]]:
        import optuna

        with _quiet():
            sampler = optuna.samplers.TPESampler(
                seed=random.Random(seed).getrandbits(31), multivariate=True, group=True,
                n_startup_trials=0, constant_liar=True,
            )  # fmt: skip
            study = optuna.create_study(direction="maximize", sampler=sampler)
            for choice, gain in known:
                study.add_trial(self._frozen(choice, gain))
            for choice in open_:
                study.add_trial(self._frozen(choice, None))
            for _ in range(_TRIES):  # each is under way for the next, which goes elsewhere
                trial = study.ask()
                yield self.space.walk(partial(_asked_of, trial))

    def _by_chance(self, number: int, taken: set[str]) -> dict[str, str] | None:
        chance = random.Random(f"{self.seed} {number}")

        def any_of(element: Element) -> str:
            return chance.choice(element.options)

        for _ in range(300):
            choice = self.space.walk(any_of)
            if _key(choice) not in taken:
                return choice
        if self.space.size() > _SMALL:
            return None
        left = [choice for choice in self.space.every() if _key(choice) not in taken]
        return chance.choice(left) if left else None

    def begin(self, number: int, choice: Choice, about: Mapping[str, Any]) -> None:
        """Record that a candidate joined, unless it is recorded already."""
        if self._study is None or number < len(self._trials()):
            return
        with _quiet():
            self._study.add_trial(self._frozen(choice, None, about))

    def report(self, number: int, step: int, gain: float) -> None:
        """Record a candidate's gain after `step` samples."""
        trial = self._running(number)
        if self._study is not None and trial is not None and step not in trial.intermediate_values:
            storage = self._study._storage
            storage.set_trial_intermediate_value(trial._trial_id, step, gain)

    def end(self, number: int, gain: float | None, *, left: bool) -> None:
        """Record what a candidate came to: `left` the race, or stayed to its end."""
        trial = self._running(number)
        if self._study is None or trial is None:
            return
        from optuna.trial import TrialState

        if left:
            self._study.tell(number, state=TrialState.PRUNED)
        elif gain is None:
            self._study.tell(number, state=TrialState.FAIL)
        else:
            self._study.tell(number, gain)

    def _running(self, number: int) -> FrozenTrial | None:
        trials = self._trials()
        found = trials[number] if number < len(trials) else None
        return found if found is not None and not found.state.is_finished() else None

    def _trials(self) -> list[FrozenTrial]:
        return self._study.get_trials(deepcopy=False) if self._study else []

    def _frozen(
        self, choice: Choice, gain: float | None, about: Mapping[str, Any] | None = None
    ) -> FrozenTrial:
        from optuna.distributions import CategoricalDistribution
        from optuna.trial import TrialState, create_trial

        elements = {element.name: element for element in self.space.elements}
        return create_trial(
            state=TrialState.RUNNING if gain is None else TrialState.COMPLETE, value=gain,
            params=dict(choice), user_attrs=dict(about or {}),
            distributions={n: CategoricalDistribution(elements[n].options) for n in choice},
        )  # fmt: skip


def _asked_of(trial: Trial, element: Element) -> str:
    return str(trial.suggest_categorical(element.name, element.options))


def _key(choice: Choice) -> str:
    return json.dumps(choice, sort_keys=True)


def _open(journal: Path, name: str, about: Mapping[str, Any]) -> OptunaStudy:
    import optuna
    from optuna.storages import JournalStorage
    from optuna.storages.journal import JournalFileBackend

    try:
        _drop_broken_end(journal)
        with _quiet():
            storage = JournalStorage(JournalFileBackend(str(journal)))
            study = optuna.create_study(
                study_name=name, storage=storage, direction="maximize", load_if_exists=True
            )
            for key, value in about.items():
                if study.user_attrs.get(key) != value:
                    study.set_user_attr(key, value)
    except OSError as error:
        raise InputError(f"{journal}: cannot be opened: {error.strerror or error}") from None
    except Exception as error:  # whatever somebody else's journal makes Optuna say
        raise InputError(
            f"{journal}: not a journal of Optuna ({type(error).__name__}: {error}); move it away, "
            "and the search begins a new one: what was sampled is in the ledger"
        ) from None
    return study


def _drop_broken_end(journal: Path) -> None:
    """Cut off a last line that was never ended, as `kill -9` may leave it: once another line is
    written behind it, the file would be unreadable for good."""
    if not journal.exists():
        return
    with journal.open("r+b") as file:
        content = file.read()
        whole = content.rfind(b"\n") + 1
        if whole < len(content):
            file.truncate(whole)


@contextmanager
def _quiet() -> Iterator[None]:
    """Without Optuna's remarks: that something is experimental, that a study was made."""
    import optuna

    before = optuna.logging.get_verbosity()
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)
            yield
    finally:
        optuna.logging.set_verbosity(before)
