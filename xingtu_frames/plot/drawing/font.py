"""Fonts that have Chinese characters, and texts cut to what the fonts can draw."""

from __future__ import annotations

import unicodedata
import warnings
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, TypeVar

from matplotlib.artist import Artist
from matplotlib.font_manager import fontManager, get_font
from matplotlib.text import Text
from wcwidth import wcwidth

from ...arguments import LANGUAGES, Language, one_of
from ...errors import EXTRAS, MissingFontWarning, a_kind, must_be
from ...wording.figures import clipped, shortened, without_towers

Drawn = TypeVar("Drawn", bound=Artist)

_WHEEL = EXTRAS["zh"]
_WHEEL_FONT = "fonts/NotoSansSC-Regular.ttf"
_INSTALLED = (
    "Noto Sans SC",
    "Noto Sans CJK SC",
    "Source Han Sans SC",
    "Source Han Sans CN",
    "Microsoft YaHei",
    "PingFang SC",
    "PingFang HK",
    "Hiragino Sans GB",
    "WenQuanYi Micro Hei",
    "WenQuanYi Zen Hei",
    "Heiti SC",
    "Heiti TC",
    "STHeiti",
    "SimHei",
    "Noto Sans CJK JP",  # the name under which matplotlib lists NotoSansCJK.ttc
    "Arial Unicode MS",
    "Droid Sans Fallback",
)
_ALWAYS_THERE = "DejaVu Sans"  # comes with matplotlib
_VARIABLE = 1 << 8  # FT_FACE_FLAG_MULTIPLE_MASTERS: matplotlib draws such files hairline-thin
_VARIATION_SELECTORS = range(0xFE00, 0xFE10)


def wheel_font() -> Path | None:
    """Return the font file inside the wheel that the ``zh`` extra installs.

    The wheel is not imported: its import changes ``matplotlib.rcParams``.
    """
    spec = find_spec(_WHEEL.module)
    folders = spec.submodule_search_locations if spec else None
    return next((path for folder in folders or () if (path := Path(folder, _WHEEL_FONT)).is_file()), None)


def installed_family() -> str | None:
    """Return the first known family for Chinese among the fonts of this machine."""
    files = {entry.name: entry.fname for entry in reversed(fontManager.ttflist)}
    return next((family for family in _INSTALLED if family in files and _is_static(files[family])), None)


def _is_static(file: str) -> bool:
    flags: Any = get_font(file).face_flags
    return not getattr(flags, "value", flags) & _VARIABLE


def _register(path: Path) -> str:
    known = {entry.fname: entry.name for entry in fontManager.ttflist}
    if str(path) not in known:
        fontManager.addfont(str(path))
    return get_font(str(path)).family_name


@lru_cache(maxsize=1)
def chinese_family() -> str | None:
    """Return the family that draws Chinese: the wheel's, else an installed one, else None."""
    path = wheel_font()
    return _register(path) if path else installed_family()


@lru_cache
def _glyphs(families: tuple[str, ...]) -> frozenset[int]:
    return frozenset().union(*(get_font(fontManager.findfont(family)).get_charmap() for family in families))


@lru_cache(maxsize=1)
def _warn_missing_font() -> None:
    warnings.warn(
        "no installed font has Chinese characters, so English labels and creator ids stand in for them; "
        f"{_WHEEL.remedy} brings one",
        MissingFontWarning,
        stacklevel=4,
    )


@dataclass(frozen=True, slots=True)
class Lettering:
    """How the texts of one picture are written.

    Attributes
    ----------
    lang
        Language of the labels.
    families
        The fonts, each standing in for glyphs that the ones before it lack.
    """

    lang: Language
    families: tuple[str, ...]

    @property
    def style(self) -> dict[str, Any]:
        """Keywords for every text artist; ``$`` in a name is a character, not mathematics."""
        return {"fontfamily": list(self.families), "parse_math": False}

    def name(self, name: object, kol_id: object) -> str:
        """Return the name as far as it can be drawn, shortened; the id where letters would be lost."""
        whole = name if isinstance(name, str) else ""
        read = clipped(whole)
        text = " ".join(unicodedata.normalize("NFC", without_towers(read)).split())
        glyphs = _glyphs(self.families)
        lost = {char for char in text if ord(char) not in glyphs or _is_invisible(char)}
        kept = "".join(char for char in text if char not in lost).strip()
        if not kept or any(char.isalnum() for char in lost):
            return shortened(clipped(str(kol_id)))
        # What was clipped goes on, also where all that is left of it would fit.
        return shortened(kept + "…" * (len(read) < len(whole)))


def lettering(lang: Language, names: Iterable[object] = ()) -> Lettering:
    """Choose fonts for a picture with these names; without a font for Chinese, English is written.

    Raises
    ------
    ParameterError
        ``lang`` is neither ``"zh"`` nor ``"en"``.
    """
    lang = one_of("lang", lang, LANGUAGES)
    family = chinese_family()
    if family:
        return Lettering(lang, (family, _ALWAYS_THERE))
    if lang == "zh" or any(wide(name) for name in names if isinstance(name, str)):
        _warn_missing_font()
    return Lettering("en", (_ALWAYS_THERE,))


def _is_invisible(char: str) -> bool:
    return unicodedata.category(char) in {"Cc", "Cf"} or ord(char) in _VARIATION_SELECTORS


def wide(text: str) -> bool:
    """Return whether the text has letters two cells wide, as Chinese ones are."""
    return any(char.isalpha() and wcwidth(char) == 2 for char in text)


def use_chinese(drawn: Drawn) -> Drawn:
    """Give every text of axes or a figure of your own a font that has Chinese characters.

    Sizes, weights and colours stay as they are, and so does ``matplotlib.rcParams``. Call it last: a text added
    later keeps its own font, except tick labels. Without any such font the picture stays unchanged and one
    ``MissingFontWarning`` says what to install.

    Parameters
    ----------
    drawn
        Axes, figure, or another artist that holds texts.

    Returns
    -------
    Axes or Figure
        The same object.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> _, ax = plt.subplots()
    >>> _ = ax.set_title("达人")
    >>> use_chinese(ax) is ax
    True
    """
    if not isinstance(drawn, Artist):
        raise must_be("drawn", "axes, a figure, or another artist that holds texts", a_kind(drawn))
    families = lettering("zh").families
    if chinese_family() is None:
        return drawn
    for text in drawn.findobj(Text):
        text.set_fontfamily(list(families))
    return drawn
