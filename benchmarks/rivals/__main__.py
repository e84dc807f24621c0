"""Install the tools, measure them in alternating rounds, print a table of medians."""

from __future__ import annotations

import argparse
import os
import sys
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
    installed, reasons = _installed(tools, folder)
    found: dict[str, list[Figures]] = {name: [] for name in tools}
    for number in range(1, rounds + 1):
        for name in [name for name in installed if name not in reasons]:
            try:
                found[name].append(measure(tools[name], installed[name], samples))
                said = " ".join(_cells(found[name][-1]))
            except FailedError as error:
                said = reasons[name] = str(error)
            print(f"round {number} of {rounds}, {name}: {said}", file=sys.stderr)
    return {name: reasons.get(name) or Figures.middle(found[name]) for name in tools}


def _installed(tools: Mapping[str, Tool], folder: Path) -> tuple[dict[str, Path], dict[str, str]]:
    """Interpreters by tool, and reasons where there is none."""
    installed, reasons = {}, {}
    for name, tool in tools.items():
        try:
            installed[name] = tool.environment.install(folder / name)
        except FailedError as error:
            reasons[name] = str(error)
    return installed, reasons


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
    if arguments.samples < 10 or arguments.rounds < 1:
        parser.error("takes at least 10 samples and a round")
    tools = {name: TOOLS[name] for name in names}
    results = compare(tools, arguments.samples, arguments.rounds, arguments.folder)
    setting = f"{arguments.samples} samples, {CONCURRENCY} at once, {arguments.rounds} rounds"
    load = " ".join(f"{load:.1f}" for load in os.getloadavg())
    print(f"{setting}, {os.cpu_count()} cores; load of the machine at the end: {load}\n")
    print("\n".join(table(tools, results)))


if __name__ == "__main__":
    main()
