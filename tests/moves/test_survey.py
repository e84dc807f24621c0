"""The survey: the hub's API as a local server speaks it, what fits a GPU, the catalogue."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

import tesuji as tj
from tests.moves.conftest import Bench
from tesuji.errors import ConfigError
from tesuji.moves import hub
from tesuji.moves.catalogue import load_catalogue
from tesuji.moves.fitting import Gpu, fits, named_size, read_gpu, sizes
from tesuji.moves.survey import KINDS

pytest.importorskip("huggingface_hub")


def model(name: str, downloads: int, **more: Any) -> dict[str, Any]:
    weights = {name: int(n) for name, n in more.pop("weights", {}).items()}
    card: dict[str, Any] = {
        "id": name, "downloads": downloads, "likes": 3, "gated": False,
        "pipeline_tag": "text-generation", "lastModified": "2026-03-04T05:06:07.000Z",
        "tags": ["transformers", "conversational", *more.pop("tags", ["license:apache-2.0"])],
    }  # fmt: skip
    if weights:
        card["safetensors"] = {"parameters": weights, "total": sum(weights.values())}
    return card | more


MODELS = [
    model("org/tiny-1.5B", 900, weights={"BF16": 1.5e9}),
    model("org/middle", 800, weights={"BF16": 14e9}),
    model("org/huge-70B", 700, weights={"BF16": 70e9}),
    model("org/huge-70B-AWQ", 600, weights={"I32": 8.6e9, "F16": 2e9}),
    model("org/named-7B-Instruct", 500),
    model("org/nameless", 400),
    model("org/closed-3B", 300, tags=["license:other"], weights={"BF16": 3e9}),
    model("org/gated-3B", 250, gated="manual", weights={"BF16": 3e9}),
    model("org/math-7B", 200, weights={"BF16": 7e9}),
    model("org/ja-7B", 100, tags=["license:mit", "ja"], weights={"BF16": 7e9}),
    model("org/$(rm -rf ~)", 990),
    model("org/classifier", 950, pipeline_tag="text-classification", weights={"F32": 1e8}),
]  # fmt: skip
DATA = [
    {"id": "org/quiz", "downloads": 40, "likes": 1, "gated": False,
     "lastModified": "2025-01-01T00:00:00.000Z",
     "tags": ["task_categories:question-answering", "license:cc-by-4.0",
              "size_categories:10K<n<100K", "language:ja"]},
    {"id": "org/stories", "downloads": 90, "likes": 1, "gated": False,
     "lastModified": "2025-01-01T00:00:00.000Z",
     "tags": ["task_categories:text-generation", "license:other"]},
    {"id": "org/maths-rows", "downloads": 70, "likes": 1, "gated": False,
     "lastModified": "2025-01-01T00:00:00.000Z", "tags": ["license:mit"]},
]  # fmt: skip


class Hub:
    """A stand-in that speaks the hub's API: filters, and pages of two by Link headers."""

    def __init__(self, server: HTTPServer) -> None:
        self.asked: list[dict[str, list[str]]] = []
        self.headers: list[dict[str, str]] = []
        self.fail: Response | None = None
        self.after = 0  # how many requests go well before it fails
        self.seconds = 0.0
        server.expect_request("/api/models").respond_with_handler(lambda r: self.list(r, MODELS))
        server.expect_request("/api/datasets").respond_with_handler(lambda r: self.list(r, DATA))

    def list(self, request: Request, rows: list[dict[str, Any]]) -> Response:
        given = {key: request.args.getlist(key) for key in request.args}
        self.asked.append(given)
        self.headers.append(dict(request.headers))
        if len(self.asked) > self.after:
            time.sleep(self.seconds)
            if self.fail is not None:
                return self.fail
        if given.get("sort") == ["downloads"]:
            rows = sorted(rows, key=lambda row: -row["downloads"])
        found = [row for row in rows if self.matches(row, given)]
        start = int(request.args.get("cursor", 0))
        response = Response(json.dumps(found[start : start + 2]), mimetype="application/json")
        if start + 2 < len(found):
            place = urlsplit(request.url)
            following = urlencode({**given, "cursor": [start + 2]}, doseq=True)
            link = f"{place.scheme}://{place.netloc}{place.path}?{following}"
            response.headers["Link"] = f'<{link}>; rel="next"'
        return response

    @staticmethod
    def matches(row: dict[str, Any], given: dict[str, list[str]]) -> bool:
        search = given.get("search", [""])[0].lower()
        pipeline = given.get("pipeline_tag", [row.get("pipeline_tag")])[0]
        return (
            set(given.get("filter", [])) <= set(row["tags"])
            and search in row["id"].lower()
            and pipeline == row.get("pipeline_tag")
        )


@pytest.fixture
def stand_in(httpserver: HTTPServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    monkeypatch.setenv("HF_ENDPOINT", httpserver.url_for("").rstrip("/"))
    monkeypatch.delenv("HF_HUB_OFFLINE", raising=False)
    monkeypatch.setenv("HF_TOKEN", "hf_secret")
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    yield Hub(httpserver)


def survey(bench: Bench, **settings: Any) -> tuple[dict[str, list[tuple[Any, ...]]], list[str]]:
    """The rows of each table, and the commands proposed."""
    tried = tj.try_move(bench.task, "survey", **settings).tried
    return {table.title: list(table.rows) for table in tried.tables}, list(tried.steps)


def names(rows: list[tuple[Any, ...]]) -> list[str]:
    return [row[0] for row in rows]


def test_models_come_from_all_pages_by_downloads(bench: Bench, stand_in: Hub) -> None:
    tables, steps = survey(bench)
    found = names(tables["models of the hub"])
    chats = [one["id"] for one in MODELS if one["pipeline_tag"] == "text-generation"]
    assert found == [name for name in chats if "$" not in name]  # a name may stand in a command
    assert steps == ["try models --with hf:org/tiny-1.5B --with hf:org/middle "
                     "--with hf:org/huge-70B"]  # fmt: skip
    assert len(stand_in.asked) > 5  # pages of two
    assert not any("Authorization" in headers for headers in stand_in.headers)
    assert names(tables["data sets of the hub"]) == ["org/stories", "org/quiz"]


def test_only_what_fits_the_gpu_is_shown(bench: Bench, stand_in: Hub) -> None:
    tables, steps = survey(bench, gpu="T4")
    fit = {row[0]: (row[1], row[2]) for row in tables["models of the hub"]}
    assert fit == {
        "org/tiny-1.5B": ("1.5B", "16 bit"), "org/middle": ("14.0B", "4 bit"),
        "org/named-7B-Instruct": ("~7.0B", "8 bit"), "org/closed-3B": ("3.0B", "16 bit"),
        "org/gated-3B": ("3.0B", "16 bit"), "org/math-7B": ("7.0B", "8 bit"),
        "org/ja-7B": ("7.0B", "8 bit"),
    }  # fmt: skip
    assert "org/huge-70B" in names(survey(bench, gpu="H200")[0]["models of the hub"])
    packed = {row[0]: row[2] for row in survey(bench, gpu="48")[0]["models of the hub"]}
    assert packed["org/huge-70B-AWQ"] == "as it is" and packed["org/huge-70B"] == "4 bit"
    assert all("gated" not in step for step in steps)


def test_only_open_licences_if_so_wished(bench: Bench, stand_in: Hub) -> None:
    tables, _ = survey(bench, licence="open")
    assert "org/closed-3B" not in names(tables["models of the hub"])
    assert names(tables["data sets of the hub"]) == ["org/quiz"]
    assert names(survey(bench, licence="mit")[0]["models of the hub"]) == ["org/ja-7B"]


def test_the_kind_of_task_decides_what_is_asked_for(bench: Bench, stand_in: Hub) -> None:
    tables, _ = survey(bench, kind="maths")
    assert names(tables["data sets of the hub"]) == ["org/maths-rows"]
    assert any(asked.get("search") == ["math"] for asked in stand_in.asked)
    assert all("AIMO" in row[0] for row in tables["what did well in contests"])
    assert "org/classifier" in names(survey(bench, kind="probabilities")[0]["models of the hub"])


def test_language_and_words_narrow_it(bench: Bench, stand_in: Hub) -> None:
    tables, _ = survey(bench, language="ja")
    assert names(tables["models of the hub"]) == ["org/ja-7B"]
    assert names(tables["data sets of the hub"]) == ["org/quiz"]
    assert names(survey(bench, search="huge")[0]["models of the hub"]) == [
        "org/huge-70B", "org/huge-70B-AWQ",
    ]  # fmt: skip


FAILURES = {
    "too many requests": (Response(status=429, headers={"Retry-After": "17"}), 0,
                          r"asks to wait \(HTTP 429\); try again in 17 s"),
    "refused": (Response(status=403), 0, r"refuses \(HTTP 403\)"),
    "broken": (Response(status=500), 0, r"refuses \(HTTP 500\)"),
    "no JSON": (Response("<html>sign in</html>"), 1, "couldn't be reached"),
    "no list": (Response('{"error": "no"}', mimetype="application/json"), 1, "couldn't be reached"),
    "gone on the second page": (Response(status=404), 3, "404"),
}  # fmt: skip


@pytest.mark.parametrize("name", FAILURES)
def test_where_the_hub_fails_the_catalogue_is_shown_and_the_reason(
    name: str, bench: Bench, stand_in: Hub
) -> None:
    stand_in.fail, stand_in.after, words = FAILURES[name]
    tried = tj.try_move(bench.task, "survey").tried
    first, contests = tried.tables
    assert not first.rows and not tried.steps
    assert re.search(words, first.note), first.note
    assert "\n" not in first.note and contests.rows


def test_a_hub_that_does_not_answer_is_not_waited_for(
    bench: Bench, stand_in: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    stand_in.seconds, stand_in.after = 3.0, 1
    began = time.monotonic()
    with pytest.raises(hub.HubError, match=r"did not answer within 0\.3 s"):
        hub.find_models([hub.Query()], seconds=0.3)
    with pytest.raises(hub.HubError, match="can't be reached"):
        hub.reach(seconds=0.3)
    assert time.monotonic() - began < 2.5
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    assert "can't be reached" in tj.try_move(bench.task, "survey").tried.tables[0].note


def test_offline_asks_nobody(bench: Bench, stand_in: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "offline" in tj.try_move(bench.task, "survey", offline=True).tried.tables[0].note
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    assert "HF_HUB_OFFLINE" in tj.try_move(bench.task, "survey").tried.tables[0].note
    assert stand_in.asked == []


def test_settings_that_make_no_sense_are_one_line(bench: Bench) -> None:
    with pytest.raises(ConfigError, match="gpu is 'abacus': say one of"):
        tj.try_move(bench.task, "survey", gpu="abacus")
    with pytest.raises(ConfigError, match="at least 1"):
        tj.try_move(bench.task, "survey", show=0, offline=True)
    with pytest.raises(ConfigError, match="kind"):
        tj.try_move(bench.task, "survey", kind="cooking")


@pytest.mark.parametrize(
    ("words", "memory", "bf16"),
    [("T4x2", 32, False), ("2xT4", 32, False), ("t4", 16, False), ("T4 x 2", 32, False),
     ("24", 24, True), ("80GB", 80, True), ("H100", 80, True), ("4xL4", 96, True),
     ("A100-80", 80, True)],
)  # fmt: skip
def test_gpus_by_name_and_by_memory(words: str, memory: float, bf16: bool) -> None:
    assert read_gpu(words) == Gpu(words, memory, bf16)


def test_sizes_are_those_of_the_weights() -> None:
    assert read_gpu(" ") is None
    assert sizes({"BF16": 7_000_000_000}) == (7e9, None)
    count, shipped = sizes({"I32": 850_000_000, "F16": 150_000_000})
    assert count == 1e9 and shipped == pytest.approx(3.7)
    assert fits(7e9, None, Gpu("", 16)) == "8 bit"  # 14 GB and a fifth is past 16
    assert fits(7e9, None, Gpu("", 17)) == "16 bit"
    assert fits(7e9, None, Gpu("", 4)) is None
    assert named_size("a/b-7b-chat") == 7e9 and named_size("a/360M") == 3.6e8
    assert named_size("a7B/model") is None and named_size("v2.5-beta") is None


def test_every_line_of_the_catalogue_has_a_source() -> None:
    catalogue = load_catalogue()
    assert len(catalogue.contests) >= 10
    for one in catalogue.contests:
        assert one.source.startswith(("https://", "http://")) and " " not in one.source
        assert one.kind in (*KINDS, "game") and 2022 < one.year <= catalogue.checked.year
        assert one.place is None or one.place >= 1
    assert {one.kind for one in catalogue.like("maths")} == {"maths"}
    assert len(catalogue.like("nothing of the kind")) == len(catalogue.contests)
