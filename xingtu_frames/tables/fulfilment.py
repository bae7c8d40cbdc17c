"""How reliably a creator works with clients, and for which industries. Known from client code alone."""

from __future__ import annotations

from collections.abc import Iterator

from .industries import industry_level, industry_zh
from .options import WINDOW
from .read import Fields
from .schema import Answer, Column, Row, Table

_BY_ORDERS, _BY_PLAYS = "industry_order_distribution", "industry_vv_distribution"

CONTRACT = Answer(
    "get_author_contract_base_info",
    keys=(
        "order_cnt",
        "message_reply_rate",
        "new_credit_score",
        "credit_score",
        "process_order_cnt",
        "max_process_order_cnt",
        _BY_ORDERS,
        _BY_PLAYS,
    ),
    options=(WINDOW.at("range"),),
)


def _fulfilment(data: Fields) -> Iterator[Row]:
    # A score of 0 stands for none.
    score = data.number("new_credit_score") or data.number("credit_score") or None
    yield (
        data.number("message_reply_rate", unit="fraction"),
        score,
        data.integer("order_cnt"),
        data.integer("process_order_cnt"),
        data.integer("max_process_order_cnt"),
        _length(data, _BY_ORDERS),
    )


def _length(data: Fields, key: str) -> int | None:
    """Return how many objects a list has: 0 for an empty list, None for none."""
    count = sum(1 for _ in data.items(key))
    value = data.data.get(key)
    is_list = isinstance(value, list) or (isinstance(value, str) and value.strip().startswith("["))
    return count if count or is_list else None


FULFILMENT = Table(
    "fulfilment",
    "履约能力",
    row="creator",
    row_zh="一位达人",
    answer=CONTRACT,
    parse=_fulfilment,
    shown=(WINDOW,),
    cells=(
        Column(
            "reply_rate_48h",
            "float64",
            "fraction",
            "48h消息回复率",
            "likely the share of messages answered within 48 hours",
            "很可能是 48 小时内回复消息的比例",
            confidence="likely",
        ),
        Column(
            "credit_score",
            "float64",
            "score",
            "信用分",
            "likely the credit score of now, or the older one where there is none; NA for 0",
            "很可能是现行信用分，没有时取旧信用分；为 0 时视为空",
            confidence="likely",
        ),
        Column(
            "order_count",
            "Int64",
            "orders",
            "合作商单数",
            "likely orders in the window",
            "很可能是统计周期内的商单数",
            confidence="likely",
        ),
        Column(
            "orders_in_progress",
            "Int64",
            "orders",
            "进行中任务数",
            "likely orders in progress now",
            "很可能是当前进行中的任务数",
            confidence="likely",
        ),
        Column(
            "orders_in_progress_max",
            "Int64",
            "orders",
            "最大同时进行任务数",
            "likely the most orders in progress at a time",
            "很可能是最多可同时进行的任务数",
            confidence="likely",
        ),
        Column(
            "industry_count",
            "Int64",
            "industries",
            "合作行业数",
            "industries in the list of orders, likely those of the window",
            "商单行业列表的长度，很可能是统计周期内合作的行业数",
            confidence="likely",
        ),
    ),
    evidence="shape",
)


def _cooperation_industries(data: Fields) -> Iterator[Row]:
    orders, plays = _shares(data, _BY_ORDERS), _shares(data, _BY_PLAYS)
    play_shares = {industry: share for industry, share in reversed(plays) if industry is not None}
    ordered = {industry for industry, _ in orders}
    found = [(industry, share, play_shares.get(industry or "")) for industry, share in orders]
    found += [(industry, None, share) for industry, share in plays if industry is None or industry not in ordered]
    for industry, order_share, play_share in found:
        yield industry, industry_zh(industry), industry_level(industry), order_share, play_share


def _shares(data: Fields, key: str) -> list[tuple[str | None, float | None]]:
    return [(one.text("key"), one.number("rate", unit="fraction")) for one in data.items(key)]


COOPERATION_INDUSTRIES = Table(
    "cooperation_industries",
    "合作行业",
    row="creator x industry",
    row_zh="达人 × 行业",
    key=("industry_id", "industry_zh"),
    answer=CONTRACT,
    parse=_cooperation_industries,
    shown=(WINDOW,),
    cells=(
        Column(
            "industry_id",
            "str",
            "",
            "行业ID",
            "likely the provider's id of the industry: 4 digits, or 6 for a part of one",
            "很可能是数据源的行业ID：4 位为一级行业，6 位为二级行业",
            confidence="likely",
        ),
        Column(
            "industry_zh",
            "str",
            "",
            "行业",
            "likely name, by the first 4 digits of the id; NA for an unknown one",
            "行业名称，按行业ID的前 4 位对应（很可能）；未知时为空",
            confidence="likely",
        ),
        Column(
            "level",
            "Int64",
            "",
            "层级",
            "likely level of the industry: 1 for 4 digits, 2 for 6",
            "很可能是行业层级：4 位为 1，6 位为 2",
            confidence="likely",
        ),
        Column(
            "order_share",
            "float64",
            "fraction",
            "商单占比",
            "likely the industry's share of the orders",
            "很可能是该行业占商单数的比例",
            confidence="likely",
        ),
        Column(
            "play_share",
            "float64",
            "fraction",
            "播放占比",
            "likely the industry's share of the plays",
            "很可能是该行业占播放量的比例",
            confidence="likely",
        ),
    ),
    listing=True,
    evidence="shape",
)

TABLES = (FULFILMENT, COOPERATION_INDUSTRIES)
