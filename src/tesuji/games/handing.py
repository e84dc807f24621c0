"""The players of an agent that is handed in, made from the files beside its main.py.

    settings.json    which list, how many words of the lexicon besides, seconds for the model
    data/            keywords.csv (or .txt, .json …), and table/ if there is a question table
    model.py         optional: answer(prompt) -> str, a model for what no rule answers

Standard library and numpy only: the contest's machine has no more of ours than the agent brings.
"""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeAlias

from tesuji.games.answerer import Answerer, Writes
from tesuji.games.asker import Asker
from tesuji.games.keywords import KeywordList, merge, read_keywords
from tesuji.games.lexicon import built_in, lexicon_table
from tesuji.games.observation import Observation, Player
from tesuji.games.table import QuestionTable, open_table

Speaks: TypeAlias = Callable[[Mapping[str, Any]], str]
"""An agent's player: from what the contest shows to what it says."""

SETTINGS = {"words": 0, "share": 0.8, "category": "things", "seconds": 40.0}
"""`words` of the built-in lexicon join the list (0: none) with `share` of the probability."""


def guesser(folder: Path) -> Speaks:
    """The asker over the agent's list."""
    settings = read_settings(folder)
    keywords = _keywords(folder, settings)
    return _speaks(Asker(keywords, _table(folder) or lexicon_table(keywords.words)))


def answerer(folder: Path) -> Speaks:
    """The answerer, with the agent's own model where it brings one."""
    settings = read_settings(folder)
    model = folder / "model.py"
    writes = _writes(model) if model.exists() else None
    return _speaks(Answerer(writes, table=_table(folder), seconds=float(settings["seconds"])))


def read_settings(folder: Path) -> dict[str, Any]:
    """The settings of an agent; what it does not say is as in `SETTINGS`."""
    path = folder / "settings.json"
    said = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    return {**SETTINGS, **said}


def _keywords(folder: Path, settings: Mapping[str, Any]) -> KeywordList:
    own = read_keywords(next(iter(sorted((folder / "data").glob("keywords.*")))))
    words = int(settings["words"])
    if not words:
        return own
    share = float(settings["share"])
    return merge((own, 1 - share), (built_in(str(settings["category"]), words), share))


def _table(folder: Path) -> QuestionTable | None:
    table = folder / "data" / "table"
    return open_table(table) if (table / "table.npy").exists() else None


def _writes(path: Path) -> Writes:
    """The function `answer` of a model.py."""
    spec = importlib.util.spec_from_file_location("agent_model", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    writes: Writes = module.answer
    return writes


def _speaks(player: Player) -> Speaks:
    def speak(seen: Mapping[str, Any]) -> str:
        return player(
            Observation(
                seen["turnType"], tuple(seen["questions"]), tuple(seen["answers"]),
                tuple(seen["guesses"]), seen.get("keyword") or "", seen.get("category") or "",
            )
        )  # fmt: skip

    return speak
