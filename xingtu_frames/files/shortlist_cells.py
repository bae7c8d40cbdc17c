"""What the cells of a shortlist say: an id, an address, a total, a note; without a guess at what is damaged."""

from __future__ import annotations

import re

from ..ids import bare, is_address, is_identity_number, kol_id_of
from ..ids.rounding import EXACT_INTEGER, ROUNDED, is_scientific
from .cells import as_text
from .csv import meant
from .groups import Plain

_QUOTED_NUMBER = re.compile(r'="([0-9]+)"')
_LONG = re.compile(r"[0-9]{16,19}|[0-9](\.[0-9]+)?[eE]\+?1[5-9]")
_TOTAL = re.compile(r"[\W_]*(合计|总计|小计|共计|汇总|总和|总数|grandtotal|subtotal|total|sum)[\W_\d]*")
_LONGEST_TOTAL = 20
_ERROR = re.compile(r"#(N/A|REF!|VALUE!|NAME\?|NULL!|NUM!|DIV/0!|SPILL!|CALC!|BLOCKED!|FIELD!|GETTING_DATA)")
_CHINESE = re.compile("[\u3400-\u9fff]")
_SECONDS, _EARLIEST, _LATEST = 1 << 32, 1_490_000_000, 2_000_000_000
_OLD_IDS = range(14 * 10**14, 19 * 10**14)


def text_of(cell: Plain) -> str:
    """Return what a person sees in the cell, without the guards of CSV."""
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < EXACT_INTEGER:
        cell = int(cell)
    text = "" if cell is None else str(cell)
    if text.isalnum():
        return text
    text = (meant(text) or "").strip(" \t\r\n\u3000\xa0\u200b\ufeff")
    quoted = _QUOTED_NUMBER.fullmatch(text)
    return quoted[1] if quoted else text


def id_of(cell: Plain) -> str:
    """Return the id that a cell holds.

    Raises
    ------
    ValueError
        Says why it holds none.
    """
    is_number = isinstance(cell, int | float) and not isinstance(cell, bool)
    text = bare(text_of(as_text(cell)) if is_number else text_of(cell))
    if not text:
        raise ValueError("this row has no id; add it, or delete the row")
    if is_scientific(text):
        raise ValueError(ROUNDED)
    return kol_id_of(text)


def address_id(text: str) -> str | None:
    """Return the id that an address of a creator's page holds; None for other text."""
    if "/" not in text:
        return None
    text = bare(text)
    if not is_address(text):
        return None
    try:
        return kol_id_of(text)
    except ValueError:
        return None


def is_long(text: str) -> bool:
    """Return whether text has the length of an id, rounded or not, or is the address of one."""
    text = bare(text)
    return (_LONG.fullmatch(text) is not None and not is_identity_number(text)) or address_id(text) is not None


def is_of_marketplace(text: str) -> bool:
    """Return whether digits are made as this marketplace makes ids: from a time since 2017, in seconds or micros."""
    text = bare(text)
    if not (text.isascii() and text.isdigit()):
        return is_long(text)
    number = int(text) if len(text) < 20 else 0
    return _EARLIEST < number // _SECONDS < _LATEST or number in _OLD_IDS


def is_total(text: str) -> bool:
    """Return whether text heads a row of sums."""
    if len(text) > _LONGEST_TOTAL or text.isdecimal():
        return False
    return _TOTAL.fullmatch("".join(text.casefold().split())) is not None


def is_error(text: str) -> bool:
    """Return whether text is what a failed formula shows."""
    return _ERROR.fullmatch(text) is not None


def is_note(text: str) -> bool:
    """Return whether text is words to a reader, and cannot be an id that was damaged."""
    digits = sum(char.isdigit() for char in text)
    if is_address(text) or is_error(text):
        return False
    # An id of another kind, such as MS4wLjAB, is one word of letters and digits.
    return not digits or (digits < 12 and (_CHINESE.search(text) is not None or len(text.split()) > 1))
