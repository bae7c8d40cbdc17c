"""The command line, as its own help says it."""

from __future__ import annotations

import argparse
from collections.abc import Iterator

from xingtu_frames.command import cli


def helps() -> Iterator[str]:
    """Yield a section for each command."""
    parser = cli._parser()
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for name, command in action.choices.items():
                yield f"## {name}\n\n```text\n{command.format_help().strip()}\n```"
