"""An offline catalogue: which models and methods did well in which contests, with sources."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class Contest:
    """One entry of one contest. `place` is None where it is not known, or none was given."""

    name: str
    year: int
    kind: str
    model: str
    method: str
    source: str
    score: str = ""
    place: int | None = None
    date: str = ""


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All entries, and when they were last checked."""

    checked: date
    contests: tuple[Contest, ...]

    def like(self, kind: str) -> tuple[Contest, ...]:
        """Those of a kind of task, the newest first, by place; all of them where there are none."""
        found = [one for one in self.contests if one.kind == kind] or list(self.contests)
        found.sort(key=lambda one: (-one.year, one.name, one.place or 10**6))
        return tuple(found)


def load_catalogue() -> Catalogue:
    """The catalogue that comes with the package."""
    text = files(__package__).joinpath("contests.toml").read_text(encoding="utf-8")
    raw = tomllib.loads(text)
    return Catalogue(raw["checked"], tuple(Contest(**one) for one in raw["contest"]))
