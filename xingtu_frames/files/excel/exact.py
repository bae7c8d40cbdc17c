"""A worksheet that keeps every character and digit it is given."""

from __future__ import annotations

import re
from collections.abc import Sequence

from xlsxwriter.worksheet import Worksheet

from .text import ILLEGAL

_CONTROL = re.compile(f"[{ILLEGAL}]")
_LOOKS_ESCAPED = re.compile(f"_(?=x[0-9A-Fa-f]{{4}}(?:_|[{ILLEGAL}]))")


class Serial(float):
    """A time as Excel counts it, in days."""


class ExactSheet(Worksheet):  # type: ignore[misc]
    """A sheet that keeps what XlsxWriter's loses: digits 16 and 17, text like <r>...</r>, text like _x0041_."""

    def _xml_number_element(self, number: float, attributes: Sequence[tuple[str, object]] = ()) -> None:
        self._xml_start_tag("c", list(attributes))
        # More than the 17 digits that any program writes tell that a time is exact.
        self._xml_data_element("v", f"{number:.25g}" if isinstance(number, Serial) else repr(number))
        self._xml_end_tag("c")

    def _xml_rich_inline_string(self, string: str, attributes: Sequence[tuple[str, object]] = ()) -> None:
        self._xml_inline_string(string, True, list(attributes))

    @staticmethod
    def _escape_control_characters(data: object) -> object:
        if not isinstance(data, str):
            return data
        return _CONTROL.sub(lambda match: f"_x{ord(match[0]):04X}_", _LOOKS_ESCAPED.sub("_x005F_", data))
