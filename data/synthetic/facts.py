"""What the answers of one creator have in common: its older answers, videos, expected plays and open prices."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from .base import SPREAD
from .creator import BANDS, KINDS, SEED, WINDOWS, Creator, Data, Dice, Labels
from .videos import Video, made_videos

SERVICE_OF = dict(zip(BANDS, (1, 2, 71), strict=True))


def dice_for(c: Creator, part: str) -> Dice:
    """Return dice of their own for a part of a creator, so that a new draw in one part changes no other."""
    return Dice(f"{SEED}/{c.kol_id}/{part}")


@dataclass(frozen=True)
class Facts:
    """One creator, and what more than one of its answers must agree on.

    Attributes
    ----------
    creator
        The entry of ``creators.toml``, or an invented one.
    first
        Its answers to the endpoints of the first ten tables by key, before the awkward shapes.
    labels
        Topics and their finer topics.
    """

    creator: Creator
    first: Mapping[str, Data]
    labels: Labels

    def dice(self, part: str) -> Dice:
        """Return the dice of a part."""
        return dice_for(self.creator, part)

    @cached_property
    def stages(self) -> list[int]:
        """Users of the four stages; their sum is the number of connected users."""
        link = self.first["author_link_struct"]["link_struct"]
        return [link[stage]["value"] for stage in "1234"]

    @cached_property
    def prices(self) -> dict[str, int]:
        """Band -> price of the services that are open."""
        rows = self.first["get_author_marketing_info"]["price_info"]
        known = {row["video_type"]: row["price"] for row in rows if row["is_open"]}
        return {band: known[code] for band, code in SERVICE_OF.items() if code in known}

    @cached_property
    def expected_plays(self) -> int:
        """Plays that the provider expects of an order, of another day than those of the spread answers."""
        return self.dice("cost").near(self.creator.expected_plays, 6)

    @cached_property
    def square_plays(self) -> int:
        """Plays that the search expects, which the effect estimate repeats."""
        return self.dice("square").near(self.creator.expected_plays, 25)

    @cached_property
    def videos(self) -> list[Video]:
        """Videos that the answers list: personal ones first, newest first in each list."""
        spread = {
            (kind, window): self.first[f"{SPREAD}/{window}/{kind}"]
            for kind in KINDS
            for window in WINDOWS
            if f"{SPREAD}/{window}/{kind}" in self.first
        }
        return made_videos(self.creator, self.dice("videos"), spread, self.labels)

    @cached_property
    def hot_percent(self) -> int:
        """Share of the listed videos that are hot, in whole percents."""
        return 100 * sum(video.is_hot for video in self.videos) // max(len(self.videos), 1)

    def plays_mid(self, window: str, kind: str) -> int:
        """Return the play median of a window as the spread answer has it; 0 without videos."""
        return int(self.first[f"{SPREAD}/{window}/{kind}"].get("play_mid", 0))
