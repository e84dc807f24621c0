"""A page as it is sent: a template, its words in the reader's language, links, escaping."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache, partial
from importlib.resources import files
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from tesuji.board.marked import as_text, shown
from tesuji.board.spoken import spoken
from tesuji.board.words import LANGUAGES, Language, choose_language, say
from tesuji.diagnose import visible
from tesuji.reports.words import number_text, percent, usd_text

if TYPE_CHECKING:
    from jinja2 import Environment
    from markupsafe import Markup
    from starlette.requests import Request
    from starlette.responses import Response

_COOKIE = "tesuji-lang"
_TURNING = re.compile(r"[\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")


@cache
def environment() -> Environment:
    """The templates, which escape everything."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    made = Environment(
        loader=PackageLoader("tesuji.board"), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    made.filters |= {"number": number_text, "percent": percent, "shown": shown,
                     "visible": visible, "as_text": as_text, "exact": exact}  # fmt: skip
    made.filters |= {"usd": usd_text, "points": points_text}
    made.globals["url"] = url
    return made


def warm() -> None:
    """Read all templates, so that the first page need not: a tenth of a second."""
    for name in environment().list_templates():
        environment().get_template(name)


@cache
def asset(name: str) -> bytes:
    """A file of `static/`. The name is the program's, never a visitor's."""
    return files("tesuji.board").joinpath("static", name).read_bytes()


def url(path: str, query: Mapping[str, Any] | None = None, **more: Any) -> str:
    """An address on the board. Whatever a sample is called, it goes into the query, quoted."""
    values = {**(query or {}), **more}
    return f"{path}?{urlencode(values, errors='replace')}" if values else path


def points_text(rate: float, before: float) -> str:
    """By how many percentage points a rate differs from one before.

    >>> points_text(0.125, 0.5), points_text(0.5, 0.5)
    ('-37.5', '+0')
    """
    return f"{100 * (rate - before) + 0.0:+.3g}"


def fragment(request: Request, name: str, **values: Any) -> str:
    """A part of a page, in the reader's language."""
    language = reader_language(request)
    template = environment().get_template(name)
    return template.render(
        values, t=partial(say, language), lang=language, spoken=spoken(language)
    )  # fmt: skip


def exact(text: str) -> Markup:
    """A text as an attribute's value that comes back letter by letter. What is invisible or turns
    the direction of writing is written by its number, so that no reader of the page's source is
    misled either."""
    from markupsafe import Markup, escape

    def number(match: re.Match[str]) -> str:
        return f"&#{ord(match[0])};"

    return Markup(_TURNING.sub(number, str(escape(text))))


def reader_language(request: Request) -> Language:
    """The language of the board that a reader gets."""
    return choose_language(
        request.headers.get("accept-language", ""), request.query_params.get("lang"),
        request.cookies.get(_COOKIE),
    )  # fmt: skip


def render(request: Request, name: str, status: int = 200, **values: Any) -> Response:
    """The page of a template."""
    from starlette.responses import HTMLResponse

    wish, language = request.query_params.get("lang"), reader_language(request)
    here = {key: value for key, value in request.query_params.items() if key != "lang"}
    switch = [
        (code, words, url(request.url.path, here, lang=code)) for code, words in LANGUAGES.items()
        if not values.get("still")
    ]  # fmt: skip
    text = (
        environment()
        .get_template(name)
        .render(
            values, t=partial(say, language), lang=language, spoken=spoken(language), switch=switch
        )
    )
    # Data files may hold half of a surrogate pair, which UTF-8 can't.
    response = HTMLResponse(text.encode("utf-8", "replace"), status)
    response.headers["vary"] = "accept-language, cookie"
    if wish in LANGUAGES:
        response.set_cookie(_COOKIE, language, httponly=True, samesite="strict", max_age=10**7)
    return response
