"""Followers by day, and the answers that sum them up."""

from datetime import timedelta
from itertools import pairwise

from .creator import OK, Creator, Data, Dice
from .videos import LAST_DAY

YEAR = 365


def followers_by_day(c: Creator, dice: Dice) -> list[int]:
    """Return the followers of each day up to yesterday, on which they are the profile's."""
    monthly = max(-160, min(380, c.growth // 18))  # basis points in 30 days
    followers = [c.followers]
    while len(followers) < YEAR:
        last = followers[-1]
        change = last * monthly * dice.between(-40, 240) // 30_000_000 + dice.between(-3, 3)
        if dice.random() < 0.02:
            change += last * dice.between(3, 11) // 1000
        followers.append(max(last - change, last // 2, 1))
    return followers[::-1]


def change(followers: list[int], days: int) -> tuple[int, float]:
    """Return the change over the last days, and its share of what there was before."""
    then = followers[-1 - days]
    return followers[-1] - then, (followers[-1] - then) / then


def daily(followers: list[int]) -> Data:
    """Return the followers of the first day and the changes after it; the client spells out what is asked for."""
    first = LAST_DAY - timedelta(days=len(followers) - 1)
    changes = [later - earlier for earlier, later in pairwise(followers)]
    return {"first_day": first.isoformat(), "followers": followers[:1], "changes": changes}


def side_base_info(followers: list[int]) -> Data:
    """Build the growth of 30 days; an account that is not measured has none."""
    return OK | ({"fans_growth_rate_30d": f"{change(followers, 30)[1]:.4f}"} if len(followers) > 30 else {})


def display(c: Creator, users: int) -> Data:
    """Build the counts of an account."""
    return OK | {"follower": str(c.followers), "link_cnt": str(users), "release_videos_cnt": str(c.videos[1])}


def channel_info(c: Creator) -> Data:
    """Build the introduction: a sentence without contact data."""
    place = (c.city if c.city not in ("", "-") else c.province) or "各地"
    text = f"合成样本，并无此人。{place}，分享{c.category}。" if c.topics else ""
    return OK | {"self_intro": text}
