"""The filters of the search as arguments of the command line."""

from __future__ import annotations

import argparse
from typing import Any

from ..tables.filters import Between, Labels, Number
from ..tables.schema import Input, Option
from ..tables.search import SEARCH


def add_filters(parser: argparse.ArgumentParser) -> None:
    """Add an argument for each filter, and for how much is looked for."""
    keyword, *others = SEARCH.answer.options
    parser.add_argument(keyword.name, nargs="?", default="", help=keyword.meaning)
    group = parser.add_argument_group("how much to look for")
    group.add_argument("--limit", type=int, help="the most creators, 20 to a request (20; none with --max-pages alone)")
    group.add_argument("--max-pages", type=int, help="the most pages, each for a request")
    group = parser.add_argument_group(
        "what to look for", "a range is LOW:HIGH, open where a side is left out: 100000: or :3"
    )
    for option in others:
        _add(group, option)


def _add(group: argparse._ArgumentGroup, option: Input) -> None:
    flag = f"--{option.name.replace('_', '-')}"
    meaning = option.what if isinstance(option, Between) else option.meaning
    # A percent sign begins a placeholder of argparse.
    meaning = meaning.replace("%", "%%").replace("``", "")
    if isinstance(option, Option) and isinstance(option.default, bool):
        group.add_argument(flag, action="store_true", default=None, help=meaning)
    elif isinstance(option, Option):
        few = [str(choice) for choice in option.choices if choice is not None]
        group.add_argument(flag, help=f"{meaning}: {', '.join(few[:4])}{', ...' * (len(few) > 4)}")
    elif isinstance(option, Between):
        group.add_argument(
            flag, type=_bounds, metavar="LOW:HIGH", help=option.what.replace("%", "%%").replace("``", "")
        )
    elif isinstance(option, Number):
        group.add_argument(flag, type=int, help=meaning)
    elif isinstance(option, Labels):
        # Whoever gives it twice means both: the first would be dropped in silence, and the wrong question paid.
        group.add_argument(flag, metavar="WORDS", action="append", help=f"{meaning}; separated by commas")


def _bounds(text: str) -> tuple[float | None, float | None]:
    low, colon, high = text.partition(":")
    try:
        bounds = tuple(float(one) if one.strip() else None for one in (low, high))
    except ValueError:
        colon = ""
    if not colon:
        raise argparse.ArgumentTypeError(f"must be LOW:HIGH, such as 100000:1000000, 100000: or :3, not {text!r}")
    return bounds[0], bounds[1]


def chosen_filters(arguments: argparse.Namespace) -> dict[str, Any]:
    """Return what was given, by the names of `search`."""
    names = [option.name for option in SEARCH.answer.options]
    chosen = {name: getattr(arguments, name) for name in names if getattr(arguments, name) is not None}
    if arguments.limit is not None or arguments.max_pages is not None:
        chosen |= {"limit": arguments.limit, "max_pages": arguments.max_pages}
    return chosen
