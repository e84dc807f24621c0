"""A run as a log of Inspect (inspect_ai), so that its viewer opens it.

Written after the schema of version 2 of its logs (checked with inspect_ai 0.3.285, which is not
needed here). A `.eval` is a zip with one member a sample, which the viewer reads one by one; a
`.json` is the same in one document. Both are written sample by sample. A zip lists its members in
memory until it is closed: about half a kilobyte a sample.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
import zipfile
from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from typing import IO, Any

from tesuji.models.base import TokenLogprob
from tesuji.run.exchange.rows import Drawn, Row, Source, dumps
from tesuji.run.ledger import RunRow

_VERSION = 2
_STATUS = {"finished": "success", "stopped": "cancelled", "running": "started"}
# Inspect has a closed list of reasons to stop.
_STOP = {"stop": "stop", "loop": "stop", "length": "max_tokens", "content_filter": "content_filter"}
_SHORT = 1000  # characters of an input in the summaries, which the viewer's list shows


def write_inspect_eval(file: IO[bytes], source: Source) -> int:
    """Write a `.eval`; how many samples."""
    head, count = _head(source), 0
    with (
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive,
        tempfile.TemporaryFile() as summaries,
    ):
        start = {key: head[key] for key in ("version", "eval", "plan")}
        archive.writestr("_journal/start.json", dumps(start))
        for count, row in enumerate(source.rows(), start=1):
            sample = inspect_sample(row, source.run)
            archive.writestr(f"samples/{sample['id']}_epoch_1.json", dumps(sample))
            summaries.write((b"," if count > 1 else b"[") + dumps(_summary(sample)))
        summaries.write(b"]" if count else b"[]")
        summaries.seek(0)
        with archive.open("summaries.json", "w", force_zip64=True) as member:
            shutil.copyfileobj(summaries, member)
        archive.writestr("header.json", dumps(head))
    return count


def write_inspect_json(file: IO[bytes], source: Source) -> int:
    """Write a `.json`; how many samples."""
    count = 0
    file.write(dumps(_head(source))[:-1] + b',"samples":[')
    for count, row in enumerate(source.rows(), start=1):
        file.write((b"," if count > 1 else b"") + dumps(inspect_sample(row, source.run)))
    file.write(b"]}")
    return count


def inspect_sample(row: Row, run: RunRow) -> dict[str, Any]:
    """An `EvalSample`: input, target, messages, output with all draws, score, usage."""
    answer, first = row.answer, row.first
    name = answer.sample
    asked = [
        {"id": _id(run, name, at), "role": message.role, "content": message.content,
         "source": "input"}
        for at, message in enumerate(first.messages if first else ())
    ]  # fmt: skip
    outputs = ([first] if first else []) + [one for one in row.outputs if one is not first]
    choices = [_choice(run, name, at, drawn) for at, drawn in enumerate(outputs)]
    usage = _usage(
        sum(one.output.tokens_in for one in outputs), sum(one.output.tokens_out for one in outputs)
    )
    seconds = sum(one.output.seconds for one in outputs)
    output: dict[str, Any] = {"model": run.model, "choices": choices}
    if first:
        output |= {"completion": first.output.text, "usage": usage, "time": first.output.seconds}
    sample: dict[str, Any] = {
        "id": name,
        "epoch": 1,
        "input": asked,
        "target": _text(row.sample.target) if row.sample else "",
        "messages": [*asked, *(choice["message"] for choice in choices[:1])],
        "output": output,
        "scores": _scores(row, run),
        "metadata": {
            "state": answer.state,
            "fields": dict(row.sample.fields) if row.sample else {},
            "findings": [asdict(finding) for finding in first.findings] if first else [],
            **row.remarks(),
        },
        "store": {},
        "events": [],
        "model_usage": {run.model: usage} if outputs else {},
        "total_time": seconds,
        "working_time": seconds,
        "uuid": _id(run, name),
        "attachments": {},
    }
    if answer.state == "error":
        reason = answer.reason or "failed"
        sample["error"] = {"message": reason, "traceback": reason, "traceback_ansi": reason}
    return sample


def _choice(run: RunRow, sample: str, at: int, drawn: Drawn) -> dict[str, Any]:
    message = {
        "id": _id(run, sample, f"output {at}"), "role": "assistant", "source": "generate",
        "content": drawn.output.text, "model": run.model,
    }  # fmt: skip
    stop = _STOP.get(drawn.output.finish, "unknown")
    choice: dict[str, Any] = {"message": message, "stop_reason": stop}
    if drawn.output.logprobs is not None:
        choice["logprobs"] = {"content": [_logprob(token) for token in drawn.output.logprobs]}
    return choice


def _logprob(token: TokenLogprob) -> dict[str, Any]:
    top = [{"token": name, "logprob": value, "bytes": None} for name, value in token.top]
    return {
        "token": token.token, "logprob": token.logprob, "bytes": None, "top_logprobs": top or None
    }  # fmt: skip


def _scores(row: Row, run: RunRow) -> dict[str, Any]:
    answer = row.answer
    if answer.score is None:
        return {}
    return {
        run.metric: {
            "value": answer.score,
            "answer": _text(answer.answer),
            "explanation": answer.reason or answer.state,
        }
    }


def _summary(sample: Mapping[str, Any]) -> dict[str, Any]:
    """An `EvalSampleSummary`: what the viewer's list of samples shows."""
    error = sample.get("error")
    summary = {
        key: sample[key]
        for key in ("id", "epoch", "target", "scores", "model_usage", "total_time",
                    "working_time", "uuid")
    }  # fmt: skip
    summary["target"] = sample["target"][:_SHORT]
    shown = [message["content"] for message in sample["input"] if message["role"] != "system"]
    summary |= {
        "input": "\n".join(shown)[:_SHORT],
        "metadata": {"state": sample["metadata"]["state"]},
        "completed": True,
        "message_count": len(sample["messages"]),
    }
    return summary | ({"error": error["message"]} if error else {})


def _head(source: Source) -> dict[str, Any]:
    """An `EvalLog` without its samples."""
    task, run = source.task, source.run
    started, ended = _time(run.started), _time(run.started + run.all_seconds)
    table = dict(run.entry_table)
    sampling = dict(table.get("sampling", {}))
    config = {key: sampling[key] for key in ("temperature", "top_p", "max_tokens", "seed")
              if key in sampling}  # fmt: skip
    if "stop" in sampling:
        config["stop_seqs"] = list(sampling["stop"])
    flow = table.get("flow", "ask")
    spec = {
        "eval_id": _id(run, "eval"),
        "run_id": _id(run, "run"),
        "created": started,
        "task": task.name,
        "task_id": _id(run, "task"),
        "task_version": 0,
        "task_display_name": task.name,
        "task_attribs": {},
        "task_args": {},
        "solver": flow,
        "dataset": {
            "name": f"{task.name} {run.split}", "samples": run.total,
            "sample_ids": source.ids(), "shuffled": False,
        },
        "model": run.model,
        "model_generate_config": config,
        "model_args": {},
        "config": {"epochs": 1},
        "packages": {"tesuji": _version()},
        "metadata": {
            "entry": run.entry, "entry_table": table, "run": run.id, "split": run.split,
            "task_digest": run.task_digest,
        },
        "scorers": [
            {"name": run.metric, "options": {}, "metadata": {},
             "metrics": [{"name": "score", "options": {}}]}
        ],
    }  # fmt: skip
    head: dict[str, Any] = {
        "version": _VERSION,
        "status": _STATUS.get(run.state, "error"),
        "eval": spec,
        "plan": {
            "name": "plan",
            "steps": [{"solver": flow, "params": dict(table.get("options", {}))}],
            "config": config,
        },
        "results": _results(run),
        "stats": {
            "started_at": started,
            "completed_at": ended if run.state == "finished" else "",
            "model_usage": {run.model: _usage(run.all_tokens_in, run.all_tokens_out, run.all_usd)},
        },
    }
    return head


def _results(run: RunRow) -> dict[str, Any]:
    done = run.answered + run.unparsed + run.fallbacks
    metrics = {}
    if run.score is not None:
        interval = {"low": run.low, "high": run.high}
        metrics["score"] = {"name": "score", "value": run.score, "metadata": interval}
    return {
        "total_samples": run.total,
        "completed_samples": done,
        "scores": [
            {
                "name": run.metric, "scorer": run.metric, "params": {}, "metrics": metrics,
                "scored_samples": done, "unscored_samples": run.total - done,
            }
        ] if metrics else [],
    }  # fmt: skip


def _usage(tokens_in: int, tokens_out: int, usd: float | None = None) -> dict[str, Any]:
    usage: dict[str, Any] = {
        "input_tokens": tokens_in, "output_tokens": tokens_out,
        "total_tokens": tokens_in + tokens_out,
    }  # fmt: skip
    return usage | ({} if usd is None else {"total_cost": usd})


def _text(value: Any) -> str:
    """A target or answer as Inspect wants it: text; what is no text is JSON."""
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)


def _id(run: RunRow, *parts: object) -> str:
    """The same short name each time that the run is written."""
    text = "\0".join(map(str, (run.id, run.started, *parts)))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:22]


def _time(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")


def _version() -> str:
    try:
        return version("tesuji")
    except PackageNotFoundError:
        return "unknown"
