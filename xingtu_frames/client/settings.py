"""What a client is told, checked before anything is sent."""

from __future__ import annotations

import contextlib
import os
import re
import warnings
from typing import Any
from urllib.parse import urlsplit

from platformdirs import user_cache_path

from ..errors import ConfigError, InsecureTransportWarning, shown

REGIONS = {"global": "https://api.justoneapi.com", "cn": "http://47.117.133.51:30015"}
TOKEN_VARIABLE = "JUSTONEAPI_TOKEN"  # noqa: S105 - the variable's name
BASE_URL_VARIABLE = "JUSTONEAPI_BASE_URL"
CACHE_VARIABLE = "XINGTU_FRAMES_CACHE"

_LONGEST_S = 86_400
_ODD = re.compile(r"""[^!-~\w]|[\\"<>^`{|}]""")
_HOST = re.compile(r"[A-Za-z0-9_]([A-Za-z0-9_.-]*[A-Za-z0-9_])?\.?")
_warned: set[str] = set()


def base_url_from(base_url: Any) -> str:
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


def _checked_address(chosen: Any) -> str:
    url = str(REGIONS.get(chosen, chosen) if isinstance(chosen, str) else "").strip(" ").rstrip("/")
    with contextlib.suppress(ValueError):
        parts = urlsplit(url)
        extra = parts.username or parts.password or parts.query or parts.fragment or "@" in url or _ODD.search(url)
        if parts.scheme in ("http", "https") and _is_host(parts.hostname) and not extra and parts.port != 0:
            return parts._replace(scheme=parts.scheme.lower(), netloc=parts.netloc.lower()).geturl()
    # An address with a user or query may hold a secret, so it is not repeated.
    found = "an address with user or query" if "@" in url or "?" in url else shown(repr(chosen), 200)
    raise ConfigError(
        'base_url must be "global", "cn" or an http(s) address without user, query, blanks or control characters, '
        f"not {found}"
    )


def _is_host(host: str | None) -> bool:
    """Return whether a host can be looked up; a name that cannot raises ValueError."""
    return bool(host) and (":" in str(host) or bool(_HOST.fullmatch(str(host).encode("idna").decode())))


def cache_path_from(cache: Any) -> str:
    """Return the path of the cache file: the one given, the environment's, or the user's cache folder."""
    if cache is None:
        cache = os.environ.get(CACHE_VARIABLE) or user_cache_path("xingtu_frames") / "answers.sqlite"
    if not isinstance(cache, str | os.PathLike) or not str(cache) or "\0" in str(cache):
        raise ConfigError(f'cache must be a path or ":memory:", not {cache!r}')
    try:
        os.fsencode(cache)
    except UnicodeEncodeError:
        raise ConfigError(f"cache must be a path that this system can spell, not {str(cache)!a}") from None
    # Absolute: a notebook that changes its folder later must not lose its store.
    return str(cache) if str(cache) == ":memory:" else os.path.abspath(os.path.expanduser(cache))


def timeout_from(timeout: Any) -> tuple[float, float]:
    """Return the seconds to connect, and for the whole answer."""
    pair = timeout if isinstance(timeout, tuple | list) else (min(10, timeout) if _positive(timeout) else None, timeout)
    if len(pair) != 2 or not all(_positive(part) and part <= _LONGEST_S for part in pair):
        raise ConfigError(
            f"timeout must be (seconds to connect, seconds in all), both above 0 and at most a day, not {timeout!r}"
        )
    return float(pair[0]), float(pair[1])


def _positive(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 < value < float("inf")


def rate_from(per_second: Any) -> float | None:
    """Return the upper bound on requests sent each second."""
    if per_second is None:
        return None
    if not _positive(per_second) or per_second * _LONGEST_S < 1:
        raise ConfigError(
            f"per_second must be a number above 0, at least one request a day, or None, not {per_second!r}"
        )
    return float(per_second)
