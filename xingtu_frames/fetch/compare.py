"""A shortlist becomes a board: fetch what the metrics need, and put it side by side."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple, TypeGuard, Unpack

import pandas as pd

from ..arguments import Names, names_of
from ..board.board import board
from ..board.metrics import Metric, chosen_metrics, free_with, tables_of
from ..board.own import with_metrics
from ..client.client import Client, checked_client, default_client
from ..errors import Failure, ParameterError
from ..frame import Listed, Mapped, frames_by_table
from ..ids import Ids, kol_ids
from ..store.answer import now
from ..tables.catalog import OPTIONS, TABLES
from ..wire import in_our_words
from .choices import Flow, Industry, Platform, VideoType, Window
from .failures import OnError, warn_of
from .steps import Control, Fetched, fetch_tables


def compare(
    ids: Ids,
    *,
    names: Names | None = None,
    metrics: Iterable[str | Metric] | str | Metric | None = None,
    frames: Mapping[str, pd.DataFrame] | None = None,
    video_type: VideoType = "personal",
    window: Window = "30d",
    only_assigned: bool = False,
    flow: Flow = "exclude",
    industry: Industry = "all",
    platform: Platform = "short_video",
    refresh: bool = False,
    on_error: OnError = "warn",
    progress: bool | None = None,
    client: Client | None = None,
) -> pd.DataFrame:
    """Put creators side by side: one row per creator with the metrics an analyst reads first.

    Parameters
    ----------
    ids
        Creator ids, as for the ``fetch_`` functions.
    names
        What to call the creators: a mapping or a Series id -> name, a list in the order of the ids, each id counted
        once, or a shortlist frame with ``kol_id`` and ``name``. A shortlist frame given as ``ids`` brings its names.
        The nickname stands for one that it lacks.
    metrics
        Names or Chinese labels of ``METRICS``, and metrics of your own as `metric` makes them; None for the 24 with
        ``by_default``, ``"all"`` for every one of ``METRICS``. Only the answers that they need are fetched.
    frames
        Tidy frames by table name that are used instead of fetching, such as ``{"spread_info": df}``.
    video_type, window, only_assigned, flow, industry, platform
        As in the ``fetch_`` functions that have them.
    refresh, on_error, progress, client
        As in the ``fetch_`` functions.

    Returns
    -------
    One row per creator, in the order of the ids: ``kol_id``, ``name``, the metrics in the order asked,
    ``top_category``; ``top_age_band`` and ``top_crowd`` of the connected users where ``audience_portrait`` was read;
    ``peer_group``, the label that the provider's percentiles of videos refer to; ``few_videos``,
    whether fewer than five videos in the window carry the figures; ``age_days``, whole days since the oldest answer
    used; ``video_type``, ``window``, ``platform`` and ``industry``, what was asked, NA where nothing that was read
    depends on it; and ``fetched_at``, the time of the oldest answer. ``METRICS`` declares unit, direction and source
    of each metric, and ``describe("board")`` shows them. Missing is NA. With a part of the metrics, the columns beside
    them are filled only where ``names``, ``frames`` or an answer that is needed anyway tells them.

    ``attrs["asked"]`` has all options, ``attrs["failures"]`` what failed, and ``attrs["benchmarks"]`` the provider's
    percentiles as metric -> id -> place, 0 to 1, 1 is best. ``attrs["metrics"]`` declares metrics of your own.

    Raises
    ------
    InvalidIdError, ParameterError
        An id, metric, option or frame that does not exist, or names of another number; nothing was sent.
    ApiError, TransportError, CacheMissError, PayloadError
        Every creator failed, or the first one did with ``on_error="raise"``.

    Warns
    -----
    PartialResultWarning
        Some creators failed.
    UnmatchedNamesWarning
        There are names, and none is for one of the creators.

    Notes
    -----
    Cost: at most six requests per creator for the default metrics and thirteen for ``"all"``, less what is stored,
    given in ``frames`` or not needed. A metric tells its ``endpoint``, and ``client.plan(metrics=..., ids=...)`` the
    sum.

    Metrics of a portrait are about all connected users and all fans: a frame of one stage or of loyal fans fills none.
    """
    options = {
        "video_type": video_type,
        "window": window,
        "only_assigned": only_assigned,
        "flow": flow,
        "industry": industry,
        "platform": platform,
    }
    control: Control = {"refresh": refresh, "on_error": on_error, "progress": progress, "client": client}
    found = survey(ids, names=names, metrics=metrics, frames=frames, options=options, **control)
    warn_of(found.failures, len(found.kol_ids), stacklevel=3)
    return found.board


class Survey(NamedTuple):
    """A board, the tidy frames it was made from, what failed, and the creators that were asked for."""

    board: pd.DataFrame
    frames: dict[str, pd.DataFrame]
    failures: list[Failure]
    kol_ids: list[str]


def survey(
    ids: Ids,
    *,
    names: Names | None = None,
    metrics: Iterable[str | Metric] | str | Metric | None = None,
    frames: Mapping[str, pd.DataFrame] | None = None,
    also: Sequence[str] = (),
    options: Mapping[str, object],
    **control: Unpack[Control],
) -> Survey:
    """Fetch what the metrics need, and the tables of ``also``, in one batch, and put the metrics side by side."""
    creators = kol_ids(ids)
    chosen = chosen_metrics(metrics)
    client = checked_client(control.get("client"))
    options = in_our_words([], options, client.api if client else "current")
    names_by_id = names_of(ids if names is None and is_shortlist(ids) else names, creators, stacklevel=4)
    own_frames = frames_by_table({} if frames is None else frames)
    missing = [name for name in dict.fromkeys([*tables_of(chosen), *also]) if name not in own_frames]
    needed = [name for name in TABLES if name in {*missing, *free_with(missing)} and name not in own_frames]
    about = _what_was_asked(own_frames, needed, options)
    fetched = Fetched({}, [], creators)
    if needed:
        fetched = fetch_tables([TABLES[name] for name in needed], creators, options, **control)
    used = {**fetched.frames, **own_frames}
    asked = _with_an_answer(creators, used, fetched.failures)
    # What was fetched is dated by the clock of its store.
    moment = (client or default_client()).store.now() if needed else now()
    result = _board(used, asked, chosen, names_by_id, about, moment)
    result.attrs["failures"] = Listed(fetched.failures)
    result.attrs["asked"] = Mapped(about)
    return Survey(result, used, fetched.failures, creators)


def _board(
    frames: Mapping[str, pd.DataFrame],
    kol_ids: Sequence[str],
    metrics: Sequence[Metric],
    names: Mapping[str, str],
    about: Mapping[str, object],
    moment: datetime,
) -> pd.DataFrame:
    """Return the board, those metrics that are the user's own computed on the others."""
    made = board(frames, kol_ids, [metric for metric in metrics if metric.table], names, moment, about)
    own = [metric for metric in metrics if not metric.table]
    if not own:
        return made
    made, asked = with_metrics(made, own), [metric.name for metric in metrics]
    others = [name for name in made.columns if name not in asked]
    # The id and the name stand before the metrics.
    return made[[*others[:2], *asked, *others[2:]]]


def _what_was_asked(
    frames: Mapping[str, pd.DataFrame], needed: Iterable[str], options: Mapping[str, object]
) -> dict[str, object]:
    """Return the options that the board is about; frames given and tables to fetch must not mix windows or videos."""
    asked = {name: options.get(name, option.default) for name, option in OPTIONS.items()}
    for name in ("video_type", "window", "industry", "platform"):
        repeating = [frame[name] for table, frame in frames.items() if name in TABLES[table].option_columns]
        found = {value for column in repeating for value in column.dropna().unique().tolist()}
        fetched = {str(asked[name]) for table in needed if name in TABLES[table].options}
        if len(found | fetched) > 1:
            mixed = ", ".join(map(repr, sorted(found | fetched)))
            raise ParameterError(f"the board would mix {name} {mixed}; give frames of one, and the same as {name}=")
        asked[name] = next(iter(found | fetched), asked[name])
    return asked


def _with_an_answer(
    kol_ids: Iterable[str], frames: Mapping[str, pd.DataFrame], failures: Iterable[Failure]
) -> list[str]:
    """Return the creators that have an answer; one that failed everywhere is left out."""
    failed = {failure["kol_id"] for failure in failures}
    seen = {kol_id for frame in frames.values() for kol_id in frame["kol_id"].unique().tolist()} if failed else set()
    return [kol_id for kol_id in kol_ids if kol_id not in failed or kol_id in seen]


def is_shortlist(ids: object) -> TypeGuard[pd.DataFrame]:
    """Return whether ids are a frame that brings names."""
    return isinstance(ids, pd.DataFrame) and {"kol_id", "name"} <= set(ids.columns)
