"""Labels of points on axes: each in a free place, smaller where that is needed, with a leader where it stands away."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.text import Annotation

from ...board.metrics import Floats
from .font import Lettering
from .placing import NO_OTHERS, Spot, find_spots
from .style import HALO, INK, MUTED, SMALL

_SIZES, _MOST_AWAY = (SMALL, 7.5, 6.0, 4.5), 0.25
_GAP = 8.0


def label_points(
    ax: Axes,
    places: Floats,
    texts: Sequence[str],
    radius: float,
    letters: Lettering,
    others: Floats = NO_OTHERS,
    sizes: Sequence[float] = _SIZES,
    apart: float = 0.0,
) -> tuple[list[Annotation], list[str]]:
    """Write a label at each point, inside the axes and apart from all others.

    Parameters
    ----------
    ax
        The axes, with their final limits and size.
    places
        The points, one row of x and y each.
    texts
        Their labels.
    radius
        Radius of the mark of a point, in typographic points.
    letters
        How the labels are written.
    others
        Points without a label, which no label may lie on.
    sizes
        Sizes of text to try, the largest first.
    apart
        Typographic points that stay free around each label.

    Returns
    -------
    tuple
        The artists, and the labels that find no room on these axes and are not shown.
    """
    labels = [_label(ax, place, text, letters) for place, text in zip(places, texts, strict=True)]
    size, spots = _fitting(ax, places, labels, radius, others, sizes, apart)
    for label in labels:
        label.set_fontsize(size)
    leaders = [_put(ax, label, spot, radius, apart) for label, spot in zip(labels, spots, strict=True)]
    unplaced = [text for text, spot in zip(texts, spots, strict=True) if spot is None]
    return [*labels, *filter(None, leaders)], unplaced


def _label(ax: Axes, place: Floats, text: str, letters: Lettering) -> Annotation:
    label = ax.annotate(text, xy=(place[0], place[1]), xytext=(0, 0), textcoords="offset points", **letters.style)
    label.set(color=INK, zorder=5, path_effects=HALO)
    return label


def _fitting(
    ax: Axes,
    places: Floats,
    labels: Sequence[Annotation],
    radius: float,
    others: Floats,
    sizes: Sequence[float],
    apart: float,
) -> tuple[float, Sequence[Spot | None]]:
    """Return the largest size of text at which all labels have a spot, most of them beside their points."""
    tried = []
    for size in sizes:
        for label in labels:
            label.set_fontsize(size)
        spots = _spots(ax, places, labels, radius, others, apart)
        unplaced = spots.count(None)
        many_away = sum(spot is not None and spot.leader is not None for spot in spots) > len(labels) * _MOST_AWAY
        tried.append((unplaced, many_away, -size, spots))
        if not unplaced and not many_away:
            break
    _, _, smaller, found = min(tried, key=lambda attempt: attempt[:3])
    return -smaller, found


def _spots(
    ax: Axes,
    places: Floats,
    labels: Sequence[Annotation],
    radius: float,
    others: Floats,
    apart: float,
) -> list[Spot | None]:
    point = ax.figure.dpi / 72
    sizes = np.array([label.get_window_extent().size for label in labels]).reshape(-1, 2) + 2 * apart * point
    inner = ax.get_window_extent().padded(-2 * point)
    bounds = (inner.x0, inner.y0, inner.x1, inner.y1)
    points, unnamed = (ax.transData.transform(found) for found in (places, others))
    return find_spots(points, sizes, bounds, radius * point, _GAP * point, others=unnamed)


def _put(ax: Axes, label: Annotation, spot: Spot | None, radius: float, apart: float) -> Annotation | None:
    """Move a label to its spot and return its leader, if it needs one; a label without a spot is not shown."""
    label.set_visible(spot is not None)
    if spot is None:
        return None
    x, y = ax.transData.transform(label.xy)
    points = 72 / ax.figure.dpi
    label.set(va="bottom", position=((spot.box[0] - x) * points + apart, (spot.box[1] - y) * points + apart))
    if spot.leader is None:
        return None
    end = ((spot.leader[0] - x) * points, (spot.leader[1] - y) * points)
    line = {"arrowstyle": "-", "color": MUTED, "linewidth": 0.7, "shrinkA": 0, "shrinkB": radius}
    return ax.annotate("", xy=label.xy, xytext=end, textcoords="offset points", arrowprops=line, zorder=3)
