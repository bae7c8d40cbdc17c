"""Payload -> rows: one generator per table, named like it. Knows no HTTP and no pandas.

A row holds what the payload says, in the order of the table's columns; the creator, the columns that repeat an
option, and the time are added by the caller. Missing is None, in all of the wire's forms: an absent key, ``{}``,
an object without a value, ``"-"``, ``""``. An explicit 0 stays 0. Numbers may arrive as text.

Units follow the wire facts: money of the spread answer is in fen, rates and percentiles in basis points, durations
in hundredths of a second; quotes are whole yuan.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Any

from .errors import PayloadError

Row = tuple[Any, ...]
Block = Mapping[str, Any]

_NOTHING: Block = MappingProxyType({})
_FEN = 100
_BASIS_POINTS = 10_000
_CENTISECONDS = 100
_STABILITY = 1_000_000
_INT64 = 2**63
_NUMBER = re.compile(r"\s*[-+]?[0-9]{1,30}(\.[0-9]{1,30})?([eE][-+]?[0-9]{1,2})?\s*", re.ASCII)
_WHOLE = re.compile(r"\s*[-+]?[0-9]{1,30}\s*", re.ASCII)

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
_GENDERS = {0: None, 1: "male", 2: "female"}
_SERVICE_BANDS = {1: "1-20s", 2: "21-60s", 71: "60s+"}


def _missing(value: Any) -> bool:
    return value is None or value == "" or value == "-" or value == {}


def _unreadable(field: str, value: Any, expected: str) -> PayloadError:
    shown = json.dumps(value, ensure_ascii=False, default=str)
    shown = shown if len(shown) <= 60 else f"{shown[:57]}..."
    return PayloadError(f"field {field!r}: expected {expected}, got {shown}", field=field)


def number(value: Any, field: str, divisor: int = 1) -> float | None:
    """Return a number of the wire, divided; None when it is missing."""
    if _missing(value):
        return None
    found = math.nan
    if isinstance(value, int | float) and not isinstance(value, bool):
        found = value
    elif isinstance(value, str) and _NUMBER.fullmatch(value):
        found = float(value)
    if -_INT64 < found < _INT64:
        return found / divisor
    raise _unreadable(field, value, "a number")


def integer(value: Any, field: str) -> int | None:
    """Return a whole number of the wire; None when it is missing."""
    if _missing(value):
        return None
    if isinstance(value, int) and not isinstance(value, bool):
        whole: float = value
    elif isinstance(value, str) and _WHOLE.fullmatch(value):
        whole = int(value)
    else:
        whole = number(value, field) or 0
    if whole == int(whole) and -_INT64 <= whole < _INT64:
        return int(whole)
    raise _unreadable(field, value, "a whole number")


def average(value: Any, field: str) -> int | None:
    """Return a mean or median of counts, rounded to a whole number; None when it is missing."""
    found = number(value, field)
    return None if found is None else integer(round(found), field)


def text(value: Any, field: str) -> str | None:
    """Return a text of the wire; None when it is missing."""
    if _missing(value):
        return None
    if isinstance(value, str):
        # JSON can spell half an emoji, which no file can hold.
        return value if value.isascii() else value.encode("utf-8", "replace").decode()
    if isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value):
        return str(value)
    raise _unreadable(field, value, "text")


def flag(value: Any, field: str) -> bool | None:
    """Return a true/false of the wire, which also spells it 0/1 and as text; None when it is missing."""
    if _missing(value):
        return None
    known = {"true": True, "1": True, "false": False, "0": False}
    if isinstance(value, bool | int | str) and str(value).lower() in known:
        return known[str(value).lower()]
    raise _unreadable(field, value, "true or false")


def block(parent: Block, key: str, field: str | None = None) -> Block:
    """Return the object under a key; an empty one when it is missing."""
    value = parent.get(key)
    if isinstance(value, Mapping):
        return value
    if _missing(value):
        return _NOTHING
    raise _unreadable(field or key, value, "an object")


def items(parent: Block, key: str, field: str | None = None) -> Iterator[tuple[str, Block]]:
    """Yield path and object of each member of the list under a key; none when it is missing."""
    path = field or key
    value = parent.get(key)
    if _missing(value):
        return
    if not isinstance(value, list):
        raise _unreadable(path, value, "a list")
    for position, member in enumerate(value):
        here = f"{path}[{position}]"
        if not isinstance(member, Mapping):
            raise _unreadable(here, member, "an object")
        yield here, member


def touch_distribution(data: Block) -> Iterator[Row]:
    """Yield touch, level1, level2, level3, cnt, level1_cnt, level2_cnt for each deepest node."""
    for key in data:
        if not key.endswith("_touch"):
            continue
        for path1, node1 in items(data, key):
            name1, count1 = _node(node1, path1)
            for row in _below_level1(node1, path1, count1):
                yield (key.removesuffix("_touch"), name1, *row)


def _below_level1(node1: Block, path1: str, count1: int | None) -> Iterator[Row]:
    leaf = True
    for path2, node2 in items(node1, "second_distribution", f"{path1}.second_distribution"):
        leaf = False
        name2, count2 = _node(node2, path2)
        deepest = [_node(n, p) for p, n in items(node2, "three_distribution", f"{path2}.three_distribution")]
        for name3, count3 in deepest:
            yield (name2, name3, count3, count1, count2)
        if not deepest:
            yield (name2, None, count2, count1, count2)
    if leaf:
        yield (None, None, count1, count1, None)


def _node(node: Block, path: str) -> tuple[str | None, int | None]:
    here = f"{path}.distribution_data"
    values = block(node, "distribution_data", here)
    return text(values.get("name"), f"{here}.name"), integer(values.get("cnt"), f"{here}.cnt")


def spread_info(data: Block) -> Iterator[Row]:
    """Yield one row from category to play_stability."""
    compared = {key: block(data, key) for key in ("interact_rate", "play_over_rate", "play_stability")}
    labels = [text(values.get("label"), f"{key}.label") for key, values in compared.items()]
    rate, completion, stability = compared.values()
    yield (
        next(filter(None, labels), None),
        integer(data.get("item_num"), "item_num"),
        average(data.get("play_mid"), "play_mid"),
        average(data.get("like_avg"), "like_avg"),
        average(data.get("comment_avg"), "comment_avg"),
        average(data.get("share_avg"), "share_avg"),
        number(data.get("avg_duration"), "avg_duration", _CENTISECONDS),
        number(rate.get("value"), "interact_rate.value", _BASIS_POINTS),
        number(completion.get("value"), "play_over_rate.value", _BASIS_POINTS),
        number(stability.get("value"), "play_stability.value", _STABILITY),
    )


def cost_tiers(data: Block) -> Iterator[Row]:
    """Yield metric, duration_band, cost_cny: always nine rows."""
    for metric, key, prefix in _COST_BLOCKS:
        costs = block(data, key)
        for band, suffix in _BANDS:
            tier = f"{prefix}_{suffix}"
            yield metric, band, number(costs.get(tier), f"{key}.{tier}", _FEN)


def spread_benchmarks(data: Block) -> Iterator[Row]:
    """Yield metric, value, peer_group, beats_share, overtake_raw: always five rows."""
    rates = block(data, "item_rate")
    yield _benchmark("interact_rate", data, "interact_rate", _BASIS_POINTS)
    yield _benchmark("completion_rate", data, "play_over_rate", _BASIS_POINTS)
    yield _benchmark("play_stability", data, "play_stability", _STABILITY)
    yield _benchmark("play_median", rates, "play_mid", path="item_rate.")
    metric, value, peers, _, overtake = _benchmark("video_count", rates, "item_num", path="item_rate.")
    yield metric, value, peers, None, overtake


def _benchmark(metric: str, parent: Block, key: str, divisor: int = 1, path: str = "") -> Row:
    here = path + key
    values = block(parent, key, here)
    overtake = integer(values.get("overtake"), f"{here}.overtake")
    return (
        metric,
        number(values.get("value"), f"{here}.value", divisor),
        text(values.get("label"), f"{here}.label"),
        None if overtake is None else overtake / _BASIS_POINTS,
        overtake,
    )


def link_struct(data: Block) -> Iterator[Row]:
    """Yield stage_no, stage, users, industry_median_users, share: always four rows."""
    stages = block(data, "link_struct")
    for key, stage in _STAGES:
        path = f"link_struct.{key}"
        values = block(stages, key, path)
        yield (
            int(key),
            stage,
            integer(values.get("value"), f"{path}.value"),
            average(values.get("same_industry_median"), f"{path}.same_industry_median"),
            number(values.get("proportion"), f"{path}.proportion"),
        )


def connected_users(data: Block) -> Iterator[Row]:
    """Yield one row creator_type, users, rank_percent, growth."""
    total = block(block(data, "link_struct"), "5", "link_struct.5")
    yield (
        text(data.get("author_link_type"), "author_link_type"),
        integer(total.get("value"), "link_struct.5.value"),
        _rank(number(total.get("rank_percent"), "link_struct.5.rank_percent")),
        number(total.get("relative_ratio"), "link_struct.5.relative_ratio"),
    )


def link_index(data: Block) -> Iterator[Row]:
    """Yield index, value, market_avg, change, rank, rank_percent: always six rows."""
    for key, index in _INDEXES:
        values = block(data, key)
        yield (
            index,
            number(values.get("value"), f"{key}.value"),
            number(values.get("avg_value"), f"{key}.avg_value"),
            number(values.get("link_relative_ratio"), f"{key}.link_relative_ratio"),
            _rank(integer(values.get("rank"), f"{key}.rank")),
            _rank(number(values.get("rank_percent"), f"{key}.rank_percent")),
        )


def _rank(value: Any) -> Any:
    """Return None for a negative rank: the wire's way to say that there is none (likely)."""
    return None if value is not None and value < 0 else value


def video_distribution(data: Block) -> Iterator[Row]:
    """Yield category, video_count, share for each content category; the wire's own share is rounded."""
    counted = [
        (text(member.get("name"), f"{path}.name"), integer(member.get("cnt"), f"{path}.cnt"))
        for path, member in items(data, "video_content_distribution")
    ]
    total = sum(count or 0 for _, count in counted)
    for category, count in counted:
        yield category, count, None if count is None or not total else count / total


def profiles(data: Block) -> Iterator[Row]:
    """Yield one row from nick_name to is_online."""
    yield (
        text(data.get("nick_name"), "nick_name"),
        _GENDERS.get(integer(data.get("gender"), "gender") or 0),
        text(data.get("province"), "province"),
        text(data.get("city"), "city"),
        integer(data.get("follower"), "follower"),
        text(data.get("mcn_name"), "mcn_name"),
        _tags(data.get("tags")),
        flag(data.get("is_online"), "is_online"),
    )


def _tags(value: Any) -> str | None:
    """Return the tags joined by ``|``; the wire holds them as JSON inside a text, or as a list."""
    if _missing(value):
        return None
    found = value
    if isinstance(value, str):
        try:
            found = json.loads(value)
        except ValueError:
            found = None
    if not isinstance(found, list) or not all(isinstance(tag, str) for tag in found):
        raise _unreadable("tags", value, "a list of text")
    return "|".join(tag for tag in found if tag) or None


def quotes(data: Block) -> Iterator[Row]:
    """Yield video_type_code ... is_open for each service, closed ones too."""
    for path, service in items(data, "price_info"):
        code = integer(service.get("video_type"), f"{path}.video_type")
        yield (
            code,
            text(service.get("desc"), f"{path}.desc"),
            None if code is None else _SERVICE_BANDS.get(code),
            integer(service.get("price"), f"{path}.price"),
            integer(service.get("origin_price"), f"{path}.origin_price"),
            text(service.get("settlement_desc"), f"{path}.settlement_desc"),
            _is_open(service, path),
        )


def _is_open(service: Block, path: str) -> bool | None:
    """Return whether a service can be booked; where the wire leaves ``is_open`` out, ``enable`` says it."""
    key = "enable" if _missing(service.get("is_open")) else "is_open"
    return flag(service.get(key), f"{path}.{key}")


PARSERS: Mapping[str, Callable[[Block], Iterator[Row]]] = MappingProxyType(
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
    """Return the rows of a table in one payload's ``data``; ``None`` is an answer without data.

    Raises
    ------
    PayloadError
        Names the field that cannot be read.
    """
    if data is None:
        data = _NOTHING
    if not isinstance(data, Mapping):
        raise PayloadError(f"{table}: {_unreadable('data', data, 'an object')}", field="data")
    _check_is_for(table, data)
    problem = ""
    try:
        return list(PARSERS[table](data))
    except PayloadError as error:
        problem, field = str(error), error.field
    raise PayloadError(f"{table}: {problem}", field=field)


def _check_is_for(table: str, data: Block) -> None:
    """Refuse a payload of something else: it has fields, and none of them is one of this table's answer."""
    fields = [key for key in data if key != "base_resp"]
    wanted = _TOP_LEVEL[table].split()
    if not fields or any(key in wanted for key in fields):
        return
    if table == "touch_distribution" and any(key.endswith("_touch") for key in fields):
        return
    got = ", ".join(fields[:5])
    raise PayloadError(f"{table}: no field {wanted[0]!r}; the payload has {got}", field=wanted[0])
