"""The current endpoints and their legacy twins: how each path spells what the other asks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from .endpoints import ENDPOINTS


@dataclass(frozen=True, slots=True)
class Pair:
    """A current endpoint and its legacy twin.

    Attributes
    ----------
    current, legacy
        Their names.
    spelled
        For each current parameter that the legacy path has: its legacy name, and current -> legacy value.
        A mapping of None means that the provider names no values: the default sends nothing, other text is
        passed on as it is. An empty one means that it names none and demands one: nothing can be asked there.
    fixed
        Values of current parameters that the legacy path implies and cannot change.
    sent
        Parameters of the legacy path alone that are always sent with these values.
    same_answer
        Whether both give the same answer, so that one payment serves both.
    """

    current: str
    legacy: str
    spelled: Mapping[str, tuple[str, Mapping[str, str] | None]] = field(default_factory=dict)
    fixed: Mapping[str, str] = field(default_factory=dict)
    sent: Mapping[str, str] = field(default_factory=dict)
    same_answer: bool = True


_SHORT = {"platform": "SHORT_VIDEO"}
_RANGE = ("range", {"DAY_30": "_2", "DAY_90": "_3"})
_CHANNEL = {"platform": ("platformChannel", {"SHORT_VIDEO": "_1", "LIVE_STREAMING": "_10"})}
_SAME = {"false": "false", "true": "true"}

_PAIRS = (
    Pair(
        "get_author_commerce_seed_base_info",
        "get-author-commerce-seed-base-info",
        {"range": ("range", {})},
        same_answer=False,
    ),
    Pair("get_author_commerce_spread_info", "get-author-commerce-spread-info"),
    Pair("get_author_content_hot_keywords", "get-author-content-hot-keywords"),
    Pair("get_author_hot_comment_tokens", "get-author-hot-comment-tokens"),
    Pair("author_audience_distribution", "get-kol-audience-distribution", fixed={**_SHORT, "linkType": "CONNECTED"}),
    Pair("get_author_convert_ability", "get-kol-convert-ability", {"range": _RANGE}, _SHORT),
    Pair(
        "get_author_convert_videos_or_products",
        "get-kol-convert-videos-or-products",
        {"detailType": ("detailType", {"VIDEO": "_1", "PRODUCT": "_2"})},
        same_answer=False,
    ),
    Pair("author_cp_info", "get-kol-cp-info", fixed=_SHORT),
    Pair(
        "get_author_daily_fans",
        "get-kol-daily-fans",
        {"startDate": ("startDate", None), "endDate": ("endDate", None)},
    ),
    Pair(
        "get_author_fans_distribution",
        "get-kol-fans-distribution",
        {"authorType": ("fansType", {"FAN": "_1", "DIE_HARD_FAN": "_5"})},
    ),
    Pair("get_author_base_info", "get-kol-info", _CHANNEL),
    Pair("get_author_link_info", "get-kol-link-info", {"industryTag": ("industryTag", None)}, _SHORT),
    Pair("author_link_struct", "get-kol-link-struct", fixed=_SHORT),
    Pair("get_author_marketing_info", "get-kol-marketing-info", _CHANNEL),
    Pair("author_rec_videos_v2", "get-kol-rec-videos", fixed=_SHORT),
    Pair(
        "get_author_show_items_v2",
        "get-kol-show-items-v2",
        {"onlyAssign": ("onlyAssign", _SAME)},
        {**_SHORT, "flowType": "EXCLUDE"},
    ),
    Pair(
        "get_author_spread_info",
        "get-kol-spread-info",
        {
            "type": ("type", {"PERSONAL_VIDEO": "_1", "XINTU_VIDEO": "_2"}),
            "range": _RANGE,
            "onlyAssign": ("onlyAssign", _SAME),
            "flowType": ("flowType", None),
        },
        _SHORT,
    ),
    Pair("author_touch_distribution", "get-kol-touch-distribution", fixed=_SHORT),
    Pair("item_report_detail", "get-video-detail", same_answer=False),
    Pair(
        "search_for_author_square",
        "search-kol-simple",
        {"keyword": ("keyword", None)},
        sent={"platformSource": "_1"},
        same_answer=False,
    ),
)

PAIRS: Mapping[str, Pair] = MappingProxyType({name: pair for pair in _PAIRS for name in (pair.current, pair.legacy)})
"""The pair of every endpoint that has a twin, by either name."""

FREE_TEXT = frozenset(
    parameter for pair in _PAIRS for parameter, (_, spelling) in pair.spelled.items() if spelling is None
)
"""Current parameters for which a legacy path names no values, so that it takes any text."""


def in_current_spelling(pair: Pair, params: Mapping[str, str]) -> dict[str, str]:
    """Return the parameters of a legacy question as the current path spells them, its defaults written out."""
    meant = {p.name: p.default for p in ENDPOINTS[pair.current].parameters if p.default is not None}
    for current, (legacy, spelling) in pair.spelled.items():
        if legacy not in params:
            continue
        text = params[legacy]
        known = {wire: value for value, wire in (spelling or _free(pair, current)).items()}
        meant[current] = known.get(text, text)
    return {**meant, **pair.fixed}


def _free(pair: Pair, parameter: str) -> dict[str, str]:
    """Return current -> legacy spelling of the names that both paths share where the legacy one takes any text."""
    choices = next(p for p in ENDPOINTS[pair.current].parameters if p.name == parameter).choices
    return {choice: choice.lower() for choice in choices}
