"""The move `survey`: which models and data sets there are for a task like this one.

Asked is the hub, by what kind of task it seems to be, and an offline catalogue of what did well in
contests. Models are filtered by what fits the stated GPU and by licence. It has no challengers:
what it finds is for `tesuji try models` and for reading.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar, Literal

from tesuji.errors import ConfigError
from tesuji.moves.catalogue import Contest, load_catalogue
from tesuji.moves.fitting import Gpu, fits, read_gpu
from tesuji.moves.hub import HubData, HubError, HubModel, Query, find_data, find_models
from tesuji.moves.move import Attempt, Evidence, Relevance, Table
from tesuji.moves.situation import task_kind
from tesuji.run.budget import Budget
from tesuji.run.entry import Entry
from tesuji.task.task import Task

KINDS = ("string", "code", "maths", "choice", "probabilities", "ranking", "text")
_CHAT = ("transformers", "conversational")
_MODELS: Mapping[str, tuple[Query, ...]] = {
    "maths": (Query("text-generation", _CHAT, "math"), Query("text-generation", _CHAT)),
    "code": (Query("text-generation", _CHAT, "code"), Query("text-generation", _CHAT)),
    "probabilities": (
        Query("text-generation", _CHAT), Query("text-classification", ("transformers",)),
    ),
    "ranking": (Query("text-ranking"), Query("text-generation", _CHAT)),
}  # fmt: skip
_DATA: Mapping[str, tuple[Query, ...]] = {
    "maths": (Query(search="math"),),
    "code": (Query(search="code", tags=("task_categories:text-generation",)),),
    "choice": (Query(tags=("task_categories:multiple-choice",)),),
    "probabilities": (Query(tags=("task_categories:text-classification",)),),
    "ranking": (Query(tags=("task_categories:text-ranking",)),),
    "text": (
        Query(tags=("task_categories:text-generation",)),
        Query(tags=("task_categories:question-answering",)),
    ),
}
# Licences that let one use, change and share the weights or rows, for a prize too.
_OPEN = re.compile(
    r"apache-2\.0|mit|bsd.*|isc|unlicense|cc0-1\.0|cc-by-4\.0|cc-by-3\.0|cc-by-sa-[34]\.0|odc-by|pddl|"
    r"cdla-permissive-[12]\.0|mpl-2\.0|artistic-2\.0|zlib|ecl-2\.0"
)
_TRIED = 3


@dataclass(frozen=True)
class Survey:
    """Models and data sets of the hub for such a task (`tesuji.moves.Move`).

    `gpu` is what models must fit ("T4x2", "24"), `licence` "open" or a licence's name, `kind` the
    kind of task, where the guess is wrong, `language` a code, `search` words in names, `show` how
    many of each, `offline` asks nobody.
    """

    name: ClassVar[str] = "survey"
    does: ClassVar[str] = "models and data sets of the hub for such a task, and what won contests"
    needs_run: ClassVar[bool] = False
    asks: ClassVar[bool] = False
    gpu: str = ""
    licence: str = ""
    kind: Literal["", "string", "code", "maths", "choice", "probabilities", "ranking", "text"] = ""
    language: str = ""
    search: str = ""
    show: int = 12
    offline: bool = False

    def check(self, task: Task) -> None:
        """ConfigError for a GPU that is not known, or none to be shown."""
        read_gpu(self.gpu)
        if self.show < 1:
            raise ConfigError(f"the move 'survey': show is {self.show}; it must be at least 1")

    def relevance(self, evidence: Evidence) -> Relevance:
        """It costs nothing; by itself it changes no answer."""
        kind = self.kind or task_kind(evidence.task)
        fit = f" that fit {self.gpu}" if self.gpu else ""
        return Relevance(
            f"models{fit} and data sets for a task of the kind '{kind}'", 1.0, 0, 0.01,
            "by itself it changes no answer: it names what `models` and `data` can try",
        )  # fmt: skip

    def challengers(
        self, best: Entry, evidence: Evidence, budget: Budget | None
    ) -> Iterator[Entry]:
        """None: what it finds is tried by `models`."""
        return iter(())

    def reachable(self, evidence: Evidence, budget: Budget | None) -> int:
        """None; 1 by the contract."""
        return 1

    def tables(self, evidence: Evidence, attempts: Sequence[Attempt]) -> Sequence[Table]:
        """Models, data sets, and the catalogue."""
        found = self._found(evidence)
        kind = self.kind or task_kind(evidence.task)
        contests = catalogue_table(kind, self.show)
        if found.failed:
            return [Table("models of the hub", (), (), found.failed), contests]
        return [self._models(found), self._data(found), contests]

    def steps(self, evidence: Evidence, attempts: Sequence[Attempt]) -> Sequence[str]:
        """The command that tries the models found."""
        chosen = [model for model, _ in self._found(evidence).models if not model.gated]
        if not chosen:
            return []
        return ["try models " + " ".join(f"--with hf:{one.name}" for one in chosen[:_TRIED])]

    @cached_property
    def _memory(self) -> dict[str, Found]:
        return {}

    def _found(self, evidence: Evidence) -> Found:
        """What the hub has, asked once."""
        if "found" not in self._memory:
            self._memory["found"] = self._ask(evidence.task)
        return self._memory["found"]

    def _ask(self, task: Task) -> Found:
        if self.offline:
            return Found(failed="offline: the hub was not asked")
        kind = self.kind or task_kind(task)
        language = self.language or task.language or ""
        try:
            queries = _MODELS.get(kind, (Query("text-generation", _CHAT),))
            models = find_models([self._query(one, language) for one in queries])
            data = find_data(
                [self._query(one, language, "language:") for one in _DATA.get(kind, ())]
            )
        except HubError as error:
            return Found(failed=f"the hub couldn't be reached: {error}")
        gpu = read_gpu(self.gpu)
        fitting = tuple((one, fit) for one in models if self._licensed(one.licence)
                        and (fit := _fit(one, gpu)) is not None)  # fmt: skip
        licensed = tuple(one for one in data if self._licensed(one.licence))
        return Found(fitting, licensed, None, len(models), len(data))

    def _query(self, query: Query, language: str, start: str = "") -> Query:
        tags = (*query.tags, start + language) if language and language != "en" else query.tags
        return Query(query.pipeline, tags, self.search or query.search, query.limit)

    def _licensed(self, licence: str) -> bool:
        if not self.licence:
            return True
        if self.licence == "open":
            return _OPEN.fullmatch(licence) is not None
        return licence == self.licence

    def _models(self, found: Found) -> Table:
        models = found.models
        rows = tuple(
            (one.name, _billions(one), fit, one.licence or "–", one.downloads,
             one.updated + (" gated" if one.gated else ""))
            for one, fit in models[: self.show]
        )  # fmt: skip
        gpu = read_gpu(self.gpu)
        said = [f"{len(models)} of {found.asked_models} models asked for"]
        if gpu:
            said.append(f"fits {gpu.words} ({gpu.memory:g} GB) with room for keys and values")
            said += [] if gpu.bf16 else ["it has no bfloat16: 16 bit is float16"]
        if self.licence:
            said.append(f"licence: {self.licence}")
        heads = ("model", "parameters", "fits in", "licence", "downloads", "updated")
        return Table("models of the hub", heads, rows, "; ".join(said) + "; ~ is from the name")

    def _data(self, found: Found) -> Table:
        data = found.data
        rows = tuple(
            (one.name, one.rows or "–", one.licence or "–", one.downloads, one.likes,
             one.updated + (" gated" if one.gated else ""))
            for one in data[: self.show]
        )  # fmt: skip
        note = f"{len(data)} of {found.asked_data} data sets asked for; mind your contest's rules"
        heads = ("data set", "rows", "licence", "downloads", "likes", "updated")
        return Table("data sets of the hub", heads, rows, note)


@dataclass(frozen=True, slots=True)
class Found:
    """What came of asking: models with how they fit, data sets; or why it failed."""

    models: tuple[tuple[HubModel, str], ...] = ()
    data: tuple[HubData, ...] = ()
    failed: str | None = None
    asked_models: int = 0
    asked_data: int = 0


def catalogue_table(kind: str, most: int) -> Table:
    """The catalogue's entries of a kind of task, at most so many."""
    catalogue = load_catalogue()
    found = catalogue.like(kind)
    rows = tuple((_contest(one), _way(one)) for one in found[:most])
    alike = "" if any(one.kind == kind for one in found) else f"none of the kind '{kind}': all; "
    note = f"{alike}the catalogue in the package, checked {catalogue.checked.isoformat()}"
    return Table("what did well in contests", ("contest", "model, method, source"), rows, note)


def _contest(one: Contest) -> str:
    place = f"place {one.place}" if one.place else ""
    return ", ".join(filter(None, (f"{one.name} {one.year}", place, one.score)))


def _way(one: Contest) -> str:
    return f"{one.model}: {one.method} ({one.source})"


def _fit(model: HubModel, gpu: Gpu | None) -> str | None:
    """How a model fits; None where it does not, or nobody knows."""
    if gpu is None:
        return ""
    return None if model.parameters is None else fits(model.parameters, model.shipped, gpu)


def _billions(model: HubModel) -> str:
    if model.parameters is None:
        return "?"
    size = model.parameters / 1e9
    return ("" if model.exact else "~") + (f"{size:.1f}B" if size >= 0.95 else f"{size:.2f}B")
