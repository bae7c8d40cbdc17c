"""A frame in another form gives the same, one with odd numbers a result or one of our errors; none is changed."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from matplotlib import pyplot as plt
from matplotlib.text import Text

import xingtu_frames as xf
from tests.plot.frame_cases import many_fans, many_portraits

IDS = xf.sample_ids()[1:4]
TABLES = ("quotes", "spread_info", "video_distribution")
Call = Callable[[pd.DataFrame], Any]


@pytest.fixture(scope="module")
def frames() -> Mapping[str, pd.DataFrame]:
    """Return frames of every kind that the functions take."""
    with xf.sample_client() as client:
        tables = {name: getattr(xf, f"fetch_{name}")(IDS, client=client) for name in TABLES}
        board = xf.compare(IDS, client=client)
    booked = pd.DataFrame({"kol_id": IDS[:2], "item_id": ["71", "72"], "price_cny": [1e3, 2e3], "expected": [5e3, 7e3]})
    videos = pd.DataFrame({"item_id": ["71", "72"], "plays": [5, 6], "likes": 1, "comments": 1, "shares": 1})
    portrait = many_portraits(2)
    return {
        **tables,
        "board": board,
        "booked": booked,
        "videos": videos,
        "reviewed": xf.review(booked, videos=videos),
        "checked": xf.screen(board, {"followers": (1, None)}),
        "portrait": portrait,
        "match": xf.audience_match(portrait, {"gender": "female"}),
        "fans": many_fans(2),
    }


def drawn(picture: Any) -> list[str]:
    """Return the texts of a picture."""
    figure = picture if isinstance(picture, plt.Figure) else picture.figure
    texts = [text.get_text() for text in figure.findobj(Text)]
    plt.close(figure)
    return texts


def calls(frames: Mapping[str, pd.DataFrame], folder: Path) -> dict[str, tuple[str, Call]]:
    """Return what is called with which frame."""
    board = frames["board"].head(1)
    deck = folder / "a.pptx"
    return {
        "quality": ("spread_info", lambda f: xf.quality({"spread_info": f}, stale_after=None)),
        "proposal": ("quotes", lambda f: xf.proposal_sheet({"quotes": f})),
        "compare": ("spread_info", lambda f: xf.compare(IDS, metrics=["play_median"], frames={"spread_info": f})),
        "similarity": ("portrait", xf.similarity),
        "similarity by category": ("video_distribution", lambda f: xf.similarity(f, by="category")),
        "portrait_wide": ("portrait", xf.portrait_wide),
        "audience_match": ("portrait", lambda f: xf.audience_match(f, {"gender": "female"})),
        "named": ("quotes", lambda f: xf.named(f, {IDS[0]: "甲"})["name"].to_frame()),
        "show": ("board", lambda f: xf.show(f).to_html() and None),
        "review": ("booked", lambda f: xf.review(f, videos=frames["videos"])),
        "review, videos": ("videos", lambda f: xf.review(frames["booked"], videos=f)),
        "review_total": ("reviewed", xf.review_total),
        "screened": ("checked", xf.screened),
        "deck, match": ("match", lambda f: bool(xf.write_pptx(board, deck, audience=f))),
        "deck, review": ("reviewed", lambda f: bool(xf.write_pptx(board, deck, review=f))),
        "plot_portrait": ("portrait", lambda f: drawn(xf.plot_portrait(f))),
        "plot_followers": ("fans", lambda f: drawn(xf.plot_followers(f))),
        "plot_audience_match": ("match", lambda f: drawn(xf.plot_audience_match(f))),
        "plot_price_value": ("board", lambda f: drawn(xf.plot_price_value(f))),
    }


LONG = ("deck", "plot_portrait", "plot_followers", "plot_audience_match")
CALLS = [
    pytest.param(name, marks=[pytest.mark.slow] if name.startswith(LONG) else [])
    for name in calls({"board": pd.DataFrame()}, Path())
]


def numeric(frame: pd.DataFrame) -> list[str]:
    is_number, is_truth = pd.api.types.is_numeric_dtype, pd.api.types.is_bool_dtype
    return [name for name in frame.columns if is_number(frame[name].dtype) and not is_truth(frame[name].dtype)]


def texts(frame: pd.DataFrame) -> list[str]:
    return [name for name in frame.columns if pd.api.types.is_string_dtype(frame[name].dtype)]


FORMS: dict[str, Callable[[pd.DataFrame], pd.DataFrame]] = {
    "an index of the ids": lambda f: f.set_index(f.columns[0], drop=False),
    "an index that repeats itself": lambda f: f.set_axis([0] * len(f)),
    "floats": lambda f: f.astype(dict.fromkeys(numeric(f), "float64")),
    "objects": lambda f: f.astype(object),
    "arrow": lambda f: f.convert_dtypes(dtype_backend="pyarrow"),
    "categories": lambda f: f.astype(dict.fromkeys(texts(f), "category")),
    "columns of the user's that repeat themselves": lambda f: f.assign(a=1, b=2).set_axis(
        [*f.columns, "备注", "备注"], axis=1
    ),
}
ODD: dict[str, Callable[[pd.DataFrame], pd.DataFrame]] = {
    "no rows": lambda f: f.head(0),
    "missing": lambda f: f.assign(**dict.fromkeys(numeric(f), np.nan)),
    "infinite": lambda f: f.assign(**dict.fromkeys(numeric(f), np.inf)),
    "fractions": lambda f: f.assign(**dict.fromkeys(numeric(f), 0.5)),
    "below 0": lambda f: f.assign(**dict.fromkeys(numeric(f), -1)),
    "complex": lambda f: f.assign(**dict.fromkeys(numeric(f), 1j)),
    "words for numbers": lambda f: f.assign(**dict.fromkeys(numeric(f), "x")),
    "no words": lambda f: f.assign(**dict.fromkeys(texts(f)[1:])),
    "columns twice": lambda f: pd.concat([f, f], axis=1),
    "a column twice": lambda f: pd.concat([f, f.iloc[:, [-2]]], axis=1),
    "ids as numbers": lambda f: f.assign(**{f.columns[0]: range(len(f))}),
    "no ids": lambda f: f.assign(**{f.columns[0]: None}),
}


def unchanged(call: Call, frame: pd.DataFrame) -> Any:
    """Return what a call gives, and see that the frame stays as it was."""
    before, attrs, index = copy.deepcopy(frame), str(frame.attrs), frame.index.copy()
    try:
        return call(frame)
    finally:
        assert [str(dtype) for dtype in frame.dtypes] == [str(dtype) for dtype in before.dtypes]
        assert str(frame.attrs) == attrs
        assert frame.index.identical(index)
        pd.testing.assert_frame_equal(frame, before)


@pytest.mark.one_in(4)
@pytest.mark.parametrize("name", CALLS)
def test_the_form_of_a_frame_does_not_matter(name: str, frames: Mapping[str, pd.DataFrame], tmp_path: Path) -> None:
    kind, call = calls(frames, tmp_path)[name]
    expected = call(frames[kind])
    for form, made in FORMS.items():
        result = unchanged(call, made(frames[kind]))
        if isinstance(expected, pd.DataFrame):
            apart = ["fetched_at"] if name == "compare" else []
            given, usual = (one.reset_index(drop=True).drop(columns=apart) for one in (result, expected))
            pd.testing.assert_frame_equal(given, usual, obj=form, check_index_type=False)
        else:
            assert result == expected, form


@pytest.mark.one_in(4)
@pytest.mark.filterwarnings("ignore::xingtu_frames.errors.XingtuWarning")
@pytest.mark.parametrize("name", CALLS)
def test_odd_numbers_give_a_result_or_our_error(name: str, frames: Mapping[str, pd.DataFrame], tmp_path: Path) -> None:
    kind, call = calls(frames, tmp_path)[name]
    for made in ODD.values():
        try:
            unchanged(call, made(frames[kind]))
        except xf.XingtuError:
            plt.close("all")


def test_a_column_that_stands_there_twice_is_named(frames: Mapping[str, pd.DataFrame]) -> None:
    for call, frame in ((xf.similarity, frames["portrait"]), (xf.review_total, frames["reviewed"])):
        twice = pd.concat([frame, frame[["kol_id"]]], axis=1)
        with pytest.raises(xf.ParameterError, match="has the column kol_id twice; keep one of them"):
            call(twice)


def test_a_price_with_fen_and_a_count_without_end_are_kept(frames: Mapping[str, pd.DataFrame]) -> None:
    quotes = frames["quotes"].assign(price_cny=12_000.5)
    assert 12_000.5 in xf.proposal_sheet({"quotes": quotes}).iloc[0].dropna().tolist()
    board = xf.compare(
        IDS, metrics=["play_median"], frames={"spread_info": frames["spread_info"].assign(play_median=np.inf)}
    )
    assert np.isinf(board["play_median"]).all()


def test_results_of_screening_that_screening_does_not_make_are_refused(frames: Mapping[str, pd.DataFrame]) -> None:
    for column in ("condition", "kind", "result"):
        with pytest.raises(xf.ParameterError, match=f"{column} of checked must be what screen writes, not None"):
            xf.screened(frames["checked"].astype(object).assign(**{column: None}))
