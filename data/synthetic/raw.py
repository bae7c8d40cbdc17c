"""Answers of endpoints of which no payload is public: plausible, small, and their field names invented."""

from .audience import KINDS, block, counted
from .creator import MONTH, OK, QUARTER, Data
from .facts import Facts
from .videos import Video

LIVE = ("ALL", "ECOMMERCE", "GAME", "OTHER")
STREAMING = {"美妆", "科技数码", "萌宠"}


def goods(facts: Facts, window: str, detail: str) -> list[Data]:
    """Return the videos, or the products, of the orders that sold something."""
    count = facts.creator.videos[2 if window == MONTH else 3]
    orders = [video for video in facts.videos if video.is_order][:count]
    if detail == "VIDEO":
        return [{"item_id": v.item_id, "title": v.title, "play": v.plays, "create_time": v.at} for v in orders]
    dice = facts.dice(f"goods {window}")
    return [
        {"product_name": f"样本商品{place}", "price": dice.between(1900, 62_000), "sales_range": "1000-2000"}
        for place in range(1, min(count, 4) + 1)
    ]


def live_statistics(facts: Facts, live: str, period: str) -> Data:
    """Build the figures of the live streams; most creators have none."""
    dice = facts.dice(f"live {live} {period}")
    if facts.creator.category not in STREAMING or live == "GAME":
        return OK | {"live_cnt": 0}
    streams = dice.between(2, 9) * (1 if period == MONTH else 3)
    return OK | {
        "avg_duration_min": dice.between(60, 200),
        "avg_watch_cnt": str(facts.creator.followers * dice.between(1, 8) // 1000),
        "live_cnt": streams,
        "order_complete_cnt": str(streams // 3),
        "order_complete_rate": dice.between(88, 100) / 100,
    }


def live_audience(facts: Facts, live: str, crowd: str) -> Data:
    """Build who watches the live streams, in the form of the other portraits."""
    users = facts.creator.followers // (25 if crowd == "FANS" else 12)
    if facts.creator.category not in STREAMING or live == "GAME":
        return OK | {"distributions": []}
    dice = facts.dice(f"live {live} {crowd}")
    counts = counted(facts, f"live {live} {crowd}", users)
    return OK | {"distributions": [block(dice, KINDS[kind], counts[kind]) for kind in ("gender", "age", "city_tier")]}


def order_experience(facts: Facts, period: str) -> Data:
    """Build how fast orders are answered."""
    dice, orders = facts.dice("experience"), facts.creator.videos[2 if period == MONTH else 3]
    if not orders:
        return OK | {"order_cnt": "0"}
    return OK | {
        "accept_hours_avg": dice.between(10, 480) / 10,
        "complete_days_avg": dice.between(40, 190) / 10,
        "order_cnt": str(orders),
        "score": f"{dice.between(420, 500) / 100:.2f}",
    }


def author_tags(facts: Facts) -> Data:
    """Build the tags of the creator."""
    return OK | {"tags": [{"name": tag, "sub_tags": facts.labels.get(tag, [])} for tag in facts.creator.tags]}


def report_detail(video: Video) -> Data:
    """Build the report of a video."""
    return OK | {
        "item_info": {
            "create_time": str(video.at),
            "duration": video.duration / 1000,
            "item_id": video.item_id,
            "title": video.title,
        },
        "stats": {
            "comment_cnt": str(video.comments),
            "favorite_cnt": str(video.favourites),
            "like_cnt": str(video.likes),
            "share_cnt": str(video.shares),
            "watch_cnt": str(video.plays),
        },
    }


def raw_answers(facts: Facts) -> list[tuple[str, Data, Data]]:
    """Return endpoint, parameters and payload of all but the paged list of the homepage."""
    answers: list[tuple[str, Data, Data]] = [("get_author_tags", {}, author_tags(facts))]
    for window in (MONTH, QUARTER):
        answers.append(("get_author_order_experience", {"period": window}, order_experience(facts, window)))
        for detail in ("VIDEO", "PRODUCT"):
            listed = OK | {"list": goods(facts, window, detail)}
            answers.append(("get_author_convert_videos_or_products", {"range": window, "detailType": detail}, listed))
        for live in LIVE:
            asked = {"liveType": live, "period": window}
            answers.append(("get_author_live_statistics", asked, live_statistics(facts, live, window)))
    for crowd in ("AUDIENCE", "FANS"):
        for live in LIVE:
            asked = {"liveCrowdType": crowd, "liveType": live}
            answers.append(("get_author_live_watch_distribution", asked, live_audience(facts, live, crowd)))
    return answers
