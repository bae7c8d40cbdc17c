"""The listed videos of a creator, and the answers about them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone

from .creator import KINDS, MONTH, NOW, OK, ORDERS, QUARTER, SUCCESS, Creator, Data, Dice, Labels, apportion

CHINA = timezone(timedelta(hours=8))
LAST_DAY = datetime.fromisoformat(NOW).astimezone(CHINA).date() - timedelta(days=1)
LISTED = 15
Spread = Mapping[tuple[str, str], Data]


@dataclass(frozen=True)
class Video:
    """One video; every answer that lists it has these numbers.

    Attributes
    ----------
    item_id
        Douyin's id: invented, 19 digits.
    at
        When it was published, in unix seconds.
    duration
        In thousandths of a second.
    by_day
        Plays of each day since it was published, yesterday last; their sum is ``plays``.
    """

    item_id: str
    title: str
    is_order: bool
    at: int
    duration: int
    plays: int
    likes: int
    comments: int
    shares: int
    favourites: int
    is_hot: bool
    by_day: list[int]

    @property
    def first_day(self) -> date:
        """The calendar day in China on which it was published."""
        return datetime.fromtimestamp(self.at, CHINA).date()


def middle(values: Sequence[int]) -> int:
    """Return the median, rounded down."""
    ordered = sorted(values)
    return (ordered[(len(ordered) - 1) // 2] + ordered[len(ordered) // 2]) // 2


def below(dice: Dice, median: int) -> int:
    """Draw a number of plays well below the median."""
    return median * dice.between(35, 88) // 100


def above(dice: Dice, median: int) -> int:
    """Draw a number of plays well above the median; one in four is a hit."""
    return median * (dice.between(240, 520) if dice.random() < 0.25 else dice.between(112, 190)) // 100


def around(dice: Dice, median: int, count: int) -> list[int]:
    """Return so many plays whose median is exactly that."""
    gap = median * dice.between(1, 6) // 100
    centre = [median] if count % 2 else [median - gap, median + gap]
    half = (count - 1) // 2
    draws = [draw(dice, median) for draw in (below, above) for _ in range(half)]
    return (centre + draws)[: max(count, 0)]


def joined(dice: Dice, recent: list[int], median: int, count: int) -> list[int]:
    """Return the plays of older videos that give the median of both together, ``count`` in all."""
    more = count - len(recent)
    low = count // 2 - sum(value < median for value in recent)
    high = count // 2 - sum(value > median for value in recent)
    if more < 1 or low < 0 or high < 0:
        raise ValueError(f"{len(recent)} recent videos leave no room for a median of {median} over {count}")
    if count % 2:
        return [median, *(below(dice, median) for _ in range(low)), *(above(dice, median) for _ in range(high))]
    gap = min([abs(value - median) for value in recent] + [median // 50])
    if not low or not high:
        # The other side is full: its nearest value has its mirror image on this one.
        gap = min(abs(value - median) for value in recent if (value < median) == (not low))
    draws = [below(dice, median) for _ in range(low)], [above(dice, median) for _ in range(high)]
    for side, nearest in zip(draws, (median - gap, median + gap), strict=True):
        side[:1] = [nearest] if side else []
    return [value for side in draws for value in side]


def plays_of(dice: Dice, counts: tuple[int, int], medians: tuple[int, int]) -> list[int]:
    """Return the plays of the listed videos, those of the last 30 days first."""
    recent_count, all_count = (min(LISTED, count) for count in counts)
    recent = around(dice, medians[0], recent_count) if recent_count else []
    if all_count == recent_count:
        older = []
    elif counts[1] <= LISTED and recent:
        older = joined(dice, recent, medians[1], all_count)
    else:
        older = around(dice, medians[1], all_count - recent_count)
    return shuffled(dice, recent) + shuffled(dice, older)


def shuffled(dice: Dice, values: Sequence[int]) -> list[int]:
    """Return the values in a drawn order."""
    return [value for _, value in sorted((dice.random(), value) for value in values)]


def ages_of(dice: Dice, recent: int, older: int) -> list[int]:
    """Return how many days ago each video was published, newest first."""
    young = [30 * place // recent + dice.between(0, max(30 // recent - 1, 0)) for place in range(recent)]
    old = [30 + 60 * place // older + dice.between(0, max(60 // older - 1, 0)) for place in range(older)]
    return young + old


def by_day(dice: Dice, plays: int, days: int) -> list[int]:
    """Split the plays of a video over its days: most come at first."""
    weights = [dice.near(1_000_000 // (day + 1) ** 2 + 900, 30) for day in range(days)]
    weights[0] = weights[0] * 6 // 10
    return apportion(plays, weights)


def interactions(c: Creator, dice: Dice, plays: int, spread: Data, alone: bool) -> tuple[int, int, int]:
    """Return likes, comments and shares; the only video of a window has the averages of that window."""
    if alone:
        return int(spread["like_avg"]), int(spread["comment_avg"]), int(spread["share_avg"])
    acts = plays * dice.near(c.interact, 25) // 10_000
    comments, shares = (acts * dice.between(30, 110) // 1000 for _ in range(2))
    return acts - comments - shares, comments, shares


def titles(c: Creator, dice: Dice, labels: Labels) -> Iterator[str]:
    """Yield titles about the creator's topics."""
    # As often as the topic stands in the creator's content mix.
    topics = [topic for topic, weight in c.topics.items() for _ in range(weight)]
    number = dice.between(11, 60)
    while True:
        topic = topics[dice.between(0, len(topics) - 1)]
        names = labels.get(topic, [topic])
        yield f"{names[dice.between(0, len(names) - 1)]}第{number}期 #{topic}"
        number += 1


def made_videos(c: Creator, dice: Dice, spread: Spread, labels: Labels) -> list[Video]:
    """Make the listed videos of a creator, so that the medians of the spread answers hold."""
    names, made = titles(c, dice, labels), []
    for kind in KINDS:
        counts = c.videos[2 * KINDS.index(kind)], c.videos[2 * KINDS.index(kind) + 1]
        medians = tuple(int(spread[kind, window].get("play_mid", 0)) for window in (MONTH, QUARTER))
        plays = plays_of(dice, counts, (medians[0], medians[1]))
        recent = min(LISTED, counts[0])
        hot = 2 * middle(plays) if plays else 0
        for place, (age, played) in enumerate(zip(ages_of(dice, recent, len(plays) - recent), plays, strict=True)):
            alone = counts[0] == 1 and place == 0
            figures = spread[kind, MONTH]
            likes, comments, shares = interactions(c, dice, played, figures, alone)
            duration = int(figures["avg_duration"]) * 10 if alone else dice.near(c.duration, 30) * 10
            at = datetime.combine(LAST_DAY - timedelta(days=age), datetime.min.time(), CHINA)
            published = int(at.timestamp()) + 3600 * dice.between(17, 22) + dice.between(0, 3599)
            made.append(
                Video(
                    item_id=f"7600000000{c.kol_id[-5:]}{kind == ORDERS:d}{place + 1:03d}",
                    title=next(names),
                    is_order=kind == ORDERS,
                    at=published,
                    duration=duration + dice.between(0, 9),
                    plays=played,
                    likes=likes,
                    comments=comments,
                    shares=shares,
                    favourites=likes * dice.between(4, 30) // 100,
                    is_hot=played >= hot,
                    by_day=by_day(dice, played, age + 1),
                )
            )
    return made


def douyin_id(c: Creator) -> str:
    """Return the account's id on Douyin, which is another one than on Xingtu."""
    return f"710000{c.kol_id[-5:]}"


def show_item(c: Creator, video: Video) -> Data:
    """Build one listed video; addresses and covers are left empty."""
    seconds = video.duration // 1000
    return {
        "comment": video.comments,
        "core_user_id": douyin_id(c),
        "create_time": video.at,
        "create_timestamp": video.at,
        "duration": seconds,
        "duration_min": seconds // 60,
        "head_image_uri": "",
        "is_hot": video.is_hot,
        "is_playlet": 0,
        "item_animated_cover": "",
        "item_cover": "",
        "item_date": video.first_day.isoformat(),
        "item_id": video.item_id,
        "item_title": video.title,
        "like": video.likes,
        "media_type": "4",
        "original_status": 102,
        "play": video.plays,
        "share": video.shares,
        "status": 1,
        "title": video.title,
        "url": "",
        "video_id": f"synthetic-{video.item_id[-8:]}",
    }


def compared(value: float, peers: float, ratio: bool) -> Data:
    """Build one figure beside that of the creator's peers: a difference for rates, a ratio for plays."""
    beaten = round(value / (value + peers), 2) if value + peers else 0
    return {"compare_author": beaten, "compare_avg": value / peers - 1 if ratio else value - peers, "rate": value}


def benchmarks(c: Creator, dice: Dice, videos: Sequence[Video]) -> Data:
    """Build the figures of all listed videos and those of orders; without videos there is no block."""
    blocks: Data = {}
    for suffix, listed in (("", videos), ("_enrollment", [video for video in videos if video.is_order])):
        if not listed:
            continue
        plays = sum(video.plays for video in listed)
        acts = sum(video.likes + video.comments + video.shares for video in listed)
        rates = acts * 10_000 // max(plays, 1) / 10_000, dice.near(c.completion, 15) / 10_000
        for name, rate, peers in zip(("interaction", "video_view_rate"), rates, (0.0312, 0.0874), strict=True):
            blocks[f"{name}{suffix}"] = compared(rate, dice.near(int(peers * 10_000), 20) / 10_000, ratio=False)
        median = middle([video.plays for video in listed])
        blocks[f"play_medium{suffix}"] = compared(median, median * dice.between(45, 170) // 100, ratio=True)
    return blocks


def show_items(c: Creator, dice: Dice, videos: Sequence[Video]) -> Data:
    """Build the lists of the latest videos."""
    return SUCCESS | {
        "data_description": benchmarks(c, dice, videos),
        "latest_item_info": [show_item(c, video) for video in videos if not video.is_order],
        "latest_item_statics_antispam": {},
        "latest_star_item_info": [show_item(c, video) for video in videos if video.is_order],
    }


def recommended(c: Creator, video: Video) -> Data:
    """Build one recommended video; its interaction rate is cut to four decimals."""
    acts = video.likes + video.comments + video.shares
    return {
        "author_id": douyin_id(c),
        "cover_uri": "",
        "create_time": str(video.at),
        "duration": video.duration / 1000,
        "id": video.item_id,
        "stats": {
            "avg_watch_dura": "0",
            "comment_cnt": str(video.comments),
            "favorite_cnt": str(video.favourites),
            "interact_rate": acts * 10_000 // video.plays / 10_000,
            "like_cnt": str(video.likes),
            "share_cnt": str(video.shares),
            "watch_cnt": str(video.plays),
        },
        "title": video.title,
        "url": "",
        "video_id": f"synthetic-{video.item_id[-8:]}",
    }


def rec_videos(c: Creator, videos: Sequence[Video]) -> Data:
    """Build the recommended videos; a slot without a video is absent."""
    personal = [video for video in videos if not video.is_order]
    by_plays = sorted(videos, key=lambda video: -video.plays)
    slots = {
        "newest_video": personal[:1],
        "order_hot_video": [video for video in by_plays if video.is_order and video.is_hot],
        "personal_hot_video": [video for video in by_plays if not video.is_order and video.is_hot]
        or (personal[:1] if len(personal) < 3 else []),
    }
    best = [video for video in by_plays if not video.is_order][:2] if len(personal) > 2 else []
    masterpieces: Data = {"masterpiece_videos": [recommended(c, video) for video in best]}
    return OK | masterpieces | {slot: recommended(c, some[0]) for slot, some in slots.items() if some}


def plays_by_day(video: Video) -> Data:
    """Return the plays of a video's days in short; the sample client spells them out."""
    return {"first_day": video.first_day.isoformat(), "plays": video.by_day}


NOW_SECONDS = int(datetime.fromisoformat(NOW).astimezone(UTC).timestamp())
