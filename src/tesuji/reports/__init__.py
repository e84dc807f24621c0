"""What the verbs return: reports that show themselves in a notebook and as JSON.

Each has `_repr_html_` (everything escaped) and `to_json` (what `--json` prints).
"""

from __future__ import annotations

from tesuji.reports.best import BestReport, Link, UndoReport
from tesuji.reports.diagnosis import DiagnosisReport
from tesuji.reports.files import CheckReport, ExportReport, ImportReport, NewReport, PredictReport
from tesuji.reports.first import FirstReport
from tesuji.reports.plan import PlanReport, cost_words, gain_words
from tesuji.reports.runs import RunReport, RunsReport
from tesuji.reports.trying import TryReport
from tesuji.reports.words import (
    cell_text,
    cost_text,
    counts_text,
    gain_text,
    number_text,
    percent,
    rates_text,
    score_text,
    usd_text,
)

__all__ = [
    "BestReport",
    "CheckReport",
    "DiagnosisReport",
    "ExportReport",
    "FirstReport",
    "ImportReport",
    "Link",
    "NewReport",
    "PlanReport",
    "PredictReport",
    "RunReport",
    "RunsReport",
    "TryReport",
    "UndoReport",
    "cell_text",
    "cost_text",
    "cost_words",
    "counts_text",
    "gain_text",
    "gain_words",
    "number_text",
    "percent",
    "rates_text",
    "score_text",
    "usd_text",
]
