"""HiGHS, which prints nothing here: what a programme costs least, its items between nothing and once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import highspy
import numpy as np
from numpy.typing import ArrayLike, NDArray


class Relaxed(NamedTuple):
    """A solution of the relaxed problem.

    Attributes
    ----------
    problem
        Why this is not proven to cost least; "" where it is.
    shares
        How much to take of each item, from 0 to 1.
    prices
        What one more of each limit would change about the cost.
    """

    problem: str
    shares: NDArray[np.float64]
    prices: NDArray[np.float64]


class _Silent(highspy.Highs):
    """A solver without output."""

    def enableCallbacks(self) -> None:  # noqa: N802 - the name is theirs
        # HiGHS 1.16 prints its version from here, while the solver is made: the first moment to set an option.
        self.setOptionValue("output_flag", False)
        super().enableCallbacks()


def least(
    costs: Sequence[float] | NDArray[np.float64],
    rows: Sequence[ArrayLike],
    most: Sequence[float],
    *,
    whole: bool,
    seconds: float = float("inf"),
) -> Relaxed:
    """Return what costs least while no row sums to more than its limit; each item whole, or shares of it too."""
    cells = np.asarray(rows, dtype="float64").reshape(len(most), len(costs))
    in_row, in_column = np.nonzero(cells)
    programme = highspy.HighsLp()
    programme.num_row_, programme.num_col_ = cells.shape
    programme.col_cost_ = np.asarray(costs, dtype="float64")
    programme.col_lower_, programme.col_upper_ = np.zeros(len(costs)), np.ones(len(costs))
    programme.row_lower_, programme.row_upper_ = np.full(len(most), -np.inf), np.asarray(most, dtype="float64")
    programme.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    programme.a_matrix_.start_ = np.searchsorted(in_row, np.arange(len(most) + 1)).astype("int32")
    programme.a_matrix_.index_ = in_column.astype("int32")
    programme.a_matrix_.value_ = cells[in_row, in_column]
    if whole:
        programme.integrality_ = [highspy.HighsVarType.kInteger] * len(costs)
    solver = _Silent()
    solver.setOptionValue("mip_rel_gap", 0.0)
    solver.setOptionValue("time_limit", seconds)
    solver.passModel(programme)
    solver.run()
    status, solution = solver.getModelStatus(), solver.getSolution()
    problem = "" if status == highspy.HighsModelStatus.kOptimal else solver.modelStatusToString(status).lower()
    return Relaxed(problem, np.array(solution.col_value), np.array(solution.row_dual))
