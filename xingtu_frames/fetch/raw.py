"""Answers of any endpoint in the long form, where no table says what the fields mean."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from ..client.client import Client
from ..errors import ParameterError
from ..frame import build_frame
from ..ids import Ids
from ..tables.catalog import rows_of
from ..tables.long import LONG
from ..tables.raw import raw_table
from ..tables.schema import CREATOR, ITEM, PAGE, Table
from ..wire import PAIRS, Endpoint, find_endpoint
from .failures import OnError
from .steps import Control, fetch_tables, with_failures
from .stored import data_in

_PAYLOAD = raw_table("to_long", "原始数据", "")


def to_long(payload: object) -> pd.DataFrame:
    """Show a payload in hand as one row per value; nothing is sent, and no field is interpreted.

    Parameters
    ----------
    payload
        The whole envelope or its ``data``: what `Client.get` returns, or JSON as text or bytes, which alone keep the
        spelling of numbers such as ``0.10``.

    Returns
    -------
    One row per leaf of the payload, in its order, depth first; ``base_resp`` is left out. Columns:

    * ``path`` (str): where the value is, such as ``list[0].stats.play``
    * ``key`` (str): the last name of the path
    * ``value_text`` (str): the value as it is written; NA for null and for what is empty
    * ``value_number`` (float64): the number that it spells; NA for digits of 16 places and more, which are ids, and for
      texts such as ``007``
    * ``value_type`` (category): ``text``, ``number``, ``flag``, ``null``, or ``empty`` for ``{}`` and ``[]``

    JSON inside a text is not opened.

    Raises
    ------
    PayloadError
        It is not JSON.
    ApiError
        The payload is a failure of the provider.

    Examples
    --------
    >>> to_long('{"code": 0, "data": {"list": [{"item_id": "7400000000000000001", "rate": 0.10}]}}')[
    ...     ["path", "value_text", "value_number"]
    ... ].to_csv(index=False).split()
    ['path,value_text,value_number', 'list[0].item_id,7400000000000000001,', 'list[0].rate,0.10,0.1']
    """
    return build_frame(LONG, rows_of(_PAYLOAD, data_in(payload, as_written=True)).rows)


def fetch_raw(
    endpoint: str,
    ids: Ids,
    *,
    refresh: bool = False,
    on_error: OnError = "warn",
    progress: bool | None = None,
    client: Client | None = None,
    **wire: object,
) -> pd.DataFrame:
    """Fetch any current endpoint in the long form: one row per value, with no field interpreted.

    Parameters
    ----------
    endpoint
        Its name, as for `Client.get`; `endpoints` lists them.
    ids
        Creator ids or video ids, whichever the endpoint is about, as for the ``fetch_`` functions; None for a search.
    refresh, on_error, progress, client
        As in the ``fetch_`` functions.
    **wire
        Parameters of the wire but the id, as for `Client.get`. Defaults are the provider's.

    Returns
    -------
    ``kol_id`` or ``item_id``; ``page`` where the endpoint has pages; the columns of `to_long`; ``fetched_at``. What
    failed is in ``frame.attrs["failures"]``.

    Raises
    ------
    InvalidIdError, ParameterError
        An id, endpoint or parameter that cannot be, a legacy endpoint, or the business card. Nothing was sent.
    ApiError, TransportError, CacheMissError, PayloadError
        Everything failed, or the first one did with ``on_error="raise"``.

    Notes
    -----
    Cost: one request per id that has no stored answer. An answer that `Client.get` or a ``fetch_`` function has stored
    for the same question serves.
    """
    table = _table_of(find_endpoint(endpoint), wire)
    control: Control = {"refresh": refresh, "on_error": on_error, "progress": progress, "client": client}
    return with_failures(fetch_tables([table], ids, {}, api="current", **control), table, stacklevel=4)


def _table_of(endpoint: Endpoint, wire: Mapping[str, Any]) -> Table:
    """Return the long form of an endpoint's answer to these parameters.

    Raises
    ------
    ParameterError
        It is not for this.
    """
    if not endpoint.stored:
        raise ParameterError(
            f"{endpoint.name} returns personal contact data (phone, WeChat, e-mail), which is never stored and never "
            "put into a frame; client.get returns it, once, to whoever has a reason to read it"
        )
    if endpoint.deprecated:
        raise ParameterError(
            f"{endpoint.name} is a legacy path; fetch_raw reads {PAIRS[endpoint.name].current}, "
            "and to_long what client.get returns"
        )
    about = endpoint.subject or endpoint.item
    if about in wire:
        raise ParameterError(f"{about} is what ids are for: leave it out")
    subject = ITEM if endpoint.item else CREATOR if endpoint.subject else None
    numbered = any(parameter.name == PAGE.name for parameter in endpoint.parameters)
    return raw_table(endpoint.name, "原始数据", endpoint.name, subject=subject, numbered=numbered, fixed=wire)
