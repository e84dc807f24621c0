"""Reports in a notebook: HTML that means only itself, whatever a model or a file wrote."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import tesuji as tj
from tesuji.reports import percent, rates_text

ATTACK = "<script>alert('x')</script><img src=x onerror=alert(1)>&amp;"


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    """A report of each verb, on data and outputs that attack the page."""
    folder = tmp_path_factory.mktemp("attack")
    rows = [{"id": f"{n}<b>", "text": f"{n}{ATTACK}", "answer": f"{n}{ATTACK}"} for n in range(6)]
    write_lines(folder / "train.jsonl", rows)
    write_lines(folder / "test.jsonl", [{"id": f"t{r['id']}", "text": r["text"]} for r in rows])
    recorded = [
        {"prompt": f"Say {row['text']}", "output": f"Sure! Here is it:\n\n{ATTACK}"} for row in rows
    ]
    write_lines(folder / "recorded.jsonl", recorded[:5])
    (folder / "competition.toml").write_text(
        'name = "attack"\nmetric = "exact"\n'
        f'model = "replay:{folder / "recorded.jsonl"}"\n'
        '[data]\ntrain = "train.jsonl"\ntest = "test.jsonl"\nid = "id"\ntarget = "answer"\n'
        'submission = ["id", "answer"]\n[split]\ndev = 4\n[prompt]\nuser = "Say {text}"\n'
    )
    task = tj.load(folder)
    yield {
        "task": task,
        "first": tj.first(task, n=4),
        "run": tj.run(task),
        "runs": tj.runs(task),
        "compare": tj.compare(task, 1, 1),
        "diagnose": tj.diagnose(task),
        "predict": tj.predict(task),
        "check": tj.check(task, folder / "train.jsonl"),
        "new": tj.new(folder / "n", data=folder / "train.jsonl", target="answer"),
    }


def write_lines(path: Path, rows: list[dict[str, str]]) -> None:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))


NAMES = ["task", "first", "run", "runs", "compare", "diagnose", "predict", "check", "new"]


@pytest.mark.parametrize("name", NAMES)
def test_nothing_hostile_reaches_the_page(reports: dict[str, Any], name: str) -> None:
    html = reports[name]._repr_html_()
    assert html.startswith("<table>") or "<table>" in html
    assert "<script" not in html and "<img" not in html and "<b>" not in html


def test_what_the_model_wrote_is_shown_as_text(reports: dict[str, Any]) -> None:
    assert "&lt;script&gt;" in reports["first"]._repr_html_()
    assert "&lt;script&gt;" in reports["diagnose"]._repr_html_()


@pytest.mark.parametrize("name", NAMES)
def test_a_notebook_finds_the_html(reports: dict[str, Any], name: str) -> None:
    formatters = pytest.importorskip("IPython.core.formatters")
    data, _ = formatters.DisplayFormatter().format(reports[name])
    assert data["text/html"] == reports[name]._repr_html_()


@pytest.mark.parametrize("name", ["first", "run", "runs", "predict", "check", "new"])
def test_a_report_is_plain_data(reports: dict[str, Any], name: str) -> None:
    assert json.loads(json.dumps(reports[name].to_json(), default=bytes.hex))


def test_a_failed_request_is_told(reports: dict[str, Any]) -> None:
    """One of six prompts was never recorded."""
    failed = reports["predict"].run.errors
    assert failed == 1
    if reports["run"].run.errors:
        assert "recorded" in reports["run"].failure
    else:
        assert reports["run"].failure is None


def test_small_rates_are_not_none() -> None:
    assert percent(0.0004) == "0.04 %" and percent(0) == "0 %" and percent(1) == "100 %"
    assert rates_text({}) == "none"
    assert rates_text({"loop": 0.5, "empty": 0.001}) == "loop 50 %, empty 0.1 %"
