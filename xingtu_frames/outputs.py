"""A survey of a shortlist -> what is handed around: terminal tables, CSVs, one workbook, pictures and their page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType

import pandas as pd
from tabulate import tabulate

from .decide.budget import plan_budget
from .decide.checks import quality
from .decide.presets import Preset
from .decide.weights import score
from .errors import CacheError
from .export import proposal_sheet, write_csv, write_excel
from .export.whole_file import write_whole
from .gallery import pictures, write_page
from .metrics import METRICS, READ_FIRST
from .schema import build_frame
from .shortlist import Survey
from .tables import FAILURE_COLUMNS, LABELS_ZH, TABLES
from .units import Language, metric_label, money, numbers, scope

_WORDS: Mapping[Language, Mapping[str, str]] = MappingProxyType(
    {
        "zh": {
            "board": "达人对比",
            "scores": "得分·{}",
            "plan": "预算方案",
            "proposal": "提报表",
            "quality": "数据质量",
            "failures": "未获取",
            "page": "图表",
            "name": "达人",
            "score": "得分",
            "coverage": "权重覆盖",
            "band": "时长档",
            "price": "价格",
            "source": "价格来源",
            "plays": "预期播放",
            "fetched": "数据获取于 {} UTC",
            "ranking": "按“{}”打分（权重可改，见工作簿）",
            "spent": "预算 ¥{}，用 ¥{}，余 ¥{}；预期播放合计 {}",
        },
        "en": {
            "board": "board",
            "scores": "scores {}",
            "plan": "plan",
            "proposal": "proposal",
            "quality": "quality",
            "failures": "failures",
            "page": "pictures",
            "name": "creator",
            "score": "score",
            "coverage": "coverage",
            "band": "duration",
            "price": "price",
            "source": "source of price",
            "plays": "expected plays",
            "fetched": "fetched {} UTC",
            "ranking": "Scored for {} (weights are yours to change; see the workbook)",
            "spent": "budget ¥{}, spent ¥{}, left ¥{}; expected plays {}",
        },
    }
)


class Decided:
    """A survey with what follows from it: scores for one goal, a plan for a budget, and flags on the data."""

    def __init__(
        self, found: Survey, goal: Preset, budget_cny: float | None, lang: Language, stale_after: str | None = "7d"
    ) -> None:
        self.survey, self.goal, self.lang = found, goal, lang
        self.scores = score(found.board, goal)
        self.plan = None if budget_cny is None else plan_budget(found.board, budget_cny)
        self.flags = quality(found.frames, stale_after=stale_after, lang=lang)

    @property
    def words(self) -> Mapping[str, str]:
        """The words of its language."""
        return _WORDS[self.lang]

    @property
    def goal_name(self) -> str:
        """What the goal is called."""
        return self.goal.name if self.lang == "zh" else self.goal.english.replace("_", " ")


def board_text(board: pd.DataFrame, lang: Language) -> str:
    """Return the board as a terminal table with the metrics that are read first."""
    columns: dict[str, list[str]] = {_WORDS[lang]["name"]: list(_labels(board).values())}
    for name in READ_FIRST:
        metric = METRICS[name]
        values = board[name].to_numpy(dtype="float64", na_value=float("nan"))
        label = metric_label(metric, lang).replace("(", "\n").removesuffix(")")
        columns[label] = numbers(values, metric.unit, lang)
    return _table(columns)


def asked_text(board: pd.DataFrame, lang: Language) -> str:
    """Return what the board is about: videos, days, and when the oldest answer was fetched."""
    asked = board.attrs["asked"]
    oldest = board["fetched_at"].min()
    words = scope(asked["video_type"], asked["window"], lang)
    fetched = _WORDS[lang]["fetched"].format(f"{oldest:%Y-%m-%d %H:%M}")
    return " · ".join([*words, fetched] if pd.notna(oldest) else words)


def decision_text(decided: Decided) -> str:
    """Return scores, and the plan where there is one, as terminal tables."""
    words, names = decided.words, _labels(decided.survey.board)
    known = decided.scores[decided.scores["score"].notna()]
    ranking = {
        words["name"]: [names[kol_id] for kol_id in known["kol_id"]],
        words["score"]: [f"{value:.1f}" for value in known["score"]],
        words["coverage"]: [f"{value:.0%}" for value in known["coverage"]],
    }
    texts = [f"{words['ranking'].format(decided.goal_name)}\n\n{_table(ranking)}"]
    if decided.plan is not None:
        texts.append(_plan_text(decided.plan, names, decided.lang))
    return "\n\n".join(texts)


def _plan_text(plan: pd.DataFrame, names: Mapping[str, str], lang: Language) -> str:
    words = _WORDS[lang]
    sources = [LABELS_ZH[source] if lang == "zh" else source for source in plan["price_source"]]
    bands = [LABELS_ZH[band] if lang == "zh" else band for band in plan["duration_band"]]
    columns = {
        words["name"]: [names[kol_id] for kol_id in plan["kol_id"]],
        words["band"]: bands,
        words["price"]: numbers(plan["price_cny"].to_numpy(), "CNY", lang),
        words["source"]: sources,
        words["plays"]: numbers(plan["expected"].to_numpy(), "plays", lang),
    }
    totals = [money(plan.attrs[name], lang, 0) for name in ("budget_cny", "spent_cny", "left_cny", "expected_total")]
    return f"{words['spent'].format(*totals)}\n\n{_table(columns)}"


def _table(columns: Mapping[str, list[str]]) -> str:
    align = ("left", *("right" for _ in list(columns)[1:]))
    return tabulate(columns, headers="keys", tablefmt="simple", disable_numparse=True, colalign=align)


def _labels(board: pd.DataFrame) -> dict[str, str]:
    """Return id -> what the creator is called in a terminal."""
    called = board["name"].where(board["name"].notna(), board["kol_id"])
    return {
        kol_id: _shortened(" ".join(str(name).split())) for kol_id, name in zip(board["kol_id"], called, strict=True)
    }


def _shortened(name: str, most: int = 14) -> str:
    return name if len(name) <= most else f"{name[: most - 1]}…"


def write_all(decided: Decided, folder: Path) -> Iterator[tuple[Path, str]]:
    """Write every file and yield each path with what it is."""
    words, lang = decided.words, decided.lang
    sheets: dict[str, pd.DataFrame] = {}
    for name, title, frame in _frames(decided):
        sheets[title] = frame
        yield write_csv(frame, folder / f"{name}.csv"), title
    drawn = list(pictures(decided.survey, lang))
    for picture in drawn:
        yield write_whole(folder / f"{picture.name}.png", picture.png), picture.caption
    book = write_excel(
        sheets, folder / "shortlist.xlsx", labels=lang, pictures={picture.caption: picture.png for picture in drawn}
    )
    yield book, ", ".join([*sheets, words["page"]])
    about = asked_text(decided.survey.board, lang)
    yield write_page(drawn, folder / "pictures.html", words["board"], about, lang), words["page"]


def _frames(decided: Decided) -> Iterator[tuple[str, str, pd.DataFrame]]:
    """Yield file name, sheet title and frame, in the order of the workbook."""
    words, found = decided.words, decided.survey
    yield "board", words["board"], found.board
    yield "scores", words["scores"].format(decided.goal_name), decided.scores
    if decided.plan is not None:
        yield "plan", words["plan"], decided.plan
    yield "proposal", words["proposal"], proposal_sheet(found.frames)
    yield "quality", words["quality"], decided.flags
    if found.failures:
        rows = [[failure[column.name] for column in FAILURE_COLUMNS] for failure in found.failures]
        yield "failures", words["failures"], build_frame(FAILURE_COLUMNS, rows)
    for name, frame in found.frames.items():
        yield name, TABLES[name].label_zh if decided.lang == "zh" else name, frame


def make_folder(folder: Path) -> None:
    """Make the folder for the files, or raise `CacheError` naming it."""
    problem = ""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        problem = error.strerror or str(error)
    if problem:
        raise CacheError(f"the folder {folder} cannot be made ({problem}); choose another with --out")
