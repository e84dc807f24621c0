"""The move `prompt` on real servers and the built-in model: what it finds, what it pays, what it
leaves behind."""

from __future__ import annotations

import asyncio
import re
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

import tesuji as tj
from tests.models.faulty import FaultyServer, completion
from tesuji.errors import ConfigError, InputError, ModelUnavailableError
from tesuji.moves.prompt import half_of
from tesuji.run.ledger import FILE
from tesuji.task.sample import Sample

SIZE = 80
Say = Callable[[str, str], str]
"""What the server says to (system, user)."""


class Talker(FaultyServer):
    """A server whose replies a function decides; `asked` holds (model, system, last user turn)."""

    def __init__(self, say: Say, write: Callable[[str], str] = lambda text: "") -> None:
        super().__init__(names=("solver", "writer"))
        self.say, self.write = say, write
        self.asked: list[tuple[str, str, str]] = []

    async def _chat(self, request: web.Request) -> web.StreamResponse:
        body = await request.json()
        turns: list[dict[str, Any]] = body["messages"]
        system = turns[0]["content"] if turns[0]["role"] == "system" else ""
        user = turns[-1]["content"]
        self.asked.append((body["model"], system, user))
        reply = self.write(user) if body["model"] == "writer" else self.say(system, user)
        return web.json_response(completion([reply]))

    def uri_of(self, name: str) -> str:
        return f"{self.base}#{name}"


@contextmanager
def serving(server: Talker) -> Iterator[Talker]:
    """The server in a thread of its own, for as long as the block lasts."""
    loop, ready, stop = asyncio.new_event_loop(), threading.Event(), asyncio.Event()

    async def serve() -> None:
        async with server:
            ready.set()
            await stop.wait()

    thread = threading.Thread(target=loop.run_until_complete, args=(serve(),), daemon=True)
    thread.start()
    assert ready.wait(10)
    try:
        yield server
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(10)
        loop.close()


def make_task(
    folder: Path, server: Talker, user: str = "Double {n}", metric: str = "exact", extra: str = ""
) -> tj.Task:
    (folder / "train.csv").write_text(
        "n,twice\n" + "".join(f"{n},{2 * n}\n" for n in range(1000, 1020)), encoding="utf-8"
    )
    (folder / "dev.csv").write_text(
        "n,twice\n" + "".join(f"{n},{2 * n}\n" for n in range(SIZE)), encoding="utf-8"
    )
    (folder / "competition.toml").write_text(
        f'name = "x"\nmetric = "{metric}"\nmodel = "{server.uri_of("solver")}"\n{extra}\n[data]\n'
        'train = "train.csv"\ndev = "dev.csv"\ntarget = "twice"\n[answer]\nformat = "text"\n'
        f'pattern = "[0-9]+"\n[prompt]\nuser = "{user}"\n',
        encoding="utf-8",
    )
    return tj.load(folder)


def double(user: str) -> str:
    return str(2 * int(re.findall(r"\d+", user)[0]))


def chatty(magic: str) -> Say:
    """Right where the prompt has the magic words; else every third answer is bare."""

    def say(system: str, user: str) -> str:
        answer = double(user)
        bare = magic in system + user or int(answer) % 3 == 0
        return answer if bare else f"Sure! It is {answer}."

    return say


def row(report: Any, name: str) -> tuple[Any, ...]:
    """The row of the race's table that begins with this."""
    return next(row for row in report.tried.tables[0].rows if row[0] == name)


def counted(folder: Path, table: str) -> int:
    with sqlite3.connect(folder / FILE) as connection:
        return int(connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0])


def test_nano_reverses_without_chatter_after_a_search(tmp_path: Path) -> None:
    tj.new(tmp_path / "lpr", like="llm-prompt-reverse")
    toml = tmp_path / "lpr" / "competition.toml"
    toml.write_text(toml.read_text().replace("dev = 200", "dev = 60"))
    task = tj.load(tmp_path / "lpr")
    base = tj.run(task)
    assert base.score is not None and base.score > 4
    report = tj.try_move(task, "prompt", trials=10, examples=2)
    winner = report.tried.winner
    assert winner is not None and winner.kept and winner.run.score is not None
    assert winner.run.score < 0.3
    assert winner.comparison is not None and winner.comparison.n == 30  # not those it was chosen on
    sent = counted(task.folder, "outputs") - base.run.sent
    assert sent <= 10 * 30 + 60
    assert counted(task.folder, "runs") == 2  # the race itself leaves no runs
    effects = report.tried.tables[1].rows
    assert effects[0][0] in ("answer only", "examples 2", "examples 1", "answer strict")
    assert (task.folder / "prompts.journal").exists()


def test_what_a_model_writes_is_raced_like_any_other(tmp_path: Path) -> None:
    reply = "It chats.\n```user\nDouble {n}. Say zebra to nobody.\n```"
    with serving(Talker(chatty("zebra"), lambda text: reply)) as server:
        task = make_task(tmp_path, server)
        tj.run(task)
        report = tj.try_move(
            task, "prompt", models=[server.uri_of("writer")], trials=6, elements=["answer"]
        )
        winner = report.tried.winner
        assert winner is not None and winner.kept and winner.run.score == 1.0
        entry = tj.load_entry(task.folder, winner.run.entry)
        assert entry.prompt.user == "Double {n}. Say zebra to nobody."
        assert row(report, winner.run.entry)[1] == "written by a model"
        asked = [user for model, _, user in server.asked if model == "writer"]
        assert len(asked) == 1  # perfect: nobody need write again
        assert "Double {n}" in asked[0] and "Sure! It is" in asked[0]
        judged = winner.comparison
        assert judged is not None and judged.n == SIZE / 2
        shown = {int(n) for n in re.findall(r"^   n: (\d+)$", asked[0], re.M)}
        assert shown and all(2 * n % 3 for n in shown)  # it saw failures alone


def test_hostile_rewrites_are_refused_and_the_search_goes_on(tmp_path: Path) -> None:
    replies = iter(["no", "```user\n{n.__class__} {0}\n```", "```user\n" + "{" * 40_000 + "\n```"])
    with serving(Talker(chatty("zebra"), lambda text: next(replies))) as server:
        task = make_task(tmp_path, server)
        tj.run(task)
        report = tj.try_move(
            task, "prompt", models=[server.uri_of("writer")], trials=3, elements=["answer"]
        )
    assert report.tried.winner is None and not report.tried.attempts
    note = report.tried.tables[0].note
    assert "no fenced block" in note and "the field {n} is lost" in note
    assert "none of 3 prompts did better than base" in report.verdict()


def test_a_writer_that_is_not_there_is_known_before_anything_is_sent(tmp_path: Path) -> None:
    with serving(Talker(chatty("zebra"))) as server:
        task = make_task(tmp_path, server)
        tj.run(task)
        before = len(server.asked)
        with pytest.raises(ModelUnavailableError, match=r"127\.0\.0\.1:9"):
            tj.try_move(task, "prompt", models=["http://127.0.0.1:9/v1#writer"], trials=3)
        assert len(server.asked) == before


class Breaking(Talker):
    """Fails for good after so many requests, as when a key expires; then is mended."""

    most = 10_000

    async def _chat(self, request: web.Request) -> web.StreamResponse:
        if len(self.asked) >= self.most:
            return web.json_response({"error": {"message": "no such key"}}, status=401)
        return await super()._chat(request)


def fair(system: str, user: str) -> str:
    """Every option helps a little; none ends the search."""
    words = len((system + user).split())
    return double(user) if (7 * int(double(user)) + words) % 10 < 4 + words % 3 else "Sure!"


SMALL: dict[str, Any] = {"trials": 12, "elements": ["answer", "role", "cue"]}


def test_an_interrupted_search_goes_on_and_nothing_is_sent_twice(tmp_path: Path) -> None:
    asked, fronts = [], []
    for name, stops in (("whole", ()), ("cut", (140, 175, 230))):
        (tmp_path / name).mkdir()
        with serving(Breaking(fair)) as server:
            task = make_task(tmp_path / name, server)
            tj.run(task)
            for stop in stops:
                server.most = stop
                with pytest.raises(ModelUnavailableError, match="no such key"):
                    tj.try_move(task, "prompt", **SMALL)
            server.most = 10_000
            report = tj.try_move(task, "prompt", **SMALL)
            asked.append(sorted(server.asked))
            fronts.append([row[:5] for row in report.tried.tables[0].rows])
    assert asked[0] == asked[1] and len(set(asked[1])) == len(asked[1])
    assert fronts[0] == fronts[1]


def test_a_budget_is_kept_and_its_search_comes_to_a_prompt(tmp_path: Path) -> None:
    with serving(Talker(chatty("Answer only"))) as server:
        task = make_task(tmp_path, server)
        tj.run(task)
        report = tj.try_move(task, "prompt", budget=tj.Budget(requests=150))
        assert len(server.asked) <= SIZE + 150
    assert report.kept and report.tried.winner is not None
    assert report.tried.winner.run.score == 1.0


def test_a_budget_too_small_says_what_it_would_take(tmp_path: Path) -> None:
    with serving(Talker(chatty("Answer only"))) as server:
        task = make_task(tmp_path, server)
        tj.run(task)
        sent = len(server.asked)
        report = tj.try_move(task, "prompt", budget=tj.Budget(requests=90))
        assert len(server.asked) == sent
        assert re.search(r"too small.*40 prompts.*80 samples.*at the least 100", report.verdict())
        report = tj.try_move(task, "prompt", budget=tj.Budget(tokens=500))
        assert re.search(r"too small.*tokens", report.verdict()) and len(server.asked) == sent


def test_nothing_better_is_kept_nowhere(tmp_path: Path) -> None:
    def spoilt(system: str, user: str) -> str:
        return double(user) if (system, user[:7]) == ("", "Double ") and "\n" not in user else "no"

    with serving(Talker(spoilt)) as server:
        task = make_task(tmp_path, server)
        base = tj.run(task)
        report = tj.try_move(task, "prompt", trials=8, elements=["answer", "role"])
    assert base.score == 1.0 and not report.kept
    assert tj.runs(task).best == {base.run.id} and not (tmp_path / "entries").exists()
    assert row(report, "base")[5] == "in front"


def test_an_error_is_no_way_to_win(tmp_path: Path) -> None:
    """Prompts with examples are too long for this server: what fails counts as the fallback."""

    class Short(Talker):
        async def _chat(self, request: web.Request) -> web.StreamResponse:
            body = await request.json()
            if len(body["messages"]) > 1:
                return web.json_response({"error": {"message": "too long"}}, status=400)
            return await super()._chat(request)

    with serving(Short(chatty("Answer only"))) as server:
        task = make_task(tmp_path, server)
        tj.run(task)
        report = tj.try_move(task, "prompt", trials=6, elements=["answer", "examples"])
    assert report.kept and report.tried.winner is not None
    assert report.tried.winner.run.score == 1.0
    assert row(report, "base+ex4")[3] == 0.0


def test_a_metric_of_the_whole_is_raced_by_right_answers(tmp_path: Path) -> None:
    with serving(Talker(chatty("Answer only"))) as server:
        task = make_task(tmp_path, server)
        toml = (tmp_path / "competition.toml").read_text()
        labels = [str(2 * n) for n in range(4)]
        toml = toml.replace('"exact"', '"qwk"').replace('format = "text"', 'format = "choice"')
        toml = toml.replace('pattern = "[0-9]+"', f"labels = {labels}")
        (tmp_path / "competition.toml").write_text(toml)
        for name in ("train", "dev"):
            rows = [f"{n},{2 * (n % 4)}" for n in range(SIZE)]
            (tmp_path / f"{name}.csv").write_text("n,twice\n" + "\n".join(rows) + "\n")
        server.say = lambda system, user: (
            str(2 * (int(re.findall(r"\d+", user)[0]) % 4)) if "Answer only" in system + user
            else "I would rather not say."
        )  # fmt: skip
        task = tj.load(tmp_path)
        tj.run(task)
        report = tj.try_move(task, "prompt", trials=4, elements=["answer"])
    winner = report.tried.winner
    assert winner is not None and winner.run.score == 1.0
    assert winner.comparison is not None and winner.comparison.n == SIZE


def test_a_japanese_task(tmp_path: Path) -> None:
    with serving(Talker(chatty("答えだけ"))) as server:
        task = make_task(
            tmp_path, server, "次の数を二倍にしてください：{n}", extra='language = "ja"'
        )
        tj.run(task)
        report = tj.try_move(task, "prompt", trials=6, elements=["answer", "language"])
    winner = report.tried.winner
    assert winner is not None and winner.kept and winner.run.score == 1.0
    prompt = tj.load_entry(task.folder, winner.run.entry).prompt
    assert prompt.user.endswith("\n答えだけを書いてください。")


def test_without_enough_targets_or_with_senseless_settings_it_says_so(tmp_path: Path) -> None:
    with serving(Talker(chatty("x"))) as server:
        task = make_task(tmp_path, server)
        tj.run(task)
        for settings, words in (
            ({"trials": 0}, "trials is 0"), ({"sampler": "gp"}, "tpe or random"),
            ({"elements": ["rôle"]}, "no element 'rôle'"), ({"trial": 3}, "trial"),
        ):  # fmt: skip
            with pytest.raises(ConfigError, match=words):
                tj.try_move(task, "prompt", **settings)
        (tmp_path / "dev.csv").write_text("n,twice\n1,2\n2,4\n")
        with pytest.raises(InputError, match=r"2 samples with a target.*at least 20"):
            tj.try_move(tj.load(tmp_path), "prompt")


def test_the_halves_split_no_group() -> None:
    rows = [Sample(str(n), {}, "x") for n in range(100)]
    groups = {str(n): n // 7 for n in range(90)}
    for seed in range(5):
        half = {sample.id for sample in half_of(rows, groups, seed)}
        assert 40 <= len(half) <= 54
        inside = {groups[id] for id in half if id in groups}
        assert inside.isdisjoint(groups[s.id] for s in rows if s.id in groups and s.id not in half)
