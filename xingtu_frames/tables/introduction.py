"""What creators write about themselves. Known from client code alone.

Free text of a person, which may hold a phone number or an address: it is fetched by name only, and no report or sheet
that gathers tables takes it in.
"""

from __future__ import annotations

from collections.abc import Iterator

from .options import PLATFORM
from .read import Fields
from .schema import Answer, Column, Row, Table


def _introductions(data: Fields) -> Iterator[Row]:
    yield (data.text("self_intro"),)


INTRODUCTIONS = Table(
    "introductions",
    "个人简介",
    row="creator",
    row_zh="一位达人",
    answer=Answer("get_author_platform_channel_info_v2", keys=("self_intro",), options=(PLATFORM,)),
    parse=_introductions,
    cells=(
        Column(
            "introduction",
            "str",
            "",
            "简介",
            "likely the creator's own introduction: free text that may hold contact data",
            "很可能是达人自己写的简介；可能含有联系方式",
            confidence="likely",
        ),
    ),
    evidence="shape",
)

TABLES = (INTRODUCTIONS,)
