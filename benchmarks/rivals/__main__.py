"""Install the tools, measure them in alternating rounds, print a table of medians."""

from __future__ import annotations

import argparse
import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from benchmarks.rivals import __doc__ as about
from benchmarks.rivals import dspy, inspect_ai, lm_eval, ours, promptfoo
from benchmarks.rivals.failure import FailedError
from benchmarks.rivals.measuring import Figures, measure
from benchmarks.rivals.tool import Tool
from benchmarks.runner import CONCURRENCY

TOOLS = {
    "tesuji": ours.TESUJI,
    "bare": ours.BARE,
    "inspect": inspect_ai.TOOL,
    "dspy": dspy.TOOL,
    "lm-eval": lm_eval.TOOL,
    "promptfoo": promptfoo.TOOL,
}
FOLDER = Path("~/.cache/tesuji-rivals").expanduser()


def compare(
    tools: Mapping[str, Tool], samples: int, rounds: int, folder: Path
) -> dict[str, Figures | str]:
    """Figures of each tool, or the reason why there are none. A tool that failed once is out."""
    results: dict[str, Figures | str] = {}
    places: dict[str, Path] = {}
    for name, tool in tools.items():
        try:
            places[name] = tool.environment.install(folder / name)
        except FailedError as error:
            results[name] = str(error)
    found: dict[str, list[Figures]] = {name: [] for name in places}
    for _ in range(rounds):
        for name in [name for name in places if name not in results]:
            try:
                found[name].append(measure(tools[name], places[name], samples))
            except FailedError as error:
                results[name] = str(error)
    medians = {name: Figures.middle(each) for name, each in found.items() if name not in results}
    return {name: (results | medians)[name] for name in tools}


def table(tools: Mapping[str, Tool], results: Mapping[str, Figures | str]) -> list[str]:
    """The results as lines of Markdown."""
    head = "samples/s", "CPU ms a sample", "CPU s to start and stop", "peak MB", "requests"
    columns = ["tool", *head, "most at once", "whole run, s"]
    lines = [_row(columns), _row(["---"] * len(columns))]
    for name, found in results.items():
        tool = tools[name]
        label = f"{tool.name} ({tool.version})" if tool.version else tool.name
        lines.append(_row([label, *_cells(found)]))
    return lines


def _cells(found: Figures | str) -> list[str]:
    if isinstance(found, str):
        return [found, *[""] * 6]
    return [
        f"{found.rate:,.0f}",
        f"{found.cpu_ms:.2f}",
        f"{found.start_cpu:.2f}",
        f"{found.megabytes:.0f}",
        f"{found.requests:,.0f}",
        f"{found.at_once:.0f}",
        f"{found.whole:.1f}",
    ]


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def main() -> None:
    """Parse arguments, measure, print."""
    parser = argparse.ArgumentParser(
        "python -m benchmarks.rivals", description=about,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    parser.add_argument("--samples", type=int, default=2000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--tools", default=",".join(TOOLS), help="by default: %(default)s")
    parser.add_argument("--folder", type=Path, default=FOLDER, help="where tools are installed")
    arguments = parser.parse_args()
    names = arguments.tools.split(",")
    if unknown := [name for name in names if name not in TOOLS]:
        parser.error(f"no such tool: {', '.join(unknown)}; there are {', '.join(TOOLS)}")
    tools = {name: TOOLS[name] for name in names}
    results = compare(tools, arguments.samples, arguments.rounds, arguments.folder)
    setting = f"{arguments.samples} samples, {CONCURRENCY} at once, {arguments.rounds} rounds"
    load = " ".join(f"{load:.1f}" for load in os.getloadavg())
    print(f"{setting}, {os.cpu_count()} cores; load of the machine at the end: {load}\n")
    print("\n".join(table(tools, results)))


if __name__ == "__main__":
    main()
