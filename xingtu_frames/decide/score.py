"""Weights and a board become a score that can be taken apart again."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
import pandas as pd

from ..arguments import number, one_of
from ..board.metrics import DIRECTIONS, METRICS, Better, Floats, Mask, Metric, board_columns, brought_by, metric_names
from ..board.own import carry, known_metrics, own_columns, with_metrics
from ..errors import ParameterError, a_kind, listed, must_be, quoted
from ..frame import Mapped, build_frame, conformed, names_in, require_text_ids
from ..tables.schema import Column
from .columns import MISSING, NORMALISATIONS, SCORE_COLUMNS, Missing, Normalisation, contribution
from .positions import positions
from .presets import PRESETS, Preset, preset_named

_BOARD = board_columns(list(METRICS.values()))
Weights = Mapping[str, float] | Preset | str
"""Metric -> weight, or a preset or its name."""
_NO_METRICS = {column.name for column in board_columns([], portrait=True)}
_DECIMALS = 9
"""Scores that differ by less are equal: the rest is noise of the arithmetic."""


def score(
    board: pd.DataFrame,
    weights: Weights,
    *,
    missing: Missing = "renormalise",
    normalisation: Normalisation = "rank",
    directions: Mapping[str, Better] | None = None,
    metrics: Iterable[Metric] | Metric | None = None,
) -> pd.DataFrame:
    """Rank creators by a weighted sum of metrics, and say what each metric contributes.

    Parameters
    ----------
    board
        What `compare` returns.
    weights
        Metric, or its Chinese label -> weight, such as ``{"cpm_21_60s": 0.4, "互动率": 0.6}``: numbers >= 0, one of
        them at least above; they need not sum to 1. Or one of ``PRESETS``, or its name, such as ``"种草"``.
    missing
        What becomes of a creator without a value for a weighted metric. ``"renormalise"``: the weights of the others
        count for more; without any value the score is NA. ``"nan"``: the score is NA. ``"drop"``: the creator is
        left out. A weight of 0 asks for no value. A value that cannot be counts as missing: money that is zero or
        negative, a negative count, a rate outside 0 to 1, an index outside 0 to 100.
    normalisation
        How values become positions from 0, the worst, to 1, the best. ``"rank"``: by rank among the creators of the
        board, equal ones share theirs. ``"minmax"``: by distance between the worst and the best of the board; one
        creator far ahead presses the others together. With either, a single value or equal ones are at 0.5.
        ``"benchmark"``: the provider's own percentile, so that a further creator changes no other score; only some
        metrics have one, and a creator without it counts as without a value.
    directions
        Metric -> ``"higher"`` or ``"lower"``, which way is better: needed for metrics without a direction in
        ``METRICS``, such as ``followers``, and replacing it for others.
    metrics
        Metrics of your own, as `metric` makes them, beside those that the board carries: one without a function
        stands for a column of the board.

    Returns
    -------
    One row per creator, the best first, equal ones in the order of the board, those without a score last:
    ``kol_id``, ``name`` where the board has names, ``score`` (0 to 100), ``coverage`` (share of the weight that had a
    value, 0 to 1), and a ``<metric>_contribution`` for each weight (points; they sum to the score). A contribution is
    NA where the value is missing, and where there is no score. ``attrs`` has ``weights`` (summing to 1),
    ``directions``, ``missing`` and ``normalisation``.

    Raises
    ------
    ParameterError
        A metric, preset, direction or choice that does not exist, weights that cannot be, a metric that the board
        lacks, that has no direction, or with ``"benchmark"`` no percentile.

    Notes
    -----
    Costs no request. Nothing is imputed. The percentiles are the provider's: ``beats_share`` of `spread_benchmarks`
    for videos, 1 - ``rank_percent`` for the six indexes and, where it is likely the same, for connected users. No
    market average stands in for a percentile, because points from an average are another scale.
    """
    weighed = weigh(board, weights, missing, normalisation, directions, metrics)
    parts = 100 * weighed.parts()
    total = weighed.scores(weighed.shares[np.newaxis])[0]
    coverage = np.round(np.isfinite(weighed.positions) @ weighed.shares, _DECIMALS)
    columns = [*SCORE_COLUMNS[:4], *(contribution(weighed.metrics[name]) for name in weighed.weights)]
    drops = weighed.about["missing"] == "drop"
    order = [row for row in np.argsort(-total, kind="stable") if not drops or np.isfinite(total[row])]
    rows = [
        (weighed.kol_ids[row], weighed.names.get(weighed.kol_ids[row]), total[row], coverage[row], *parts[row])
        for row in order
    ]
    return weighed.result(columns, rows)


@dataclass(frozen=True, slots=True)
class Weighed:
    """A board under weights: what every score is computed from.

    Attributes
    ----------
    kol_ids
        The creators, in the order of the board.
    names
        What those are called that have a name.
    metrics
        What is known of every metric, those of the user's own included.
    weights
        Metric -> weight, summing to 1.
    positions
        Creators x metrics, 0 to 1, NaN where there is no value.
    scored
        The creators that have a score.
    about
        Weights and choices, for ``attrs``.
    """

    kol_ids: list[str]
    names: dict[str, str]
    metrics: Mapping[str, Metric]
    weights: dict[str, float]
    positions: Floats
    scored: Mask
    about: dict[str, Any]

    @property
    def shares(self) -> Floats:
        """The weights in the order of the metrics."""
        return np.array(list(self.weights.values()))

    def result(self, columns: Iterable[Column], rows: Iterable[Sequence[object]]) -> pd.DataFrame:
        """Return the frame of what was weighed, with names where there are any, and how it came about."""
        frame = build_frame(list(columns), rows)
        made = frame if self.names else frame.drop(columns="name")
        made.attrs.update(self.about)
        carry(self.metrics, self.weights, made)
        return made

    def parts(self) -> Floats:
        """Return creators x metrics: the part of the score that each metric gives, NaN without one."""
        weighing = np.isfinite(self.positions) @ self.shares
        return self.positions * self.shares / np.where(self.scored, weighing, np.nan)[:, np.newaxis]

    def scores(self, shares: Floats) -> Floats:
        """Return the scores, 0 to 100, of rows of weights: rows x creators."""
        present = np.isfinite(self.positions)
        weighing = np.where(self.scored, shares @ present.T, np.nan)
        return np.round(100 * (shares @ np.where(present, self.positions, 0).T) / weighing, _DECIMALS)


def weigh(
    board: pd.DataFrame,
    weights: Weights,
    missing: Missing,
    normalisation: Normalisation,
    directions: Mapping[str, Better] | None,
    metrics: Iterable[Metric] | Metric | None = None,
) -> Weighed:
    """Check everything that a score is made of, and put the board's metrics on one scale."""
    missing = one_of("missing", missing, MISSING)
    normalisation = one_of("normalisation", normalisation, NORMALISATIONS)
    board = with_own(board, metrics)
    known = known_metrics(board)
    shares = _shares(weights, board, known)
    ways = _directions(shares, {} if directions is None else directions, known)
    board = check_board(board, shares)
    placed = positions(board, ways, normalisation)
    asked = [share > 0 for share in shares.values()]
    complete = np.any if missing == "renormalise" else np.all
    scored: Mask = complete(np.isfinite(placed[:, asked]), axis=1)
    about = {"weights": Mapped(shares), "directions": Mapped(ways), "missing": missing, "normalisation": normalisation}
    return Weighed(board["kol_id"].tolist(), names_in(board), known, shares, placed, scored, about)


def with_own(board: pd.DataFrame, metrics: Iterable[Metric] | Metric | None) -> pd.DataFrame:
    """Return a checked board with the metrics of the user's own."""
    return check_board(board, []) if metrics is None else with_metrics(check_board(board, []), metrics)


def _shares(weights: Weights, board: pd.DataFrame, known: Mapping[str, Metric]) -> dict[str, float]:
    """Return the weights brought to a sum of 1."""
    if isinstance(weights, str):
        weights = preset_named(weights)
    by_metric = weights.weights if isinstance(weights, Preset) else weights
    if not isinstance(by_metric, Mapping):
        raise must_be("weights", f"a mapping metric -> weight, or one of {listed(PRESETS)}", a_kind(by_metric))
    # Exact until the end: weights that sum to 1 already come out as they went in.
    exact = {
        name: Fraction(number(f"the weight of {name}", weight, "a finite number >= 0", lambda one: 0 <= one < math.inf))
        for name, weight in _by_name(by_metric, board, known).items()
    }
    total = sum(exact.values())
    if not total:
        raise ParameterError("no metric has a weight above 0; give one at least")
    return {name: float(weight / total) for name, weight in exact.items()}


def _by_name(weights: Mapping[str, float], board: pd.DataFrame, known: Mapping[str, Metric]) -> dict[str, float]:
    """Return weights by the names of the metrics, which a user may call by their Chinese labels."""
    plain = [name for name in weights if name not in known and name in board.columns and name not in _NO_METRICS]
    if plain:
        raise ParameterError(
            f"{plain[0]} is a column of the board and not a metric: metrics=[xf.metric({plain[0]!r}, "
            "direction=...)] makes it one"
        )
    names = metric_names(weights, known)
    twice = [name for name in names if names.count(name) > 1]
    if twice:
        raise ParameterError(f"weights has {twice[0]} twice, by name and by label; keep one of them")
    return dict(zip(names, weights.values(), strict=True))


def _directions(
    metrics: Iterable[str], directions: Mapping[str, Better], known: Mapping[str, Metric]
) -> dict[str, Better]:
    if not isinstance(directions, Mapping):
        raise must_be("directions", f"a mapping metric -> {' or '.join(map(quoted, DIRECTIONS))}", a_kind(directions))
    by_name = dict(zip(metric_names(directions, known), directions.values(), strict=True))
    chosen = {name: one_of(f"the direction of {name}", way, DIRECTIONS) for name, way in by_name.items()}
    result = {}
    for name in metrics:
        way = chosen.get(name) or known[name].direction
        if way is None:
            raise ParameterError(
                f"{name} has no direction: say which way is better with directions={{{name!r}: 'higher'}} or 'lower'"
            )
        result[name] = way
    return result


def check_board(board: pd.DataFrame, metrics: Iterable[str], advice: str = "") -> pd.DataFrame:
    """Return a board of dtypes to compute with; refuse what is none, lacks a column, or has a creator twice.

    ``advice`` is what else can be done where it lacks metrics.
    """
    metrics = list(metrics)
    if not isinstance(board, pd.DataFrame):
        raise must_be("the board", "a DataFrame", a_kind(board), "compare makes it")
    lacking = [name for name in dict.fromkeys(("kol_id", *metrics)) if name not in board.columns]
    if lacking:
        raise lacking_metric(*(METRICS.get(name, name) for name in lacking), advice=advice)
    if board.columns.duplicated().any():
        raise ParameterError(f"the board has the column {board.columns[board.columns.duplicated()][0]} twice")
    require_text_ids(board, "the board")
    twice = board.loc[board["kol_id"].duplicated(), "kol_id"].tolist()
    if twice:
        raise ParameterError(f"the board has more than one row of {', '.join(map(str, twice))}; keep one for each")
    names = {"kol_id", *metrics}
    declared = [*_BOARD, *own_columns(board).values()]
    return conformed(board, [column for column in declared if column.name in names], "the board")


def lacking_metric(*lacking: Metric | str, advice: str = "") -> ParameterError:
    """Return the error for metrics, or other columns, that a board lacks: what brings them, and what that costs."""
    names = ", ".join(one if isinstance(one, str) else one.name for one in lacking)
    metrics = [one for one in lacking if not isinstance(one, str)]
    if len(metrics) < len(lacking):
        return ParameterError(f"the board lacks {names}; compare makes it")
    return ParameterError(f"the board lacks {names}: {brought_by(metrics)}{advice}")
