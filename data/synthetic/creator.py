"""Who a synthetic creator is, and the dice that its numbers come from."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

Data = dict[str, Any]
Labels = dict[str, list[str]]

SEED = 20261120
NOW, BEFORE = "2026-11-20T02:00:00+00:00", "2026-11-12T02:00:00+00:00"
PRICED, NO_END = "1793491200", "2145916800"  # unix seconds

WINDOWS = MONTH, QUARTER = ("DAY_30", "DAY_90")
KINDS = PERSONAL, ORDERS = ("PERSONAL_VIDEO", "XINTU_VIDEO")
BANDS = ("1_20", "21_60", "60")
OK: Data = {"base_resp": {"status_code": 0, "status_message": ""}}
SUCCESS: Data = {"base_resp": {"status_code": 0, "status_message": "Success"}}


@dataclass(frozen=True, kw_only=True)
class Creator:
    """One entry of ``creators.toml``, which explains the units."""

    kol_id: str
    name: str
    followers: int
    category: str
    users: int
    stages: list[int]
    index: list[int]
    gender: int = 0
    province: str = ""
    city: str = ""
    mcn: str = ""
    online: bool = True
    pages: bool = False  # services closed, most answers are in provider_pages/
    tags: list[str] = field(default_factory=list)
    topics: dict[str, int] = field(default_factory=dict)
    sources: list[str] = field(default_factory=lambda: ["个人"])
    depth: int = 3
    videos: list[int] = field(default_factory=lambda: [0, 0, 0, 0])
    change: int = 0
    plays: int = 0
    interact: int = 0
    completion: int = 0
    duration: int = 0
    expected_plays: int = 0
    prices: list[int] = field(default_factory=lambda: [0, 0, 0])
    discount: int = 0
    offers: dict[str, int] = field(default_factory=dict)
    link_type: str = "传播"
    growth: int = 0
    older: int = 0  # percent by which the older answers differ; 0: there are none
    days: int = 365  # days of followers that are known
    bend: dict[str, Any] = field(default_factory=dict)


class Dice(Random):
    """Integers from ``random()`` alone, which is the same on every Python."""

    def between(self, low: int, high: int) -> int:
        """Draw from low to high, both included."""
        return low + int(self.random() * (high - low + 1))

    def near(self, value: int, percent: int) -> int:
        """Draw within some percent of the value."""
        return value * self.between(1000 - 10 * percent, 1000 + 10 * percent) // 1000


def apportion(total: int, weights: Sequence[int]) -> list[int]:
    """Split a total by weights so that the parts add up to it exactly."""
    whole = sum(weights)
    parts = [total * weight // whole for weight in weights]
    by_rest = sorted(range(len(parts)), key=lambda i: -(total * weights[i] % whole))
    for i in by_rest[: total - sum(parts)]:
        parts[i] += 1
    return parts


def plain(number: float) -> int | float:
    """Return 0.0 as 0 and 1.0 as 1, as the wire writes them."""
    return int(number) if number == int(number) else number


def rate(label: str, value: int, median: int, power: int = 1) -> Data:
    """Return a figure beside the share of peers it beats, in basis points."""
    ours, theirs = pow(value, power), pow(median, power)
    return {"label": label, "overtake": 10_000 * ours // (ours + theirs), "value": value}


def bend(c: Creator, key: str, data: Data) -> None:
    """Apply the creator's awkward shapes to the payload of that key."""
    for place, change in c.bend.items():
        start, _, path = place.partition(":")
        if not f"{key}/".startswith(f"{start}/"):
            continue
        *parents, last = path.split(".")
        spot: Any = data
        for name in parents:
            spot = spot[int(name)] if isinstance(spot, list) else spot[name]
        if change == "drop":
            del spot[last]
        elif change in ("text", "number"):
            spot[last] = (str if change == "text" else int)(spot[last])
        else:
            spot[last] = change
