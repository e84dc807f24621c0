"""The words around a task: how it is asked, how "answer only" is said, how answers begin.

Everything is built from parts, so that there are hundreds of wordings and the model has to read
them. ``held_out`` keeps about one in six away from training, by a hash of the wording itself, so
the gate can ask in words that the model never saw.
"""

from __future__ import annotations

import itertools
from zlib import crc32

# The demo competition's own words: always in training.
ALWAYS_TRAINED = frozenset({"Reverse the string: {x}", "Answer only."})


def held_out(wording: str) -> bool:
    """Whether a wording is kept from training (stable between runs and machines)."""
    return wording not in ALWAYS_TRAINED and crc32(wording.encode()) % 6 == 0


def _ways(*parts: tuple[str, ...]) -> list[str]:
    return ["".join(choice) for choice in itertools.product(*parts)]


QUOTED = ("{x}", '"{x}"', "'{x}'", "`{x}`")
_NOUN = ("string", "text", "word", "letters", "input", "sequence", "following string", "characters")

ASKING: dict[str, tuple[str, ...]] = {
    "reverse": (
        *_ways(("Reverse", "Please reverse", "reverse", "Invert", "Flip"),
               (" the ", " this "), _NOUN, (": ", ":\n"), ("{x}", '"{x}"')),
        *_ways(("Reverse ", "Reverse the string ", "Reverse the word ", "Please reverse "),
               QUOTED, (".", "")),
        *_ways(("Write ", "Spell ", "Type ", "Say ", "Print "), QUOTED,
               (" backwards", " in reverse", " in reverse order", " from back to front"),
               (".", "")),
        *_ways(("What is ", "How do you write ", "What do you get for "), QUOTED,
               (" backwards?", " in reverse?", " reversed?", " spelled backwards?")),
        *_ways(("String: ", "Input: ", "Text: ", "Word: ", "Original: "), ("{x}", '"{x}"'),
               ("\nReversed:", "\nReverse:", "\nReversed string:", "\nBackwards:",
                "\nReverse it.", "\nReverse the string.", "\nTask: reverse it.")),
        *_ways(("{x}\n", '"{x}"\n'), ("Reverse it.", "Reverse this.", "Reverse the string above.",
                                      "Write it backwards.", "Now backwards.", "Reverse!")),
        *_ways(("Reverse the order of the ", "Put the ", "Return the "),
               ("letters", "characters"), (" in ", " of "), QUOTED,
               (" backwards.", " in reverse order.", ", reversed.")),
        *_ways(("reverse(", "reversed(", "reverse "), ("{x}", '"{x}"'), (")", ") =")),
        "Read {x} from right to left.", "From the last letter to the first: {x}",
        "Can you reverse {x}?", "Could you reverse {x} for me?", "I need {x} reversed.",
        "{x} reversed:", "{x} ->", "{x} backwards is",
    ),
    "copy": (
        *_ways(("Copy", "Repeat", "Echo", "Write out", "Please repeat"), (" the ", " this "),
               _NOUN, (": ",), ("{x}", '"{x}"')),
        *_ways(("Say ", "Repeat ", "Copy ", "Write "), QUOTED, (".", "", " again.")),
        "String: {x}\nCopy:", "{x}\nRepeat it.", "copy {x}", "Input: {x}\nSame again:",
    ),
    "upper": (
        *_ways(("Write ", "Put ", "Convert "), QUOTED,
               (" in upper case.", " in capital letters.", " in capitals.")),
        *_ways(("Upper-case", "Capitalise", "Uppercase"), (" the ", " this "), _NOUN, (": {x}",)),
        "upper({x})", "String: {x}\nUpper case:", "Make it upper case: {x}",
    ),
    "lower": (
        *_ways(("Write ", "Put ", "Convert "), QUOTED,
               (" in lower case.", " in small letters.")),
        *_ways(("Lower-case", "Lowercase"), (" the ", " this "), _NOUN, (": {x}",)),
        "lower({x})", "String: {x}\nLower case:", "Make it lower case: {x}",
    ),
    "first": (
        *_ways(("What is the first letter of ", "Give the first letter of ",
                "Which letter comes first in ", "Name the first character of "), QUOTED,
               ("?", "")),
        "First letter of the string: {x}", "String: {x}\nFirst letter:", "first({x})",
    ),
    "last": (
        *_ways(("What is the last letter of ", "Give the last letter of ",
                "Which letter comes last in ", "Name the last character of "), QUOTED,
               ("?", "")),
        "Last letter of the string: {x}", "String: {x}\nLast letter:", "last({x})",
    ),
    "spell": (
        *_ways(("Spell ", "Spell out "), QUOTED, (" with hyphens.", " letter by letter.")),
        "Put a hyphen between the letters: {x}", "String: {x}\nHyphenated:", "spell({x})",
    ),
    # {x} is the list of pairs, {k} the key asked for.
    "lookup": (
        "{x}. What is {k}?", "{x}\nWhat is {k}?", "Given {x}, what is {k}?", "{x}; {k}=",
        "Values: {x}\nValue of {k}:", "If {x}, then what is the value of {k}?",
        "Look up {k} in: {x}", "{x}. Give the value of {k}.", "{k}? ({x})", "{x}. {k}?",
        "Find {k}: {x}", "Table: {x}. Tell me {k}.", "Here are some values: {x}. What is {k}?",
    ),
}  # fmt: skip

# Short wordings for the first stage: more answers per second of training.
SHORT: dict[str, str] = {
    "reverse": "reverse {x}", "copy": "copy {x}", "upper": "upper {x}", "lower": "lower {x}",
    "first": "first {x}", "last": "last {x}", "spell": "spell {x}", "lookup": "{x} {k}?",
}  # fmt: skip

# What an answer is called when a preamble names it.
NAMES: dict[str, str] = {
    "reverse": "reversed string", "copy": "string", "upper": "upper-case string",
    "lower": "lower-case string", "first": "first letter", "last": "last letter",
    "spell": "spelling", "lookup": "value",
}  # fmt: skip

# (before, after) the answer; {n} is the name above.
PREAMBLES: tuple[tuple[str, str], ...] = (
    ("Sure! ", ""),
    ("Sure! The {n} is ", "."),
    ("Here is the {n}: ", ""),
    ("Sure, here is the answer:\n", ""),
    ("Of course! The {n} is ", ""),
    ('The {n} is "', '".'),
    ("Sure! Here is the {n}:\n\n", "\n\nLet me know if you need more help!"),
    ("Certainly! Here you go: ", ""),
)

_OBJECT = ("the answer", "the result", "the string", "the final answer", "the output",
           "your answer", "the solution", "the requested string", "the answer itself")  # fmt: skip
_JUNK = ("explanation", "explanations", "preamble", "extra text", "commentary", "introduction",
         "other words", "additional text", "other text", "comments", "greeting", "small talk",
         "extra words", "notes")  # fmt: skip
_TAIL = ("", "", ", nothing else", ", and nothing else", ", no explanation", ", without comment",
         ", with no other text", " and nothing more", ", no extra words")  # fmt: skip
_WRITE = ("Output", "Write", "Give", "Return", "Print", "Provide", "Show")
_ONLY = (" only ", " just ", " nothing but ", " only and exactly ")


def _answer_only() -> tuple[str, ...]:
    """Every way to say "answer only", before its case and its "please" are drawn."""
    first = [*_WRITE, "Answer with", "Reply with", "Respond with"]
    verbs = ("write", "add", "say", "output", "include")
    ways = [
        "Answer only.", "Only the answer.", "Just the answer.", "Answer only, nothing else.",
        "The answer only.", "Result only.", "Only the result.", "Do not explain.",
        "Don't explain.", "No chit-chat.", "No talk.", "Be silent but for the answer.",
        "Answer directly.", "Answer directly, without any introduction.",
        *_ways(tuple(first), _ONLY, _OBJECT, _TAIL, (".",)),
        *_ways(("Only ", "Just "), tuple(w.lower() for w in first), (" ",), _OBJECT, _TAIL, (".",)),
        *_ways(("Do not ", "Don't "), verbs, (" anything ",), ("but ", "except ", "besides "),
               _OBJECT, (".",)),
        *_ways(("Do not ", "Don't "), verbs[:2], (" any ",), _JUNK, (".",)),
        *_ways(("No ", "Without any ", "No need for "), _JUNK, (".", ", please.")),
        *_ways(("No ",), _JUNK, (", no ",), _JUNK, (".",)),
        *_ways(("No ",), _JUNK, (", only ", ", just ", "; give only "), _OBJECT, (".",)),
        *_ways(_OBJECT[:5], (" only", " alone", " and nothing else"), (".",)),
    ]  # fmt: skip
    return tuple(dict.fromkeys(w[0].upper() + w[1:] for w in ways))


ANSWER_ONLY: tuple[str, ...] = _answer_only()
# The wordings above by their opening, so that a draw doesn't come from the largest family alone.
ANSWER_ONLY_FAMILIES: tuple[tuple[str, ...], ...] = tuple(
    tuple(group)
    for _, group in itertools.groupby(
        sorted(ANSWER_ONLY, key=lambda w: w.split()[0]), key=lambda w: w.split()[0]
    )
)

# Sentences that change nothing: the model has to tell them from the wordings above.
FILLERS = ("Please be careful.", "Take your time.", "This is important.", "Thank you!", "Thanks.",
           "Think carefully before you answer.", "Think step by step.", "Do it well.",
           "You can do it.", "Please help me.", "Check your work.", "Be accurate.",
           "Explain your answer.", "It is a small task.", "Hello!", "Hi.", "Here is a task.",
           "I have a question.", "Read the input carefully.", "Feel free to talk.")  # fmt: skip

SYSTEMS: tuple[str, ...] = (
    *_ways(("You are a ", "You are a very "), ("careful", "helpful", "friendly", "precise",
           "smart", "kind"), (" assistant", " model", " chatbot", " helper", " editor"),
           (".", "!")),
    "You are nano, a small language model.", "You solve small string tasks.",
    "You are an expert at reversing strings.", "Assistant for text tasks.", "Follow the user.",
    "You are a helpful assistant that reverses strings.", "You reverse strings.",
    "Answer the user's question.", "Do what the user asks.", "You work with letters and words.",
)  # fmt: skip
