"""Questions about a keyword's letters, in the words that the contest's agents use."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tesuji.games.spelling import by_spelling

YES, NO, OPEN = True, False, None


@pytest.mark.parametrize(
    ("question", "keyword", "answer"),
    [
        ('Does the keyword (in lowercase) precede "lake mead" in alphabetical order?', "Kite", YES),
        ('Does the keyword (in lowercase) precede "kite" in alphabetical order?', "Kite", NO),
        ('Does the keyword (in lowercase) come before "laser" in alphabetical order?', "Zebra", NO),
        ("Does the keyword (in lowercase) precede “lake” in alphabetical order?", "Ice", YES),
        ('Does the keyword come after "laser" in alphabetical order?', "Zebra", YES),
        ('In alphabetical order, does the keyword come before "m"?', "lamp", YES),
        ('Is the keyword between "kite" and "lamp" in alphabetical order?', "Lake", YES),
        ("Does the keyword come before laser alphabetically?", "kite", YES),
        ('Does the keyword (in lowercase) not precede "lake" in alphabetical order?', "kite", NO),
        ('Does the keyword begins with the letter "m"?', "Mask", YES),
        ("Does the keyword start with one of the letters 'Z', 'G' or 'V'?", "Vase", YES),
        ("Does the keyword start with one of the letters 'Z', 'G' or 'V'?", "mask", NO),
        ("Does the keyword start with the letter 'M'?", "Mask", YES),
        ("Does it start with M?", "Mask", YES),
        ("Does it start with a P?", "apple", NO),
        ("Does it begin with the letter A or B?", "Ball", YES),
        ("Does the keyword start with a letter between A and M?", "Lamp", YES),
        ("Does the keyword start with a letter from N to Z?", "Lamp", NO),
        ("Is the first letter of the keyword in the range A-F?", "Eel", YES),
        ("Is the first letter in the first half of the alphabet?", "Nest", NO),
        ('Does the keyword start with a letter that comes before "M"?', "Lamp", YES),
        ("Does the keyword start with a vowel?", "Apple", YES),
        ("Does the keyword's first letter come after 'm'?", "Nest", YES),
        ("Is the first letter a consonant?", "Apple", NO),
        ('Does the keyword start with "ice"?', "Ice cream", YES),
        ("Does the keyword end with the letter 'e'?", "Kite", YES),
        ("Is the last letter a vowel?", "Lamp", NO),
        ("Is the second letter of the keyword a vowel?", "Lamp", YES),
        ("Is the third letter of the keyword 'm'?", "Lamp", YES),
        ("Considering every letter in the name of the keyword, does the name of the keyword "
         "include the letter 'N'?", "Hammer", NO),
        ("Considering every letter in the name of the keyword, does the name of the keyword "
         "include the letter 'H'?", "Hammer", YES),
        ('Does the keyword contain the letter "E"?', "Hammer", YES),
        ("Does it have the letter z in it?", "Hammer", NO),
        ("Is the letter 'r' in the keyword?", "Hammer", YES),
        ("Is there a letter z in the word?", "Zoo", YES),
        ("Does the keyword contain the letters X or M?", "Hammer", YES),
        ("Does the keyword contain both the letters H and Z?", "Hammer", NO),
        ("Does the keyword contain any of the letters A, B and C?", "Hammer", YES),
        ("Does the keyword contain all of the letters A, B and C?", "Hammer", NO),
        ("Does the keyword not contain the letter e?", "Lamp", YES),
        ("Does the keyword contain the letter m more than once?", "Hammer", YES),
        ("Does the keyword contain a double letter?", "Hammer", YES),
        ("Does the keyword have more than one vowel?", "Lamp", NO),
        ('Does the keyword contain "amm"?', "Hammer", YES),
        ("Does the keyword contain a space?", "Ice cream", YES),
        ("Does the keyword include a number?", "Ice cream", NO),
        ("Does the keyword have more than 8 letters?", "Ice cream", NO),
        ("Does the keyword have more than seven letters?", "Ice cream", YES),
        ("Does the keyword have fewer than 5 letters?", "Kite", YES),
        ("Is the keyword at least five characters long?", "Kite", NO),
        ("Does it have exactly 4 letters?", "Kite", YES),
        ("Is it a four-letter word?", "Kite", YES),
        ("Is the word longer than 6 letters?", "Umbrella", YES),
        ("Is the length of the keyword greater than 6?", "Umbrella", YES),
        ("Does the keyword have between 4 and 6 letters?", "Umbrella", NO),
        ("Does the keyword have an even number of letters?", "Kite", YES),
        ("Is the number of letters in the keyword odd?", "Kite", NO),
        ("Does the keyword have 6 or more letters?", "Kite", NO),
        ("Does the keyword have no more than 4 letters?", "Kite", YES),
        ("Is the keyword two words?", "Ice cream", YES),
        ("Does the keyword consist of more than one word?", "Ice cream", YES),
        ("Is the keyword a single word?", "Ice cream", NO),
        ("Is it one word?", "Kite", YES),
        ("Does the keyword consist of multiple words?", "Kite", NO),
        ("Does the first word have more than 3 letters?", "Ice cream", NO),
        ("Does the second word start with the letter C?", "Ice cream", YES),
        ("Does the second word start with the letter C?", "Kite", NO),
        ("Is the keyword one of the following? GPS, Graphing Calculator, Garbage truck, Gloves?",
         "garbage truck", YES),
        ("Is the keyword one of the following? GPS, Graphing Calculator, Garbage truck, Gloves?",
         "Kite", NO),
        ("Is the keyword one of the following: kites, masks or lamps?", "Kite", YES),
        ("Is it one of these: an otter, a kite?", "Kite", YES),
        ('Is it in the list ["mask", "kite"]?', "Kite", YES),
        ('Is the keyword "kite"?', "Kite", YES),
        ('Is the keyword "mask"?', "Kite", NO),
        ("Is it a kite?", "Kite", YES),
        ("Is it a toy?", "Kite", OPEN),
        ('Does the keyword match the regex "^[a-m]"?', "Kite", YES),
        ('Does the keyword match the regex "(a+)+$"?', "Kite", OPEN),
        ('Does the keyword match the regex "[a-"?', "Kite", OPEN),
        ("Does it fly?", "Kite", OPEN),
        ("Does it contain water?", "Kite", OPEN),
        ("Is it used for writing letters?", "Pen", OPEN),
        ("Does it have wings?", "Kite", OPEN),
        ("Can you start with it in the morning?", "Kite", OPEN),
        ("Does the day start with it?", "Coffee", OPEN),
        ("Is it one of the planets?", "Mars", OPEN),
        ("Is it longer than a car?", "Kite", OPEN),
        ("Is it associated with words?", "Pen", OPEN),
        ("Would you find more than one in a house?", "Lamp", OPEN),
        ("Does it have a space to sit?", "Sofa", OPEN),
        ("Is it longer than 3 feet?", "Kite", OPEN),
        ("Is it less than 10 inches long?", "Kite", OPEN),
        ("Is it more than 100 years old?", "Kite", OPEN),
        ("Does it have two wheels?", "Kite", OPEN),
        ("Does it have a number of parts?", "Kite", OPEN),
        ("Does it begin with an adventure?", "Kite", OPEN),
        ("Is the keyword longer than 6?", "Umbrella", YES),
        ("Is the keyword one of these: a world without end, not a kite?", "Kite", NO),
        ("Does the keyword lack the letter e?", "Lamp", YES),
        ("Doesn't it contain the letter e?", "Kite", YES),
        ("Is there a hyphen in the keyword?", "Yo-yo", YES),
        ("", "Kite", OPEN),
        ("寿司ですか？", "Kite", OPEN),
    ],
)  # fmt: skip
def test_questions_of_the_contest(question: str, keyword: str, answer: bool | None) -> None:
    assert by_spelling(question, keyword) is answer


@given(st.text(max_size=750), st.text(max_size=100))
def test_any_question_is_read(question: str, keyword: str) -> None:
    assert by_spelling(question, keyword) in (YES, NO, OPEN)


@pytest.mark.parametrize(
    "question",
    [
        'Does the keyword match the regex "' + "a*" * 350 + 'b"?',
        'Does the keyword match the regex "(a|a)*(a|a)*b"?',
        'Does the keyword match the regex "' + "a?" * 40 + "a" * 120 + '"?',
        "Does the keyword " + "start with " * 68,
        "letters " * 93,
        '"' * 750,
        "between a and " * 53,
        "one of the following: " + "a, " * 240,
    ],
)
def test_no_question_takes_long(question: str) -> None:
    start = time.process_time()
    by_spelling(question, "a" * 100)
    assert time.process_time() - start < 0.5
