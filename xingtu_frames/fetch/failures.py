"""What brought no data: the entries of ``frame.attrs["failures"]``, and the one warning of them."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from typing import Literal, get_args

from ..arguments import one_of
from ..errors import Failure, PartialResultWarning, XingtuError, shown
from ..store.answer import Try
from ..tables.schema import CREATOR, ITEM, Subject
from ..wire.envelope import CODES

OnError = Literal["warn", "raise"]
"""What becomes of the others when one fails: ``"warn"`` goes on without it, ``"raise"`` ends with its error."""


def is_strict(on_error: OnError) -> bool:
    """Return whether the first error ends everything.

    Raises
    ------
    ParameterError
        It is neither of the two.
    """
    allowed: tuple[OnError, ...] = get_args(OnError)
    return one_of("on_error", on_error, allowed) == "raise"


def ids_of(subject: Subject | None, subject_id: str | None) -> dict[str, str | None]:
    """Return the ids that an entry of ``attrs`` names; a video has no creator's."""
    if subject is ITEM:
        return {"kol_id": None, "item_id": subject_id}
    return {"kol_id": subject_id}


def failure_of(endpoint: str | None, ids: Mapping[str, str | None], error: XingtuError) -> Failure:
    """Return one entry of ``frame.attrs["failures"]``."""
    return _failure(
        ids, endpoint, getattr(error, "code", None), shown(f"{type(error).__name__}: {error}"), error.retryable
    )


def _failure(
    ids: Mapping[str, str | None], endpoint: str | None, code: int | None, error: str, retryable: bool
) -> Failure:
    kol_id = ids["kol_id"]
    if "item_id" in ids:
        return Failure(
            kol_id=kol_id, item_id=ids["item_id"], endpoint=endpoint, code=code, error=error, retryable=retryable
        )
    return Failure(kol_id=kol_id, endpoint=endpoint, code=code, error=error, retryable=retryable)


def failure_of_try(endpoint: str, ids: Mapping[str, str | None], last: Try) -> Failure:
    """Return the entry for a question whose last request is known from the ledger alone."""
    retryable = last.code is None or (last.code in CODES and CODES[last.code].retryable)
    return _failure(ids, endpoint, last.code, shown(last.error or "no answer came"), retryable)


def no_data(endpoint: str, ids: Mapping[str, str | None]) -> Failure:
    """Return the entry for an answer whose data is null."""
    text = "answered without data (data is null); the answer is stored"
    return _failure(ids, endpoint, 0, text, retryable=False)


def warn_of(
    failures: Sequence[Failure],
    total: int,
    stacklevel: int,
    noun: str | None = None,
    subject: Subject | None = CREATOR,
) -> None:
    """Warn once of all failures, saying how many and why.

    Parameters
    ----------
    failures
        What failed.
    total
        How many were asked for.
    stacklevel
        Whose line the warning is about, as in `warnings.warn`.
    noun
        What is counted, each failure once; None counts what the answers are about.
    subject
        What the answers are about.
    """
    if not failures:
        return
    about = [failure.get("item_id", failure["kol_id"]) for failure in failures]
    if noun is None and subject is not None:
        count, noun = len(set(about)), subject.nouns
    else:
        count, noun, total = len(failures), noun or "answers", max(total, len(failures))
    reasons: dict[str, int] = {}
    for failure in failures:
        reason = failure["error"].partition(": ")[0] if failure["code"] is None else f"code {failure['code']}"
        reasons[reason] = reasons.get(reason, 0) + 1
    why = ", ".join(f"{reason} ({number})" for reason, number in reasons.items())
    again = ", ask again to fetch only what is missing" if any(failure["code"] != 0 for failure in failures) else ""
    warnings.warn(
        f'{count} of {total} {noun} lack data: {why}; see frame.attrs["failures"]{again}. '
        f"First: {'' if about[0] is None else f'{about[0]}: '}{failures[0]['error']}",
        PartialResultWarning,
        stacklevel=stacklevel,
    )
