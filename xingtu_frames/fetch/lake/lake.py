"""What users do with a lake: each function loads pyarrow when it is used, and says how to get it where it is absent."""

from __future__ import annotations

import os
import warnings
from collections.abc import Sequence

import pandas as pd

from ...arguments import Moment
from ...client.client import Client, checked_client, default_client
from ...errors import EXTRAS, PartialResultWarning
from ...ids import Ids
from ...tables.schema import Table


def export_lake(folder: str | os.PathLike[str], *, client: Client | None = None, name: str = "answers") -> int:
    """Bring a folder of Parquet files up to date with the stored answers; nothing is sent.

    ``answers/endpoint=E/day=D/NAME.parquet`` holds the exact bytes of the answers of a day in UTC, ``TABLE/day=D/
    NAME.parquet`` their rows in each table, with the declared columns and types, and ``failures/endpoint=E/day=D/
    NAME.parquet`` what cannot be read. A file appears whole or not at all, and the answers of a day are the last to
    appear: killed at any moment and started again, it ends with the same. Only days that the store has changed are
    written; what a file holds is never dropped from it. Contact data is never stored, nor exported.

    Parameters
    ----------
    folder
        The lake; it is made where there is none.
    client
        The client whose store is exported; else `default_client`.
    name
        Of the files. Several stores that are exported into one lake, such as the shards of one big fetch, need
        different names, and different answers: a row that two of them hold is there twice. Names differ in more than
        case, and are none that Windows keeps for devices, such as ``nul``.

    Returns
    -------
    How many answers are new in the lake; 0 where it was up to date.

    Raises
    ------
    ParameterError
        A name that cannot be one.
    FileError
        The folder is not a lake, cannot be written, is being written by another process under that name, or holds
        files under that name in other case, of another store, of another version, or such that are not whole. None of
        them was replaced.
    CacheError
        The store cannot be read.
    ConfigError
        pyarrow is not installed.

    Warns
    -----
    PartialResultWarning
        Some of the answers that were written cannot be read; ``read_lake(folder, "failures")`` lists them.
    """
    EXTRAS["parquet"].require()
    from .export import export

    exported = export(folder, (checked_client(client) or default_client()).store, name)
    if exported.failed:
        text = (
            f'answers that a table cannot read: {exported.failed}; read_lake(folder, "failures") lists them. '
            f"First: {exported.failures[0]}"
        )
        warnings.warn(text, PartialResultWarning, stacklevel=2)
    return exported.written


def read_lake(
    folder: str | os.PathLike[str],
    table: str | Table,
    *,
    since: Moment = None,
    ids: Ids | None = None,
    columns: Sequence[str] | None = None,
) -> pd.DataFrame:
    """Return a table of a lake, without a store and without reading an answer again; nothing is sent.

    Parameters
    ----------
    folder
        The lake that `export_lake` has written.
    table
        Name of the table, or ``"failures"`` for the answers that a table cannot read.
    since
        Only answers that were fetched at that time, such as ``"2026-11-01"`` (UTC where it names no zone), or later.
        Files of earlier days are not opened.
    ids
        Creator ids, or video ids for a table about videos; None for all.
    columns
        Some of the columns; None for all.

    Returns
    -------
    The frame that `history` returns, dtypes included, oldest answer first. Without rows where the lake has none.

    Raises
    ------
    ParameterError, InvalidIdError
        A table, column, time or id that does not exist.
    FileError
        The folder is not a lake, or a file of it is not whole or of another version.
    ConfigError
        pyarrow is not installed.
    """
    EXTRAS["parquet"].require()
    from .read import read_table

    return read_table(folder, table, since, ids, columns)
