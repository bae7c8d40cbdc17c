"""``make tables``: writes what follows from the declared tables and has to be written out, and says what is stale.

The stub of the ``fetch_`` functions, the types of their choices, and the lines of ``__init__.pyi`` that name them.
"""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import xingtu_frames as xf
from xingtu_frames.fetch.signature import first_option, ids_argument, signature_of
from xingtu_frames.tables.filters import Labels
from xingtu_frames.tables.inputs import Day
from xingtu_frames.tables.schema import Option, Table

ROOT = Path(__file__).resolve().parent.parent
STUB = ROOT / "xingtu_frames" / "fetch" / "fetch.pyi"
CHOICES = ROOT / "xingtu_frames" / "fetch" / "choices.py"
NAMES = ROOT / "xingtu_frames" / "__init__.pyi"

_WIDTH = 120
_CONTROL = {
    "on_error": 'on_error: OnError = "warn"',
    "client": "client: Client | None = None",
}
_ALIASES = {
    option.name: option
    for table in reversed(list(xf.TABLES.values()))
    for option in reversed(table.answer.options)
    if isinstance(option, Option) and not isinstance(option.default, bool)
}
"""The options whose types have a name: of each name the first."""


def written() -> Mapping[Path, str]:
    """Return the text of every file that follows from the declarations."""
    return {
        CHOICES: "\n".join(_choices()) + "\n",
        STUB: "\n".join(_stub()) + "\n",
        NAMES: re.sub(r"from \.fetch\.fetch import \(\n.*?\n\)", _imports(), NAMES.read_text("utf-8"), flags=re.DOTALL),
    }


def _stub() -> Iterator[str]:
    tables = list(xf.TABLES.values())
    options = [option for table in tables for option in table.answer.options]
    yield "# Written by `make tables` from the declared tables."
    if any(isinstance(option, Labels) for option in options):
        yield "from collections.abc import Iterable"
    if any(isinstance(option, Day) for option in options):
        yield "from datetime import date"
    yield "from typing import Literal"
    yield ""
    yield "import pandas as pd"
    yield ""
    yield "from ..client.client import Client"
    yield "from ..ids import Ids"
    yield "from .choices import ("
    for option in _aliased():
        yield f"    {_alias_name(option)},"
    yield ")"
    yield "from .failures import OnError"
    yield ""
    for table in tables:
        yield f"def {table.function}("
        for parameter in _parameters(table):
            yield f"    {parameter},"
        yield ") -> pd.DataFrame: ..."


def _choices() -> Iterator[str]:
    yield '"""What the ``fetch_`` functions let choose, as types: written by `make tables` from the declared tables."""'
    yield ""
    yield "from typing import Literal"
    yield ""
    for option in _aliased():
        yield from _alias(option)


def _aliased() -> list[Option]:
    return sorted(_ALIASES.values(), key=_alias_name)


def _type_of(table: Table, parameter: inspect.Parameter) -> str:
    option = table.options.get(parameter.name)
    if not isinstance(option, Option) or isinstance(option.default, bool):
        return inspect.formatannotation(parameter.annotation).replace("datetime.", "").replace("collections.abc.", "")
    if list(_ALIASES[option.name].choices) == list(option.choices):
        return _alias_name(option)
    # Another table has other choices under this name.
    return f"Literal[{', '.join(map(_quoted, option.choices))}]"


def _alias_name(option: Option) -> str:
    return "".join(word.title() for word in option.name.split("_"))


def _alias(option: Option) -> Iterator[str]:
    line = f"{_alias_name(option)} = Literal[{', '.join(map(_quoted, option.choices))}]"
    if len(line) <= _WIDTH:
        yield line
        return
    yield f"{_alias_name(option)} = Literal["
    yield from (f"    {_quoted(choice)}," for choice in option.choices)
    yield "]"


def _quoted(text: object) -> str:
    return "None" if text is None else f'"{text}"'


def _parameters(table: Table) -> Iterator[str]:
    for parameter in signature_of(table).parameters.values():
        if parameter.name == ids_argument(table) and table.answer.subject is not None:
            yield f"{parameter.name}: Ids"
        elif parameter.name in _CONTROL:
            yield _CONTROL[parameter.name]
        else:
            default = _quoted(parameter.default) if isinstance(parameter.default, str) else parameter.default
            yield f"{parameter.name}: {_type_of(table, parameter)} = {default}"
        if parameter.name == (first_option(table) or ids_argument(table)):
            yield "*"


def _imports() -> str:
    names = sorted(table.function for table in xf.TABLES.values())
    return "\n".join(["from .fetch.fetch import (", *(f"    {name} as {name}," for name in names), ")"])


def stale() -> list[str]:
    """Return the files that are not as they would be written, by their paths from the root."""
    return [
        str(path.relative_to(ROOT))
        for path, text in written().items()
        if not path.exists() or path.read_text("utf-8") != text
    ]


def main() -> None:
    """Write every file that is stale."""
    for path, text in written().items():
        if not path.exists() or path.read_text("utf-8") != text:
            path.write_text(text, "utf-8")
            sys.stdout.write(f"wrote {path.relative_to(ROOT)}\n")


if __name__ == "__main__":
    main()
