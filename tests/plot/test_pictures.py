"""Pictures are read by their artists: texts, colours, bars and extents, never pixels."""

import itertools
from types import SimpleNamespace

import matplotlib
import numpy as np
import pandas as pd
import pytest
from matplotlib import pyplot as plt
from matplotlib.colors import to_rgb
from matplotlib.patches import Rectangle
from matplotlib.ticker import MaxNLocator

from tests.plot_cases import (
    LONG,
    NAMES,
    assert_every_character_has_a_glyph,
    assert_texts_are_inside_and_apart,
    fill,
    fonts_taken_away,
    kol_id,
    lay_out,
    names_of,
    texts_of,
    visible_texts,
)
from xingtu_frames.board.metrics import METRICS, READ_FIRST, board_columns, chosen_metrics
from xingtu_frames.errors import MissingFontWarning, ParameterError
from xingtu_frames.frame import build_frame
from xingtu_frames.plot.cost_tiers import plot_cost_tiers
from xingtu_frames.plot.drawing import font, style
from xingtu_frames.plot.drawing.font import use_chinese
from xingtu_frames.plot.scorecard import plot_scorecard
from xingtu_frames.tables.catalog import LABELS_ZH, TABLES
from xingtu_frames.tables.cost import COST_METRICS, DURATION_BANDS
from xingtu_frames.wording.figures import compact

DEFAULT = [metric.name for metric in chosen_metrics(None)]
"""The metrics of a board where none are named."""
RANGES = {"fraction": (0.01, 0.3), "CNY": (0.5, 160), "points": (40, 95), "s": (10, 200), "plays": (2e4, 2e7)}


def value(metric, generator):
    if generator.random() < 0.1:
        return None
    number = generator.uniform(*RANGES.get(metric.unit, (1e4, 9e6)))
    return int(number) if metric.dtype == "Int64" else float(number)


def make_board(creators, metrics=None, seed=7):
    generator, chosen = np.random.default_rng(seed), chosen_metrics(metrics)
    names = [*NAMES, *(f"达人{row}号" for row in range(len(NAMES), creators))]
    rows = [
        (kol_id(row), names[row], *(value(metric, generator) for metric in chosen), "美食", *[None] * 7, 0)
        for row in range(creators)
    ]
    return build_frame(board_columns(chosen), rows)


def small_board(**columns):
    """Return a board of given values, creators a, b, c, ..."""
    chosen = chosen_metrics(columns)
    cells = zip(*columns.values(), strict=True)
    rows = [("1234", chr(ord("a") + row), *values, *[None] * 9) for row, values in enumerate(cells)]
    return build_frame(board_columns(chosen), rows)


def make_tiers(creators, seed=7):
    generator = np.random.default_rng(seed)
    keys = itertools.product(map(kol_id, range(creators)), COST_METRICS, DURATION_BANDS)
    costs = [float(cost) if cost > 20 else None for cost in generator.uniform(0, 160, creators * 9)]
    rows = [(*key[:1], "personal", "30d", *key[1:], cost, 0) for key, cost in zip(keys, costs, strict=True)]
    return build_frame(TABLES["cost_tiers"].columns, rows)


def score(creators, lang="zh", metrics=None):
    return plot_scorecard(make_board(creators), metrics=metrics, lang=lang).figure


def cost(creators, lang="zh", metrics=("cpm", "cpe")):
    frame = make_tiers(creators)
    return plot_cost_tiers(frame, names=names_of(frame), metrics=metrics, lang=lang)


def grid(ax):
    """Return texts and cells of a scorecard as (creator, header) -> (text artist, rectangle)."""
    rows = [label.get_text() for label in ax.get_yticklabels()]
    columns = [label.get_text() for label in ax.get_xticklabels()]
    patches = [patch for patch in ax.patches if isinstance(patch, Rectangle)]
    cells = {tuple(np.round(patch.get_xy()).astype(int)): patch for patch in patches}
    texts = {tuple(np.floor(text.get_position()).astype(int)): text for text in ax.texts}
    return {
        (row, column): (texts[x, y], cells[x, y])
        for (y, row), (x, column) in itertools.product(enumerate(rows), enumerate(columns))
    }


def is_blue(colour):
    return colour[2] > colour[0]


@pytest.fixture
def no_font():
    with fonts_taken_away():
        yield


PICTURES = [
    *(
        pytest.param(draw, creators, lang, None, id=f"{draw.__name__}-{creators}-{lang}", marks=marks)
        for draw, lang in itertools.product((score, cost), ("zh", "en"))
        for creators, marks in ((1, ()), (2, ()), (12, ()), (30, pytest.mark.slow))
    ),
    pytest.param(score, 3, "zh", DEFAULT, id="score-all-zh"),
    pytest.param(score, 3, "en", DEFAULT, id="score-all-en"),
    pytest.param(score, 3, "en", ["star_index"], id="score-one-en"),
    pytest.param(cost, 3, "zh", "cpe", id="cost-one-zh"),
    pytest.param(cost, 1, "en", "sales_cpm", id="cost-one-en"),
    pytest.param(cost, 3, "en", COST_METRICS, id="cost-three-en"),
]


@pytest.mark.one_in(2)
@pytest.mark.each_once
@pytest.mark.parametrize(("draw", "creators", "lang", "metrics"), PICTURES)
def test_every_text_is_inside_the_figure_and_apart_from_the_others(draw, creators, lang, metrics):
    figure = draw(creators, lang, **({} if metrics is None else {"metrics": metrics}))
    assert_texts_are_inside_and_apart(figure)


@pytest.mark.each_once
@pytest.mark.parametrize(("draw", "lang"), list(itertools.product((score, cost), ("zh", "en"))))
def test_every_character_has_a_glyph_and_no_dollar_is_mathematics(draw, lang):
    figure = draw(9, lang)
    assert_every_character_has_a_glyph(figure)
    assert "$美$妆$" in texts_of(figure)


@pytest.mark.parametrize("draw", [score, cost])
def test_language_decides_the_labels(draw):
    chinese = {text.get_text() for text in visible_texts(draw(12, "zh"))}
    english = {text.get_text() for text in visible_texts(draw(12, "en"))}
    assert not chinese & {"Followers", "no data", "CPM / CPE by video duration"}
    drawn_names = {font.lettering("en").name(name, kol_id(row)) for row, name in enumerate(NAMES)}
    assert not any(font.wide(text) for text in english if text not in drawn_names and not text.startswith("达人"))
    assert any(LABELS_ZH["cpm"] in text for text in chinese)


def test_names_are_drawn_as_far_as_the_fonts_go():
    letters = font.lettering("zh")
    drawn = [letters.name(name, "42") for name in [*NAMES, None, float("nan"), "", "Bob𓀀"]]
    assert drawn[:4] == ["阿甜测评", "通勤Vicky", "$美$妆$", "小鹿探店"]
    assert drawn[4] == LONG[:11] + "…"
    assert drawn[5:] == ["42", "两行 名字", "_Ann", "42", "42", "42", "42", "42"]


def test_scorecard_colours_follow_rank_and_direction():
    ax = plot_scorecard(small_board(play_median=[900, 500, 100], cpm_21_60s=[90.0, 50.0, 10.0]))
    cells = grid(ax)
    plays, cpm = "播放量中位数", "预期CPM ↓\n21-60秒"
    assert fill(cells["a", plays][1]) == pytest.approx(to_rgb(style.RANKS(0.0)))
    assert is_blue(fill(cells["c", cpm][1]))
    assert not is_blue(fill(cells["a", cpm][1]))
    assert fill(cells["b", plays][1]) == fill(cells["b", cpm][1]) == pytest.approx(to_rgb(style.RANKS(0.5)))
    bold = {key for key, (text, _) in cells.items() if text.get_path_effects()}
    assert bold == {("a", plays), ("c", cpm)}


def test_scorecard_never_calls_a_value_best_that_cannot_be():
    board = small_board(play_median=[-5, 500, 100], cpm_21_60s=[0.0, 50.0, 10.0], interact_rate=[4.1, 0.02, 0.03])
    cells = grid(plot_scorecard(board))
    plays, cpm, rate = "播放量中位数", "预期CPM ↓\n21-60秒", "互动率"
    assert {fill(cells["a", header][1]) for header in (plays, cpm, rate)} == {to_rgb("white")}
    assert cells["a", cpm][0].get_text() == "¥0"
    bold = {key for key, (text, _) in cells.items() if text.get_path_effects()}
    assert bold == {("b", plays), ("c", cpm), ("c", rate)}


def test_scorecard_leaves_metrics_without_direction_and_missing_values_without_colour():
    ax = plot_scorecard(
        small_board(followers=[2_600_000, 100, 7], interact_rate=[None, 0.041, None], star_index=[60.0, np.inf, 5.0])
    )
    cells = grid(ax)
    assert {fill(cells[name, "达人粉丝"][1]) for name in "abc"} == {to_rgb("white")}
    assert fill(cells["a", "互动率"][1]) == to_rgb("white")
    assert cells["a", "互动率"][0].get_text() == cells["b", "星图指数"][0].get_text() == "—"
    assert fill(cells["b", "星图指数"][1]) == to_rgb("white")
    assert fill(cells["b", "互动率"][1]) == pytest.approx(to_rgb(style.RANKS(0.5)))
    assert {key for key, (text, _) in cells.items() if text.get_path_effects()} == {("a", "星图指数")}


def test_scorecard_ties_share_colour_and_are_all_bold():
    board = small_board(star_index=[70.0, 70.0, 60.0], spread_index=[50.0] * 3)
    cells = grid(plot_scorecard(board, metrics=["star_index", "spread_index"]))
    first, second, third = (cells[name, "星图指数"] for name in "abc")
    assert fill(first[1]) == fill(second[1]) != fill(third[1])
    assert [bool(cell[0].get_path_effects()) for cell in (first, second, third)] == [True, True, False]
    assert not any(cells[name, "传播指数"][0].get_path_effects() for name in "abc")


def test_scorecard_rows_are_sorted_by_mean_rank_then_board_order():
    board = small_board(
        play_median=[None, 1, 2, 3, 2], cpm_21_60s=[None, 9.0, 5.0, 1.0, 5.0], followers=[9, None, None, None, None]
    )
    ax = plot_scorecard(board)
    assert [label.get_text() for label in ax.get_yticklabels()] == ["d", "c", "e", "b", "a"]
    assert ax.get_ylim() == (5, 0)


@pytest.mark.parametrize(
    ("lang", "expected"),
    [
        ("zh", ["1.2亿", "36.4万", "9,520", "4.1%", "24秒", "¥141.4", "¥6.5万", "71.4"]),
        ("en", ["120M", "364K", "9,520", "4.1%", "24 s", "¥141.4", "¥65K", "71.4"]),
    ],
)
def test_scorecard_writes_values_by_unit(lang, expected):
    values = {
        "followers": 120_000_000,
        "play_median": 364_000,
        "connected_users": 9520,
        "interact_rate": 0.0412,
        "duration_mean_s": 24.2,
        "cpm_21_60s": 141.4,
        "quote_21_60s": 65000,
        "star_index": 71.4,
    }
    ax = plot_scorecard(small_board(**{name: [cell] for name, cell in values.items()}), metrics=values, lang=lang)
    texts = sorted((text for text in ax.texts if text.get_position()[0] > 0), key=lambda text: text.get_position())
    assert [text.get_text() for text in texts] == expected


@pytest.mark.parametrize("number", [0, 9999, 10_000, 99_950, 99_999_999, 100_000_000, 123_456_789_012])
def test_large_numbers_keep_their_size(number):
    for lang, units in (("zh", {"万": 1e4, "亿": 1e8}), ("en", {"K": 1e3, "M": 1e6, "B": 1e9})):
        text = compact(number, lang)
        digits = text.rstrip("".join(units))
        assert float(digits.replace(",", "")) * units.get(text[len(digits) :], 1) == pytest.approx(number, rel=5e-3)
        assert float(digits.replace(",", "")) < 10_000


@pytest.mark.parametrize(("lang", "said"), [("zh", "* 作品不足5个"), ("en", "* under 5 videos")])
def test_scorecard_marks_creators_with_few_videos(lang, said):
    board = small_board(star_index=[80.0, 70.0, 60.0])
    board["few_videos"] = pd.array([False, True, None], dtype="boolean")
    ax = plot_scorecard(board, lang=lang)
    assert [label.get_text() for label in ax.get_yticklabels()] == ["a", "b *", "c"]
    assert said in " ".join(texts_of(ax.figure))
    assert "*" not in " ".join(texts_of(plot_scorecard(board.head(1), lang=lang).figure))


def test_names_of_the_wrong_kind_are_refused():
    with pytest.raises(ParameterError, match=r"names must be a mapping or Series id -> name, .*, not a set"):
        plot_cost_tiers(make_tiers(2), names={"a", "b"})


@pytest.mark.slow
def test_scorecard_grows_with_the_board_and_draws_the_usual_metrics():
    few, many = score(2), score(30)
    assert many.get_figheight() > few.get_figheight() + 28 * 0.3
    assert score(2, metrics=DEFAULT).get_figwidth() > 2 * few.get_figwidth()
    headers = [label.get_text() for label in few.axes[0].get_xticklabels()]
    assert len(headers) == len(READ_FIRST) == len(few.axes[0].patches) / 2
    lower = [METRICS[name].direction == "lower" for name in READ_FIRST]
    assert ["↓" in header for header in headers] == lower


def test_scorecard_on_given_axes_fits_its_cells():
    figure, (left, right) = plt.subplots(1, 2, figsize=(9, 3), layout="constrained")
    assert plot_scorecard(make_board(8), ax=right) is right
    assert not left.texts
    assert tuple(figure.get_size_inches()) == (9, 3)
    lay_out(figure)
    for text, cell in grid(right).values():
        assert text.get_window_extent().width <= cell.get_window_extent().width


def test_cost_bars_are_the_values_in_frame_order():
    frame = make_tiers(5).sort_values("kol_id", ascending=False, kind="stable")
    figure = plot_cost_tiers(frame)
    ids = list(dict.fromkeys(frame["kol_id"]))
    assert [label.get_text() for label in figure.axes[0].get_yticklabels()] == ids
    for ax, metric in zip(figure.axes, ("cpm", "cpe"), strict=True):
        bars = sorted(ax.patches, key=lambda bar: bar.get_y())
        rows = frame[(frame["metric"] == metric) & frame["cost_cny"].notna()]
        assert [bar.get_width() for bar in bars] == rows["cost_cny"].tolist()
        colours = [to_rgb(style.BANDS[band]) for band in rows["duration_band"]]
        assert [fill(bar) for bar in bars] == colours
        assert ax.get_ylim()[0] > ax.get_ylim()[1]
        missing = [text for text in ax.texts if text.get_text() == "无数据"]
        assert len(missing) == len(ids) * 3 - len(rows)
        assert len(ax.texts) == len(ids) * 3
        assert {text.xy[0] for text in missing} <= {0}
    lightness = [sum(to_rgb(colour)) for colour in style.BANDS.values()]
    assert lightness == sorted(lightness, reverse=True)
    assert [text.get_text() for text in figure.legends[0].get_texts()] == [LABELS_ZH[band] for band in DURATION_BANDS]


def test_cost_zero_is_a_value_and_a_panel_may_be_empty():
    frame = make_tiers(2)
    frame["cost_cny"] = frame["metric"].astype(object).map({"cpm": 0.0, "cpe": np.nan, "sales_cpm": np.inf})
    cpm, *without = plot_cost_tiers(frame, metrics=COST_METRICS).axes
    assert [bar.get_width() for bar in cpm.patches] == [0.0] * 6
    assert {text.get_text() for text in cpm.texts} == {"0"}
    for ax in without:
        assert not ax.patches
        assert {text.get_text() for text in ax.texts} == {"无数据"}


def test_cost_says_what_it_is_about_and_takes_names_as_series():
    frame = make_tiers(2)
    figure = plot_cost_tiers(frame, names=pd.Series({kol_id(1): "达人乙"}))
    assert [label.get_text() for label in figure.axes[0].get_yticklabels()] == [kol_id(0), "达人乙"]
    texts = " ".join(text.get_text() for text in visible_texts(figure))
    assert LABELS_ZH["personal"] in texts
    assert "近30天" in texts


@pytest.mark.parametrize(
    ("draw", "frame"), [(plot_scorecard, make_board(6)), (plot_cost_tiers, make_tiers(6))], ids=["score", "cost"]
)
def test_the_frame_stays_as_it_was(draw, frame):
    before = frame.copy(deep=True)
    draw(frame)
    pd.testing.assert_frame_equal(frame, before)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: plot_scorecard(make_board(2), lang="fr"), ['"zh"', '"en"', '"fr"']),
        (lambda: plot_cost_tiers(make_tiers(2), lang="fr"), ['"zh"', '"en"', '"fr"']),
        (lambda: plot_scorecard(make_board(2).head(0)), ["no rows to draw"]),
        (lambda: plot_cost_tiers(make_tiers(2).head(0)), ["no rows to draw"]),
        (lambda: plot_scorecard(make_board(2)[["name"]]), ["lacks kol_id", "compare"]),
        (lambda: plot_scorecard(make_board(2)[["kol_id"]]), ["no metric", "compare"]),
        (lambda: plot_scorecard(make_board(2, ["followers"]), metrics="cpm_60s"), ["lacks cpm_60s", "compare"]),
        (lambda: plot_scorecard(make_board(2), metrics="cpm"), ["'cpm'", "cpm_21_60s"]),
        (lambda: plot_scorecard(make_board(2), metrics=[]), ["no metric"]),
        (lambda: plot_scorecard(["123"]), ["DataFrame", "list", "compare"]),
        (lambda: plot_cost_tiers(make_board(2)), ["lacks metric, duration_band, cost_cny", "fetch_cost_tiers"]),
        (lambda: plot_cost_tiers(make_tiers(2), metrics=["cpx"]), ['"cpm", "cpe", "sales_cpm"', '"cpx"']),
        (lambda: plot_cost_tiers(make_tiers(2), metrics=[]), ['"cpm", "cpe", "sales_cpm"']),
        (lambda: plot_cost_tiers(pd.concat([make_tiers(2)] * 2)), ["two costs", "window"]),
        (lambda: plot_cost_tiers(make_tiers(2).assign(duration_band="5s")), ["duration_band", "21-60s"]),
    ],
)
def test_what_cannot_be_drawn_is_refused_before_a_figure_opens(call, words):
    with pytest.raises(ParameterError) as caught:
        call()
    assert [word for word in words if word not in str(caught.value)] == []
    assert plt.get_fignums() == []


def test_without_a_font_english_is_drawn_with_one_warning(no_font):
    with pytest.warns(MissingFontWarning) as caught:
        figures = [score(9), cost(9), score(9, "en"), cost(9, "en")]
    assert len(caught) == 1
    assert 'pip install "xingtu_frames[zh]"' in str(caught[0].message)
    assert caught[0].filename == __file__
    for figure in figures:
        lay_out(figure)
        assert not any(font.wide(text.get_text()) for text in visible_texts(figure))
    rows = {label.get_text() for label in figures[0].axes[0].get_yticklabels()}
    assert {kol_id(0), "_Ann"} <= rows


def test_without_a_font_a_chinese_name_warns_in_english_too(no_font):
    with pytest.warns(MissingFontWarning):
        plot_scorecard(make_board(1), lang="en")


def test_without_a_font_nothing_is_said_where_no_chinese_is_drawn(no_font):
    plot_scorecard(small_board(followers=[1]), lang="en")
    plot_cost_tiers(make_tiers(1), lang="en")


def test_an_installed_font_serves_without_the_wheel(no_font, monkeypatch):
    path = str(font.find_spec("zhplot").submodule_search_locations[0]) + "/fonts/NotoSansSC-Regular.ttf"
    entry = SimpleNamespace(name="Heiti SC", fname=path)
    monkeypatch.setattr(font, "fontManager", SimpleNamespace(ttflist=[entry]))
    monkeypatch.setattr(font, "_INSTALLED", ("PingFang SC", "Heiti SC"))
    assert font.chinese_family() == "Heiti SC"
    monkeypatch.setattr(font, "_is_static", lambda file: False)
    assert font.installed_family() is None


def test_use_chinese_serves_own_axes():
    figure, ax = plt.subplots()
    ax.plot([0, 1], [1, 2], label="传播指数")
    ax.legend(title="图例")
    ax.set_title("达人", fontsize=20, fontweight="bold")
    figure.suptitle("总标题")
    assert use_chinese(figure) is figure
    assert use_chinese(ax) is ax
    ax.xaxis.set_major_locator(MaxNLocator(30))
    lay_out(figure)
    assert ax.title.get_fontsize() == 20
    assert ax.title.get_fontweight() == "bold"
    family = font.chinese_family()
    assert {text.get_fontfamily()[0] for text in visible_texts(figure)} == {family}


def test_use_chinese_without_a_font_warns_and_changes_nothing(no_font):
    _, ax = plt.subplots()
    before = ax.title.get_fontfamily()
    with pytest.warns(MissingFontWarning):
        use_chinese(ax)
    assert ax.title.get_fontfamily() == before


@pytest.mark.parametrize("theme", ["dark_background", "ggplot"])
def test_a_style_in_use_does_not_change_the_pictures(theme):
    with plt.style.context(theme):
        figures = [score(2), cost(2)]
    for figure in figures:
        assert to_rgb(figure.get_facecolor()) == to_rgb("white")
        assert {to_rgb(ax.get_facecolor()) for ax in figure.axes} == {to_rgb("white")}
        assert not any(is_light(text.get_color()) for text in visible_texts(figure))


def is_light(colour):
    return min(to_rgb(colour)) > 0.8


def test_a_notebook_shows_a_returned_figure_once(monkeypatch):
    figure = cost(2)
    with pytest.raises(NotImplementedError):
        figure._ipython_display_()
    assert plt.fignum_exists(figure.number)
    monkeypatch.setattr(matplotlib, "get_backend", lambda: "module://matplotlib_inline.backend_inline")
    with pytest.raises(NotImplementedError):
        figure._ipython_display_()
    assert not plt.fignum_exists(figure.number)
