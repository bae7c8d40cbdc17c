"""What a table is, as data: its columns in two languages, and the paid answer that it reads."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import KW_ONLY, dataclass, field, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Generic, Literal, NamedTuple, TypeVar

import numpy as np

from ..errors import XingtuError, guessed, listed, meant, must_be, quoted
from .arrow import arrow_schema
from .filters import Filter
from .inputs import Day, Text
from .pages import Hits, Pages

if TYPE_CHECKING:
    import pyarrow as pa

    from .read import Fields

Array = np.ndarray[Any, Any]
Row = tuple[object, ...]
Confidence = Literal["certain", "likely", "unconfirmed"]
"""How sure it is what a column means."""
Evidence = Literal["captured", "shape", "raw"]
"""What a table rests on: payloads that are public, their shape alone as client code reads it, or nothing public."""


_Word = TypeVar("_Word", bound=str)


class Words(tuple[_Word, ...], Generic[_Word]):
    """A closed, ordered vocabulary. ``zh`` has the Chinese of each word."""

    zh: Mapping[_Word, str]

    def __new__(cls, zh: Mapping[_Word, str]) -> Words[_Word]:
        """Make the words of their Chinese, in that order."""
        words = super().__new__(cls, zh)
        words.zh = MappingProxyType(dict(zh))
        return words

    def __reduce__(self) -> tuple[object, ...]:
        return Words, (dict(self.zh),)


NO_WORDS: Words[str] = Words({})
TRUTH_ZH: Mapping[bool, str] = MappingProxyType({True: "是", False: "否"})
"""The words of a truth value in Chinese."""


class Range(NamedTuple):
    """What a value of a unit can be.

    Attributes
    ----------
    low, high
        The least and the largest value.
    above
        Whether a value must be above ``low``: nothing costs nothing.
    """

    low: float
    high: float
    above: bool = False

    def usable(self, values: Array) -> Array:
        """Return the values, NaN in place of those that cannot be."""
        over = values > self.low if self.above else values >= self.low
        return np.where(over & (values <= self.high) & np.isfinite(values), values, np.nan)


_ANY = Range(-math.inf, math.inf)
_COUNT = Range(0, math.inf)
_ABOVE_ZERO = Range(0, math.inf, above=True)


class Unit(NamedTuple):
    """A unit of columns.

    Attributes
    ----------
    zh
        Its name in Chinese.
    range
        What a value can be.
    header_zh
        What a Chinese header adds where the number format cannot name the unit.
    """

    zh: str
    range: Range = _ANY
    header_zh: str = ""


UNITS: Mapping[str, Unit] = MappingProxyType(
    {
        "": Unit(""),
        "CNY": Unit("元", _ABOVE_ZERO),
        "UTC": Unit("UTC 时间"),
        "fraction": Unit("比例", Range(0, 1)),
        "users": Unit("人", _COUNT),
        "plays": Unit("次播放", _COUNT),
        "plays or interactions": Unit("次播放或互动"),
        "videos": Unit("个作品", _COUNT),
        "likes": Unit("次点赞", _COUNT),
        "comments": Unit("条评论", _COUNT),
        "shares": Unit("次转发", _COUNT),
        "favourites": Unit("次收藏", _COUNT),
        "products": Unit("个商品", _COUNT),
        "orders": Unit("个订单", _COUNT),
        "bookings": Unit("次预订", _COUNT),
        "interactions": Unit("次互动", _COUNT),
        "requests": Unit("次请求", _COUNT),
        "searches": Unit("次搜索", _COUNT),
        "industries": Unit("个行业", _COUNT),
        "points": Unit("分", Range(0, 100)),
        "score": Unit("得分"),
        "TGI": Unit("TGI", _COUNT),
        "s": Unit("秒", _ABOVE_ZERO, "（秒）"),
        "days": Unit("天", header_zh="（天）"),
        "likeness": Unit("相似度"),
        "basis points": Unit("万分之一"),
        "as in spread_info": Unit("同“传播表现”"),
        "as the metric": Unit("同指标"),
        "as sent": Unit("原始值"),
    }
)
"""Every unit by its name in English."""


def range_of(unit: str, *, signed: bool = False) -> Range:
    """Return what values of a unit can be; a change has a sign and no bound."""
    return _ANY if signed or unit not in UNITS else UNITS[unit].range


@dataclass(frozen=True, slots=True)
class Column:
    """One declared column.

    Attributes
    ----------
    name
        The column's name in every frame and file.
    dtype
        ``str`` (the default text dtype), ``Int64``, ``float64``, ``boolean``, ``category`` (ordered),
        ``datetime64[us, UTC]``, or ``datetime64[us]`` for calendar days.
    unit
        Unit of the values, ``""`` where there is none.
    label_zh
        Chinese label for headers and pictures.
    meaning, meaning_zh
        What the value says, and how sure that is, in English and in Chinese.
    words
        The closed vocabulary of the values, if they have one: the ordered categories of a ``category`` column.
    signed
        Whether the value is a change, which may be negative or above 1.
    confidence
        How sure the meaning is: ``certain``, ``likely`` or ``unconfirmed``, which the meaning then says as well.
    direction
        Of a metric: ``"higher"`` or ``"lower"`` is better, None where neither is.
    """

    name: str
    dtype: str
    unit: str
    label_zh: str
    meaning: str
    meaning_zh: str = ""
    words: Words[str] = NO_WORDS
    signed: bool = False
    confidence: Confidence = "certain"
    direction: Literal["higher", "lower"] | None = None

    @property
    def categories(self) -> tuple[str, ...]:
        """The ordered vocabulary of a ``category`` column; empty for others."""
        return self.words if self.dtype == "category" else ()

    @property
    def range(self) -> Range:
        """What a value of this column can be."""
        return range_of(self.unit, signed=self.signed)

    @property
    def header_zh(self) -> str:
        """The Chinese header: the label, with the unit where the number format cannot name it."""
        return self.label_zh + (UNITS[self.unit].header_zh if self.unit in UNITS else "")

    def meaning_in(self, lang: str) -> str:
        """Return what the value says, in a language."""
        return self.meaning_zh if lang == "zh" else self.meaning

    def unit_in(self, lang: str) -> str:
        """Return the name of the unit in a language."""
        return UNITS[self.unit].zh if lang == "zh" and self.unit in UNITS else self.unit


@dataclass(frozen=True, slots=True)
class Subject:
    """What an answer is about.

    Attributes
    ----------
    column
        The column of its id, the first one of every table.
    noun, nouns
        What it is called in messages.
    """

    column: Column
    noun: str
    nouns: str


CREATOR = Subject(
    Column(
        "kol_id",
        "str",
        "",
        "星图ID",
        "Xingtu creator id: text, for it has more digits than a float keeps",
        "星图达人ID，以文本保存：位数超过数字能精确保存的范围",
    ),
    "creator",
    "creators",
)
ITEM = Subject(
    Column(
        "item_id",
        "str",
        "",
        "视频ID",
        "Douyin video id: text, because it has more digits than a float keeps",
        "抖音视频ID，以文本保存：位数超过数字能精确保存的范围",
    ),
    "video",
    "videos",
)
PAGE = Column("page", "Int64", "", "页码", "page of the answer, from 1", "应答的页码，从 1 开始")
FETCHED_AT = Column(
    "fetched_at",
    "datetime64[us, UTC]",
    "UTC",
    "数据获取时间",
    "when the answer was fetched, not the data's own date",
    "取得该数据的时间，不是数据本身的日期",
)


@dataclass(frozen=True, slots=True, eq=False)
class Option:
    """One choice that the user has, and the parameter of the wire that it becomes.

    Attributes
    ----------
    column
        The option's name, Chinese label, meaning and vocabulary, as a column that repeats it.
    meaning
        What is chosen, for documentation.
    parameter
        The name of the current endpoint's parameter.
    choices
        Each choice and how it is spelled on the wire.
    default
        What is asked when nothing is chosen.
    """

    column: Column
    meaning: str
    parameter: str
    choices: Mapping[Any, str]
    default: Any

    @property
    def name(self) -> str:
        """Name of the argument of the ``fetch_`` function."""
        return self.column.name

    def at(self, parameter: str, *, default: object = None) -> Option:
        """Return the option as another endpoint spells it: under this parameter, with a default of its own."""
        return replace(self, parameter=parameter, default=self.default if default is None else default)

    def meant(self, value: object) -> object:
        """Return the choice whose Chinese a value is; the value itself where it is none."""
        return meant(value, self.column.words.zh)

    def spell(self, value: object) -> str:
        """Return the wire value of a choice.

        Raises
        ------
        ParameterError
            There is no such choice; the message names those that there are.
        """
        if self.has(value):
            return self.choices[value]
        raise self.refusal(value, list(self.choices))

    def has(self, value: object) -> bool:
        """Return whether a value is one of the choices."""
        # Only what is of their kind is compared: a Series or NA has no truth value, and True is 1.
        return any(
            isinstance(value, type(choice)) and isinstance(value, bool) is isinstance(choice, bool) and value == choice
            for choice in self.choices
        )

    def refusal(self, value: object, allowed: list[object], where: str = "") -> XingtuError:
        """Return the error for a value that is none of the allowed ones."""
        near = guessed([value], allowed, self.column.words.zh.values()) if isinstance(value, str) else []
        advice = f"did you mean {listed(near)}?" if near else ""
        return must_be(self.name, f"one of {listed(allowed)}{where}", quoted(value), advice)

    def read(self, wire: str | None) -> str | None:
        """Return the choice that a wire value stands for, as the column that repeats it holds it."""
        return next((str(value) for value, spelled in self.choices.items() if spelled == wire), wire)


Input = Option | Day | Text | Filter
"""What the user gives to choose an answer."""


@dataclass(frozen=True, slots=True, eq=False)
class Answer:
    """One paid answer. The tables that read it share it.

    Attributes
    ----------
    endpoint
        Name of the current endpoint.
    keys
        Fields by which an answer of this endpoint is known: one that has fields, and none of these, is something else.
        ``*_touch`` stands for every name with that end.
    options
        What the user can choose, in the order of the arguments.
    subject
        What it is about: `CREATOR`, `ITEM`, or None for a search, whose rows name their own creators.
    pages
        How it goes on; None for an answer of one page.
    fixed
        Parameters that are always sent with these values.
    """

    endpoint: str
    keys: tuple[str, ...] = ()
    options: tuple[Input, ...] = ()
    subject: Subject | None = CREATOR
    pages: Pages | Hits | None = None
    fixed: Mapping[str, str] = field(default_factory=dict)

    def knows(self, field: str) -> bool:
        """Return whether a field is one of this answer."""
        return any(field.endswith(key[1:]) if key.startswith("*") else field == key for key in self.keys)


@dataclass(frozen=True, eq=False)
class Table:
    """One declared table.

    Attributes
    ----------
    name
        Name of the table and of its ``fetch_`` function.
    label_zh
        Chinese title.
    row, row_zh
        What one row is.
    answer
        The answer that the table reads.
    parse
        Yields the cells of each row of an answer.
    cells
        The columns of those cells.
    shown
        The options that are repeated as columns.
    listing
        True when the number of rows follows the answer: an answer without data gives no row.
    key
        The columns that tell the rows of one answer apart; none where it has one row, or is in the long form.
    evidence
        What the reading rests on: ``captured`` payloads, their ``shape`` alone, or ``raw`` where nothing is public.
    numbered
        Whether each row says the page of the answer it stands on.
    before_page
        How many of the cells stand before that page.
    columns
        All columns in order: the id, the options that are repeated, the cells with the page among them, and the time.
    common
        Those that are the same in all rows of one answer: the id, the options, the page, and the time.
    names
        The names of all.
    """

    name: str
    label_zh: str
    _: KW_ONLY
    row: str
    row_zh: str
    answer: Answer
    parse: Callable[[Fields], Iterable[Row]]
    cells: tuple[Column, ...]
    shown: tuple[Option, ...] = ()
    listing: bool = False
    key: tuple[str, ...] = ()
    evidence: Evidence = "captured"
    numbered: bool = False
    before_page: int = 0
    columns: tuple[Column, ...] = field(init=False)
    common: tuple[Column, ...] = field(init=False)
    names: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        about = () if self.answer.subject is None else (self.answer.subject.column,)
        page = (PAGE,) if self.numbered else ()
        before, after = self.cells[: self.before_page], self.cells[self.before_page :]
        shown = tuple(option.column for option in self.shown)
        columns = (*about, *shown, *before, *page, *after, FETCHED_AT)
        object.__setattr__(self, "columns", columns)
        object.__setattr__(self, "common", (*about, *shown, *page, FETCHED_AT))
        object.__setattr__(self, "names", tuple(column.name for column in columns))

    def column(self, name: str) -> Column:
        """Return the declared column of that name."""
        return self.columns[self.names.index(name)]

    @property
    def arrow_schema(self) -> pa.Schema:
        """The columns as a schema of pyarrow: that of the table's files in a lake."""
        return arrow_schema(self.columns)

    @property
    def endpoint(self) -> str:
        """Name of the endpoint whose answer the table reads."""
        return self.answer.endpoint

    @property
    def options(self) -> Mapping[str, Input]:
        """What the user can choose, by the name of the argument."""
        return {option.name: option for option in self.answer.options}

    @property
    def function(self) -> str:
        """Name of the public function that makes the table."""
        return self.name if self.answer.subject is None else f"fetch_{self.name}"

    @property
    def arguments(self) -> tuple[str, ...]:
        """Names of the arguments that choose the answer: the options, and how many pages where it has several."""
        return (*self.options, *(self.answer.pages.arguments if self.answer.pages else ()))

    @property
    def option_columns(self) -> tuple[str, ...]:
        """Names of the columns that repeat an option, in column order."""
        return tuple(option.name for option in self.shown)
