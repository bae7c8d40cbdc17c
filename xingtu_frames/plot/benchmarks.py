"""How each creator stands among peers: the share of them that is beaten, metric by metric."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Literal, Unpack, get_args

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.text import Annotation

from ..arguments import Language, Names, some_of
from ..board.metrics import Floats, Mask
from ..frame import require_columns
from ..tables.catalog import TABLES
from ..tables.schema import Words
from ..tables.spread import BENCHMARK_METRICS
from ..wording.figures import MISSING, numbers, percent, vocabulary_label
from .drawing.font import Lettering, lettering
from .drawing.heading import head_figure, scope_of
from .drawing.look import look_of
from .drawing.matrix import matrices
from .drawing.options import OnFigure, with_options
from .drawing.palette import Colours
from .drawing.panels import Panel, fit_panels, open_panels
from .drawing.sheet import finish, root_of
from .drawing.style import GRID, INK, MUTED, PAPER, SMALL, creator_names

_MAKER = "xingtu_frames.fetch_spread_benchmarks(ids)"
_TWICE = "two values for one dot: choose the rows of one window, video_type and fetch"
Percentile = Literal["interact_rate", "completion_rate", "play_stability", "play_median"]
"""The metrics that have a percentile: the wire's value for the number of videos is a signed change."""
PERCENTILES: Words[Percentile] = Words({name: BENCHMARK_METRICS.zh[name] for name in get_args(Percentile)})
_NO_PERCENTILE = "video_count has none, its figure is a change"
_WORDS: Mapping[Language, Mapping[str, str]] = MappingProxyType(
    {
        "zh": {
            "title": "超过多少同类达人",
            "reading": "点为超过的同类达人占比，竖线为一半：过半蓝圆，不过半橙菱形",
            "beside": "右侧为本人数值",
            "group": "名字后为对比的同类",
            "no_group": "同类未写明",
            "beyond": "超出0–100%的不是百分位，不画点",
            "outside": "{}，不是百分位",
            "missing": "无对比",
            "missing_note": "“无对比”为数据源没有给出",
            "row": "{} · {}",
            "joint": "、",
        },
        "en": {
            "title": "Share of peers beaten",
            "reading": "Dot: share of peers beaten, line: half of them; blue dot from there on, orange diamond below",
            "beside": "right: the creator's own value",
            "group": "after the name: the peers compared with",
            "no_group": "peers not named",
            "beyond": "what lies beyond 0-100% is not a percentile and not drawn",
            "outside": "{}, no percentile",
            "missing": "not compared",
            "missing_note": "not compared: the provider gives nothing",
            "row": "{} · {}",
            "joint": ", ",
        },
    }
)
_ACROSS, _ROW, _ROOM, _RIM = 2.2, 0.36, 0.52, 0.04
_HALF, _TICKS = 0.5, (0.0, 0.5, 1.0)


@with_options
def plot_benchmarks(
    frame: pd.DataFrame,
    *,
    names: Names | None = None,
    metrics: Iterable[Percentile] | Percentile = PERCENTILES,
    lang: Language = "zh",
    **options: Unpack[OnFigure],
) -> Figure:
    """Draw the share of peers that each creator beats: a panel for each metric, a row for each creator.

    Creators stand in the order of the frame, each with the peers that the provider compares with. A dot stands at
    the share of peers beaten and carries it; from the line at half of the peers a stem leads to it. On the right of a
    panel is the creator's own value. A share that is missing, or beyond 0 to 100 %, has a grey note and no dot.

    Parameters
    ----------
    frame
        The frame of ``fetch_spread_benchmarks``, of one window and video type.
    names
        What to call the creators: a mapping or a Series id -> name, a list in their order, or a frame with ``kol_id``
        and ``name``. Ids stand for those it lacks.
    metrics
        Some of ``interact_rate``, ``completion_rate``, ``play_stability``, ``play_median``, in the order of the
        panels.
    lang
        ``"zh"`` or ``"en"``, for labels and numbers; peer groups keep the provider's name.

    Returns
    -------
    Figure
        A figure of fitting size, one axes for each metric.

    Raises
    ------
    ParameterError
        The frame lacks a column, has no rows or has two values for one dot, a metric does not exist or has no
        percentile, or ``lang`` is not known.

    Warns
    -----
    UnmatchedNamesWarning
        There are names, and none is for one of the creators.
    MissingFontWarning
        No font has Chinese characters: English labels and ids are drawn. Once per process.

    Notes
    -----
    Costs no request. ``video_count`` is not offered: the provider's figure for it is a signed change, not a
    percentile. The unit of ``play_stability`` is unconfirmed.
    """
    chosen = some_of("metrics", metrics, PERCENTILES, _NO_PERCENTILE)
    frame, named, look = look_of(options, "figure").arrange(frame, _MAKER, names, "beats_share")
    kol_ids, (beaten, values) = matrices(frame, {"metric": BENCHMARK_METRICS}, ["beats_share", "value"], _MAKER, _TWICE)
    groups = _groups(frame)
    row_names = [named.get(kol_id) for kol_id in kol_ids]
    letters = lettering(lang, [*row_names, *look.said, *itertools.chain(*groups.values())])
    labels = [vocabulary_label(metric, letters.lang) for metric in chosen]
    rows = _rows(kol_ids, creator_names(row_names, kol_ids, letters), groups, letters)
    figure, panels = open_panels(labels, rows, letters, look.figure)
    for panel, metric in zip(panels, chosen, strict=True):
        column = BENCHMARK_METRICS.index(metric)
        panel.add_summary(_summary(frame, metric, letters.lang))
        _draw_rows(panel, beaten[:, column], look.colours)
        for row, value in enumerate(_written(values[:, column], metric, letters.lang)):
            panel.note(row, value, MUTED if value == MISSING else INK)
    shown = beaten[:, [BENCHMARK_METRICS.index(metric) for metric in chosen]]
    heading = head_figure(figure, _WORDS[letters.lang]["title"], _clauses(frame, shown, letters.lang), letters, look)
    inches = fit_panels(figure, panels, None, heading, _ACROSS, len(kol_ids) * _ROW, len(panels))
    _scale(panels, shown, inches)
    finish(figure, look.sheet, [panel.head for panel in panels])
    return root_of(figure)


def _groups(frame: pd.DataFrame) -> dict[str, list[str]]:
    """Return the names of each creator's peers."""
    require_columns(frame, "the frame", ["peer_group"], f"{_MAKER} makes it")
    known = frame.loc[frame["peer_group"].notna(), ["kol_id", "peer_group"]].drop_duplicates()
    groups: dict[str, list[str]] = {}
    for kol_id, group in zip(known["kol_id"], known["peer_group"], strict=True):
        groups.setdefault(kol_id, []).append(group)
    return groups


def _rows(
    kol_ids: Sequence[str], names: Sequence[str], groups: Mapping[str, Sequence[str]], letters: Lettering
) -> list[str]:
    words = _WORDS[letters.lang]
    drawable = {kol_id: [letters.name(group, "") for group in groups.get(kol_id, [])] for kol_id in kol_ids}
    labels = [words["joint"].join(filter(None, drawable[kol_id])) or MISSING for kol_id in kol_ids]
    return [words["row"].format(name, label) for name, label in zip(names, labels, strict=True)]


def _written(values: Floats, metric: str, lang: Language) -> list[str]:
    unit = TABLES["spread_info"].column(metric).unit
    if unit == "score":
        return [f"{value:.2f}" if np.isfinite(value) else MISSING for value in values]
    return numbers(values, unit, lang)


def _summary(frame: pd.DataFrame, metric: str, lang: Language) -> str:
    """Say where the provider compares without naming the peers."""
    unnamed = frame["peer_group"].isna() & frame["beats_share"].notna() & (frame["metric"] == metric)
    return _WORDS[lang]["no_group"] if unnamed.any() else ""


def _draw_rows(panel: Panel, shares: Floats, colours: Colours) -> None:
    words = _WORDS[panel.letters.lang]
    panel.ax.axvline(_HALF, color=MUTED, linewidth=1.0, zorder=1)
    for row, share in enumerate(shares):
        if 0 <= share <= 1:
            _draw_dot(panel, row, share, colours)
        else:
            note = words["missing"] if np.isnan(share) else words["outside"].format(percent(share))
            text = _write(panel, row, 0.0, note, MUTED, 0, "left")
            text.set(fontsize=SMALL - 1, bbox={"facecolor": PAPER, "edgecolor": "none", "pad": 1})


def _is_percentile(shares: Floats) -> Mask:
    return (shares >= 0) & (shares <= 1)


def _draw_dot(panel: Panel, row: int, share: float, colours: Colours) -> None:
    ahead = bool(share >= _HALF)
    (colour, ink), (shape, size) = colours.against(ahead=ahead), ("o", 9.0) if ahead else ("D", 7.5)
    panel.ax.plot([0, 1], [row, row], color=GRID, linewidth=0.8, zorder=0)
    panel.ax.plot([_HALF, share], [row, row], color=colour, alpha=0.55, linewidth=3.2, solid_capstyle="butt", zorder=2)
    panel.ax.plot([share], [row], shape, color=colour, markersize=size, markeredgewidth=0, zorder=3)
    _write(panel, row, share, percent(share), ink, *((8.0, "left") if ahead else (-8.0, "right")))


def _write(panel: Panel, row: int, x: float, text: str, colour: str, points: float, side: str) -> Annotation:
    return panel.ax.annotate(
        text,
        xy=(x, row),
        xytext=(points, 0),
        textcoords="offset points",
        ha=side,
        va="center_baseline",
        color=colour,
        fontsize=SMALL,
        **panel.letters.style,
    )


def _scale(panels: Sequence[Panel], shares: Floats, inches: float) -> None:
    """Give all panels one axis with room for the dots' labels: left of those behind, right of those ahead."""
    room = _ROOM / (inches - 2 * _ROOM)
    behind, ahead = shares[(shares >= 0) & (shares < _HALF)], shares[(shares >= _HALF) & (shares <= 1)]
    low, high = np.min(behind, initial=1.0) - room, np.max(ahead, initial=0.0) + room
    for panel in panels:
        panel.ax.set_xlim(min(-_RIM, low), max(1 + _RIM, high))
        panel.ax.set_xticks(_TICKS, [f"{tick:.0%}" for tick in _TICKS])


def _clauses(frame: pd.DataFrame, shares: Floats, lang: Language) -> list[str]:
    words = _WORDS[lang]
    return [
        words["reading"],
        words["beside"],
        words["group"],
        *scope_of(frame, lang),
        *([words["missing_note"]] if np.isnan(shares).any() else []),
        *([words["beyond"]] if (np.isfinite(shares) & ~_is_percentile(shares)).any() else []),
    ]
