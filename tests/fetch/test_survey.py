"""What `compare` refuses of frames and names that the user brings."""

from __future__ import annotations

import pandas as pd
import pytest

import xingtu_frames as xf


def test_ids_that_are_numbers_are_refused_where_frames_are_given(sample: xf.Client) -> None:
    ids = xf.sample_ids()[:2]
    profiles = xf.fetch_profiles(ids, client=sample)
    numbers = profiles.assign(kol_id=profiles["kol_id"].astype("int64"))
    with pytest.raises(xf.ParameterError, match="kol_id of the frame given for profiles holds int64, not text"):
        xf.compare(ids, frames={"profiles": numbers}, client=sample)
    board = xf.compare(ids, client=sample)
    with pytest.raises(xf.ParameterError, match="kol_id of the board holds int64"):
        xf.score(board.assign(kol_id=board["kol_id"].astype("int64")), {"star_index": 1})


def test_frames_of_another_platform_are_not_mixed_in(sample: xf.Client) -> None:
    ids = xf.sample_ids()[:2]
    videos = xf.fetch_video_distribution(ids, client=sample).assign(platform="live_streaming")
    with pytest.raises(xf.ParameterError, match="mix platform 'live_streaming', 'short_video'"):
        xf.compare(ids, frames={"video_distribution": videos}, client=sample)


def test_the_kinds_of_listed_videos_are_not_an_option_that_is_mixed(sample: xf.Client) -> None:
    ids = xf.sample_ids()[:2]
    videos = xf.fetch_show_items(ids, client=sample)
    assert set(videos["video_type"]) == {"personal", "xingtu"}
    board = xf.compare(ids, frames={"show_items": videos}, client=sample)
    assert board["video_type"].tolist() == ["personal", "personal"]


def test_names_may_be_a_series(sample: xf.Client) -> None:
    ids = xf.sample_ids()[:2]
    called = pd.Series(["甲", None], index=ids)
    assert xf.compare(ids, names=called, client=sample)["name"].tolist() == ["甲", "青柠妆匣子"]


def test_a_column_that_stands_twice_is_named(sample: xf.Client) -> None:
    board = xf.compare(xf.sample_ids()[:2], client=sample)
    with pytest.raises(xf.ParameterError, match="the board has the column star_index twice"):
        xf.score(pd.concat([board, board[["star_index"]]], axis=1), {"star_index": 1})
