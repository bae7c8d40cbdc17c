"""A client for reading: its settings, and whether there is a token, never which."""

from __future__ import annotations

from typing import Protocol

from ..store.store import Store
from ..tables.lookup import html_table
from ..wire import Api


class _Settings(Protocol):
    @property
    def base_url(self) -> str: ...
    @property
    def api(self) -> Api: ...
    @property
    def store(self) -> Store: ...
    @property
    def offline(self) -> bool: ...
    @property
    def has_token(self) -> bool: ...


_NOT_MADE = "Client(not made: a setting was refused)"


def as_text(client: _Settings) -> str:
    """Return a client on one line."""
    settings = _settings(client)
    return f"Client({', '.join(f'{name}={value}' for name, value in settings.items())})" if settings else _NOT_MADE


def as_html(client: _Settings) -> str:
    """Return a client as a table."""
    settings = _settings(client)
    return html_table("Client" if settings else _NOT_MADE, list(settings.items()))


def _settings(client: _Settings) -> dict[str, str]:
    """Return the settings of a client; nothing of one that was not made."""
    if "_asker" not in vars(client):
        return {}
    return {
        "base_url": repr(client.base_url),
        "api": repr(client.api),
        "cache": repr(client.store.shown),
        "offline": str(client.offline),
        "token": "set" if client.has_token else "none",
    }
