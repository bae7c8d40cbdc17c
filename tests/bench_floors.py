"""What the tables of stored answers are measured against: the least code that makes them, and what people write today.

The floors keep none of the package's promises. `parsed` runs its readers, so it says what is spent around them; `bare`
takes four or five values of each table out of the dicts, and says what the whole costs beyond the JSON itself.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

import xingtu_frames as xf
from xingtu_frames.tables.catalog import rows_of
from xingtu_frames.wire import ENDPOINTS, PREFIX

Loaded = list[tuple[str, dict[str, Any]]]
Cells = Iterator[tuple[Any, ...]]


def mixed(pages: Mapping[str, bytes], number: int) -> dict[str, bytes]:
    """Return the answers of a creator of that number: other figures, and lists of other lengths."""
    data = {endpoint: json.loads(body) for endpoint, body in pages.items()}
    (touch,) = data["author_touch_distribution"]["data"]["video_touch"]
    touch["second_distribution"] = touch["second_distribution"][: 1 + number % 6]
    spread = data["get_author_spread_info"]["data"]
    spread["play_mid"], spread["like_avg"] = str(1_000_003 + 997 * number), 95_028 + number
    spread["interact_rate"]["value"] = 100 + number % 300
    videos = data["author_video_distribution"]["data"]
    videos["video_content_distribution"] = videos["video_content_distribution"][: 1 + number % 3]
    stages = data["author_link_struct"]["data"]["link_struct"]
    stages["1"]["value"], stages["5"]["value"] = 6_000_000 + number, str(9_000_000 + number)
    data["get_author_link_info"]["data"]["cp_index"]["value"] = 50 + number % 50 / 7
    indent = 1 if number % 4 == 0 else None
    return {
        endpoint: json.dumps(body, ensure_ascii=number % 2 == 0, indent=indent).encode()
        for endpoint, body in data.items()
    }


def _selected(db: sqlite3.Connection, endpoint: str, ids: set[str]) -> Loaded:
    bodies = db.execute("SELECT kol_id, body FROM answers WHERE endpoint = ?", (endpoint,)).fetchall()
    return [(kol_id, json.loads(body)["data"]) for kol_id, body in bodies if kol_id in ids]


def parsed(path: Path, ids: Sequence[str], tables: Sequence[xf.Table]) -> None:
    """One SELECT per endpoint, JSON, our readers, one DataFrame per table: no checks, no types, no options."""
    db = sqlite3.connect(path)
    for endpoint in dict.fromkeys(table.endpoint for table in tables):
        loaded = _selected(db, endpoint, set(ids))
        for table in tables:
            if table.endpoint == endpoint:
                pd.DataFrame([(kol_id, *row) for kol_id, data in loaded for row in rows_of(table, data).rows])
    db.close()


def bare(path: Path, ids: Sequence[str]) -> None:
    """One SELECT per endpoint, JSON, the dicts indexed directly, one DataFrame of few columns per table."""
    db = sqlite3.connect(path)
    for endpoint, readers in _BARE.items():
        loaded = _selected(db, endpoint, set(ids))
        for read in readers:
            pd.DataFrame(list(read(loaded)))
    db.close()


def _spread(loaded: Loaded) -> Cells:
    for kol_id, d in loaded:
        yield kol_id, int(d["item_num"]), int(d["play_mid"]), int(d["like_avg"]), d["interact_rate"]["value"] / 10_000


def _tiers(loaded: Loaded) -> Cells:
    for kol_id, d in loaded:
        for metric in ("cpm", "cpe", "sales_cpm"):
            costs = d["sales_expect_cpm" if metric == "sales_cpm" else f"expect_{metric}"]
            for band in ("1_20", "21_60", "60"):
                yield kol_id, metric, band, int(costs[f"{metric[-3:]}_{band}"]) / 100


def _benchmarks(loaded: Loaded) -> Cells:
    for kol_id, d in loaded:
        rates = d["item_rate"]
        for metric, values in (
            ("interact_rate", d["interact_rate"]),
            ("completion_rate", d["play_over_rate"]),
            ("play_stability", d["play_stability"]),
            ("play_median", rates["play_mid"]),
            ("video_count", rates["item_num"]),
        ):
            yield kol_id, metric, float(values["value"]), values["label"], values["overtake"]


def _stages(loaded: Loaded) -> Cells:
    for kol_id, d in loaded:
        for number, stage in enumerate(("aware", "interested", "like", "follow"), start=1):
            values = d["link_struct"][str(number)]
            yield kol_id, stage, values["value"], values["same_industry_median"], float(values["proportion"])


def _connected(loaded: Loaded) -> Cells:
    for kol_id, d in loaded:
        total = d["link_struct"]["5"]
        yield kol_id, d["author_link_type"], int(total["value"]), total["rank_percent"], total["relative_ratio"]


def _indexes(loaded: Loaded) -> Cells:
    for kol_id, d in loaded:
        for index in _INDEXES:
            values = d[index]
            yield kol_id, index, float(values["value"]), float(values["avg_value"]), values["link_relative_ratio"]


def _contents(loaded: Loaded) -> Cells:
    for kol_id, d in loaded:
        for item in d["video_content_distribution"]:
            yield kol_id, item["name"], int(item["cnt"]), float(item["proportion"])


def _touches(loaded: Loaded) -> Cells:
    for kol_id, d in loaded:
        for first in d["video_touch"]:
            for second in first["second_distribution"]:
                for third in second["three_distribution"]:
                    values = third["distribution_data"]
                    names = first["distribution_data"]["name"], second["distribution_data"]["name"]
                    yield kol_id, *names, values["name"], int(values["cnt"])


_INDEXES = (
    *("link_star_index", "link_spread_index", "link_shopping_index"),
    *("link_convert_index", "cooperate_index", "cp_index"),
)
_BARE: Mapping[str, Sequence[Callable[[Loaded], Cells]]] = {
    "author_touch_distribution": [_touches],
    "get_author_spread_info": [_spread, _tiers, _benchmarks],
    "author_link_struct": [_stages, _connected],
    "get_author_link_info": [_indexes],
    "author_video_distribution": [_contents],
}


def user_code(session: Any, base: str, ids: Sequence[str], tables: Sequence[xf.Table]) -> None:
    """What people write today: a cached session, a small frame per creator, and concat."""
    frames: dict[str, list[pd.DataFrame]] = {table.name: [] for table in tables}
    for kol_id in ids:
        for table in tables:
            url = f"{base}{PREFIX}{ENDPOINTS[table.endpoint].path}"
            data = session.get(url, params={"token": "bench-token", "oAuthorId": kol_id}).json()["data"]
            rows = [dict(enumerate(row)) for row in rows_of(table, data).rows]
            frames[table.name].append(pd.json_normalize(rows).assign(kol_id=kol_id))
    for parts in frames.values():
        pd.concat(parts, ignore_index=True)
