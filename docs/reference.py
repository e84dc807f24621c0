"""docs/cli.md: the help of every command, as the command line itself prints it.

`python docs/reference.py` writes the file; `--check` writes nothing and exits 1 if it is stale.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import click

from tesuji.cli import cli

PATH = Path(__file__).with_name("cli.md")
_WIDTH = 80
_HEAD = """# Commands

Written by `make docs` from the commands' own help; don't edit it.
"""


def reference() -> str:
    """The text of docs/cli.md: the group's help, then each command's, in the help's order."""
    group = _context(cli, "tesuji")
    parts = [_HEAD, f"```text\n$ tesuji --help\n{cli.get_help(group).rstrip()}\n```\n"]
    for name in cli.list_commands(group):
        command = cli.commands[name]
        text = command.get_help(_context(command, name, group)).rstrip()
        parts.append(f"## tesuji {name}\n\n```text\n{text}\n```\n")
    return "\n".join(parts)


def _context(
    command: click.Command, name: str, parent: click.Context | None = None
) -> click.Context:
    # A fixed width: the terminal that the script runs in must not change the file.
    return click.Context(
        command, parent, name, terminal_width=_WIDTH, max_content_width=_WIDTH,
        **command.context_settings,
    )  # fmt: skip


def main(arguments: Sequence[str]) -> int:
    """Write docs/cli.md, or with `--check` say if it is stale. Returns the exit code."""
    if list(arguments) not in ([], ["--check"]):
        print("usage: python docs/reference.py [--check]", file=sys.stderr)
        return 2
    text = reference()
    if not arguments:
        PATH.write_text(text, encoding="utf-8", newline="\n")
        return 0
    if PATH.exists() and PATH.read_text(encoding="utf-8") == text:
        return 0
    print(f"{PATH} is stale: make docs", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
