"""Where the connected users came from."""

from __future__ import annotations

from collections.abc import Iterator

from .options import PLATFORM
from .read import Fields
from .schema import Answer, Column, Row, Table, Words


def _touch_distribution(data: Fields) -> Iterator[Row]:
    for key in data:
        if not key.endswith("_touch"):
            continue
        touch = key.removesuffix("_touch")
        for node1 in data.items(key):
            name1, count1 = _node(node1)
            for row in _below_level1(node1, count1):
                yield (touch, name1, *row)


def _below_level1(node1: Fields, count1: int | None) -> Iterator[Row]:
    leaf = True
    for node2 in node1.items("second_distribution"):
        leaf = False
        name2, count2 = _node(node2)
        deepest = [_node(node3) for node3 in node2.items("three_distribution")]
        for name3, count3 in deepest:
            yield (name2, name3, count3, count1, count2)
        if not deepest:
            yield (name2, None, count2, count1, count2)
    if leaf:
        yield (None, None, count1, count1, None)


def _node(node: Fields) -> tuple[str | None, int | None]:
    values = node.block("distribution_data")
    return values.name("name"), values.integer("cnt")


TOUCH_DISTRIBUTION = Table(
    "touch_distribution",
    "连接用户来源",
    row="creator x deepest node of the audience-source tree",
    row_zh="达人 × 来源树的最深节点",
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

TABLES = (TOUCH_DISTRIBUTION,)
