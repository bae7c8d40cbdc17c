"""Videos: the latest ones of a creator beside those of others, and the ones that the provider puts forward."""

from __future__ import annotations

from collections.abc import Iterator

from .options import FLOW, ONLY_ASSIGNED, PLATFORM, VIDEO_TYPE
from .read import Fields
from .schema import ITEM, Answer, Column, Row, Table, Words

SLOTS = Words({"masterpiece": "代表视频", "newest": "最新视频", "personal_hot": "个人爆文", "order_hot": "商单爆文"})
SCOPES = Words({"videos": "作品", "enrollment": "招募"})
ITEM_METRICS = Words({"interact_rate": "互动率", "completion_rate": "完播率", "play_median": "播放量中位数"})

_LISTS = (("personal", "latest_item_info"), ("xingtu", "latest_star_item_info"))
_FLOAT_NOISE = 8
"""Decimals of an average that is computed back: the provider's have four for rates and two for plays."""


def _interact_rate(plays: int | None, likes: int | None, comments: int | None, shares: int | None) -> float | None:
    if plays is None or likes is None or comments is None or shares is None or plays <= 0:
        return None
    return (likes + comments + shares) / plays


_TITLE = Column("title", "str", "", "标题", "title of the video", "视频标题")
_PUBLISHED_AT = Column(
    "published_at", "datetime64[us, UTC]", "UTC", "发布时间", "when it was published", "视频的发布时间"
)
_COUNTS = (
    Column("plays", "Int64", "plays", "播放", "plays so far", "到取数时的播放量"),
    Column("likes", "Int64", "likes", "点赞", "likes so far", "到取数时的点赞数"),
    Column("comments", "Int64", "comments", "评论", "comments so far", "到取数时的评论数"),
    Column("shares", "Int64", "shares", "分享", "shares so far", "到取数时的分享数"),
)
_INTERACT_RATE = Column(
    "interact_rate",
    "float64",
    "fraction",
    "互动率",
    "(likes + comments + shares) / plays, from the counts; NA where one is missing or plays are 0",
    "（点赞 + 评论 + 分享）÷ 播放量，由数量计算；缺少任何一项或播放量为 0 时为空",
)

SHOWN = Answer(
    "get_author_show_items_v2",
    keys=("latest_item_info", "latest_star_item_info", "data_description", "latest_item_statics_antispam"),
    options=(ONLY_ASSIGNED, FLOW, PLATFORM),
)


def _show_items(data: Fields) -> Iterator[Row]:
    for video_type, key in _LISTS:
        for position, item in enumerate(data.items(key), start=1):
            plays, likes = item.integer("play"), item.integer("like")
            comments, shares = item.integer("comment"), item.integer("share")
            yield (
                video_type,
                position,
                item.identifier("item_id"),
                item.name("title"),
                item.moment("create_time"),
                item.number("duration", unit="s"),
                plays,
                likes,
                comments,
                shares,
                _interact_rate(plays, likes, comments, shares),
                item.flag("is_hot"),
            )


SHOW_ITEMS = Table(
    "show_items",
    "最近作品",
    row="creator x listed video",
    row_zh="达人 × 列出的视频",
    key=("video_type", "item_id"),
    answer=SHOWN,
    parse=_show_items,
    listing=True,
    cells=(
        Column(
            "video_type",
            "str",
            "",
            "视频类型",
            "personal or xingtu (ordered): the list that has it; a video may be in both",
            "个人视频或星图（商单）视频，即它所在的列表；同一视频可能两边都有",
            VIDEO_TYPE.column.words,
        ),
        Column("position", "Int64", "", "序号", "place in its list, 1 is first", "在该列表中的位置，1 为第一个"),
        ITEM.column,
        _TITLE,
        _PUBLISHED_AT,
        Column("duration_s", "float64", "s", "时长", "length in whole seconds", "时长，整数秒"),
        *_COUNTS,
        _INTERACT_RATE,
        Column("is_hot", "boolean", "", "爆文", "the provider's flag for a hot video", "数据源标记的爆文"),
    ),
)


def _show_items_benchmarks(data: Fields) -> Iterator[Row]:
    blocks = data.block("data_description")
    for scope, end in (("videos", ""), ("enrollment", "_enrollment")):
        yield _rate(scope, "interact_rate", blocks.block(f"interaction{end}"))
        yield _rate(scope, "completion_rate", blocks.block(f"video_view_rate{end}"))
        yield _plays(scope, blocks.block(f"play_medium{end}"))


def _rate(scope: str, metric: str, values: Fields) -> Row:
    value, change = values.number("rate", unit="fraction"), values.number("compare_avg", unit="fraction")
    average = None if value is None or change is None else round(value - change, _FLOAT_NOISE)
    return scope, metric, value, average, values.number("compare_author", unit="fraction"), change


def _plays(scope: str, values: Fields) -> Row:
    value, ratio = values.number("rate", unit="count"), values.number("compare_avg", unit="fraction")
    average = None if value is None or ratio is None or ratio <= -1 else round(value / (1 + ratio), _FLOAT_NOISE)
    return scope, "play_median", value, average, values.number("compare_author", unit="fraction"), ratio


SHOW_ITEMS_BENCHMARKS = Table(
    "show_items_benchmarks",
    "最近作品同类对比",
    row="creator x scope x metric, always 6 rows",
    row_zh="达人 × 范围 × 指标，固定 6 行",
    key=("scope", "metric"),
    answer=SHOWN,
    parse=_show_items_benchmarks,
    cells=(
        Column(
            "scope",
            "category",
            "",
            "范围",
            "videos, or enrollment: likely those of recruiting tasks (招募), which is unconfirmed",
            "作品；或招募，可能指招募任务的作品（未确认）",
            SCOPES,
            confidence="unconfirmed",
        ),
        Column("metric", "category", "", "指标", "what is compared", "所比较的指标", ITEM_METRICS),
        Column(
            "value",
            "float64",
            "as the metric",
            "数值",
            "the creator's value: a fraction, or plays for play_median",
            "达人自己的数值：比例；播放量中位数为播放次数",
        ),
        Column(
            "peer_average",
            "float64",
            "as the metric",
            "同类均值",
            "average of the peers, computed back from the value and its difference to the average",
            "同类达人的均值，由数值及其与均值之差还原",
        ),
        Column(
            "beats_share",
            "float64",
            "fraction",
            "超过同类",
            "likely the share of peers beaten",
            "很可能是超过的同类达人比例",
            confidence="likely",
        ),
        Column(
            "vs_average_raw",
            "float64",
            "as sent",
            "与均值之差",
            "the wire value: value - average for rates, value / average - 1 for plays",
            "数据源的原始值：比例为 数值 - 均值，播放量为 数值 ÷ 均值 - 1",
            signed=True,
        ),
    ),
)


def _recommended_videos(data: Fields) -> Iterator[Row]:
    for position, video in enumerate(data.items("masterpiece_videos"), start=1):
        yield _recommended("masterpiece", position, video)
    for slot in ("newest", "personal_hot", "order_hot"):
        video = data.block(f"{slot}_video")
        if video.data:
            yield _recommended(slot, 1, video)


def _recommended(slot: str, position: int, video: Fields) -> Row:
    stats = video.block("stats")
    plays, likes = stats.integer("watch_cnt"), stats.integer("like_cnt")
    comments, shares = stats.integer("comment_cnt"), stats.integer("share_cnt")
    return (
        slot,
        position,
        video.identifier("id"),
        video.name("title"),
        video.moment("create_time"),
        video.number("duration", unit="s"),
        plays,
        likes,
        comments,
        shares,
        stats.integer("favorite_cnt"),
        # The wire's own rate is cut to four decimals.
        _interact_rate(plays, likes, comments, shares),
    )


RECOMMENDED_VIDEOS = Table(
    "recommended_videos",
    "推荐视频",
    row="creator x recommended video",
    row_zh="达人 × 推荐的视频",
    key=("slot", "item_id"),
    answer=Answer(
        "author_rec_videos_v2",
        keys=("masterpiece_videos", "newest_video", "personal_hot_video", "order_hot_video"),
        options=(PLATFORM,),
    ),
    parse=_recommended_videos,
    listing=True,
    cells=(
        Column(
            "slot",
            "category",
            "",
            "位置",
            "where the provider shows it; one video may stand in two places",
            "数据源展示该视频的位置；同一视频可能出现在两处",
            SLOTS,
        ),
        Column("position", "Int64", "", "序号", "1, 2 for masterpieces, else 1", "代表视频为 1、2，其他为 1"),
        ITEM.column,
        _TITLE,
        _PUBLISHED_AT,
        Column("duration_s", "float64", "s", "时长", "length in seconds", "时长，单位秒"),
        *_COUNTS,
        Column(
            "favourites",
            "Int64",
            "favourites",
            "收藏",
            "favourites so far; not part of interactions",
            "到取数时的收藏数；不计入互动",
        ),
        _INTERACT_RATE,
    ),
)
