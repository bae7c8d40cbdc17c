"""Who the creators are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from .options import PLATFORM
from .read import Fields
from .schema import Answer, Column, Row, Table, Words

GENDERS = Words({"male": "男", "female": "女"})

GENDER_CODES: Mapping[str, str | None] = MappingProxyType(
    {
        **dict.fromkeys(("0", "0.0", "保密", "secret"), None),
        **dict.fromkeys(("1", "1.0", "male", "m", "man", "男", "男性", "男士"), "male"),
        **dict.fromkeys(("2", "2.0", "female", "f", "woman", "女", "女性", "女士"), "female"),
    }
)
"""What the wire calls the genders."""


def _profiles(data: Fields) -> Iterator[Row]:
    yield (
        data.name("nick_name"),
        data.one_of("gender", GENDER_CODES, "a gender"),
        data.text("province"),
        data.text("city"),
        data.integer("follower"),
        data.text("mcn_name"),
        "|".join(data.texts("tags")) or None,
        data.flag("is_online"),
        _known_as(data, "unique_id") or _known_as(data, "short_id"),
        _known_as(data, "sec_uid"),
    )


def _known_as(data: Fields, key: str) -> str | None:
    found = data.name(key)
    return None if found == "0" else found


PROFILES = Table(
    "profiles",
    "达人资料",
    row="creator",
    row_zh="一位达人",
    answer=Answer(
        "get_author_base_info",
        keys=("nick_name", "follower", "gender", "province", "city", "tags", "is_online", "mcn_name", "id"),
        options=(PLATFORM,),
    ),
    parse=_profiles,
    cells=(
        Column("nick_name", "str", "", "抖音昵称", "nickname on Douyin", "抖音昵称"),
        Column("gender", "str", "", "性别", "male, female, NA when unknown", "男或女；未知时为空", GENDERS),
        Column("province", "str", "", "省份", "province", "省份"),
        Column("city", "str", "", "城市", "city", "城市"),
        Column("followers", "Int64", "users", "达人粉丝", "followers", "粉丝数"),
        Column("mcn_name", "str", "", "MCN机构", "agency; NA without one", "所属机构；没有时为空"),
        Column(
            "tags",
            "str",
            "",
            "标签",
            "content tags joined by |; NA when empty",
            "内容标签，以 | 分隔；没有时为空",
        ),
        Column(
            "is_online",
            "boolean",
            "",
            "是否在线",
            "the provider's flag, taken as it is",
            "数据源的标记，原样给出",
        ),
        Column(
            "douyin_id",
            "str",
            "",
            "抖音号",
            "the account's id as people see it on Douyin (抖音号)",
            "抖音上展示的账号",
        ),
        Column(
            "sec_uid",
            "str",
            "",
            "抖音主页标识",
            "key of the account's page, https://www.douyin.com/user/ and this",
            "账号主页的标识，主页地址为 https://www.douyin.com/user/ 加上它",
        ),
    ),
)

TABLES = (PROFILES,)
