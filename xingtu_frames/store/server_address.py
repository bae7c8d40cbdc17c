"""The address of a database server: it may hold a password, so it is shown in part only."""

from __future__ import annotations

import os
import re

_SCHEMES = ("postgresql", "postgres")
# A Path has one slash fewer; the other is how psql and libpq spell an address, too.
_MISSPELT = re.compile(
    r"\s*(postgres(ql)?:(?!//)|(host|hostaddr|port|dbname|user|password|service)\s*=.*\s\w+\s*=)", re.IGNORECASE
)


class ServerAddress:
    """An address as the user wrote it, that no repr, traceback or log shows.

    Parameters
    ----------
    text
        Such as ``postgresql://analyst@db.example.cn/xingtu``.
    """

    def __init__(self, text: str) -> None:
        self._text = text

    @property
    def scheme(self) -> str:
        """What stands before ``://``."""
        return self._text.partition("://")[0]

    @property
    def is_postgres(self) -> bool:
        """Whether it names a PostgreSQL server."""
        return self.scheme in _SCHEMES

    def reveal(self) -> str:
        """Return the whole address."""
        return self._text

    def __repr__(self) -> str:
        return "ServerAddress(...)"


def is_misspelt(address: object) -> bool:
    """Return whether this would be a file by its spelling, and is an address that may hold a password."""
    return isinstance(address, str | os.PathLike) and bool(_MISSPELT.match(str(address)))


def is_server(address: object) -> bool:
    """Return whether this is text that names a server, not a file."""
    return isinstance(address, str | os.PathLike) and "://" in str(address)
