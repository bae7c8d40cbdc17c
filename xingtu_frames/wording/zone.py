"""How the clock of the readers is called: times are kept in UTC and shown as those of China."""

from __future__ import annotations

from collections.abc import Mapping

from ..arguments import Language

IN_HEADER: Mapping[Language, str] = {"zh": "（北京时间）", "en": " (UTC+8)"}
"""What the header of a column of times adds."""
ZONE_NAMES: Mapping[Language, str] = {"zh": "北京时间", "en": "Beijing time"}
