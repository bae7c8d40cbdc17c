"""Pieces of Markdown, and the two languages of the site."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal

import pandas as pd

Language = Literal["zh", "en"]
LANGUAGES: tuple[Language, ...] = ("zh", "en")
CONFIDENCE_ZH = {"certain": "确定", "likely": "很可能", "unconfirmed": "未证实"}
EVIDENCE_ZH = {"captured": "公开的真实应答", "shape": "仅客户端代码中的结构", "raw": "无公开资料，按原样展开"}


def cell(text: object) -> str:
    """Return a text as a cell of a table holds it."""
    plain = "" if text is None or text is pd.NA else str(text)
    return " ".join(plain.replace("|", "\\|").replace("<", "&lt;").split())


def code(text: object) -> str:
    """Return a text as code, empty where it is empty."""
    return f"`{text}`" if str(text) else ""


def table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return a table."""
    lines = [f"| {' | '.join(header)} |", f"|{'---|' * len(header)}"]
    lines += [f"| {' | '.join(map(cell, row))} |" for row in rows]
    return "\n".join(lines)


def frame(shown: pd.DataFrame) -> str:
    """Return a frame as a table: its own names, and missing values as NA."""
    texts = shown.astype("object").where(shown.notna(), "NA")
    return table([code(name) for name in texts.columns], texts.itertuples(index=False))


def python(source: str) -> str:
    """Return a block of code."""
    return f"```python\n{source.strip()}\n```"


def page(title: str, *parts: str) -> str:
    """Return a page."""
    return "\n\n".join([f"# {title}", *filter(None, parts)]) + "\n"
