"""The slides of a deck, in their order."""

from __future__ import annotations

from collections.abc import Iterator

from .audience import audience
from .creators import Pages
from .method import method, quality
from .overview import comparison, cover, value
from .page import Slide
from .plan import plan
from .review import review
from .story import Story


def slides(story: Story) -> Iterator[Slide]:
    """Yield every slide that there is data for."""
    yield cover(story)
    for about in (comparison, value, audience, plan, review):
        yield from about(story)
    yield from Pages(story).slides()
    yield from quality(story)
    yield from method(story)
