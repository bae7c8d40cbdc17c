"""How firm a ranking is: the ranks that creators hold when the weights move."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd

from ..arguments import number, whole_number
from ..board.metrics import Better, Floats, Metric
from ..errors import must_be, quoted
from ..frame import Listed
from .columns import STABILITY_COLUMNS, Missing, Normalisation
from .score import Weights, weigh

TOO_CLOSE = 0.1
"""Two creators are too close to call when the one behind is ahead in this share of the draws at least."""

_MOST_DRAWS = 1_000_000


def rank_stability(
    board: pd.DataFrame,
    weights: Weights,
    *,
    jitter: float = 0.2,
    draws: int = 1000,
    seed: int = 0,
    missing: Missing = "renormalise",
    normalisation: Normalisation = "rank",
    directions: Mapping[str, Better] | None = None,
    metrics: Iterable[Metric] | Metric | None = None,
) -> pd.DataFrame:
    """Say how often each creator holds each rank when the weights move a little.

    Parameters
    ----------
    board, weights, missing, normalisation, directions, metrics
        As in `score`.
    jitter
        How far a weight moves, 0 to 1: in each draw every weight is multiplied by a number drawn evenly from between
        ``1 - jitter`` and ``1 + jitter``, each on its own.
    draws
        How often the weights are drawn.
    seed
        Start of the random numbers: the same seed gives the same frame.

    Returns
    -------
    One row per creator and rank, each creator with each rank, the best score first: ``kol_id``, ``name``
    where the board has names, ``rank`` (1 is best),
    ``probability`` (share of the draws in which the creator holds it). The probabilities of a creator sum to 1, and so
    do those of a rank: creators with equal scores share their ranks evenly.

    ``attrs["too_close"]`` lists the pairs of ids that the weights do not settle, the one more often ahead first: the
    other is ahead in a tenth of the draws at least, a draw with equal scores counting half for each.
    ``attrs["unscored"]`` lists the creators without a score, which are left out. ``attrs`` also has ``weights``,
    ``directions``, ``missing``, ``normalisation``, ``jitter``, ``draws`` and ``seed``.

    Raises
    ------
    ParameterError
        As in `score`; a jitter outside of 0 to 1, draws that are not a positive integer up to a million, or a seed
        that is not an integer >= 0.

    Notes
    -----
    Costs no request. Only the weights move: how sure the figures themselves are, `quality` and ``few_videos`` tell.
    As every creator is paired with every rank, this is for shortlists of up to a few hundred.
    """
    jitter = number("jitter", jitter, "a number from 0 to 1", lambda share: 0 <= share <= 1)
    draws = whole_number("draws", draws, 1)
    if draws > _MOST_DRAWS:
        raise must_be("draws", f"at most {_MOST_DRAWS:,}", quoted(draws))
    seed = whole_number("seed", seed, 0)
    weighed = weigh(board, weights, missing, normalisation, directions, metrics)
    score = weighed.scores(weighed.shares[np.newaxis])[0]
    order = [row for row in np.argsort(-score, kind="stable") if weighed.scored[row]]
    kol_ids = [weighed.kol_ids[row] for row in order]
    # In this form no factor is 0, so that the weights never vanish together.
    factors = 1 + jitter * (1 - 2 * np.random.default_rng(seed).random((draws, len(weighed.weights))))
    held, ahead = _contest(weighed.scores(weighed.shares * factors)[:, order])
    rows = [
        (kol_id, weighed.names.get(kol_id), rank, share)
        for kol_id, line in zip(kol_ids, held, strict=True)
        for rank, share in enumerate(line, 1)
    ]
    frame = weighed.result(STABILITY_COLUMNS, rows)
    frame.attrs.update({"jitter": jitter, "draws": draws, "seed": seed})
    frame.attrs["too_close"] = Listed(_too_close(kol_ids, ahead))
    frame.attrs["unscored"] = Listed(weighed.kol_ids[row] for row in np.flatnonzero(~weighed.scored))
    return frame


def _contest(scores: Floats) -> tuple[Floats, Floats]:
    """Return creators x ranks, the share of draws in each rank, and creators x creators, that of being ahead."""
    draws, creators = scores.shape
    held, ahead = np.zeros((creators, creators)), np.zeros((creators, creators))
    for one in range(creators):
        own = scores[:, [one]]
        level = scores == own
        held[one] = _held((scores > own).sum(axis=1), level.sum(axis=1), creators)
        ahead[one] = (scores < own).sum(axis=0) + level.sum(axis=0) / 2
    return held / draws, ahead / draws


def _held(better: Floats, level: Floats, ranks: int) -> Floats:
    """Return the number of draws in each rank; of those level with others, an even share of their ranks."""
    counts = np.zeros(ranks)
    for size in np.unique(level):
        first = np.bincount(better[level == size], minlength=ranks)
        counts += np.convolve(first, np.full(size, 1 / size))[:ranks]
    return counts


def _too_close(kol_ids: list[str], ahead: Floats) -> list[list[str]]:
    pairs = []
    for one, other in zip(*np.triu_indices(len(kol_ids), k=1), strict=True):
        if min(ahead[one, other], ahead[other, one]) >= TOO_CLOSE:
            first, second = (one, other) if ahead[one, other] >= ahead[other, one] else (other, one)
            pairs.append([kol_ids[first], kol_ids[second]])
    return pairs
