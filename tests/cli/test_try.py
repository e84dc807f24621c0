"""`tesuji try process`: a person sees what was found, what was tried, what is kept."""

from __future__ import annotations

import json
import re
import sqlite3
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.cli.terminal import Tesuji, contents


def sent(folder: Path) -> int:
    """How many outputs the ledger holds."""
    with sqlite3.connect(folder / "ledger.db") as ledger:
        return int(ledger.execute("SELECT count(*) FROM outputs").fetchone()[0])


def test_openings_of_the_real_model_are_mended_for_nothing(tesuji: Tesuji, fresh: Path) -> None:
    assert "the best so far" in tesuji("run").out
    before = sent(fresh)
    said = tesuji("try", "process")
    assert said.code == 0, said.err
    words = " ".join(said.out.split())
    assert re.search(r"preamble +\d+ +\d+ % +preamble", said.out)
    assert re.search(r"is better than base by \d", words) and "p < 0.001" in words
    assert "0 requests sent" in words and sent(fresh) == before
    assert re.search(r"^raw .*⏎$", said.out, re.MULTILINE)  # an example
    winner = re.search(r"kept: (base\+\S*preamble\S*) is the best now", words)
    assert winner and f"entries/{winner[1]}.toml" in words
    assert "Next: tesuji next  or  tesuji predict" in said.out
    entry = (fresh / "entries" / f"{winner[1]}.toml").read_text()
    assert re.search(r"clean = \[[^]]*\"preamble\"", entry)
    runs = tesuji("runs", "--json").json["runs"]
    best = next(run for run in runs if run["best"])
    assert best["entry"] == winner[1] and best["sent"] == 0
    assert best["score"] < runs[0]["score"] - 2  # edit distance: lower is better
    assert tesuji("predict").code == 0


def test_no_line_is_wider_than_the_window(tesuji: Tesuji, fresh: Path) -> None:
    tesuji("run")
    assert max(map(len, tesuji("try", "process").out.splitlines())) <= 80


def test_there_is_nothing_to_do_a_second_time(tesuji: Tesuji, fresh: Path) -> None:
    tesuji("run")
    tesuji("try", "process")
    for _ in range(3):  # until what is left is no better, or too rare
        said = tesuji("try", "process")
        assert said.code == 0
    assert "nothing" in said.out


def test_json_says_it_all(tesuji: Tesuji, fresh: Path) -> None:
    tesuji("run")
    said = tesuji("try", "process", "--json").json
    assert said["move"] == "process" and said["kept"] is True and said["best_before"] == 1
    (winner,) = [c for c in said["challengers"] if c["kept"]]
    assert winner["run"]["id"] == said["winner"] and winner["comparison"]["verdict"] == "better"
    assert {"raw", "cleaned", "before", "after", "target"} <= said["example"].keys()
    assert 0 < said["relevance"]["gain"] <= 1 and said["relevance"]["cost"] == 0


class Chatty(BaseHTTPRequestHandler):
    """Reverses the last word, and says so first."""

    def do_GET(self) -> None:
        self.reply({"object": "list", "data": [{"id": "chatty"}]})

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        text = (
            "Here is the reversed string:\n\n" + body["messages"][-1]["content"].split()[-1][::-1]
        )
        message = {"role": "assistant", "content": text}
        self.reply({"choices": [{"index": 0, "message": message, "finish_reason": "stop"}],
                    "usage": {"prompt_tokens": 9, "completion_tokens": 9}})  # fmt: skip

    def reply(self, data: object) -> None:
        text = json.dumps(data).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def server() -> Iterator[ThreadingHTTPServer]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Chatty) as listening:
        threading.Thread(target=listening.serve_forever, daemon=True).start()
        yield listening
        listening.shutdown()


def test_the_server_may_be_gone(
    tesuji: Tesuji, fresh: Path, server: ThreadingHTTPServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TESUJI_API_KEY", "secret-key-of-the-test")
    model = f"http://127.0.0.1:{server.server_port}/v1#chatty"
    ran = tesuji("run", "--model", model)
    assert ran.code == 0 and "the best so far" in ran.out
    server.shutdown()
    server.server_close()
    monkeypatch.delenv("TESUJI_API_KEY")
    assert tesuji("first", "--split", "test", "--model", model).code == 2  # it is really gone
    said = tesuji("try", "process", "--json").json
    assert said["kept"] is True
    winner = next(c for c in said["challengers"] if c["kept"])
    assert winner["run"]["score"] == 0.0 and winner["run"]["sent"] == 0  # all right now
    assert winner["comparison"]["gain"] > 5 and "preamble" in winner["added"]
    assert (fresh / "entries" / f"{winner['run']['entry']}.toml").exists()


def recorded(folder: Path, output: str) -> str:
    """A model that reverses rightly, with `output` around what it says."""
    rows = [line.split(",") for line in (folder / "data/train.csv").read_text().splitlines()[1:]]
    lines = [
        {"prompt": f"Reverse the string: {text}", "output": output.replace("…", text[::-1])}
        for text, *_ in rows
    ]
    path = folder / "recorded.jsonl"
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return f"replay:{path.name}"


def test_nothing_to_mend_is_one_line(tesuji: Tesuji, fresh: Path) -> None:
    tesuji("run", "--model", recorded(fresh, "…"))
    said = tesuji("try", "process")
    assert said.code == 0 and said.out.count("\n") == 1
    assert said.out.startswith("process on base: nothing to try: no failure that a cleaner mends")
    assert tesuji("try", "process", "--json").json["challengers"] == []


def test_a_part_of_the_split_is_mended_as_far_as_it_goes(tesuji: Tesuji, fresh: Path) -> None:
    model = recorded(fresh, "Sure! Here is the reversed string:\n\n…")
    tesuji("run", "--limit", 50, "--model", model)
    said = tesuji("try", "process")
    assert said.code == 0 and "only a whole run can be the best" in " ".join(said.out.split())
    follow = re.search(r"Next: tesuji (run --entry \S+)", said.out)
    assert follow
    whole = tesuji(*follow[1].split())
    assert whole.code == 0 and "the best so far" in whole.out and "50 from the ledger" in whole.out


def test_inputs_are_priced_before_they_are_sent(tesuji: Tesuji, fresh: Path) -> None:
    train = fresh / "data" / "train.csv"
    head, *rows = train.read_text().splitlines()
    wide = [row.split(",") for row in rows]
    lines = [f"<b>{text}</b>,{target}" for text, target, *_ in wide]
    train.write_text("\n".join((head, *lines)) + "\n")
    answers = [{"prompt": f"Reverse the string: {text}", "output": target}
               for text, target, *_ in wide]  # fmt: skip
    answers += [{"prompt": f"Reverse the string: <b>{text}</b>", "output": "tags"}
                for text, *_ in wide]  # fmt: skip
    (fresh / "model.jsonl").write_text("".join(json.dumps(line) + "\n" for line in answers))
    tesuji("run", "--model", "replay:model.jsonl")
    looked = tesuji("try", "process")
    assert looked.code == 0 and re.search(r"html +200 +200 ", looked.out)
    assert sent(fresh) == 200
    played = tesuji("try", "process", "--requests", 1000)
    assert "kept: base+html is the best now" in " ".join(played.out.split())
    assert sent(fresh) == 400
    by_hand = tesuji("run", "--model", "replay:model.jsonl", "--inputs", "html", "--limit", 3)
    assert by_hand.code == 0
    assert "3 from the ledger" in by_hand.out and " 0 sent" in by_hand.out


def test_an_unknown_move_lists_those_there_are(tesuji: Tesuji, fresh: Path) -> None:
    before = contents(fresh)
    said = tesuji("try", "luck")
    assert (said.code, said.err.count("\n")) == (2, 1) and "process" in said.err
    said = tesuji("try", "process")
    assert said.code == 2 and said.err.count("\n") == 1 and "no run yet" in said.err
    assert contents(fresh) == before


def test_the_help_fits_the_window(tesuji: Tesuji) -> None:
    said = tesuji("try", "-h")
    assert said.code == 0 and max(map(len, said.out.splitlines())) <= 80
