"""What a frame is about, in one line: what was asked, how it was computed, and which endpoints told it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import pandas as pd

from ..arguments import Language
from ..board.metrics import METRICS, OF_PORTRAIT, PORTRAIT, Metric, asked_of
from ..board.own import known_metrics
from ..decide.columns import AIMS, LEFT_OUT, WORDS_ZH
from ..tables.catalog import LABELS_ZH, OPTIONS, TABLES
from ..tables.schema import TRUTH_ZH, Option
from ..wording.figures import compact
from .groups import column_names
from .words import in_words

_ASKED = ("video_type", "window", "platform", "industry", "only_assigned", "flow", "stage", "fan_group")
_TABLE_OF = {name: metric.table for name, metric in METRICS.items()} | {column.name: PORTRAIT for column in OF_PORTRAIT}
"""Column of a board -> the table that it was read from."""

# What the functions that decide leave in attrs: its name -> label, and how its value reads.
Attrs = Mapping[object, Any]
_Facts = Mapping[str, tuple[str, Callable[[Any], str]]]


def _yuan(value: float) -> str:
    return f"¥{value:,.2f}".removesuffix(".00")


_FACTS_ZH: _Facts = {
    "normalisation": ("归一方式", lambda value: WORDS_ZH.get(value, value)),
    "missing": ("缺失指标", lambda value: WORDS_ZH.get(value, value)),
    "jitter": ("权重变动", lambda value: f"±{value:.0%}"),
    "draws": ("模拟次数", "{:,}".format),
    "seed": ("随机种子", str),
    "maximise": ("目标", lambda value: WORDS_ZH.get(value, value)),
    "goals": ("取舍目标", lambda value: "、".join(AIMS.zh.get(goal, goal) for goal in value)),
    "is_complete": ("是否为全部有效方案", lambda value: TRUTH_ZH[bool(value)]),
    "budget_cny": ("预算", _yuan),
    "spent_cny": ("计划花费", _yuan),
    "left_cny": ("结余", _yuan),
    "expected_total": ("预期合计", lambda value: compact(value, "zh")),
    "expected": ("预期播放取自", lambda value: METRICS[value].label_zh if value in METRICS else str(value)),
    "fee": ("平台服务费率", "{:.2%}".format),
    "rebate": ("返点", lambda value: _rebate(value, "zh")),
    "whose": ("画像", lambda value: LABELS_ZH.get(value, value)),
    "target": ("目标人群", lambda value: _target(value, "zh")),
    "baseline": ("TGI基准", lambda value: WORDS_ZH.get(value, value)),
    "assumes": ("假设", lambda value: WORDS_ZH.get(value, value)),
    "duration_band": ("报价时长档", lambda value: LABELS_ZH.get(value, value)),
}
_FACTS_EN: _Facts = {
    "normalisation": ("normalisation", str),
    "missing": ("missing", str),
    "jitter": ("weights move by", "±{:.0%}".format),
    "draws": ("draws", "{:,}".format),
    "seed": ("seed", str),
    "maximise": ("maximise", str),
    "goals": ("goals", " and ".join),
    "is_complete": ("all efficient plans", lambda value: "yes" if value else "no"),
    "budget_cny": ("budget", _yuan),
    "spent_cny": ("spent", _yuan),
    "left_cny": ("left", _yuan),
    "expected_total": ("expected in all", "{:,.0f}".format),
    "expected": ("expected plays are", str),
    "fee": ("fee", "{:.2%}".format),
    "rebate": ("rebate", lambda value: _rebate(value, "en")),
    "whose": ("portrait of", str),
    "target": ("target", lambda value: _target(value, "en")),
    "baseline": ("TGI 100 is", str),
    "assumes": ("assumes", str),
    "duration_band": ("quote for", str),
}
_DECIDED = ("score", "rank_stability", "plan_budget", "plan_wishes", "plan_frontier", "audience_match")
"""The kinds of frames whose attrs say how they came about."""
_SHOWN = 20
_PUNCTUATION = {"zh": ("；", "、"), "en": ("; ", ", ")}


def scope(frame: pd.DataFrame, kind: str | None, lang: Language, names: Mapping[str, str]) -> str:
    """Return in words what a frame of this kind is about; creators go by their names."""
    # On any other frame these are words of the user's own.
    attrs = frame.attrs if kind in _DECIDED else {}
    tables = _tables(kind, column_names(frame))
    said = [
        *_asked(frame, kind, tables, lang),
        *_weights(attrs, known_metrics(frame), lang),
        *_facts(attrs, lang),
        *_creators(attrs, lang, names),
        *_left_out(attrs, lang, names),
        *_endpoints(tables, lang),
    ]
    return _PUNCTUATION[lang][0].join(said)


def _tables(kind: str | None, columns: Iterable[str]) -> list[str]:
    """Return the tables that a frame is or was made from, where its kind tells them."""
    if kind != "board":
        return [kind] if kind is not None and kind in TABLES else []
    return [_TABLE_OF[name] for name in columns if name in _TABLE_OF]


def _asked(frame: pd.DataFrame, kind: str | None, tables: Sequence[str], lang: Language) -> list[str]:
    """Return the options that a frame is about, as its attrs say, else as the columns of its table do.

    ``attrs`` of a board have every option, also those that nothing on it depends on.
    """
    asked = frame.attrs.get("asked")
    if not isinstance(asked, Mapping):
        options = TABLES[kind].option_columns if kind is not None and kind in TABLES else ()
        asked = {name: "|".join(map(str, frame[name].dropna().unique())) for name in options}
        asked |= asked_of(frame) if kind == "board" else {}
    known = _options(tables)
    shown = [(known[name], str(asked[name])) for name in _ASKED if name in known and name in asked]
    shown = [(option, value) for option, value in shown if value not in ("", "False")]
    if lang == "en":
        return [f"{option.name} {value}" for option, value in shown]
    return [f"{option.column.label_zh} {in_words(value, option.column.words.zh)}" for option, value in shown]


def _options(tables: Sequence[str]) -> Mapping[str, Option]:
    """Return the choices that these tables have, each with its own words; all shared ones where no table is known."""
    declared = [option for name in tables for option in TABLES[name].options.values() if isinstance(option, Option)]
    return {option.name: option for option in declared} if tables else OPTIONS


def _weights(attrs: Attrs, metrics: Mapping[str, Metric], lang: Language) -> list[str]:
    weights, ways = attrs.get("weights"), attrs.get("directions")
    if not isinstance(weights, Mapping) or not isinstance(ways, Mapping):
        return []
    known = [
        (metrics[name], weight, ways[name]) for name, weight in weights.items() if name in metrics and name in ways
    ]
    if lang == "zh":
        shown = [f"{metric.label_zh} {weight:.0%}（{WORDS_ZH.get(way, way)}）" for metric, weight, way in known]
    else:
        shown = [f"{metric.name} {weight:.0%} ({way} is better)" for metric, weight, way in known]
    return [{"zh": "权重 ", "en": "weights "}[lang] + _PUNCTUATION[lang][1].join(shown)] if shown else []


def _facts(attrs: Attrs, lang: Language) -> list[str]:
    labels = _FACTS_ZH if lang == "zh" else _FACTS_EN
    return [f"{label} {shown(attrs[name])}" for name, (label, shown) in labels.items() if attrs.get(name) is not None]


def _rebate(rebate: float | Mapping[str, float], lang: Language) -> str:
    """Return the rebate of all, or how many creators give one of their own."""
    if not isinstance(rebate, Mapping):
        return f"{rebate:.2%}"
    return {"zh": "{} 位达人各有比例", "en": "of its own for {} creators"}[lang].format(len(rebate))


def _target(target: Mapping[str, Sequence[str]], lang: Language) -> str:
    """Return dimension and buckets of a target."""
    spoken, between = (LABELS_ZH, "、") if lang == "zh" else ({}, " or ")
    parts = [
        f"{spoken.get(dimension, dimension)} {between.join(spoken.get(bucket, bucket) for bucket in buckets)}"
        for dimension, buckets in target.items()
    ]
    return {"zh": "，", "en": ", "}[lang].join(parts)


def _creators(attrs: Attrs, lang: Language, names: Mapping[str, str]) -> list[str]:
    """Return who is too close to call, and who has no score."""
    pairs = [" / ".join(names.get(kol_id, kol_id) for kol_id in pair) for pair in attrs.get("too_close", ())]
    unscored = [names.get(kol_id, kol_id) for kol_id in attrs.get("unscored", ())]
    said = (
        ({"zh": "难分先后", "en": "too close to call"}[lang], pairs),
        ({"zh": "没有得分", "en": "without a score"}[lang], unscored),
    )
    return [f"{label} {_listed(who, lang)}" for label, who in said if who]


def _left_out(attrs: Attrs, lang: Language, names: Mapping[str, str]) -> list[str]:
    spoken = LEFT_OUT.zh if lang == "zh" else {}
    who = [
        f"{names.get(found['kol_id'], found['kol_id'])} ({spoken.get(found['why'], found['why'])})"
        for found in attrs.get("left_out", ())
    ]
    return [f"{ {'zh': '未列入', 'en': 'left out'}[lang] } {_listed(who, lang)}"] if who else []


def _listed(items: Sequence[str], lang: Language) -> str:
    more = {"zh": " 等 {} 项", "en": " and others, {} in all"}[lang].format(len(items))
    return _PUNCTUATION[lang][1].join(items[:_SHOWN]) + (more if len(items) > _SHOWN else "")


def _endpoints(tables: Iterable[str], lang: Language) -> list[str]:
    names = dict.fromkeys(TABLES[table].endpoint for table in tables)
    return [f"{ {'zh': '接口', 'en': 'from'}[lang] } {', '.join(names)}"] if names else []
