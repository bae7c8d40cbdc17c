"""A check of the installation that sends nothing: token, address, store, fonts, versions, deprecated use."""

from __future__ import annotations

import contextlib
import platform
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

from .. import __version__
from ..client.client import Client
from ..client.settings import TOKEN_VARIABLE
from ..errors import EXTRAS, CacheError
from ..plot.drawing.font import chinese_family
from ..store.store import Store
from ..store.transfer import export_store
from ..wire import ENDPOINTS

_PACKAGES = ("pandas", "requests", "requests-cache", "matplotlib", "XlsxWriter")


class Finding(NamedTuple):
    """One thing that was looked at: ``ok``, ``look`` or ``broken``, and what was found."""

    subject: str
    state: str
    detail: str


def examine(client: Client) -> Iterator[Finding]:
    """Yield what is found about the installation and the client's store; nothing is sent."""
    packages = ", ".join(f"{name} {version(name)}" for name in _PACKAGES)
    yield Finding("versions", "ok", f"xingtu_frames {__version__}, Python {platform.python_version()}")
    yield Finding("packages", "ok", packages)
    yield _extras()
    if client.has_token:
        yield Finding("token", "ok", "set")
    else:
        yield Finding("token", "look", f"none: set {TOKEN_VARIABLE}; stored answers are served without one")
    secure = client.base_url.startswith("https:")
    yield Finding("address", "ok" if secure else "look", client.base_url + ("" if secure else " (unencrypted)"))
    yield _store(client)
    yield from _database(client.store)
    family = chinese_family()
    remedy = f"no font has Chinese characters: {EXTRAS['zh'].remedy}"
    yield Finding("font", "ok" if family else "look", family or remedy)
    yield _deprecated(client)


def _extras() -> Finding:
    """List what is installed, and how to get what is not: no fault, because few users need all of them."""
    there = [extra.name for extra in EXTRAS.values() if extra.is_installed()]
    missing = [f"{extra.use} needs {extra.remedy}" for extra in EXTRAS.values() if not extra.is_installed()]
    return Finding("extras", "ok", "; ".join([", ".join(there) or "none", *missing]))


def _store(client: Client) -> Finding:
    try:
        client.store.check_whole()
        answers = sum(1 for _ in client.store.every())
    except CacheError as error:
        return Finding("store", "broken", f"{error}{_saved(client.store)}")
    return Finding("store", "ok", f"{client.store.shown}: {answers} answers, every checksum right")


def _database(store: Store) -> Iterator[Finding]:
    """Yield what the database says of itself; one that says nothing was found broken before."""
    with contextlib.suppress(CacheError):
        for state, text in store.examine():
            yield Finding("database", state, text)


def _saved(store: Store) -> str:
    """Save what a damaged file still holds beside it, and say where it is and how to go on."""
    if store.beside is None or not store.is_damaged():
        return ""
    target = Path(f"{store.beside}.saved.sqlite")
    try:
        if target.exists():
            return f"; what could be read was saved before, in {target}"
        answers, lost = export_store(store, target)
    except CacheError as error:
        return f"; {error}"
    return (
        f"; {answers} answers that are whole were saved in {target}, {lost} are not; to go on, move the damaged file "
        f"away and run: xingtu-frames cache import {target}"
    )


def _deprecated(client: Client) -> Finding:
    try:
        asked = client.ledger()["endpoint"].value_counts()
    except CacheError as error:
        return Finding("ledger", "broken", str(error))
    old = {name: count for name, count in asked.items() if name in ENDPOINTS and ENDPOINTS[str(name)].deprecated}
    if not old:
        return Finding("deprecated", "ok", f"none of {int(asked.sum())} requests went to a deprecated endpoint")
    names = ", ".join(f"{name} ({count})" for name, count in old.items())
    return Finding("deprecated", "look", f'{names}: use Client(api="current")')
