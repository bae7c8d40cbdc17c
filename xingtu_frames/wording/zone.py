"""The clock of the readers: times are kept in UTC and shown as those of China, which has one zone."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from ..arguments import Language

CHINA = dt.timezone(dt.timedelta(hours=8))
IN_HEADER: Mapping[Language, str] = {"zh": "（北京时间）", "en": " (UTC+8)"}
"""What the header of a column of times adds."""
ZONE_NAMES: Mapping[Language, str] = {"zh": "北京时间", "en": "Beijing time"}
