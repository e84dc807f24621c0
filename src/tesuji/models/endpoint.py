"""Where servers are: `http://HOST/v1#NAME` taken apart, and the key that goes with it.

Keys come from the environment alone. OPENAI_API_KEY goes to OpenAI and nowhere else; any other
server gets TESUJI_API_KEY, if there is one.
"""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from urllib.parse import parse_qsl, unquote, urlsplit

from tesuji.errors import ConfigError, ModelUnavailableError

OPENAI = "https://api.openai.com/v1"
_NEXT = re.compile(r",\s*(?=https?://)", re.I)  # between two servers
_SECRET_WORDS = ("key", "token", "secret", "auth", "passw", "sig", "credential")


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A server and how it is spoken to. `name` is None where the server is to be asked.

    `dialect` is "openai" for OpenAI itself and "server" for everything that speaks like it.
    """

    base: str
    query: str
    name: str | None
    dialect: str
    key: str | None = field(default=None, repr=False)
    key_variable: str = "TESUJI_API_KEY"

    @property
    def uri(self) -> str:
        """How the user names it."""
        if self.dialect == "openai":
            return f"openai:{self.name}"
        query = f"?{self.query}" if self.query else ""
        return f"{self.base}{query}" + (f"#{self.name}" if self.name else "")


def openai_endpoint(name: str) -> Endpoint:
    """OpenAI's own server. ModelUnavailableError without OPENAI_API_KEY."""
    if not name.strip():
        raise ConfigError("openai: needs a model's name: openai:NAME")
    key = _key("OPENAI_API_KEY")
    if key is None:
        raise ModelUnavailableError(f"openai:{name} needs a key: set OPENAI_API_KEY")
    return Endpoint(OPENAI, "", name.strip(), "openai", key, "OPENAI_API_KEY")


def server_endpoint(uri: str) -> Endpoint:
    """Any server that speaks like OpenAI's, from `http(s)://HOST[:PORT]/v1[?query][#NAME]`."""
    try:
        parts = urlsplit(uri.strip())
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise ConfigError(f"a model's address is no URL: {error}") from None
    if not host:
        raise ConfigError("a model's address names no host: http://HOST:PORT/v1#NAME")
    shown = f"{parts.scheme}://{host}" + (f":{port}" if port else "")
    if parts.username is not None or parts.password is not None:
        raise ConfigError(f"{shown}: no password in an address; put the key in TESUJI_API_KEY")
    for name, _ in parse_qsl(parts.query, keep_blank_values=True):
        if any(word in name.lower() for word in _SECRET_WORDS):
            raise ConfigError(f"{shown}: no {name!r} in an address; put the key in TESUJI_API_KEY")
    path = parts.path.rstrip("/").removesuffix("/chat/completions").rstrip("/")
    address = f"[{host}]" if ":" in host else host
    base = f"{parts.scheme}://{address}" + (f":{port}" if port else "") + path
    served = unquote(parts.fragment) or None
    return Endpoint(base, parts.query, served, "server", _key("TESUJI_API_KEY"))


def server_endpoints(uri: str) -> list[Endpoint]:
    """The servers of `http://A/v1,http://B/v1#NAME`, all with the name that stands at the end."""
    found = [server_endpoint(part) for part in split_servers(uri)]
    for endpoint in found[:-1]:
        if endpoint.name not in (None, found[-1].name):
            raise ConfigError(
                f"{endpoint.uri}: several servers are one model, named once, at the end: "
                f"{joined(found)}"
            )
    if len({endpoint.base for endpoint in found}) < len(found):
        raise ConfigError(f"{joined(found)}: a server stands there twice")
    return [replace(endpoint, name=found[-1].name) for endpoint in found]


def split_servers(uri: str) -> list[str]:
    """The addresses of servers that are one model.

    >>> split_servers("http://a/v1, http://b/v1#m")
    ['http://a/v1', 'http://b/v1#m']
    """
    return _NEXT.split(uri.strip())


def joined(endpoints: Sequence[Endpoint]) -> str:
    """The URI of servers that are one model: the name stands at the end."""
    nameless = [replace(endpoint, name=None).uri for endpoint in endpoints[:-1]]
    return ",".join([*nameless, endpoints[-1].uri])


def _key(variable: str) -> str | None:
    key = os.environ.get(variable, "").strip()
    if not key:
        return None
    if not (key.isascii() and key.isprintable()) or " " in key:
        raise ModelUnavailableError(f"{variable} holds characters that no key has: set it again")
    return key
