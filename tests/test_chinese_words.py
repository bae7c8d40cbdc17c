"""Chinese names stand for ours in every argument, and a near miss is guessed in both languages."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pandas as pd
import pytest
from matplotlib import pyplot as plt

import xingtu_frames as xf
from tests.report.html_cases import Page
from xingtu_frames.arguments import one_of, some_of
from xingtu_frames.board.metrics import BANDS, DIRECTIONS, chosen_metrics, metric_names
from xingtu_frames.decide import columns as decided
from xingtu_frames.decide.offers import PLAYS
from xingtu_frames.errors import meant, no_such
from xingtu_frames.tables.catalog import OPTIONS, TABLES
from xingtu_frames.tables.schema import Words
from xingtu_frames.wire import in_our_words, questions

ID = xf.sample_ids()[1]
VOCABULARIES: dict[str, Words[Any]] = {
    "bands": BANDS,
    "directions": DIRECTIONS,
    "goals": decided.GOALS,
    "missing": decided.MISSING,
    "normalisations": decided.NORMALISATIONS,
    "plays": PLAYS,
}


@pytest.fixture(scope="module")
def sample() -> Iterator[xf.Client]:
    with xf.sample_client() as client:
        yield client


@pytest.fixture(scope="module")
def board(sample: xf.Client) -> pd.DataFrame:
    return xf.compare(xf.sample_ids(), metrics="all", client=sample)


@pytest.mark.one_in(12)
@pytest.mark.parametrize("name", xf.METRICS)
def test_each_metric_goes_by_its_label(name: str, board: pd.DataFrame) -> None:
    label = xf.METRICS[name].label_zh
    for word in (name, label, f" {label} ", label.replace("(", "（").replace(")", "）")):
        assert [metric.name for metric in chosen_metrics(word)] == [name]
    ways: Any = [{}, {}] if xf.METRICS[name].direction else [{"directions": {one: "lower"}} for one in (name, label)]
    scored = [xf.score(board, {one: 1}, **way) for one, way in zip((name, label), ways, strict=True)]
    pd.testing.assert_frame_equal(*scored)
    assert scored[0].attrs == scored[1].attrs
    pd.testing.assert_frame_equal(*(xf.screen(board, {one: (None, 0.5)}) for one in (name, label)))


def test_boards_pictures_plans_and_tables_take_labels(board: pd.DataFrame, sample: xf.Client) -> None:
    assert list(xf.compare([ID], metrics=["互动率", "followers"], client=sample).columns)[2:4] == [
        "interact_rate",
        "followers",
    ]
    planned = [sample.plan(ids=[ID], metrics=one) for one in ("完播率", "completion_rate")]
    pd.testing.assert_frame_equal(*planned)
    drawn = xf.plot_scorecard(board, metrics=["互动率"])
    assert [label.get_text() for label in drawn.get_xticklabels()] == ["互动率"]
    plt.close("all")
    assert Page(xf.show(board, columns=["预期CPM（21-60秒）", "name"]).to_html()).headers == [
        "预期CPM(21-60秒)",
        "达人",
    ]


def test_goals_bands_and_directions_go_by_their_chinese(board: pd.DataFrame) -> None:
    english = xf.plan_budget(board, 200_000, maximise="interactions", expected="expected_plays", bands="21-60s")
    chinese = xf.plan_budget(board, 200_000, maximise="互动", expected="预期播放量", bands=["21-60秒"])  # type: ignore[arg-type, list-item]
    pd.testing.assert_frame_equal(chinese, english)
    assert chinese.attrs == english.attrs
    assert (chinese.attrs["maximise"], chinese.attrs["expected"]) == ("interactions", "expected_plays")
    words: Any = {"directions": {"达人粉丝": "越低越好"}, "missing": "不列入", "normalisation": "名次"}
    ours: Any = {"directions": {"followers": "lower"}, "missing": "drop", "normalisation": "rank"}
    scored = [xf.score(board, {"followers": 1, "quote_60s": 1}, **way) for way in (words, ours)]
    pd.testing.assert_frame_equal(*scored)
    assert scored[0].attrs == scored[1].attrs


@pytest.mark.parametrize("kind", VOCABULARIES)
def test_every_word_of_a_vocabulary_goes_by_its_chinese(kind: str) -> None:
    words = VOCABULARIES[kind]
    for word, label in words.zh.items():
        assert one_of("x", label, words) == word == one_of("x", word, words)
    assert some_of("x", list(words.zh.values()), words) == list(words)
    with pytest.raises(xf.ParameterError, match=f'x must be one of .*did you mean "{words[0]}"'):
        one_of("x", f"{words[0]}s", words)


# --- options ---------------------------------------------------------------------------------------------------------

CHOICES = [
    (table.name, option.name, choice, label)
    for table in TABLES.values()
    for option in table.options.values()
    if hasattr(option, "choices")
    for choice, label in option.column.words.zh.items()
]


def test_every_choice_of_every_table_goes_by_its_chinese() -> None:
    assert {name for _, name, _, _ in CHOICES} >= set(OPTIONS) - {"only_assigned"}
    for table, name, choice, label in CHOICES:
        declared = TABLES[table]
        option = declared.options[name]
        (known,) = [one for one in option.choices if str(one) == choice]  # type: ignore[union-attr]
        assert in_our_words([declared], {name: label}) == {name: known}
        asked = [
            questions([declared], [ID], in_our_words([declared], {name: one}))[table][0].key for one in (known, label)
        ]
        assert asked[0] == asked[1]


def test_a_board_and_a_table_are_the_same_either_way(sample: xf.Client) -> None:
    words: Any = {
        "video_type": "个人视频",
        "window": "近30天",
        "industry": "全部行业",
        "platform": "短视频",
        "flow": "剔除",
    }
    boards = [xf.compare([ID], client=sample, **asked) for asked in (words, {})]
    pd.testing.assert_frame_equal(*boards)
    assert boards[0].attrs["asked"] == boards[1].attrs["asked"]
    frames = [xf.fetch_spread_info([ID], window=window, client=sample) for window in ("近30天", "30d")]  # type: ignore[arg-type]
    pd.testing.assert_frame_equal(*frames)
    payload = {"play_mid": "5", "item_num": 1}
    read = [xf.read_payload("spread_info", payload, kol_id=ID, window=window) for window in ("近90天", "90d")]
    pd.testing.assert_frame_equal(*read)
    pd.testing.assert_frame_equal(
        *(sample.plan("link_index", [ID], industry=industry) for industry in ("美妆", "beauty_and_cosmetics"))
    )


def test_free_text_of_the_legacy_path_stays_text() -> None:
    assert in_our_words([TABLES["link_index"]], {"industry": "美妆", "platform": "短视频"}, "legacy") == {
        "industry": "美妆",
        "platform": "short_video",
    }


# --- near misses -----------------------------------------------------------------------------------------------------

MISSES: dict[str, tuple[Callable[[Any, Any], object], str]] = {
    "metric": (lambda board, client: xf.compare([ID], metrics="互动绿", client=client), "did you mean '互动率'"),
    "weight": (lambda board, client: xf.score(board, {"folowers": 1}), "did you mean 'followers'"),
    "direction": (lambda board, client: xf.score(board, {"互动率": 1}, directions={"粉丝": "lower"}), "'达人粉丝'"),
    "condition": (lambda board, client: xf.screen(board, {"女性战比": (0, 1)}), "did you mean '女性占比'"),
    "column": (lambda board, client: xf.show(board, columns=["完播绿"]), "did you mean '完播率'"),
    "goal": (lambda board, client: xf.plan_budget(board, 1, maximise="播方"), 'did you mean "播放"'),
    "goal, English": (lambda board, client: xf.plan_budget(board, 1, maximise="play"), 'did you mean "plays"'),
    "industry": (lambda board, client: xf.compare([ID], industry="美装", client=client), 'did you mean "美妆"'),
    "industry, English": (
        lambda board, client: xf.fetch_link_index([ID], industry="real_state", client=client),
        'did you mean "real_estate"',
    ),
    "window": (
        lambda board, client: xf.fetch_spread_info([ID], window="近3天", client=client),
        'did you mean "近30天"',
    ),
    "band": (lambda board, client: xf.plan_budget(board, 1, bands="21-60分"), 'did you mean "21-60秒"'),
}


@pytest.mark.parametrize("kind", MISSES)
def test_a_near_miss_is_guessed(kind: str, board: pd.DataFrame, sample: xf.Client) -> None:
    call, said = MISSES[kind]
    with pytest.raises(xf.ParameterError, match=said):
        call(board, sample)


def test_what_is_far_off_is_not_guessed() -> None:
    for word in ("天气", "种", "x", 5, None):
        assert "did you mean" not in str(no_such("metric", [word], xf.METRICS, ["播放", "种草"]))
    with pytest.raises(xf.ParameterError) as caught:
        metric_names(["互动绿"])
    # Labels are guessed, and the list stays that of the names.
    assert str(caught.value).endswith(", ".join(xf.METRICS))


def test_a_label_is_never_a_name_of_something_else() -> None:
    labels = [
        meant(metric.label_zh, {name: one.label_zh for name, one in xf.METRICS.items()})
        for metric in xf.METRICS.values()
    ]
    assert labels == list(xf.METRICS)
    for option in OPTIONS.values():
        zh = option.column.words.zh
        assert len(set(zh.values())) == len(zh)


def test_names_may_be_typed_full_width_and_labels_may_be_ascii(board: pd.DataFrame) -> None:
    scored = xf.score(board, {"star_index": 1})
    for word in ("ｓｔａｒ＿ｉｎｄｅｘ", "star_index "):
        pd.testing.assert_frame_equal(xf.score(board, {word: 1}), scored)
    assert xf.plan_budget(board, 1e5, maximise="ｐｌａｙｓ").attrs["maximise"] == "plays"
    own = xf.metric("mine", lambda board: board["star_index"], direction="higher", label_zh="ROI 2")
    pd.testing.assert_frame_equal(xf.score(board, {"ROI2": 1}, metrics=own), xf.score(board, {"mine": 1}, metrics=own))


def test_where_there_is_nothing_to_choose_the_message_says_so() -> None:
    assert str(no_such("top_category", ["美食"], [])) == "no top_category '美食'; there are none"
