"""Frames as an Excel workbook: one sheet per frame, pictures, and a last one that says what it all means."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from pathlib import Path

import pandas as pd
from xlsxwriter.exceptions import XlsxWriterException

from ...arguments import LANGUAGES, Language, one_of
from ...errors import FileError, a_kind, must_be
from ..whole import check_target, write_whole
from .about import ABOUT_SHEETS, PICTURE_SHEETS, notes
from .book import Gallery, workbook
from .pictures import Source, pictures_of
from .sheet import names_of, page
from .text import sheet_names


def write_excel(
    sheets: Mapping[str, pd.DataFrame],
    path: str | os.PathLike[str],
    *,
    lang: Language = "zh",
    pictures: Mapping[str, Source] | None = None,
) -> Path:
    """Write frames and pictures as the sheets of one workbook, ready to hand on.

    Ids and other text are text cells: nothing is run, no digit is lost. Missing is the empty cell. Times are
    those of China, as their headers say, and come back in UTC. A plan ends with its totals; a board is printed on one
    page. Metrics that have a better side are coloured by it: blue is better, orange worse. Where one frame names the
    creators (a board, or profiles), the sheets of the others show the names beside the ids. The last sheet (说明 or
    About) says what was asked, when the answers were fetched and from where, and what each column means; `read_excel`
    needs it. The same content gives the same bytes.

    Parameters
    ----------
    sheets
        Sheet name -> frame. Names that Excel does not allow are repaired; the frames' indexes are not written.
    path
        The file to write. It appears whole or not at all.
    lang
        ``"zh"`` for Chinese headers and words, ``"en"`` for the names that the frames use.
    pictures
        Title -> figure, axes (their whole figure is drawn), or a PNG file as path or bytes. They stand on a sheet of
        their own (图表 or Charts), each under its title and no larger than a page. Figures stay as they are.

    Returns
    -------
    The path of the file.

    Raises
    ------
    ParameterError
        Nothing to write, a path that does not end in .xlsx, another ``lang``, something that is not a picture, or a
        frame that Excel cannot hold: more than 1,048,575 rows, 16,384 columns or 32,767 characters in a cell. Nothing
        was written.
    FileError
        The file of a picture cannot be read, or the file cannot be written; an old one is still there.
    """
    lang = one_of("lang", lang, LANGUAGES)
    check_target(path, sheets, "write_excel(sheets, path)", (".xlsx",), only=True)
    frames = _frames(sheets)
    drawn = pictures_of(pictures)
    titles = [*sheets, PICTURE_SHEETS[lang]]
    *names, gallery = sheet_names(titles, ABOUT_SHEETS.values())
    creator_names = names_of(frames.values())
    content = [page(name, frame, lang, creator_names) for name, frame in zip(names, frames.values(), strict=True)]
    picture_sheets = [Gallery(gallery, drawn)] if drawn else []
    last = notes(content, frames.values(), gallery if drawn else None, lang, creator_names)
    try:
        data = workbook([*content, *picture_sheets, last])
    except (OSError, XlsxWriterException) as error:
        raise FileError(f"cannot write {path}: {error}; free some space in {tempfile.gettempdir()}") from None
    return write_whole(path, data)


def _frames(sheets: Mapping[str, pd.DataFrame]) -> Mapping[str, pd.DataFrame]:
    allowed = 'a mapping of at least one sheet name to a frame, such as {"board": board}'
    if not isinstance(sheets, Mapping):
        raise must_be("sheets", allowed, a_kind(sheets))
    odd = {a_kind(frame) for frame in sheets.values()} - {"a DataFrame"}
    if odd or not sheets:
        raise must_be("sheets", allowed, f"one to {odd.pop()}" if odd else "an empty one")
    return sheets
