"""The hub's API: models and data sets by their tags. Asked through `huggingface_hub` (extra `hub`).

Where it is comes from HF_ENDPOINT, as everywhere in that library. A first small request of our own
tells at once whether it can be reached: the library itself would wait without end, and try again
for half a minute where there is no network.
"""

from __future__ import annotations

import logging
import os
import re
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from tesuji.errors import MissingExtraError, TesujiError
from tesuji.moves.fitting import named_size, sizes

T = TypeVar("T")
ENDPOINT = "https://huggingface.co"
SECONDS = 20.0  # for all that is asked of the hub in one call
_REACH = 6.0  # for the first small request
_NAME = re.compile(r"[A-Za-z0-9_.-]{1,96}(/[A-Za-z0-9_.-]{1,96})?")
_TAG = re.compile(r"[A-Za-z0-9_.<>+-]{0,60}")
_MODEL = ["downloads", "likes", "tags", "safetensors", "gated", "lastModified", "library_name"]
_DATA = ["downloads", "likes", "tags", "gated", "lastModified"]


class HubError(TesujiError):
    """The hub can't be asked: not installed, no network, refused. Says which, in one line."""


@dataclass(frozen=True, slots=True)
class Query:
    """What is asked for: a pipeline (of models), tags, words in the name, how many."""

    pipeline: str | None = None
    tags: tuple[str, ...] = ()
    search: str | None = None
    limit: int = 60


@dataclass(frozen=True, slots=True)
class HubModel:
    """A model of the hub. `parameters` is None where nothing tells it, `exact` whether it is from
    the weights' metadata (else from the name); `shipped` GB of weights that come quantised."""

    name: str
    parameters: float | None
    exact: bool
    shipped: float | None
    licence: str
    downloads: int
    likes: int
    gated: bool
    updated: str


@dataclass(frozen=True, slots=True)
class HubData:
    """A data set of the hub; `rows` is the size class that its card tells."""

    name: str
    rows: str
    licence: str
    downloads: int
    likes: int
    gated: bool
    updated: str


def endpoint() -> str:
    """Where the hub is."""
    return os.environ.get("HF_ENDPOINT", ENDPOINT).rstrip("/")


def find_models(queries: Sequence[Query], seconds: float = SECONDS) -> list[HubModel]:
    """Models of all queries, each once, by downloads. HubError where the hub can't be asked."""
    return _asked("list_models", queries, _MODEL, _model, seconds)


def find_data(queries: Sequence[Query], seconds: float = SECONDS) -> list[HubData]:
    """Data sets of all queries, each once, by downloads. HubError where the hub can't be asked."""
    return _asked("list_datasets", queries, _DATA, _data, seconds)


def reach(seconds: float = _REACH) -> None:
    """Ask the hub for one model; HubError says in a line why it can't be reached."""
    import urllib.error
    import urllib.request

    if os.environ.get("HF_HUB_OFFLINE", "").upper() in ("1", "ON", "YES", "TRUE"):
        raise HubError("HF_HUB_OFFLINE is set: the hub is not asked")
    place = endpoint()
    try:
        with urllib.request.urlopen(f"{place}/api/models?limit=1", timeout=seconds) as answer:
            answer.read(1)
    except urllib.error.HTTPError as error:
        wait = error.headers.get("Retry-After")
        more = f"; try again in {wait} s" if wait and wait.isdigit() else ""
        said = "it asks to wait" if error.code == 429 else "it refuses"
        raise HubError(f"{place}: {said} (HTTP {error.code}){more}") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "reason", error)
        raise HubError(f"{place} can't be reached: {reason}") from None


def _asked(
    verb: str, queries: Sequence[Query], expand: list[str], read: Callable[[Any], T], seconds: float
) -> list[T]:
    try:
        import huggingface_hub
    except ImportError:
        raise HubError(str(MissingExtraError("huggingface_hub", "hub", "the hub"))) from None
    logging.getLogger("huggingface_hub").setLevel(logging.ERROR)  # no "Retrying in 1s" between ours
    reach()
    api = huggingface_hub.HfApi(endpoint=endpoint(), token=False)  # public lists need no token

    def ask() -> dict[str, T]:
        found: dict[str, T] = {}
        for query in queries:
            asked: dict[str, Any] = {"filter": list(query.tags) or None, "search": query.search}
            if verb == "list_models":
                asked["pipeline_tag"] = query.pipeline
            rows = getattr(api, verb)(sort="downloads", limit=query.limit, expand=expand, **asked)
            for row in rows:
                if _NAME.fullmatch(row.id):  # it will stand in a command
                    found.setdefault(row.id, read(row))
        return found

    found = _within(seconds, ask)
    return sorted(found.values(), key=lambda one: -getattr(one, "downloads", 0))


def _within(seconds: float, work: Callable[[], T]) -> T:
    """The result of `work`, or HubError for what it raises or where it takes longer."""
    done: list[T] = []
    failed: list[Exception] = []

    def run() -> None:
        try:
            done.append(work())
        except Exception as error:  # whatever the library raises: it is said, not hidden
            failed.append(error)

    thread = threading.Thread(target=run, daemon=True)  # one that hangs must not keep us
    thread.start()
    thread.join(seconds)
    if failed:
        first = str(failed[0]).strip().splitlines()
        raise HubError(f"{endpoint()}: {first[0] if first else type(failed[0]).__name__}")
    if not done:
        raise HubError(f"{endpoint()} did not answer within {seconds:g} s")
    return done[0]


def _model(row: Any) -> HubModel:
    tags = list(row.tags or ())
    info = getattr(row, "safetensors", None)
    parameters, shipped, exact = named_size(row.id), None, False
    counts = getattr(info, "parameters", None)
    if isinstance(counts, Mapping) and counts:
        parameters, shipped = sizes(counts, getattr(info, "total", 0) or 0)
        exact = True
    return HubModel(
        row.id, parameters, exact, shipped, _tagged(tags, "license:"), row.downloads or 0,
        row.likes or 0, bool(row.gated), _day(row),
    )  # fmt: skip


def _data(row: Any) -> HubData:
    tags = list(row.tags or ())
    return HubData(
        row.id, _tagged(tags, "size_categories:"), _tagged(tags, "license:"), row.downloads or 0,
        row.likes or 0, bool(row.gated), _day(row),
    )  # fmt: skip


def _day(row: Any) -> str:
    when = getattr(row, "last_modified", None)
    return when.strftime("%Y-%m") if when is not None else ""


def _tagged(tags: Iterable[str], start: str) -> str:
    found = next((tag.removeprefix(start) for tag in tags if tag.startswith(start)), "")
    return found if _TAG.fullmatch(found) else ""
