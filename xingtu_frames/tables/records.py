"""What is said about requests: those that would be sent, those that were, and those that brought no data."""

from __future__ import annotations

from .schema import CREATOR, FETCHED_AT, ITEM, Column, Subject, Words

STATES = Words({"cached": "已有", "expired": "已过期", "missing": "未取得"})
BILLED = Words({"yes": "是", "no": "否", "unknown": "未知"})
TRACK_STATES = Words(
    {"fetched": "本次取得", "failed": "本次失败", "due": "待取", "waiting": "等待重试", "current": "未到期"}
)


def plan_columns(subject: Subject | None) -> tuple[Column, ...]:
    """Return the columns of a plan whose requests are about this."""
    about = () if subject is None else (subject.column,)
    return (
        Column(
            "table", "str", "", "表", "the tables that read this answer, joined by |", "使用该应答的数据表，以 | 分隔"
        ),
        Column("endpoint", "str", "", "接口", "endpoint that is asked", "将请求的接口"),
        *about,
        Column(
            "state",
            "str",
            "",
            "状态",
            "cached: nothing is sent; expired or missing: one request",
            "已有：不发请求；已过期或未取得：发一次请求",
            STATES,
        ),
    )


PLAN_COLUMNS = plan_columns(CREATOR)
"""Columns of `Client.plan` for creators."""

FAILURE_COLUMNS = (
    CREATOR.column,
    Column("endpoint", "str", "", "接口", "endpoint that was asked", "所请求的接口"),
    Column(
        "code", "Int64", "", "业务码", "the provider's code; NA when no answer came", "数据源的业务码；没有应答时为空"
    ),
    Column("error", "str", "", "原因", "why there is no data", "没有取得数据的原因"),
    Column("retryable", "boolean", "", "可重试", "whether asking again may help", "再次请求是否可能成功"),
)
"""Columns of what failed: `frame.attrs["failures"]` as a frame."""

LEDGER_COLUMNS = (
    Column(
        "sent_at",
        "datetime64[us, UTC]",
        "UTC",
        "发送时间",
        "when the request was about to be sent",
        "请求即将发出的时间",
    ),
    Column("endpoint", "str", "", "接口", "endpoint that was asked", "所请求的接口"),
    CREATOR.column,
    Column("http_status", "Int64", "", "HTTP状态", "HTTP status; NA when no answer came", "HTTP 状态；没有应答时为空"),
    Column(
        "code", "Int64", "", "业务码", "the provider's code; NA when no answer came", "数据源的业务码；没有应答时为空"
    ),
    Column("billed", "str", "", "是否计费", "yes, no or unknown", "是否计费：是、否或未知", BILLED),
    Column("elapsed_s", "float64", "s", "耗时", "seconds until the answer or the failure", "从发出到应答或失败的秒数"),
    Column("error", "str", "", "错误", "what went wrong; NA when nothing did", "错误原因；没有错误时为空"),
    Column(
        "asked_by",
        "str",
        "",
        "发起人",
        "user of the database who sent it; NA where the cache is a file",
        "发起请求的数据库用户；缓存为文件时为空",
    ),
)
"""Columns of `Client.ledger`."""

TRACK_COLUMNS = (
    CREATOR.column,
    Column("name", "str", "", "达人", "name of the creator; NA without one", "达人名称；没有时为空"),
    ITEM.column,
    Column("table", "str", "", "表", "table that is followed", "跟踪的数据表"),
    Column(
        "state",
        "category",
        "",
        "状态",
        "fetched or failed in this run; due, not asked; waiting, because it has failed; current",
        "本次取得或失败；待取：尚未请求；等待重试：此前失败；未到期",
        TRACK_STATES,
    ),
    Column(
        "last_at",
        "datetime64[us, UTC]",
        "UTC",
        "上次取数时间",
        "when the newest answer was fetched; NA for never",
        "最近一次取得数据的时间；从未取得时为空",
    ),
    Column(
        "due_at",
        "datetime64[us, UTC]",
        "UTC",
        "下次取数时间",
        "when it is due; NA for at once",
        "下次应取数的时间；立即应取时为空",
    ),
    Column(
        "tries",
        "Int64",
        "",
        "失败请求数",
        "requests since the newest answer, which brought none",
        "最近一次取得数据之后、没有取得数据的请求数",
    ),
    Column("error", "str", "", "原因", "why the last of those brought none", "其中最后一次没有取得数据的原因"),
)
"""Columns of `track`: ``kol_id`` and ``name`` for tables about creators, ``item_id`` for those about videos."""


def track_columns(subject: Subject) -> tuple[Column, ...]:
    """Return the columns of `track` for tables about this."""
    return (*TRACK_COLUMNS[:2], *TRACK_COLUMNS[3:]) if subject is CREATOR else TRACK_COLUMNS[2:]


UNREAD_COLUMNS = (
    CREATOR.column,
    ITEM.column,
    Column("endpoint", "str", "", "接口", "endpoint whose answer it is", "应答所属的接口"),
    Column("table", "str", "", "表", "table that cannot read it", "无法读取该应答的数据表"),
    Column("error", "str", "", "原因", "why there are no rows of it", "没有数据行的原因"),
    FETCHED_AT,
)
"""Columns of the failures of a lake: stored answers that a table cannot read."""

PERIOD_WORDS = Words({"month": "月", "day": "日"})
SPENDING_COLUMNS = (
    Column(
        "most",
        "Int64",
        "requests",
        "预算",
        "requests that may be charged in a period; NA for any number",
        "每期可计费的请求数；不限时为空",
    ),
    Column(
        "spent",
        "Int64",
        "requests",
        "已用",
        "requests of this period that were or may have been charged",
        "本期已计费或可能已计费的请求数",
    ),
    Column(
        "period",
        "str",
        "",
        "周期",
        "what the budget is for: a month or a day of Beijing time",
        "预算周期：月或日（北京时间）",
        PERIOD_WORDS,
    ),
    Column("since", "datetime64[us, UTC]", "UTC", "本期起点", "when this period began", "本期开始的时间"),
)
"""Columns of `Client.budget`."""
