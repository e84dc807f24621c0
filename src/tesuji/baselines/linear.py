"""stub"""
from tesuji.baselines.fitted import Fitted
from tesuji.baselines.pool import Pool
VERSION = 1
def serves(pool: Pool) -> str | None: return "stub"
def fit(pool: Pool) -> Fitted: raise NotImplementedError
