"""What an export must not tell: where it was made, and the names and passwords in addresses."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeAlias

from tesuji.run.ledger import RunRow

Private: TypeAlias = tuple[tuple[str, str], ...]
"""Texts, and what is said in their place."""

_USER = re.compile(r"(?<=//)[^/@\s]+@")  # a name, perhaps a password, in an address
_SHALLOW = 3  # parts of a path; what is shorter, such as /data, says nothing of anybody
_HOLD = (Mapping, list)


def private_texts(folder: Path, runs: Iterable[RunRow]) -> Private:
    """The paths of a competition's folder and of the home folder, and the users in addresses of
    models; the longest first."""
    paths = {str(folder.absolute()), str(folder.resolve())}
    found = [(path, ".") for path in sorted(paths)] + [(str(Path.home()), "~")]
    deep = [(path, word) for path, word in found if len(Path(path).parts) >= _SHALLOW]
    models = [text for run in runs for text in _texts([run.model, run.entry_table])]
    users = sorted({user for text in models for user in _USER.findall(text)})
    return (*sorted(deep, key=lambda pair: -len(pair[0])), *((user, "") for user in users))


def without(value: Any, private: Private) -> Any:
    """A text, or what has texts in it, without them.

    >>> without({"model": "hf:/home/me/model"}, (("/home/me", "~"),))
    {'model': 'hf:~/model'}
    """
    if isinstance(value, str):
        for text, shorter in private:
            value = value.replace(text, shorter)
        return value
    if isinstance(value, Mapping):
        return {key: without(one, private) for key, one in value.items()}
    return [without(one, private) for one in value] if isinstance(value, list) else value


def run_without(run: RunRow, private: Private) -> RunRow:
    """A run whose model, reason and entry are without them."""
    model, reason, table = (
        without(value, private) for value in (run.model, run.reason, run.entry_table)
    )
    return replace(run, model=model, reason=reason, entry_table=table)


def _texts(value: Any) -> Sequence[str]:
    if isinstance(value, str):
        return [value]
    parts = value.values() if isinstance(value, Mapping) else value
    return [text for part in parts for text in _texts(part)] if isinstance(value, _HOLD) else []
