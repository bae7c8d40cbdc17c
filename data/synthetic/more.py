"""Every answer that came with the second wave of tables: whole ones, and in short what the client spells out."""

from collections.abc import Iterator, Mapping

from . import audience, conversion, cost, growth, raw, square, videos, words
from .base import SPREAD, params, payloads
from .creator import MONTH, PERSONAL, QUARTER, Creator, Data, Labels, bend
from .facts import Facts, dice_for

SHORT = {"platform": "SHORT_VIDEO"}
USUAL = {"onlyAssign": "false", "flowType": "EXCLUDE"}
EXACTLY_ASKED: dict[str, Data] = {
    "get_author_live_statistics": {"onlyStarOrder": "false", "flowType": "EXCLUDE"},
    "get_author_convert_videos_or_products": {"industryId": "ALL", **SHORT},
}
Made = tuple[str, Data, Data]


def first_answers(c: Creator, labels: Labels) -> dict[str, Data]:
    """Return the answers to the first ten tables of a creator that only a search finds."""
    return {key: data for _, key, data in payloads(c, dice_for(c, "first"), labels)}


def whole(facts: Facts, stages: tuple[str, ...], groups: tuple[str, ...]) -> Iterator[Made]:
    """Yield endpoint, parameters and payload of what the tables read."""
    c, listed = facts.creator, facts.videos
    followers = growth.followers_by_day(c, facts.dice("followers"))
    for stage, data in audience.audience(facts, stages).items():
        yield "author_audience_distribution", {"linkType": stage, **SHORT}, data
    for group in groups:
        yield "get_author_fans_distribution", {"authorType": group}, audience.fans(facts, group)
    yield "author_cp_info", SHORT, cost.cp_info(facts)
    yield "get_author_show_items_v2", SHORT | USUAL, videos.show_items(c, facts.dice("items"), listed)
    yield "author_rec_videos_v2", SHORT, videos.rec_videos(c, listed)
    yield "get_author_commerce_spread_info", {}, cost.spread_estimate(facts)
    yield "get_author_side_base_info", {}, growth.side_base_info(followers[-c.days :] if c.days else [])
    yield "check_author_display", SHORT, growth.display(c, sum(facts.stages))
    yield "get_author_hot_comment_tokens", {}, words.comment_words(c, facts.dice("comments"))
    yield "get_author_content_hot_keywords", {}, words.content_words(c, facts.dice("contents"))
    yield "get_author_platform_channel_info_v2", SHORT, growth.channel_info(c)
    for window in (MONTH, QUARTER):
        yield "get_author_convert_ability", {"range": window, **SHORT}, conversion.convert_ability(facts, window)
        yield "get_author_commerce_seed_base_info", {"range": window}, cost.seed_info(facts, window)
        yield "get_author_contract_base_info", {"range": window}, cost.contract_info(facts, window)


def entry(c: Creator, endpoint: str, asked: Data, data: Data) -> Data:
    """Return one answer as the file has it, with the creator's awkward shapes."""
    bend(c, "/".join([endpoint, *asked.values()]), data)
    about = {} if "itemId" in asked else {"kol_id": c.kol_id}
    return {"endpoint": endpoint, **about, "params": asked | EXACTLY_ASKED.get(endpoint, {}), "data": shortened(data)}


def shortened(data: Data) -> Data:
    """Return a portrait with a mapping of bucket to users for each list, which the client spells out again."""
    for block in data.get("distributions", ()):
        buckets = block.get("distribution_list")
        if buckets is not None:
            block["distribution_list"] = {one["distribution_key"]: one["distribution_value"] for one in buckets}
    return data


def of_sample(facts: Facts) -> Iterator[Data]:
    """Yield every answer of a sample creator."""
    made = [*whole(facts, ("CONNECTED", *audience.STAGES), ("FAN", "DIE_HARD_FAN")), *raw.raw_answers(facts)]
    made += [("item_report_detail", {"itemId": video.item_id}, raw.report_detail(video)) for video in facts.videos]
    for one in made:
        yield entry(facts.creator, *one)


def of_extra(facts: Facts) -> Iterator[Data]:
    """Yield what a creator has whom only a search finds: what the tables ask for when nothing is chosen."""
    for key, data in facts.first.items():
        if not key.startswith(SPREAD) or key == f"{SPREAD}/{MONTH}/{PERSONAL}":
            yield entry(facts.creator, key.split("/")[0], params(*key.split("/")), data)
    for one in whole(facts, ("CONNECTED",), ("FAN",)):
        yield entry(facts.creator, *one)


def series(everyone: list[Facts]) -> Data:
    """Return what the client spells out for what is asked: days of followers and of plays, and the hits of a search."""
    followers, plays, hits = {}, {}, []
    for facts in everyone:
        c = facts.creator
        by_day = growth.followers_by_day(c, facts.dice("followers"))
        hits.append(square.hit(facts, by_day))
        followers[c.kol_id] = growth.daily(by_day[-c.days :] if c.days else [])
        bend(c, "get_author_daily_fans", followers[c.kol_id])
        for video in facts.videos:
            plays[video.item_id] = videos.plays_by_day(video)
            bend(c, f"item_report_trend/{video.item_id}", plays[video.item_id])
    return {"followers": followers, "plays": plays, "hits": hits}


def all_facts(firsts: Mapping[str, dict[str, Data]], creators: list[Creator], labels: Labels) -> list[Facts]:
    """Return the facts of creators whose first answers are known, or made here."""
    return [Facts(c, firsts.get(c.kol_id) or first_answers(c, labels), labels) for c in creators]
