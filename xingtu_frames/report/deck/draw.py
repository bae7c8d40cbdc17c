"""Slides become the bytes of a .pptx file: texts and tables to be edited, fonts by name, the same bytes each time."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping, Sequence
from copy import deepcopy
from functools import lru_cache, partial
from types import MappingProxyType
from typing import Any

from pptx import Presentation
from pptx.dml.color import RGBColor
from pptx.enum.shapes import MSO_SHAPE
from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
from pptx.oxml import parse_xml
from pptx.oxml.ns import nsdecls, qn
from pptx.presentation import Presentation as Deck
from pptx.shapes.autoshape import Shape
from pptx.shapes.base import BaseShape
from pptx.shapes.shapetree import SlideShapes
from pptx.table import _Cell
from pptx.util import Inches, Pt

from ...arguments import Language
from ...files.whole import CREATED
from ...plot.drawing.style import CATEGORIES
from .grids import PAD, PAD_DOWN
from .page import (
    ACROSS,
    BRAND,
    COVER,
    EDGE,
    HEADLINE,
    INDENT,
    NOTE,
    QUIET,
    RULE,
    TALL,
    WIDE,
    Anchor,
    Block,
    Box,
    Cell,
    Grid,
    Picture,
    Slide,
    Text,
)

FONTS: Mapping[Language, tuple[str, str]] = MappingProxyType(
    {"zh": ("Microsoft YaHei", "Microsoft YaHei"), "en": ("Arial", "Microsoft YaHei")}
)
"""The fonts of Latin and of Chinese letters."""
# A program without the font takes another sans-serif one of Chinese by these.
_HINTS = ' panose="020B0503020204020204" pitchFamily="34" charset="-122"'
_CODES: Mapping[Language, str] = {"zh": "zh-CN", "en": "en-US"}
_ALIGN = {"left": PP_ALIGN.LEFT, "center": PP_ALIGN.CENTER, "right": PP_ALIGN.RIGHT}
_ANCHOR = {"top": MSO_ANCHOR.TOP, "middle": MSO_ANCHOR.MIDDLE, "bottom": MSO_ANCHOR.BOTTOM}
_LAYOUT = "Title Only"
_TITLE = Box(EDGE, 0.4, ACROSS, 0.52)
_COVER_TITLE = Box(EDGE + 0.35, 1.9, ACROSS - 0.35, 1.3)
_FOOT = Box(EDGE, 7.03, ACROSS, 0.26)
_NO_STYLE = "{2D5ABB26-0587-4C30-8999-92F81FD0307C}"
_NOT_OURS = ("printerSettings", "thumbnail")
_THIN, _STRONG = 6_350, 19_050
_SIDES = ("lnL", "lnR")
_FACES = re.compile(rb'(<a:m(?:aj|in)orFont>)<a:latin typeface="[^"]*"/><a:ea typeface="[^"]*"/>')
_LINKS = re.compile(rb'(<a:(?:hlink|folHlink)><a:srgbClr val=")[0-9A-F]{6}')
_ACCENTS = re.compile(rb'<a:accent([1-6])><a:srgbClr val="[0-9A-F]{6}"/>')
_HANS = re.compile(rb'(<a:font script="Hans" typeface=")[^"]*')


def pptx(slides: Sequence[Slide], title: str, foot: str, lang: Language) -> bytes:
    """Return the .pptx file with these slides; ``foot`` stands below each but the cover."""
    deck = Presentation()
    deck.slide_width, deck.slide_height = Inches(WIDE), Inches(TALL)
    _set_up(deck, lang)
    writer = _Writer(deck, lang)
    for number, slide in enumerate(slides, start=1):
        writer.add(slide, number, foot)
    about = deck.core_properties
    about.title, about.author, about.last_modified_by, about.comments = title, "", "", ""
    about.created = about.modified = CREATED
    about.language, about.revision = _CODES[lang], 1
    buffer = io.BytesIO()
    deck.save(buffer)
    return _steady(buffer)


def _set_up(deck: Deck, lang: Language) -> None:
    """Make the template one of 16:9 with our fonts, and take from it what is not ours."""
    for layout in list(deck.slide_layouts):
        if layout.name != _LAYOUT:
            deck.slide_layouts.remove(layout)
    scale = WIDE / 10
    master = deck.slide_masters[0]
    for shape in (*master.placeholders, *deck.slide_layouts[0].placeholders):
        if shape.element.spPr.xfrm is not None:
            shape.left, shape.width = int(shape.left * scale), int(shape.width * scale)
    _place(master.placeholders[0], _TITLE)
    for relations in (deck.part.rels, deck.part.package._rels):
        for key in [key for key, relation in relations.items() if relation.reltype.endswith(_NOT_OURS)]:
            relations.pop(key)
    _name_fonts(deck, lang)


def _name_fonts(deck: Deck, lang: Language) -> None:
    """Let whatever is added to the deck by hand have its fonts."""
    latin, chinese = (name.encode() for name in FONTS[lang])
    for part in deck.part.package.iter_parts():
        if "/theme/" in str(part.partname):
            faces = _FACES.sub(rb'\1<a:latin typeface="%b"/><a:ea typeface="%b"/>' % (latin, chinese), part.blob)
            coloured = _LINKS.sub(rb"\g<1>" + BRAND[1:].encode(), _ACCENTS.sub(_accent, faces))
            part._blob = _HANS.sub(rb"\g<1>" + chinese, coloured)
        elif str(part.partname) == "/docProps/app.xml":
            part._blob = _APP


def _accent(match: re.Match[bytes]) -> bytes:
    """Return an accent of the theme in the colour that the pictures give a category."""
    colour = CATEGORIES[int(match[1]) - 1].lstrip("#").encode()
    return b'<a:accent%b><a:srgbClr val="%b"/>' % (match[1], colour)


_APP = (
    b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    b'<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/extended-properties"/>'
)
"""What is said of the program: the template names one that did not write this."""


def _place(shape: BaseShape, box: Box) -> None:
    shape.left, shape.top, shape.width, shape.height = map(Inches, (box.left, box.top, box.across, box.down))


def _rgb(colour: str) -> RGBColor:
    made: RGBColor = RGBColor.from_string(colour.lstrip("#").upper())  # type: ignore[no-untyped-call]
    return made


class _Writer:
    """Puts slides into a deck."""

    def __init__(self, deck: Deck, lang: Language) -> None:
        self._deck, self._lang = deck, lang
        self._latin, self._chinese = FONTS[lang]
        self._properties = lru_cache(self._lettering)

    def add(self, slide: Slide, number: int, foot: str) -> None:
        """Add a slide."""
        added = self._deck.slides.add_slide(self._deck.slide_layouts[0])
        title = added.shapes.title
        _place(title, _COVER_TITLE if slide.is_cover else _TITLE)
        size = COVER if slide.is_cover else HEADLINE
        anchor: Anchor = "bottom" if slide.is_cover else "middle"
        self._fill(title.text_frame, Text(_TITLE, slide.title, size, BRAND, bold=True, anchor=anchor))
        for part in slide.parts:
            if isinstance(part, Text):
                self._text(added.shapes, part)
            elif isinstance(part, Grid):
                self._grid(added.shapes, part)
            elif isinstance(part, Picture):
                self._picture(added.shapes, part)
            else:
                self._block(added.shapes, part)
        if not slide.is_cover:
            self._text(added.shapes, Text(_FOOT, foot, NOTE, QUIET, anchor="middle"))
            self._number(added.shapes, number)

    def _text(self, shapes: SlideShapes, text: Text) -> Shape:
        box = text.box
        shape = shapes.add_textbox(*map(Inches, (box.left, box.top, box.across, box.down)))
        self._fill(shape.text_frame, text)
        return shape

    def _fill(self, frame: Any, text: Text) -> None:
        frame.word_wrap = True
        frame.margin_left = frame.margin_right = frame.margin_top = frame.margin_bottom = 0
        frame.vertical_anchor = _ANCHOR[text.anchor]
        for place, line in enumerate(text.text.split("\n")):
            paragraph = frame.paragraphs[0] if not place else frame.add_paragraph()
            paragraph.alignment, paragraph.space_after = _ALIGN[text.align], Pt(text.after)
            self._write(paragraph, [(line, text.colour)], text.size, bold=text.bold)
            for run in paragraph.runs if text.link else ():
                run.hyperlink.address = text.link

    def _write(self, paragraph: Any, texts: Sequence[tuple[str, str]], size: float, *, bold: bool) -> None:
        """Write texts of these colours; breaks and the end have the size as well, or an empty line would be higher."""
        letter = partial(self._properties, size, bold)
        for text, colour in texts:
            for number, line in enumerate(text.split("\n")):
                if number:
                    paragraph.add_line_break()
                    paragraph._p[-1].insert(0, deepcopy(letter(colour)))
                if line:
                    run = paragraph.add_run()
                    run.text = line
                    run._r.insert(0, deepcopy(letter(colour)))
        paragraph._p.append(deepcopy(letter(texts[-1][1], "endParaRPr")))

    def _lettering(self, size: float, bold: bool, colour: str, kind: str = "rPr") -> Any:
        """Return the properties of a run, all at once: one by one they take most of the time."""
        faces = "".join(
            f'<a:{script} typeface="{face}"{_HINTS * (face == self._chinese)}/>'
            for script, face in (("latin", self._latin), ("ea", self._chinese))
        )
        return parse_xml(
            f'<a:{kind} {nsdecls("a")} lang="{_CODES[self._lang]}" altLang="zh-CN" '
            f'sz="{round(size * 100)}" b="{int(bold)}">'
            f'<a:solidFill><a:srgbClr val="{colour[1:].upper()}"/></a:solidFill>{faces}</a:{kind}>'
        )

    def _number(self, shapes: SlideShapes, number: int) -> None:
        shape = self._text(shapes, Text(_FOOT, "", NOTE, QUIET, align="right", anchor="middle"))
        paragraph = shape.text_frame.paragraphs[0]._p
        field = parse_xml(
            f'<a:fld {nsdecls("a")} id="{{B6F15528-21DE-4FAA-801E-634DDDAF4B2B}}" type="slidenum">'
            f"<a:t>{number}</a:t></a:fld>"
        )
        field.insert(0, deepcopy(self._properties(NOTE, False, QUIET)))
        paragraph.insert(len(paragraph) - 1, field)

    def _picture(self, shapes: SlideShapes, picture: Picture) -> None:
        box, image = picture.box, io.BytesIO(picture.png)
        shape: Any = shapes.add_picture(image, *map(Inches, (box.left, box.top, box.across, box.down)))
        named = shape._element.nvPicPr.cNvPr
        named.set("descr", picture.about)

    def _block(self, shapes: SlideShapes, block: Block) -> None:
        box = block.box
        places = map(Inches, (box.left, box.top, box.across, box.down))
        shape = shapes.add_shape(MSO_SHAPE.RECTANGLE, *places)
        shape.fill.solid()
        shape.fill.fore_color.rgb = _rgb(block.colour)
        shape.line.fill.background()
        shape.shadow.inherit = False

    def _grid(self, shapes: SlideShapes, grid: Grid) -> None:
        box = grid.box
        shape = shapes.add_table(
            len(grid.rows), len(grid.widths), *map(Inches, (box.left, box.top, box.across, box.down))
        )
        shape.name = grid.title
        table: Any = shape.table
        table.first_row, table.horz_banding = bool(grid.strong), False
        table._tbl.tblPr.find(qn("a:tableStyleId")).text = _NO_STYLE
        for column, width in zip(table.columns, grid.widths, strict=True):
            column.width = Inches(width)
        for row, height in zip(table.rows, grid.heights, strict=True):
            row.height = Inches(height)
        for number, cells in enumerate(grid.rows):
            for place, cell in enumerate(cells):
                self._cell(table.cell(number, place), cell)
                if place and cell.align == "left" and grid.strong:
                    table.cell(number, place).margin_left = Inches(PAD + INDENT)
                if grid.strong:
                    _underline(table.cell(number, place), strong=number in _before(grid.strong))

    def _cell(self, target: Any, cell: Cell) -> None:
        target.margin_left = target.margin_right = Inches(PAD)
        target.margin_top = target.margin_bottom = Inches(PAD_DOWN)
        target.vertical_anchor = _ANCHOR[cell.anchor]
        paragraph = target.text_frame.paragraphs[0]
        paragraph.alignment = _ALIGN[cell.align]
        marked = [("■ ", cell.mark)] if cell.mark else []
        self._write(paragraph, [*marked, (cell.text, cell.colour)], cell.size, bold=cell.bold)
        if cell.fill:
            target.fill.solid()
            target.fill.fore_color.rgb = _rgb(cell.fill)


def _before(strong: Sequence[int]) -> set[int]:
    """Return the rows with a strong line below: the header, and that before a total."""
    return {0, *(row for row in strong if row)}


@lru_cache
def _lines(width: int, colour: str) -> Sequence[Any]:
    """Return the lines of a cell: this one below, and none at its sides."""
    around = nsdecls("a")
    below = f'<a:lnB {around} w="{width}"><a:solidFill><a:srgbClr val="{colour[1:]}"/></a:solidFill></a:lnB>'
    return [
        parse_xml(line) for line in (*(f'<a:{side} {around} w="0"><a:noFill/></a:{side}>' for side in _SIDES), below)
    ]


def _underline(cell: _Cell, *, strong: bool) -> None:
    properties = cell._tc.get_or_add_tcPr()
    for place, line in enumerate(_lines(_STRONG, BRAND) if strong else _lines(_THIN, RULE)):
        # Lines come before the colour behind a cell.
        properties.insert(place, deepcopy(line))


def _steady(buffer: io.BytesIO) -> bytes:
    """Return the file without the time at which it was written."""
    made = io.BytesIO()
    with zipfile.ZipFile(buffer) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            entry = zipfile.ZipInfo(name, CREATED.timetuple()[:6])
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o600 << 16
            new.writestr(entry, old.read(name))
    return made.getvalue()
