"""The page of a survey: a table that can be sorted, and all its pictures; one file that a browser opens and prints."""

from __future__ import annotations

import base64
import hashlib
import html
import io
from collections.abc import Sequence
from pathlib import Path

from PIL import Image

from ..arguments import Language
from ..files.whole import write_whole
from .pictures import DPI, Picture
from .table import SCRIPT

_PAGE = """<!DOCTYPE html>
<html lang="{lang}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<title>{title}</title>
<style>{css}</style>
</head>
<body>
<h1>{title}</h1>
<p>{about}</p>
{table}
{figures}
<script>{script}</script>
</body>
</html>
"""
_CSS = """
body { max-width: 1400px; margin: 2rem auto; padding: 0 1rem; color: #22262B; background: #FFFFFF;
  font-family: "Noto Sans SC", "PingFang SC", "Microsoft YaHei", sans-serif; }
h1 { font-size: 1.6rem; margin: 0 0 0.5rem; }
p, caption { color: #5B616A; }
.hint { font-size: 0.875rem; margin: 1rem 0 0; }
.scroll { overflow-x: auto; max-width: 100%; }
.scroll:focus-visible, button:focus-visible { outline: 2px solid #1F5FA8; outline-offset: 1px; }
table { border-collapse: separate; border-spacing: 0; font-size: 0.875rem; width: 100%; }
caption { text-align: left; font-size: 0.875rem; padding: 0.3rem 0; }
th, td { padding: 0.4rem 0.5rem; text-align: left; border-bottom: 1px solid #E2E5E9; white-space: nowrap; }
.number { text-align: right; font-variant-numeric: tabular-nums; }
thead th { background: #2F4B6E; color: #FFFFFF; font-weight: 600; vertical-align: bottom; white-space: normal;
  min-width: 3.4em; }
tbody th { font-weight: 600; background: #FFFFFF; white-space: normal; min-width: 6.5em; max-width: 11em;
  overflow-wrap: anywhere; }
thead th:first-child, tbody th { position: sticky; left: 0; z-index: 1; }
thead th button { font: inherit; color: inherit; background: none; border: 0; padding: 0.2rem 0; margin: 0;
  text-align: inherit; cursor: pointer; width: 100%; min-height: 2.75rem; }
thead th button::after { content: " \\2195"; opacity: 0.6; }
thead th[aria-sort="ascending"] button::after { content: " \\2191"; opacity: 1; }
thead th[aria-sort="descending"] button::after { content: " \\2193"; opacity: 1; }
figure { margin: 2.5rem 0; break-inside: avoid; }
figcaption { color: #5B616A; font-size: 0.9rem; margin-top: 0.3rem; }
img { display: block; height: auto; width: 100%; max-width: var(--wide); min-width: calc(var(--wide) * 0.68); }
@media (max-width: 600px) {
  body { margin: 1rem auto; padding: 0 0.75rem; }
  h1 { font-size: 1.3rem; }
  img { min-width: calc(var(--wide) * 0.8); }
  tbody th { max-width: 7.5em; }
}
@media print {
  img { min-width: 0; max-width: 100%; }
  .scroll { overflow: visible; }
  table { font-size: 0.6rem; }
}
"""
_FIGURE = """<figure>
<div class="scroll" role="region" tabindex="0" aria-label="{caption}">
<img src="data:image/png;base64,{data}" alt="{caption}" style="--wide: {wide}px">
</div>
<figcaption>{caption}</figcaption>
</figure>"""
_CSS_DPI = 96
_CODES: dict[Language, str] = {"zh": "zh-CN", "en": "en"}


def write_page(
    drawn: Sequence[Picture], path: Path, title: str, about: str, lang: Language, *, table: str = ""
) -> Path:
    """Write one page with a table and all the pictures in it, which needs no other file and asks for none."""
    text = _PAGE.format(
        lang=_CODES[lang],
        policy=_policy(),
        title=html.escape(title),
        css=_CSS,
        about=html.escape(about),
        table=table,
        figures="\n".join(map(_figure, drawn)),
        script=SCRIPT,
    )
    return write_whole(path, text.encode())


def _policy() -> str:
    """Return what the page may load: pictures in it, its styles, and the one script that is known by its sum."""
    known = base64.b64encode(hashlib.sha256(SCRIPT.encode()).digest()).decode()
    return f"default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'sha256-{known}'"


def _figure(picture: Picture) -> str:
    """Return a picture in its size; where the window is narrower it shrinks a little, and then scrolls."""
    with Image.open(io.BytesIO(picture.png)) as image:
        wide = round(image.width / DPI * _CSS_DPI)
    data = base64.b64encode(picture.png).decode()
    return _FIGURE.format(data=data, caption=html.escape(picture.caption), wide=wide)
