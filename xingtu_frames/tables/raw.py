"""Answers of which no payload is public: the long form, with no column invented."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from .inputs import Day, Text
from .long import LONG, long_rows
from .options import FLOW, INDUSTRY, ONLY_ASSIGNED, PLATFORM, WINDOW, option
from .pages import Pages
from .read import Fields
from .schema import CREATOR, ITEM, Answer, Input, Option, Row, Subject, Table

PAGES = Pages("page", most=50)

HOMEPAGE_VIDEO_TYPE = option(
    "video_type",
    "视频类型",
    (
        "all videos of the home page, the creator's own, or those ordered through Xingtu",
        "all, personal or xingtu (ordered) videos, as asked",
        "查询时选择的视频类型：全部、个人视频或星图（商单）视频",
    ),
    "videoType",
    {"all": ("ALL", "全部视频"), "personal": ("PERSONAL", "个人视频"), "xingtu": ("XINGTU", "星图视频")},
)
LIVE_TYPE = option(
    "live_type",
    "直播类型",
    ("kind of live streams", "kind of live streams, as asked", "查询时选择的直播类型"),
    "liveType",
    {
        "all": ("ALL", "全部直播"),
        "game": ("GAME", "游戏直播"),
        "ecommerce": ("ECOMMERCE", "电商直播"),
        "other": ("OTHER", "其他直播"),
    },
)
AUDIENCE = option(
    "audience",
    "直播人群",
    (
        "who is described: viewers of live streams, or fans",
        "viewers or fans, as asked",
        "查询时选择的直播人群：观众或粉丝",
    ),
    "liveCrowdType",
    {"viewers": ("AUDIENCE", "直播观众"), "fans": ("FANS", "粉丝")},
)
ONLY_ORDERS = option(
    "only_orders",
    "仅商单直播",
    (
        "only live streams ordered through Xingtu",
        "whether only ordered live streams count, as asked",
        "查询时是否只统计商单直播",
    ),
    "onlyStarOrder",
    {False: ("false", ""), True: ("true", "")},
)


def _long(data: Fields) -> Iterator[Row]:
    return long_rows(data.data)


def raw_table(
    name: str,
    label_zh: str,
    endpoint: str,
    options: tuple[Input, ...] = (),
    *,
    shown: tuple[Option, ...] = (),
    subject: Subject | None = CREATOR,
    pages: Pages | None = None,
    numbered: bool = False,
    fixed: Mapping[str, str] | None = None,
) -> Table:
    """Return the table of an answer in the long form.

    Parameters
    ----------
    name, label_zh
        Name and Chinese title of the table.
    endpoint, options, subject, pages, fixed
        As of `Answer`.
    shown, numbered
        As of `Table`.
    """
    about, about_zh = {CREATOR: ("creator x ", "达人 × "), ITEM: ("video x ", "视频 × "), None: ("", "")}[subject]
    return Table(
        name,
        label_zh,
        row=f"{about}leaf of the payload",
        row_zh=f"{about_zh}应答中的一个值",
        answer=Answer(endpoint, options=options, subject=subject, pages=pages, fixed=fixed or {}),
        parse=_long,
        shown=shown,
        cells=LONG,
        listing=True,
        evidence="raw",
        numbered=numbered or pages is not None,
    )


_CONVERTED = "get_author_convert_videos_or_products"
_GOODS = (WINDOW.at("range"), INDUSTRY.at("industryId"), PLATFORM)
_PERIOD = WINDOW.at("period")

HOMEPAGE_VIDEOS = raw_table(
    "homepage_videos",
    "主页作品（原始）",
    "get_author_homepage_videos",
    (
        HOMEPAGE_VIDEO_TYPE,
        Text("keyword", "keyword", "words that the videos are about; None for all"),
        Day("start", "startDate", ago=None),
        Day("end", "endDate", ago=None),
        ONLY_ASSIGNED,
    ),
    shown=(HOMEPAGE_VIDEO_TYPE,),
    pages=PAGES,
)
CONVERT_VIDEOS = raw_table(
    "convert_videos",
    "转化视频（原始）",
    _CONVERTED,
    _GOODS,
    shown=(WINDOW,),
    pages=PAGES,
    fixed={"detailType": "VIDEO"},
)
CONVERT_PRODUCTS = raw_table(
    "convert_products",
    "转化商品（原始）",
    _CONVERTED,
    _GOODS,
    shown=(WINDOW,),
    pages=PAGES,
    fixed={"detailType": "PRODUCT"},
)
LIVE_STATISTICS = raw_table(
    "live_statistics",
    "直播数据（原始）",
    "get_author_live_statistics",
    (LIVE_TYPE, _PERIOD, ONLY_ORDERS, FLOW),
    shown=(LIVE_TYPE, _PERIOD),
)
LIVE_AUDIENCE = raw_table(
    "live_audience",
    "直播人群（原始）",
    "get_author_live_watch_distribution",
    (AUDIENCE, LIVE_TYPE),
    shown=(AUDIENCE, LIVE_TYPE),
)
ORDER_EXPERIENCE = raw_table(
    "order_experience", "下单体验（原始）", "get_author_order_experience", (_PERIOD,), shown=(_PERIOD,)
)
CREATOR_TAGS = raw_table("creator_tags", "达人标签（原始）", "get_author_tags")
VIDEO_REPORT = raw_table("video_report", "视频报告（原始）", "item_report_detail", subject=ITEM)
VIDEO_INTERACTION = raw_table("video_interaction", "视频互动分析（原始）", "item_report_th_analysis", subject=ITEM)

TABLES = (
    HOMEPAGE_VIDEOS,
    CONVERT_VIDEOS,
    CONVERT_PRODUCTS,
    LIVE_STATISTICS,
    LIVE_AUDIENCE,
    ORDER_EXPERIENCE,
    CREATOR_TAGS,
    VIDEO_REPORT,
    VIDEO_INTERACTION,
)
