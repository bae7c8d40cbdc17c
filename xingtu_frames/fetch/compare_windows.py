"""Do figures hold beyond one window and one type of videos? All four side by side."""

from __future__ import annotations

import pandas as pd

from ..arguments import Names, names_of
from ..board.windows import VARIANTS, windows_of
from ..client.client import Client
from ..frame import Listed
from ..ids import Ids, kol_ids
from ..tables.cost import COST_TIERS
from ..tables.spread import SPREAD_INFO
from .choices import Flow, Platform
from .compare import is_shortlist
from .failures import OnError, warn_of
from .steps import Control, fetch_tables


def compare_windows(
    ids: Ids,
    *,
    names: Names | None = None,
    only_assigned: bool = False,
    flow: Flow = "exclude",
    platform: Platform = "short_video",
    refresh: bool = False,
    on_error: OnError = "warn",
    progress: bool | None = None,
    client: Client | None = None,
) -> pd.DataFrame:
    """Put the figures of 30 and 90 days, of personal and of ordered videos, side by side.

    Parameters
    ----------
    ids
        Creator ids, as for the ``fetch_`` functions.
    names
        What to call the creators, as in `compare`.
    only_assigned, flow, platform
        As in `fetch_spread_info`.
    refresh, on_error, progress, client
        As in the ``fetch_`` functions.

    Returns
    -------
    One row per creator, ``video_type`` (``personal``, ``xingtu``) and ``window`` (``30d``, ``90d``), in the order of
    the ids: ``kol_id``, ``name``, the two, the figures of `fetch_spread_info`, ``cpm_21_60s`` and ``cpe_21_60s`` of
    `fetch_cost_tiers`, ``few_videos`` (fewer than five, which carry little), and ``fetched_at``. What failed has no row
    and is in ``attrs["failures"]``.

    Raises
    ------
    InvalidIdError, ParameterError
        An id, option or name that cannot be; nothing was sent.
    ApiError, TransportError, CacheMissError, PayloadError
        Everything failed, or the first answer did with ``on_error="raise"``.

    Warns
    -----
    PartialResultWarning
        Some answers failed.
    UnmatchedNamesWarning
        There are names, and none is for one of the creators.

    Notes
    -----
    Cost: at most four requests per creator, less what is stored; `compare` uses one of the four answers.
    ``client.plan("spread_info", ids, video_type="xingtu", window="90d")`` says what one of them would send.
    """
    creators = kol_ids(ids)
    names_by_id = names_of(ids if names is None and is_shortlist(ids) else names, creators)
    options = {"only_assigned": only_assigned, "flow": flow, "platform": platform}
    control: Control = {"refresh": refresh, "on_error": on_error, "progress": progress, "client": client}
    found = fetch_tables([SPREAD_INFO, COST_TIERS], creators, options, variants=VARIANTS, **control)
    spread, costs = (found.frames[table.name] for table in (SPREAD_INFO, COST_TIERS))
    made = windows_of(spread, costs, creators, names_by_id)
    made.attrs = {"failures": Listed(found.failures)}
    warn_of(found.failures, len(creators), stacklevel=3)
    return made
