"""A frame for reading: what stands on the page, that nothing of it is markup, and that the frame stays as it was."""

from __future__ import annotations

import datetime as dt
import re
import warnings
from typing import Any

import numpy as np
import pandas as pd
import pytest

import xingtu_frames as xf
from tests.export_cases import GROUPS as CASES, ID, sample as awkward
from tests.report.html_cases import Page
from xingtu_frames.board.metrics import METRICS, READ_FIRST, board_columns
from xingtu_frames.errors import InvalidIdError, ParameterError, UnmatchedNamesWarning
from xingtu_frames.files.groups import GROUPS, headings
from xingtu_frames.frame import build_frame
from xingtu_frames.tables.schema import Column

OTHER = "6831834345123456790"
ODD = "<b>&\"'</b>"


def page(frame: pd.DataFrame, **options: Any) -> Page:
    return Page(xf.show(frame, **options).to_html())


def made(columns: Any, rows: list[dict[str, object]]) -> pd.DataFrame:
    return build_frame(columns, [[row.get(column.name) for column in columns] for row in rows])


def board(*rows: dict[str, object], metrics: Any = METRICS) -> pd.DataFrame:
    return made(board_columns([METRICS[name] for name in metrics]), list(rows))


def styles(html: str, header: str) -> list[str]:
    """Return the colour of each cell of a column, empty for none."""
    place = Page(html).headers.index(header)
    rows = len(Page(html).rows)
    found = []
    for row in range(rows):
        own = re.search(rf"_row{row}_col{place}(?=[ ,])[^{{}}]*{{[^}}]*background-color: (#\w+)", html)
        found.append(own[1] if own else "")
    return found


FIRST = {
    "kol_id": ID,
    "name": "青柠",
    "followers": 6_180_000,
    "play_median": 123_456_789,
    "interact_rate": 0.0244,
    "completion_rate": 0.0004,
    "cpm_21_60s": 141.4,
    "cpe_21_60s": 6.35,
    "quote_21_60s": 17_600,
    "star_index": 71.41,
    "video_type": "personal",
    "window": "30d",
}
SECOND = {"kol_id": OTHER, "cpm_21_60s": 28.0, "interact_rate": 0.0, "video_type": "personal", "window": "30d"}


def test_a_board_as_people_read_it() -> None:
    shown = page(board(FIRST, SECOND))
    assert shown.headers == [
        *("达人", "达人粉丝", "播放量中位数", "互动率", "完播率", "预期CPM(21-60秒)", "预期CPE(21-60秒)"),
        *("报价(21-60秒)", "星图指数", "性价比指数", "星图ID"),
    ]
    assert shown.rows == [
        ["青柠", "618万", "1.23亿", "2.4%", "<0.1%", "¥141.4", "¥6.35", "¥1.76万", "71.4", "—", ID],
        ["—", "—", "—", "0.0%", "—", "¥28.0", "—", "—", "—", "—", OTHER],
    ]
    hidden = len(board_columns(list(METRICS.values()))) - len(shown.headers)
    assert shown.caption == f'达人对比 · 个人视频 · 近30天 · 另有 {hidden} 列：columns="all"'


def test_a_board_in_english() -> None:
    shown = page(board(FIRST), lang="en")
    assert shown.headers == ["name", *READ_FIRST, "kol_id"]
    assert shown.rows == [["青柠", "6.18M", "123M", "2.4%", "<0.1%", "¥141.4", "¥6.35", "¥17.6K", "71.4", "—", ID]]
    assert "personal videos · last 30 days" in shown.caption


def test_a_small_board_has_all_its_columns_and_all_is_all() -> None:
    small = board(FIRST, metrics=["video_count", "female_share"])
    assert len(page(small).headers) == len(small.columns)
    assert "columns=" not in page(small).caption
    whole = board(FIRST)
    assert len(page(whole, columns="all").headers) == len(whole.columns)


def test_the_columns_one_asks_for_in_that_order() -> None:
    frame = board(FIRST)
    assert page(frame, columns=["kol_id", "星图指数", "name"]).headers == ["星图ID", "星图指数", "达人"]
    assert page(frame, columns="star_index").rows == [["71.4"]]


def test_words_truth_and_times_are_those_of_the_language() -> None:
    frame = made(
        GROUPS["quotes"],
        [
            {
                "kol_id": ID,
                "duration_band": "21-60s",
                "is_open": True,
                "price_cny": 180,
                "settlement": "按自然播放量结算",
                "fetched_at": 1_795_140_000_000_000,
            }
        ],
    )
    chinese, english = page(frame), page(frame, lang="en")
    of = dict(zip(chinese.headers, chinese.rows[0], strict=True))
    at = dt.datetime.fromtimestamp(1_795_140_000, dt.timezone(dt.timedelta(hours=8)))
    assert (of["时长档"], of["是否开放"], of["报价"]) == ("21-60秒", "是", "¥180/千次")
    assert of["数据获取时间（北京时间）"] == f"{at:%Y-%m-%d %H:%M}"
    of = dict(zip(english.headers, english.rows[0], strict=True))
    assert (of["duration_band"], of["is_open"], of["price_cny"]) == ("21-60s", "yes", "¥180 per 1,000")


def test_a_value_has_the_unit_of_the_metric_in_its_row() -> None:
    rows: list[dict[str, object]] = [
        {"kol_id": ID, "metric": name, "before": value, "after": value}
        for name, value in (("followers", 20_000.0), ("interact_rate", 0.5), ("cpm_60s", 0.5), ("no such", 0.5))
    ]
    changed = made(GROUPS["changes"], rows)
    for frame in (changed, xf.named(changed.drop(columns="item_id"), {ID: "Ada"})):
        shown = page(frame)
        place = shown.headers.index("之前")
        assert [row[place] for row in shown.rows] == ["2万", "50.0%", "¥0.50", "0.5"]
        assert [row[shown.headers.index("指标")] for row in shown.rows][:2] == ["达人粉丝", "互动率"]


def test_a_small_amount_keeps_its_decimals_beside_a_large_one() -> None:
    rows: list[dict[str, object]] = [
        {"kol_id": ID, "metric": name, "before": value} for name, value in (("quote_60s", 56e4), ("cpe_60s", 0.58))
    ]
    shown = page(made(GROUPS["changes"], rows))
    assert [row[shown.headers.index("之前")] for row in shown.rows] == ["¥56万", "¥0.58"]


def test_the_words_of_changes_are_chinese() -> None:
    rows: list[dict[str, object]] = [
        {"kol_id": ID, "metric": name, "options": "xingtu|90d"} for name in ("like_mean", "play_stability", "followers")
    ]
    shown = page(made(GROUPS["changes"], rows))
    assert [row[shown.headers.index("指标")] for row in shown.rows] == ["平均点赞", "播放稳定性", "达人粉丝"]
    assert {row[shown.headers.index("口径")] for row in shown.rows} == {"星图视频|近90天"}


def test_the_same_value_may_have_two_units() -> None:
    rows: list[dict[str, object]] = [
        {"kol_id": ID, "condition": name, "gap": 0.5} for name in ("cpm_60s", "interact_rate", "cpm_60s")
    ]
    shown = page(made(GROUPS["screen"], rows))
    assert [row[shown.headers.index("差距")] for row in shown.rows] == ["¥0.50", "50.0%", "¥0.50"]


def test_names_come_first_and_replace_those_of_the_frame() -> None:
    scored = made(
        [GROUPS["score"][0], *GROUPS["score"][2:4]], [{"kol_id": ID, "score": 70.0}, {"kol_id": OTHER, "score": 60.0}]
    )
    shown = page(scored, names={ID: "甲"})
    assert shown.headers == ["达人", "综合得分", "权重覆盖率", "星图ID"]
    assert [row[0] for row in shown.rows] == ["甲", "—"]
    assert page(scored, names=["甲", "乙"], columns=["score"]).rows == [["甲", "70.0"], ["乙", "60.0"]]
    assert page(board(FIRST, SECOND), names={OTHER: "乙"}).rows[0][0] == "青柠"
    assert page(board(FIRST, SECOND), names={OTHER: "乙"}).rows[1][0] == "乙"


def test_a_square_of_creators_is_headed_by_their_names() -> None:
    square = pd.DataFrame([[1.0, 0.25], [0.25, 1.0]], index=pd.Index([ID, OTHER], name="kol_id"), columns=[ID, OTHER])
    shown = page(square, names={ID: ODD, OTHER: "乙"})
    assert shown.headers == ["达人", ODD, "乙", "星图ID"]
    assert shown.rows == [[ODD, "1.00", "0.25", ID], ["乙", "0.25", "1.00", OTHER]]


# --- nothing is markup, nothing comes from elsewhere -----------------------------------------------------------------


@pytest.mark.one_in(2)
@pytest.mark.parametrize("text", [ODD, "<script>alert(1)</script>", "a & b", "$x$", "</style>", "&lt;"])
def test_text_is_text(text: str) -> None:
    class Loud:
        def __str__(self) -> str:
            return text

    frame = board({**FIRST, "name": text}).assign(mine=pd.Series([Loud()], dtype=object))
    own = frame.rename(columns={"mine": text})
    for html in (xf.show(own, columns="all").to_html(), xf.show(board(FIRST), names={ID: text}).to_html()):
        assert Page(html).tags <= {"style", "table", "caption", "thead", "tbody", "tr", "th", "td"}
        assert Page(html).rows[0][0] == text
    shown = page(own, columns="all")
    assert text in shown.headers
    assert shown.rows[0][shown.headers.index(text)] == text


def test_a_page_needs_no_other_file_and_is_the_same_each_time() -> None:
    html = xf.show(board(FIRST)).to_html()
    assert not re.search(r"https?:|url\(|@import|<link|<script|src=", html)
    assert html == xf.show(board(FIRST)).to_html()
    ids = [re.findall(r'<table id="(\w+)"', xf.show(board(row)).to_html()) for row in (FIRST, SECOND)]
    assert ids[0] != ids[1]


def test_notebooks_do_not_read_mathematics_into_a_name() -> None:
    assert 'class="tex2jax_ignore mathjax_ignore"' in xf.show(board({**FIRST, "name": "$9 - $99"})).to_html()


# --- colours ---------------------------------------------------------------------------------------------------------


def test_colours_follow_the_direction_of_the_metric() -> None:
    values = (100.0, 20.0, 60.0, None)
    rows = [{"kol_id": ID, "cpm_60s": v, "star_index": v, "followers": v and int(v)} for v in values]
    html = xf.show(board(*rows, metrics=["cpm_60s", "star_index", "followers"])).to_html()
    worse, better = "#F9D2A8", "#A9CFEA"
    assert styles(html, "预期CPM(60秒以上)") == [worse, better, "", ""]
    assert styles(html, "星图指数") == [better, worse, "", ""]
    assert styles(html, "达人粉丝") == [""] * 4


def test_a_price_of_nothing_is_not_the_best() -> None:
    rows = [{"kol_id": ID, "cpm_60s": value} for value in (0.0, 20.0, 60.0)]
    odd, best, worst = styles(xf.show(board(*rows, metrics=["cpm_60s"])).to_html(), "预期CPM(60秒以上)")
    assert odd not in (best, worst, "")
    assert (best, worst) == ("#A9CFEA", "#F9D2A8")


def test_equal_values_have_no_colour_and_severity_has_one() -> None:
    rows = [{"kol_id": ID, "cpm_60s": 5.0}] * 2
    assert styles(xf.show(board(*rows, metrics=["cpm_60s"])).to_html(), "预期CPM(60秒以上)") == ["", ""]
    flags: list[dict[str, object]] = [{"kol_id": ID, "severity": severity} for severity in ("error", "info")]
    assert [bool(css) for css in styles(xf.show(made(GROUPS["quality"], flags)).to_html(), "程度")] == [True, False]


# --- every frame -----------------------------------------------------------------------------------------------------


@pytest.mark.one_in(18)
@pytest.mark.each_once
@pytest.mark.parametrize("kind", CASES)
@pytest.mark.parametrize("rows", [0, 3])
def test_every_kind_of_frame_is_shown_and_stays_as_it_was(kind: str, rows: int) -> None:
    frame = awkward(CASES[kind], rows)
    before = frame.copy(deep=True)
    for lang in ("zh", "en"):
        shown = page(frame, columns="all", lang=lang)
        assert len(shown.rows) == rows
        assert len(set(shown.headers)) == len(shown.headers) == len(frame.columns)
        assert all(cell for row in shown.rows for cell in row if cell != "")
    pd.testing.assert_frame_equal(frame, before)
    assert frame.attrs == before.attrs


@pytest.mark.one_in(20)
@pytest.mark.parametrize("kind", CASES)
def test_what_is_missing_is_a_dash(kind: str) -> None:
    frame = made(CASES[kind], [{"kol_id": ID}])
    shown = page(frame, columns="all")
    assert set(shown.rows[0]) <= {"—", ID}


def test_a_frame_of_ones_own() -> None:
    frame = pd.DataFrame(
        {
            "place": pd.Categorical(["沪", None]),
            "year": [2026, 20_261],
            "rate": [0.123456, np.nan],
            "big": [123_456.7, 3.0],
            "huge": [2**80, True],
            "day": pd.to_datetime(["2026-10-01", None]),
        }
    )
    frame = frame.set_index("place")
    shown = page(frame)
    assert shown.headers == ["place", "year", "rate", "big", "huge", "day"]
    assert shown.rows == [
        ["沪", "2026", "0.1235", "12.3万", str(2**80), "2026-10-01"],
        ["—", "20261", "—", "3", "是", "—"],
    ]


def test_two_columns_of_one_name() -> None:
    frame = pd.DataFrame([[1, "a"]], columns=["x", "x"])
    assert page(frame).headers == ["x", "x (2)"]
    assert page(frame).rows == [["1", "a"]]


def test_the_styler_has_the_values() -> None:
    styled = xf.show(board(FIRST, SECOND))
    assert styled.data["达人粉丝"].tolist()[0] == 6_180_000
    assert "618万" in styled.highlight_max(subset=["播放量中位数"], color="#ABCDEF").to_html()


# --- refusals --------------------------------------------------------------------------------------------------------


REFUSED: dict[str, tuple[Any, dict[str, Any], str]] = {
    "no frame": ([1], {}, r"show\(frame\): the frame must be a DataFrame"),
    "language": (board(FIRST), {"lang": "fr"}, "lang must be one of"),
    "column": (board(FIRST), {"columns": ["folowers"]}, "no column 'folowers'; did you mean 'followers'"),
    "column that is not text": (board(FIRST), {"columns": [3]}, "no column 3"),
    "no columns": (board(FIRST), {"columns": []}, "columns must be"),
    "not columns": (board(FIRST), {"columns": 7}, "columns must be"),
    "names without ids": (pd.DataFrame({"x": [1]}), {"names": {ID: "甲"}}, "no column kol_id"),
    "names of another length": (board(FIRST), {"names": ["甲", "乙"]}, "2 names for 1 different ids"),
}


@pytest.mark.parametrize(("frame", "options", "message"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_shown(frame: Any, options: dict[str, Any], message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        xf.show(frame, **options)


def test_ids_that_lost_digits_are_refused() -> None:
    with pytest.raises(InvalidIdError, match="read ids as text"):
        xf.show(pd.DataFrame({"kol_id": [float(ID)]}))


def test_names_of_others_warn_where_show_was_called() -> None:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        xf.show(board(FIRST), names={OTHER: "乙"})
    (warning,) = caught
    assert warning.category is UnmatchedNamesWarning
    assert warning.filename == __file__


def test_a_label_that_two_columns_have_gives_way_to_the_name() -> None:
    columns = [Column("a", "str", "", "b", ""), Column("b", "str", "", "b", "")]
    assert headings(columns, ["b", "b"]) == ["a", "b"]
