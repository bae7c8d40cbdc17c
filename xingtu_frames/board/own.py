"""Metrics of one's own: declared as values, computed on a board, and carried by its ``attrs``.

There is no list of them beside the boards: the same board gives the same result in every notebook.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from types import MappingProxyType
from typing import Any, get_args

import numpy as np
import pandas as pd

from ..arguments import one_of, truth
from ..errors import ParameterError, a_kind, must_be, normal, quoted, shown
from ..frame import Listed, Mapped, conformed, require_columns
from ..tables.schema import UNITS, Column
from .metrics import DIRECTIONS, METRICS, Better, Direction, Metric, board_columns, metric_names, value_column

_ATTRS = "metrics"
_OF_ROWS = ("UTC", "as the metric", "as in spread_info")
_OWN_UNITS = tuple(unit for unit in UNITS if unit not in _OF_ROWS)
DECLARED = {column.name: column for column in board_columns(list(METRICS.values()), portrait=True)}
_LABELS = {normal(column.label_zh): column for column in DECLARED.values()}
_LONGEST, _BOARD = 60, "the board"
_ALLOWED, _MAKER = "metrics of your own", "xf.metric(name, function) makes one"
TOP_CATEGORY = "top_category"


def metric(
    name: str,
    function: Callable[[pd.DataFrame], object] | None = None,
    *,
    direction: Direction = None,
    unit: str = "",
    label_zh: str = "",
    meaning: str = "",
    meaning_zh: str = "",
    signed: bool = False,
    needs: Iterable[str] | str = (),
) -> Metric:
    """Declare a metric of your own, which boards, scores, pictures and files take like a built-in.

    Parameters
    ----------
    name
        What its column is called: no name that a board has.
    function
        Computes it: takes a board, and returns a number for each of its rows, NA where there is none. None for a
        column that the board has already.
    direction
        ``"higher"`` or ``"lower"`` is better, None where neither is.
    unit
        A unit of ``METRICS``, such as ``"CNY"``, ``"fraction"``, ``"users"``; ``""`` for none. It decides how numbers
        are written and which can be: money above 0, a fraction from 0 to 1.
    label_zh
        What it is called in Chinese; the name without one.
    meaning, meaning_zh
        What it says, in English and Chinese.
    signed
        Whether it is a change, which may be negative or above 1.
    needs
        Metrics that the function takes: `compare` fetches them, and puts them on the board as well.

    Returns
    -------
    A `Metric`, for ``metrics=`` of `compare`, `score`, `rank_stability`, `screen` and `plot_scorecard`, and for
    `with_metrics`.

    Raises
    ------
    ParameterError
        A name or label that a board has already, or a direction, unit or need that does not exist.

    Notes
    -----
    Nothing is registered: only boards that were made with it know it. They carry its declaration in ``attrs``, which
    files and merges drop: name it in ``metrics=`` again, or write it down once in a module.

    Examples
    --------
    >>> board = pd.DataFrame({"kol_id": ["1", "2"], "cpm_21_60s": [30.0, 50.0], "followers": [10_000, 100_000]})
    >>> per_fan = metric("cpm_per_fan", lambda b: b["cpm_21_60s"] / b["followers"], direction="lower", unit="CNY")
    >>> with_metrics(board, per_fan)["cpm_per_fan"].tolist()
    [0.003, 0.0005]
    """
    if function is not None and not callable(function):
        raise must_be("function", "a function of a board, or None", a_kind(function))
    if not isinstance(needs, Iterable):
        raise must_be("needs", "names of metrics", quoted(needs))
    return Metric(
        _checked_name(name),
        "float64",
        one_of("unit", unit, _OWN_UNITS),
        _checked_label(label_zh, name),
        _text("meaning", meaning),
        _text("meaning_zh", meaning_zh),
        None if direction is None else one_of("direction", direction, DIRECTIONS),
        "",
        "",
        MappingProxyType({}),
        signed=truth("signed", signed),
        by_default=False,
        function=function,
        needs=tuple(metric_names([needs] if isinstance(needs, str) else needs)),
    )


def with_metrics(board: pd.DataFrame, metrics: Iterable[Metric] | Metric) -> pd.DataFrame:
    """Return a board with metrics of your own.

    Parameters
    ----------
    board
        What `compare` returns.
    metrics
        What `metric` returns, one or several; each may take those before it.

    Returns
    -------
    The board with a column for each, before ``top_category``; a column of that name is replaced. ``attrs["metrics"]``
    declares them.

    Raises
    ------
    ParameterError
        It is not a board or a metric, or a function fails or returns something other than a finite number or NA for
        each row.

    Notes
    -----
    Costs no request. The board itself stays as it is.
    """
    require_columns(board, "the board", ["kol_id"], "compare makes it")
    listed = own_of(metrics)
    made = board.copy()
    known = own_metrics(made)
    for one in listed:
        values = _numbers(_computed(made, one), made, one)
        dtype = "Int64" if pd.api.types.is_integer_dtype(values) else "float64"
        if one.name in made.columns:
            made[one.name] = values
        else:
            made.insert(_place(made), one.name, values)
        known[one.name] = _Declared.of(one, dtype).metric
        _check_labels(known)
    if listed:
        made.attrs[_ATTRS] = carried(known)
    return made


def own_of(metrics: object) -> list[Metric]:
    """Return metrics of the user's own, one or several; None is none.

    Raises
    ------
    ParameterError
        Something else is among them, or two have one name.
    """
    found: dict[str, Metric] = {}
    for one in _one_by_one(metrics):
        if not isinstance(one, Metric):
            raise must_be("metrics", _ALLOWED, quoted(one), _MAKER)
        if one.table:
            raise must_be("metrics", _ALLOWED, quoted(one.name), _MAKER)
        if found.setdefault(one.name, one) != one:
            raise ParameterError(f"two metrics are named {one.name}; give one of them another name")
    return list(found.values())


def _check_labels(metrics: Mapping[str, Metric]) -> None:
    """Refuse two metrics of one label, because a label stands for a metric in every argument."""
    labels: dict[str, str] = {}
    for name, one in metrics.items():
        other = labels.setdefault(normal(one.label_zh), name)
        if other != name:
            raise ParameterError(
                f"{name} and {other} are both called {one.label_zh}; give one of them another label_zh"
            )


def _one_by_one(metrics: object) -> list[object]:
    if metrics is None:
        return []
    return list(metrics) if isinstance(metrics, Iterable) and not isinstance(metrics, str) else [metrics]


@dataclass(frozen=True, slots=True)
class _Declared:
    """What ``attrs`` hold of a metric: plain texts, so that a Parquet file keeps them."""

    name: str
    dtype: str
    unit: str
    label_zh: str
    meaning: str
    meaning_zh: str
    direction: Direction
    signed: bool

    @classmethod
    def of(cls, one: Metric, dtype: str) -> _Declared:
        return cls(one.name, dtype, one.unit, one.label_zh, one.meaning, one.meaning_zh, one.direction, one.signed)

    @property
    def metric(self) -> Metric:
        texts = (self.name, self.dtype, self.unit, self.label_zh, self.meaning, self.meaning_zh)
        where: Mapping[str, Any] = MappingProxyType({})
        return Metric(*texts, self.direction, "", "", where, signed=self.signed, by_default=False)


def own_metrics(frame: pd.DataFrame) -> dict[str, Metric]:
    """Return the metrics of the user's own that a frame declares in its ``attrs``, by name."""
    entries = frame.attrs.get(_ATTRS)
    found = [_declared(entry) for entry in entries] if isinstance(entries, list) else []
    return {one.name: one.metric for one in found if one is not None}


def _declared(entry: object) -> _Declared | None:
    """Return what an entry of ``attrs`` declares; None where the user keeps something else under that name."""
    fields = {name: entry.get(name) for name in _Declared.__slots__} if isinstance(entry, Mapping) else {}
    texts = [fields.get(name) for name in ("name", "dtype", "unit", "label_zh", "meaning", "meaning_zh")]
    if not all(isinstance(text, str) for text in texts) or fields["name"] in DECLARED:
        return None
    sound = fields["direction"] in (None, *get_args(Better)) and fields["dtype"] in ("Int64", "float64")
    return _Declared(**fields) if sound and fields["unit"] in _OWN_UNITS else None  # type: ignore[arg-type]


def carried(metrics: Mapping[str, Metric]) -> Listed:
    """Return what ``attrs["metrics"]`` holds of metrics of the user's own."""
    return Listed(Mapped(asdict(_Declared.of(one, one.dtype))) for one in metrics.values())


def carry(metrics: Mapping[str, Metric], names: Iterable[str], frame: pd.DataFrame) -> None:
    """Let a result declare those of these names that are the user's own."""
    own = {name: metrics[name] for name in names if name in metrics and not metrics[name].table}
    if own:
        frame.attrs[_ATTRS] = carried(own)


def known_metrics(frame: pd.DataFrame) -> Mapping[str, Metric]:
    """Return every metric that a frame may have: those of the board, and those that its ``attrs`` declare."""
    return {**METRICS, **own_metrics(frame)}


def own_columns(frame: pd.DataFrame) -> dict[str, Column]:
    """Return the declared column of each metric of the user's own."""
    return {name: value_column(one) for name, one in own_metrics(frame).items()}


def _computed(board: pd.DataFrame, one: Metric) -> object:
    if one.function is None:
        if one.name not in board.columns:
            raise ParameterError(
                f"the board lacks {one.name}, which has no function: add the column to the board, or give "
                f"xf.metric({one.name!r}, function)"
            )
        return board[one.name]
    try:
        # Of its own, because a function may change what it gets.
        return one.function(board.copy())
    except Exception as error:
        lacking = error.args[0] if isinstance(error, KeyError) and error.args else getattr(error, "name", None)
        advice = f"; {_advice(lacking)}" if isinstance(lacking, str) and lacking in METRICS else ""
        said = f"{type(error).__name__}: {shown(error)}"
        raise ParameterError(f"the function of the metric {one.name} failed: {said}{advice}") from error


def _advice(lacking: str) -> str:
    return f"the board lacks {lacking}: with needs=[{lacking!r}] of the metric, compare brings it"


def _numbers(values: object, board: pd.DataFrame, one: Metric) -> pd.Series[Any]:
    """Return what a function made as numbers in the order of the board."""
    column = Column(one.name, "float64", one.unit, one.name, "")
    frame = conformed(pd.DataFrame({one.name: _in_order(values, board, one)}), [column], _BOARD)
    numbers = frame[one.name]
    whole = pd.api.types.is_integer_dtype(numbers)
    floats = numbers.to_numpy(dtype="float64", na_value=np.nan)
    endless = board.loc[np.isinf(floats), "kol_id"].astype(object).tolist()
    if endless:
        raise ParameterError(
            f"{one.name} of {_BOARD} is infinite for {', '.join(map(shown, endless[:3]))}"
            f"{' and others' if len(endless) > 3 else ''}: make it NA where it cannot be computed"
        )
    return numbers.astype("Int64") if whole else pd.Series(floats, index=board.index)


def _in_order(values: object, board: pd.DataFrame, one: Metric) -> pd.Series[Any]:
    allowed = f"a number for each of the {len(board)} rows of the board"
    what = f"what the function of the metric {one.name} returns"
    if not isinstance(values, pd.Series | pd.Index | np.ndarray | pd.api.extensions.ExtensionArray | list | tuple):
        raise must_be(what, allowed, a_kind(values))
    if isinstance(values, np.ndarray) and values.ndim != 1:
        raise must_be(what, allowed, f"an array of {values.ndim} dimensions")
    if len(values) != len(board):
        raise must_be(what, allowed, f"{len(values)} of them")
    if isinstance(values, pd.Series) and not values.index.equals(board.index):
        if not board.index.is_unique or set(values.index) != set(board.index):
            raise must_be(what, allowed, "a Series with another index", "give it the index of the board")
        return values.reindex(board.index)
    return pd.Series(values, index=board.index)


def _place(board: pd.DataFrame) -> int:
    """Return where a metric stands: behind the others."""
    names: Sequence[object] = list(board.columns)
    return names.index(TOP_CATEGORY) if TOP_CATEGORY in names else len(names)


def _text(name: str, value: object) -> str:
    if not isinstance(value, str):
        raise must_be(name, "text", quoted(value))
    return shown(value)


def _checked_name(name: object) -> str:
    word = _word("the name of a metric", name)
    if word in DECLARED or normal(word) in _LABELS:
        raise ParameterError(f"a board has {word} already; give the metric another name")
    return word


def _checked_label(label_zh: object, name: str) -> str:
    label = _word("label_zh", name if label_zh is None or (isinstance(label_zh, str) and not label_zh) else label_zh)
    if normal(label) in _LABELS:
        raise ParameterError(f"{label} is the label of {_LABELS[normal(label)].name}; give the metric another one")
    return label


def _word(what: str, value: object) -> str:
    """Return what may head a column; a bar would part it where several are joined, and digits are an id."""
    is_word = isinstance(value, str) and value.isprintable() and value == value.strip() and not value.isdecimal()
    if is_word and isinstance(value, str) and 0 < len(value) <= _LONGEST and "|" not in value:
        return value
    raise must_be(what, f"a word of at most {_LONGEST} characters, without |", quoted(value))
