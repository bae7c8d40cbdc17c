"""How a picture shall look, and which creators it shows in which order: what users ask for, checked."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure, SubFigure

from ...arguments import Language, Names, names_of, whole_number_or_none
from ...board.metrics import METRICS, Floats
from ...board.own import known_metrics
from ...errors import ManyCreatorsWarning, ParameterError, a_kind, must_be, no_such, normal, quoted
from ...frame import names_in
from ...tables.catalog import LABELS_ZH
from ...tables.schema import Array
from .options import MOST_CREATORS, OnAxes, OnFigure, pages_of
from .palette import Colours, colours_of
from .sheet import Canvas, Sheet, inches_of, sheet_of
from .style import as_floats, required

_AS_IT_STANDS = "given"
_NO_KEYS, _MOST_KEYS = ("kol_id", "name", "item_id", "title"), 60
_COUNTED: Mapping[Language, str] = MappingProxyType(
    {"zh": "第{first}–{last}位，共{total}位", "en": "{first} to {last} of {total}"}
)


class Cast(NamedTuple):
    """Who is in a picture: rows of the frame in their order, names by id, and the look that says how many there are."""

    frame: pd.DataFrame
    names: dict[str, str]
    look: Look


@dataclass(frozen=True, slots=True)
class Look:
    """What a user asks of a picture.

    Attributes
    ----------
    title, subtitle
        The texts, None for those of the picture.
    sort_by, top, page
        Who is shown, and in which order.
    colours
        The colours.
    sheet
        The size, None for one that fits the content.
    ax, figure
        What to draw on, None for a figure of our own.
    shown
        The first and the last creator that is drawn, and how many there are; None where all are.
    """

    title: str | None
    subtitle: str | None
    sort_by: str | pd.DataFrame | None
    top: int | None
    page: int | None
    colours: Colours
    sheet: Sheet | None
    ax: Axes | None
    figure: Canvas | None
    shown: tuple[int, int, int] | None = None

    def label(self, usual: str) -> str:
        """Return the title."""
        return usual if self.title is None else self.title

    def clauses(self, usual: Sequence[str], lang: Language) -> list[str]:
        """Return what the subtitle says, who is shown among it."""
        if self.subtitle is not None:
            return [self.subtitle]
        if self.shown is None:
            return list(usual)
        first, last, total = self.shown
        return [_COUNTED[lang].format(first=first, last=last, total=total), *usual]

    @property
    def said(self) -> list[str]:
        """The texts of the user, which need fonts too."""
        return [text for text in (self.title, self.subtitle) if text]

    def arrange(
        self,
        frame: pd.DataFrame,
        maker: str,
        names: Names | None = None,
        value: str = "",
        *,
        lower: bool = False,
        by_row: bool = False,
    ) -> Cast:
        """Return the rows to draw, in their order, and what the creators in them are named.

        Parameters
        ----------
        frame
            What the user brings.
        maker
            The function that makes such a frame.
        names
            What the user calls creators; where this is None, names of the frame are taken.
        value
            The column of amounts, by which a long frame is sorted where ``sort_by`` is one of its keys.
        lower
            Whether a low amount is better.
        by_row
            Whether each row is drawn on its own, and not each creator.
        """
        frame = required(frame, ["kol_id"], maker)
        ids = list(dict.fromkeys(frame["kol_id"]))
        named = names_of(names, ids, stacklevel=4) if names is not None else names_in(frame)
        places = np.arange(len(frame)) if by_row else pd.Index(ids).get_indexer(pd.Index(frame["kol_id"]))
        order, look = self.choose(self._order(frame, places, value, lower=lower))
        ranks = np.full(int(places.max()) + 1, -1)
        ranks[order] = np.arange(len(order))
        rows = np.argsort(ranks[places], kind="stable")
        rows = rows[ranks[places][rows] >= 0]
        chosen = frame.iloc[rows]
        hidden = set(ids) - set(chosen["kol_id"])
        return Cast(chosen, {kol_id: name for kol_id, name in named.items() if kol_id not in hidden}, look)

    def choose(self, order: Sequence[int]) -> tuple[list[int], Look]:
        """Return who of these is drawn, and the look that says so."""
        total = len(order)
        first = list(order)[: self.top]
        pages = len(pages_of(len(first)))
        page = self.page or 1
        if page > pages:
            raise must_be("page", f"an integer from 1 to {pages}", quoted(page), f"a page has {MOST_CREATORS} creators")
        start = (page - 1) * MOST_CREATORS
        chosen = first[start : start + MOST_CREATORS]
        if pages > 1 and self.page is None:
            warnings.warn(
                f"{len(first)} creators do not fit into one picture: the first {MOST_CREATORS} are drawn; page=2 draws "
                f"the next ones, and top= chooses the first of an order",
                ManyCreatorsWarning,
                stacklevel=4,
            )
        shown = (start + 1, start + len(chosen), total) if len(chosen) < total else None
        return chosen, replace(self, shown=shown)

    def _order(self, frame: pd.DataFrame, places: Array, value: str, *, lower: bool) -> list[int]:
        """Return the creators by their places in the frame, in the order to draw them."""
        count = int(places.max()) + 1
        if self.sort_by is None or (isinstance(self.sort_by, str) and self.sort_by == _AS_IT_STANDS):
            return list(range(count))
        if isinstance(self.sort_by, pd.DataFrame):
            ranked = {kol_id: float(rank) for rank, kol_id in reversed([*enumerate(_ids(self.sort_by))])}
            amounts = np.array([ranked.get(kol_id, np.nan) for kol_id in frame["kol_id"]])
            lower = True
        else:
            amounts, lower = _amounts(frame, self.sort_by, value, lower=lower)
        means = pd.Series(amounts).groupby(places).mean()
        return [int(place) for place in means.sort_values(ascending=lower, kind="stable", na_position="last").index]


def look_of(options: OnAxes | OnFigure, on: str) -> Look:
    """Return what a user asks of a picture that is drawn ``on`` axes or on a figure.

    Raises
    ------
    ParameterError
        An option does not exist or is of the wrong kind.
    """
    asked: dict[str, Any] = {**options}
    other = {"ax": "figure", "figure": "ax"}[on]
    if asked.pop(other, None) is not None:
        panels = "several panels" if on == "figure" else "one panel"
        raise ParameterError(f"the picture has {panels} and takes {on}=, not {other}=")
    unknown = [name for name in asked if name not in _KNOWN]
    if unknown:
        raise TypeError(f"unexpected keyword argument {', '.join(map(repr, unknown))}")
    ax, figure = _axes(asked.get("ax")), _figure(asked.get("figure"))
    sheet = sheet_of(asked.get("size"))
    if sheet and (ax or figure):
        raise ParameterError(f"size= is for a figure of its own; what you pass as {on}= has a size already")
    return Look(
        _text("title", asked.get("title")),
        _text("subtitle", asked.get("subtitle")),
        _sorted_by(asked.get("sort_by")),
        whole_number_or_none("top", asked.get("top"), 1),
        whole_number_or_none("page", asked.get("page"), 1),
        colours_of(asked.get("palette")),
        inches_of(figure) if figure else sheet,
        ax,
        figure,
    )


_KNOWN = {*OnAxes.__annotations__, *OnFigure.__annotations__}


def _text(name: str, text: object) -> str | None:
    if text is not None and not isinstance(text, str):
        raise must_be(name, "text", quoted(text))
    return text


def _axes(ax: object) -> Axes | None:
    if ax is not None and not isinstance(ax, Axes):
        advice = "plt.subplots() returns a figure and axes" if isinstance(ax, Figure | tuple) else ""
        raise must_be("ax", "axes of matplotlib", a_kind(ax), advice)
    return ax


def _figure(figure: object) -> Canvas | None:
    if figure is None:
        return None
    if not isinstance(figure, Figure | SubFigure):
        raise must_be("figure", "a figure or subfigure of matplotlib", a_kind(figure))
    if figure.axes:
        raise must_be("figure", "a figure without axes", f"one with {len(figure.axes)}", "plt.figure() makes one")
    return figure


def _sorted_by(sort_by: object) -> str | pd.DataFrame | None:
    if sort_by is None or isinstance(sort_by, str):
        return sort_by
    if not isinstance(sort_by, pd.DataFrame):
        raise must_be("sort_by", 'a metric, "given" or a frame with kol_id', quoted(sort_by))
    if "kol_id" not in sort_by.columns:
        raise ParameterError("sort_by lacks kol_id; score(board, weights) makes such a frame")
    return sort_by


def _ids(frame: pd.DataFrame) -> list[str]:
    return [str(kol_id) for kol_id in frame["kol_id"]]


def _amounts(frame: pd.DataFrame, sort_by: str, value: str, *, lower: bool) -> tuple[Floats, bool]:
    """Return by what each row is sorted, and whether low amounts come first."""
    numeric = [str(name) for name in frame.columns if pd.api.types.is_numeric_dtype(frame[name])]
    known = known_metrics(frame)
    labels = {**LABELS_ZH, **{name: metric.label_zh for name, metric in known.items()}}
    spoken = [name for name, label in labels.items() if normal(label) == normal(sort_by)]
    for name in (sort_by, *spoken):
        if name in numeric:
            metric = known.get(name)
            return as_floats(frame[name]), metric.direction == "lower" if metric else lower and name == value
    keys = _keys(frame) if value in frame.columns else {}
    for name in (sort_by, *spoken):
        if name in keys:
            return np.where(frame[keys[name]] == name, as_floats(frame[value]), np.nan), lower
    if sort_by in METRICS or any(name in METRICS for name in spoken):
        raise ParameterError(f"the frame has no metric {sort_by!r} to sort by; compare(ids, metrics=...) fetches it")
    choices = [_AS_IT_STANDS, *numeric, *keys]
    raise no_such("metric to sort by", [sort_by], choices, [labels[name] for name in choices if name in labels])


def _keys(frame: pd.DataFrame) -> dict[str, str]:
    """Return the keys of a long frame, such as the stages of a funnel, with their columns."""
    texts = [name for name in frame.columns if name not in _NO_KEYS and not _is_amount(frame[name])]
    uniques = {str(name): [str(key) for key in frame[name].dropna().unique()] for name in texts}
    return {key: name for name, keys in uniques.items() if len(keys) <= _MOST_KEYS for key in keys}


def _is_amount(column: pd.Series[Any]) -> bool:
    return pd.api.types.is_numeric_dtype(column) or pd.api.types.is_datetime64_any_dtype(column)
