"""The pictures: the code of each is run, drawn in the language of the site, and shown beneath."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure

import xingtu_frames as xf

from .markdown import Language, page, python

_DPI = 110


@dataclass(frozen=True)
class Entry:
    """A picture.

    Attributes
    ----------
    function
        The public function that draws it.
    title
        What it shows, by language.
    draws
        The tables that it draws; none for what is made from a board.
    code
        The code that leaves it in ``picture``; ``ids`` and ``board`` are there.
    """

    function: str
    title: Mapping[Language, str]
    draws: tuple[str, ...]
    code: str


def _entry(function: str, zh: str, en: str, code: str, *draws: str) -> Entry:
    return Entry(function, {"zh": zh, "en": en}, draws, code)


ENTRIES: tuple[Entry, ...] = (
    _entry(
        "plot_scorecard",
        "谁在哪项指标领先：颜色是名单内的名次",
        "Who leads where: colour is the rank within the shortlist",
        "picture = xf.plot_scorecard(board)",
    ),
    _entry(
        "plot_price_value",
        "报价买到多少播放：同一条虚线上千次播放的价格相同",
        "What a quote buys in plays: along a dashed line a thousand plays cost the same",
        "picture = xf.plot_price_value(board)",
    ),
    _entry(
        "plot_expected",
        "平台预期的播放量，与实际中位数并列",
        "Plays that the provider expects, beside the median",
        'picture = xf.plot_expected(xf.compare(ids, metrics=["followers", "play_median", "expected_plays", '
        '"quote_21_60s"]))',
    ),
    _entry(
        "plot_cost_tiers",
        "各时长档的预期 CPM 与 CPE",
        "Expected CPM and CPE by duration band",
        "picture = xf.plot_cost_tiers(xf.fetch_cost_tiers(ids[:6]), names=board)",
        "cost_tiers",
    ),
    _entry(
        "plot_index",
        "六项星图指数与市场均值",
        "The six Xingtu indexes beside the market's mean",
        "picture = xf.plot_index(xf.fetch_link_index(ids[:6]), names=board)",
        "link_index",
    ),
    _entry(
        "plot_benchmarks",
        "每位达人超过了多少同类",
        "The share of peers that each creator beats",
        "picture = xf.plot_benchmarks(xf.fetch_spread_benchmarks(ids[:8]), names=board)",
        "spread_benchmarks",
    ),
    _entry(
        "plot_link_funnel",
        "连接用户的四个阶段，对照行业中位数",
        "Connected users by stage, against the industry's median",
        "picture = xf.plot_link_funnel(xf.fetch_link_struct(ids[:4]), names=board, per_row=2)",
        "link_struct",
    ),
    _entry(
        "plot_touch",
        "连接用户从哪里来",
        "Where connected users came from",
        "picture = xf.plot_touch(xf.fetch_touch_distribution(ids[:8]), names=board)",
        "touch_distribution",
    ),
    _entry(
        "plot_content_mix",
        "作品的内容类型",
        "What the videos are about",
        "picture = xf.plot_content_mix(xf.fetch_video_distribution(ids[:8]), names=board)",
        "video_distribution",
    ),
    _entry(
        "plot_portrait",
        "观众是谁：性别、年龄、城市、人群",
        "Who watches: gender, age, cities, crowds",
        "picture = xf.plot_portrait(xf.fetch_audience_portrait(ids[:4]), names=board, "
        'dimensions=["gender", "age", "city_tier", "crowd"])',
        "audience_portrait",
        "fans_portrait",
    ),
    _entry(
        "plot_audience_match",
        "受众与目标人群的匹配：占比、TGI、目标用户数、成本",
        "How well audiences fit a target: share, TGI, users, cost",
        "portrait = xf.fetch_audience_portrait(ids)\n"
        'target = {"gender": "女", "age": ["18-23", "24-30"]}\n'
        "picture = xf.plot_audience_match(xf.audience_match(portrait, target, board=board))",
    ),
    _entry(
        "plot_videos",
        "最近作品：播放量、商单与日常作品、中位数、爆款",
        "The latest videos: plays over time, ordered ones apart, medians, hot ones by name",
        "picture = xf.plot_videos(xf.fetch_show_items(ids[:4]), names=board)",
        "show_items",
    ),
    _entry(
        "plot_followers",
        "粉丝数与每日涨粉",
        "Followers day by day, and their change",
        "picture = xf.plot_followers(xf.fetch_daily_fans(ids[:4]), names=board)",
        "daily_fans",
    ),
    _entry(
        "plot_frontier",
        "两个目标的前沿：每个点是一个方案，没有别的方案在两方面都不比它差",
        "The frontier of two goals: each point is a plan that none beats in both",
        "portrait = xf.fetch_audience_portrait(ids)\n"
        'match = xf.audience_match(portrait, {"gender": "男"}, board=board)\n'
        "picture = xf.plot_frontier(xf.plan_frontier(board, 200_000, target_users=match))",
    ),
    _entry(
        "plot_trend",
        "一个数字怎么变：每位达人一条线，缺的地方断开",
        "How a number moves: a line for each creator, with gaps where data is missing",
        'picture = xf.plot_trend(xf.fetch_daily_fans(ids[:5]), "followers", scale="change", names=board)',
        "daily_fans",
    ),
    _entry(
        "plot_review",
        "投放复盘：每条视频的播放与 CPM，对照预期",
        "A campaign in review: plays and CPM of each video, beside what was expected",
        "plan = xf.plan_budget(board, 300_000)\n"
        'videos = xf.fetch_show_items(plan["kol_id"])\n'
        'published = videos[videos["video_type"] == "xingtu"].drop_duplicates("kol_id")[["kol_id", "item_id"]]\n'
        'bookings = plan.merge(published, on="kol_id")\n'
        'trend = xf.fetch_video_trend(bookings["item_id"])\n'
        "picture = xf.plot_review(xf.review(bookings, trend=trend, videos=videos, names=board))",
    ),
)
"""Every picture of the package, in reading order."""


def image(entry: Entry) -> str:
    """Return the path of the image within the site."""
    return f"images/{entry.function}.png"


def pages(lang: Language) -> Iterator[tuple[str, str]]:
    """Yield the path and the text of the gallery."""
    words = {
        "zh": (
            "图",
            "每张图下面是画出它的代码。先运行：",
            "样例达人均为虚构；图和代码由文档构建时运行生成。",
        ),
        "en": (
            "Gallery",
            "Under each picture stands the code that drew it. First run:",
            "The creators are synthetic; the build of this page ran the code and drew the pictures.",
        ),
    }[lang]
    start = "\n".join(
        (
            "import xingtu_frames as xf",
            "",
            "xf.set_default_client(xf.sample_client())",
            "ids = xf.sample_ids()",
            "board = xf.compare(ids)",
        )
    )
    sections = [
        part
        for entry in ENTRIES
        for part in (
            f"## {entry.title[lang]}",
            f"![{entry.title[lang]}]({image(entry)})",
            python(entry.code),
            f"[`{entry.function}`](api/pictures.md#{entry.function})",
        )
    ]
    yield "gallery.md", page(words[0], words[1], python(start), words[2], *sections)


def draw(entry: Entry, lang: Language, folder: Path) -> None:
    """Run the code of a picture in a language, and save what it leaves."""
    ids = xf.sample_ids()
    scope: dict[str, object] = {"xf": _In(lang), "ids": ids, "board": xf.compare(ids)}
    exec(entry.code, scope)  # noqa: S102 - the code that the page shows
    drawn = scope["picture"]
    figure = drawn.get_figure() if isinstance(drawn, Axes) else drawn
    if not isinstance(figure, Figure):
        raise TypeError(f"{entry.function} left no picture")
    path = folder / image(entry)
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=_DPI, metadata={"Software": None})
    plt.close(figure)


class _In:
    """The package, whose pictures speak the language of the site."""

    def __init__(self, lang: Language) -> None:
        self._lang = lang

    def __getattr__(self, name: str) -> object:
        public = getattr(xf, name)
        return functools.partial(public, lang=self._lang) if name.startswith("plot_") else public
