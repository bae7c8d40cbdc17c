"""What to ask for, and how: the arguments that commands share, and the client and options that they describe."""

from __future__ import annotations

import argparse

from ..client.client import Client
from ..fetch.sample import sample_client
from ..tables.catalog import OPTIONS


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options that several tables have."""
    group = parser.add_argument_group("what to ask for")
    for name, option in OPTIONS.items():
        flag = f"--{name.replace('_', '-')}"
        if isinstance(option.default, bool):
            group.add_argument(flag, action="store_true", default=None, help=option.meaning)
        else:
            few = list(option.choices) if len(option.choices) <= 4 else [option.default, "..."]
            group.add_argument(flag, help=f"{option.meaning}: {', '.join(few)}")


def add_client(parser: argparse.ArgumentParser) -> None:
    """Add the settings of a client."""
    group = parser.add_argument_group("how to ask")
    group.add_argument("--region", dest="base_url", default="global", help="global, cn, or an address")
    group.add_argument("--api", default="current", help="current or legacy")
    group.add_argument("--cache", dest="cache_path", metavar="CACHE", help="file, or postgresql://...")
    group.add_argument("--expire-after", default="24h", help="how long stored answers serve: 24h, 7d, never (24h)")
    group.add_argument("--sample", action="store_true", help="ask the synthetic sample creators: free, no token")
    group.add_argument("--offline", action="store_true", help="send nothing; stored answers serve whatever their age")
    group.add_argument("--max-calls", type=int, help="the most requests to send")
    group.add_argument("--max-workers", type=int, default=8, help="creators fetched side by side (8)")
    group.add_argument("--per-second", type=float, help="the most requests each second")


def client_of(arguments: argparse.Namespace) -> Client:
    """Return the client that the arguments describe."""
    if arguments.sample:
        return sample_client()
    names = ("base_url", "api", "offline", "max_calls", "max_workers", "per_second")
    expiry = None if arguments.expire_after == "never" else arguments.expire_after
    settings = {name: getattr(arguments, name) for name in names}
    return Client(cache=arguments.cache_path, expire_after=expiry, **settings)


def chosen_options(arguments: argparse.Namespace) -> dict[str, str | bool]:
    """Return the options that are not left out."""
    return {name: getattr(arguments, name) for name in OPTIONS if getattr(arguments, name) is not None}
