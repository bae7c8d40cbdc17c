"""What the data themselves give away: flags with the numbers that show them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import combinations

import pandas as pd

from ..arguments import LANGUAGES, Age, Language, Moment, age, moment, one_of
from ..board.metrics import FEW_VIDEOS
from ..errors import ParameterError
from ..frame import WITHOUT_ROWS, build_frame, frames_by_table, names_in
from ..tables.catalog import LABELS_ZH, TABLES
from ..tables.cost import COST_METRICS
from ..tables.inputs import CHINA
from ..tables.schema import ITEM
from ..tables.spread import BENCHMARK_METRICS
from . import contradictions, flags
from .columns import QUALITY_COLUMNS, SEVERITIES
from .contradictions import plain
from .flags import RATE_FACTOR, Evidence, Finding, Flag, Frames
from .oddities import impossible, unread

_WHOLE = 10_000
_SHARES = tuple(metric for metric in BENCHMARK_METRICS if metric != "video_count")  # a change, for video_count
_IN_CHINESE: Mapping[str, str] = {
    **LABELS_ZH,
    **{table.name: table.label_zh for table in TABLES.values()},
    **{f"{table.name}.{column.name}": column.label_zh for table in TABLES.values() for column in table.columns},
    flags.NOT_ABOVE: "应大于 0",
    flags.NEGATIVE: "不应为负",
    flags.OUTSIDE_SHARE: "不在 0–1 之内",
    flags.OUTSIDE_POINTS: "不在 0–100 之内",
    "/".join(flags.RATES): "和".join(LABELS_ZH[rate] for rate in flags.RATES),
}


def quality(frames: Frames, *, now: Moment = None, stale_after: Age = "7d", lang: Language = "zh") -> pd.DataFrame:
    """Look for what makes figures doubtful: contradictions, thin samples, gaps, old answers.

    Parameters
    ----------
    frames
        Table name -> frame as its ``fetch_`` function returns it, such as ``{"spread_info": df}``. A check that
        needs a table which is not given is left out.
    now
        The moment that age is counted to; None for the present.
    stale_after
        Age from which an answer is stale: ``"7d"``, ``"24h"``, seconds, a timedelta, or None for never.
    lang
        ``"zh"`` or ``"en"``, for the evidence.

    Returns
    -------
    One row per finding, by creator in the order of the frames, the gravest first: ``kol_id``, ``name`` where a frame
    has names (else the nicknames of ``profiles``), ``table``, ``flag``, ``severity`` (``error``, ``warning``,
    ``info``), ``evidence`` (text with the numbers). No row where all is well.
    Of a table about videos ``kol_id`` is NA, and the evidence names the video.

    * ``overtake_beyond_100``: a share of peers beaten outside 0 to 100 %; of ``video_count``, where the wire value is
      a signed change, only a note.
    * ``few_videos``: fewer than five videos in the window.
    * ``empty_block``: an answer without a row or a number, without one of the costs, or without both rates. Without a
      row: known for frames as they were fetched, because ``attrs`` tell it, which files and merges drop.
    * ``equal_bands``: two duration bands at the same cost.
    * ``stage_total_mismatch``: the four stages do not add up to the connected users.
    * ``tree_parts_mismatch``: sources that do not add up to their parent; level 3 is multi-label and not judged.
    * ``rate_mismatch``: the interaction rate is more than twice, or less than half, of CPM / CPE / 1000.
    * ``quote_cpm_mismatch``: a quote / the expected plays x 1,000 is not the CPM of `cost_performance_tiers`, to 0.01
      yuan: the two answers are likely of different days.
    * ``growth_mismatch``: a day's change of followers is not the difference of the two days.
    * ``portrait_partial``: the ages of a portrait cover less than 70 % of the users that the genders count.
    * ``range_contradiction``: clicks at their cost are less than the videos cost at the lowest quote, or more than
      they cost at the highest.
    * ``repeated_date``: a day is listed again in an answer by day, and the last value counts. Known for frames as they
      were fetched: ``attrs`` tell it, which files and merges drop.
    * ``impossible_value``: money that is zero or negative, of a service that can be booked; a negative count; a rate
      outside 0 to 1, or a score outside 0 to 100. Scores, ranks and plans take such a value as missing.
    * ``unread_value``: the answer holds something where a value belongs, and what it means is not plain; the frame
      has NA there. Known for frames as they were fetched: ``attrs`` tell it, which files and merges drop.
    * ``stale_answer``: fetched longer ago than ``stale_after``.

    Raises
    ------
    ParameterError
        A table or choice that does not exist, a frame without its columns or with several answers of a creator, a
        time or an age that is none.

    Notes
    -----
    Costs no request. That CPM / CPE / 1000 is the expected interaction rate, and that the stages add up to the
    connected users, held in every answer seen; that an answer of more than a week is old follows from how far costs
    moved within days.
    """
    lang = one_of("lang", lang, LANGUAGES)
    by_table = {name: _by_subject(name, frame) for name, frame in frames_by_table(frames).items()}
    _require_one_answer(by_table)
    counted_to = datetime.now(UTC) if now is None else moment("now", now)
    found = [finding for check in _CHECKS for finding in check(by_table)]
    found += _stale(by_table, counted_to, age("stale_after", stale_after))
    places, names = _places(by_table), _names(by_table.values())
    found.sort(key=lambda finding: (places[finding[0]], SEVERITIES.index(finding[2].severity)))
    rows = [_row(finding, names, lang) for finding in found]
    made = build_frame(QUALITY_COLUMNS, rows)
    return made if names else made.drop(columns="name")


def _is_of_videos(table: str) -> bool:
    return TABLES[table].answer.subject is ITEM


def _by_subject(table: str, frame: pd.DataFrame) -> pd.DataFrame:
    """Return a frame with the ids of what it is about where the checks look for them."""
    return frame.rename(columns={ITEM.column.name: "kol_id"}) if _is_of_videos(table) else frame


def _names(frames: Iterable[pd.DataFrame]) -> dict[str, str]:
    """Return what creators are called: as a frame names them, else their nickname."""
    listed = list(frames)
    nicknames = [
        names_in(frame[["kol_id", "nick_name"]].rename(columns={"nick_name": "name"}).drop_duplicates("kol_id"))
        for frame in listed
        if "nick_name" in frame.columns
    ]
    return {kol_id: name for known in [*nicknames, *map(names_in, listed)] for kol_id, name in known.items()}


def _row(finding: Finding, names: Mapping[str, str], lang: Language) -> tuple[object, ...]:
    subject_id, table, flag, values = finding
    evidence = _evidence(flag, values, lang)
    if not _is_of_videos(table):
        return subject_id, names.get(subject_id), table, flag.name, flag.severity, evidence
    # A video has no column of its own.
    named = {"zh": f"视频 {subject_id}：", "en": f"video {subject_id}: "}[lang]
    return None, None, table, flag.name, flag.severity, named + evidence


def _require_one_answer(frames: Frames) -> None:
    for name, frame in frames.items():
        answers = frame.groupby("kol_id", sort=False)["fetched_at"].nunique()
        if (answers > 1).any():
            raise ParameterError(
                f"the frame given for {name} has several answers of {answers.idxmax()}; keep one of each"
            )


def _places(frames: Frames) -> dict[str, int]:
    # A list lacks the creators without rows: the order is that of the other tables.
    names = sorted(frames, key=lambda name: TABLES[name].listing)
    known = dict.fromkeys(kol_id for name in names for kol_id in frames[name]["kol_id"])
    known |= dict.fromkeys(kol_id for name in names for kol_id in _without_a_row(frames[name]))
    return {kol_id: place for place, kol_id in enumerate(known)}


def _evidence(flag: Flag, values: Mapping[str, Evidence], lang: Language) -> str:
    spoken = {name: _spoken(value, lang) for name, value in values.items()}
    return (flag.en if lang == "en" else flag.zh).format(**spoken)


def _spoken(value: Evidence, lang: Language) -> Evidence:
    if isinstance(value, datetime) and value.tzinfo:
        return value.astimezone(CHINA)
    if isinstance(value, float) and value.is_integer():
        # A count, in a frame that holds it among gaps.
        return int(value)
    if isinstance(value, tuple):
        return "/".join(str(_spoken(part, lang)) for part in value)
    return _IN_CHINESE.get(value, value) if lang == "zh" and isinstance(value, str) else value


def _block(table: str) -> dict[str, str]:
    return {"block": table}


def _overtake(frames: Frames) -> Iterator[Finding]:
    frame = frames.get("spread_benchmarks")
    if frame is None:
        return
    for kol_id, metric, value in plain(frame, "kol_id", "metric", "overtake_raw"):
        if metric in _SHARES and not 0 <= value <= _WHOLE:
            yield kol_id, "spread_benchmarks", flags.OVERTAKE, {"metric": metric, "value": value}
        elif metric not in _SHARES and value > _WHOLE:
            yield kol_id, "spread_benchmarks", flags.OVERTAKE_OF_COUNT, {"metric": metric, "value": value}


def _few(frames: Frames) -> Iterator[Finding]:
    frame = frames.get("spread_info")
    if frame is None:
        return
    for kol_id, window, count in plain(frame, "kol_id", "window", "video_count"):
        if 0 <= count < FEW_VIDEOS:
            yield kol_id, "spread_info", flags.FEW, {"window": window, "value": count}


def _empty(frames: Frames) -> Iterator[Finding]:
    for name, frame in frames.items():
        table = TABLES[name]
        yield from ((kol_id, name, flags.NO_ROW, _block(name)) for kol_id in _without_a_row(frame))
        measured = [column.name for column in table.columns if column.unit and column.dtype in ("Int64", "float64")]
        empty = _without_a_number(frame, measured)
        yield from ((kol_id, name, flags.EMPTY, _block(name)) for kol_id in empty)
        for block, part, columns in _parts(name, frame):
            gone = [kol_id for kol_id in _without_a_number(part, columns) if kol_id not in empty]
            yield from ((kol_id, name, flags.EMPTY, _block(block)) for kol_id in gone)


def _without_a_row(frame: pd.DataFrame) -> list[str]:
    """Return who was asked about and has no row: of creators that are not here, nothing tells whether they were."""
    there = set(frame["kol_id"])
    return [str(kol_id) for kol_id in frame.attrs.get(WITHOUT_ROWS, ()) if kol_id not in there]


def _without_a_number(frame: pd.DataFrame, columns: Sequence[str]) -> list[str]:
    known = frame[list(columns)].notna().any(axis=1).groupby(frame["kol_id"], sort=False).any()
    return known.index[~known].tolist()


def _parts(name: str, frame: pd.DataFrame) -> Iterator[tuple[str, pd.DataFrame, Sequence[str]]]:
    """Yield what a table holds that can be missing on its own: its name, rows and columns."""
    if name == "cost_tiers":
        yield from ((metric, frame[frame["metric"] == metric], ["cost_cny"]) for metric in COST_METRICS)
    if name == "spread_info":
        yield "/".join(flags.RATES), frame, flags.RATES


def _equal_bands(frames: Frames) -> Iterator[Finding]:
    frame = frames.get("cost_tiers")
    if frame is None:
        return
    for (kol_id, metric), rows in frame.groupby(["kol_id", "metric"], sort=False, observed=True):
        costs = [pair for pair in plain(rows, "duration_band", "cost_cny") if pair[1] > 0]
        for (first, cost), (second, other) in combinations(costs, 2):
            if cost == other:
                values = {"metric": metric, "first": first, "second": second, "value": cost}
                yield str(kol_id), "cost_tiers", flags.EQUAL_BANDS, values


def _stage_total(frames: Frames) -> Iterator[Finding]:
    stages, totals = frames.get("link_struct"), frames.get("connected_users")
    if stages is None or totals is None:
        return
    total_of = dict(plain(totals, "kol_id", "users"))
    for kol_id, users in stages.groupby("kol_id", sort=False)["users"]:
        total = total_of.get(str(kol_id))
        if total is not None and users.notna().all() and users.sum() != total:
            yield str(kol_id), "link_struct", flags.STAGES_MISMATCH, {"value": int(users.sum()), "total": total}


def _tree_parts(frames: Frames) -> Iterator[Finding]:
    frame = frames.get("touch_distribution")
    if frame is None:
        return
    # A node of level 2 stands in as many rows as it has parts.
    nodes = frame.dropna(subset=["level2", "level2_cnt", "level1_cnt"]).drop_duplicates(
        ["kol_id", "touch", "level1", "level2"]
    )
    for (kol_id, touch, level1), parts in nodes.groupby(["kol_id", "touch", "level1"], sort=False):
        total, value = int(parts["level1_cnt"].iloc[0]), int(parts["level2_cnt"].sum())
        if value != total:
            flag = flags.PARTS_BEYOND if value > total else flags.PARTS_SHORT
            values: dict[str, Evidence] = {
                "touch": str(touch),
                "level1": str(level1),
                "value": value,
                "total": total,
                "short": total - value,
            }
            yield str(kol_id), "touch_distribution", flag, values


def _rates(frames: Frames) -> Iterator[Finding]:
    spread, tiers = frames.get("spread_info"), frames.get("cost_tiers")
    if spread is None or tiers is None:
        return
    about = ("kol_id", "video_type", "window")
    rate_of = {tuple(place): rate for *place, rate in plain(spread, *about, "interact_rate")}
    said = set()
    costs = {tuple(place): cost for *place, cost in plain(tiers, *about, "duration_band", "metric", "cost_cny")}
    for (*creator, band, metric), cpm in costs.items():
        rate, cpe = rate_of.get(tuple(creator)), costs.get((*creator, band, "cpe"))
        if metric != "cpm" or min(cpm, rate or 0, cpe or 0) <= 0 or tuple(creator) in said:
            continue
        if not 1 / RATE_FACTOR <= cpm / cpe / 1000 / rate <= RATE_FACTOR:
            said.add(tuple(creator))  # the bands of one answer all imply the same rate
            values = {"band": band, "implied": cpm / cpe / 1000, "value": rate}
            yield creator[0], "spread_info", flags.RATES_APART, values


def _stale(frames: Frames, now: datetime, stale_after: timedelta | None) -> Iterator[Finding]:
    if stale_after is None:
        return
    for name, frame in frames.items():
        oldest = frame.dropna(subset=["fetched_at"]).groupby("kol_id", sort=False)["fetched_at"].min()
        for kol_id, fetched_at in oldest.items():
            if now - fetched_at > stale_after:
                values = {**_block(name), "value": fetched_at, "days": (now - fetched_at).days}
                yield str(kol_id), name, flags.STALE, values


_CHECKS: tuple[Callable[[Frames], Iterator[Finding]], ...] = (
    _overtake,
    _few,
    _empty,
    _equal_bands,
    _stage_total,
    _tree_parts,
    _rates,
    contradictions.quote_cpm,
    contradictions.growth,
    contradictions.portrait,
    contradictions.ranges,
    contradictions.repeated_dates,
    impossible,
    unread,
)
