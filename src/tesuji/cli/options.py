"""Options that several commands share, and what they are turned into."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

import click

from tesuji.errors import ConfigError

if TYPE_CHECKING:
    from tesuji.run.budget import Budget
    from tesuji.run.entry import Entry
    from tesuji.task.task import Task

F = TypeVar("F", bound=Callable[..., Any])
_WORKERS = f"{__name__}.workers"


def folder_option(command: F) -> F:
    """`-C FOLDER`: the competition, if it is not the current folder."""
    return click.option(
        "-C", "--folder", default=".", show_default=True, metavar="FOLDER",
        help="The competition's folder.",
    )(command)  # fmt: skip


def json_option(command: F) -> F:
    """`--json`: for machines."""
    return click.option("--json", "as_json", is_flag=True, help="Print JSON for machines.")(command)


def model_option(command: F) -> F:
    """`--model URI`, and `--model-option`."""
    return click.option(
        "--model", metavar="URI",
        help="Which model answers: nano, openai:NAME, http://HOST/v1#NAME, hf:NAME, onnx:DIR …",
    )(model_options_option(command))  # fmt: skip


def model_options_option(command: F) -> F:
    """`--model-option K=V` and `--workers ray`: how the model is asked, no part of an entry."""

    def keep(ctx: click.Context, _: click.Parameter, value: str | None) -> None:
        ctx.meta[_WORKERS] = value

    option = click.option(
        "--model-option", "model_options", multiple=True, metavar="K=V",
        help="For the model: concurrency=32, timeout=60 …",
    )  # fmt: skip
    workers = click.option(
        "--workers", metavar="ray[:N]", callback=keep, expose_value=False,
        help="Spread a model that runs here over a Ray cluster.",
    )  # fmt: skip
    return option(workers(command))


def entry_options(command: F) -> F:
    """`--entry`, and the changes that make a challenger of it."""
    options = (
        click.option(
            "--entry", metavar="NAME",
            help="A saved entry (entries/NAME.toml); `base` is the one of competition.toml.",
        ),
        click.option("--name", help="What to call the changed entry."),
        click.option("--user", metavar="TEXT", help="Change the prompt: {column} is filled in."),
        click.option("--system", metavar="TEXT", help="Change the system prompt."),
        click.option("--examples", type=int, metavar="K", help="Show K solved examples."),
        click.option(
            "--clean", metavar="A,B",
            help="Clean outputs before parsing: preamble, loop, format; '' for none.",
        ),
        click.option(
            "--inputs", metavar="A,B",
            help="Normalise inputs: html, invisible, nfkc, whitespace; '' for none.",
        ),
        click.option(
            "--flow", metavar="NAME",
            help="ask, retry, vote, choose, check, code, cascade, or your own.",
        ),
        click.option("--option", "options", multiple=True, metavar="K=V", help="For the flow."),
        click.option(
            "--also", "models", multiple=True, metavar="NAME=URI",
            help="A further model, which the flow asks by this name: strong=openai:gpt-5.",
        ),
        click.option("--constrain/--no-constrain", default=None, help="Decode by the grammar."),
        click.option("--temperature", type=float, metavar="T", help="0 is greedy."),
        click.option("--max-tokens", type=int, metavar="N", help="The longest output."),
        click.option(
            "--stop-loops/--no-stop-loops", default=None,
            help="End an output as soon as it surely loops.",
        ),
    )  # fmt: skip
    for option in reversed(options):
        command = option(command)
    return command


def budget_options(command: F) -> F:
    """Limits of the whole run."""
    options = (
        click.option("--seconds", type=float, metavar="S", help="End within S seconds."),
        click.option("--requests", type=int, metavar="N", help="Send at most N requests."),
        click.option("--tokens", type=int, metavar="N", help="Stop sending after N tokens."),
        click.option("--usd", type=float, metavar="X", help="Stop sending after X US dollars."),
    )
    for option in reversed(options):
        command = option(command)
    return command


def columns_options(command: F) -> F:
    """What the columns of a file of outputs hold."""
    options = (
        click.option("--text", default="output", show_default=True, help="Column of the outputs."),
        click.option(
            "--prompt", default="prompt", show_default=True, help="Column of the prompts."
        ),
        click.option("--language", metavar="CODE|COLUMN", help="The language expected."),
        click.option("--system", metavar="COLUMN", help="Column of the system prompts."),
        click.option("--finish", metavar="COLUMN", help="Column that tells why an output ended."),
        click.option("--id", metavar="COLUMN", help="Column of the ids."),
    )  # fmt: skip
    for option in reversed(options):
        command = option(command)
    return command


def load_task(folder: str, model_options: Sequence[str]) -> Task:
    """The competition of a folder, with the options that its models are to be opened with."""
    from tesuji import api

    task = api.load(folder)
    pairs = dict(_pair(text, "--model-option") for text in model_options)
    if workers := click.get_current_context().meta.get(_WORKERS):
        pairs["workers"] = workers
    return task.with_options(**pairs) if pairs else task


def make_entry(task: Task, model: str | None, changes: dict[str, Any]) -> Entry:
    """The entry that the options mean: a saved one or the base, with what was changed."""
    from tesuji.api import derive, find_entry

    entry = find_entry(task, changes.pop("entry"), model)
    options = changes.pop("options")
    for key in ("clean", "inputs"):
        changes[key] = _names(changes[key])
    changes["options"] = dict(_pair(text, "--option") for text in options) if options else None
    changes["models"] = {**entry.models, **_models(changes["models"])} or None
    for key in ("user", "system"):
        changes[key] = _unescape(changes[key])
    return derive(entry, **changes)


def make_budget(
    task: Task,
    seconds: float | None,
    requests: int | None,
    tokens: int | None,
    usd: float | None,
) -> Budget:
    """The task's limits, with those that the options change."""
    from tesuji.run.budget import make_budget as from_limits

    given = {"seconds": seconds, "requests": requests, "tokens": tokens, "usd": usd}
    return from_limits({**task.limits, **{k: v for k, v in given.items() if v is not None}})


def _models(texts: Sequence[str]) -> dict[str, str]:
    """`NAME=URI` texts as a table."""
    pairs = [text.partition("=") for text in texts]
    for name, equals, uri in pairs:
        if not (name and equals and uri):
            raise ConfigError(f"--also {name}{equals}{uri}: write it as NAME=URI")
    return {name: uri for name, _, uri in pairs}


def _names(text: str | None) -> list[str] | None:
    return None if text is None else [name.strip() for name in text.split(",") if name.strip()]


def read_pairs(texts: Sequence[str], option: str) -> dict[str, Any]:
    """`NAME=VALUE` texts as a table; values are JSON where they can be."""
    return dict(_pair(text, option) for text in texts)


def _pair(text: str, option: str) -> tuple[str, Any]:
    name, equals, value = text.partition("=")
    if not (name and equals):
        raise ConfigError(f"{option} {text}: write it as NAME=VALUE")
    try:
        return name, json.loads(value)
    except ValueError:
        return name, value


def _unescape(text: str | None) -> str | None:
    # A shell's "\n" arrives as two characters; in a prompt a line end is what is meant.
    return None if text is None else text.replace("\\n", "\n")
