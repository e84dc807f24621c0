"""The demo: the whole loop, as the commands that a person would type.

Each step runs the real command; nothing that it prints is prepared.
"""

from __future__ import annotations

import contextlib
import os
import shlex
import tempfile
import textwrap
import time
from collections.abc import Iterator
from pathlib import Path

from rich.text import Text

from tesuji.cli.paths import near
from tesuji.cli.render import console
from tesuji.errors import InputError

_STEPS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (
        "The first move: before anything else, look at what the model really writes.",
        ("first",),
    ),
    ("Then all of the dev split. Every output is recorded and checked for failures.", ("run",)),
    (
        "What next? The planner weighs the twelve moves by what is recorded: why now, what to "
        "gain, what it costs.",
        ("next",),
    ),
    (
        "Clean what the model wrote before it is parsed: the outputs are in the ledger, so nothing "
        "is sent. The challengers are compared with the best in pairs, on the same samples; one is "
        "kept only if it is better.",
        ("try", "process"),
    ),
    (
        "Another prompt. Candidates meet on growing sets of samples and leave once the referee is "
        "sure; the one in front is judged on samples that it was not chosen on.",
        ("try", "prompt", "--option", "trials=16"),
    ),
    (
        "And the planner's first line: does it take an LLM at all? Rules are induced from the "
        "training rows.",
        ("try", "baseline", "--option", "methods=rules"),
    ),
    ("Where that leads: the best entry, and the very text that it sends.", ("best",)),
    ("The best entry answers the test split:", ("predict",)),
    ("And the file is what the competition asks for:", ("check", "submission.csv")),
)


def play(keep: str | None) -> None:
    """Play the demo in a folder of its own; `keep` names one that stays."""
    began = time.monotonic()
    with _folder(keep) as folder:
        _say("A competition is a folder. This one asks to reverse strings of ten letters.")
        _command(("new", folder.name, "--like", "llm-prompt-reverse"), folder.parent)
        console.print(Text(f"\n$ cd {folder.name}", "bold"))
        for words, arguments in _STEPS:
            _say(words)
            _command(arguments, folder)
    seconds = time.monotonic() - began
    console.print(
        f"\nThat was the whole loop, in {seconds:.0f} s, offline, with a model of 1.3 million\n"
        "parameters that ships inside the package."
    )
    if keep:
        console.print(Text(f"Go on from there: cd {shlex.quote(near(folder))}"))
        console.print("Look at it in a browser: tesuji board")
    else:
        console.print("To look at all of it in a browser: tesuji demo --keep demo")
        console.print("                                    tesuji board -C demo")
        console.print("Your turn: tesuji new reverse --like llm-prompt-reverse")


@contextlib.contextmanager
def _folder(keep: str | None) -> Iterator[Path]:
    if keep is not None:
        folder = Path(keep).resolve()
        if folder.exists() and not folder.is_dir():
            raise InputError(f"{folder} is a file: choose a folder for --keep")
        if folder.exists() and any(folder.iterdir()):
            raise InputError(f"{folder} is not empty: choose another folder for --keep")
        yield folder
        return
    with tempfile.TemporaryDirectory(prefix="tesuji-") as aside:
        yield Path(aside) / "reverse"


def _say(words: str) -> None:
    lines = textwrap.fill(words, console.width, initial_indent="# ", subsequent_indent="# ")
    console.print(Text(f"\n{lines}", "italic green"))


def _command(arguments: tuple[str, ...], folder: Path) -> None:
    """Print the command as typed, and run it in `folder`."""
    from tesuji.cli import cli

    console.print(Text(f"\n$ tesuji {shlex.join(arguments)}", "bold"))
    here = Path.cwd()
    folder.mkdir(parents=True, exist_ok=True)
    os.chdir(folder)
    try:
        cli.main(list(arguments), prog_name="tesuji", standalone_mode=False)
    finally:
        os.chdir(here)
