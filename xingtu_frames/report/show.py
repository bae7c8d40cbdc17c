"""A frame for reading: headers in the language, numbers as people read them, the names of creators first."""

from __future__ import annotations

import hashlib
import html
from collections.abc import Callable, Iterable, Mapping, Sequence

import pandas as pd
from pandas.io.formats.style import Styler
from pandas.io.formats.style_render import CSSDict

from ..arguments import LANGUAGES, Language, Names, names_of, one_of
from ..board.metrics import ALL, METRICS, NAME_COLUMN, NAME_COLUMNS, READ_FIRST, asked_of
from ..board.own import own_metrics
from ..errors import ParameterError, a_kind, meant, must_be, no_such
from ..files.cells import plain, written
from ..files.groups import GROUPS, KINDS, MATRIX, Plain, column_names, declared, headings, kind_of, kinds_of
from ..files.units import row_units
from ..files.words import with_own_words
from ..frame import names_in, text_dtype
from ..tables.schema import Column
from ..wording.figures import cells as cells_of, scope
from .cell_looks import looks
from .cell_texts import header, is_number, per_thousand, texts

_IDS = ("kol_id", "item_id")
_OF_BOARD = frozenset(column.name for column in GROUPS["board"])
_BOARD_MOST = len(READ_FIRST)
_ADVICE = 'a list of columns, "all", or None for those that are read first'
_LEFT_OUT: Mapping[str, str] = {
    "zh": '另有 {} 列：columns="all"',
    "en": '{} more columns: columns="all"',
}
_FONTS = "'PingFang SC', 'Microsoft YaHei', 'Noto Sans CJK SC', 'Noto Sans SC', sans-serif"
_STYLES = (
    ("", f"border-collapse: collapse; font-family: {_FONTS}; font-size: 13px; font-variant-numeric: tabular-nums"),
    ("caption", "caption-side: top; text-align: left; padding: 4px 8px; font-weight: bold"),
    ("th", "padding: 4px 8px; text-align: left; vertical-align: bottom; border-bottom: 2px solid #2F4B6E"),
    ("th", "word-break: keep-all"),
    ("td", "padding: 4px 8px; text-align: left; vertical-align: baseline; border-bottom: 1px solid #E2E5E9"),
    ("td", "max-width: 32em; overflow-wrap: anywhere; white-space: pre-line"),
)
_NUMBER, _ID = "text-align: right; white-space: nowrap", "font-size: 10px; color: #8A8F98; white-space: nowrap"
# Chinese may break between any two characters: without this a narrow page stands names on end.
_ONE_LINE, _SHORT, _LINES = "white-space: nowrap", 48, "min-width: 12em"


def show(
    frame: pd.DataFrame,
    *,
    lang: Language = "zh",
    columns: Iterable[str] | str | None = None,
    names: Names | None = None,
) -> Styler:
    """Show a frame as people read it; the frame itself stays as it is.

    Headers are Chinese, numbers have 万 and 亿, %, ¥ and 秒, words of a closed vocabulary and truth values are Chinese,
    times are those of China, and what is missing is ``—``. Where a metric has a direction, blue is better and orange
    worse than the median, as in the workbook. Names stand first and the creator's id last.

    Parameters
    ----------
    frame
        Any frame: of this package, whole or in part, or your own. An index with a name is shown as a column.
    lang
        ``"zh"``, or ``"en"`` for the names of the columns, and words and numbers in English.
    columns
        The columns to show, in this order, by name or Chinese label. None for all, but of a board with more than nine
        metrics the name, the nine that are read first, your own columns, and the id; ``"all"`` for every one.
    names
        What creators are called, where the frame has no names or others: a mapping or Series id -> name, a list in
        the order of the ids, or a frame with ``kol_id`` and ``name``.

    Returns
    -------
    A pandas Styler over the values: Jupyter shows it, and ``to_html()`` makes a table that needs no other file. All
    text in it is escaped.

    Raises
    ------
    ParameterError
        It is not a frame, has no such column, or ``names`` go with a frame that has no ``kol_id``.
    InvalidIdError
        The ids are floats, which have lost digits.

    Warns
    -----
    UnmatchedNamesWarning
        There are names, and none is for a creator of the frame.
    """
    if not isinstance(frame, pd.DataFrame):
        raise must_be("show(frame): the frame", "a DataFrame", a_kind(frame))
    lang = one_of("lang", lang, LANGUAGES)
    flat = _with_index(frame)
    known = _carried(flat) if names is None else _names(flat, names)
    kinds = kinds_of(column_names(flat))
    own = own_metrics(frame)
    declarations = [with_own_words(column, own) for column in declared(flat)]
    if known:
        flat, declarations = _named(flat, declarations, known)
    chosen = _chosen(declarations, "board" in kinds, columns, always=bool(known))
    left_out = len(declarations) - len(chosen) if columns is None else 0
    shown = _Shown(flat, declarations, chosen, lang, known if kinds == [MATRIX] else {})
    return shown.styler(_caption(frame, kind_of(column_names(_with_index(frame))), left_out, lang))


def _with_index(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the frame with the named levels of its index as columns, and rows counted from 0."""
    levels = [name for name in frame.index.names if name is not None and name not in frame.columns]
    return frame.reset_index(level=levels).reset_index(drop=True) if levels else frame.reset_index(drop=True)


def _names(frame: pd.DataFrame, names: Names) -> dict[str, str]:
    if column_names(frame).count("kol_id") != 1:
        raise ParameterError("names are those of creators, and the frame has no column kol_id; leave names out")
    ids = written(frame.iloc[:, column_names(frame).index("kol_id")])
    return names_of(names, dict.fromkeys(str(kol_id) for kol_id in ids if kol_id is not None), stacklevel=4)


def _carried(frame: pd.DataFrame) -> dict[str, str]:
    """Return the names that a frame carries beside its columns."""
    here = column_names(frame)
    return names_in(frame) if here.count("kol_id") == 1 and "name" not in here else {}


def _named(
    frame: pd.DataFrame, declarations: Sequence[Column], known: Mapping[str, str]
) -> tuple[pd.DataFrame, list[Column]]:
    """Return the frame with these names in its first column, its own where there is none of these."""
    here = column_names(frame)
    ids = written(frame.iloc[:, here.index("kol_id")])
    own: Sequence[Plain] = written(frame.iloc[:, here.index("name")]) if "name" in here else [None] * len(ids)
    labels = [known.get(str(kol_id), name) for kol_id, name in zip(ids, own, strict=True)]
    others = [position for position, name in enumerate(here) if name != "name"]
    made = frame.iloc[:, others]
    made.insert(0, "name", pd.Series(labels, index=frame.index, dtype=text_dtype()))
    return made, [NAME_COLUMN, *(declarations[position] for position in others)]


def _chosen(
    columns: Sequence[Column],
    is_board: bool,
    asked: Iterable[str] | str | None,
    *,
    always: bool,
) -> list[int]:
    """Return the positions of the columns to show, in their order."""
    names = [column.name for column in columns]
    is_all = isinstance(asked, str) and asked == ALL
    if asked is not None and not is_all:
        listed = _positions(columns, asked)
        return [0, *(place for place in listed if place)] if always else listed
    places = list(range(len(names)))
    metrics = [place for place in places if names[place] in METRICS]
    if asked is None and is_board and len(metrics) > _BOARD_MOST:
        first = [place for place in metrics if names[place] in READ_FIRST] or metrics[:_BOARD_MOST]
        # What the user has added to a board is there to be seen.
        always_shown = {"name", "kol_id", *(name for name in names if name not in _OF_BOARD)}
        places = [place for place in places if place in first or names[place] in always_shown]
    # The sort is stable: all others stay in their order.
    return sorted(places, key=lambda place: (names[place] not in NAME_COLUMNS, names[place] == "kol_id"))


def _positions(columns: Sequence[Column], asked: Iterable[str] | str) -> list[int]:
    if not isinstance(asked, Iterable):
        raise must_be("columns", _ADVICE, a_kind(asked))
    known: dict[object, int] = {column.name: place for place, column in enumerate(columns)}
    labels = {column.name: column.label_zh for column in columns}
    words: list[object] = [asked] if isinstance(asked, str) else list(asked)
    asked_for = [name if isinstance(name, str) and name in known else meant(name, labels) for name in words]
    unknown = [name for name in asked_for if not isinstance(name, str) or name not in known]
    if unknown:
        raise no_such("column", unknown, labels, labels.values())
    if not asked_for:
        raise must_be("columns", _ADVICE, "an empty list")
    return list(dict.fromkeys(known[name] for name in asked_for))


def _caption(frame: pd.DataFrame, kind: str | None, left_out: int, lang: Language) -> str:
    """Return what is shown, what it is about, and how much of it is not shown."""
    said = [KINDS[lang][kind].splitlines()[0]] if kind else []
    asked = asked_of(frame) if kind == "board" else {}
    if {"video_type", "window"} <= asked.keys():
        said += scope(asked["video_type"], asked["window"], lang)
    return " · ".join([*said, *([_LEFT_OUT[lang].format(left_out)] if left_out else [])])


class _Shown:
    """The chosen columns of a frame: their headers, and the text and look of every cell."""

    def __init__(
        self,
        frame: pd.DataFrame,
        columns: Sequence[Column],
        chosen: Sequence[int],
        lang: Language,
        creators: Mapping[str, str],
    ) -> None:
        cells = {columns[place].name: written(frame.iloc[:, place]) for place in range(len(columns))}
        self._columns = [columns[place] for place in chosen]
        self._cells = [written(frame.iloc[:, place]) for place in chosen]
        units = {name: one.unit for name, one in own_metrics(frame).items()}
        self._units = [row_units(column, cells, units) for column in self._columns]
        ways = cells.get("settlement", ())
        self._texts = [
            per_thousand(column, texts(column, own, units, lang), ways, lang)
            for column, own, units in zip(self._columns, self._cells, self._units, strict=True)
        ]
        labels = [creators.get(column.name, header(column, lang)) for column in self._columns]
        self._headers = _apart(headings(self._columns, labels))
        # Values keep their dtypes, so that a Styler's own methods go on from here.
        self._data = frame.iloc[:, list(chosen)].set_axis(self._headers, axis=1)

    def styler(self, caption: str) -> Styler:
        """Return the Styler of it."""
        of_columns = [
            (f".col{place}", css)
            for place, (column, cells) in enumerate(zip(self._columns, self._cells, strict=True))
            if (css := _of_column(column, cells, self._texts[place]))
        ]
        styles: list[CSSDict] = [{"selector": selector, "props": props} for selector, props in (*_STYLES, *of_columns)]
        # By its content, so that a notebook that is run again does not change, and no table takes another's colours.
        content = repr((caption, self._headers, self._texts)).encode("utf-8", "surrogatepass")
        made = Styler(self._data, uuid=hashlib.sha256(content).hexdigest()[:12], cell_ids=False)
        made.hide(axis="index").set_table_styles(styles)
        # Notebooks take what stands between two dollar signs for mathematics.
        made.set_table_attributes('class="tex2jax_ignore mathjax_ignore"')
        if caption:
            made.set_caption(html.escape(caption))
        made.format_index(lambda name: html.escape(str(name)), axis=1)
        for place, name in enumerate(self._headers):
            self._write(made, place, name)
        made.apply(self._looks, axis=None)
        return made

    def _write(self, made: Styler, place: int, name: str) -> None:
        """Give each cell of a column its text; rows that differ in the text of the same value go one by one."""
        values = [plain(value) for value in self._data.iloc[:, place].tolist()]
        keys = [(type(value), value) for value in values]
        known: dict[tuple[type, Plain], str] = {}
        others = []
        for row, (key, text) in enumerate(zip(keys, self._texts[place], strict=True)):
            if known.setdefault(key, text) != text:
                others.append((row, text))
        made.format(_reader(known), subset=pd.IndexSlice[:, [name]])
        for row, text in others:
            made.format(_always(text), subset=pd.IndexSlice[[row], [name]])

    def _looks(self, data: pd.DataFrame) -> pd.DataFrame:
        """Return the CSS of every cell."""
        css = pd.DataFrame("", index=data.index, columns=data.columns, dtype=object)
        for place, (column, cells) in enumerate(zip(self._columns, self._cells, strict=True)):
            css.isetitem(place, looks(column, cells))
        return css


def _of_column(column: Column, cells: Sequence[Plain], shown: Sequence[str]) -> str:
    """Return the CSS of a column."""
    if column.name in _IDS:
        return _ID
    if any(map(is_number, cells)):
        return _NUMBER
    return _ONE_LINE if max(map(cells_of, shown), default=0) <= _SHORT else _LINES


def _reader(known: Mapping[tuple[type, Plain], str]) -> Callable[[object], str]:
    def read(value: object) -> str:
        made = plain(value)
        return html.escape(known.get((type(made), made), str(made)))

    return read


def _always(text: str) -> Callable[[object], str]:
    return lambda value: html.escape(text)


def _apart(headers: Sequence[str]) -> list[str]:
    """Return headers of which no two are the same."""
    found: list[str] = []
    for name in headers:
        count = 2
        own = name
        while own in found:
            own, count = f"{name} ({count})", count + 1
        found.append(own)
    return found
