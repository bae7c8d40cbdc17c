"""One question as a `Call`: what goes on the wire, on the current or the legacy path, and what it means."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Literal

from ..errors import ParameterError
from .endpoints import ENDPOINTS
from .parameters import Endpoint

Api = Literal["current", "legacy"]


@dataclass(frozen=True, slots=True)
class Option:
    """One option of the ``fetch_`` functions: its wire parameter and how its choices are spelled there."""

    name: str
    meaning: str
    parameter: str
    choices: Mapping[Any, str]
    default: Any

    def spell(self, value: Any) -> str:
        """Return the wire value of a choice, or raise `ParameterError` naming the choices."""
        if value in list(self.choices) and type(value) is type(self.default):
            return self.choices[value]
        raise self.refusal(value, list(self.choices))

    def refusal(self, value: Any, allowed: list[Any], where: str = "") -> ParameterError:
        """Return the error for a value that is none of the allowed ones."""
        return ParameterError(f"{self.name} must be {' or '.join(map(repr, allowed))}{where}, not {value!r}")


def _option(name: str, meaning: str, parameter: str, choices: Mapping[Any, str]) -> Option:
    return Option(name, meaning, parameter, MappingProxyType(dict(choices)), next(iter(choices)))


def _lower(endpoint: str, parameter: str) -> dict[str, str]:
    found = next(p for p in ENDPOINTS[endpoint].parameters if p.name == parameter)
    return {choice.lower(): choice for choice in found.choices}


OPTIONS: Mapping[str, Option] = MappingProxyType(
    {
        option.name: option
        for option in (
            _option(
                "video_type",
                "the creator's own videos, or those ordered through Xingtu",
                "type",
                {"personal": "PERSONAL_VIDEO", "xingtu": "XINTU_VIDEO"},
            ),
            _option("window", "rolling days that the figures cover", "range", {"30d": "DAY_30", "90d": "DAY_90"}),
            _option(
                "only_assigned",
                "only assigned videos; what that leaves out is unconfirmed",
                "onlyAssign",
                {False: "false", True: "true"},
            ),
            _option(
                "flow",
                "the provider's flow filter, likely paid traffic",
                "flowType",
                _lower("get_author_spread_info", "flowType"),
            ),
            _option(
                "industry",
                "industry that the indexes are for",
                "industryTag",
                _lower("get_author_link_info", "industryTag"),
            ),
            _option("platform", "kind of content", "platform", _lower("get_author_spread_info", "platform")),
        )
    }
)
"""Every option of the ``fetch_`` functions by name; its default is its first choice."""


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
        passed on as it is.
    fixed
        Values of current parameters that the legacy path implies and cannot change.
    same_answer
        Whether both give the same answer, so that one payment serves both.
    """

    current: str
    legacy: str
    spelled: Mapping[str, tuple[str, Mapping[str, str] | None]] = field(default_factory=dict)
    fixed: Mapping[str, str] = field(default_factory=dict)
    same_answer: bool = True


_SHORT = {"platform": "SHORT_VIDEO"}
_RANGE = ("range", {"DAY_30": "_2", "DAY_90": "_3"})
_CHANNEL = {"platform": ("platformChannel", {"SHORT_VIDEO": "_1", "LIVE_STREAMING": "_10"})}
_SAME = {"false": "false", "true": "true"}

_PAIRS = (
    Pair("get_author_commerce_seed_base_info", "get-author-commerce-seed-base-info", same_answer=False),
    Pair("get_author_commerce_spread_info", "get-author-commerce-spread-info"),
    Pair("get_author_content_hot_keywords", "get-author-content-hot-keywords"),
    Pair("get_author_hot_comment_tokens", "get-author-hot-comment-tokens"),
    Pair("author_audience_distribution", "get-kol-audience-distribution", fixed={**_SHORT, "linkType": "CONNECTED"}),
    Pair("get_author_convert_ability", "get-kol-convert-ability", {"range": _RANGE}, _SHORT),
    Pair("get_author_convert_videos_or_products", "get-kol-convert-videos-or-products", same_answer=False),
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
    Pair("author_rec_videos_v2", "get-kol-rec-videos", same_answer=False),
    Pair("get_author_show_items_v2", "get-kol-show-items-v2", same_answer=False),
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
    Pair("search_for_author_square", "search-kol-simple", same_answer=False),
)

PAIRS: Mapping[str, Pair] = MappingProxyType({name: pair for pair in _PAIRS for name in (pair.current, pair.legacy)})
"""The pair of every endpoint that has a twin, by either name."""


@dataclass(frozen=True, slots=True)
class Call:
    """One question.

    Attributes
    ----------
    endpoint
        Where it is sent.
    query
        Checked parameters as they go on the wire, without the token.
    kol_id
        The creator asked for; None for searches and single videos.
    meaning
        Name of the current endpoint that gives this answer.
    params
        The parameters in the current endpoint's spelling, as JSON, without the creator's id.
    key
        The same text for every spelling of the same question.
    """

    endpoint: Endpoint
    query: tuple[tuple[str, str], ...]
    kol_id: str | None
    meaning: str
    params: str
    key: str


def _call(endpoint: Endpoint, query: Mapping[str, str], meaning: str, params: Mapping[str, str]) -> Call:
    kol_id = query[endpoint.subject] if endpoint.subject else None
    text = json.dumps(params, ensure_ascii=False, sort_keys=True)
    return Call(endpoint, tuple(query.items()), kol_id, meaning, text, f"{meaning}|{kol_id or ''}|{text}")


_FREE_TEXT = {parameter for pair in _PAIRS for parameter, (_, spelling) in pair.spelled.items() if spelling is None}


def check_choice(name: str, value: Any, api: Api) -> None:
    """Refuse a value that no path of this generation knows for an option."""
    if api != "legacy" or OPTIONS[name].parameter not in _FREE_TEXT:
        OPTIONS[name].spell(value)


def find_endpoint(name: str) -> Endpoint:
    """Return the endpoint of that name, or raise `ParameterError` naming where to look."""
    if name not in ENDPOINTS:
        raise ParameterError(f"no endpoint {name!r}; xingtu_frames.endpoints() lists the {len(ENDPOINTS)} there are")
    return ENDPOINTS[name]


def call_for_query(name: str, values: Mapping[str, Any]) -> Call:
    """Return the call of an endpoint with wire names and values.

    Raises
    ------
    ParameterError, InvalidIdError
        Nothing of it is sent.
    """
    endpoint = find_endpoint(name)
    query = endpoint.query(values)
    params = {key: value for key, value in query.items() if key != endpoint.subject}
    pair = PAIRS.get(name)
    if pair is None or name != pair.legacy or not pair.same_answer:
        return _call(endpoint, query, name, params)
    return _call(endpoint, query, pair.current, _in_current_spelling(pair, params))


def _in_current_spelling(pair: Pair, params: Mapping[str, str]) -> dict[str, str]:
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


def call_for_options(name: str, kol_id: str, options: Mapping[str, Any], api: Api = "current") -> Call:
    """Return the call that asks for one creator with the options of a ``fetch_`` function.

    Raises
    ------
    ParameterError
        A choice that this path does not know. Nothing of it is sent.
    """
    endpoint = ENDPOINTS[name]
    pair = PAIRS.get(name)
    if api == "legacy" and pair is not None:
        return _legacy_call(pair, kol_id, options)
    values = {OPTIONS[key].parameter: OPTIONS[key].spell(value) for key, value in options.items()}
    return call_for_query(name, {endpoint.subject or "": kol_id, **values})


def calls_for_options(
    name: str, kol_ids: Sequence[str], options: Mapping[str, Any], api: Api = "current"
) -> list[Call]:
    """Return the call of each creator: what does not depend on the creator is checked and spelled once.

    Raises
    ------
    ParameterError
        A choice that this path does not know. Nothing of it is sent.
    """
    if not kol_ids:
        return []
    first = call_for_options(name, kol_ids[0], options, api)
    place = next(at for at, (parameter, _) in enumerate(first.query) if parameter == first.endpoint.subject)
    before, after = first.query[:place], first.query[place + 1 :]

    def call(kol_id: str) -> Call:
        query = (*before, (first.query[place][0], kol_id), *after)
        return Call(
            first.endpoint, query, kol_id, first.meaning, first.params, f"{first.meaning}|{kol_id}|{first.params}"
        )

    return [first, *map(call, kol_ids[1:])]


def _legacy_call(pair: Pair, kol_id: str, options: Mapping[str, Any]) -> Call:
    legacy = ENDPOINTS[pair.legacy]
    values: dict[str, Any] = {legacy.subject or "": kol_id}
    for key, value in options.items():
        option = OPTIONS[key]
        if option.parameter in pair.fixed:
            _check_known(option, value, {pair.fixed[option.parameter]}, pair)
            continue
        parameter, spelling = pair.spelled[option.parameter]
        if spelling is not None:
            _check_known(option, value, set(spelling), pair)
            values[parameter] = spelling[option.choices[value]]
        elif value != option.default:
            values[parameter] = _free_text(option, value)
    return call_for_query(pair.legacy, values)


def _check_known(option: Option, value: Any, known: set[str], pair: Pair) -> None:
    allowed = [choice for choice, wire in option.choices.items() if wire in known]
    if value not in allowed:
        raise option.refusal(value, allowed, f" on the legacy path {pair.legacy}")


def _free_text(option: Option, value: Any) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ParameterError(f"{option.name} must be text, not {value!r}")
    return value
