"""Names of challengers: after the entry they come from, and what they add."""

from __future__ import annotations

from tesuji.run.entry import Entry

_LONGEST = 80


def named_for(best: Entry, added: str, uri: str | None = None) -> str:
    """A name for an entry: the best one's, what is added, and the model, in at most 80 characters.

    >>> from tesuji.task.template import PromptTemplate
    >>> base = Entry("base", "nano", PromptTemplate("{x}"))
    >>> named_for(base, "+vote8"), named_for(base, "", "http://localhost:1/v1#org/Big-7B")
    ('base+vote8', 'base-Big-7B')
    """
    tail = added + (f"-{model_label(uri)}" if uri else "")
    return best.name[: _LONGEST - len(tail)] + tail


def model_label(uri: str) -> str:
    """The name in a model's URI, of letters, digits, '.' and '-', at most 40 characters."""
    last = uri.split("#")[-1].rstrip("/").split("/")[-1].rpartition(":")[2]
    label = "".join(c if c.isalnum() or c in "._" else "-" for c in last).strip("-.")
    return label[:40] or "model"
