"""The colours of a picture: each belongs to what it stands for, whatever else the picture shows."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np
from matplotlib.colors import Colormap, LinearSegmentedColormap, is_color_like, to_hex, to_rgb

from ...board.metrics import Floats
from ...errors import a_kind, must_be, quoted
from ...tables.connection import STAGES
from .style import AHEAD, AHEAD_INK, BANDS, BEHIND, BEHIND_INK, CATEGORIES, FURTHER, INK, PAPER, RANKS, STAGE_RAMP

Palette = Mapping[str, str] | Sequence[str]
"""Brand colours: what stands for what, or a list whose first colour leads."""

_FEW, _TINTS = 8, (0.35, 0.6)
"""With fewer brand colours than that, lighter tints of them follow."""
_BAR, _SHARES, _LIGHTER = "#A9C6FC", ("#94B8FC", "#D8E5FD"), 0.3
_COMMON = (
    *("随拍", "美食", "旅行", "美妆", "时尚", "科技", "汽车", "音乐", "剧情", "游戏", "亲子", "萌宠", "体育", "三农"),
    *("舞蹈", "测评", "生活", "二次元", "颜值", "搞笑", "教育", "影视", "家居", "财经", "健康", "文化", "星图", "个人"),
)
"""Categories of content and sources that have a place of their own; others find theirs by their name."""
_READABLE = 4.5
_AHEAD_KEY, _BEHIND_KEY = "ahead", "behind"


@dataclass(frozen=True, slots=True)
class Colours:
    """Colours by what they stand for.

    Attributes
    ----------
    ahead, behind
        Better and worse than a benchmark.
    fills
        The colours that categories may have.
    named
        Categories with a colour of their own.
    lead
        The first brand colour, None where there is none.
    """

    ahead: str = AHEAD
    behind: str = BEHIND
    fills: Sequence[str] = (*CATEGORIES, *FURTHER)
    named: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    lead: str | None = None

    @property
    def ahead_ink(self) -> str:
        """The colour of what is better, dark enough for texts."""
        return AHEAD_INK if self.ahead == AHEAD else _readable(self.ahead)

    @property
    def behind_ink(self) -> str:
        """The colour of what is worse, dark enough for texts."""
        return BEHIND_INK if self.behind == BEHIND else _readable(self.behind)

    def against(self, *, ahead: bool) -> tuple[str, str]:
        """Return the colours of a mark and of its text, on this side of a benchmark."""
        return (self.ahead, self.ahead_ink) if ahead else (self.behind, self.behind_ink)

    def of(self, category: str) -> str:
        """Return the colour of a category: a function of its name alone."""
        if category in self.named:
            return self.named[category]
        known = category in _COMMON
        place = _COMMON.index(category) if known else zlib.crc32(category.encode("utf-8", "replace"))
        return self.fills[place % len(self.fills)]

    def ramp(self, steps: Sequence[str], usual: Sequence[str]) -> dict[str, str]:
        """Return the colours of steps that have an order: the usual ones, or from light to the first brand colour."""
        ends = [*np.linspace(0.7, 0.0, len(steps))]
        colours = usual if self.lead is None else [_lighter(self.lead, end) for end in ends]
        return {step: self.named.get(step, colour) for step, colour in zip(steps, colours, strict=True)}

    def lines(self, names: Sequence[str], usual: Sequence[str]) -> list[str]:
        """Return the colours of lines, dark enough for their names: of its own, of the brand, or a usual one."""
        chosen = usual if self.lead is None else [_readable(fill) for fill in self.fills]
        return [
            _readable(self.named[name]) if name in self.named else chosen[place % len(chosen)]
            for place, name in enumerate(names)
        ]

    @property
    def bar(self) -> str:
        """The colour of bars that are neither better nor worse."""
        return _BAR if self.ahead == AHEAD else _lighter(self.ahead, 0.5)

    @property
    def shares(self) -> tuple[str, str]:
        """The colours of the largest share and of the others."""
        return _SHARES if self.ahead == AHEAD else (_lighter(self.ahead, 0.4), _lighter(self.ahead, 0.78))

    @property
    def stages(self) -> list[str]:
        """The colours of the stages from aware to follow."""
        return list(self.ramp(STAGES, STAGE_RAMP).values())

    @property
    def bands(self) -> dict[str, str]:
        """The colours of the duration bands."""
        return self.ramp(tuple(BANDS), tuple(BANDS.values()))

    @property
    def ranks(self) -> Colormap:
        """The colours from best to worst."""
        if (self.ahead, self.behind) == (AHEAD, BEHIND):
            return RANKS
        best, worst = (_lighter(one, _LIGHTER) for one in (self.ahead, self.behind))
        return LinearSegmentedColormap.from_list("ranks", [best, to_hex(RANKS(0.5)), worst])


USUAL = Colours()


def colours_of(palette: object) -> Colours:
    """Return the colours that a palette makes; None stands for the usual ones.

    Raises
    ------
    ParameterError
        It is neither a mapping nor a list of colours.
    """
    if palette is None:
        return USUAL
    if isinstance(palette, Mapping):
        named = {str(name): _colour(colour) for name, colour in palette.items()}
        if named:
            return Colours(named.get(_AHEAD_KEY, AHEAD), named.get(_BEHIND_KEY, BEHIND), named=named)
    elif isinstance(palette, Iterable) and not isinstance(palette, str):
        brand = [_colour(colour) for colour in palette]
        if brand:
            second = brand[1] if len(brand) > 1 else "#9AA0A8"
            return Colours(brand[0], second, _with_tints(brand), lead=brand[0])
    allowed = 'a list of colours, or a mapping such as {"美妆": "#E60012", "ahead": "#0057B8"}'
    is_short = isinstance(palette, str | list | tuple | dict)
    raise must_be("palette", allowed, quoted(palette) if is_short else a_kind(palette))


def _colour(colour: object) -> str:
    if not isinstance(colour, str | tuple) or not is_color_like(colour):
        raise must_be("a colour of palette", 'a colour such as "#E60012"', quoted(colour))
    return to_hex(colour).upper()


def _with_tints(brand: Sequence[str]) -> tuple[str, ...]:
    tints = [_lighter(colour, share) for share in _TINTS for colour in brand] if len(brand) < _FEW else []
    return (*brand, *tints)


def _lighter(colour: str, share: float) -> str:
    """Return a colour mixed with so much white."""
    return _hex(np.array(to_rgb(colour)) * (1 - share) + share)


def _readable(colour: str) -> str:
    """Return a colour darkened until it can be read on white paper."""
    rgb = np.array(to_rgb(colour))
    while 1.05 / (_luminance(rgb) + 0.05) < _READABLE:
        rgb = rgb * 0.95
    return _hex(rgb)


def _hex(rgb: Floats) -> str:
    red, green, blue = rgb.tolist()
    return to_hex((red, green, blue)).upper()


def ink_on(fill: str) -> str:
    """Return ink or paper, whichever can be read better on a fill."""
    light = _luminance(np.array(to_rgb(fill))) + 0.05
    dark = _luminance(np.array(to_rgb(INK))) + 0.05
    return INK if light / dark >= 1.05 / light else PAPER


def _luminance(rgb: Floats) -> float:
    """Return the relative luminance of a colour, as contrast is counted."""
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    return float(linear @ (0.2126, 0.7152, 0.0722))
