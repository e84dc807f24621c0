"""Every error that Tesuji raises on purpose, as one tree.

    TesujiError                 one clear line: what, where, what to do; exit code 2
    ├── InputError              a file, column, key or argument of the user's is wrong
    │   ├── ConfigError         … in competition.toml, competition.py or an entry
    │   ├── DataError           … in a data file: names file, row and column
    │   └── SubmissionError     … in a submission file
    ├── MissingExtraError       an optional package is absent: names the extra that brings it
    ├── LedgerError             the ledger cannot be opened, read or written
    ├── BudgetSpentError        no time, requests, tokens or money left; a flow may catch it
    └── ModelError              a model cannot do what is asked of it
        ├── ModelUnavailableError   no key, no such model, no server, bad weights: ends a run
        ├── CapabilityError     this backend cannot do that (score, embed, logprobs …)
        └── RequestFailedError  one request failed for good; its sample is in the error state

Messages are written for the person at the terminal: they say what was wrong, where, and what to
do about it, on one line.
"""

from __future__ import annotations


class TesujiError(Exception):
    """Root of all errors raised on purpose; the command line prints it and exits with 2."""


class InputError(TesujiError):
    """Something that the user gave is wrong."""


class ConfigError(InputError):
    """`competition.toml`, `competition.py` or an entry file is wrong."""


class DataError(InputError):
    """A data file is wrong."""


class SubmissionError(InputError):
    """A submission file does not fit the competition."""


class MissingExtraError(TesujiError):
    """An optional package is not installed."""

    def __init__(self, package: str, extra: str, what: str) -> None:
        super().__init__(f"{what} needs the package {package}: pip install 'tesuji[{extra}]'")
        self.package, self.extra = package, extra


class LedgerError(TesujiError):
    """The ledger cannot be opened, read or written."""


class BudgetSpentError(TesujiError):
    """The run's budget is spent (or the user stopped it): nothing more will be sent.

    Raised by `ask`. A flow that has something to answer with already may catch it and answer;
    otherwise the sample gets the fallback.
    """


class ModelError(TesujiError):
    """A model cannot do what is asked of it."""


class ModelUnavailableError(ModelError):
    """The model as a whole cannot be reached or loaded; no further request is worth sending."""


class CapabilityError(ModelError):
    """This backend lacks a capability that is asked for."""


class RequestFailedError(ModelError):
    """One request failed for good (after retries, where they were worth it).

    A third state beside right and wrong: the sample is recorded as `error` with this reason,
    never scored.
    """
