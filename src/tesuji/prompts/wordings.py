"""The words that elements add to a prompt, in English and Japanese.

Generic on purpose: they fit any task, and none was chosen by the score of one. What a task's own
words could be is the business of its user, or of a writer model (`tesuji.prompts.rewriting`).
"""

from __future__ import annotations

from collections.abc import Mapping

OWN = "own"
"""The option of an element that leaves the prompt as it is."""

LANGUAGES = ("en", "ja")

WORDS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "expert": "You are an expert at exactly this kind of task.",
        "careful": "You work carefully and check each answer before you give it.",
        "only": "Answer only.",
        "strict": "Write nothing but the answer: no introduction, no explanation, no comment.",
        "steps": "Think step by step. Then give the answer alone on the last line.",
        "columns": "Give the {target} that belongs to this {columns}.",
        "cue": "Answer:",
        "and": " and ",
    },
    "ja": {
        "expert": "あなたはこの種の課題の専門家です。",
        "careful": "あなたは注意深く作業し、答える前に必ず確認します。",
        "only": "答えだけを書いてください。",
        "strict": "答え以外は何も書かないでください。前置き、説明、感想は不要です。",
        "steps": "順を追って考えてください。最後の行に答えだけを書いてください。",
        "columns": "次の{columns}に対する{target}を答えてください。",
        "cue": "答え：",
        "and": "と",
    },
}


def base_language(language: str | None) -> str:
    """The language that a task's added words are in first: its own if there are words in it."""
    own = (language or "en").split("-")[0]
    return own if own in LANGUAGES else "en"
