"""Where paid answers are kept: an address becomes a store."""

from __future__ import annotations

import os

from ..errors import EXTRAS, CacheError, shown
from .pool import Pool
from .server_address import ServerAddress, is_server
from .sqlite_sharing import attach
from .store import Store


def open_store(
    address: str | os.PathLike[str] | ServerAddress, *, read_only: bool = False, kind: type[Store] = Store
) -> Store:
    """Return the store at an address; it is opened when it is first used.

    Parameters
    ----------
    address
        The path of an SQLite file, ``":memory:"`` for none on disk, or ``"postgresql://..."`` for a server.
    read_only
        Leave it exactly as it is.
    kind
        The class of the store.

    Raises
    ------
    CacheError, ConfigError
        A database of that kind cannot be used.
    """
    if is_server(address):
        address = ServerAddress(str(address))
    if isinstance(address, ServerAddress):
        return kind(_server_pool(address, read_only=read_only))
    return kind(attach(os.fspath(address), read_only=read_only))


def _server_pool(address: ServerAddress, *, read_only: bool) -> Pool:
    if not address.is_postgres:
        # What follows may hold a password: it is not repeated.
        raise CacheError(
            f"a store at {shown(address.scheme, 20)}:// cannot be used: name an SQLite file with cache=, a server with "
            'postgresql://USER@HOST/DATABASE, or ":memory:"'
        )
    EXTRAS["team"].require()
    try:
        from .postgres_sharing import attach as attach_server
    except ImportError:
        # Also where psycopg is there, and the library that it needs is not.
        raise EXTRAS["team"].refusal from None
    return attach_server(address, read_only=read_only)
