"""Portraits side by side: the shares that planners ask for, one row per creator."""

from __future__ import annotations

import pandas as pd

from ..errors import ParameterError, listed
from ..frame import build_frame, conformed, require_columns, require_text_ids
from ..tables.audience import CROWDS, DIMENSIONS
from ..tables.catalog import TABLES
from ..tables.schema import Column

_AGES = ("18-23", "24-30", "31-40", "41-50", "50+")
SHARES: dict[str, tuple[str, str, str]] = {
    "female_share": ("gender", "female", "女性占比"),
    **{
        f"age_{age.replace('-', '_').replace('+', '')}_share": (
            "age",
            age,
            f"{age.removesuffix('+')}岁{'以上' if age[-1] == '+' else ''}占比",
        )
        for age in _AGES
    },
    "tier1_share": ("city_tier", "一线", "一线（含新一线）占比"),
    "iphone_share": ("device", "iPhone", "iPhone占比"),
    **{f"crowd_{name}_share": ("crowd", crowd, f"{crowd}占比") for name, crowd in CROWDS.zh.items()},
}
"""The shares side by side: the dimension and the bucket of each, and its Chinese label."""
TOPS = {
    "top_age_band": ("age", "最多的年龄段"),
    "top_province": ("province", "最多的省份"),
    "top_crowd": ("crowd", "最多的人群"),
}
"""The buckets with the largest shares: the dimension of each, and its Chinese label."""
_OTHER = "其他"
_NEEDED = ("kol_id", "dimension", "bucket", "share")
_MAKER = "fetch_audience_portrait or fetch_fans_portrait makes it"

PORTRAIT_COLUMNS = (
    TABLES["audience_portrait"].column("kol_id"),
    *(
        Column(
            name,
            "float64",
            "fraction",
            label_zh,
            f"share of {bucket} among the users listed by {dimension.replace('_', ' ')}; NA where it is not listed",
            f"“{bucket}”占“{DIMENSIONS.zh[dimension]}”所列用户的比例；未列出时为空",
        )
        for name, (dimension, bucket, label_zh) in SHARES.items()
    ),
    *(
        Column(
            name,
            "str",
            "",
            label_zh,
            f"bucket with the largest share by {dimension}, 其他 left out; the first of equals",
            f"“{DIMENSIONS.zh[dimension]}”中占比最大的分组，不含“其他”；并列时取第一个",
        )
        for name, (dimension, label_zh) in TOPS.items()
    ),
)
"""Columns of `portrait_wide`."""


def portrait_wide(frame: pd.DataFrame) -> pd.DataFrame:
    """Put the shares of a portrait that planners ask for side by side.

    Parameters
    ----------
    frame
        What `fetch_audience_portrait` or `fetch_fans_portrait` returns, of one stage or fan group.

    Returns
    -------
    One row per creator, in the order of the frame: ``kol_id``; the shares ``female_share``, ``age_18_23_share``,
    ``age_24_30_share``, ``age_31_40_share``, ``age_41_50_share``, ``age_50_share``, ``tier1_share`` (一线: more
    than the four largest cities), ``iphone_share``, ``crowd_refined_mother_share``, ``crowd_urban_silver_share``,
    ``crowd_new_white_collar_share``, ``crowd_senior_middle_class_share``, ``crowd_urban_blue_collar_share``,
    ``crowd_gen_z_share``, ``crowd_town_middle_aged_share``, ``crowd_town_youth_share``; and the buckets with the
    largest shares: ``top_age_band``, ``top_province``, ``top_crowd``. Each share is of the users that its dimension
    lists: ages of users of known age, but fans' of all, with 其他 for the others. NA where a bucket is not listed.

    Raises
    ------
    ParameterError
        The frame lacks a column, or has two shares for one bucket of a creator.

    Notes
    -----
    Costs no request.

    Examples
    --------
    >>> import xingtu_frames as xf
    >>> with xf.sample_client() as client:
    ...     fans = xf.fetch_fans_portrait(xf.sample_ids()[1], client=client)
    >>> portrait_wide(fans)[["female_share", "top_age_band", "top_province"]].round(2).values.tolist()
    [[0.89, '18-23', '广东']]
    """
    rows = listed_shares(frame)
    cells = dict(zip(zip(rows["kol_id"], rows["dimension"], rows["bucket"], strict=True), rows["share"], strict=True))
    tops = {name: largest(rows, dimension) for name, (dimension, _) in TOPS.items()}
    return build_frame(
        PORTRAIT_COLUMNS,
        [
            (
                kol_id,
                *(cells.get((kol_id, dimension, bucket)) for dimension, bucket, _ in SHARES.values()),
                *(tops[name].get(kol_id) for name in TOPS),
            )
            for kol_id in dict.fromkeys(frame["kol_id"])
        ],
    )


def listed_shares(frame: object, label: str = "the portrait") -> pd.DataFrame:
    """Return the rows of a portrait with a known bucket and share, of the dtypes that are declared.

    Raises
    ------
    ParameterError
        It is not a portrait, or has two shares for one bucket of a creator.
    """
    frame = require_columns(frame, label, _NEEDED, _MAKER)
    require_text_ids(frame, label)
    columns = [TABLES["audience_portrait"].column(name) for name in _NEEDED]
    rows = conformed(frame[list(_NEEDED)], columns, label).dropna()
    twice = rows.duplicated(["kol_id", "dimension", "bucket"])
    if twice.any():
        kol_id, dimension, bucket = rows.loc[twice, ["kol_id", "dimension", "bucket"]].iloc[0]
        raise ParameterError(
            f"{label} has two shares of {bucket} ({dimension}) for {kol_id}: "
            "choose the rows of one stage, fan_group and fetch"
        )
    return rows


def whose_portrait(frame: pd.DataFrame, label: str = "the portrait") -> str | None:
    """Return the stage or the group of fans that a portrait is of; None where it does not say one.

    Raises
    ------
    ParameterError
        It is of more than one.
    """
    present = [frame[name] for name in ("stage", "fan_group") if name in frame.columns]
    groups = [str(group) for column in present for group in column.dropna().unique()]
    if len(groups) > 1:
        raise ParameterError(f"{label} mixes {listed(groups)}; choose the rows of one stage or fan_group")
    return groups[0] if groups else None


def largest(rows: pd.DataFrame, dimension: str) -> dict[str, str]:
    """Return creator -> its bucket with the largest share in a dimension; the first of equals."""
    listed = rows[(rows["dimension"] == dimension) & (rows["bucket"] != _OTHER)]
    first = listed.sort_values("share", ascending=False, kind="stable").drop_duplicates("kol_id")
    return dict(zip(first["kol_id"], first["bucket"], strict=True))
