"""Two goals of a budget against each other: the plans that nothing beats, and who enters and leaves along the way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Unpack

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.text import Annotation

from ..arguments import Language
from ..board.metrics import Floats
from ..decide.tradeoffs import FRONTIER_COLUMNS, GOAL_COLUMNS
from ..errors import ParameterError
from ..frame import conformed
from ..wording.figures import compact, money
from .drawing.around import open_canvas, put_around
from .drawing.font import Lettering, lettering
from .drawing.look import look_of
from .drawing.options import OnAxes, with_options
from .drawing.scales import TICK, scale_limits, scale_ticks
from .drawing.sheet import finish
from .drawing.spotting import label_points
from .drawing.style import GRID, INK, LABEL, PAPER, SMALL, as_floats, bare, required

_MAKER = "xingtu_frames.plan_frontier(board, budget_cny, ...)"
_NEEDED = [column.name for column in FRONTIER_COLUMNS if column not in GOAL_COLUMNS and column.name != "kol_ids"]
_WORDS: Mapping[Language, Mapping[str, str]] = MappingProxyType(
    {
        "zh": {
            "title": "预算¥{}：{}与{}的取舍",
            "reading": "每点一个方案：没有别的方案能一个目标更高而另一个不低",
            "changes": "序号后为与上一方案相比新增（+）和移出（−）的达人",
            "numbers": "数字为方案序号",
            "proven": "实线：两点之间已证明没有其他这样的方案",
            "open": "虚线：两点之间可能还有",
            "spent": "各方案花费¥{}至¥{}",
            "spent_once": "花费¥{}",
            "one": "只有一个方案：两个目标同时最高",
            "plays": "预期播放（次）",
            "interactions": "预期互动（次）",
            "target_users": "目标用户（人，重复关注重复计）",
            "plays_short": "播放",
            "interactions_short": "互动",
            "target_users_short": "目标用户",
            "many": "{}位",
            "joint": "、",
            "unplaced": "有{}个标签放不下",
        },
        "en": {
            "title": "Budget ¥{}: {} against {}",
            "reading": "A point is a plan: no other has more of one goal without less of the other",
            "changes": "after the number who enters (+) and leaves (−) against the plan before",
            "numbers": "the numbers are those of the plans",
            "proven": "solid: proven that no other such plan lies between",
            "open": "dashed: there may be others between",
            "spent": "plans spend ¥{} to ¥{}",
            "spent_once": "spent ¥{}",
            "one": "one plan has the most of both goals",
            "plays": "Expected plays",
            "interactions": "Expected interactions",
            "target_users": "Target users (who follows several counts as often)",
            "plays_short": "plays",
            "interactions_short": "interactions",
            "target_users_short": "target users",
            "many": "{} creators",
            "joint": ", ",
            "unplaced": "no room for {} labels",
        },
    }
)
_ACROSS, _DOWN, _MORE, _FEW = 7.6, 4.8, 0.06, 8
_MARK = 7.5
_ROOM, _LEAST = 0.14, 0.1
"""Room beside the points as a part of their span, and the least that an axis spans as a part of the most."""
_DESCRIBED, _NAMED = 13, 2
"""So many plans have labels of who changes, and so many creators go by their names there."""


@with_options
def plot_frontier(frontier: pd.DataFrame, *, lang: Language = "zh", **options: Unpack[OnAxes]) -> Axes:
    """Draw the plans of a frontier as points, one goal across and one upwards, with who enters and leaves.

    A line leads from plan to plan: solid where it is proven that no other such plan lies between the two, dashed where
    others may. Of up to thirteen plans each has its number and who enters and leaves against the plan before, by name
    where it is one or two; more plans have their numbers alone. Axes need not start at 0. Plans stand in the order of
    the frontier, so that there is nothing to sort by; ``top`` and ``page`` count plans here.

    Parameters
    ----------
    frontier
        What `plan_frontier` returns, or some rows of it.
    lang
        ``"zh"`` or ``"en"``, for labels and numbers.

    Returns
    -------
    Axes
        The axes, the goal that comes first in the frame upwards.

    Raises
    ------
    ParameterError
        The frame is not a frontier or has no rows, ``sort_by`` asks for another order, or ``lang`` is not known.

    Warns
    -----
    MissingFontWarning
        No font has Chinese characters: English labels are drawn. Once per process.

    Notes
    -----
    Costs no request.
    """
    look = look_of(options, "ax")
    if look.sort_by is not None:
        raise ParameterError("sort_by is for pictures of creators; plans stand in the order of the frontier")
    every = conformed(required(frontier, _NEEDED, _MAKER), FRONTIER_COLUMNS, "the frontier")
    rows, look = look.choose(range(len(every)))
    frontier = every.iloc[rows]
    line = _line(frontier)
    letters = lettering(lang, [*frontier["enters"], *frontier["leaves"], *look.said])
    more = _MORE * max(0, len(frontier) - _FEW)
    own, canvas = open_canvas(look.ax, _ACROSS + more, _DOWN + more)
    _draw_axes(canvas, line, letters)
    _draw_line(canvas, line, look.colours.ahead)
    around = put_around(canvas, _title(frontier, line, letters), _clauses(frontier, line, letters), [], letters, look)
    texts = _labels(frontier, letters)
    around.fit_with_labels(own, lambda: _label(canvas, line, texts, letters), _WORDS[letters.lang]["unplaced"])
    if own is not None:
        finish(own.figure, look.sheet)
    return canvas


@dataclass(frozen=True, slots=True)
class _Line:
    """The plans as points.

    Attributes
    ----------
    goals
        What is upwards and what across.
    up, across
        How much of them the plans have.
    solid
        Whether it is proven that nothing lies between a plan and the one before; of all but the first.
    """

    goals: tuple[str, str]
    up: Floats
    across: Floats
    solid: Sequence[bool]


def _line(frontier: pd.DataFrame) -> _Line:
    goals = [column.name for column in GOAL_COLUMNS if column.name in frontier.columns]
    if len(goals) != 2:
        raise ParameterError(f"the frame has {len(goals)} goals and must have two; {_MAKER} makes it")
    numbers = as_floats(frontier["plan"])
    # Where rows were left out, others do lie between.
    proven = frontier["is_next"].fillna(value=False).to_numpy(dtype="bool")[1:] & (np.diff(numbers) == 1)
    up, across = (as_floats(frontier[goal]) for goal in goals)
    return _Line((goals[0], goals[1]), up, across, proven.tolist())


def _draw_axes(ax: Axes, line: _Line, letters: Lettering) -> None:
    bare(ax)
    ax.grid(visible=True, color=GRID, linewidth=0.8)
    ax.set_axisbelow(True)
    words = _WORDS[letters.lang]
    style: dict[str, Any] = {"fontsize": SMALL, "color": INK, **letters.style}
    limits = _limits(line.across), _limits(line.up)
    ax.set(xlim=limits[0], ylim=limits[1])
    extents = ax.get_window_extent().width, ax.get_window_extent().height
    for axis, (low, high), extent, tick in zip((ax.xaxis, ax.yaxis), limits, extents, TICK, strict=True):
        ticks = scale_ticks(low, high, int(max(2, extent / ax.figure.dpi / tick)), log=False)
        axis.set_ticks(ticks, [compact(tick, letters.lang) for tick in ticks], **style)
    style["fontsize"] = LABEL - 0.5
    ax.set_xlabel(words[line.goals[1]], labelpad=5, **style)
    ax.set_ylabel(words[line.goals[0]], labelpad=7, **style)


def _limits(values: Floats) -> tuple[float, float]:
    """Return the ends of an axis, with room for labels on both sides."""
    known = values[np.isfinite(values)]
    if len(known) < 2 or not np.ptp(known):
        return scale_limits(known, log=False)
    # A difference of a thousandth must not fill the picture: it would read as a real choice.
    room = max(_ROOM * float(np.ptp(known)), (_LEAST * float(known.max()) - float(np.ptp(known))) / 2)
    return max(0.0, float(known.min()) - room), float(known.max()) + room


def _draw_line(ax: Axes, line: _Line, colour: str) -> None:
    for place, solid in enumerate(line.solid):
        ends = slice(place, place + 2)
        ax.plot(
            line.across[ends],
            line.up[ends],
            color=colour,
            alpha=0.6,
            linewidth=1.6,
            linestyle="-" if solid else (0, (3, 2.5)),
            zorder=2,
        )
    ax.plot(
        line.across, line.up, "o", color=colour, markersize=_MARK, markeredgecolor=PAPER, markeredgewidth=0.8, zorder=4
    )


def _title(frontier: pd.DataFrame, line: _Line, letters: Lettering) -> str:
    words = _WORDS[letters.lang]
    budget = float(as_floats(frontier["total_cny"])[0] + as_floats(frontier["left_cny"])[0])
    goals = [words[f"{goal}_short"] for goal in line.goals]
    return words["title"].format(money(budget, letters.lang, 0), *goals)


def _clauses(frontier: pd.DataFrame, line: _Line, letters: Lettering) -> list[str]:
    words = _WORDS[letters.lang]
    spent = as_floats(frontier["total_cny"])
    least, most = (money(float(end), letters.lang, 0) for end in (spent.min(), spent.max()))
    said = words["spent_once"].format(most) if least == most else words["spent"].format(least, most)
    if len(frontier) == 1:
        return [words["one"], said]
    kinds = [words[kind] for kind, here in (("proven", True), ("open", False)) if here in line.solid]
    return [words["reading"], words["changes" if len(frontier) <= _DESCRIBED else "numbers"], *kinds, said]


def _labels(frontier: pd.DataFrame, letters: Lettering) -> list[str]:
    """Return the number of each plan, and where they are few, who enters and leaves."""
    numbers = [f"{number:.0f}" for number in as_floats(frontier["plan"])]
    if len(frontier) > _DESCRIBED:
        return numbers
    changes = [
        " ".join(sign + _said(names, letters) for sign, names in (("+", enters), ("−", leaves)) if names)
        for enters, leaves in zip(_split(frontier["enters"]), _split(frontier["leaves"]), strict=True)
    ]
    return [f"{number} {change}".strip() for number, change in zip(numbers, changes, strict=True)]


def _split(column: pd.Series[Any]) -> list[list[str]]:
    return [[] if pd.isna(cell) or not cell else str(cell).split("|") for cell in column]


def _said(names: Sequence[str], letters: Lettering) -> str:
    words = _WORDS[letters.lang]
    if len(names) > _NAMED:
        return words["many"].format(len(names))
    return words["joint"].join(letters.name(name, "?") for name in names)


def _label(ax: Axes, line: _Line, texts: Sequence[str], letters: Lettering) -> tuple[list[Annotation], list[str]]:
    return label_points(ax, np.column_stack([line.across, line.up]), texts, _MARK / 2, letters)
