"""Reading a file that may be damaged: an index that hides answers, text that is not text any more."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence

from .answer import item_id_in
from .pool import DamagedError, Read, Row, Values

_HIDDEN = """
SELECT count(*) FROM json_each(?) AS asked WHERE EXISTS (
    SELECT 1 FROM answers INDEXED BY answers_by_subject
    WHERE endpoint = json_extract(asked.value, '$[1]') AND kol_id IS json_extract(asked.value, '$[2]')
    AND item_id IS json_extract(asked.value, '$[3]') AND params = json_extract(asked.value, '$[4]')
    AND key = json_extract(asked.value, '$[0]') AND served = 1
)
"""


def rows(db: sqlite3.Connection, query: str, values: Values) -> list[Row]:
    """Read rows; text that is not UTF-8 any more must not keep the sound ones from being read."""
    try:
        return db.execute(query, values).fetchall()
    except sqlite3.OperationalError as error:
        if "UTF-8" not in str(error):
            raise
    db.text_factory = lambda text: text.decode("utf-8", "replace")
    try:
        return db.execute(query, values).fetchall()
    finally:
        db.text_factory = str


def check_missing(shown: str, keys: Sequence[str], read: Read) -> None:
    """Look by another index for answers to questions that seem to have none.

    Raises
    ------
    DamagedError
        There is one.
    """
    try:
        ((hidden,),) = read(_HIDDEN, [json.dumps([_question_in(key) for key in keys])])
    except sqlite3.OperationalError as error:
        # A file of the first format that may not be written has one index only; nothing is paid with it.
        if "no such index" in str(error):
            return
        raise
    if hidden:
        raise DamagedError(shown, "an index hides an answer")


def _question_in(key: str) -> tuple[str | None, ...]:
    """Return a key, and the endpoint, creator, video and parameters that it is made of."""
    endpoint, kol_id, params = (*key.split("|", 2), "", "")[:3]
    return key, endpoint, kol_id or None, item_id_in(endpoint, params), params
