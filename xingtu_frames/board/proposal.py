"""The sheet that agencies paste into a proposal (提报表): one row per creator, its columns in Chinese."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

import pandas as pd

from ..arguments import Names, names_of
from ..errors import ParameterError
from ..frame import build_frame, frames_by_table
from ..tables.catalog import LABELS_ZH
from ..tables.profile import GENDERS
from ..tables.schema import Column
from .board import board
from .metrics import METRICS, NAME_COLUMN, chosen_metrics
from .portrait import portrait_wide, whose_portrait

HOME = "https://www.xingtu.cn/ad/creator/author-homepage/douyin-video/"
"""What stands before a creator's id in the address of the Xingtu home page."""
DOUYIN = "https://www.douyin.com/user/"
"""What stands before the key of an account in the address of its Douyin page."""
HOME_COLUMN, DOUYIN_COLUMN = "星图链接", "抖音链接"
"""The columns that hold them."""
ID_COLUMN = "星图ID"
"""The column of the creators' ids."""

_BAND = {"1-20秒": "1_20s", "21-60秒": "21_60s", "60秒以上": "60s"}
_METRICS: Mapping[str, str] = {
    "达人粉丝": "followers",
    **{f"{words}报价": f"quote_{band}" for words, band in _BAND.items()},
    "种草指数": "seeding_index",
    "传播指数": "spread_index",
    "转化指数": "conversion_index",
    "星图指数": "star_index",
    "近30天互动率": "interact_rate",
    "近30天完播率": "completion_rate",
    **{f"{words}预期CPM": f"cpm_{band}" for words, band in _BAND.items()},
    "连接用户数": "connected_users",
    "预期播放数": "expected_plays",
}
"""The metric of the board that each column is."""
_DAYS = "30d"
_ASKED: Mapping[str, str] = {"spread_info": "互动率、完播率", "cost_tiers": "预期CPM"}
"""What depends on the kind of videos and the days: the table, and its figures on the sheet."""
_PORTRAITS: Mapping[str, str] = {"audience_portrait": "连接用户", "fans_portrait": "粉丝"}
"""The tables that tell the audience, the likelier first, and whom they are about."""
_WHOLE = ("connected", "fans")
"""The stage and the group that are all of them."""


def _text(name: str, meaning: str, meaning_zh: str) -> Column:
    return Column(name, "str", "", name, meaning, meaning_zh)


def _of_metric(name: str, meaning_zh: str = "") -> Column:
    metric = METRICS[_METRICS[name]]
    return Column(name, metric.dtype, metric.unit, name, metric.meaning, meaning_zh or metric.meaning_zh)


_CREATOR_COLUMNS = (
    _text("抖音昵称", NAME_COLUMN.meaning, NAME_COLUMN.meaning_zh),
    _text(ID_COLUMN, "id of the creator on Xingtu", "达人的星图ID"),
    _of_metric("达人粉丝"),
    _text(
        "内容类型",
        "content tags joined by |; without any, the content category with the most videos",
        "达人资料中的内容标签；没有时为作品数最多的内容类别",
    ),
    _text(HOME_COLUMN, "address of the creator's Xingtu home page", "达人的星图主页"),
    _text(
        DOUYIN_COLUMN,
        "address of the account's Douyin page; NA where the profile has no key",
        "账号的抖音主页；没有时为空",
    ),
    _text("城市", "city", "城市"),
    _text("省份", "province", "省份"),
    _text("性别", "男 or 女; NA when unknown", "男或女；未知时为空"),
    *(_of_metric(f"{words}报价", f"{words}视频开放预订的报价") for words in _BAND),
    _of_metric("预期播放数", "数据源预期的商单播放量；历史播放量中位数不能代替"),
    *(_of_metric(name) for name in ("种草指数", "传播指数", "转化指数", "星图指数")),
    _of_metric("近30天互动率", "近 30 天（点赞 + 评论 + 转发）÷ 播放量，不含收藏"),
    _of_metric("近30天完播率", "近 30 天看完视频的播放占比"),
    *(_of_metric(f"{words}预期CPM") for words in _BAND),
    _of_metric("连接用户数", "30 天内连接的用户数"),
)
AUDIENCE_COLUMNS = (
    Column("女性占比", "float64", "fraction", "女性占比", "share of women in the audience", "受众中女性的占比"),
    _text("主要年龄", "age band with the largest share", "受众中占比最大的年龄段"),
    Column(
        "一线占比",
        "float64",
        "fraction",
        "一线占比",
        "share of cities of tier 1 (一线): more than the four largest",
        "受众中一线（含新一线）城市的占比",
    ),
)
"""What `proposal_sheet` adds where there is a portrait."""
_BASIS = _text(
    "口径",
    "which videos and days the rates and CPM are of, and whose portrait it is",
    "互动率、完播率与CPM所统计的视频和周期，以及画像的人群",
)
PROPOSAL_COLUMNS = (*_CREATOR_COLUMNS, *AUDIENCE_COLUMNS, _BASIS)
"""Columns of `proposal_sheet`, those of the audience among them."""


def proposal_sheet(frames: Mapping[str, pd.DataFrame], *, names: Names | None = None) -> pd.DataFrame:
    """Return the Chinese columns that agencies paste into a proposal (提报表), one row per creator.

    Parameters
    ----------
    frames
        Tidy frames by table name, such as ``{"profiles": df, "quotes": df}``: those that there are.
    names
        What to call the creators: a mapping or a Series id -> name, a list in their order, or a frame with ``kol_id``
        and ``name``. The nickname stands for one that it lacks.

    Returns
    -------
    One row per creator, in the order of the first frame that knows it: 抖音昵称, 星图ID, 达人粉丝, 内容类型 (the
    profile's tags, else the content category with the most videos), 星图链接, 抖音链接, 城市, 省份, 性别 (男 or 女),
    the open quotes 1-20秒报价, 21-60秒报价, 60秒以上报价 in yuan, 预期播放数, 种草指数, 传播指数, 转化指数, 星图指数
    (0 to 100), 近30天互动率, 近30天完播率 (fractions), 1-20秒预期CPM, 21-60秒预期CPM, 60秒以上预期CPM in yuan,
    连接用户数; with ``audience_portrait``, else ``fans_portrait``, also 女性占比, 主要年龄, 一线占比; and 口径: which
    videos and days the rates and CPM are of, and whose portrait it is. What no frame here tells is NA: 抖音链接 is
    that of ``sec_uid`` in ``profiles``, and 预期播放数 needs ``cost_performance``: the median of past plays is another
    figure.

    Raises
    ------
    ParameterError
        No frames, a table that does not exist, a frame that lacks columns of its table, or a portrait of several
        stages or groups of fans.

    Warns
    -----
    UnmatchedNamesWarning
        There are names, and none is for one of the creators.

    Notes
    -----
    Costs no request. The rates are those of ``spread_info`` over 30 days; a frame of 90 days leaves them NA. Where a
    frame has several rows for one value, the first counts. `write_excel` makes links of the addresses.
    """
    own_frames = frames_by_table(frames)
    if not own_frames:
        raise ParameterError('frames holds no frame; give at least one, such as {"profiles": df}')
    kol_ids = list(dict.fromkeys(kol_id for frame in own_frames.values() for kol_id in frame.get("kol_id", ())))
    if "spread_info" in own_frames:
        rates = own_frames["spread_info"]
        own_frames["spread_info"] = rates[(rates["window"] == _DAYS).fillna(value=False)]
    wide = board(own_frames, kol_ids, chosen_metrics(_METRICS.values()), names_of(names, kol_ids))
    profiles = _first(own_frames.get("profiles"), ["tags", "city", "province", "gender", "sec_uid"], kol_ids)
    whose, audience = _audience(own_frames, kol_ids)
    cells = {
        "抖音昵称": _plain(wide["name"]),
        ID_COLUMN: kol_ids,
        "内容类型": [
            top if tags is None else tags
            for tags, top in zip(profiles["tags"], _plain(wide["top_category"]), strict=True)
        ],
        HOME_COLUMN: [f"{HOME}{kol_id}" for kol_id in kol_ids],
        DOUYIN_COLUMN: [None if key is None else DOUYIN + quote(key, safe="") for key in profiles["sec_uid"]],
        "城市": profiles["city"],
        "省份": profiles["province"],
        "性别": [GENDERS.zh.get(str(gender)) for gender in profiles["gender"]],
        **{column: _plain(wide[metric]) for column, metric in _METRICS.items()},
        **audience,
        _BASIS.name: _bases(own_frames, kol_ids, whose),
    }
    shown = [column for column in PROPOSAL_COLUMNS if audience or column not in AUDIENCE_COLUMNS]
    return build_frame(shown, zip(*(cells[column.name] for column in shown), strict=True))


def _audience(frames: Mapping[str, pd.DataFrame], kol_ids: list[str]) -> tuple[str, dict[str, list[Any]]]:
    """Return whose portrait there is, and what it tells of each creator; nothing without one."""
    name = next((name for name in _PORTRAITS if name in frames), None)
    if name is None:
        return "", {}
    group = whose_portrait(frames[name], f"the frame given for {name}")
    shares = _first(portrait_wide(frames[name]), ["female_share", "top_age_band", "tier1_share"], kol_ids)
    ages = [None if age is None else _years(age) for age in shares["top_age_band"]]
    values = (shares["female_share"], ages, shares["tier1_share"])
    cells = {column.name: list(cells) for column, cells in zip(AUDIENCE_COLUMNS, values, strict=True)}
    part = "" if group in (None, *_WHOLE) else f"（{LABELS_ZH.get(group, group)}）"
    return _PORTRAITS[name] + part, cells


def _years(band: str) -> str:
    """Return an age band in words: 31-40岁, 50岁以上."""
    return f"{band.removesuffix('+')}岁{'以上' * band.endswith('+')}"


def _bases(frames: Mapping[str, pd.DataFrame], kol_ids: list[str], whose: str) -> list[str | None]:
    """Return what the figures of each creator are about; figures of the same videos and days stand together."""
    options = {table: _first(frames.get(table), ["video_type", "window"], kol_ids) for table in _ASKED}
    bases: list[str | None] = []
    for place in range(len(kol_ids)):
        said: dict[str, list[str]] = {}
        for table, figures in _ASKED.items():
            asked = [cells[place] for cells in options[table].values()]
            if None not in asked:
                said.setdefault("，".join(LABELS_ZH.get(word, word) for word in asked), []).append(figures)
        parts = [f"{'、'.join(figures)}：{words}" for words, figures in said.items()]
        bases.append("；".join([*parts, *([f"受众：{whose}"] if whose else [])]) or None)
    return bases


def _first(frame: pd.DataFrame | None, columns: list[str], kol_ids: list[str]) -> dict[str, list[Any]]:
    """Return the columns in the order of the creators; of several rows the first that has a value."""
    if frame is None:
        return {column: [None] * len(kol_ids) for column in columns}
    first = frame.groupby("kol_id", sort=False)[columns].first().reindex(kol_ids)
    return {column: _plain(first[column]) for column in columns}


def _plain(values: pd.Series[Any]) -> list[object]:
    return [None if gap else value for gap, value in zip(values.isna(), values.tolist(), strict=True)]
