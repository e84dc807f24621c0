"""The search: candidates join a race, leave it, and what is known of them says who joins next.

The first candidates change one thing each; later ones are suggested by the study. All meet on the
race's blocks of samples (`tesuji.compare.race`). Nothing here asks a model: `evaluate` does.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from tesuji.compare.race import Race, Standing
from tesuji.prompts.assembly import assemble, words_of
from tesuji.prompts.elements import Choice, Space
from tesuji.prompts.study import Study
from tesuji.task.template import PromptTemplate

Origin: TypeAlias = Literal["base", "single", "suggested", "written"]

HOPE, SURE = 10, 30  # samples without a mistake: of 30, none wrong means below 10 % at 95 %


@dataclass(frozen=True, slots=True)
class Candidate:
    """A prompt in the race. `number` is its trial's in the study, and `choice` what it is put
    together of; both None for one that a model wrote."""

    name: str
    prompt: PromptTemplate
    origin: Origin
    choice: Choice | None = None
    number: int | None = None


@dataclass(frozen=True, slots=True)
class Scored:
    """What an evaluation came to. `score` is None where there is none; `free` says that nothing
    was paid for it."""

    name: str
    sample: int
    score: float | None
    free: bool = False


Evaluate: TypeAlias = Callable[
    [Sequence[tuple[Candidate, tuple[int, ...]]]], Awaitable[Sequence[Scored]]
]
"""Scores for candidates on samples. Fewer than were asked for end the search."""

Write: TypeAlias = Callable[[], Awaitable[Sequence[PromptTemplate]]]
"""New prompts for the race as it stands; called after every round, and before it ends."""


@dataclass
class Search:
    """A search over `space` in `race`, whose base must be `base`.

    `trials` is how many candidates there are at most besides those that a model writes, `batch` how
    many join a round once the first ones have met. `best` is the best mean score there can be.
    """

    space: Space
    race: Race
    study: Study
    base: str
    trials: int
    batch: int = 4
    best: float | None = None
    naming: Callable[[str, PromptTemplate], str] = lambda words, _: words
    candidates: dict[str, Candidate] = field(default_factory=dict)
    written: int = 0
    cut_short: bool = False

    def __post_init__(self) -> None:
        own = self.space.own()
        self._singles = list(self.space.singles())[: max(1, self.trials // 2)]
        self._prompts = {self.space.base}
        self._void: list[Choice] = []  # choices that say the same as an earlier one
        self._made = 0
        self.candidates[self.base] = Candidate(self.base, self.space.base, "base", own, 0)
        self.study.begin(0, own, {"entry": self.base, "user": self.space.base.user})

    async def run(self, evaluate: Evaluate, write: Write | None = None) -> None:
        """Race until nothing is left to learn, or `evaluate` comes back with less than all."""
        while True:
            joined = self.flawless is None and self._admit()
            asked = self.race.ask() or self._confirming()
            if not asked and joined and not self.spent:
                continue
            if not asked:
                if not self.spent and await self._joined_by(write):
                    continue
                break
            wanted = [(self.candidates[name], samples) for name, samples in asked]
            scored = await evaluate(wanted)
            for one in scored:
                self.race.tell(one.name, one.sample, one.score, free=one.free)
            if len(scored) < sum(len(samples) for _, samples in asked):
                self.cut_short = True
                return
            self._note()
            if self.perfect:
                break
            await self._joined_by(write)
        self._conclude()

    async def _joined_by(self, write: Write | None) -> bool:
        """Whether prompts that a model wrote joined."""
        written = [] if write is None else await write()
        joined = [self.add_written(prompt) for prompt in written]
        return any(joined)

    @property
    def spent(self) -> bool:
        """Whether the race has no evaluation left to pay for."""
        return self.race.evaluations >= self.race.requests

    @property
    def flawless(self) -> str | None:
        """Who made no mistake so far, of those with the most samples; None where nobody did.

        While there is one, nobody joins: there may be nothing left to gain.
        """
        if self.best is None:
            return None
        least = min(HOPE, self.race.samples)
        without = [
            one for one in self.race.standings()
            if one.alive and one.samples >= least and abs(one.mean - self.best) < 1e-12
        ]  # fmt: skip
        return max(without, key=lambda one: one.samples).name if without else None

    @property
    def perfect(self) -> str | None:
        """Who made no mistake on so many samples that it ends the search; None without one."""
        name = self.flawless
        if name is None or self.standings()[name].samples < min(SURE, self.race.samples):
            return None
        return name

    def _confirming(self) -> list[tuple[str, tuple[int, ...]]]:
        """What it takes to see if who made no mistake so far goes on like that."""
        name = self.flawless
        if name is None or self.perfect or self.spent:
            return []
        done = self.race.scored(name)
        rest = [sample for sample in range(self.race.samples) if sample not in done]
        return [(name, tuple(rest[: SURE - len(done)]))]

    @property
    def front(self) -> str:
        """Who is taken if the search ends now."""
        return self.flawless or self.race.leader

    def add_written(self, prompt: PromptTemplate) -> bool:
        """A prompt that a model wrote joins; False where one says the same."""
        if prompt in self._prompts:
            return False
        self.written += 1
        self._join(Candidate(self.naming(f"written{self.written}", prompt), prompt, "written"))
        return True

    def _join(self, candidate: Candidate) -> None:
        self._prompts.add(candidate.prompt)
        self.candidates[candidate.name] = candidate
        self.race.add(candidate.name)

    def _admit(self) -> bool:
        """Whether candidates joined: the first ones together, then a batch a round."""
        first = self._made == 0
        joined = False
        for _ in range(len(self._singles) if first else self.batch):
            if self._made >= self.trials:
                break
            candidate = self._next()
            if candidate is None:
                self._made = self.trials
                break
            self._join(candidate)
            joined = True
        return joined

    def _next(self) -> Candidate | None:
        """The next candidate whose prompt is a new one; None where there is none."""
        while True:
            number = self._made + 1
            choice, origin = self._choice(number)
            if choice is None:
                return None
            self._made += 1
            prompt = assemble(self.space, choice)
            name = self.naming(words_of(self.space, choice), prompt)
            self.study.begin(
                number, choice, {"entry": name, "system": prompt.system, "user": prompt.user}
            )
            if prompt not in self._prompts:
                return Candidate(name, prompt, origin, choice, number)
            self.study.end(number, None, left=False)
            self._void.append(choice)

    def _choice(self, number: int) -> tuple[Choice | None, Origin]:
        single = number <= len(self._singles)
        origin: Origin = "single" if single else "suggested"
        recorded = self.study.recorded(number)
        if recorded is not None:
            return recorded, origin
        if single:
            return self._singles[number - 1], origin
        known, fresh = self.known()
        return self.study.suggest(number, known, fresh), origin

    def standings(self) -> dict[str, Standing]:
        """How all stand, by name."""
        return {one.name: one for one in self.race.standings()}

    def known(self) -> tuple[list[tuple[Choice, float]], list[Choice]]:
        """The choices of which something is known, with their gains over the base, and the others.

        Prompts that a model wrote are no choices, and left out.
        """
        known: list[tuple[Choice, float]] = []
        fresh = [*self._void]
        standings = self.standings()
        for candidate in self.candidates.values():
            if candidate.choice is None:
                continue
            standing = standings[candidate.name]
            if candidate.name == self.base:
                known.append((candidate.choice, 0.0))
            elif standing.samples:
                known.append((candidate.choice, standing.gain))
            else:
                fresh.append(candidate.choice)
        return known, fresh

    def _note(self) -> None:
        """Tell the study how everyone stands, and who left."""
        standings = self.standings()
        for candidate in self.candidates.values():
            standing = standings[candidate.name]
            if candidate.number is not None and standing.samples:
                self.study.report(candidate.number, standing.samples, standing.gain)
                if candidate.name in self.race.out:
                    self.study.end(candidate.number, standing.gain, left=True)

    def _conclude(self) -> None:
        standings = self.standings()
        for candidate in self.candidates.values():
            if candidate.number is not None:
                standing = standings[candidate.name]
                gain = standing.gain if standing.samples else None
                self.study.end(candidate.number, gain, left=candidate.name in self.race.out)
