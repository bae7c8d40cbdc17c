"""A long frame as arrays: creators by the closed vocabularies of its other keys."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from ...board.metrics import Floats
from ...errors import ParameterError, listed, must_be, quoted
from .style import as_floats, required


def matrices(
    frame: pd.DataFrame, vocabularies: Mapping[str, Sequence[str]], values: Sequence[str], maker: str, twice: str
) -> tuple[list[str], list[Floats]]:
    """Return the creators in their order, and an array of creators x vocabularies for each column of values.

    Raises
    ------
    ParameterError
        The frame lacks a column or has no rows, a key is not of its vocabulary, or a key has two rows; ``twice``
        then says what to do.
    """
    keys = ["kol_id", *vocabularies]
    frame = required(frame, [*keys, *values], maker)
    for name, vocabulary in vocabularies.items():
        if not frame[name].isin(vocabulary).all():
            odd = frame.loc[~frame[name].isin(vocabulary), name].iloc[0]
            raise must_be(
                f"{name} of the frame", f"one of {listed(vocabulary)}", quoted(odd), f"{maker} makes such rows"
            )
    if frame.duplicated(keys).any():
        raise ParameterError(twice)
    kol_ids = list(dict.fromkeys(frame["kol_id"]))
    domains = [kol_ids, *vocabularies.values()]
    places = tuple(pd.Index(domain).get_indexer(frame[key]) for key, domain in zip(keys, domains, strict=True))
    arrays = [np.full([len(domain) for domain in domains], np.nan) for _ in values]
    for array, value in zip(arrays, values, strict=True):
        array[places] = as_floats(frame[value])
    return kol_ids, arrays
