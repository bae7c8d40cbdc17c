"""A survey of a shortlist -> what is handed around: terminal table, CSVs, one workbook, pictures."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pandas as pd
from matplotlib import pyplot as plt
from tabulate import tabulate

from .errors import CacheError
from .export import write_csv, write_excel
from .export.whole_file import write_whole
from .metrics import METRICS, READ_FIRST
from .plot import plot_cost_tiers, plot_scorecard
from .shortlist import Survey
from .tables import TABLES
from .units import Language, metric_label, numbers, scope

_BOARD = {"zh": "达人对比", "en": "board"}
_FAILED = {"zh": "未获取", "en": "failures"}
_NAME = {"zh": "达人", "en": "creator"}


def board_text(board: pd.DataFrame, lang: Language) -> str:
    """Return the board as a terminal table with the metrics that are read first."""
    columns: dict[str, list[str]] = {_NAME[lang]: _labels(board)}
    for name in READ_FIRST:
        metric = METRICS[name]
        values = board[name].to_numpy(dtype="float64", na_value=float("nan"))
        label = metric_label(metric, lang).replace("(", "\n").removesuffix(")")
        columns[label] = numbers(values, metric.unit, lang)
    align = ("left", *("right" for _ in READ_FIRST))
    return tabulate(columns, headers="keys", tablefmt="simple", disable_numparse=True, colalign=align)


def asked_text(board: pd.DataFrame, lang: Language) -> str:
    """Return what the board is about: videos, days, and when the oldest answer was fetched."""
    asked = board.attrs["asked"]
    oldest = board["fetched_at"].min()
    fetched = {"zh": "数据获取于 {} UTC", "en": "fetched {} UTC"}[lang]
    words = scope(asked["video_type"], asked["window"], lang)
    return " · ".join([*words, fetched.format(f"{oldest:%Y-%m-%d %H:%M}")] if pd.notna(oldest) else words)


def _labels(board: pd.DataFrame) -> list[str]:
    names = board["name"].where(board["name"].notna(), board["kol_id"])
    return [_shortened(" ".join(str(name).split())) for name in names]


def _shortened(name: str, most: int = 14) -> str:
    return name if len(name) <= most else f"{name[: most - 1]}…"


def write_all(found: Survey, folder: Path, lang: Language) -> Iterator[tuple[Path, str]]:
    """Write every file of a survey and yield each path with what it is."""
    sheets = {_BOARD[lang]: found.board}
    yield write_csv(found.board, folder / "board.csv"), _BOARD[lang]
    for name, frame in found.frames.items():
        title = TABLES[name].label_zh if lang == "zh" else name
        sheets[title] = frame
        yield write_csv(frame, folder / f"{name}.csv"), title
    if found.failures:
        sheets[_FAILED[lang]] = pd.DataFrame(found.failures)
        yield write_csv(sheets[_FAILED[lang]], folder / "failures.csv"), _FAILED[lang]
    yield write_excel(sheets, folder / "shortlist.xlsx", labels=lang), ", ".join(sheets)
    yield from _pictures(found.board, found.frames, folder, lang)


def make_folder(folder: Path) -> None:
    """Make the folder for the files, or raise `CacheError` naming it."""
    problem = ""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        problem = error.strerror or str(error)
    if problem:
        raise CacheError(f"the folder {folder} cannot be made ({problem}); choose another with --out")


def _pictures(
    board: pd.DataFrame, frames: Mapping[str, pd.DataFrame], folder: Path, lang: Language
) -> Iterator[tuple[Path, str]]:
    names = dict(zip(board["kol_id"], board["name"], strict=True))
    scorecard = plot_scorecard(board, lang=lang).figure
    yield _draw(scorecard, folder / "scorecard.png"), "who leads where in the shortlist"
    if not frames["cost_tiers"].empty:
        costs = plot_cost_tiers(frames["cost_tiers"], names=names, lang=lang)
        yield _draw(costs, folder / "cost_tiers.png"), "CPM and CPE by duration band"


def _draw(figure: Any, path: Path) -> Path:
    picture = io.BytesIO()
    figure.savefig(picture, format="png", dpi=150)
    plt.close(figure)
    return write_whole(path, picture.getvalue())
