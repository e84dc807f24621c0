"""An entry's `inputs`: what is sent is plain, what was in the data file stays."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from tests.run.conftest import Play, Scripted, prompt
from tesuji.flows import Ask, Draft
from tesuji.models.base import Request
from tesuji.run.entry import Entry
from tesuji.run.ledger import Ledger, iter_records
from tesuji.task.own import Own
from tesuji.task.sample import Sample
from tesuji.task.task import Task


def messy(task: Task) -> Task:
    """The sums with a tag and full-width digits around `a`; the pool too."""

    def change(sample: Sample) -> Sample:
        wide = str(sample.fields["a"]).translate({48 + n: 0xFF10 + n for n in range(10)})
        return replace(sample, fields={**sample.fields, "a": f"<b>{wide}</b>"})

    return replace(task, dev=tuple(map(change, task.dev)), train=tuple(map(change, task.train)))


def test_fields_are_normalised_before_the_prompt_is_rendered(
    task: Task, entry: Entry, play: Play, ledger: Ledger
) -> None:
    shown = replace(entry, prompt=replace(entry.prompt, examples=1), inputs=("html", "nfkc"))
    model = Scripted(lambda request: "1")
    run = play(model, task=messy(task), entry=shown)
    record = next(iter_records(ledger, run.id, sample="d3"))
    assert record.messages[-1].content == "3+4="
    assert record.messages[0].content in ("90+9=", "80+9=")
    assert run.entry_table["inputs"] == ["html", "nfkc"]


def test_a_flow_of_ones_own_sees_the_plain_fields(
    task: Task, entry: Entry, play: Play, tmp_path: Path
) -> None:
    seen: dict[str, object] = {}

    async def own(sample: Sample, ask: Ask) -> Draft:
        seen[sample.id] = sample.fields["a"]
        return await ask()

    task = replace(messy(task), own=Own(flows={"own": own}))

    def reply(request: Request) -> str:
        a, b = prompt(request).rstrip("=").split("+")
        return str(int(a) + int(b))

    run = play(
        Scripted(reply), task=task, entry=replace(entry, flow="own", inputs=("html", "nfkc"))
    )
    assert seen["d12"] == "12" and run.score == 1.0
