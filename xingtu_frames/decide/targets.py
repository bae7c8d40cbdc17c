"""Whom a campaign is for, as dimensions and buckets of a portrait, and which share of an audience that is."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import pandas as pd

from ..arguments import number
from ..board.metrics import Floats
from ..board.portrait import listed_shares, whose_portrait
from ..errors import ParameterError, a_kind, meant, must_be, no_such, quoted
from ..frame import conformed
from ..tables.audience import BUCKETS, CROWDS, DIMENSIONS, TOP_LISTS
from ..tables.catalog import TABLES

Target = Mapping[str, str | Iterable[str]]
"""Dimension -> the bucket or buckets that a campaign is for."""
Buckets = dict[str, list[str]]
"""The same, as the portrait spells it."""

_TABLE = TABLES["audience_portrait"]
_SPELLED: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "gender": {"女": "female", "女性": "female", "男": "male", "男性": "male"},
        "age": {bucket.replace("+", "") + ("岁以上" if "+" in bucket else "岁"): bucket for bucket in BUCKETS["age"]},
        "crowd": dict(CROWDS.zh),
    }
)
"""What else a bucket may be called."""
_EXAMPLE = 'such as {"gender": "female", "age": ["18-23", "24-30"]}'
_ROUNDING = 1e-9


def dimension_of(name: object, top_lists: Collection[str] = TOP_LISTS) -> str:
    """Return a dimension by its name or its Chinese label, if shares of it are shares of the audience.

    Raises
    ------
    ParameterError
        It does not exist, or is a top list.
    """
    dimension = _spelled(name)
    if dimension in top_lists:
        others = ", ".join(one for one in DIMENSIONS if one not in top_lists)
        raise ParameterError(
            f"{dimension} is a top list: the largest buckets alone are listed, so that a share of them is not a share "
            f"of the audience; choose among {others}"
        )
    return dimension


def _spelled(name: object) -> str:
    dimension = str(meant(name, DIMENSIONS.zh))
    if dimension not in DIMENSIONS:
        raise no_such("dimension", [name], DIMENSIONS, DIMENSIONS.zh.values())
    return dimension


@dataclass(frozen=True, slots=True)
class Portrait:
    """Who the audiences of creators are.

    Attributes
    ----------
    kol_ids
        The creators, in the order of the frame.
    whose
        The stage or the group of fans that it is of, None where it does not say one.
    shares
        The share of each creator, dimension and bucket that is listed with one.
    frame
        What it was read from.
    label
        What messages call it.
    """

    kol_ids: list[str]
    whose: str | None
    shares: Mapping[tuple[str, str, str], float]
    frame: pd.DataFrame
    label: str

    @classmethod
    def of(cls, frame: pd.DataFrame, label: str) -> Portrait:
        """Read a portrait of one stage or group of fans."""
        rows = listed_shares(frame, label)
        usable = _TABLE.column("share").range.usable(rows["share"].to_numpy(dtype="float64"))
        keys = zip(rows["kol_id"], rows["dimension"], rows["bucket"], strict=True)
        shares = {key: share for key, share in zip(keys, usable.tolist(), strict=True) if not math.isnan(share)}
        return cls(list(dict.fromkeys(frame["kol_id"])), whose_portrait(frame, label), shares, frame, label)

    @property
    def top_lists(self) -> set[str]:
        """The dimensions of which the largest buckets alone are listed."""
        if "is_top_list" not in self.frame.columns:
            return set(TOP_LISTS)
        flags = conformed(self.frame, [_TABLE.column("is_top_list")], self.label)["is_top_list"]
        flagged = self.frame.loc[flags.astype("boolean").fillna(value=False), "dimension"]
        return {*TOP_LISTS, *flagged.dropna()}

    @property
    def bases(self) -> list[str]:
        """The dimensions of which the portrait lists all buckets."""
        listed = {dimension for _, dimension, _ in self.shares}
        return [dimension for dimension in DIMENSIONS if dimension in listed - self.top_lists]

    def buckets(self, dimension: str) -> list[str]:
        """Return the buckets of a dimension that are known, or listed for a creator."""
        known = BUCKETS.get(dimension, CROWDS.zh.values() if dimension == "crowd" else ())
        return list(dict.fromkeys([*known, *(bucket for _, one, bucket in self.shares if one == dimension)]))

    def shares_of(self, target: Buckets) -> Floats:
        """Return creators x dimensions of a target: the share of its buckets, NaN where one of them is not listed."""
        sums = [
            math.fsum(self.shares.get((kol_id, dimension, bucket), math.nan) for bucket in buckets)
            for kol_id in self.kol_ids
            for dimension, buckets in target.items()
        ]
        # The sum of all shares may be a little above 1, because each of them is rounded.
        shares: Floats = np.minimum(np.array(sums, dtype="float64").reshape(len(self.kol_ids), len(target)), 1.0)
        return shares

    def mean_of(self, target: Buckets, *, weighted: bool) -> Floats:
        """Return the mean over the creators of each share of a target, weighted by the users listed if asked."""
        shares = self.shares_of(target)
        weights = np.where(np.isfinite(shares), self._users(list(target)) if weighted else 1.0, 0.0)
        total = weights.sum(axis=0)
        mean: Floats = (np.nan_to_num(shares) * weights).sum(axis=0) / np.where(total > 0, total, np.nan)
        return mean

    def _users(self, dimensions: Sequence[str]) -> Floats:
        """Return creators x dimensions: the users that the shares are of."""
        if "users" not in self.frame.columns:
            raise ParameterError(f"{self.label} lacks users, which weighted=True needs; fetch_audience_portrait has it")
        listed = conformed(self.frame, [_TABLE.column("users")], self.label)
        counted = listed[(listed["users"] > 0).fillna(value=False).astype(bool)]
        sums = counted.groupby(["kol_id", "dimension"], observed=True)["users"].sum().to_dict()
        users = [float(sums.get((kol_id, one), 0)) for kol_id in self.kol_ids for one in dimensions]
        return np.array(users, dtype="float64").reshape(len(self.kol_ids), len(dimensions))


def target_of(target: Target, portrait: Portrait) -> Buckets:
    """Return a target as the portrait spells it, its buckets in their order.

    Raises
    ------
    ParameterError
        It is not a target, a dimension is a top list, or a dimension or bucket does not exist.
    """
    if not isinstance(target, Mapping):
        raise must_be("target", f"a mapping dimension -> bucket or buckets, {_EXAMPLE}", a_kind(target))
    if not target:
        raise ParameterError(f"target is empty; give one dimension at least, {_EXAMPLE}")
    aims: Buckets = {}
    for name, words in target.items():
        dimension = dimension_of(name, portrait.top_lists)
        if dimension in aims:
            raise ParameterError(f"target has {dimension} twice; put its buckets into one list")
        aims[dimension] = _buckets_of(dimension, words, portrait)
    return aims


def _buckets_of(dimension: str, words: object, portrait: Portrait) -> list[str]:
    every = list(words) if isinstance(words, Iterable) and not isinstance(words, str | Mapping) else [words]
    listed = [word for word in every if isinstance(word, str)]
    if len(listed) < len(every):
        raise must_be(f"{dimension} of the target", "a bucket or a list of buckets", quoted(words))
    if not listed:
        raise ParameterError(f"target has no bucket of {dimension}; give one at least, or leave {dimension} out")
    known, spelled = portrait.buckets(dimension), _SPELLED.get(dimension, {})
    if not known:
        raise ParameterError(f"{portrait.label} has no rows of {dimension}")
    meanings = {bucket: bucket for bucket in known}
    asked = {meant(spelled.get(word, word), meanings) for word in listed}
    unknown = [word for word in listed if spelled.get(word, meant(word, meanings)) not in known]
    if unknown:
        raise no_such(f"bucket of {dimension}", unknown, known, spelled)
    return [bucket for bucket in known if bucket in asked]


def written_shares(baseline: Mapping[str, Mapping[str, float]], target: Buckets) -> Floats:
    """Return the share of each dimension of a target in a baseline that a user wrote down.

    Raises
    ------
    ParameterError
        It lacks a share, or its shares cannot be.
    """
    by_dimension = {_spelled(name): shares for name, shares in baseline.items()}
    return np.array(
        [_written_share(by_dimension.get(dimension, {}), dimension, buckets) for dimension, buckets in target.items()]
    )


def _written_share(shares: object, dimension: str, buckets: Sequence[str]) -> float:
    if not isinstance(shares, Mapping):
        raise must_be(f"{dimension} of the baseline", "a mapping bucket -> share", a_kind(shares))
    spelled = _SPELLED.get(dimension, {})
    found = {
        spelled.get(bucket, bucket): number(
            f"the baseline's share of {bucket} ({dimension})",
            share,
            "a fraction from 0 to 1",
            lambda one: 0 <= one <= 1,
        )
        for bucket, share in shares.items()
    }
    lacking = [bucket for bucket in buckets if bucket not in found]
    if lacking:
        raise no_share(dimension, lacking)
    if math.fsum(found.values()) > 1 + _ROUNDING:
        raise ParameterError(f"the baseline's shares of {dimension} add up to {math.fsum(found.values()):.4g}, above 1")
    return min(1.0, math.fsum(found[bucket] for bucket in buckets))


def no_share(dimension: str, buckets: Iterable[str]) -> ParameterError:
    """Return the error for a baseline that does not tell a share."""
    return ParameterError(f"the baseline has no share of {', '.join(buckets)} ({dimension})")
