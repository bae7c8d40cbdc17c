"""The command ``budget``: what all who use a cache may spend, and what they have."""

from __future__ import annotations

import argparse

import pandas as pd

from ..client.client import Client
from ..errors import ParameterError, must_be, quoted
from ..store.spending import PERIODS, Period
from ..tables.inputs import CHINA

_LIFTED = "none"
_USUAL: Period = "month"


def add_budget(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    parser.add_argument("most", nargs="?", help=f"set it to so many requests; {_LIFTED} lifts it")
    parser.add_argument("--per", choices=PERIODS, help=f"of Beijing time, beside a number ({_USUAL})")


def check_budget(arguments: argparse.Namespace) -> None:
    """Refuse days or months without a number: the budget that is there keeps its own.

    Raises
    ------
    ParameterError
        It is so.
    """
    if arguments.most is None and arguments.per is not None:
        raise ParameterError(
            f"--per {arguments.per} needs a number, such as xingtu-frames budget 5000 --per {arguments.per}; "
            "without both, the budget is shown"
        )


def spending(client: Client, arguments: argparse.Namespace) -> pd.DataFrame:
    """Set the budget where a number is given, and return it as a terminal shows it."""
    if arguments.most is not None:
        client.set_budget(_most(arguments.most), per=arguments.per or _USUAL)
    budget = client.budget()
    return budget.assign(
        most=[_LIFTED if pd.isna(most) else f"{most:,}" for most in budget["most"]],
        spent=[f"{spent:,}" for spent in budget["spent"]],
        since=budget["since"].dt.tz_convert(CHINA).dt.strftime("%Y-%m-%d %H:%M"),
    )


def _most(text: str) -> int | None:
    if text == _LIFTED:
        return None
    if not text.isdecimal():
        raise must_be("the budget", f'a number of requests >= 0 or "{_LIFTED}"', quoted(text))
    return int(text)
