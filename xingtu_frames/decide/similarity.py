"""How alike creators are in what their videos are about, where their audience came from, or who it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Literal, get_args

import numpy as np
import pandas as pd

from ..arguments import one_of
from ..board.metrics import Floats
from ..errors import ParameterError
from ..frame import Mapped, conformed, names_in, require_columns
from ..tables.audience import Dimension
from ..tables.catalog import TABLES
from ..tables.schema import Words
from .targets import Portrait, dimension_of

Part = Literal["audience", "category", "touch", "level1", "level2"]
"""What `similarity` compares."""
PARTS: Words[Part] = Words(
    dict(zip(get_args(Part), ("受众", "内容类别", "触达方式", "触达来源", "触达来源与内容"), strict=True))
)
_BUCKET = ("dimension", "bucket")
_WEIGHTS: Mapping[Part, tuple[str, tuple[str, ...], tuple[str, ...]]] = MappingProxyType(
    {
        "audience": ("users", _BUCKET, _BUCKET),
        "category": ("video_count", ("category",), ("category",)),
        "touch": ("level1_cnt", ("touch",), ("touch", "level1")),
        "level1": ("level1_cnt", ("touch", "level1"), ("touch", "level1")),
        "level2": ("level2_cnt", ("touch", "level1", "level2"), ("touch", "level1", "level2")),
    }
)
"""What is compared: the column of its counts, the columns that name one part, and those that name what is counted."""

_TREE = ("fetch_touch_distribution", "level1_cnt")
_MAKERS: Mapping[Part, tuple[str, str]] = MappingProxyType(
    {
        "audience": ("fetch_audience_portrait", "bucket"),
        "category": ("fetch_video_distribution", "share"),  # a column that spread_info, which has a category too, lacks
        "touch": _TREE,
        "level1": _TREE,
        "level2": _TREE,
    }
)
_ONE_ANSWER = ("fetched_at", "platform")


def similarity(frame: pd.DataFrame, *, by: Part | None = None, dimension: Dimension | None = None) -> pd.DataFrame:
    """Compare how the videos, the connected users, or the audience of creators are distributed.

    It is the likeness of two distributions. It is not shared followers: two creators can be alike to the last digit
    and have no follower in common.

    Parameters
    ----------
    frame
        What `fetch_video_distribution` returns, for ``by="category"``; what `fetch_audience_portrait` or
        `fetch_fans_portrait` returns, for ``by="audience"``; what `fetch_touch_distribution` returns, for the others.
        One answer for each creator.
    by
        ``"audience"``: the users of a portrait by bucket. ``"category"``: videos by content category. ``"touch"``:
        connected users by kind of touch. ``"level1"``: by source. ``"level2"``: by source and content category. Level
        3 is multi-label, its parts overlap, and no distribution can be made of it. None: ``"audience"`` for a
        portrait, else ``"category"``.
    dimension
        Of a portrait: the dimension to compare by, such as ``"age"`` or ``"年龄"``. None: the mean of the likeness by
        each dimension that both creators have, interest and city left out. These two are top lists, and are refused.

    Returns
    -------
    A square frame, creators by creators in the order of the frame, index named ``kol_id``: 1 for the same
    distribution, 0 for two without a common part: 1 - the Jensen-Shannon distance to base 2. A creator without a
    count is NA in row and column. Parts without a name or a count, or with a negative or infinite one, are left
    out.
    ``attrs["names"]`` has the names where the frame has some.

    Raises
    ------
    ParameterError
        ``by`` or ``dimension`` does not exist, the frame lacks a column, or has two answers for a creator.

    Notes
    -----
    Costs no request. Few videos make a rough distribution: see ``few_videos`` of `quality`. Of age, connected users of
    known age alone are compared; fans have 其他 for the others, which counts as a bucket.
    """
    if str(by) == "level3":
        raise ParameterError('by="level3" is refused: its parts overlap, so they make no distribution; use "level2"')
    kind: Part = one_of("by", _kind_of(frame) if by is None else by, PARTS)
    if kind != "audience" and dimension is not None:
        raise ParameterError(f'dimension is for portraits, by="audience"; by="{kind}" has none')
    count, _, counted = _WEIGHTS[kind]
    frame = _required(frame, ["kol_id", *counted, count], kind)
    kol_ids = pd.Index(frame["kol_id"].drop_duplicates(), name="kol_id")
    likeness = _mean([1 - _distances(_shares(part, kol_ids.tolist(), kind)) for part in _parts(frame, kind, dimension)])
    made = pd.DataFrame(likeness, index=kol_ids, columns=kol_ids.rename(None))
    if names := names_in(frame):
        made.attrs["names"] = Mapped(names)
    return made


def _kind_of(frame: object) -> Part:
    is_portrait = isinstance(frame, pd.DataFrame) and set(_BUCKET) <= set(frame.columns)
    return "audience" if is_portrait else "category"


def _parts(frame: pd.DataFrame, by: Part, dimension: Dimension | None) -> list[pd.DataFrame]:
    """Return the rows of each distribution that is compared on its own."""
    if by != "audience":
        return [frame]
    portrait = Portrait.of(frame, "the portrait")
    chosen = [dimension_of(dimension, portrait.top_lists)] if dimension is not None else portrait.bases
    return [frame[(frame["dimension"] == one).fillna(value=False)] for one in chosen]


def _mean(likeness: Sequence[Floats]) -> Floats:
    """Return the mean of those that are known, cell by cell."""
    known = np.isfinite(likeness)
    counted = known.sum(axis=0)
    mean: Floats = np.where(known, likeness, 0.0).sum(axis=0) / np.where(counted, counted, np.nan)
    return mean


def _required(frame: object, columns: Sequence[str], by: Part) -> pd.DataFrame:
    maker, sign = _MAKERS[by]
    frame = require_columns(frame, "the frame", dict.fromkeys([*columns, sign]), f"for by={by!r} {maker} makes it")
    frame = conformed(frame, TABLES[maker.removeprefix("fetch_")].columns, "the frame").reset_index(drop=True)
    for column in set(_ONE_ANSWER) & set(frame.columns):
        answers = frame.groupby("kol_id", sort=False)[column].nunique()
        if (answers > 1).any():
            raise ParameterError(f"more than one {column} for {answers.idxmax()}: keep the rows of one answer for each")
    return frame


def _shares(frame: pd.DataFrame, kol_ids: Sequence[str], by: Part) -> Floats:
    """Return creators x parts, each row summing to 1, or NaN for a creator without a count."""
    count, names, counted = _WEIGHTS[by]
    # A node of the tree stands in as many rows as it has parts.
    known = frame.dropna(subset=[*names, count]).drop_duplicates(["kol_id", *counted])
    known = known[(known[count] >= 0) & (known[count] < np.inf)]
    parts = known.groupby(list(names), sort=False, observed=True).ngroup().to_numpy()
    rows = {kol_id: row for row, kol_id in enumerate(kol_ids)}
    counts = np.zeros((len(kol_ids), parts.max(initial=0) + 1))
    np.add.at(counts, (known["kol_id"].map(rows).to_numpy("int64"), parts), known[count].to_numpy("float64"))
    totals = counts.sum(axis=1, keepdims=True)
    return counts / np.where(totals > 0, totals, np.nan)


def _distances(shares: Floats) -> Floats:
    divergences = np.zeros((len(shares), len(shares)))
    for row, share in enumerate(shares):
        middle = (share + shares) / 2
        divergences[row] = (_surprise(share, middle) + _surprise(shares, middle)).sum(axis=1) / np.log(4)
    # Of all but equal rows the arithmetic makes a little less than nothing, which has no root.
    return np.sqrt(np.clip(divergences, 0.0, 1.0))


def _surprise(shares: Floats, middle: Floats) -> Floats:
    """Return what each share adds to the divergence from the middle: nothing, where the share is nothing."""
    return shares * np.log(np.divide(shares, middle, out=np.ones_like(middle), where=shares != 0))
