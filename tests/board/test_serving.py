"""The command in a process of its own, on a real port."""

from __future__ import annotations

import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.cli.terminal import command, environment
from tesuji.board.serving import PORT, bind
from tesuji.cli import main
from tesuji.errors import InputError


@contextmanager
def served(folder: Path, *options: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """`tesuji board` and the address that it prints."""
    process = subprocess.Popen(
        command("board", "-C", folder, "--no-open", *options), stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, text=True, encoding="utf-8", env=environment(),
    )  # fmt: skip
    assert process.stdout is not None
    try:
        yield process, process.stdout.readline().strip()
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()


def fetch(url: str, **headers: str) -> tuple[int, str]:
    request = urllib.request.Request(url, headers=headers)
    opener = urllib.request.build_opener(
        urllib.request.HTTPCookieProcessor(), urllib.request.ProxyHandler({})
    )
    try:
        with opener.open(request, timeout=20) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


@pytest.mark.skipif(sys.platform == "win32", reason="Ctrl-C is another thing there")
def test_the_command_serves_until_ctrl_c(finished: Path) -> None:
    with served(finished, "--port", "0") as (process, address):
        found = re.fullmatch(r"(http://127\.0\.0\.1:\d+)/\?token=[\w-]{32,}", address)
        assert found, address
        status, page = fetch(address)
        assert status == 200 and "What to do next" in page
        status, page = fetch(f"{found[1]}/run/1", **{"accept-language": "ja"})
        assert status == 200 and '<html lang="ja">' in page
        assert fetch(found[1], host="evil.example")[0] == 403
        assert fetch(f"{found[1]}/static/..%2fapp.py")[0] == 404
        assert fetch(f"{found[1]}/?token=wrong")[0] == 403
        began = time.monotonic()
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=20)
        assert time.monotonic() - began < 10
        assert (process.returncode, err) == (0, "")


def test_another_address_comes_with_the_risk_in_words(finished: Path) -> None:
    with served(finished, "--port", "0", "--host", "0.0.0.0") as (process, address):
        port = address.split(":")[2].split("/")[0]
        assert fetch(f"http://127.0.0.1:{port}/")[0] == 403
        token = address.partition("?")[2]
        assert fetch(f"http://127.0.0.1:{port}/?{token}")[0] == 200
        process.kill()
        _, err = process.communicate()
        assert err.startswith("warning: ") and "reads all prompts and outputs" in err


def test_a_port_in_use_is_told_and_without_one_the_next_is_taken() -> None:
    with bind("127.0.0.1", 0) as held:
        port = held.getsockname()[1]
        with pytest.raises(InputError, match=f"port {port}: .*in use.*--port"):
            bind("127.0.0.1", port)
    with bind("127.0.0.1", None) as first, bind("127.0.0.1", None) as second:
        ports = [one.getsockname()[1] for one in (first, second)]
        assert PORT <= ports[0] < ports[1]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--port", "70000"), "a port is a number from 0 to 65535"),
        (("--port", "x"), "not a valid integer"),
        (("--host", "no.such.host.invalid"), "no.such.host.invalid: ports"),
        (("-C", "nowhere"), "nowhere"),
    ],
)
def test_what_is_wrong_is_said_in_a_line(
    options: tuple[str, ...], words: str, finished: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    monkeypatch.chdir(finished)
    if "--host" in options:  # asking a name server would take its time

        def unknown(*_: object, **__: object) -> None:
            raise socket.gaierror(-2, "Name or service not known")

        monkeypatch.setattr(socket, "getaddrinfo", unknown)
    with pytest.raises(SystemExit) as exit:
        main(["board", *options])
    said = capsys.readouterr()
    assert exit.value.code == 2 and said.err.count("\n") == 1 and words in said.err


def test_templates_style_and_script_are_in_the_package() -> None:
    from importlib.resources import files

    for name in ("templates/page.html", "static/board.css", "static/board.js"):
        assert files("tesuji.board").joinpath(name).is_file()
