"""Does the audience fit: the share of a target in it, against a baseline, and what reaching it costs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from ..arguments import Names, names_of, one_of, truth
from ..board.metrics import BANDS, METRICS, QUOTES, Band, Floats
from ..errors import ParameterError, a_kind, must_be
from ..frame import Mapped, build_frame
from .columns import MATCH_COLUMNS, OF_DIMENSION
from .positions import numbers_of
from .score import check_board, lacking_metric
from .targets import Buckets, Portrait, Target, no_share, target_of, written_shares

Baseline = pd.DataFrame | Mapping[str, Mapping[str, float]]
"""A portrait, or dimension -> bucket -> share."""
_COLUMNS = {column.name: column for column in MATCH_COLUMNS}
_ALL_CONNECTED = "connected"
"""The stage whose portrait is of all connected users."""
_DECIMALS = 12
"""Shares that differ by less are equal: the rest is noise of the arithmetic."""


def audience_match(
    portrait: pd.DataFrame,
    target: Target,
    *,
    board: pd.DataFrame | None = None,
    baseline: Baseline | None = None,
    weighted: bool = False,
    duration_band: Band = "21-60s",
    names: Names | None = None,
) -> pd.DataFrame:
    """Say how much of each audience is whom a campaign is for, and what a thousand of them cost.

    Parameters
    ----------
    portrait
        What `fetch_audience_portrait` or `fetch_fans_portrait` returns, of one stage or group of fans.
    target
        Dimension -> the bucket or buckets that the campaign is for, such as ``{"gender": "female", "age": ["18-23",
        "24-30"], "city_tier": ["一线", "二线"]}``; 性别, 年龄, 城市等级, 女 and 男 are understood. Not interest and
        city, which are top lists: a share of what is listed there is not a share of the audience.
    board
        What `compare` returns, with ``connected_users`` and the quote of the band: it brings target users, costs and
        names. A creator that it has and the portrait lacks gets a row too, and is unknown.
    baseline
        What a TGI of 100 stands for: None for the mean of the portrait's creators, another portrait for the mean of
        its creators, or a mapping dimension -> bucket -> share.
    weighted
        Whether a mean counts each creator by the users listed in the dimension, and not each as one.
    duration_band
        The band of the quote: ``"1-20s"``, ``"21-60s"`` or ``"60s+"``.
    names
        What to call the creators: a mapping or a Series id -> name, a list in their order, or a frame with ``kol_id``
        and ``name``. The names of the board stand for those it lacks.

    Returns
    -------
    One row per creator, the largest ``combined_share`` first, equal ones in the order of the frame, unknown ones last:
    ``kol_id``, ``name``; for each dimension of the target its ``<dimension>_share`` (of the users listed in that
    dimension; NA where a bucket of the target is not listed, never 0) and ``<dimension>_tgi`` (100 x share / share of
    the baseline); ``combined_share`` (the product of the shares, which assumes that the dimensions are independent),
    ``combined_low`` and ``combined_high`` (the Fréchet bounds: what is possible without that assumption),
    ``combined_tgi``, ``target_users`` (``combined_share`` x connected users, where the portrait is of all connected
    users, else NA), ``cny_per_thousand_target_users`` (quote / target users x 1,000).

    ``attrs`` has ``target``, ``baseline`` (``"mean of the shortlist"``, ``"weighted by users"`` or ``"given"``),
    ``whose`` (the stage or group of fans), ``assumes`` (``"independence"``) and, with a board, ``duration_band``.

    Raises
    ------
    ParameterError
        A target, baseline or choice that cannot be, a portrait of several stages or groups, or a board that lacks a
        column: the message says what brings it.

    Warns
    -----
    UnmatchedNamesWarning
        There are names, and none is for one of the creators.

    Notes
    -----
    Costs no request. Each dimension lists other users: of age those of known age alone, so that bounds and products
    hold for users that every dimension lists. 一线 is more than the four largest cities.

    Examples
    --------
    >>> import xingtu_frames as xf
    >>> with xf.sample_client() as client:
    ...     portrait = xf.fetch_audience_portrait(xf.sample_ids()[:2], client=client)
    >>> match = audience_match(portrait, {"性别": "女", "age": ["18-23", "24-30"]}, names=["甲", "乙"])
    >>> match[["name", "gender_share", "age_share", "combined_share"]].round(2).values.tolist()
    [['乙', 0.89, 0.67, 0.6], ['甲', 0.55, 0.57, 0.32]]
    """
    own = Portrait.of(portrait, "the portrait")
    aims = target_of(target, own)
    base, stands_for = _baseline(own, aims, baseline, weighted=truth("weighted", weighted))
    band = one_of("duration_band", duration_band, BANDS)
    reach = _Reach() if board is None else _Reach.of(board, band, own.whose)
    kol_ids = list(dict.fromkeys([*own.kol_ids, *reach.names]))
    names_by_id = reach.names | names_of(names, kol_ids)
    shares = np.vstack([own.shares_of(aims), np.full((len(kol_ids) - len(own.kol_ids), len(aims)), np.nan)])
    cells: dict[str, Sequence[object] | Floats] = {
        "kol_id": kol_ids,
        "name": [names_by_id.get(kol_id) for kol_id in kol_ids],
        **_compared(list(aims), shares, base),
        **reach.cells(kol_ids, shares.prod(axis=1)),
    }
    columns = [_COLUMNS[name] for name in cells]
    order = np.argsort(-np.round(shares.prod(axis=1), _DECIMALS), kind="stable")
    match = build_frame(columns, [[column[row] for column in cells.values()] for row in order])
    match.attrs["target"] = Mapped(aims)
    match.attrs["baseline"] = stands_for
    match.attrs["whose"] = own.whose
    match.attrs["assumes"] = "independence"
    if board is not None:
        match.attrs["duration_band"] = band
    return match


def _baseline(own: Portrait, target: Buckets, baseline: Baseline | None, *, weighted: bool) -> tuple[Floats, str]:
    """Return the share of each dimension that stands for 100, and what it is."""
    if baseline is None:
        return own.mean_of(target, weighted=weighted), "weighted by users" if weighted else "mean of the shortlist"
    if isinstance(baseline, Mapping):
        if weighted:
            raise ParameterError("weighted=True needs a portrait; a mapping has no users to weight by")
        return written_shares(baseline, target), "given"
    if not isinstance(baseline, pd.DataFrame):
        raise must_be("baseline", "a portrait, a mapping dimension -> bucket -> share, or None", a_kind(baseline))
    shares = Portrait.of(baseline, "the baseline").mean_of(target, weighted=weighted)
    for (dimension, buckets), share in zip(target.items(), shares, strict=True):
        if np.isnan(share):
            raise no_share(dimension, buckets)
    return shares, "given"


def _compared(dimensions: Sequence[str], shares: Floats, base: Floats) -> dict[str, Floats]:
    """Return the columns of shares, bounds and TGI."""
    combined, lowest = shares.prod(axis=1), shares.sum(axis=1) - (len(dimensions) - 1)
    return {
        **{
            column.name: cells
            for place, dimension in enumerate(dimensions)
            for column, cells in zip(
                OF_DIMENSION[dimension], (shares[:, place], _tgi(shares[:, place], base[place])), strict=True
            )
        },
        "combined_share": combined,
        # Rounding may put a bound on the other side of a product that is equal to it.
        "combined_low": np.minimum(np.maximum(lowest, 0.0), combined),
        "combined_high": shares.min(axis=1),
        "combined_tgi": _tgi(combined, base.prod()),
    }


def _tgi(shares: Floats, base: float) -> Floats:
    tgi: Floats = 100 * shares / base if base > 0 else np.full(len(shares), np.nan)
    return tgi


@dataclass(frozen=True, slots=True)
class _Reach:
    """What a board tells of its creators: nothing where there is none.

    Attributes
    ----------
    names
        Their names, None for one without.
    users
        How many users the portrait is of.
    quotes
        What a video costs.
    """

    names: dict[str, str | None] = field(default_factory=dict)
    users: dict[str, float] = field(default_factory=dict)
    quotes: dict[str, float] = field(default_factory=dict)

    @classmethod
    def of(cls, board: pd.DataFrame, band: Band, whose: str | None) -> _Reach:
        """Read a board; connected users are those of a portrait of all of them alone."""
        needed = [METRICS["connected_users"], QUOTES[band]] if whose == _ALL_CONNECTED else []
        checked = check_board(board, [])
        for metric in needed:
            if metric.name not in checked.columns:
                raise lacking_metric(metric)
        checked = check_board(board, [metric.name for metric in needed])
        kol_ids = checked["kol_id"].tolist()
        named = checked["name"].tolist() if "name" in checked.columns else [None] * len(kol_ids)
        names = {kol_id: None if pd.isna(name) else str(name) for kol_id, name in zip(kol_ids, named, strict=True)}
        numbers = [dict(zip(kol_ids, numbers_of(checked, metric.name).tolist(), strict=True)) for metric in needed]
        return cls(names, *numbers)

    def cells(self, kol_ids: Sequence[str], shares: Floats) -> dict[str, Floats]:
        """Return the columns of target users and what a thousand of them cost."""
        users = shares * [self.users.get(kol_id, np.nan) for kol_id in kol_ids]
        quotes = np.array([self.quotes.get(kol_id, np.nan) for kol_id in kol_ids], dtype="float64")
        return {
            "target_users": users,
            "cny_per_thousand_target_users": quotes / np.where(users > 0, users, np.nan) * 1000,
        }
