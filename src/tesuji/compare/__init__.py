"""The referee: is one run better than another, on the same samples?"""

from tesuji.compare.comparison import Comparison, Verdict
from tesuji.compare.many import holm, max_statistic, optimism
from tesuji.compare.paired import compare_scores
from tesuji.compare.power import detectable, likely_discordance, samples_for
from tesuji.compare.race import Race
from tesuji.compare.sequential import Sequential
from tesuji.compare.whole import compare_whole

__all__ = [
    "Comparison",
    "Race",
    "Sequential",
    "Verdict",
    "compare_scores",
    "compare_whole",
    "detectable",
    "holm",
    "likely_discordance",
    "max_statistic",
    "optimism",
    "samples_for",
]
