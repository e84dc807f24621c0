"""Failures in what models write: the detectors, and the cleaners that mend what they find."""

from tesuji.diagnose.clean import CLEANERS, check_names, clean
from tesuji.diagnose.detect import DETECTORS, diagnose
from tesuji.diagnose.excerpt import excerpt
from tesuji.diagnose.files import Diagnosed, diagnose_file
from tesuji.diagnose.finding import KINDS, Finding, Kind
from tesuji.diagnose.rates import KindSummary, Summary, only_kind, rates, summary
from tesuji.diagnose.visible import highlight, visible

__all__ = [
    "CLEANERS",
    "DETECTORS",
    "KINDS",
    "Diagnosed",
    "Finding",
    "Kind",
    "KindSummary",
    "Summary",
    "check_names",
    "clean",
    "diagnose",
    "diagnose_file",
    "excerpt",
    "highlight",
    "only_kind",
    "rates",
    "summary",
    "visible",
]
