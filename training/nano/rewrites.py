"""Eight rewrites of a small sentence, and the inverse: which of them was it?"""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from functools import cache

from training.nano.chat import Turn
from training.nano.words import Split, of_split, sentence


def pirate(text: str) -> str:
    said = re.sub(r"\byour\b", "yer", re.sub(r"\bmy\b", "me", re.sub(r"\byou\b", "ye", text)))
    return f"Arr! {said}, matey!"


REWRITES: dict[str, Callable[[str], str]] = {
    "upper case": str.upper,
    "title case": str.title,
    "exclamation": lambda text: text + "!",
    "without vowels": lambda text: re.sub("[aeiou]", "", text),
    "word order": lambda text: " ".join(text.split()[::-1]),
    "dashes": lambda text: text.replace(" ", "-"),
    "polite": lambda text: f"Excuse me, {text}, please.",
    "pirate": pirate,
}

# How each is told; a frame puts the text beside it.
TOLD: dict[str, tuple[str, ...]] = {
    "upper case": ("Write this in upper case", "Use capital letters only", "Make it upper case",
                   "Put it all in capitals", "Convert this to upper case"),
    "title case": ("Write this in title case", "Capitalise every word", "Make it title case",
                   "Start each word with a capital", "Convert this to title case"),
    "exclamation": ("Add an exclamation mark", "Make it an exclamation", "Exclaim this",
                    "End it with an exclamation mark", "Put an exclamation mark at the end"),
    "without vowels": ("Leave out the vowels", "Remove all vowels", "Write this without vowels",
                       "Drop every vowel", "Delete the vowels"),
    "word order": ("Reverse the word order", "Write the words in reverse order",
                   "Put the words in opposite order", "Last word first", "Turn the words around"),
    "dashes": ("Join the words with dashes", "Put dashes between the words",
               "Replace the spaces with dashes", "Use dashes for spaces", "Write this with dashes"),
    "polite": ("Make it polite", "Say this politely", "Rewrite this in a polite way",
               "Be polite about it", "Turn this into a polite sentence"),
    "pirate": ("Say it like a pirate", "Make it a pirate's sentence", "Talk like a pirate",
               "Rewrite this in pirate style", "How would a pirate say this"),
}  # fmt: skip
JAPANESE: dict[str, str] = {
    "upper case": "大文字にして", "title case": "単語の先頭を大文字にして",
    "exclamation": "感嘆符をつけて", "without vowels": "母音を消して",
    "word order": "語順を逆にして", "dashes": "ダッシュでつないで",
    "polite": "丁寧にして", "pirate": "海賊のように言って",
}  # fmt: skip
FRAMES = ("{how}: {x}", "{how}.\n{x}", "Text: {x}\n{how}.", "{x}\n{how}.", "{how}:\n{x}",
          'Text: "{x}"\n{how}.', "Please rewrite. {how}: {x}", '{how}: "{x}"')  # fmt: skip
WHICH = tuple(
    f"{pair}\n{ask}"
    for pair in ("Original: {x}\nRewritten: {y}", "Text: {x}\nRewrite: {y}",
                 "Before: {x}\nAfter: {y}", "Input: {x}\nOutput: {y}", '"{x}" became "{y}".')
    for ask in ("Which rewrite was it?", "What was done?", "Name the rewrite.",
                "What was the instruction?", "How was it rewritten?", "Which rewrite is this?")
)  # fmt: skip
WHICH_IN_JAPANESE = "元: {x}\n後: {y}\nどの書き換えですか。"


@cache
def wordings(name: str) -> tuple[str, ...]:
    """Every way to ask for a rewrite."""
    return tuple(frame.replace("{how}", how) for frame in FRAMES for how in TOLD[name])


def question(rng: random.Random, name: str, text: str, split: Split, japanese: float = 0.06) -> str:
    if rng.random() < japanese:
        return f"{JAPANESE[name]}: {text}"
    return rng.choice(of_split(wordings(name), split)).replace("{x}", text)


def which(rng: random.Random, name: str, text: str, split: Split, japanese: float = 0.06) -> str:
    """Ask which rewrite made of ``text`` what it made of it."""
    how = rng.choice(of_split(WHICH, split))
    how = WHICH_IN_JAPANESE if rng.random() < japanese else how
    return how.replace("{x}", text).replace("{y}", REWRITES[name](text))


def drill(rng: random.Random, split: Split) -> list[Turn]:
    """Three rewrites in the shortest words."""
    turns: list[Turn] = []
    for name in rng.choices(list(REWRITES), k=3):
        text = sentence(rng)
        turns.append(Turn("user", f"{name}: {text}"))
        turns.append(Turn("assistant", REWRITES[name](text), True))
    return turns


def lesson(rng: random.Random, split: Split) -> list[Turn]:
    """Two rewrites in any wording."""
    turns: list[Turn] = []
    for name in rng.choices(list(REWRITES), k=2):
        text = sentence(rng)
        turns.append(Turn("user", question(rng, name, text, split)))
        turns.append(Turn("assistant", REWRITES[name](text), True))
    return turns


def inverse(rng: random.Random, split: Split) -> list[Turn]:
    """Two sentences whose rewrite is to be named."""
    turns: list[Turn] = []
    for name in rng.choices(list(REWRITES), k=2):
        turns.append(Turn("user", which(rng, name, sentence(rng), split)))
        turns.append(Turn("assistant", name, True))
    return turns
