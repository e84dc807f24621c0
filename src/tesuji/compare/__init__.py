"""The referee: is one run better than another, on the same samples?"""

from tesuji.compare.comparison import Comparison, Verdict
from tesuji.compare.paired import compare_scores
from tesuji.compare.whole import compare_whole

__all__ = ["Comparison", "Verdict", "compare_scores", "compare_whole"]
