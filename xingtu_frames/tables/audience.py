"""Where the connected users came from, and who they and the fans are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Literal

from .options import FAN_GROUP, PLATFORM, STAGE
from .read import Fields
from .schema import Answer, Column, Row, Table, Words

Dimension = Literal[
    "gender", "age", "province", "city_tier", "city", "device", "interest", "crowd", "consumption", "order_value"
]
"""What a portrait tells of its people."""
DIMENSIONS = Words(
    {
        "gender": "性别",
        "age": "年龄",
        "province": "省份",
        "city_tier": "城市等级",
        "city": "城市",
        "device": "设备",
        "interest": "兴趣",
        "crowd": "八大人群",
        "consumption": "消费品类",
        "order_value": "客单价",
    }
)

CROWDS = Words(
    {
        "refined_mother": "精致妈妈",
        "urban_silver": "都市银发",
        "new_white_collar": "新锐白领",
        "senior_middle_class": "资深中产",
        "urban_blue_collar": "都市蓝领",
        "gen_z": "Z世代",
        "town_middle_aged": "小镇中老年",
        "town_youth": "小镇青年",
    }
)
"""The eight crowds: ours in English, the provider's in Chinese."""

_CODES: Mapping[int | None, str] = MappingProxyType(
    {
        0: "gender",
        1: "age",
        2: "province",
        3: "device",
        5: "city_tier",
        6: "interest",
        8: "city",
        10: "crowd",
        11: "consumption",
        12: "order_value",
    }
)
_BY_TYPE: Mapping[int | None, str] = MappingProxyType(
    {2**code: dimension for code, dimension in _CODES.items() if code is not None}
)
_PLACES: Mapping[str | None, int] = MappingProxyType(
    {None: len(DIMENSIONS), **{dimension: place for place, dimension in enumerate(DIMENSIONS)}}
)
TOP_LISTS = ("interest", "city")
"""The dimensions of which the largest buckets alone are listed."""
BUCKETS: Mapping[str, Sequence[str]] = MappingProxyType(
    {
        "gender": ("female", "male"),
        "age": ("18-23", "24-30", "31-40", "41-50", "50+"),
        "city_tier": ("一线", "二线", "三线", "四线", "五线"),
        "order_value": ("0-50", "50-100", "100-200", "200-500", "500以上"),
    }
)
"""The dimensions whose buckets have an order of their own."""
_OTHER = "其他"
_SEQUENCES: Mapping[str | None, Mapping[str | None, int]] = MappingProxyType(
    {
        dimension: {bucket: place for place, bucket in enumerate((*buckets, _OTHER))}
        for dimension, buckets in BUCKETS.items()
    }
)


_NODE, _COUNTED = "distribution_data", ("name", "cnt")


def _touch_distribution(data: Fields) -> Iterator[Row]:
    for key in data:
        if not key.endswith("_touch"):
            continue
        touch = key.removesuffix("_touch")
        for node1 in data.items(key):
            name1, count1 = node1.named_count(_NODE, *_COUNTED)
            leaf = True
            for node2 in node1.items("second_distribution"):
                leaf = False
                name2, count2 = node2.named_count(_NODE, *_COUNTED)
                deepest = node2.counted("three_distribution", *_COUNTED, inner=_NODE)
                for name3, count3 in deepest:
                    yield touch, name1, name2, name3, count3, count1, count2
                if not deepest:
                    yield touch, name1, name2, None, count2, count1, count2
            if leaf:
                yield touch, name1, None, None, count1, count1, None


TOUCH_DISTRIBUTION = Table(
    "touch_distribution",
    "连接用户来源",
    row="creator x deepest node of the audience-source tree",
    row_zh="达人 × 来源树的最深节点",
    key=("touch", "level1", "level2", "level3"),
    answer=Answer("author_touch_distribution", keys=("video_touch", "*_touch"), options=(PLATFORM,)),
    parse=_touch_distribution,
    listing=True,
    cells=(
        Column(
            "touch",
            "str",
            "",
            "触点",
            "kind of touch: the wire key without _touch, such as video",
            "用户接触达人的方式",
            Words({"video": "视频"}),
        ),
        Column(
            "level1", "str", "", "一级来源", "source, such as 个人 (personal videos)", "一级来源，如“个人”（个人视频）"
        ),
        Column(
            "level2",
            "str",
            "",
            "二级内容",
            "content category; NA where the tree ends at level 1",
            "二级内容类别；来源树只有一级时为空",
        ),
        Column(
            "level3",
            "str",
            "",
            "三级内容",
            "sub-topic; NA where the tree ends earlier",
            "三级主题；来源树更浅时为空",
        ),
        Column(
            "cnt",
            "Int64",
            "users",
            "用户数",
            "users of this node; level 3 overlaps, never sum it",
            "该节点的用户数；三级之间有重叠，不可相加",
        ),
        Column(
            "level1_cnt",
            "Int64",
            "users",
            "一级用户数",
            "users of the level-1 parent, the denominator for level 2",
            "所属一级来源的用户数，计算二级占比时作分母",
        ),
        Column(
            "level2_cnt",
            "Int64",
            "users",
            "二级用户数",
            "users of the level-2 parent; NA where there is none",
            "所属二级内容的用户数；没有二级时为空",
        ),
    ),
)

_Counted = tuple[str | None, int | None]


def _portrait(data: Fields) -> Iterator[Row]:
    updated = data.moment("last_update_time")
    found = [(_dimension(block), block) for block in data.items("distributions")]
    for dimension, block in sorted(found, key=lambda pair: _PLACES[pair[0]]):
        label = block.name("type_display")
        top = None if dimension is None else dimension in TOP_LISTS
        counted = block.counted("distribution_list", "distribution_key", "distribution_value")
        total = sum(users for _, users in counted if users is not None and users > 0)
        for bucket, users in _in_order(dimension, counted):
            share = None if users is None or users < 0 or not total else users / total
            yield dimension, label, bucket, users, share, top, updated


def _dimension(block: Fields) -> str | None:
    code = block.integer("origin_type", unit="")
    if code is None and not block.has("origin_type"):
        return _BY_TYPE.get(block.integer("type", unit=""))
    return _CODES.get(code)


def _in_order(dimension: str | None, counted: Sequence[_Counted]) -> Sequence[_Counted]:
    if dimension is None:
        return counted
    places = _SEQUENCES.get(dimension)
    if places is not None:
        return sorted(counted, key=lambda pair: places.get(pair[0], len(places)))
    return sorted(counted, key=lambda pair: (pair[1] is None, -(pair[1] or 0), pair[0] or ""))


_PORTRAIT_KEYS = ("distributions", "last_update_time")
_PORTRAIT_CELLS = (
    Column(
        "dimension",
        "category",
        "",
        "维度",
        "what the users are counted by; NA for a kind never seen, which dimension_zh names",
        "划分用户的维度；未见过的维度为空，其名称见“维度名”",
        DIMENSIONS,
    ),
    Column("dimension_zh", "str", "", "维度名", "the provider's name of the dimension", "数据源给出的维度名称"),
    Column(
        "bucket",
        "str",
        "",
        "分组",
        "part of the dimension, such as male, 18-23 or 广东; 一线 is more than the four largest cities",
        "维度内的分组，如男、18-23、广东；“一线”不止北上广深",
        Words({"male": "男", "female": "女"}),
    ),
    Column(
        "users",
        "Int64",
        "users",
        "用户数",
        "users in this bucket; totals differ between dimensions, so never divide across them",
        "该分组的用户数；各维度的合计不同，不可跨维度相除",
    ),
    Column(
        "share",
        "float64",
        "fraction",
        "占比",
        "users / users listed in this dimension of this answer; of age, only users of known age are listed",
        "该分组用户数 ÷ 该维度列出的用户数；年龄只列出年龄已知的用户",
    ),
    Column(
        "is_top_list",
        "boolean",
        "",
        "仅前列",
        "whether only the largest buckets are listed, so that a share is not one of the audience",
        "是否只列出最大的几组；为“是”时占比不是占全部受众的比例",
    ),
    Column(
        "data_updated_at",
        "datetime64[us, UTC]",
        "UTC",
        "数据更新时间",
        "when the provider computed it; NA where it does not say",
        "数据源计算该数据的时间；未给出时为空",
    ),
)

AUDIENCE_PORTRAIT = Table(
    "audience_portrait",
    "观众画像",
    row="creator x dimension x bucket",
    row_zh="达人 × 维度 × 分组",
    key=("dimension", "bucket"),
    answer=Answer("author_audience_distribution", keys=_PORTRAIT_KEYS, options=(STAGE, PLATFORM)),
    parse=_portrait,
    shown=(STAGE,),
    listing=True,
    cells=_PORTRAIT_CELLS,
)
FANS_PORTRAIT = Table(
    "fans_portrait",
    "粉丝画像",
    row="creator x dimension x bucket",
    row_zh="达人 × 维度 × 分组",
    key=("dimension", "bucket"),
    answer=Answer("get_author_fans_distribution", keys=_PORTRAIT_KEYS, options=(FAN_GROUP,)),
    parse=_portrait,
    shown=(FAN_GROUP,),
    listing=True,
    cells=_PORTRAIT_CELLS,
)
