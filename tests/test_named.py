"""Names beside the ids: what results carry, what `named` does, and where names reach pages and sheets."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest

import xingtu_frames as xf
from tests.report.html_cases import Page
from xingtu_frames.files.groups import GROUPS, kind_of
from xingtu_frames.frame import build_frame, names_in

IDS = xf.sample_ids()[:3]
ADA, BOB, _ = IDS
NAMES = {ADA: "Ada", BOB: "Bob"}


@pytest.fixture(scope="module")
def client() -> Iterator[xf.Client]:
    with xf.sample_client() as client:
        yield client


@pytest.fixture(scope="module")
def board(client: xf.Client) -> pd.DataFrame:
    return xf.compare(xf.sample_ids(), client=client)


def test_results_carry_the_names_of_the_board(board: pd.DataFrame) -> None:
    weights, names = {"interact_rate": 1.0}, dict(zip(board["kol_id"], board["name"], strict=True))
    results = {
        "score": xf.score(board, weights),
        "rank_stability": xf.rank_stability(board, weights, draws=5),
        "plan_budget": xf.plan_budget(board, 200_000),
        "screen": xf.screen(board, {"followers": (1, None)}),
    }
    results["screened"] = xf.screened(results["screen"])
    for kind, result in results.items():
        assert list(result.columns[:2]) == ["kol_id", "name"], kind
        assert result["name"].tolist() == [names[kol_id] for kol_id in result["kol_id"]], kind
        assert kind_of(list(result.columns)) == kind
    bare = board.drop(columns="name")
    for result in (xf.score(bare, weights), xf.rank_stability(bare, weights, draws=5)):
        assert "name" not in result


@pytest.mark.one_in(4)
@pytest.mark.parametrize("kind", [kind for kind, columns in GROUPS.items() if columns[0].name == "kol_id"])
def test_any_declared_frame_takes_names_and_keeps_its_kind(kind: str) -> None:
    columns = GROUPS[kind]
    frame = build_frame(columns, [(kol_id, *[None] * (len(columns) - 1)) for kol_id in (BOB, ADA, IDS[2], ADA)])
    frame.attrs["failures"] = []
    before = frame.copy()
    made = xf.named(frame, NAMES)
    assert list(made.columns[:2]) == ["kol_id", "name"]
    assert made["name"].fillna("").tolist() == ["Bob", "Ada", "", "Ada"]
    assert kind_of(list(made.columns)) == kind_of(list(frame.columns))
    assert made.attrs == frame.attrs
    others = [name for name in frame.columns if name != "name"]
    pd.testing.assert_frame_equal(made[others], frame[others])
    pd.testing.assert_frame_equal(frame, before)
    pd.testing.assert_frame_equal(xf.named(made, {ADA: "Ann"}), xf.named(frame, {**NAMES, ADA: "Ann"}))


def test_a_board_names_other_frames(board: pd.DataFrame, client: xf.Client) -> None:
    quotes = xf.named(xf.fetch_quotes(IDS, client=client), board)
    assert quotes["name"].notna().all()
    assert names_in(quotes).items() <= names_in(board).items()
    odd = xf.named(quotes, {ADA: "\ud83d半个"})
    assert odd.loc[odd["kol_id"] == ADA, "name"].iloc[0] == "?半个"
    assert xf.named(quotes.iloc[:0], {}).columns.equals(quotes.columns)


def test_a_square_of_creators_keeps_its_shape_and_is_read_by_name(client: xf.Client, tmp_path: Path) -> None:
    frame = xf.fetch_video_distribution(IDS, client=client)
    square = xf.similarity(frame)
    assert names_in(square) == {}
    for made in (xf.named(square, NAMES), xf.similarity(xf.named(frame, NAMES))):
        pd.testing.assert_frame_equal(made, square)
        assert made.attrs["names"] == NAMES
        assert Page(xf.show(made).to_html()).headers[:3] == ["达人", "Ada", "Bob"]
        path = xf.write_excel({"alike": made.reset_index()}, tmp_path / "a.xlsx")
        assert [cell.value for cell in openpyxl.load_workbook(path)["alike"][1]][:4] == ["星图ID", "达人", "Ada", "Bob"]


def test_a_shortlist_names_what_is_fetched_for_it(client: xf.Client) -> None:
    shortlist = pd.DataFrame({"kol_id": [BOB, ADA], "name": ["Bob", None]})
    frame = xf.fetch_link_struct(shortlist, client=client)
    assert frame.attrs["names"] == {BOB: "Bob"}
    assert list(frame.columns) == list(xf.TABLES["link_struct"].names)
    assert set(Page(xf.show(frame).to_html()).rows[0]) >= {"Bob"}
    assert names_in(xf.similarity(xf.fetch_video_distribution(shortlist, client=client))) == {BOB: "Bob"}
    assert "names" not in xf.fetch_link_struct([BOB, ADA], client=client).attrs


def test_where_there_are_no_ids_names_are_refused() -> None:
    refused: list[tuple[Any, str]] = [
        (pd.DataFrame({"x": [1]}), "the frame has no kol_id, as a column or as the index"),
        (pd.DataFrame({"kol_id": [10**18]}), "kol_id of the frame holds int64, not text; read ids as text"),
        ([ADA], r"named\(frame, names\): the frame must be a DataFrame, not a list"),
    ]
    for frame, said in refused:
        with pytest.raises(xf.ParameterError, match=said):
            xf.named(frame, NAMES)
