"""What the videos are about."""

from __future__ import annotations

from collections.abc import Iterator

from .options import PLATFORM
from .read import Fields
from .schema import Answer, Column, Row, Table


def _video_distribution(data: Fields) -> Iterator[Row]:
    # The wire's own share is rounded.
    counted = data.counted("video_content_distribution", "name", "cnt")
    total = sum(count for _, count in counted if count is not None and count > 0)
    for category, count in counted:
        yield category, count, None if count is None or count < 0 or not total else count / total


VIDEO_DISTRIBUTION = Table(
    "video_distribution",
    "内容类型分布",
    row="creator x content category",
    row_zh="达人 × 内容类别",
    key=("category",),
    answer=Answer("author_video_distribution", keys=("video_content_distribution",), options=(PLATFORM,)),
    parse=_video_distribution,
    shown=(PLATFORM,),
    listing=True,
    cells=(
        Column("category", "str", "", "内容类型", "content category", "内容类别"),
        Column("video_count", "Int64", "videos", "作品数", "videos in this category", "该类别的作品数"),
        Column(
            "share",
            "float64",
            "fraction",
            "占比",
            "videos of the category / videos of all, from the counts",
            "该类别作品数 ÷ 全部作品数，由作品数计算",
        ),
    ),
)

TABLES = (VIDEO_DISTRIBUTION,)
