"""Labels at the ends of lines: beside the axes, at the height where their lines end, moved apart where they overlap."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.text import Annotation

from ...board.metrics import Floats
from .font import Lettering
from .style import MUTED, SMALL, width

LINE = 1.36
"""Points from one label to the next, for each point of their size."""
_SIZES = (SMALL, 7.5, 6.0, 5.0, 4.0)
_GAP = 12.0
_USUAL, _LEAST = 0.4, 0.2
"""The part of given axes that is left to the lines, and where the smallest labels are too long for that."""
_MOVED = 0.25
"""Lines that a label may be off its end before a leader says where it belongs."""


def write_ends(
    ax: Axes, ends: Floats, texts: Sequence[str], colours: Sequence[str], letters: Lettering
) -> list[Annotation]:
    """Write a label beside the axes for each end, a row of x and y; `part_ends` gives them their places."""
    return [
        ax.annotate(
            text,
            xy=(1, end[1]),
            xycoords=("axes fraction", "data"),
            xytext=(_GAP, 0),
            textcoords="offset points",
            va="center",
            color=colour,
            fontsize=SMALL,
            annotation_clip=False,
            **letters.style,
        )
        for end, text, colour in zip(ends, texts, colours, strict=True)
    ]


def part_ends(ax: Axes, ends: Floats, labels: Sequence[Annotation], *, inside: bool) -> list[int]:
    """Move labels apart on axes that have their size, with leaders to those that move; return those without room.

    With ``inside`` they stand within the axes, whose lines make room for them.
    """
    if not len(labels):
        return []
    inner = ax.get_window_extent()
    point = ax.figure.dpi / 72
    size = _fitting(labels, inner.width / point if inside else np.inf, inner.height / point)
    step = size * LINE * point / inner.height
    edge = 1.0
    if inside:
        edge = max(_LEAST, 1 - (width(labels) * ax.figure.dpi + (_GAP + 2) * point) / inner.width)
        left, right = ax.get_xlim()
        ax.set_xlim(left, left + (right - left) / edge)
    places = (ax.transData.transform(ends) - (inner.x0, inner.y0)) / inner.size
    # Where there is too little room the highest ends keep their labels.
    kept = np.sort(np.argsort(-places[:, 1], kind="stable")[: max(1, int(1 / step))])
    for label in labels:
        label.set_visible(False)
    beyond = edge + (_GAP - 2) * point / inner.width
    for row, height in zip(kept.tolist(), spread_out(places[kept, 1], step).tolist(), strict=True):
        labels[row].set_visible(True)
        labels[row].xy, labels[row].xycoords = (edge, height), "axes fraction"
        if abs(height - places[row, 1]) > _MOVED * step or places[row, 0] < 2 * edge - beyond:
            _lead(ax, places[row], (beyond, height))
    return sorted({*range(len(labels))} - {*kept.tolist()})


def _fitting(labels: Sequence[Annotation], across: float, down: float) -> float:
    """Return the largest size at which all labels have room in so many points, and give it to them."""
    for label in labels:
        # What is not visible has no width.
        label.set_visible(True)
    for size in _SIZES:
        for label in labels:
            label.set_fontsize(size)
        if len(labels) * size * LINE <= down and width(labels) * 72 + _GAP + 2 <= across * (1 - _USUAL):
            return size
    return _SIZES[-1]


def spread_out(places: Floats, step: float) -> Floats:
    """Return places between 0 and 1 in the same order, at least a step apart and as near as that allows.

    Neighbours that are too close become one block around their mean, and blocks that then touch become one.
    """
    order = np.argsort(places, kind="stable")
    blocks: list[list[float]] = []
    for place in places[order].tolist():
        blocks.append([place, 1])
        while len(blocks) > 1 and _centre(blocks[-1], step) - _centre(blocks[-2], step) < step * (
            (blocks[-1][1] + blocks[-2][1]) / 2
        ):
            total, count = blocks.pop()
            blocks[-1] = [blocks[-1][0] + total, blocks[-1][1] + count]
    found = np.empty(len(places))
    found[order] = [
        _centre(block, step) + (number - (block[1] - 1) / 2) * step
        for block in blocks
        for number in range(int(block[1]))
    ]
    return found


def _centre(block: Sequence[float], step: float) -> float:
    """Return the middle of a block of labels, all of it between 0 and 1."""
    total, count = block
    half = step * count / 2
    return float(np.clip(total / count, half, max(half, 1 - half)))


def _lead(ax: Axes, end: Floats, label: tuple[float, float]) -> None:
    """Lead from the end of a line to its label."""
    across, up = zip(end.tolist(), label, strict=True)
    look: dict[str, Any] = {"color": MUTED, "linewidth": 0.6, "alpha": 0.6, "zorder": 1.5, "gid": "leader"}
    ax.plot(across, up, transform=ax.transAxes, clip_on=False, **look)
