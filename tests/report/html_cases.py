"""A table of a page as its reader sees it: caption, headers, rows of text."""

from __future__ import annotations

from html.parser import HTMLParser


class Page(HTMLParser):
    """The texts of a table, and every tag that the page has."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.caption, self.headers, self.rows = "", [], []
        self.tags: set[str] = set()
        self._text: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self._text = []
        if tag == "tr":
            self.rows.append([])

    def handle_data(self, data: str) -> None:
        self._text.append(data)

    def handle_endtag(self, tag: str) -> None:
        text = "".join(self._text)
        if tag == "caption":
            self.caption = text
        elif tag == "th":
            self.headers.append(text)
        elif tag == "td":
            self.rows[-1].append(text)
        elif tag == "thead":
            self.rows = []
