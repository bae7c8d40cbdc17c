"""A survey of a shortlist -> what is handed around: texts, CSVs, one workbook, pictures and their page, slides."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType

import numpy as np
import pandas as pd

from ..arguments import Language
from ..board.metrics import METRICS, NAME_COLUMNS, READ_FIRST, asked_of
from ..decide.columns import LEFT_OUT, PRICE_SOURCES
from ..decide.plan_budget import plan_budget
from ..decide.presets import Preset
from ..decide.quality import quality
from ..decide.score import score
from ..errors import FileError, XingtuError
from ..fetch.compare import Survey
from ..files import proposal_sheet, write_csv, write_excel
from ..files.excel.text import MAX_TEXT, fitted
from ..files.whole import write_whole
from ..frame import build_frame, text_dtype
from ..tables.catalog import TABLES
from ..tables.cost import DURATION_BANDS
from ..tables.inputs import CHINA
from ..tables.records import FAILURE_COLUMNS
from ..wording.figures import metric_label, money, numbers, scope
from ..wording.fitting import Table, fitted_grid, fitted_lines
from ..wording.terminal import label
from ..wording.zone import ZONE_NAMES
from .deck.write import write_pptx
from .page import write_page
from .pictures import is_picture, pictures
from .table import board_table

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
            "deck": "达人推荐方案",
            "name": "达人",
            "score": "得分",
            "coverage": "权重覆盖",
            "band": "时长档",
            "price": "价格",
            "source": "价格来源",
            "fee": "平台服务费",
            "rebate": "返点",
            "total": "合计",
            "plays": "播放（按中位数）",
            "fetched": "数据获取于 {} {}",
            "ranking": "按“{}”打分（权重可改，见工作簿；缺失指标的权重由其余指标补足，覆盖低的得分不可靠）",
            "hints": "提示",
            "few": "作品少",
            "no_quote": "无报价",
            "spent": "预算 ¥{}，用 ¥{}，余 ¥{}；播放合计 {}（按播放量中位数；各时长档播放相同，因此选最便宜的一档）",
            "left_out": "未列入：",
            "sample": "（虚构示例）",
        },
        "en": {
            "board": "board",
            "scores": "scores {}",
            "plan": "plan",
            "proposal": "proposal",
            "quality": "quality",
            "failures": "failures",
            "page": "pictures",
            "deck": "Creator shortlist",
            "name": "creator",
            "score": "score",
            "coverage": "coverage",
            "band": "duration",
            "price": "price",
            "source": "source of price",
            "fee": "fee",
            "rebate": "rebate",
            "total": "total",
            "plays": "median plays",
            "fetched": "fetched {} {}",
            "ranking": "Scored for {} (weights are yours to change; the others carry the weight of a missing metric, "
            "so a score of low coverage is not firm)",
            "hints": "mind",
            "few": "few videos",
            "no_quote": "no quote",
            "spent": "budget ¥{}, spent ¥{}, left ¥{}; plays {} (median plays, the same for every duration, so the "
            "cheapest is chosen)",
            "left_out": "left out: ",
            "sample": " (synthetic sample)",
        },
    }
)
_OWN_FILES = ("board", "scores", "plan", "proposal", "quality", "failures")
_DECK = "shortlist.pptx"
_LABEL_CELLS = 28


class Decided:
    """A survey with what follows from it: scores for one goal, a plan for a budget, and flags on the data."""

    def __init__(
        self,
        survey: Survey,
        goal: Preset,
        budget_cny: float | None,
        lang: Language,
        *,
        sample: bool = False,
        fee: float = 0.0,
        rebate: float = 0.0,
    ) -> None:
        self.survey, self.goal, self.lang, self.sample = survey, goal, lang, sample
        self.scores = score(survey.board, goal)
        self.plan, self.unplanned = _plan(survey.board, budget_cny, fee, rebate)
        # The sample answers were fetched on an invented day, which is ever longer ago.
        flags = quality(survey.frames, stale_after=None if sample else "7d", lang=lang)
        self.flags = flags.sort_values("severity", kind="stable", ignore_index=True)

    @property
    def words(self) -> Mapping[str, str]:
        """The words of its language."""
        return _WORDS[self.lang]

    @property
    def title(self) -> str:
        """What the board is called, and that it is invented where it is."""
        return self.words["board"] + (self.words["sample"] if self.sample else "")

    @property
    def goal_name(self) -> str:
        """What the goal is called."""
        return self.goal.name if self.lang == "zh" else self.goal.english.replace("_", " ")


def _plan(board: pd.DataFrame, budget_cny: float | None, fee: float, rebate: float) -> tuple[pd.DataFrame | None, str]:
    """Return the plan, or why there is none: the rest of the job must not be lost for it."""
    if budget_cny is None:
        return None, ""
    try:
        return plan_budget(board, budget_cny, fee=fee, rebate=rebate), ""
    except XingtuError as error:
        return None, str(error)


def board_text(board: pd.DataFrame, lang: Language, width: int | None = None) -> str:
    """Return the board as a terminal table with the metrics that are read first, as many as the window has room for."""
    columns: dict[str, list[str]] = {_WORDS[lang]["name"]: list(_labels(board).values())}
    for name in READ_FIRST:
        metric = METRICS[name]
        values = board[name].to_numpy(dtype="float64", na_value=float("nan"))
        label = metric_label(metric, lang).replace("(", "\n").removesuffix(")")
        columns[label] = numbers(values, metric.unit, lang)
    return _table(columns, width, "board.csv", lang)


def asked_text(board: pd.DataFrame, lang: Language) -> str:
    """Return what the board is about: videos, days, and when the oldest answer was fetched."""
    asked = asked_of(board)
    oldest = board["fetched_at"].min()
    words = scope(asked["video_type"], asked["window"], lang)
    if pd.isna(oldest):
        return " · ".join(words)
    fetched = _WORDS[lang]["fetched"].format(f"{oldest.tz_convert(CHINA):%Y-%m-%d %H:%M}", ZONE_NAMES[lang])
    return " · ".join([*words, fetched])


def decision_text(decided: Decided, width: int | None = None) -> str:
    """Return scores, and the plan where there is one, as terminal tables no wider than the window."""
    words, names = decided.words, _labels(decided.survey.board)
    hints = _hints(decided.survey.board, words)
    known = decided.scores[decided.scores["score"].notna()]
    ranking = {
        words["name"]: [names[kol_id] for kol_id in known["kol_id"]],
        words["score"]: [f"{value:.1f}" for value in known["score"]],
        words["coverage"]: [f"{value:.0%}" for value in known["coverage"]],
        words["hints"]: [hints[kol_id] for kol_id in known["kol_id"]],
    }
    table = _table(ranking, width, "scores.csv", decided.lang)
    texts = [f"{words['ranking'].format(decided.goal_name)}\n\n{table}"]
    if decided.plan is not None:
        texts.append(_plan_text(decided.plan, names, decided.lang, width))
    return fitted_lines("\n\n".join(texts), width)


def _hints(board: pd.DataFrame, words: Mapping[str, str]) -> dict[str, str]:
    """Return id -> what to mind before a creator is booked."""
    few = board["few_videos"].fillna(value=True).tolist()
    quotes = board[[name for name in board.columns if name.startswith("quote_")]]
    quoted = quotes.gt(0).fillna(value=False).any(axis=1).tolist()
    return {
        kol_id: ", ".join([words["few"]] * bool(thin) + [words["no_quote"]] * (not open_))
        for kol_id, thin, open_ in zip(board["kol_id"], few, quoted, strict=True)
    }


def _plan_text(plan: pd.DataFrame, names: Mapping[str, str], lang: Language, width: int | None) -> str:
    words = _WORDS[lang]
    sources = [PRICE_SOURCES.zh[source] if lang == "zh" else source for source in plan["price_source"]]
    bands = [DURATION_BANDS.zh[band] if lang == "zh" else band for band in plan["duration_band"]]
    on_top = [name for name in ("fee", "rebate") if plan[f"{name}_cny"].any()]
    columns = {
        words["name"]: [*(names[kol_id] for kol_id in plan["kol_id"]), words["total"]],
        words["band"]: [*bands, ""],
        words["source"]: [*sources, ""],
        **{words[name]: _summed(plan[f"{name}_cny"], "CNY", lang) for name in ("price", *on_top, "total")},
        words["plays"]: _summed(plan["expected"], "plays", lang),
    }
    totals = [money(plan.attrs[name], lang, 0) for name in ("budget_cny", "spent_cny", "left_cny", "expected_total")]
    left_out = [f"{names[one['kol_id']]} ({_why(one['why'], lang)})" for one in plan.attrs["left_out"]]
    rest = [words["left_out"] + ", ".join(left_out)] if left_out else []
    return "\n\n".join([words["spent"].format(*totals), _table(columns, width, "plan.csv", lang), *rest])


def _summed(column: pd.Series[float], unit: str, lang: Language) -> list[str]:
    """Return the numbers of a column, and their sum below."""
    cells = column.to_numpy(dtype="float64")
    return numbers(np.append(cells, math.fsum(cells)), unit, lang)


def _why(why: str, lang: Language) -> str:
    return LEFT_OUT.zh[why] if lang == "zh" else why


def _table(columns: Mapping[str, list[str]], width: int | None, file: str, lang: Language) -> str:
    """Return a terminal table; what the window has no room for stands in the file."""
    return fitted_grid(Table(columns, ("left", *("right" for _ in list(columns)[1:]))), width, file, lang)


def _labels(board: pd.DataFrame) -> dict[str, str]:
    """Return id -> what the creator is called in a terminal."""
    names = board["name"].where(board["name"].notna(), board["kol_id"])
    return {kol_id: label(name, _LABEL_CELLS) for kol_id, name in zip(board["kol_id"], names, strict=True)}


def write_all(decided: Decided, folder: Path, *, deck: bool = False) -> Iterator[tuple[Path, str]]:
    """Write every file, a deck among them if one is asked for, and yield each path with what it is."""
    words, lang = decided.words, decided.lang
    sheets: dict[str, pd.DataFrame] = {}
    names = dict(zip(decided.survey.board["kol_id"], decided.survey.board["name"], strict=True))
    for name, title, frame in _frames(decided):
        sheets[title] = frame
        yield write_csv(_with_names(frame, names), folder / f"{name}.csv"), title
    drawn = list(pictures(decided.survey, lang))
    for picture in drawn:
        yield write_whole(folder / f"{picture.name}.png", picture.png), picture.caption
    # A name that Excel cannot hold must not cost the workbook; the CSV files have all of it.
    fitting = {title: _fitting(frame) for title, frame in sheets.items()}
    book = write_excel(
        fitting, folder / "shortlist.xlsx", lang=lang, pictures={picture.caption: picture.png for picture in drawn}
    )
    yield book, ", ".join([*sheets, words["page"]])
    about = asked_text(decided.survey.board, lang)
    table = board_table(decided.survey.board, words["board"], lang)
    yield write_page(drawn, folder / "pictures.html", decided.title, about, lang, table=table), words["page"]
    if deck:
        yield _write_deck(decided, folder / _DECK), words["deck"]


def _write_deck(decided: Decided, path: Path) -> Path:
    survey, title = decided.survey, decided.words["deck"]
    return write_pptx(
        survey.board,
        path,
        frames=survey.frames,
        plan=decided.plan,
        quality=decided.flags,
        title=title + decided.words["sample"] if decided.sample else title,
        lang=decided.lang,
    )


def _fitting(frame: pd.DataFrame) -> pd.DataFrame:
    texts = [name for name in frame.columns if pd.api.types.is_string_dtype(frame[name].dtype)]
    long = [name for name in texts if frame[name].str.len().gt(MAX_TEXT // 2).any()]
    return frame.assign(**{name: frame[name].map(fitted, na_action="ignore") for name in long})


def _with_names(frame: pd.DataFrame, names: Mapping[str, str]) -> pd.DataFrame:
    """Put names beside the ids of a frame that has none, as the workbook does."""
    if "kol_id" not in frame.columns or {*NAME_COLUMNS} & set(frame.columns):
        return frame
    named = frame.copy()
    named.insert(1, "name", pd.array([names.get(kol_id) for kol_id in frame["kol_id"]], dtype=text_dtype()))
    return named


def leftovers(folder: Path, written: Collection[Path]) -> list[str]:
    """Return our files in the folder that this run did not write: they are of another shortlist."""
    ours = {_DECK, *(f"{name}.csv" for name in (*_OWN_FILES, *TABLES))}
    files = (path for path in folder.iterdir() if path.name in ours or is_picture(path.name))
    return sorted(path.name for path in files if path not in written)


def _frames(decided: Decided) -> Iterator[tuple[str, str, pd.DataFrame]]:
    """Yield file name, sheet title and frame, in the order of the workbook."""
    words, survey = decided.words, decided.survey
    yield "board", decided.title, survey.board
    yield "scores", words["scores"].format(decided.goal_name), decided.scores
    if decided.plan is not None:
        yield "plan", words["plan"], decided.plan
    names = survey.board.set_index("kol_id")["name"]
    yield "proposal", words["proposal"], proposal_sheet(survey.frames, names=names)
    yield "quality", words["quality"], decided.flags
    if survey.failures:
        rows = [[dict(failure)[column.name] for column in FAILURE_COLUMNS] for failure in survey.failures]
        yield "failures", words["failures"], build_frame(FAILURE_COLUMNS, rows)
    for name, frame in survey.frames.items():
        yield name, TABLES[name].label_zh if decided.lang == "zh" else name, frame


def make_folder(folder: Path) -> None:
    """Make the folder for the files, or raise `FileError` naming it."""
    problem = ""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        problem = error.strerror or str(error)
    if problem:
        raise FileError(f"the folder {folder} cannot be made ({problem}); choose another with --out")
