"""Runs written to files and outputs read from them: what goes out comes back as it was."""

from __future__ import annotations

import asyncio
import json
import os
import sys
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

import tesuji as tj
from tests.run.conftest import Play, Scripted, add, prompt
from tesuji.errors import DataError, InputError, MissingExtraError, RequestFailedError
from tesuji.models.base import Output, Request, TokenLogprob
from tesuji.run.entry import Entry
from tesuji.run.exchange import Imported, Recordings, export_run, import_outputs
from tesuji.run.ledger import FILE, Ledger, find_output, iter_answers, output_key
from tesuji.run.runner import run_entry
from tesuji.task.task import Task

ODD = "line\r\n日本語 \u2028 🎌 \x00 </script>"


def reply(request: Request) -> str | Exception:
    """Right, but one that failed and one with a preamble."""
    if prompt(request) == "4+5=":
        return RequestFailedError("status 500, four times")
    return f"Sure! Here is the sum: {add(request)}" if prompt(request) == "7+8=" else add(request)


def read(path: Path) -> dict[str, dict]:
    rows = map(json.loads, path.read_text(encoding="utf-8").split("\n")[:-1])
    return {row["id"]: row for row in rows}


@pytest.fixture
def voting(entry: Entry) -> Entry:
    return replace(entry, flow="vote", options={"n": 3, "temperature": 0.5})


def bring(task: Task, entry: Entry, path: Path, ledger: Ledger, **changes: object) -> Imported:
    """Import a file as `tesuji import` does, for the model "scripted"."""
    recordings = Recordings(path, task, entry, "dev", lambda: "scripted", **changes)
    recordings.check()
    return import_outputs(ledger, recordings)


def test_a_row_says_all_that_is_known_of_a_sample(
    play: Play, task: Task, ledger: Ledger, tmp_path: Path
) -> None:
    run = play(Scripted(reply))
    assert export_run(task, ledger, run, tmp_path / "out.jsonl") == 20
    rows = read(tmp_path / "out.jsonl")
    row = rows["d7"]
    finding = row["outputs"][0].pop("findings")[0]
    assert (finding["kind"], finding["fix"]) == ("preamble", "preamble")
    assert row == {
        "id": "d7", "fields": {"id": "d7", "a": "7", "b": "8"}, "target": 15, "state": "answered",
        "answer": 15, "score": 1.0, "reason": None, "model": "scripted",
        "messages": [{"role": "user", "content": "7+8="}], "sampling": {}, "chosen": 0,
        "outputs": [
            {"text": "Sure! Here is the sum: 15", "index": 0, "finish": "stop", "tokens_in": 4,
             "tokens_out": 25, "seconds": 0.0}
        ],
    }  # fmt: skip
    failed = rows["d4"]
    assert (failed["state"], failed["outputs"], failed["score"]) == ("error", [], None)
    assert failed["reason"] == "status 500, four times"


def test_all_draws_of_a_vote_are_in_its_row(
    play: Play, task: Task, voting: Entry, ledger: Ledger, tmp_path: Path
) -> None:
    run = play(Scripted(lambda r: f"9{r.index}" if r.index == 0 else add(r)), entry=voting)
    export_run(task, ledger, run, tmp_path / "out.jsonl")
    row = read(tmp_path / "out.jsonl")["d7"]
    assert [(o["index"], o["text"]) for o in row["outputs"]] == [(0, "90"), (1, "15"), (2, "15")]
    assert (row["chosen"], row["answer"], row["sampling"]) == (1, 15, {"temperature": 0.5})


@pytest.mark.parametrize("flow", ["ask", "vote", "retry"])
def test_what_was_exported_is_imported_and_scored_without_asking(
    play: Play, task: Task, entry: Entry, ledger: Ledger, tmp_path: Path, flow: str
) -> None:
    entry = replace(entry, flow=flow)
    unsure = Scripted(lambda r: "let me think" if r.sampling.temperature == 0 else add(r))
    run = play(unsure, entry=entry)
    export_run(task, ledger, run, tmp_path / "out.jsonl")
    with Ledger(tmp_path / "other.db") as other:
        imported = bring(task, entry, tmp_path / "out.jsonl", other)
        assert (imported.lines, imported.new, imported.known) == (20, len(unsure.asked), 0)
        silent = Scripted(add)
        again = asyncio.run(
            run_entry(task, entry, task.dev, split="dev", model=silent, ledger=other)
        )
        assert silent.asked == []
        assert (again.score, again.outputs) == (run.score, run.outputs)
        once_more = bring(task, entry, tmp_path / "out.jsonl", other)
        assert (once_more.new, once_more.known) == (0, len(unsure.asked))


def test_odd_texts_and_log_probabilities_come_back_as_they_were(
    task: Task, entry: Entry, ledger: Ledger, tmp_path: Path
) -> None:
    class Odd(Scripted):
        async def generate(self, request: Request) -> Output:
            top = (("a", -0.25), ("b", -1.5))
            return Output(ODD, "length", 3, 4, 0.125, (TokenLogprob("a", -0.25, top),))

    run = asyncio.run(run_entry(task, entry, task.dev, split="dev", model=Odd(add), ledger=ledger))
    export_run(task, ledger, run, tmp_path / "out.jsonl")
    key = output_key("scripted", Request(entry.prompt.render(task.dev[3], (), task.format)))
    with Ledger(tmp_path / "other.db") as other:
        bring(task, entry, tmp_path / "out.jsonl", other)
        assert find_output(other, key) == find_output(ledger, key) is not None


def test_prompts_and_outputs_of_another_tool(
    play: Play, task: Task, entry: Entry, ledger: Ledger, tmp_path: Path
) -> None:
    entry = replace(entry, prompt=replace(entry.prompt, system="Add."))
    lines = [
        {"question": "3+4=", "completion": "7"},
        {"question": [{"role": "system", "content": "Add."}, {"role": "user", "content": "4+5="}],
         "completion": "9", "finish": "length"},
        {"id": "d5", "completion": "11"},
        {"question": "a stranger", "completion": "?"},
        {"question": "3+4=", "completion": "8", "sampling": {"temperature": 0.5}, "index": 2},
    ]  # fmt: skip
    path = tmp_path / "other.jsonl"
    path.write_text("\n".join(map(json.dumps, lines)) + "\n")
    imported = bring(task, entry, path, ledger, prompt="question", text="completion")
    assert (imported.new, imported.strangers) == (4, 1)
    model = Scripted(add)
    run = play(model, entry=entry)
    assert {prompt(r) for r in model.asked}.isdisjoint({"3+4=", "4+5=", "5+6="})
    assert (run.cached, run.sent, run.score) == (3, 17, 1.0)
    asked = Request(
        entry.prompt.render(task.dev[3], (), task.format), replace(entry.sampling, temperature=0.5),
        index=2,
    )  # fmt: skip
    drawn = find_output(ledger, output_key("scripted", asked))
    assert drawn is not None and drawn.text == "8"


def test_draws_of_one_prompt_are_numbered_in_their_order(
    play: Play, task: Task, voting: Entry, ledger: Ledger, tmp_path: Path
) -> None:
    path = tmp_path / "draws.jsonl"
    sampling = {"temperature": 0.5}
    rows = [
        {"prompt": f"{n}+{n + 1}=", "output": str(draw), "sampling": sampling}
        for n in range(20) for draw in (1, 2, 2)
    ]  # fmt: skip
    path.write_text("\n".join(map(json.dumps, rows)))
    assert bring(task, voting, path, ledger).new == 60
    silent = Scripted(add)
    run = play(silent, entry=voting)
    assert silent.asked == [] and run.outputs == 60
    assert {row.answer for row in iter_answers(ledger, run.id)} == {2}


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("{", "Expecting"),
        ("[1]", "no JSON object"),
        ('{"output": "x"}', "no 'prompt'"),
        ('{"prompt": "3+4=", "output": 7}', "'output' must be a text"),
        ('{"prompt": [{"role": "king", "content": "?"}], "output": "x"}', "a role is"),
        ('{"prompt": "3+4=", "output": "x", "index": "1"}', "'index' must be a whole number"),
        ('{"prompt": "3+4=", "output": "x", "sampling": {"heat": 1}}', "'sampling' must be"),
        ('{"prompt": "3+4=", "output": "x", "sampling": {"temperature": "hot"}}', "temperature"),
        ('{"outputs": [{"text": "x"}], "messages": [], "model": "m"}', "'prompt' must be"),
        ('{"outputs": [{"text": "x"}], "messages": [["user", "a"]]}', "'model' must be a text"),
        ('{"outputs": ["x"], "messages": [["user", "a"]], "model": "m"}', "a list of objects"),
        ("[" * 100_000, "recursion"),
        (f'{{"prompt": "3+4=", "output": "x", "index": {10**400}}}', "'index' is 1000"),
        ('{"prompt": "3+4=", "output": "x", "index": -1}', "'index' is -1"),
        ('{"prompt": "3+4=", "output": "x", "seconds": NaN}', "'seconds' is nan"),
        ('{"prompt": "3+4=", "output": "x", "tokens_in": 1.5}', "'tokens_in' is 1.5"),
        (
            '{"outputs": [{"text": "x"}], "messages": [["user", "a"]], "model": "\\ud800"}',
            "surrogates not allowed",
        ),
    ],
)
def test_a_bad_line_is_named_and_nothing_is_written(
    task: Task, entry: Entry, ledger: Ledger, tmp_path: Path, line: str, said: str
) -> None:
    path = tmp_path / "bad.jsonl"
    path.write_text('{"prompt": "3+4=", "output": "7"}\n' + line + "\n")
    with pytest.raises(DataError) as error:
        bring(task, entry, path, ledger)
    assert str(error.value).startswith(f"{path}: line 2: ") and said in str(error.value)
    assert "\n" not in str(error.value) and len(str(error.value)) < 400
    assert ledger.row("SELECT COUNT(*) FROM outputs") == (0,)


def test_files_with_nothing_to_import(
    task: Task, entry: Entry, ledger: Ledger, tmp_path: Path
) -> None:
    path = tmp_path / "none.jsonl"
    path.write_text("\n")
    with pytest.raises(DataError, match="nothing to import: it holds no outputs"):
        bring(task, entry, path, ledger)
    path.write_text('{"prompt": "a stranger", "output": "7"}\n')
    with pytest.raises(DataError, match="no prompt is that of a sample of dev under entry 'base'"):
        bring(task, entry, path, ledger)
    path.write_bytes(b'{"prompt": "\xff"}\n')
    with pytest.raises(DataError, match="not UTF-8"):
        bring(task, entry, path, ledger)
    with pytest.raises(DataError, match="No such file"):
        bring(task, entry, tmp_path / "nowhere.jsonl", ledger)


def test_a_name_of_ones_own_is_found_by_replay(task: Task, tmp_path: Path) -> None:
    path = tmp_path / "theirs.jsonl"
    rows = [{"prompt": f"{n}+{n + 1}=", "output": str(2 * n + 1)} for n in range(20)]
    path.write_text("\n".join(map(json.dumps, rows)))
    report = tj.import_outputs(task, path, name="big-model")
    assert report.sentence() == "20 outputs recorded"
    run = tj.run(task, model=f"replay:{tmp_path / FILE}#big-model").run
    assert (run.score, run.errors) == (1.0, 0)


def test_a_run_becomes_a_parquet_file(
    play: Play, task: Task, voting: Entry, ledger: Ledger, tmp_path: Path
) -> None:
    pq = pytest.importorskip("pyarrow.parquet", reason="needs pyarrow (the extra analytics)")
    run = play(Scripted(reply), entry=voting)
    assert export_run(task, ledger, run, tmp_path / "out.parquet") == 20
    rows = {row["id"]: row for row in pq.read_table(tmp_path / "out.parquet").to_pylist()}
    row = rows["d7"]
    assert (json.loads(row["answer"]), json.loads(row["target"]), row["score"]) == (15, 15, 1.0)
    assert [output["index"] for output in row["outputs"]] == [0, 1, 2]
    assert row["outputs"][0]["findings"][0]["kind"] == "preamble"
    assert json.loads(row["sampling"]) == {"temperature": 0.5}
    assert rows["d4"]["outputs"] == [] and rows["d4"]["state"] == "error"


def test_without_pyarrow_the_extra_is_named(
    play: Play, task: Task, ledger: Ledger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = play(Scripted(add))
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(MissingExtraError, match=r"tesuji\[analytics\]"):
        export_run(task, ledger, run, tmp_path / "out.parquet")
    assert not list(tmp_path.glob("*out.parquet*"))


def test_a_file_that_was_there_stays_until_the_new_one_is_whole(
    play: Play, task: Task, ledger: Ledger, tmp_path: Path
) -> None:
    run = play(Scripted(add))
    (tmp_path / "out.jsonl").write_text("precious")
    with pytest.raises(InputError, match=r"export writes \.jsonl, \.parquet, \.eval, \.json"):
        export_run(task, ledger, run, tmp_path / "out.xlsx")
    with pytest.raises(InputError, match="cannot be written"):
        export_run(task, ledger, run, tmp_path / "nowhere" / "out.jsonl")
    ledger.connection.execute("UPDATE answers SET answer = '{' WHERE sample = 'd9'")
    with pytest.raises(ValueError, match="Expecting"):
        export_run(task, ledger, run, tmp_path / "out.jsonl")
    assert (tmp_path / "out.jsonl").read_text() == "precious"
    assert not list(tmp_path.glob(".out*"))


def check_sample(sample: dict) -> None:
    """The structure that Inspect's logs have (version 2), for the sample d7 of a vote."""
    assert (sample["id"], sample["epoch"], sample["target"]) == ("d7", 1, "15")
    assert [(m["role"], m["content"]) for m in sample["input"]] == [("user", "7+8=")]
    assert [m["role"] for m in sample["messages"]] == ["user", "assistant"]
    assert sample["output"]["completion"] == "Sure! Here is the sum: 15"
    assert [c["stop_reason"] for c in sample["output"]["choices"]] == ["stop"] * 3
    assert sample["scores"]["accuracy"]["value"] == 1.0
    assert sample["scores"]["accuracy"]["answer"] == "15"
    usage = {"input_tokens": 12, "output_tokens": 75, "total_tokens": 87}
    assert sample["model_usage"] == {"scripted": usage}
    assert sample["metadata"]["findings"][0]["kind"] == "preamble"


@pytest.mark.parametrize("ending", [".eval", ".json"])
def test_a_run_becomes_a_log_of_inspects(
    play: Play, task: Task, voting: Entry, ledger: Ledger, tmp_path: Path, ending: str
) -> None:
    run = play(Scripted(reply), entry=voting)
    path = tmp_path / f"out{ending}"
    assert export_run(task, ledger, run, path) == 20
    if ending == ".eval":
        with zipfile.ZipFile(path) as archive:
            assert archive.testzip() is None
            head = json.loads(archive.read("header.json"))
            sample = json.loads(archive.read("samples/d7_epoch_1.json"))
            failed = json.loads(archive.read("samples/d4_epoch_1.json"))
            summaries = json.loads(archive.read("summaries.json"))
            start = json.loads(archive.read("_journal/start.json"))
        assert start["eval"]["task"] == "sums" and len(summaries) == 20
    else:
        head = json.loads(path.read_text(encoding="utf-8"))
        samples = {sample["id"]: sample for sample in head["samples"]}
        sample, failed = samples["d7"], samples["d4"]
    check_sample(sample)
    assert failed["error"]["message"] == "status 500, four times" and failed["scores"] == {}
    assert (head["version"], head["status"], head["eval"]["model"]) == (2, "success", "scripted")
    assert len(head["eval"]["dataset"]["sample_ids"]) == 20
    (score,) = head["results"]["scores"]
    assert score["metrics"]["score"]["value"] == 1.0
    assert (score["scored_samples"], score["unscored_samples"]) == (19, 1)
    assert head["stats"]["model_usage"]["scripted"]["output_tokens"] == run.all_tokens_out


@pytest.mark.parametrize("ending", [".eval", ".json"])
def test_inspect_reads_the_log(
    play: Play, task: Task, voting: Entry, ledger: Ledger, tmp_path: Path, ending: str
) -> None:
    log = pytest.importorskip("inspect_ai.log", reason="needs inspect_ai")
    run = play(Scripted(reply), entry=voting)
    path = str(tmp_path / f"out{ending}")
    export_run(task, ledger, run, Path(path))
    whole = log.read_eval_log(path)
    assert (whole.status, whole.eval.task, len(whole.samples)) == ("success", "sums", 20)
    assert whole.results.scores[0].metrics["score"].value == 1.0
    (sample,) = [sample for sample in whole.samples if sample.id == "d7"]
    assert sample.output.completion == "Sure! Here is the sum: 15"
    assert len(sample.output.choices) == 3
    assert sample.scores["accuracy"].value == 1.0
    assert sample.model_usage["scripted"].output_tokens == 75
    (failed,) = [sample for sample in whole.samples if sample.error]
    assert failed.error.message == "status 500, four times"
    assert log.read_eval_log_sample(path, "d7", 1).input[0].content == "7+8="
    assert len(log.read_eval_log_sample_summaries(path)) == 20
    assert log.read_eval_log(path, header_only=True).results.total_samples == 20


def test_no_key_of_the_environment_is_in_any_file(
    task: Task, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("pyarrow", reason="needs pyarrow (the extra analytics)")
    secret = "sk-very-secret-0123456789"
    for name in ("OPENAI_API_KEY", "TESUJI_API_KEY"):
        monkeypatch.setenv(name, secret)
    report = tj.run(task, model="nano")
    for ending in (".jsonl", ".parquet", ".eval", ".json"):
        path = tj.export(task, report.run.id, tmp_path / f"out{ending}").path
        content = path.read_bytes()
        if ending == ".eval":
            with zipfile.ZipFile(path) as archive:
                content = b"".join(map(archive.read, archive.namelist()))
        assert secret.encode() not in content and os.environ["HOME"].encode() not in content


def test_a_large_run_is_written_in_little_memory(
    play: Play, task: Task, ledger: Ledger, tmp_path: Path
) -> None:
    import tracemalloc

    words = " ".join(map(str, range(2000)))
    run = play(Scripted(lambda request: f"{words} {add(request)}"))
    with ledger.transaction() as connection:  # sixty times as many samples
        for copy in range(60):
            connection.execute(
                "INSERT INTO answers SELECT run, sample || '-' || ?, state, score, answer, output, "
                "reason, drafts FROM answers WHERE sample NOT LIKE '%-%'",
                (copy,),
            )
    for ending in (".jsonl", ".json", ".eval"):
        tracemalloc.start()
        count = export_run(task, ledger, run, tmp_path / f"out{ending}")
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert count == 1220
        assert peak < 4e6  # where all outputs together have 11 MB
