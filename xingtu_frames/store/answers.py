"""Where paid answers are kept: an address becomes a store."""

from __future__ import annotations

import os

from ..errors import CacheError, shown
from .sqlite_sharing import attach
from .store import Store


def open_store(address: str | os.PathLike[str], *, read_only: bool = False, kind: type[Store] = Store) -> Store:
    """Return the store at an address; it is opened when it is first used.

    Parameters
    ----------
    address
        The path of an SQLite file, or ``":memory:"`` for none on disk.
    read_only
        Leave it exactly as it is.
    kind
        The class of the store.

    Raises
    ------
    CacheError
        A database of that kind cannot be used.
    """
    text = os.fspath(address)
    scheme, is_address, _ = text.partition("://")
    if is_address:
        # What follows may hold a password: it is not repeated.
        where = "on a PostgreSQL server" if scheme in ("postgresql", "postgres") else f"at {shown(scheme, 20)}://"
        raise CacheError(
            f"a store {where} cannot be used: this version of xingtu_frames has no pool of connections to one; name an "
            'SQLite file with cache=, or ":memory:"'
        )
    return kind(attach(text, read_only=read_only))
