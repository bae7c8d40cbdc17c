"""Text that no spreadsheet runs, and the text that it was.

The rule: an apostrophe stands wherever a program may begin to read a cell and would find a formula there. That is the
start of the cell, and also behind each line break, tab, semicolon or bar inside it: a program of a country that
separates cells by semicolons ends the cell there, quotation marks or not. Blanks, controls, invisible marks and
quotation marks before the sign count as nothing, as programs skip them. So that a guarded text never reads like one
that is not, the empty text and what begins with an apostrophe, a tab or a line break are guarded as well, and so is
an apostrophe that stands where a guard could.
"""

from __future__ import annotations

import re

_BREAKS = "\t\n\v\f\r\x1c-\x1e\x85\u2028\u2029;|؛；"
"""Where a program may end a cell, as the inside of a regular expression's brackets."""
_SIGNS = "=+\\-@＝＋－＠﹦﹢﹣﹫"
_SKIPPED = (
    f"{_BREAKS}\\s\x00-\x20\x7f-\xa0\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202f"
    "\u205f-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb\u0600-\u0605\u06dd\u070f\u0890\u0891\u08e2"
    "\U000110bd\U000110cd\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e007f\"'"
)
_RUN = re.compile(f"[{_SKIPPED}]++")
_SIGN = re.compile(f"[{_SIGNS}]")
_BREAK = re.compile(f"[{_BREAKS}]")
_GUARDED_BREAK = re.compile(f"([{_BREAKS}])'")
_STARTS = re.compile("[\t\r\n']|\\Z")


def guarded(text: str) -> str:
    """Return text as a cell of a CSV file that no program runs."""
    front = "'" if _is_risky(text) else ""
    return front + _RUN.sub(lambda run: _BREAK.sub(r"\g<0>'", run[0]) if _before_a_sign(run) else run[0], text)


def unguarded(cell: str) -> str:
    """Return the text that `guarded` was given for this cell."""
    if "'" not in cell:
        return cell
    text = _RUN.sub(lambda run: _GUARDED_BREAK.sub(r"\1", run[0]) if _before_a_sign(run) else run[0], cell)
    return text[1:] if text.startswith("'") and _is_risky(text[1:]) else text


def _is_risky(text: str) -> bool:
    run = _RUN.match(text)
    return _SIGN.match(text, run.end() if run else 0) is not None or _STARTS.match(text) is not None


def _before_a_sign(run: re.Match[str]) -> bool:
    return _SIGN.match(run.string, run.end()) is not None
