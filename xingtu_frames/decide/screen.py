"""A brief as data: which creators meet its conditions, which do not and by how much, and of whom that is not known."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from ..arguments import LANGUAGES, Language, one_of
from ..board.metrics import METRICS, Metric
from ..board.own import DECLARED, carry, known_metrics, own_columns, own_metrics
from ..errors import ParameterError, a_kind, meant, must_be, no_such, quoted
from ..frame import build_frame, conformed, once
from ..tables.schema import Column
from .columns import KINDS, RESULTS, SCREEN_COLUMNS, SCREENED_COLUMNS
from .conditions import Criterion, Prefer, Requirement, Verdict, criterion_of, unknown
from .score import lacking_metric, with_own

Condition = Requirement | Prefer
"""A condition that must be met, or a wish."""


def screen(
    board: pd.DataFrame,
    conditions: Mapping[str, Condition],
    *,
    metrics: Iterable[Metric] | Metric | None = None,
    lang: Language = "zh",
) -> pd.DataFrame:
    """Judge each creator of a board by each condition of a brief.

    Parameters
    ----------
    board
        What `compare` returns, with columns of your own where you have added some.
    conditions
        Column of the board, or its Chinese label -> what is wanted: ``(low, high)`` of a number, both bounds included,
        None where it is open; a word or a list of words; True or False. In `prefer` it is a wish.
    metrics
        Metrics of your own, as in `score`.
    lang
        ``"zh"`` or ``"en"``, for ``wanted`` and ``evidence``.

    Returns
    -------
    One row per creator and condition, in the order of the board and of the conditions: ``kol_id``, ``name``,
    ``condition``, ``kind`` (``must`` or ``prefer``), ``value``, ``wanted``, ``result`` (``pass``, ``fail``, or
    ``unknown`` where there is no value), ``gap`` and ``gap_share`` (how far the value is from the bound that it misses,
    in its unit and as a fraction of that bound), ``evidence``. `screened` has a row per creator.

    Raises
    ------
    ParameterError
        A condition that cannot be, or on a column that the board lacks: the message says what brings it.

    Notes
    -----
    Costs no request. A missing value, and one that cannot be, is unknown and never a fail.

    Examples
    --------
    >>> board = pd.DataFrame({"kol_id": ["1", "2"], "followers": [60_000, None]})
    >>> screen(board, {"followers": (50_000, None)})["result"].tolist()
    ['pass', 'unknown']
    """
    lang = one_of("lang", lang, LANGUAGES)
    board = with_own(board, metrics)
    if not isinstance(conditions, Mapping):
        raise must_be("conditions", "a mapping column -> what is wanted", a_kind(conditions))
    if not conditions:
        raise ParameterError('conditions is empty; give one at least, such as {"followers": (50_000, None)}')
    declared = {**DECLARED, **own_columns(board)}
    asked = [_Asked.of(name, condition, board, declared, lang) for name, condition in conditions.items()]
    board = conformed(board, [declared[one.column] for one in asked if one.column in declared], "the board")
    names = board["name"].tolist() if "name" in board.columns else [None] * len(board)
    judged = [one.verdicts(board) for one in asked]
    rows = [
        (
            kol_id,
            None if pd.isna(name) else str(name),
            one.column,
            one.kind,
            verdict.value,
            one.criterion.shown,
            *verdict[1:],
        )
        for (kol_id, name), verdicts in zip(
            zip(board["kol_id"], names, strict=True), zip(*judged, strict=True), strict=True
        )
        for one, verdict in zip(asked, verdicts, strict=True)
    ]
    made = build_frame(SCREEN_COLUMNS, rows)
    carry(known_metrics(board), [one.column for one in asked], made)
    return made


def screened(checked: pd.DataFrame) -> pd.DataFrame:
    """Sum up what `screen` found: one row per creator.

    Parameters
    ----------
    checked
        What `screen` returns.

    Returns
    -------
    One row per creator: ``kol_id``, ``name``, ``verdict`` (``fail`` where a must fails, ``unknown`` where none fails
    and one cannot be judged, else ``pass``; a wish never counts), how many conditions of each kind came out how
    (``must_pass``, ``must_unknown``, ``must_fail``, ``prefer_pass``, ``prefer_unknown``, ``prefer_fail``), and those
    that ``failed`` or are ``unknown``. Those that pass come first, then by fewest musts that fail, then by most wishes
    met; equal ones in the order of the board.

    Raises
    ------
    ParameterError
        It is not what `screen` returns.
    """
    needed = ["kol_id", "name", "condition", "kind", "result"]
    if not set(needed) <= set(getattr(checked, "columns", ())):
        raise must_be("checked", "a frame that screen makes", a_kind(checked))
    once(checked, needed, "checked")
    _check_results(checked)
    by_creator: dict[str, list[tuple[str, str, str]]] = {}
    names: dict[str, str | None] = {}
    for kol_id, name, condition, kind, result in checked[needed].astype(object).itertuples(index=False, name=None):
        names[kol_id] = None if pd.isna(name) else name
        by_creator.setdefault(kol_id, []).append((condition, kind, result))
    rows = [_summed(kol_id, names[kol_id], results) for kol_id, results in by_creator.items()]
    places = {result: place for place, result in enumerate(RESULTS)}
    # verdict, must_fail, prefer_pass, prefer_unknown: see the columns.
    rows.sort(key=lambda row: (places[str(row[2])], row[5], -int(str(row[6])), -int(str(row[7]))))
    made = build_frame(SCREENED_COLUMNS, rows)
    own = own_metrics(checked)
    carry(own, own, made)
    return made


def _check_results(checked: pd.DataFrame) -> None:
    """Refuse rows that screen does not make: their counts would be wrong."""
    allowed = {"kind": KINDS, "result": RESULTS}
    for name in ("kol_id", "condition", *allowed):
        odd = [one for one in checked[name].astype(object) if not _is_word(one, allowed.get(name, ()))]
        if odd:
            raise must_be(f"{name} of checked", "what screen writes", quoted(odd[0]))


def _is_word(value: object, allowed: Collection[str]) -> bool:
    return isinstance(value, str) and (not allowed or value in allowed)


def _summed(kol_id: str, name: str | None, results: Sequence[tuple[str, str, str]]) -> tuple[object, ...]:
    musts = [result for _, kind, result in results if kind == "must"]
    verdict = next((result for result in ("fail", "unknown") if result in musts), "pass")
    counts = [
        sum(one == (kind, result) for one in ((kind, result) for _, kind, result in results))
        for kind, result in ((kind, result) for kind in ("must", "prefer") for result in RESULTS)
    ]
    joined = ["|".join(name for name, _, result in results if result == which) or None for which in ("fail", "unknown")]
    return kol_id, name, verdict, *counts, *joined


@dataclass(frozen=True, slots=True)
class _Asked:
    """One condition on a column that the board has."""

    column: str
    kind: str
    criterion: Criterion
    lang: Language

    @classmethod
    def of(
        cls, name: str, condition: Condition, board: pd.DataFrame, declared: Mapping[str, Column], lang: Language
    ) -> _Asked:
        """Judge a condition by what the board has."""
        column = _column(name, board, declared)
        kind, requirement = ("prefer", condition.requirement) if isinstance(condition, Prefer) else ("must", condition)
        return cls(column, kind, criterion_of(name, requirement, declared.get(column), board[column], lang), lang)

    def verdicts(self, board: pd.DataFrame) -> list[Verdict]:
        """Judge every creator of the board; where there is no value, that is not known."""
        values = board[self.column]
        there = values.notna().tolist()
        plain = values.astype(object).tolist()
        missing = unknown(self.lang)
        return [self.criterion.judge(value) if known else missing for value, known in zip(plain, there, strict=True)]


def _column(name: str, board: pd.DataFrame, declared: Mapping[str, Column]) -> str:
    """Return the column of the board that a condition names, by its name or its Chinese label."""
    labels = {column.name: column.label_zh for column in declared.values()}
    column = str(name if name in board.columns else meant(name, labels))
    if column in board.columns and column != "kol_id":
        return column
    if column in METRICS:
        raise lacking_metric(METRICS[column])
    known = dict.fromkeys([*(str(one) for one in board.columns if one != "kol_id"), *METRICS])
    raise no_such("condition", [name], known, labels.values())
