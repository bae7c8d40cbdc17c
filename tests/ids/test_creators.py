"""Every way to name creators gives the same ids; what cannot be an id is refused, said why, and costs nothing."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings, strategies as st

import xingtu_frames as xf
from tests.loopback import Loopback
from tests.quick import examples
from xingtu_frames.ids import kol_ids, masked
from xingtu_frames.ids.rounding import rounded

GOOD = "6831825876674412552"
HOME = "https://www.xingtu.cn/ad/creator/author-homepage/douyin-video/"

# Odd ones: two that end in zeros, or that a float holds, look rounded by a spreadsheet. And none with a day of birth
# where the number of an identity card has it.
ids_of_16_to_19_digits = (
    st.integers(min_value=10**15, max_value=2**63 - 1)
    .map(lambda number: number | 1)
    .filter(lambda number: number < 10**17 or number >= 10**18 or not "1900" <= str(number)[6:10] <= "2039")
)

SPELLINGS: dict[str, Callable[[int], Any]] = {
    "text": str,
    "int": int,
    "numpy int64": np.int64,
    "numpy uint64": np.uint64,
    "numpy text": lambda n: np.str_(n),
    "padded": lambda n: f" \t{n}\n",
    "full-width padded": lambda n: f"\u3000{n}\u3000",
    "home page": lambda n: f"{HOME}{n}",
    "home page with query": lambda n: f"  {HOME}{n}/?from=search&page=12345678901#top ",
    "http": lambda n: f"http://xingtu.cn/ad/creator/author-homepage/douyin-video/{n}",
    "no scheme": lambda n: f"www.xingtu.cn/ad/creator/author-homepage/douyin-video/{n}",
    "query": lambda n: f"https://www.xingtu.cn/ad/creator/detail?from=1&starId={n}&task_id=7{str(n)[1:]}",
    "behind the #": lambda n: f"https://www.xingtu.cn/#/ad/creator/author-homepage/douyin-video/{n}?x=1",
    "query behind the #": lambda n: f"https://agent.oceanengine.com/admin/index.html#/creator?o_author_id={n}",
    "star.toutiao.com": lambda n: f"https://star.toutiao.com/ad/creator/author/douyin/{n}/1",
    "apostrophe": lambda n: f"'{n}",
    "quotation marks": lambda n: f"“{n}”",
    "invisible marks": lambda n: f"\u202a\u200b{n}\u202c\ufeff",
    "thousands": lambda n: f"{n:,}",
    "host in capitals": lambda n: f"HTTPS://WWW.XINGTU.CN/ad/creator/author-homepage/douyin-video/{n}",
}

CONTAINERS: dict[str, Callable[[list[int]], Any]] = {
    "list of text": lambda ns: [str(n) for n in ns],
    "list of int": list,
    "tuple": tuple,
    "dict keys": lambda ns: dict.fromkeys(str(n) for n in ns),
    "generator": lambda ns: (str(n) for n in ns),
    "numpy array": lambda ns: np.array(ns, dtype="int64"),
    "Series of int": lambda ns: pd.Series(ns, dtype="int64"),
    "Series of Int64": lambda ns: pd.Series(ns, dtype="Int64"),
    "Series of text": lambda ns: pd.Series([str(n) for n in ns]),
    "Series of object": lambda ns: pd.Series([str(n) for n in ns], dtype=object),
    "Series of category": lambda ns: pd.Series([str(n) for n in ns], dtype="category"),
    "Series with any index": lambda ns: pd.Series([str(n) for n in ns], index=range(100, 100 + len(ns))),
    "Index": lambda ns: pd.Index([str(n) for n in ns]),
    "frame": lambda ns: pd.DataFrame({"name": ["x"] * len(ns), "kol_id": [str(n) for n in ns]}),
}


@pytest.mark.one_in(5)
@pytest.mark.parametrize("spell", SPELLINGS.values(), ids=SPELLINGS)
@settings(max_examples=examples(30))
@given(number=ids_of_16_to_19_digits)
def test_every_spelling_of_one_id_is_that_id(spell: Callable[[int], Any], number: int) -> None:
    assert kol_ids(spell(number)) == kol_ids([spell(number)]) == [str(number)]


@pytest.mark.parametrize("pack", CONTAINERS.values(), ids=CONTAINERS)
@settings(max_examples=examples(30))
@given(numbers=st.lists(ids_of_16_to_19_digits, max_size=8).filter(lambda ns: not rounded([*map(str, ns)])))
def test_every_container_gives_the_same_ids_in_order_and_each_once(
    pack: Callable[[list[int]], Any], numbers: list[int]
) -> None:
    assert kol_ids(pack(numbers + numbers)) == [str(n) for n in dict.fromkeys(numbers)]


@given(numbers=st.lists(ids_of_16_to_19_digits, min_size=1, max_size=6), data=st.data())
def test_mixed_spellings_keep_order_and_repeats_count_once(numbers: list[int], data: st.DataObject) -> None:
    spelled = [data.draw(st.sampled_from(list(SPELLINGS.values())))(n) for n in numbers for _ in range(2)]
    assert kol_ids(spelled) == [str(n) for n in dict.fromkeys(numbers)]


@pytest.mark.parametrize("digits", ["1", "1679881517710344", "9" * 20])
def test_an_id_has_1_to_20_digits(digits: str) -> None:
    assert kol_ids(digits) == [digits]


LOST = "last digits are already lost"
DIGITS = "1 to 20 digits"
BAD: dict[str, tuple[Any, str]] = {
    "float": (6.831825876674412e18, LOST),
    "whole float": (123.0, LOST),
    "numpy float": (np.float64(6.8e18), LOST),
    "numpy float32": (np.float32(6.8e18), LOST),
    "infinity": (float("inf"), LOST),
    "scientific text": ("6.83E+18", LOST),
    "scientific text without point": ("683e16", LOST),
    "text with .0": ("6831825876674412552.0", LOST),
    "True": (True, "bool"),
    "numpy bool": (np.bool_(False), "bool"),
    "None": (None, "missing"),
    "NaN": (float("nan"), "missing"),
    "numpy NaN": (np.float64("nan"), "missing"),
    "pd.NA": (pd.NA, "missing"),
    "NaT": (pd.NaT, "missing"),
    "empty": ("", "empty"),
    "blank": (" \n", "empty"),
    "letters": ("abc", DIGITS),
    "sec_uid": ("MS4wLjABAAAAxyz", DIGITS),
    "bytes": (GOOD.encode(), "bytes"),
    "negative int": (-5, DIGITS),
    "negative text": ("-6831825876674412552", DIGITS),
    "zero": (0, DIGITS),
    "zero text": ("0", DIGITS),
    "leading zero": ("0" + GOOD, DIGITS),
    "plus": ("+" + GOOD, DIGITS),
    "grouped": ("6,831,825", DIGITS),
    "underscore": ("683_182", DIGITS),
    "inner space": ("683 182", DIGITS),
    "full-width digits": ("６８３１８２５８７６６７４４１２５５２", DIGITS),
    "arabic digits": ("٦٨٣", DIGITS),
    "21 digits": ("1" * 21, DIGITS),
    "21 digits int": (10**20, DIGITS),
    "two ids": (f"{GOOD},{GOOD}", DIGITS),
    "douyin": (f"https://www.douyin.com/user/{GOOD}", "Douyin"),
    "look-alike host": (f"https://xingtu.cn.example.com/{GOOD}", "not an address of xingtu.cn"),
    "look-alike suffix": (f"https://evilxingtu.cn/{GOOD}", "not an address of xingtu.cn"),
    "address without id": ("https://www.xingtu.cn/ad/creator/market", "no creator id"),
    "address with an order in its query": (f"https://www.xingtu.cn/ad/creator?order_id={GOOD}", "no creator id"),
    "address of an order": (f"https://www.xingtu.cn/ad/demand/detail/order/{GOOD}", "no creator id"),
    "address with two creators": (f"https://www.xingtu.cn/ad?star_id={GOOD}&kolId={GOOD[:-1]}9", "no creator id"),
    "number of an identity card": ("11010519491231002X", "identity card"),
    "identity card of digits": ("110105194912310038", "identity card"),
    "address with two ids": (f"https://www.xingtu.cn/{GOOD}/{GOOD}", "no creator id"),
    "broken address": (f"https://[xingtu.cn/{GOOD}", ""),
    "list in list": ([GOOD], "list"),
    "dict": ({"kol_id": GOOD}, "dict"),
    "Decimal": (Decimal(GOOD), "Decimal"),
    "object": (object(), "object"),
}


@pytest.mark.one_in(13)
@pytest.mark.parametrize(("item", "why"), BAD.values(), ids=BAD)
def test_a_bad_item_is_named_with_position_text_and_reason(item: Any, why: str) -> None:
    with pytest.raises(xf.InvalidIdError) as caught:
        kol_ids([GOOD, item, GOOD])
    ((position, text, reason),) = caught.value.items
    assert (position, text) == (2, masked(repr(item)[:80]))
    assert why in reason
    assert reason
    assert f"item 2: {text}: {reason}" in str(caught.value)
    assert "nothing was sent" in str(caught.value)


@pytest.mark.parametrize("item", [BAD[name][0] for name in ("float", "True", "None", "pd.NA", "empty", "bytes")])
def test_a_bad_item_alone_is_refused_too(item: Any) -> None:
    with pytest.raises(xf.InvalidIdError) as caught:
        kol_ids(item)
    assert [position for position, *_ in caught.value.items] == [1]


def test_a_gap_that_turned_the_ids_into_floats_is_told_at_every_place() -> None:
    with pytest.raises(xf.InvalidIdError) as caught:
        kol_ids(pd.Series([6831825876674412552, None, 6831825876674412553]))
    assert [position for position, *_ in caught.value.items] == [1, 2, 3]
    assert "dtype=str" in str(caught.value)


def test_of_25_bad_items_20_are_named_and_all_are_kept() -> None:
    items = [f"bad{n}" for n in range(25)]
    with pytest.raises(xf.InvalidIdError) as caught:
        kol_ids(items)
    message = str(caught.value)
    assert [text for _, text, _ in caught.value.items] == [repr(item) for item in items]
    assert [name for name in items if repr(name) in message] == items[:20]
    assert message.endswith("and 5 more")


def test_a_long_bad_item_is_shown_short() -> None:
    with pytest.raises(xf.InvalidIdError) as caught:
        kol_ids("x" * 10_000)
    assert len(str(caught.value)) < 300


WITHOUT_KOL_ID: dict[str, tuple[pd.DataFrame, str]] = {
    "a certain header": (
        pd.DataFrame({"备注": ["x"], "星图ID": [GOOD]}),
        "it has 星图ID: rename the one with the ids, or give frame\\['星图ID'\\]",
    ),
    "certain before perhaps": (pd.DataFrame({"id": [1], "star_id": [GOOD]}), r"it has star_id, id: .*\['star_id'\]"),
    "a slip": (pd.DataFrame({"kol-id ": [GOOD]}), "it has kol-id : rename"),
    "nothing alike": (pd.DataFrame({"name": ["x"], "age": [1]}), "it has name, age$"),
    "no column": (pd.DataFrame(), "it has no column$"),
    "many": (pd.DataFrame([range(20)], columns=[f"c{n}" for n in range(20)]), r"c9, \.\.\.$"),
    "in the index": (pd.DataFrame({"kol_id": [GOOD], "name": ["x"]}).set_index("kol_id"), "give frame.index"),
    "ids as names of columns": (pd.DataFrame([[1.0]], columns=[GOOD]), f"it has {GOOD}"),
}


@pytest.mark.parametrize("kind", WITHOUT_KOL_ID)
def test_a_frame_without_kol_id_is_no_list_of_creators(kind: str, server: Loopback, client: xf.Client) -> None:
    frame, hint = WITHOUT_KOL_ID[kind]
    asks: list[Callable[[], object]] = [
        lambda: kol_ids(frame),
        lambda: xf.compare(frame, client=client),
        lambda: xf.fetch_profiles(frame, client=client),
        lambda: client.plan("profiles", frame),
        lambda: xf.history("profiles", frame, client=client),
    ]
    for ask in asks:
        with pytest.raises(xf.InvalidIdError, match=f"the frame has no column kol_id; .*{hint}"):
            ask()
    assert server.hits() == 0


@pytest.mark.parametrize("nothing", [[], (), pd.Series([], dtype=object), pd.DataFrame({"kol_id": []})])
def test_no_id_is_no_id(nothing: Any) -> None:
    assert kol_ids(nothing) == []


def test_the_input_is_not_changed() -> None:
    given_ids = [f" {GOOD} ", GOOD]
    kol_ids(given_ids)
    assert given_ids == [f" {GOOD} ", GOOD]


@pytest.mark.parametrize("bad", [1.5, None, "abc"])
def test_one_bad_id_among_good_ones_sends_nothing(server: Loopback, client: xf.Client, bad: Any) -> None:
    for ask in (xf.fetch_spread_info, xf.fetch_profiles, xf.compare):
        with pytest.raises(xf.InvalidIdError, match="item 2"):
            ask([GOOD, bad], client=client)
    assert server.hits() == 0


@pytest.mark.parametrize("bad", [1.5, True, "abc"])
def test_get_refuses_a_bad_id_before_sending(server: Loopback, client: xf.Client, bad: Any) -> None:
    with pytest.raises(xf.InvalidIdError):
        client.get("get_author_base_info", oAuthorId=bad)
    assert server.hits() == 0


EXCEL = [7123456789012340000, 7123456789012350000, 7234567890123450000]


@pytest.mark.parametrize("spell", [str, int, lambda number: int(float(number))], ids=["text", "int", "through a float"])
def test_ids_that_a_spreadsheet_rounded_are_refused_together(spell: Callable[[int], Any]) -> None:
    with pytest.raises(xf.InvalidIdError, match=r"a spreadsheet rounded them.*formatted as text") as caught:
        kol_ids([spell(number) for number in EXCEL])
    assert [position for position, _, _ in caught.value.items] == [1, 2, 3]


def test_two_rounded_ids_among_whole_ones_are_refused_at_their_places() -> None:
    whole = [7123456789012340017 + 1013 * number for number in range(150)]
    mixed = [whole[0], EXCEL[0], *whole[1:9], EXCEL[1], EXCEL[0]]
    with pytest.raises(xf.InvalidIdError, match="3 bad creator ids") as caught:
        kol_ids(mixed)
    assert [position for position, _, _ in caught.value.items] == [2, 11, 12]
    # Of so many ids, one or two may look so by chance, and a repeat says nothing more.
    assert len(kol_ids([*EXCEL[:1], *whole[:9], *EXCEL[:1]])) == 10
    assert len(kol_ids([*EXCEL[:1], *whole, *EXCEL[1:2], *[number + 7 for number in whole]])) == 302


def test_a_list_in_a_file_and_ids_in_python_are_judged_alike(tmp_path: Path) -> None:
    whole = [str(7123456789012340017 + 1013 * number) for number in range(300)]
    for bad in ([], EXCEL[:1], EXCEL[:2], EXCEL, [int(float(number)) for number in EXCEL]):
        for good in (whole[:1], whole[:99], whole):
            ids = [*good, *map(str, bad)]
            path = tmp_path / "list.csv"
            path.write_text("\n".join(["kol_id", *ids]), "utf-8")
            assert _refused(lambda ids=ids: kol_ids(ids)) == _refused(lambda path=path: xf.read_shortlist(path))


def _refused(read: Callable[[], object]) -> list[str]:
    try:
        read()
    except xf.InvalidIdError as error:
        return [reason for _, _, reason in error.items]
    return []


def test_a_single_id_may_look_rounded() -> None:
    assert kol_ids("7000000000000000000") == ["7000000000000000000"]
    assert len(kol_ids([EXCEL[0], 7123456789012340017, 7123456789012340024])) == 3


@pytest.mark.parametrize("number", ["100535205905108017", "110105205912310039", "990105194912310031"])
def test_digits_that_are_nobodys_card_are_an_id(number: str) -> None:
    """No such province, or a birth that is yet to come, with the check digit of a card."""
    assert kol_ids(number) == [number]
