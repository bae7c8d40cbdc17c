"""Payload -> rows: one generator per table, named like it. Knows no HTTP and no pandas.

A row holds what the payload says, in the order of the table's columns; the creator, the columns that repeat an
option, and the time are added by the caller. How a value is read, and what is missing, `read` says.

Units follow the wire facts: money of the spread answer is in fen, rates and percentiles in basis points, durations
in hundredths of a second; quotes are whole yuan.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from ..errors import PayloadError
from .read import Fields, Unit, Unread, clean, misshapen, short

Row = tuple[Any, ...]

_FEN = 100
_BASIS_POINTS = 10_000
_CENTISECONDS = 100
_STABILITY = 1_000_000

_COST_BLOCKS = (("cpm", "expect_cpm", "cpm"), ("cpe", "expect_cpe", "cpe"), ("sales_cpm", "sales_expect_cpm", "cpm"))
_BANDS = (("1-20s", "1_20"), ("21-60s", "21_60"), ("60s+", "60"))
_STAGES = (("1", "aware"), ("2", "interested"), ("3", "like"), ("4", "follow"))
_INDEXES = (
    ("link_star_index", "star"),
    ("link_spread_index", "spread"),
    ("link_shopping_index", "seeding"),
    ("link_convert_index", "conversion"),
    ("cp_index", "cost_performance"),
    ("cooperate_index", "cooperation"),
)
_SPREAD_KEYS = (
    "expect_cpm expect_cpe sales_expect_cpm interact_rate play_over_rate play_stability item_rate item_num play_mid "
    "avg_duration like_avg comment_avg share_avg"
)
_TOP_LEVEL = {
    "touch_distribution": "video_touch",
    "spread_info": _SPREAD_KEYS,
    "cost_tiers": _SPREAD_KEYS,
    "spread_benchmarks": _SPREAD_KEYS,
    "link_struct": "link_struct author_link_type",
    "connected_users": "link_struct author_link_type",
    "link_index": " ".join(key for key, _ in _INDEXES),
    "video_distribution": "video_content_distribution",
    "profiles": "nick_name follower gender province city tags is_online mcn_name id",
    "quotes": "price_info industry_tags activity_info hot_list_ranks",
}
_GENDERS: Mapping[str, str | None] = MappingProxyType(
    {
        **dict.fromkeys(("0", "0.0", "保密", "secret"), None),
        **dict.fromkeys(("1", "1.0", "male", "m", "man", "男", "男性", "男士"), "male"),
        **dict.fromkeys(("2", "2.0", "female", "f", "woman", "女", "女性", "女士"), "female"),
    }
)
_SERVICE_BANDS = {1: "1-20s", 2: "21-60s", 71: "60s+"}
_UNREADABLE = (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError)
"""What reading a payload of any kind can raise; a fault of ours costs one creator, and never the others."""


class Reading(NamedTuple):
    """The rows of one payload, and the values that were taken as missing because their meaning is not plain."""

    rows: list[Row]
    unread: list[Unread]


def touch_distribution(data: Fields) -> Iterator[Row]:
    """Yield touch, level1, level2, level3, cnt, level1_cnt, level2_cnt for each deepest node."""
    for key in data:
        if not key.endswith("_touch"):
            continue
        for node1 in data.items(key):
            name1, count1 = _node(node1)
            for row in _below_level1(node1, count1):
                yield (key.removesuffix("_touch"), name1, *row)


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


def spread_info(data: Fields) -> Iterator[Row]:
    """Yield one row from category to play_stability."""
    compared = [data.block(key) for key in ("interact_rate", "play_over_rate", "play_stability")]
    rate, completion, stability = compared
    labels = [values.text("label") for values in compared]
    yield (
        next(filter(None, labels), None),
        data.integer("item_num"),
        data.average("play_mid"),
        data.average("like_avg"),
        data.average("comment_avg"),
        data.average("share_avg"),
        data.number("avg_duration", _CENTISECONDS, "s"),
        rate.number("value", _BASIS_POINTS, "fraction"),
        completion.number("value", _BASIS_POINTS, "fraction"),
        stability.number("value", _STABILITY),
    )


def cost_tiers(data: Fields) -> Iterator[Row]:
    """Yield metric, duration_band, cost_cny: always nine rows."""
    for metric, key, prefix in _COST_BLOCKS:
        costs = data.block(key)
        for band, suffix in _BANDS:
            yield metric, band, costs.number(f"{prefix}_{suffix}", _FEN, "CNY")


def spread_benchmarks(data: Fields) -> Iterator[Row]:
    """Yield metric, value, peer_group, beats_share, overtake_raw: always five rows."""
    rates = data.block("item_rate")
    yield _benchmark("interact_rate", data.block("interact_rate"), _BASIS_POINTS, "fraction")
    yield _benchmark("completion_rate", data.block("play_over_rate"), _BASIS_POINTS, "fraction")
    yield _benchmark("play_stability", data.block("play_stability"), _STABILITY, "")
    yield _benchmark("play_median", rates.block("play_mid"), 1, "count")
    metric, value, peers, _, overtake = _benchmark("video_count", rates.block("item_num"), 1, "count")
    yield metric, value, peers, None, overtake


def _benchmark(metric: str, values: Fields, divisor: int, unit: Unit) -> Row:
    overtake = values.basis_points("overtake")
    return (
        metric,
        values.number("value", divisor, unit),
        values.text("label"),
        None if overtake is None else overtake / _BASIS_POINTS,
        overtake,
    )


def link_struct(data: Fields) -> Iterator[Row]:
    """Yield stage_no, stage, users, industry_median_users, share: always four rows."""
    stages = data.block("link_struct")
    for key, stage in _STAGES:
        values = stages.block(key)
        yield (
            int(key),
            stage,
            values.integer("value"),
            values.average("same_industry_median"),
            values.number("proportion", unit="fraction"),
        )


def connected_users(data: Fields) -> Iterator[Row]:
    """Yield one row creator_type, users, rank_percent, growth."""
    total = data.block("link_struct").block("5")
    yield (
        data.text("author_link_type"),
        total.integer("value"),
        _rank(total.number("rank_percent", unit="fraction")),
        total.number("relative_ratio", unit="fraction"),
    )


def link_index(data: Fields) -> Iterator[Row]:
    """Yield index, value, market_avg, change, rank, rank_percent: always six rows."""
    for key, index in _INDEXES:
        values = data.block(key)
        yield (
            index,
            values.number("value"),
            values.number("avg_value"),
            values.number("link_relative_ratio", unit="fraction"),
            _rank(values.integer("rank")),
            _rank(values.number("rank_percent", unit="fraction")),
        )


def _rank(value: Any) -> Any:
    """Return None for a negative rank: the wire's way to say that there is none (likely)."""
    return None if value is not None and value < 0 else value


def video_distribution(data: Fields) -> Iterator[Row]:
    """Yield category, video_count, share for each content category; the wire's own share is rounded."""
    counted = [(member.name("name"), member.integer("cnt")) for member in data.items("video_content_distribution")]
    total = sum(count for _, count in counted if count is not None and count > 0)
    for category, count in counted:
        yield category, count, None if count is None or count < 0 or not total else count / total


def profiles(data: Fields) -> Iterator[Row]:
    """Yield one row from nick_name to is_online."""
    yield (
        data.name("nick_name"),
        data.one_of("gender", _GENDERS, "a gender"),
        data.text("province"),
        data.text("city"),
        data.integer("follower"),
        data.text("mcn_name"),
        "|".join(data.texts("tags")) or None,
        data.flag("is_online"),
    )


def quotes(data: Fields) -> Iterator[Row]:
    """Yield video_type_code ... is_open for each service, closed ones too."""
    for service in data.items("price_info"):
        code = service.integer("video_type", unit="")
        yield (
            code,
            service.name("desc"),
            None if code is None else _SERVICE_BANDS.get(code),
            service.integer("price", unit="CNY"),
            service.integer("origin_price", unit="CNY"),
            service.text("settlement_desc"),
            # Where the wire leaves is_open out, enable says whether the service can be booked.
            service.flag("is_open" if service.has("is_open") else "enable"),
        )


PARSERS: Mapping[str, Callable[[Fields], Iterator[Row]]] = MappingProxyType(
    {
        parser.__name__: parser
        for parser in (
            touch_distribution,
            spread_info,
            cost_tiers,
            spread_benchmarks,
            link_struct,
            connected_users,
            link_index,
            video_distribution,
            profiles,
            quotes,
        )
    }
)
"""The parser of each table, by table name."""


def rows(table: str, data: Any) -> list[Row]:
    """Return the rows of a table in one payload's ``data``, as `read_table` does."""
    return read_table(table, data).rows


def read_table(table: str, data: Any) -> Reading:
    """Read a table from one payload's ``data``; ``None`` is an answer without data.

    The one place where rows are made: whatever a payload holds, they are values that every frame and file can hold,
    or one `PayloadError`.

    Raises
    ------
    PayloadError
        Names the field that cannot be read.
    """
    unread: list[Unread] = []
    try:
        if data is not None and not isinstance(data, Mapping):
            raise misshapen("data", data, "an object")
        _check_is_for(table, data or {})
        found = [_cleaned(row) for row in PARSERS[table](Fields(data or {}, "", unread))]
        return Reading(found, unread)
    except PayloadError as error:
        problem, field = str(error), error.field
    except _UNREADABLE as error:
        problem, field = short(f"the payload cannot be read ({type(error).__name__}: {error})", 200), "data"
    raise PayloadError(f"{table}: {problem}", field=field)


def _cleaned(row: Row) -> Row:
    # Names come from keys as well as from values.
    return tuple([clean(cell) if type(cell) is str else cell for cell in row])


def _check_is_for(table: str, data: Mapping[str, Any]) -> None:
    """Refuse a payload of something else: it has fields, and none of them is one of this table's answer."""
    fields = [key for key in data if key != "base_resp"]
    wanted = _TOP_LEVEL[table].split()
    if not fields or any(key in wanted for key in fields):
        return
    if table == "touch_distribution" and any(key.endswith("_touch") for key in fields):
        return
    got = ", ".join(short(key) for key in fields[:5])
    raise PayloadError(f"no field {wanted[0]!r}; the payload has {got}", field=wanted[0])
