"""The way a request takes, as the environment sets it: proxy and certificates, checked before anything is recorded."""

from __future__ import annotations

import functools
import os
import re
import ssl
from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

from requests.utils import select_proxy
from urllib3.exceptions import LocationParseError
from urllib3.util import Url, parse_url

from ..errors import ConfigError

_USER = re.compile(r"//[^/@\s]*@")


class Route(NamedTuple):
    """What messages may say of the way: the proxy without its user, and the secrets that they may not repeat."""

    proxy: str = ""
    secrets: tuple[str, ...] = ()

    def without_secrets(self, text: str) -> str:
        """Return a message without names and passwords of the proxy."""
        for secret in self.secrets:
            text = text.replace(secret, "***")
        return _USER.sub("//***@", text)


def route_of(url: str, proxies: Mapping[str, str] | None, verify: bool | str) -> Route:
    """Return the way to an address.

    Raises
    ------
    ConfigError
        The environment sets a proxy or a file of certificates that cannot be used.
    """
    if url.startswith("https:") and isinstance(verify, str):
        _check_certificates(verify)
    proxy = str(select_proxy(url, proxies) or "")
    return _route_through(proxy) if proxy else Route()


@functools.lru_cache(maxsize=16)
def _route_through(proxy: str) -> Route:
    if proxy.lower().startswith("socks"):
        raise ConfigError("a SOCKS proxy is set in the environment, and only http proxies are supported here")
    parts = _parsed(proxy)
    if parts is None:
        # It may hold a password, so it is not repeated.
        raise ConfigError(
            "the proxy set in the environment (HTTP_PROXY, HTTPS_PROXY or ALL_PROXY) must be an address such as "
            "http://proxy.example:8080; nothing was sent"
        )
    shown = f"{parts.scheme}://{parts.host}" + (f":{parts.port}" if parts.port else "")
    user, _, password = (parts.auth or "").partition(":")
    secrets = {unquote(password), password, parts.auth or ""} if user or password else set()
    longest_first = sorted((text for text in secrets if len(text) > 2), key=len, reverse=True)
    return Route(f"the proxy {shown}", tuple(longest_first))


def _parsed(proxy: str) -> Url | None:
    if not proxy.isprintable() or " " in proxy:
        return None
    try:
        address = proxy if "://" in proxy else f"http://{proxy}"
        parts = parse_url(address)
        urlsplit(address).port  # noqa: B018 - it raises for a port that cannot be
    except (LocationParseError, ValueError):
        return None
    return parts if parts.host and parts.scheme in ("http", "https") else None


def _check_certificates(place: str) -> None:
    if not os.path.exists(place):
        raise ConfigError(
            f"the certificates that REQUESTS_CA_BUNDLE or CURL_CA_BUNDLE names are not there: {place!r}; "
            "correct the variable or remove it; nothing was sent"
        )
    if not os.path.isdir(place) and not _holds_certificates(place, os.stat(place).st_mtime_ns):
        raise ConfigError(
            f"the file that REQUESTS_CA_BUNDLE or CURL_CA_BUNDLE names holds no certificates: {place!r}; "
            "nothing was sent"
        )


@functools.lru_cache(maxsize=16)
def _holds_certificates(place: str, changed: int) -> bool:
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(place)
    except (OSError, ValueError):
        return False
    return True
