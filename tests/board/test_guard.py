"""Who is let in: Host and Origin headers, the token, and what every answer forbids a browser."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.testclient import TestClient

from tests.board.conftest import HOST
from tesuji.board.guard import HEADERS, Gate, Guard, is_loopback

ORIGIN = {"origin": f"http://{HOST}"}


def client(gate: Gate, address: str = HOST) -> TestClient:
    """An application that changes something by POST, behind the guard."""
    done: list[str] = []

    def home(request: Request) -> Response:
        return PlainTextResponse(str(len(done)))

    def write(request: Request) -> Response:
        done.append("")
        return PlainTextResponse("written")

    app = Starlette(
        routes=[Route("/", home), Route("/write", write, methods=["POST", "PUT", "DELETE"])]
    )
    return TestClient(Guard(app, gate), base_url=f"http://{address}", follow_redirects=False)


@pytest.fixture
def app(gate: Gate) -> Iterator[TestClient]:
    with client(gate) as made:
        yield made


@pytest.mark.parametrize("host", [HOST, "localhost:8377", "LOCALHOST:8377", "[::1]:8377"])
def test_the_boards_own_names_are_let_in(app: TestClient, host: str) -> None:
    assert app.get("/", headers={"host": host}).status_code == 200


@pytest.mark.parametrize(
    "host",
    [
        "evil.example", "evil.example:8377", "127.0.0.1", "127.0.0.1:80", "localhost",
        "127.0.0.1.evil.example:8377", "127.0.0.1:8377.evil.example", "localhost:8377@evil.example",
        "evil.example@127.0.0.1:8377", "10.0.0.1:8377", "", "127.0.0.1:8377, evil.example",
    ],
)  # fmt: skip
def test_any_other_host_is_refused(app: TestClient, host: str) -> None:
    said = app.get("/", headers={"host": host})
    assert (said.status_code, said.text) == (
        403,
        "refused: this host name is not the board's own\n",
    )


def test_a_forwarded_host_counts_for_nothing(app: TestClient) -> None:
    headers = {"host": "evil.example", "x-forwarded-host": HOST, "forwarded": f"host={HOST}"}
    assert app.get("/", headers=headers).status_code == 403


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"])
@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"origin": "http://evil.example"},
        {"origin": "null"},
        {"origin": f"https://{HOST}"},
        {"origin": f"http://{HOST}.evil.example"},
        {"origin": "http://127.0.0.1:9999"},
        {"origin": "http://localhost:8377"},  # the page would be on the other name
    ],
)
def test_what_writes_must_come_from_a_page_of_the_board(
    app: TestClient, gate: Gate, method: str, headers: Mapping[str, str]
) -> None:
    token = {"x-tesuji-token": gate.token}
    assert app.request(method, "/write", headers={**headers, **token}).status_code == 403
    assert app.get("/").text == "0"


@pytest.mark.parametrize("token", [None, "", "wrong", "é"])
def test_what_writes_must_bring_the_token(app: TestClient, token: str | None) -> None:
    given = {} if token is None else {"x-tesuji-token": token.encode("utf-8")}
    said = app.post("/write", headers={**ORIGIN, **given})
    assert (said.status_code, app.get("/").text) == (403, "0")


def test_a_page_of_the_board_with_the_token_may_write(app: TestClient, gate: Gate) -> None:
    assert app.post("/write", headers={**ORIGIN, "x-tesuji-token": gate.token}).text == "written"
    assert app.get("/").text == "1"


def test_the_address_hands_the_token_over_as_a_cookie(app: TestClient, gate: Gate) -> None:
    assert gate.url == f"http://{HOST}/?token={gate.token}"
    handed = app.get(gate.url + "&lang=ja")
    assert (handed.status_code, handed.headers["location"]) == (303, "/?lang=ja")
    cookie = handed.headers["set-cookie"]
    assert "HttpOnly" in cookie and "SameSite=Strict" in cookie
    assert app.post("/write", headers=ORIGIN).text == "written"


def test_a_wrong_token_in_the_address_is_told(app: TestClient) -> None:
    said = app.get("/?token=wrong")
    assert said.status_code == 403 and "another session" in said.text
    assert "set-cookie" not in said.headers


def test_the_hand_over_leads_nowhere_else(app: TestClient, gate: Gate) -> None:
    for path in ("//evil.example/", "/\\evil.example", "///evil.example"):
        said = app.get(f"http://{HOST}{path}?token={gate.token}")
        assert said.headers["location"].lstrip("/").startswith("evil.example")
        assert said.headers["location"].startswith("/e")


def test_tokens_are_of_a_session() -> None:
    gates = [Gate("127.0.0.1", 1) for _ in range(2)]
    assert gates[0].token != gates[1].token and len(gates[0].token) >= 32
    assert gates[0].token not in repr(gates[0])


def test_on_another_address_even_reading_takes_the_token() -> None:
    gate = Gate("0.0.0.0", 8377)
    with client(gate, "10.0.0.7:8377") as app:
        assert app.get("/").status_code == 403
        assert app.get("/", headers={"host": "evil.example:8377"}).status_code == 403
        assert app.get(f"/?token={gate.token}").status_code == 303
        assert app.get("/").text == "0"


def test_loopback_addresses() -> None:
    assert all(map(is_loopback, ("127.0.0.1", "127.1.2.3", "::1", "localhost")))
    assert not any(map(is_loopback, ("0.0.0.0", "::", "10.0.0.1", "example.org", "")))


def test_every_answer_says_what_a_browser_may_not_do(app: TestClient, gate: Gate) -> None:
    policy = HEADERS["content-security-policy"]
    assert policy.startswith("default-src 'none';") and "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy and "http" not in policy and "*" not in policy
    answers = [
        app.get("/"), app.head("/"), app.get("/nowhere"), app.get("/?token=wrong"),
        app.get(f"/?token={gate.token}"), app.get("/", headers={"host": "evil.example"}),
        app.post("/write"),
    ]  # fmt: skip
    for answer in answers:
        assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS
