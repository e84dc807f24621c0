"""An entry with several models: each is asked, paid, recorded and re-read as its own."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import replace

import pytest

from tests.run.conftest import Play, Scripted, add
from tesuji.errors import CapabilityError, ConfigError
from tesuji.flows.flow import Ask, Draft
from tesuji.models.base import Request
from tesuji.models.several import Several
from tesuji.run.budget import Budget, Meter
from tesuji.run.entry import Entry, from_table, to_table
from tesuji.run.exchange import Recordings, export_run, import_outputs
from tesuji.run.ledger import Ledger, outputs_by_model
from tesuji.run.recorded import recorded, reread, run_recorded
from tesuji.run.runner import make_meter
from tesuji.task.config import Price
from tesuji.task.own import Own
from tesuji.task.sample import Sample
from tesuji.task.task import Task


async def relay(sample: Sample, ask: Ask) -> Draft:
    """The own model first; the strong one where that wrote no number."""
    draft = await ask()
    return draft if draft.answer is not None else await ask(model="strong")


def evens(request: Request) -> str:
    """A model that knows the sums whose first number is even."""
    return add(request) if int(request.messages[-1].content.split("+")[0]) % 2 == 0 else "hm"


class Pair:
    """A weak and a strong model, and an entry that asks both."""

    def __init__(self, task: Task, entry: Entry) -> None:
        self.task = replace(task, own=Own(flows={"relay": relay}))
        self.weak, self.strong = Scripted(evens), Scripted(add)
        self.strong.uri = self.strong.identity = "strong one"
        self.strong.concurrency = 2
        self.entry = replace(entry, flow="relay", models={"strong": "strong one"})
        self.model = Several(self.weak, {"strong": self.strong})


@pytest.fixture
def pair(task: Task, entry: Entry) -> Pair:
    return Pair(task, entry)


def test_each_model_is_asked_what_is_its_own(pair: Pair, play: Play, ledger: Ledger) -> None:
    run = play(pair.model, task=pair.task, entry=pair.entry)
    assert (run.score, len(pair.weak.asked), len(pair.strong.asked)) == (1.0, 20, 10)
    assert pair.strong.most_in_flight == 2 and pair.weak.most_in_flight == 4
    assert outputs_by_model(ledger, run.id) == {"scripted": 20, "strong one": 10}
    again = play(pair.model, task=pair.task, entry=pair.entry)
    assert again.id == run.id and again.sent == 0 and len(pair.strong.asked) == 10


def test_another_strong_model_is_asked_anew(pair: Pair, play: Play) -> None:
    play(pair.model, task=pair.task, entry=pair.entry)
    other = Scripted(add)
    other.identity = "strong one, of a later month"
    run = play(Several(pair.weak, {"strong": other}), task=pair.task, entry=pair.entry)
    assert (run.sent, len(other.asked), len(pair.weak.asked)) == (10, 10, 20)


def test_without_further_models_nothing_about_an_entry_changes(entry: Entry) -> None:
    assert "models" not in to_table(entry)
    named = replace(entry, models={"strong": "nano"})
    assert named.digest != entry.digest
    assert from_table(to_table(named), "base", "here") == named


@pytest.mark.parametrize("models", [{"strong": 3}, ["strong"]])
def test_a_wrong_table_of_models_is_said(entry: Entry, models: object) -> None:
    with pytest.raises(ConfigError, match="models"):
        from_table({**to_table(entry), "models": models}, "base", "entries/base.toml")


def test_a_model_that_is_not_named_is_said(pair: Pair, play: Play) -> None:
    entry = replace(pair.entry, models={"big": "strong one"})
    with pytest.raises(ConfigError, match=r"asks the model 'strong', which is not in .*: big"):
        play(Several(pair.weak, {"big": pair.strong}), task=pair.task, entry=entry)


def test_what_a_further_model_cannot_do_is_said_before_the_start(pair: Pair, play: Play) -> None:
    entry = replace(pair.entry, sampling=replace(pair.entry.sampling, logprobs=1))
    pair.weak.capabilities = frozenset({"generate", "logprobs"})
    pair.strong.uri = "poor"
    with pytest.raises(CapabilityError, match="poor cannot give log-probabilities"):
        play(pair.model, task=pair.task, entry=entry)
    assert not pair.weak.asked


def test_every_sample_has_its_first_output_before_the_strong_one_is_asked(
    pair: Pair, play: Play
) -> None:
    order: list[str] = []
    for model, name in ((pair.weak, "weak"), (pair.strong, "strong")):
        reply = model.reply
        model.reply = lambda request, reply=reply, name=name: order.append(name) or reply(request)
    run = play(pair.model, task=pair.task, entry=pair.entry, budget=Budget(requests=24))
    assert order == ["weak"] * 20 + ["strong"] * 4
    assert (run.sent, run.answered, run.fallbacks) == (24, 14, 6)
    more = play(pair.model, task=pair.task, entry=pair.entry, budget=Budget(requests=24))
    assert more.sent == 6 and more.score == 1.0


@pytest.mark.parametrize("requests", [1, 7, 19, 20])
def test_a_budget_for_less_than_the_first_outputs_ends_the_run(
    pair: Pair, play: Play, requests: int
) -> None:
    run = play(pair.model, task=pair.task, entry=pair.entry, budget=Budget(requests=requests))
    assert run.state == "finished" and run.sent == requests
    assert run.answered + run.unparsed + run.fallbacks == 20


def test_a_halted_run_stops_and_goes_on(pair: Pair, play: Play) -> None:
    meter = Meter(Budget(requests=1000))
    reply = pair.weak.reply

    def halt(request: Request) -> str | Exception:
        if len(pair.weak.asked) >= 6:
            meter.halt("interrupted")
        return reply(request)

    pair.weak.reply = halt
    run = play(pair.model, task=pair.task, entry=pair.entry, meter=meter)
    assert (run.state, run.reason) == ("stopped", "interrupted")
    assert len(pair.weak.asked) < 20
    assert play(pair.model, task=pair.task, entry=pair.entry).score == 1.0
    assert len(pair.weak.asked) == 20


def test_each_model_has_its_price(pair: Pair, play: Play) -> None:
    prices: Mapping[str, Price] = {"scripted": Price(1.0, 1.0), "strong one": Price(100.0, 100.0)}
    task = replace(pair.task, prices=prices)
    run = play(pair.model, task=task, entry=pair.entry)
    spent = [sum(len(r.messages[-1].content) for r in m.asked) for m in (pair.weak, pair.strong)]
    wrote = [sum(len(str(m.reply(r))) for r in m.asked) for m in (pair.weak, pair.strong)]
    millionths = spent[0] + wrote[0] + 100 * (spent[1] + wrote[1])
    assert run.usd == pytest.approx(millionths / 1e6)


def test_a_limit_of_money_needs_every_price(pair: Pair) -> None:
    task = replace(pair.task, prices={"scripted": Price(1.0, 1.0)})
    with pytest.raises(ConfigError, match="price is unknown"):
        make_meter(task, pair.entry, Budget(usd=1.0))


def test_it_is_read_again_without_any_model(pair: Pair, play: Play, ledger: Ledger) -> None:
    run = play(pair.model, task=pair.task, entry=pair.entry)
    source = recorded(pair.task, ledger, run)
    assert source is not None and source.others == {"strong": "strong one"}
    assert source.identity == "scripted"
    cleaned = replace(pair.entry, name="clean", clean=("preamble",))
    again = asyncio.run(run_recorded(pair.task, ledger, source, cleaned))
    assert (again.score, again.sent) == (1.0, 0)

    async def whole() -> list[bool]:
        return [complete async for *_, complete in reread(pair.task, ledger, source)]

    assert asyncio.run(whole()) == [True] * 20


def test_it_is_exported_and_imported(pair: Pair, play: Play, ledger: Ledger, task: Task) -> None:
    run = play(pair.model, task=pair.task, entry=pair.entry)
    path = task.folder / "run.jsonl"
    assert export_run(pair.task, ledger, run, path) == 20
    rows = [json.loads(line) for line in path.read_text().splitlines()]
    asked = [[drawn.get("model", row["model"]) for drawn in row["outputs"]] for row in rows]
    assert asked.count(["scripted", "strong one"]) == 10 and asked.count(["scripted"]) == 10
    elsewhere = task.folder / "elsewhere.db"
    with Ledger(elsewhere) as other:
        import_outputs(other, Recordings(path, task, pair.entry, "dev", lambda: "nobody"))
        names = other.rows("SELECT s.model FROM outputs o JOIN setups s ON s.id = o.setup")
    assert sorted(name for (name,) in names) == ["scripted"] * 20 + ["strong one"] * 10
