"""What a notebook shows of a client: its settings, and never the token."""

from __future__ import annotations

import contextlib

import xingtu_frames as xf
from tests.report.html_cases import Page
from xingtu_frames.errors import ParameterError

TOKEN = "tok-0123456789abcdef"


def test_a_client_shows_its_settings_and_not_its_token() -> None:
    with xf.Client(token=TOKEN, cache=":memory:") as client:
        html = client._repr_html_()
        assert dict(Page(html).rows) == {
            "base_url": repr(client.base_url),
            "api": repr(client.api),
            "cache": "':memory:'",
            "offline": "False",
            "token": "set",
        }
        assert TOKEN not in html + repr(client)
        assert repr(client) == (
            f"Client(base_url={client.base_url!r}, api={client.api!r}, cache=':memory:', offline=False, token=set)"
        )


def test_a_client_that_was_refused_shows_that() -> None:
    client = xf.Client.__new__(xf.Client)
    with contextlib.suppress(ParameterError, xf.ConfigError):
        client.__init__(api="none")  # type: ignore[misc, arg-type]
    assert Page(client._repr_html_()).caption == repr(client) == "Client(not made: a setting was refused)"
