"""Answers that contradict one another, or themselves from day to day and from part to part."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd

from . import flags
from .flags import Evidence, Finding, Frames
from .positions import as_numbers

_CENT = 0.01
_NOISE = 1e-6
"""What arithmetic adds to a difference of yuan."""
_AGES_KNOWN = 0.7
"""The share of the users, by gender, whose age must be known for the shares by age to say much."""
_VIDEO_KINDS = ("duration", "placement", "custom")
"""The services whose price is that of one video."""
_PORTRAITS = {"audience_portrait": "stage", "fans_portrait": "fan_group"}


def plain(frame: pd.DataFrame, *columns: str) -> Iterator[tuple[Any, ...]]:
    """Yield the rows without a gap in these columns, as plain values."""
    known = frame[list(columns)].dropna()
    return zip(*(known[column].tolist() for column in columns), strict=True)


def quote_cpm(frames: Frames) -> Iterator[Finding]:
    """Yield a finding for each duration band whose quote and expected plays make another CPM than the provider's."""
    names = ("quotes", "cost_performance", "cost_performance_tiers")
    if any(name not in frames for name in names):
        return
    quotes, plays, tiers = (frames[name] for name in names)
    plays_of = dict(plain(plays, "kol_id", "expected_plays"))
    prices: dict[tuple[str, str], list[int]] = {}
    for kol_id, band, price in plain(quotes, "kol_id", "duration_band", "price_cny"):
        if price > 0:
            prices.setdefault((kol_id, band), []).append(price)
    costs = tiers[(tiers["metric"] == "cpm").fillna(value=False)]
    for kol_id, band, cost in plain(costs, "kol_id", "duration_band", "cost_cny"):
        expected, quoted = plays_of.get(kol_id, 0), prices.get((kol_id, band))
        if expected <= 0 or cost <= 0 or not quoted:
            continue
        made = [price / expected * 1000 for price in quoted]
        if all(abs(one - cost) > _CENT + _NOISE for one in made):
            values: dict[str, Evidence] = {"band": band, "value": made[0], "cost": cost}
            yield kol_id, "cost_performance_tiers", flags.QUOTE_CPM, values


def growth(frames: Frames) -> Iterator[Finding]:
    """Yield a finding for each creator whose change of a day is not the difference of the two days."""
    frame = frames.get("daily_fans")
    if frame is None:
        return
    for kol_id, days in frame.dropna(subset=["date"]).groupby("kol_id", sort=False):
        followers = dict(plain(days, "date", "followers"))
        day = pd.Timedelta(days=1)
        odd = [
            (date, change, followers[date] - followers[date - day])
            for date, change in plain(days, "date", "change")
            if date in followers and date - day in followers and followers[date] - followers[date - day] != change
        ]
        if odd:
            date, change, difference = odd[0]
            values = {"date": date, "value": change, "difference": difference, "count": len(odd)}
            yield str(kol_id), "daily_fans", flags.GROWTH, values


def portrait(frames: Frames) -> Iterator[Finding]:
    """Yield a finding for each portrait whose ages are known of too few of the users that its genders count."""
    for name, group in _PORTRAITS.items():
        frame = frames.get(name)
        if frame is None:
            continue
        known = frame.dropna(subset=["users"])
        for (kol_id, whose), rows in known.groupby(["kol_id", group], sort=False):
            sums = rows.groupby("dimension", observed=True)["users"].sum().to_dict()
            ages, genders = int(sums.get("age", 0)), int(sums.get("gender", 0))
            if "age" in sums and 0 <= ages < _AGES_KNOWN * genders:
                values: dict[str, Evidence] = {
                    "whose": str(whose),
                    "value": ages,
                    "total": genders,
                    "share": ages / genders,
                }
                yield str(kol_id), name, flags.PORTRAIT, values


def ranges(frames: Frames) -> Iterator[Finding]:
    """Yield a finding for each creator whose clicks, at their cost, lie beyond what the videos cost, either way."""
    names = ("convert_ranges", "convert_ability", "quotes")
    if any(name not in frames for name in names):
        return
    shown, ability, quotes = (frames[name] for name in names)
    videos_of = {tuple(place): count for *place, count in plain(ability, "kol_id", "window", "video_count")}
    of_video = quotes[quotes["service_kind"].isin(_VIDEO_KINDS) & (quotes["price_cny"] > 0).fillna(value=False)]
    prices: dict[str, list[int]] = {}
    for kol_id, price in plain(of_video, "kol_id", "price_cny"):
        prices.setdefault(kol_id, []).append(price)
    for (kol_id, window), rows in shown.groupby(["kol_id", "window"], sort=False):
        bounds = _bounds(rows)
        count = videos_of.get((kol_id, window), 0)
        if kol_id not in prices or count <= 0 or not {"cpc", "component_clicks"} <= set(bounds):
            continue
        low, high = (bounds["cpc"][end] * bounds["component_clicks"][end] for end in (0, 1))
        least, most = min(prices[kol_id]) * count, max(prices[kol_id]) * count
        if high < least or low > most:
            flag = flags.RANGES_BELOW if high < least else flags.RANGES_ABOVE
            values = {"value": high if high < least else low, "total": least if high < least else most, "count": count}
            yield str(kol_id), "convert_ranges", flag, values


def _bounds(rows: pd.DataFrame) -> Mapping[str, tuple[float, float]]:
    """Return metric -> bounds, for those with one at least: an open low bound is 0, and an open high one boundless."""
    cells = zip(rows["metric"].tolist(), as_numbers(rows["low"]), as_numbers(rows["high"]), strict=True)
    return {
        metric: (0.0 if math.isnan(low) else float(low), math.inf if math.isnan(high) else float(high))
        for metric, low, high in cells
        if np.isfinite([low, high]).any()
    }


def repeated_dates(frames: Frames) -> Iterator[Finding]:
    """Yield a finding for each day that an answer lists again: ``attrs`` carry them."""
    there = {kol_id for frame in frames.values() for kol_id in frame["kol_id"]}
    for name, frame in frames.items():
        notes = frame.attrs.get("repeated_date")
        for note in notes if isinstance(notes, list) else ():
            if isinstance(note, Mapping) and {"kol_id", "date", "field", "value"} <= set(note):
                about = note.get("item_id", note["kol_id"])
                if about in there:
                    values = {key: note[key] for key in ("date", "field", "value")}
                    yield about, name, flags.REPEATED, values
