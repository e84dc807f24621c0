"""Reports as a person at a terminal wants to read them: all that the commands show them by."""

from __future__ import annotations

from tesuji.cli.paper import console, show_json, show_json_lines
from tesuji.cli.show_files import (
    show_check,
    show_doctor,
    show_export,
    show_import,
    show_new,
    show_predict,
)
from tesuji.cli.show_run import show_comparison, show_run, show_runs
from tesuji.cli.show_samples import show_first, show_records

__all__ = [
    "console",
    "show_check",
    "show_comparison",
    "show_doctor",
    "show_export",
    "show_first",
    "show_import",
    "show_json",
    "show_json_lines",
    "show_new",
    "show_predict",
    "show_records",
    "show_run",
    "show_runs",
]
