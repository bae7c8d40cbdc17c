"""How alike creators are in what their videos are about, or where their audience came from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd

from ..errors import ParameterError

Array = np.ndarray[Any, Any]
_WEIGHTS: Mapping[str, tuple[str, tuple[str, ...]]] = MappingProxyType(
    {
        "category": ("video_count", ("category",)),
        "level1": ("level1_cnt", ("touch", "level1")),
        "level2": ("level2_cnt", ("touch", "level1", "level2")),
    }
)
"""What is compared: the column of its counts, and the columns that name one part."""


def similarity(frame: pd.DataFrame, *, by: str = "category") -> pd.DataFrame:
    """Compare how the videos, or the connected users, of creators are distributed.

    It is the likeness of two distributions. It is not shared followers: two creators can be alike to the last digit
    and have no follower in common.

    Parameters
    ----------
    frame
        What `fetch_video_distribution` returns, for ``by="category"``; what `fetch_touch_distribution` returns, for
        ``by="level1"`` or ``"level2"``.
    by
        ``"category"``: videos by content category. ``"level1"``: connected users by source. ``"level2"``: by source
        and content category. Level 3 is multi-label, its parts overlap, and no distribution can be made of it.

    Returns
    -------
    A square frame, creators by creators in the order of the frame, index named ``kol_id``: 1 for the same
    distribution, 0 for two without a common part: 1 - the Jensen-Shannon distance to base 2. A creator without a
    count is NA in row and column. Parts without a name or a count are left out.

    Raises
    ------
    ParameterError
        ``by`` does not exist, the frame lacks a column, or a count is negative.

    Notes
    -----
    Costs no request. Few videos make a rough distribution: see ``few_videos`` of `quality`.
    """
    if by == "level3":
        raise ParameterError('by="level3" is refused: its parts overlap, so they make no distribution; use "level2"')
    if by not in _WEIGHTS:
        raise ParameterError(f"by must be one of {', '.join(map(repr, _WEIGHTS))}, not {by!r}")
    count, names = _WEIGHTS[by]
    _require(frame, ["kol_id", *names, count], by)
    kol_ids = list(dict.fromkeys(frame["kol_id"]))
    likeness = 1 - _distances(_shares(frame, kol_ids, count, names))
    return pd.DataFrame(likeness, index=pd.Index(kol_ids, name="kol_id"), columns=kol_ids)


def _require(frame: Any, columns: Sequence[str], by: str) -> None:
    maker = "fetch_video_distribution" if by == "category" else "fetch_touch_distribution"
    if not isinstance(frame, pd.DataFrame):
        raise ParameterError(f"a DataFrame is compared, not {type(frame).__name__}; {maker} makes it")
    lacking = [column for column in columns if column not in frame.columns]
    if lacking:
        raise ParameterError(f"the frame has no column {', '.join(lacking)}, which by={by!r} needs; {maker} makes it")


def _shares(frame: pd.DataFrame, kol_ids: Sequence[str], count: str, names: Sequence[str]) -> Array:
    """Return creators x parts, each row summing to 1, or NaN for a creator without a count."""
    # A node of the tree stands in as many rows as it has parts.
    known = frame.dropna(subset=[*names, count]).drop_duplicates(["kol_id", *names])
    if (known[count] < 0).any():
        raise ParameterError(f"{count} must not be negative; the least is {known[count].min()}")
    parts = known.groupby(list(names), sort=False, observed=True).ngroup().to_numpy()
    rows = {kol_id: row for row, kol_id in enumerate(kol_ids)}
    counts = np.zeros((len(kol_ids), parts.max(initial=0) + 1))
    counts[known["kol_id"].map(rows).to_numpy("int64"), parts] = known[count].to_numpy("float64")
    totals = counts.sum(axis=1, keepdims=True)
    return counts / np.where(totals > 0, totals, np.nan)


def _distances(shares: Array) -> Array:
    from scipy.spatial.distance import jensenshannon

    distances = np.zeros((len(shares), len(shares)))
    for row, share in enumerate(shares):
        distances[row] = np.nan_to_num(jensenshannon(share, shares, base=2, axis=-1), nan=0.0)
    # To the distance of equal rows the arithmetic adds a little; and it leaves unknown ones at nothing.
    distances = np.clip(distances, 0.0, 1.0)
    unknown = np.isnan(shares).any(axis=1)
    distances[unknown, :] = distances[:, unknown] = np.nan
    return (distances + distances.T) / 2
