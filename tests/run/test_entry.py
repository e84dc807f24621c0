"""Entries: what they hold, how they are written and read, what is refused."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tesuji.errors import ConfigError
from tesuji.models.base import Sampling
from tesuji.run.entry import Entry, load_entry, save_entry, saved_entries
from tesuji.task.template import PromptTemplate


@pytest.fixture
def entry() -> Entry:
    return Entry(
        name="short-日本",
        model="http://localhost:8000/v1#qwen",
        prompt=PromptTemplate(
            user='Say "{x}"\n{{literally}} \\ 日本語\ttab', system="Be brief.", examples=3
        ),
        sampling=Sampling(temperature=0.7, max_tokens=99, stop=("\n\n", "END"), seed=4),
        flow="vote",
        options={"n": 3},
        clean=("preamble",),
        inputs=("html", "nfkc"),
    )


def test_an_entry_is_written_and_read_as_it_was(entry: Entry, tmp_path: Path) -> None:
    path = save_entry(tmp_path, entry)
    assert path == tmp_path / "entries" / "short-日本.toml"
    assert load_entry(tmp_path, "short-日本") == entry
    assert saved_entries(tmp_path) == ["short-日本"]


def test_the_digest_is_of_everything_but_the_name(entry: Entry) -> None:
    assert replace(entry, name="other").digest == entry.digest
    changed = [
        replace(entry, model="nano"),
        replace(entry, clean=()),
        replace(entry, inputs=()),
        replace(entry, options={"n": 4}),
        replace(entry, sampling=Sampling()),
        replace(entry, prompt=replace(entry.prompt, seed=1)),
    ]
    assert len({e.digest for e in [entry, *changed]}) == 7


def test_an_entry_is_not_overwritten_by_another(entry: Entry, tmp_path: Path) -> None:
    path = save_entry(tmp_path, entry)
    before = path.read_bytes()
    save_entry(tmp_path, entry)
    with pytest.raises(ConfigError, match="says something else"):
        save_entry(tmp_path, replace(entry, clean=()))
    assert path.read_bytes() == before


@pytest.mark.parametrize("name", ["", "../evil", "a/b", "-x", "a b", ".hidden", "x" * 200])
def test_a_name_is_never_a_path(entry: Entry, name: str) -> None:
    with pytest.raises(ConfigError, match="is no name for an entry"):
        replace(entry, name=name)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("model = ", "not valid TOML"),
        ('model = "nano"', "the key 'prompt' is missing"),
        ('model = "nano"\ncolour = 1\n[prompt]\nuser = "x"', "unknown key 'colour'; allowed: mod"),
        ('model = 3\n[prompt]\nuser = "x"', "model must be a str"),
        ('model = "nano"\n[prompt]\nuser = "x"\nexamples = true', "examples must be a int"),
        ('model = "nano"\n[prompt]\nuser = "x"\n[sampling]\ntemperature = -1', "temperature is -1"),
        ('model = "nano"\n[prompt]\nuser = "x"\n[sampling]\nheat = 1', "unknown key 'heat'"),
        ('model = "nano"\nclean = ["soap"]\n[prompt]\nuser = "x"', "soap"),
        ('model = "nano"\ninputs = ["soap"]\n[prompt]\nuser = "x"', "no normaliser 'soap'"),
    ],
)
def test_a_bad_file_is_named_with_what_is_wrong(tmp_path: Path, text: str, words: str) -> None:
    (tmp_path / "entries").mkdir()
    (tmp_path / "entries" / "bad.toml").write_text(text)
    with pytest.raises(ConfigError) as error:
        load_entry(tmp_path, "bad")
    assert words in str(error.value)
    assert "\n" not in str(error.value)


def test_a_missing_entry_lists_those_there_are(entry: Entry, tmp_path: Path) -> None:
    save_entry(tmp_path, entry)
    with pytest.raises(ConfigError, match="there are: short-日本"):
        load_entry(tmp_path, "long")
