"""What a client is told, checked before anything is sent."""

from __future__ import annotations

import contextlib
import os
import re
import warnings
from urllib.parse import urlsplit

from platformdirs import user_cache_path

from ..arguments import is_number, number
from ..errors import ConfigError, InsecureTransportWarning, must_be, quoted, shown
from ..store.server_address import ServerAddress, is_misspelt, is_server

REGIONS = {"global": "https://api.justoneapi.com", "cn": "http://47.117.133.51:30015"}
TOKEN_VARIABLE = "JUSTONEAPI_TOKEN"  # noqa: S105 - the variable's name
BASE_URL_VARIABLE = "JUSTONEAPI_BASE_URL"
CACHE_VARIABLE = "XINGTU_FRAMES_CACHE"

_LONGEST_S, _CONNECT_S = 86_400, 10.0
_ODD = re.compile(r"""[^!-~\w]|[\\"<>^`{|}]""")
_HOST = re.compile(r"[A-Za-z0-9_]([A-Za-z0-9_.-]*[A-Za-z0-9_])?\.?")
_warned: set[str] = set()


def base_url_from(base_url: object) -> str:
    """Return the address of a region name or URL; the environment's replaces the default region.

    Warns
    -----
    InsecureTransportWarning
        For plain http, once per process and address.
    """
    chosen = base_url
    if base_url == "global" and os.environ.get(BASE_URL_VARIABLE):
        chosen = os.environ[BASE_URL_VARIABLE]
    url = _checked_address(chosen)
    if url.startswith("http:") and url not in _warned:
        _warned.add(url)
        warnings.warn(
            f"the token travels unencrypted to {url}; anyone on the way can read it",
            InsecureTransportWarning,
            stacklevel=3,
        )
    return url


def _checked_address(chosen: object) -> str:
    url = str(REGIONS.get(chosen, chosen) if isinstance(chosen, str) else "").strip(" ").rstrip("/")
    with contextlib.suppress(ValueError):
        parts = urlsplit(url)
        extra = parts.username or parts.password or parts.query or parts.fragment or "@" in url or _ODD.search(url)
        if parts.scheme in ("http", "https") and _is_host(parts.hostname) and not extra and parts.port != 0:
            return parts._replace(scheme=parts.scheme.lower(), netloc=parts.netloc.lower()).geturl()
    # An address with a user or query may hold a secret, so it is not repeated.
    found = "an address with user or query" if "@" in url or "?" in url else shown(repr(chosen), 200)
    allowed = '"global", "cn" or an http(s) address without user, query, blanks or control characters'
    raise must_be("base_url", allowed, found, error=ConfigError)


def _is_host(host: str | None) -> bool:
    """Return whether a host can be looked up; a name that cannot raises ValueError."""
    return bool(host) and (":" in str(host) or bool(_HOST.fullmatch(str(host).encode("idna").decode())))


def cache_from(cache: object) -> str | ServerAddress:
    """Return where the cache is: as the user says, as the environment says, or in the user's cache folder."""
    if cache is None:
        cache = os.environ.get(CACHE_VARIABLE) or user_cache_path("xingtu_frames") / "answers.sqlite"
    if is_server(cache):
        return ServerAddress(str(cache))
    if is_misspelt(cache):
        raise ConfigError(
            "cache must be the text of an address such as postgresql://USER@HOST:PORT/DATABASE, not a Path or one that "
            "is spelled otherwise"
        )
    if not isinstance(cache, str | os.PathLike) or not str(cache) or "\0" in str(cache):
        raise must_be("cache", 'a path, "postgresql://..." or ":memory:"', quoted(cache), error=ConfigError)
    try:
        os.fsencode(cache)
    except UnicodeEncodeError:
        raise must_be("cache", "a path that this system can spell", ascii(str(cache)), error=ConfigError) from None
    # Absolute: a notebook that changes its folder later must not lose its store.
    return str(cache) if str(cache) == ":memory:" else os.path.abspath(os.path.expanduser(cache))


def timeout_from(timeout: object) -> tuple[float, float]:
    """Return the seconds to connect, and for the whole answer."""
    pair = timeout if isinstance(timeout, tuple | list) else (timeout, timeout)
    if len(pair) != 2 or not all(is_number(part) and 0 < part <= _LONGEST_S for part in pair):
        allowed = "(seconds to connect, seconds in all), both above 0 and at most a day"
        raise must_be("timeout", allowed, quoted(timeout), error=ConfigError)
    connect, total = map(float, pair)
    return connect if isinstance(timeout, tuple | list) else min(_CONNECT_S, total), total


def rate_from(per_second: object) -> float | None:
    """Return the upper bound on requests sent each second."""
    if per_second is None:
        return None
    allowed = "a number above 0, at least one request a day, or None"
    return number("per_second", per_second, allowed, lambda rate: 1 / _LONGEST_S <= rate < float("inf"), ConfigError)
