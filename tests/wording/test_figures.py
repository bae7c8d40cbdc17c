"""Numbers as people read them: the steps of 万 and K, roundings at their borders, and nothing that misleads."""

from __future__ import annotations

import decimal
import math
import re
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, strategies as st
from matplotlib import pyplot as plt

import xingtu_frames as xf
from tests.board_cases import board_of
from xingtu_frames.board.metrics import METRICS
from xingtu_frames.wording.figures import (
    Language,
    compact,
    decimals_for,
    english,
    fixed,
    metric_label,
    money,
    numbers,
    percent,
    vocabulary_label,
)

FACTORS = {"": 1, "万": 1e4, "亿": 1e8, "K": 1e3, "M": 1e6, "B": 1e9, "%": 0.01, "秒": 1, " s": 1}
SHOWN = re.compile(r"(-?)([0-9][0-9,]*)(\.[0-9]+)?(|万|亿|K|M|B|%|秒| s)")
LANGUAGES = st.sampled_from(["zh", "en"])
UNITS = sorted({metric.unit for metric in METRICS.values()} | {"plays"})


def read(text: str) -> tuple[float, float]:
    """Return the value that a text shows, and what one in its last place is worth."""
    found = SHOWN.fullmatch(text.removeprefix("¥"))
    assert found, text
    sign, whole, fraction, suffix = found.groups()
    factor = FACTORS[suffix]
    value = float(whole.replace(",", "") + (fraction or "")) * factor
    return (-value if sign else value), factor * 10.0 ** -(len(fraction or ".") - 1)


def third_digit(value: float) -> float:
    """Return what one in the third digit of a number is worth."""
    return 10.0 ** (math.floor(math.log10(abs(value))) - 2) if value else 1.0


def column(*values: float | None) -> np.ndarray:
    return np.array([math.nan if value is None else value for value in values])


# One number


@pytest.mark.parametrize(
    ("value", "zh", "en"),
    [
        (0, "0", "0"),
        (7, "7", "7"),
        (9_994, "9,994", "9,994"),
        (9_999, "1万", "10K"),
        (10_000, "1万", "10K"),
        (12_345, "1.23万", "12.3K"),
        (-12_345, "-1.23万", "-12.3K"),
        (99_949, "9.99万", "99.9K"),
        (99_950, "10万", "100K"),
        (386_000, "38.6万", "386K"),
        (999_499, "99.9万", "999K"),
        (999_500, "100万", "1M"),
        (19_800_000, "1,980万", "19.8M"),
        (99_949_999, "9,990万", "99.9M"),
        (99_999_999, "1亿", "100M"),
        (100_000_000, "1亿", "100M"),
        (999_500_000, "10亿", "1B"),
        (-1_234_000_000, "-12.3亿", "-1.23B"),
        (123_400_000_000, "1,230亿", "123B"),
    ],
)
def test_large_numbers(value: float, zh: str, en: str) -> None:
    assert compact(value, "zh") == zh
    assert compact(value, "en") == en


@pytest.mark.parametrize(
    ("value", "decimals", "zh", "en"),
    [
        (0.58, 2, "0.58", "0.58"),
        (9_999, 0, "9,999", "9,999"),
        (9_999.4, 1, "9,999.4", "9,999.4"),
        (10_000, 0, "1万", "10K"),
        (10_000, 2, "1万", "10K"),
        (-10_000, 0, "-1万", "-10K"),
        (560_000, 0, "56万", "560K"),
        (99_999_999, 0, "1亿", "100M"),
    ],
)
def test_amounts(value: float, decimals: int, zh: str, en: str) -> None:
    assert money(value, "zh", decimals) == zh
    assert money(value, "en", decimals) == en


@pytest.mark.parametrize(
    ("values", "decimals"),
    [
        ([], 0),
        ([None], 0),
        ([3, 9_000], 0),
        ([3, None, -7], 0),
        ([0.58, 0.64], 2),
        ([1.5, 9.99], 2),
        ([1.5, 10], 1),
        ([0.58, 266.66], 2),
        ([28.38, 141.4], 1),
        ([-28.38, 141.4], 1),
        ([1.5, 999.9], 1),
        ([1.5, 1_000], 0),
    ],
)
def test_all_cells_of_a_column_get_the_same_decimals(values: list[float | None], decimals: int) -> None:
    assert decimals_for(column(*values)) == decimals


# Numbers by unit


@pytest.mark.parametrize(
    ("unit", "zh", "en"),
    [
        ("fraction", ["2.4%", "—", "-5.0%"], ["2.4%", "—", "-5.0%"]),
        ("CNY", ["¥0.02", "—", "¥-0.05"], ["¥0.02", "—", "¥-0.05"]),
        ("points", ["0.0", "—", "-0.1"], ["0.0", "—", "-0.1"]),
    ],
)
def test_small_values_of_a_unit(unit: str, zh: list[str], en: list[str]) -> None:
    values = column(0.0244, None, -0.05)
    assert numbers(values, unit, "zh") == zh
    assert numbers(values, unit, "en") == en


def test_seconds_and_counts() -> None:
    values = column(12.6, None, 20_000)
    assert numbers(values, "s", "zh") == ["13秒", "—", "20,000秒"]
    assert numbers(values, "s", "en") == ["13 s", "—", "20,000 s"]
    assert numbers(values, "plays", "zh") == ["13", "—", "2万"]
    assert numbers(values, "a unit nobody knows", "en") == ["13", "—", "20K"]


@pytest.mark.parametrize("unit", UNITS)
def test_nothing_is_shown_as_a_number_where_nothing_is(unit: str) -> None:
    assert numbers(column(), unit, "zh") == []
    assert numbers(column(None, math.inf, -math.inf), unit, "zh") == ["—"] * 3


# What holds for every number


@given(st.floats(-1e11, 1e11) | st.integers(-(10**11), 10**11).map(float), LANGUAGES)
@example(9_999.0, "zh")
@example(99_999_999.0, "zh")
@example(9_994.6, "en")
@example(19_846_000.0, "zh")
def test_a_compact_number_is_right_to_its_last_digit(value: float, lang: Language) -> None:
    """Three digits are promised, so the last digit is the third one where more places are shown."""
    shown, place = read(compact(value, lang))
    worth = max(place, third_digit(value)) if abs(value) >= 9_995 else 1.0
    assert abs(shown - value) <= worth * 0.500001


@given(st.lists(st.floats(-2e7, 2e7) | st.floats(-1, 1), min_size=1, max_size=6), st.sampled_from(UNITS), LANGUAGES)
@example([0.58, 1_500.5], "CNY", "zh")
@example([9_999.96, 1.5], "CNY", "zh")
@example([0.02445], "fraction", "en")
def test_a_column_is_right_to_its_last_digit(values: list[float], unit: str, lang: Language) -> None:
    for value, text in zip(values, numbers(column(*values), unit, lang), strict=True):
        shown, place = read(text)
        compacted = text[-1] in "万亿KMB"
        assert abs(shown - value) <= (max(place, third_digit(value)) if compacted else place) * 0.500001


@given(st.floats(1, 1e11), st.floats(1, 1e11), LANGUAGES)
def test_a_larger_number_never_looks_smaller(one: float, other: float, lang: Language) -> None:
    less, more = sorted((one, other))
    assert read(compact(less, lang))[0] <= read(compact(more, lang))[0]


@pytest.mark.parametrize("value", [1e12, 1.234e13, 2.0**53])
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_no_number_is_so_large_that_it_gets_an_exponent(value: float, lang: Language) -> None:
    assert "e" not in compact(value, lang)


@pytest.mark.parametrize("unit", UNITS)
def test_what_rounds_to_nothing_has_no_sign(unit: str) -> None:
    assert not any("-" in text for text in numbers(column(-0.0, -0.0004), unit, "zh"))


# Names


def test_english_labels() -> None:
    assert english("star_index") == "Star index"
    assert english("cpm") == "CPM"
    assert english("duration_mean_s") == "Duration mean"
    assert metric_label(METRICS["cpm_21_60s"], "en") == "CPM(21-60s)"
    assert metric_label(METRICS["quote_1_20s"], "en") == "Quote(1-20s)"


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_metric_has_a_label_of_its_own(lang: Language) -> None:
    labels = [metric_label(metric, lang) for metric in METRICS.values()]
    assert len(set(labels)) == len(labels)
    assert all(labels)
    assert all(label.isascii() for label in labels) or lang == "zh"


@pytest.mark.parametrize(
    ("share", "text"),
    [(0, "0%"), (1, "100%"), (0.0004, "<0.1%"), (0.001, "0.1%"), (0.29, "29.0%"), (1.4, "140.0%")],
)
def test_a_share_is_written_in_percent(share: float, text: str) -> None:
    assert percent(share) == text


def test_names_of_vocabularies_have_a_label_in_both_languages() -> None:
    assert vocabulary_label("cost_performance", "zh") == "性价比指数"
    assert vocabulary_label("cost_performance", "en") == "Cost performance"


@pytest.mark.parametrize(
    ("value", "decimals", "text"),
    [
        (52.15, 1, "52.2"),
        (180.95, 1, "181.0"),
        (-0.04, 1, "0.0"),
        (-2.5, 0, "-3"),
        (1234.5, 0, "1,235"),
        (1e22, 0, f"{10**22:,}"),
    ],
)
def test_a_half_is_rounded_as_spreadsheets_do(value: float, decimals: int, text: str) -> None:
    assert fixed(value, decimals) == text


def test_percent_rounds_the_digits_that_are_seen() -> None:
    assert numbers(np.array([0.0485, 0.16615, 0.0]), "fraction", "zh") == ["4.9%", "16.6%", "0.0%"]
    assert percent(0.13845) == "13.8%"


@pytest.mark.parametrize(
    "context",
    [
        decimal.Context(prec=1),
        decimal.Context(prec=2, rounding=decimal.ROUND_DOWN, traps=[decimal.Inexact, decimal.Rounded]),
        decimal.Context(prec=3, Emax=2, Emin=-2, capitals=0, traps=[decimal.FloatOperation, decimal.Subnormal]),
    ],
)
def test_a_decimal_context_of_the_user_changes_nothing(context: decimal.Context) -> None:
    def results() -> list[Any]:
        data = {"follower": "1,234,567", "gender": 2}
        rates = {"interact_rate": {"value": "12.345%", "overtake": "59.73%"}, "play_mid": "123.4万"}
        profile, spread = (
            xf.read_payload(table, payload, kol_id="1")
            for table, payload in (("profiles", data), ("spread_benchmarks", rates))
        )
        board = board_of(
            play_median=[123_456, 98_765],
            interact_rate=[0.12345, 0.0244],
            quote_21_60s=[12_345, 9_999],
            **{name: [None, None] for name in ("cpm_21_60s", "cpe_21_60s")},
        )
        figures = [xf.plot_scorecard(board).figure, xf.plot_price_value(board).figure]
        texts = [text.get_text() for figure in figures for text in figure.findobj(lambda a: hasattr(a, "get_text"))]
        plt.close("all")
        plan = xf.plan_budget(board, 12_345.67, bands="21-60s")
        return [profile.to_csv(), spread.to_csv(), texts, plan.to_csv(), plan.attrs]

    expected = results()
    with decimal.localcontext(context):
        assert results() == expected
