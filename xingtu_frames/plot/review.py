"""What a campaign brought against what was expected: plays of each booked video, and the CPM that they make."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Unpack

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from ..arguments import Language
from ..board.metrics import FEW_VIDEOS, Floats
from ..decide.outcomes import REVIEW_COLUMNS
from ..decide.review_total import review_total
from ..frame import conformed
from ..wording.figures import MISSING, numbers
from .drawing.dumbbells import Pairs, draw_pairs, note_column, scale_pairs
from .drawing.font import Lettering, lettering
from .drawing.heading import head_figure
from .drawing.look import look_of
from .drawing.options import OnFigure, with_options
from .drawing.panels import fit_panels, open_panels
from .drawing.sheet import finish, root_of
from .drawing.style import as_floats, creator_names, required

_NUMBERS = [column.name for column in REVIEW_COLUMNS if column.dtype in ("Int64", "float64")]
_MAKER = "xingtu_frames.review(bookings, ...)"
_WORDS: Mapping[Language, Mapping[str, str]] = MappingProxyType(
    {
        "zh": {
            "title": "投后复盘：播放量与CPM",
            "reading": "圆点为实际，竖线为预期：蓝为达到预期播放量，橙为未达到，灰为没有预期",
            "cpm": "CPM＝花费÷播放量×1000，越靠左越便宜",
            "total": "{videos}条视频共{plays}次播放，CPM {cpm}",
            "none": "还没有播放数据",
            "compared": "可比的{compared}条达成{rate}，预期CPM {expected}",
            "few": f"可比视频少于{FEW_VIDEOS}条，不足以说明预期是否准确",
            "log": "对数坐标",
            "plays": "播放量",
            "price": "CPM（元/千次播放）",
            "expected": "预期",
            "rate": "达成率",
            "days": "天数",
            "paid": "花费",
            "no_data": "无数据",
            "no_plays": "无播放",
            "no_price": "无花费",
        },
        "en": {
            "title": "Review: plays and CPM",
            "reading": "Dot: actual, upright line: expected; blue where the expected plays are reached, orange where "
            "not, grey without an expectation",
            "cpm": "CPM = price / plays x 1,000, further left is cheaper",
            "total": "plays of {videos} videos: {plays}, CPM {cpm}",
            "none": "no plays yet",
            "compared": "{compared} to compare reach {rate} of what was expected, at an expected CPM of {expected}",
            "few": f"fewer than {FEW_VIDEOS} videos to compare prove nothing about expectations",
            "log": "logarithmic",
            "plays": "Plays",
            "price": "CPM (yuan per 1,000 plays)",
            "expected": "expected",
            "rate": "reached",
            "days": "days",
            "paid": "price",
            "no_data": "no data",
            "no_plays": "no plays",
            "no_price": "no price",
        },
    }
)
_ACROSS, _ROW = 3.0, 0.34
_SECOND, _THIRD, _PAID = 0.66, 1.36, 0.76
"""Inches by which notes are indented."""


@with_options
def plot_review(reviewed: pd.DataFrame, *, lang: Language = "zh", **options: Unpack[OnFigure]) -> Figure:
    """Draw the plays and the CPM of each booked video beside those that were expected.

    Bookings stand in the order of the review, one to a row, those of one creator numbered. On the left the dot is the
    plays so far, the upright line the expected ones: blue where they are reached, orange where not. On the right the
    same two as yuan per 1,000 plays. Beside them stand the expectation, the share of it that is reached, the days of
    data, and the price. A scale is logarithmic where its amounts lie further apart than eightfold. What is missing has
    a grey note. The subtitle has the totals, and says where fewer than five videos can be compared.

    Parameters
    ----------
    reviewed
        What `review` returns, or some rows of it.
    lang
        ``"zh"`` or ``"en"``, for labels and numbers.

    Returns
    -------
    Figure
        A figure of fitting size, two axes: plays and CPM.

    Raises
    ------
    ParameterError
        The frame is not a review or has no rows, or ``lang`` is not known.

    Warns
    -----
    MissingFontWarning
        No font has Chinese characters: English labels and ids are drawn. Once per process.

    Notes
    -----
    Costs no request.
    """
    reviewed = required(reviewed, [column.name for column in REVIEW_COLUMNS], _MAKER)
    everything = conformed(reviewed, REVIEW_COLUMNS, "the review")
    reviewed, _, look = look_of(options, "figure").arrange(everything, _MAKER, by_row=True)
    letters = lettering(lang, [*reviewed["name"], *look.said])
    lang, words = letters.lang, _WORDS[letters.lang]
    of = {name: as_floats(reviewed[name]) for name in _NUMBERS}
    rows = _numbered(creator_names(reviewed["name"], reviewed["kol_id"], letters), reviewed["kol_id"].tolist())
    figure, panels = open_panels([words["plays"], words["price"]], rows, letters, look.figure)
    missed = of["plays_now"] < of["expected"]
    plays = Pairs(of["plays_now"], of["expected"], missed)
    prices = Pairs(of["actual_cpm_cny"], of["expected_cpm_cny"], missed)
    unpaid = ~(of["price_cny"] > 0)
    draw_pairs(panels[0], plays, "plays", [words["no_data"]] * len(rows), look.colours)
    lacking = [words["no_price" if none else "no_plays"] for none in unpaid]
    draw_pairs(panels[1], prices, "CNY", lacking, look.colours)
    note_column(panels[0], words["expected"], numbers(plays.lines, "plays", lang))
    note_column(panels[0], words["rate"], numbers(of["plays_against_expected"], "fraction", lang), _SECOND)
    note_column(panels[0], words["days"], _days(of["days"]), _THIRD)
    note_column(panels[1], words["expected"], numbers(prices.lines, "CNY", lang))
    note_column(panels[1], words["paid"], numbers(np.where(unpaid, np.nan, of["price_cny"]), "CNY", lang), _PAID)
    log = [words["log"]] if plays.log or prices.log else []
    clauses = [*_totals(everything, letters), words["reading"], words["cpm"], *log]
    heading = head_figure(figure, words["title"], clauses, letters, look)
    inches = fit_panels(figure, panels, None, heading, _ACROSS, len(rows) * _ROW)
    scale_pairs(panels[0], plays, inches, "")
    scale_pairs(panels[1], prices, inches, "¥")
    finish(figure, look.sheet)
    return root_of(figure)


def _numbered(names: Sequence[str], kol_ids: Sequence[str]) -> list[str]:
    """Return the names of the rows, those of a creator with several rows numbered."""
    counts, seen = Counter(kol_ids), Counter[str]()
    rows = []
    for name, kol_id in zip(names, kol_ids, strict=True):
        seen[kol_id] += 1
        rows.append(f"{name} #{seen[kol_id]}" if counts[kol_id] > 1 else name)
    return rows


def _days(days: Floats) -> list[str]:
    return [f"{day:.0f}" if np.isfinite(day) else MISSING for day in days]


def _totals(reviewed: pd.DataFrame, letters: Lettering) -> list[str]:
    """Say what the bookings brought in all, and over how many videos."""
    words, total = _WORDS[letters.lang], review_total(reviewed)

    def shown(name: str, unit: str) -> str:
        return numbers(as_floats(total[name]), unit, letters.lang)[0]

    videos, compared = (int(total[name].iloc[0]) for name in ("videos", "compared_videos"))
    if not videos:
        return [words["none"]]
    said = [words["total"].format(videos=videos, plays=shown("plays_now", "plays"), cpm=shown("actual_cpm_cny", "CNY"))]
    if compared:
        rate, expected = shown("plays_against_expected", "fraction"), shown("expected_cpm_cny", "CNY")
        said.append(words["compared"].format(compared=compared, rate=rate, expected=expected))
    return [*said, words["few"]] if compared < FEW_VIDEOS else said
