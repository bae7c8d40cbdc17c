"""The declared endpoints are the provider's; options are spelled as each path wants; one meaning has one key."""

from __future__ import annotations

import itertools
import json
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

import xingtu_frames as xf
from tests.conftest import ROOT
from tests.loopback import Loopback
from tests.quick import each, examples
from xingtu_frames.errors import quoted
from xingtu_frames.tables.catalog import OPTIONS
from xingtu_frames.tables.schema import Answer, Option
from xingtu_frames.wire import ENDPOINTS, PAIRS, PREFIX, Api, Call, call_for_query, calls_of

FACTS: dict[str, dict[str, Any]] = json.loads((ROOT / "tests" / "openapi_facts.json").read_text("utf-8"))
"""The provider's OpenAPI file, cut down to path, title, deprecation and parameters."""

BY_PATH = {f"{PREFIX}{endpoint.path}": endpoint for endpoint in ENDPOINTS.values()}
KOL = "6831825876674412552"
KINDS = {"string": {"text", "creator", "item", "yyyy-MM-dd", "yyyyMMdd"}, "integer": {"int"}, "boolean": {"bool"}}


def wire_text(value: Any) -> str:
    """Return a default of the OpenAPI file as it stands in a query."""
    return str(value).lower() if isinstance(value, bool) else str(value)


# --- the endpoints against the provider's file -----------------------------------------------------------------------


def test_the_53_paths_are_the_providers() -> None:
    assert len(FACTS) == 53
    assert set(BY_PATH) == set(FACTS)
    assert len({endpoint.name for endpoint in BY_PATH.values()}) == 53
    assert all(name == endpoint.name for name, endpoint in ENDPOINTS.items())


@each("path", FACTS)
def test_an_endpoint_is_declared_as_the_provider_documents_it(path: str) -> None:
    fact, endpoint = FACTS[path], BY_PATH[path]
    token, *parameters = fact["parameters"]
    assert token["name"] == "token"
    assert (endpoint.title, endpoint.deprecated) == (fact["title"], fact["deprecated"])
    assert [p.name for p in endpoint.parameters] == [p["name"] for p in parameters]
    assert [p.required for p in endpoint.parameters] == [p["required"] for p in parameters]
    assert [list(p.choices) for p in endpoint.parameters] == [p.get("enum", []) for p in parameters]
    for declared, documented in zip(endpoint.parameters, parameters, strict=True):
        assert declared.kind in KINDS[documented["type"]], declared.name


@each("path", FACTS)
def test_a_declared_default_is_a_choice_and_the_providers_where_that_is_one(path: str) -> None:
    documented = {p["name"]: p for p in FACTS[path]["parameters"]}
    for parameter in BY_PATH[path].parameters:
        fact = documented[parameter.name]
        if parameter.default is not None:
            assert parameter.spell(parameter.default) == parameter.default
            assert not parameter.choices or parameter.default in parameter.choices
        theirs = wire_text(fact["default"]) if "default" in fact else None
        free_text_left_out = not parameter.choices and parameter.default is None
        if theirs is not None and not free_text_left_out and theirs in (parameter.choices or (theirs,)):
            assert parameter.default == theirs, parameter.name


def test_six_documented_defaults_are_not_in_their_own_list_and_are_replaced() -> None:
    replaced = [
        (BY_PATH[path].name, p["name"], p["default"])
        for path, fact in FACTS.items()
        for p in fact["parameters"]
        if "enum" in p and "default" in p and p["default"] not in p["enum"]
    ]
    assert replaced == [
        ("get_author_contract_base_info", "range", "90"),
        ("get_author_live_statistics", "liveType", "1"),
        ("get_author_live_statistics", "period", "30"),
        ("get_author_live_statistics", "flowType", "0"),
        ("get_author_live_watch_distribution", "liveCrowdType", "2"),
        ("get_author_live_watch_distribution", "liveType", "1"),
    ]
    for name, parameter, _ in replaced:
        declared = next(p for p in ENDPOINTS[name].parameters if p.name == parameter)
        assert declared.default in declared.choices


@each("name", ENDPOINTS)
def test_the_name_is_the_last_one_before_the_version(name: str) -> None:
    parts = ENDPOINTS[name].path.split("/")
    assert name == (parts[-2] if parts[-1] == "v1" else parts[-1])


def test_every_deprecated_endpoint_has_a_current_twin() -> None:
    deprecated = [name for name, endpoint in ENDPOINTS.items() if endpoint.deprecated]
    assert len(deprecated) == 20
    for name in deprecated:
        pair = PAIRS[name]
        assert pair.legacy == name
        assert not ENDPOINTS[pair.current].deprecated
        assert PAIRS[pair.current] is pair
    assert len({PAIRS[name].current for name in deprecated}) == 20


@pytest.mark.parametrize("pair", {id(p): p for p in PAIRS.values()}.values(), ids=lambda pair: pair.legacy)
def test_a_pair_spells_only_parameters_and_choices_that_exist(pair: Any) -> None:
    current = {p.name: p for p in ENDPOINTS[pair.current].parameters}
    legacy = {p.name: p for p in ENDPOINTS[pair.legacy].parameters}
    for name, (twin, spelling) in pair.spelled.items():
        assert name in current
        assert twin in legacy
        for ours, theirs in (spelling or {}).items():
            assert current[name].spell(ours) == ours
            assert legacy[twin].spell(theirs) == theirs
    for name, value in pair.fixed.items():
        assert current[name].spell(value) == value
    if pair.same_answer:
        assert {*pair.spelled, *pair.fixed} >= set(current) - {"oAuthorId"}, "an unspelled parameter has no meaning"


def test_only_the_contact_card_is_not_stored() -> None:
    assert [name for name, endpoint in ENDPOINTS.items() if not endpoint.stored] == ["author_get_business_card_info"]


# --- how the options are spelled -------------------------------------------------------------------------------------

SPREAD, LINK_INFO = "get_author_spread_info", "get_author_link_info"
PROFILE, QUOTES = "get_author_base_info", "get_author_marketing_info"
ALL_PLATFORMS = {
    "short_video": "SHORT_VIDEO",
    "live_streaming": "LIVE_STREAMING",
    "picture_text": "PICTURE_TEXT",
    "short_drama": "SHORT_DRAMA",
}
SPELLED = [
    (SPREAD, "window", "range", {"30d": "DAY_30", "90d": "DAY_90"}, {"30d": "_2", "90d": "_3"}),
    (SPREAD, "video_type", "type", {"personal": "PERSONAL_VIDEO", "xingtu": "XINTU_VIDEO"}, ("_1", "_2")),
    (SPREAD, "only_assigned", "onlyAssign", {False: "false", True: "true"}, ("false", "true")),
    (SPREAD, "flow", "flowType", {"exclude": "EXCLUDE", "include": "INCLUDE"}, (None, "include")),
    (SPREAD, "platform", "platform", ALL_PLATFORMS, (None,)),
    (LINK_INFO, "platform", "platform", ALL_PLATFORMS, (None,)),
    ("author_touch_distribution", "platform", "platform", ALL_PLATFORMS, (None,)),
    ("author_link_struct", "platform", "platform", ALL_PLATFORMS, (None,)),
    ("get_author_convert_ability", "window", "range", {"30d": "DAY_30", "90d": "DAY_90"}, ("_2", "_3")),
    ("get_author_show_items_v2", "only_assigned", "onlyAssign", {False: "false", True: "true"}, ("false", "true")),
    *(
        (endpoint, "platform", "platform", ALL_PLATFORMS, (None,))
        for endpoint in (
            "author_audience_distribution",
            "author_cp_info",
            "author_rec_videos_v2",
            "get_author_convert_ability",
            "get_author_show_items_v2",
        )
    ),
]
STAGES = {stage: stage.upper() for stage in ("connected", "aware", "interested", "like", "follow")}


def cases() -> list[Any]:
    """Return endpoint, option, choice, parameter and value on the current path, and on the legacy one."""
    found = []
    for endpoint, option, parameter, current, legacy in SPELLED:
        old = list(legacy.values()) if isinstance(legacy, dict) else list(legacy)
        for (choice, wire), was in itertools.zip_longest(current.items(), old, fillvalue="refused"):
            found.append((endpoint, option, choice, parameter, wire, parameter, was))
    for endpoint in (PROFILE, QUOTES):
        for (choice, wire), was in zip(ALL_PLATFORMS.items(), ("_1", "_10", "refused", "refused"), strict=True):
            found.append((endpoint, "platform", choice, "platform", wire, "platformChannel", was))
    for choice, wire, was in (("fans", "FAN", "_1"), ("loyal", "DIE_HARD_FAN", "_5")):
        found.append(("get_author_fans_distribution", "fan_group", choice, "authorType", wire, "fansType", was))
    return [pytest.param(*case, id=f"{case[0]}-{case[1]}-{case[2]}") for case in found]


def answer_of(endpoint: str) -> Answer:
    """Return the declared answer of an endpoint."""
    return next(table.answer for table in xf.TABLES.values() if table.endpoint == endpoint)


def options_of(endpoint: str, **chosen: Any) -> dict[str, Any]:
    """Return all options of the endpoint's tables, defaults where not chosen."""
    return {o.name: o.default for o in answer_of(endpoint).options if isinstance(o, Option)} | chosen


def call_for_options(endpoint: str, kol_id: str, options: dict[str, Any], api: Api = "current") -> Call:
    """Return the question about one creator."""
    (call,) = calls_of(answer_of(endpoint), [kol_id], options, api)
    return call


@pytest.mark.each_once
@pytest.mark.parametrize(("endpoint", "option", "choice", "parameter", "wire", "old_parameter", "old"), cases())
def test_a_choice_is_spelled_as_each_path_wants(
    endpoint: str, option: str, choice: Any, parameter: str, wire: str, old_parameter: str, old: str | None
) -> None:
    options = options_of(endpoint, **{option: choice})
    current = call_for_options(endpoint, KOL, options)
    assert dict(current.query)[parameter] == wire
    assert dict(current.query)["oAuthorId"] == KOL
    if old == "refused":
        with pytest.raises(xf.ParameterError, match="short_video") as caught:
            call_for_options(endpoint, KOL, options, "legacy")
        assert PAIRS[endpoint].legacy in str(caught.value)
        assert ('"live_streaming"' in str(caught.value)) is (
            endpoint in (PROFILE, QUOTES) or choice == "live_streaming"
        )
        return
    legacy = call_for_options(endpoint, KOL, options, "legacy")
    assert dict(legacy.query).get(old_parameter) == old
    assert dict(legacy.query)["kolId"] == KOL
    assert legacy.endpoint.name == PAIRS[endpoint].legacy
    assert (legacy.key, legacy.params, legacy.meaning) == (current.key, current.params, endpoint)


@each("choice", OPTIONS["industry"].choices)
def test_an_industry_is_the_providers_name_in_upper_case(choice: str) -> None:
    documented = next(
        p["enum"] for p in FACTS[f"{PREFIX}{ENDPOINTS[LINK_INFO].path}"]["parameters"] if p["name"] == "industryTag"
    )
    current = call_for_options(LINK_INFO, KOL, options_of(LINK_INFO, industry=choice))
    legacy = call_for_options(LINK_INFO, KOL, options_of(LINK_INFO, industry=choice), "legacy")
    assert dict(current.query)["industryTag"] == choice.upper()
    assert dict(legacy.query).get("industryTag") == (None if choice == "all" else choice)
    assert current.key == legacy.key
    assert [name.upper() for name in OPTIONS["industry"].choices] == documented
    assert OPTIONS["industry"].default == "all"


@pytest.mark.parametrize(("endpoint", "option"), [(SPREAD, "flow"), (LINK_INFO, "industry")])
def test_where_the_legacy_page_names_no_values_other_text_passes_unchanged(endpoint: str, option: str) -> None:
    options = options_of(endpoint, **{option: "美妆-护肤 &x=1"})
    legacy = call_for_options(endpoint, KOL, options, "legacy")
    assert dict(legacy.query)[OPTIONS[option].parameter] == "美妆-护肤 &x=1"
    assert legacy.key != call_for_options(endpoint, KOL, options_of(endpoint)).key
    with pytest.raises(xf.ParameterError, match=str(OPTIONS[option].default)):
        call_for_options(endpoint, KOL, options)


UNKNOWN = [
    (api, option, value)
    for api in ("current", "legacy")
    for option in OPTIONS
    for value in ("7d", "DAY_30", "", 30, None, ["30d"])
    # The legacy path takes any text for these two.
    if not (api == "legacy" and option in ("flow", "industry") and isinstance(value, str) and value)
]


@pytest.mark.one_in(6)
@pytest.mark.each_once
@pytest.mark.parametrize(("api", "option", "value"), UNKNOWN)
def test_an_unknown_choice_names_the_known_ones_and_sends_nothing(
    make_client: Any, server: Loopback, option: str, value: Any, api: str
) -> None:
    portraits = {"stage": xf.fetch_audience_portrait, "fan_group": xf.fetch_fans_portrait}
    fetch = {"industry": xf.fetch_link_index, **portraits}.get(option, xf.fetch_spread_info)
    free = api == "legacy" and option in ("flow", "industry")
    known = "text" if free else quoted(OPTIONS[option].default)
    with pytest.raises(xf.ParameterError) as caught:
        fetch([KOL], client=make_client(api=api), **{option: value})
    assert option in str(caught.value)
    assert known in str(caught.value)
    assert quoted(value) in str(caught.value)
    assert server.hits() == 0


@pytest.mark.parametrize(
    ("endpoint", "option", "parameter", "choices"),
    [
        ("author_audience_distribution", "stage", "linkType", STAGES),
        ("get_author_show_items_v2", "flow", "flowType", {"exclude": "EXCLUDE", "include": "INCLUDE"}),
    ],
)
def test_a_legacy_path_that_cannot_say_an_option_takes_its_default_alone(
    endpoint: str, option: str, parameter: str, choices: dict[str, str]
) -> None:
    default, *others = choices
    for choice, wire in choices.items():
        current = call_for_options(endpoint, KOL, options_of(endpoint, **{option: choice}))
        assert dict(current.query)[parameter] == wire
    legacy = call_for_options(endpoint, KOL, options_of(endpoint), "legacy")
    assert parameter not in dict(legacy.query)
    assert legacy.key == call_for_options(endpoint, KOL, options_of(endpoint)).key
    for choice in others:
        with pytest.raises(xf.ParameterError, match=f"{option} must be .*{default}.* on the legacy path"):
            call_for_options(endpoint, KOL, options_of(endpoint, **{option: choice}), "legacy")


def test_the_one_table_without_legacy_path_asks_the_live_one() -> None:
    for platform, wire in ALL_PLATFORMS.items():
        call = call_for_options("author_video_distribution", KOL, {"platform": platform}, "legacy")
        assert call.endpoint.name == "author_video_distribution"
        assert dict(call.query) == {"oAuthorId": KOL, "platform": wire}


# --- one meaning, one key --------------------------------------------------------------------------------------------


@st.composite
def questions(draw: st.DrawFn) -> tuple[tuple[Any, ...], Call]:
    """Draw a question that both generations know: what it means, and its call in one of its spellings."""
    endpoint = draw(st.sampled_from([SPREAD, LINK_INFO, "author_link_struct", PROFILE, QUOTES]))
    kol_id = draw(st.sampled_from(["1", "11", "6831825876674412552"]))
    table = next(table for table in xf.TABLES.values() if table.endpoint == endpoint)
    api = draw(st.sampled_from(["current", "legacy"]))
    options = {}
    for name in table.options:
        choices: list[Any] = list(OPTIONS[name].choices)
        if name == "platform" and api == "legacy":
            choices = choices[: 2 if endpoint in (PROFILE, QUOTES) else 1]
        options[name] = draw(st.sampled_from(choices[:3]))
    call = call_for_options(endpoint, kol_id, options, api)  # type: ignore[arg-type]
    if draw(st.booleans()):
        call = call_for_query(call.endpoint.name, dict(draw(st.permutations(list(call.query)))))
    return (endpoint, kol_id, *options.items()), call


@settings(max_examples=examples(150))
@given(st.lists(questions(), min_size=2, max_size=12))
def test_keys_are_equal_exactly_when_the_meaning_is(drawn: list[tuple[tuple[Any, ...], Call]]) -> None:
    for (meaning, call), (other_meaning, other) in itertools.combinations(drawn, 2):
        assert (call.key == other.key) is (meaning == other_meaning)


@each("name", ENDPOINTS)
def test_defaults_left_out_and_written_out_are_one_question(name: str) -> None:
    endpoint = ENDPOINTS[name]
    needed = {"itemId": "1", "detailId": "1", "keyword": "x", "range": "_2", "detailType": "_1", "page": 2}
    needed |= {"startDate": "2026-01-01", "endDate": "2026-01-31", "platformSource": "_1"}
    given_values = {p.name: KOL if p.kind == "creator" else needed[p.name] for p in endpoint.parameters if p.required}
    short = call_for_query(name, given_values)
    full = call_for_query(name, given_values | {p.name: p.default for p in endpoint.parameters if p.default})
    assert (short.key, short.query) == (full.key, full.query)
    assert [key for key, _ in short.query] == [p.name for p in endpoint.parameters if p.name in dict(short.query)]
    assert short.kol_id == (KOL if endpoint.subject else None)


@pytest.mark.parametrize("left_out", [(), ("range",), ("type", "range", "onlyAssign")])
def test_a_legacy_question_with_defaults_left_out_has_the_key_of_the_live_one(left_out: tuple[str, ...]) -> None:
    options = options_of(SPREAD)
    query = {k: v for k, v in call_for_options(SPREAD, KOL, options, "legacy").query if k not in left_out}
    assert call_for_query("get-kol-spread-info", query).key == call_for_options(SPREAD, KOL, options).key


@pytest.mark.parametrize(
    ("name", "params", "said"),
    [
        ("get_author_spread", {}, "endpoints()"),
        (SPREAD, {"oAuthorId": KOL, "range": "DAY_7"}, '"DAY_30", "DAY_90"'),
        (SPREAD, {"oAuthorId": KOL, "acceptCache": True}, "no parameter 'acceptCache'"),
        (SPREAD, {"oAuthorId": KOL, "token": "x"}, "no parameter 'token'"),
        (SPREAD, {"kolId": KOL}, "no parameter 'kolId'"),
        (SPREAD, {}, "needs oAuthorId"),
        (SPREAD, {"oAuthorId": KOL, "onlyAssign": "yes"}, "True or False"),
        ("search_for_author_square", {"page": "one"}, "whole number"),
        ("search_for_author_square", {"page": True}, "whole number"),
        ("get_author_daily_fans", {"oAuthorId": KOL, "startDate": "20260101", "endDate": "2026-01-31"}, "yyyy-MM-dd"),
        ("get_author_homepage_videos", {"oAuthorId": KOL, "startDate": "2026-01-01"}, "yyyyMMdd"),
    ],
)
def test_a_bad_query_is_refused_before_anything_is_sent(
    client: xf.Client, server: Loopback, name: str, params: dict[str, Any], said: str
) -> None:
    with pytest.raises(xf.ParameterError) as caught:
        client.get(name, **params)
    assert said in str(caught.value)
    assert server.hits() == 0


@pytest.mark.parametrize("value", [7.3e18, float("nan"), True, "", ["a"], "abc", None])
def test_a_video_id_is_digits(value: Any) -> None:
    with pytest.raises(xf.ParameterError, match="itemId"):
        call_for_query("item_report_detail", {"itemId": value})


@pytest.mark.parametrize("value", ["2025-13-45", "２０２５-０１-０１", "2025-1-1", "20250101", 20250101])
def test_a_date_is_one_of_the_calendar_as_the_provider_writes_it(value: Any) -> None:
    with pytest.raises(xf.ParameterError, match="yyyy-MM-dd"):
        call_for_query("get_author_daily_fans", {"oAuthorId": 1, "startDate": value, "endDate": "2025-01-02"})


def test_a_number_is_one_question_however_it_is_written() -> None:
    keys = {call_for_query("search_for_author_square", {"page": page}).key for page in (1, "1", "01", None)}
    assert len(keys) == 1


@pytest.mark.parametrize(
    "call", [xf.fetch_spread_info, lambda ids, **o: xf.sample_client().plan("spread_info", ids, **o)]
)
def test_a_choice_is_checked_also_where_no_creator_is_asked_for(call: Any) -> None:
    with pytest.raises(xf.ParameterError, match="30d"):
        call([], window="bogus")


@pytest.mark.parametrize("api", ["current", "legacy"])
def test_the_calls_of_many_creators_are_those_of_each(api: Any) -> None:
    ids = [KOL, "1", "999999999999999999"]
    for table in xf.TABLES.values():
        if table.answer.subject is None:
            continue
        if api == "legacy" and table.name == "seeding_value":
            # Its legacy path names no values for a parameter that it demands.
            continue
        options = {o.name: o.default for o in table.answer.options if isinstance(o, Option)}
        each = [call for kol_id in ids for call in calls_of(table.answer, [kol_id], options, api)]
        assert calls_of(table.answer, ids, options, api) == each
        assert calls_of(table.answer, [], options, api) == []
