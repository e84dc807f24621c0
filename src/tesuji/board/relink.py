"""A page of the board as a file: its links lead to files, and what needs the server is left out."""

from __future__ import annotations

import posixpath
from collections.abc import Callable
from html import escape
from html.parser import HTMLParser
from typing import TypeAlias

Find: TypeAlias = Callable[[str], str | None]
"""The file of an address, or None where it is not exported."""

# `'self'` is nothing to most browsers in a page that is opened from disk.
POLICY = (
    "default-src 'none'; style-src 'self' file:; script-src 'self' file:; base-uri 'none'; "
    "form-action 'none'"
)
_HEAD = f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">\n' + (
    '<meta name="referrer" content="no-referrer">'
)
_LEFT_OUT = ("form", "search")  # elements with all that is in them
_LOADED = {"link": "href", "script": "src", "img": "src"}
_KEPT = ("class", "lang", "title")  # of a link that leads nowhere
_METAS = ("viewport", "color-scheme")


def relink(page: str, here: str, find: Find) -> str:
    """The page as the file `here` (a path below the export's folder, with `/`).

    Links to what is exported become relative ones, all other links plain text. Forms, addresses in
    other attributes and `meta` elements that a file has no use for are left out; a policy against
    all scripts and styles but the export's own is put in.

    >>> find = {"/": "index.html"}.get
    >>> relink('<a href="/">top</a> <a href="/run/9" rel="next">9</a>', "run-1/index.html", find)
    '<a href="../index.html">top</a> <span>9</span>'
    """
    parser = _Relinker(here, find)
    parser.feed(page)
    parser.close()
    return "".join(parser.out)


class _Relinker(HTMLParser):
    def __init__(self, here: str, find: Find) -> None:
        super().__init__(convert_charrefs=False)
        self.out: list[str] = []
        self._folder, self._find = posixpath.dirname(here) or ".", find
        self._links: list[str] = []  # what the open links have become
        self._hidden: list[str] = []  # the open elements of one that is left out

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self._hidden or tag in _LEFT_OUT:
            if tag in (*_LEFT_OUT, *self._hidden[:1]):
                self._hidden.append(tag)
            return
        given = dict(attrs)
        if tag == "a":
            self._link(given)
        elif tag in _LOADED and _LOADED[tag] in given:
            self._load(tag, given)
        elif tag == "button" and (given.get("data-copy") or "").startswith("/"):
            self._hidden.append(tag)  # it would copy what the board answers
        elif tag != "meta" or "name" not in given or given["name"] in _METAS:
            self._same(tag, given)
        if tag == "head":
            self.out.append(f"\n{_HEAD}")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if not self._hidden and tag not in _LEFT_OUT:
            self._same(tag, dict(attrs))

    def handle_endtag(self, tag: str) -> None:
        if self._hidden:
            if tag == self._hidden[-1]:
                self._hidden.pop()
            return
        if tag == "a" and self._links:
            tag = self._links.pop()
        self.out.append(f"</{tag}>")

    def _link(self, given: dict[str, str | None]) -> None:
        address = self._relative(given.get("href") or "")
        if address is None and "download" in given:
            self._hidden.append("a")  # a text of its own is no page to be named
        elif address is None:
            self._links.append("span")
            self.out.append(_tag("span", {k: v for k, v in given.items() if k in _KEPT}))
        else:
            self._links.append("a")
            self.out.append(_tag("a", given | {"href": address}))

    def _load(self, tag: str, given: dict[str, str | None]) -> None:
        name = _LOADED[tag]
        if (address := self._relative(given[name] or "")) is not None:
            self.out.append(_tag(tag, given | {name: address}))
        elif tag == "script":
            self._hidden.append(tag)

    def _same(self, tag: str, given: dict[str, str | None]) -> None:
        kept = {
            name: "" if _asks_server(name, value) else value for name, value in given.items()
            if name.startswith("data-") or not _asks_server(name, value)
        }  # fmt: skip
        raw = self.get_starttag_text() or ""
        self.out.append(raw if kept == given else _tag(tag, kept))

    def _relative(self, address: str) -> str | None:
        """The address as seen from this file; None where it leads out of the export."""
        if address.startswith("#"):
            return address
        path, hash, fragment = address.partition("#")
        file = self._find(path) if path.startswith("/") and not path.startswith("//") else None
        return None if file is None else posixpath.relpath(file, self._folder) + hash + fragment

    def updatepos(self, i: int, j: int) -> int:
        """Lines are not counted: nobody asks for them, and it takes a tenth of the time."""
        return j

    def _raw(self, text: str) -> None:
        if not self._hidden:
            self.out.append(text)

    def handle_data(self, data: str) -> None:
        self._raw(data)

    def handle_entityref(self, name: str) -> None:
        self._raw(f"&{name};")

    def handle_charref(self, name: str) -> None:
        self._raw(f"&#{name};")

    def handle_decl(self, decl: str) -> None:
        self._raw(f"<!{decl}>")


def _asks_server(name: str, value: str | None) -> bool:
    """Whether an attribute names an address for a script to ask. `data-` ones stay, with nothing in
    them: scripts look for elements by them, and see that there is no board."""
    if name.startswith("hx-") or name in ("action", "formaction", "href", "src"):
        return not (value or "").startswith("#")
    return name.startswith("data-") and name != "data-key" and (value or "").startswith("/")


def _tag(name: str, attributes: dict[str, str | None]) -> str:
    parts = (
        f" {key}" if value is None else f' {key}="{escape(value)}"'
        for key, value in attributes.items()
    )
    return f"<{name}{''.join(parts)}>"
