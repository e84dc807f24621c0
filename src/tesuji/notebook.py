"""How results show themselves in a notebook: plain HTML tables, everything escaped.

What is shown is often what a model wrote, so no text reaches the page unescaped.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

LONGEST = 300
"""A cell longer than this is cut, so that one runaway output does not fill the notebook."""


def escape(text: object) -> str:
    """`text` as HTML that means only itself; line ends become <br>."""
    import html

    shown = str(text)
    if len(shown) > LONGEST:
        shown = shown[:LONGEST] + f"… ({len(shown):,} characters)"
    return html.escape(shown).replace("\r\n", "<br>").replace("\n", "<br>")


def preformatted(text: str) -> str:
    """A drawing of characters, in a fixed width, escaped and whole.

    >>> preformatted("<a>")
    '<pre style="text-align:left">&lt;a&gt;</pre>'
    """
    import html

    return f'<pre style="text-align:left">{html.escape(text)}</pre>'


def table(rows: Iterable[Sequence[object]], headers: Sequence[str] = ()) -> str:
    """An HTML table of `rows`, escaped, left-aligned; with no header row where `headers` is empty.

    >>> table([["a", "<b>"]], ["x", "y"]).count("&lt;b&gt;")
    1
    """

    def line(tag: str, cells: Sequence[object]) -> str:
        style = ' style="text-align:left;vertical-align:top"'
        return "<tr>" + "".join(f"<{tag}{style}>{escape(c)}</{tag}>" for c in cells) + "</tr>"

    head = f"<thead>{line('th', headers)}</thead>" if headers else ""
    body = "".join(line("td", row) for row in rows)
    return f"<table>{head}<tbody>{body}</tbody></table>"
