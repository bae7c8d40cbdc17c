"""What the sample creators answer to a question: as the data has it, or spelled out for the days, page or filters."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from itertools import accumulate
from pathlib import Path
from typing import Any

Data = dict[str, Any]
Asked = Mapping[str, str]
Series = Mapping[str, Mapping[str, Any]]

SEARCH_PAGE, LIST_PAGE = 20, 10
OK = {"base_resp": {"status_code": 0, "status_message": ""}}
ITEMS = "get_author_show_items_v2"
ITEMS_ASKED = {"flowType": "EXCLUDE", "onlyAssign": "false", "platform": "SHORT_VIDEO"}
HOMEPAGE_KEYS = ("item_id", "title", "create_time", "duration", "play", "like", "comment", "share")


@dataclass(frozen=True)
class Samples:
    """The generated data.

    Attributes
    ----------
    fetched_at
        When all of it is said to have been fetched.
    answers
        Whole answers by endpoint, creator and parameters.
    followers, plays
        Followers of each creator on a first day and their changes, plays of each video by day.
    hits
        Every row that a search can find.
    """

    fetched_at: str
    answers: Mapping[tuple[str, str, str], Data]
    followers: Series
    plays: Series
    hits: Sequence[Data]

    def answer(self, endpoint: str, kol_id: str, asked: Asked) -> Data | None:
        """Return the ``data`` of an answer; None where the sample has none."""
        return _RULES.get(endpoint, _as_written)(self, endpoint, kol_id, asked)

    def written(self, endpoint: str, kol_id: str, asked: Asked) -> Data | None:
        """Return a whole answer as the data has it."""
        return self.answers.get((endpoint, kol_id, _text(asked)))


@cache
def samples(folder: Path) -> Samples:
    """Read the generated data of a folder, once in a process."""
    whole = json.loads((folder / "answers.json").read_text("utf-8"))
    series = json.loads((folder / "series.json").read_text("utf-8"))
    answers = {(row["endpoint"], row.get("kol_id", ""), _text(row["params"])): row["data"] for row in whole["answers"]}
    return Samples(whole["fetched_at"], answers, series["followers"], series["plays"], series["hits"])


def _text(asked: Asked) -> str:
    return json.dumps(asked, sort_keys=True, ensure_ascii=False)


def _as_written(of: Samples, endpoint: str, kol_id: str, asked: Asked) -> Data | None:
    data = of.written(endpoint, kol_id, asked)
    if data is None or "distributions" not in data:
        return data
    return {**data, "distributions": [_spelled_out(block) for block in data["distributions"]]}


def _spelled_out(block: Data) -> Data:
    """Return a dimension with a list of its buckets, where the data has a mapping."""
    if "distribution_list" not in block:
        return block
    buckets = block["distribution_list"].items()
    return {**block, "distribution_list": [{"distribution_key": k, "distribution_value": v} for k, v in buckets]}


# --- days ------------------------------------------------------------------------------------------------------------


def _days(first: str, values: Sequence[int]) -> Iterator[tuple[date, int]]:
    start = date.fromisoformat(first)
    return ((start + timedelta(days=place), value) for place, value in enumerate(values))


def _daily_fans(of: Samples, _: str, kol_id: str, asked: Asked) -> Data | None:
    """Return the days of the window that are known: none outside them."""
    series = of.followers.get(kol_id)
    if series is None:
        return None
    changes, unlisted = series["changes"], series.get("unlisted", ())
    followers = list(accumulate([*series["followers"], *changes]))
    second = (date.fromisoformat(series["first_day"]) + timedelta(days=1)).isoformat()

    def rows(first: str, values: Sequence[int], left_out: Sequence[str] = ()) -> list[Data]:
        known = ((day.isoformat(), value) for day, value in _days(first, values))
        inside = ((day, value) for day, value in known if asked["startDate"] <= day <= asked["endDate"])
        return [{"date": day, "fans_cnt": str(value)} for day, value in inside if day not in left_out]

    return {**OK, "daily": rows(series["first_day"], followers, unlisted), "delta": rows(second, changes)}


def _video_trend(of: Samples, _: str, __: str, asked: Asked) -> Data | None:
    """Return the plays of each day in no particular order, as they come."""
    series = of.plays.get(asked["itemId"])
    if series is None:
        return None
    days = [(day.strftime("%Y%m%d"), value) for day, value in _days(series["first_day"], series["plays"])]
    again = [(day.replace("-", ""), value) for day, value in series.get("again", {}).items()]
    listed = [{"visit_date": day, "value": str(value)} for day, value in [*again, *days[1::2], *days[::2]]]
    return {**OK, "date_values": {"vv_list": listed} if listed else {}}


def _video_interaction(of: Samples, _: str, kol_id: str, asked: Asked) -> Data | None:
    """Return what the report of the video counts, as shares of its plays."""
    report = of.written("item_report_detail", kol_id, asked)
    if report is None:
        return None
    counts = {name.removesuffix("_cnt"): int(value) for name, value in report["stats"].items()}
    plays = counts.pop("watch")
    return {**OK, "interactions": [{"name": n, "cnt": cnt, "rate": round(cnt / plays, 6)} for n, cnt in counts.items()]}


# --- pages -----------------------------------------------------------------------------------------------------------


def _page(rows: Sequence[Data], asked: Asked, size: int) -> tuple[list[Data], Data]:
    page = int(asked["page"])
    first = size * (page - 1)
    more = first + size < len(rows)
    return list(rows[first : first + size]), {"has_more": more, "limit": size, "page": page, "total_count": len(rows)}


def _homepage(of: Samples, _: str, kol_id: str, asked: Asked) -> Data | None:
    """Return the videos that `get_author_show_items_v2` lists, newest first."""
    items = of.written(ITEMS, kol_id, ITEMS_ASKED)
    if items is None:
        return None
    kinds = {"PERSONAL": items["latest_item_info"], "XINGTU": items["latest_star_item_info"]}
    chosen = [kind for kind in kinds if asked["videoType"] in (kind, "ALL")]
    if asked["onlyAssign"] == "true":
        chosen = [kind for kind in chosen if kind == "XINGTU"]
    first, last = asked.get("startDate", ""), asked.get("endDate", "9")
    rows = [
        {**{key: item[key] for key in HOMEPAGE_KEYS}, "is_star_item": kind == "XINGTU"}
        for kind in chosen
        for item in kinds[kind]
        if asked.get("keyword", "") in item["title"] and first <= item["item_date"].replace("-", "") <= last
    ]
    listed, pagination = _page(sorted(rows, key=lambda row: -row["create_time"]), asked, LIST_PAGE)
    return {**OK, "items": listed, "pagination": pagination}


def _goods(of: Samples, endpoint: str, kol_id: str, asked: Asked) -> Data | None:
    data = of.written(endpoint, kol_id, {name: value for name, value in asked.items() if name != "page"})
    if data is None:
        return None
    listed, pagination = _page(data["list"], asked, LIST_PAGE)
    return {**data, "list": listed, "pagination": pagination}


# --- search ----------------------------------------------------------------------------------------------------------

_BANDS = ("1_20", "20_60", "60")
_RANGES: Mapping[str, tuple[str, ...]] = {
    "followerRange": ("follower",),
    "kolPriceRange": tuple(f"price_{band}" for band in _BANDS),
    "expectedPlayRange": ("expected_play_num",),
    "expectedCpmRange": tuple(f"prospective_{band}_cpm" for band in _BANDS),
    "expectedCpeRange": tuple(f"sn_prospective_{band}_cpe" for band in _BANDS),
    "interactionRateRange": ("interact_rate_within_30d",),
    "completionRateRange": ("play_over_rate_within_30d",),
    "viralRateRange": ("burst_text_rate",),
    "connectedUserRange": ("link_link_cnt_by_industry",),
}
"""Filter -> the attributes of which one must lie in the range."""
_LABELS = {"contentTag": "tags_relation", "contentTheme": "content_theme_labels_180d", "location": "province city"}
"""Filter with a list of Chinese words -> the attributes of which one must hold one of them."""
_GENDERS = {"MALE": "1", "FEMALE": "2"}


def _in_range(attributes: Asked, names: Sequence[str], text: str) -> bool:
    low, _, high = text.partition("-")
    values = [float(attributes[name]) for name in names if name in attributes]
    return any(float(low or 0) <= value <= float(high or "inf") for value in values)


def _is_found(attributes: Asked, asked: Asked) -> bool:
    if asked.get("searchType") == "NICKNAME" and asked.get("keyword", "") not in attributes["nick_name"]:
        return False
    if "gender" in asked and attributes["gender"] != _GENDERS[asked["gender"]]:
        return False
    for name, keys in _LABELS.items():
        held = " ".join(attributes.get(key, "") for key in keys.split())
        if name in asked and not any(word in held for word in asked[name].split(",")):
            return False
    return all(_in_range(attributes, keys, asked[name]) for name, keys in _RANGES.items() if name in asked)


def _search(of: Samples, _: str, __: str, asked: Asked) -> Data:
    """Return a page of what is found. Each page begins with the last row of the one before, as an order that moves."""
    words = asked.get("keyword", "").split()

    def place(row: Data) -> tuple[float, float]:
        about = row["attribute_datas"]
        if asked.get("sort") == "FANS":
            return -float(about["follower"]), 0.0
        held = about["nick_name"] + about["tags_relation"] + about.get("content_theme_labels_180d", "")
        return -float(sum(word in held for word in words)), -float(about.get("link_star_index", 0))

    rows = sorted((row for row in of.hits if _is_found(row["attribute_datas"], asked)), key=place)
    page = int(asked["page"])
    first = (SEARCH_PAGE - 1) * (page - 1)
    listed = rows[first : first + SEARCH_PAGE] if page == 1 or first + 1 < len(rows) else []
    pagination = {"has_more": True, "limit": SEARCH_PAGE, "page": page, "total_count": len(rows)}
    authors = {"authors": listed} if listed else {}
    return {**authors, **OK, "extra_data": {}, "pagination": pagination}


# --- legacy paths that may answer otherwise; the sample answers as on the current ones --------------------------------

_DETAIL_TYPES = {"_1": "VIDEO", "_2": "PRODUCT"}


def _simple_search(of: Samples, endpoint: str, kol_id: str, asked: Asked) -> Data:
    return _search(of, endpoint, kol_id, {"keyword": asked["keyword"], "page": asked["page"], "searchType": "CONTENT"})


def _simple_goods(of: Samples, _: str, kol_id: str, asked: Asked) -> Data | None:
    usual = {"industryId": "ALL", "platform": "SHORT_VIDEO", "range": "DAY_30", "page": asked["page"]}
    kind = {"detailType": _DETAIL_TYPES[asked["detailType"]]}
    return _goods(of, "get_author_convert_videos_or_products", kol_id, {**usual, **kind})


def _video_detail(of: Samples, _: str, kol_id: str, asked: Asked) -> Data | None:
    return of.written("item_report_detail", kol_id, {"itemId": asked["detailId"]})


_RULES: Mapping[str, Callable[[Samples, str, str, Asked], Data | None]] = {
    "get_author_daily_fans": _daily_fans,
    "item_report_th_analysis": _video_interaction,
    "item_report_trend": _video_trend,
    "get_author_homepage_videos": _homepage,
    "get_author_convert_videos_or_products": _goods,
    "search_for_author_square": _search,
    "search-kol-simple": _simple_search,
    "get-kol-convert-videos-or-products": _simple_goods,
    "get-video-detail": _video_detail,
}
