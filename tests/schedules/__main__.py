"""Play many random schedules, and exit with 1 when one of them came to a fault."""

from __future__ import annotations

import argparse
import os
import platform
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import tests.schedules
from tests.schedules.actors import turn_knobs
from tests.schedules.rounds import Outcome, described, play_many, table


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.schedules", description=tests.schedules.__doc__)
    parser.add_argument("--rounds", type=int, default=int(os.environ.get("SCHEDULES", "1000")))
    parser.add_argument("--first", type=int, default=0, help="number of the first round")
    parser.add_argument("--only", type=int, help="one round, told in full")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--keep", type=Path, help="folder for what is left of faulty rounds")
    parser.add_argument("--quiet", action="store_true", help="only the table and one line for each fault")
    arguments = parser.parse_args(argv)
    if arguments.keep:
        arguments.keep.mkdir(parents=True, exist_ok=True)
    numbers = range(arguments.first, arguments.first + arguments.rounds)
    done = 0

    def told(outcome: Outcome) -> None:
        nonlocal done
        done += 1
        if outcome.faults and arguments.quiet:
            print("\n".join(f"round {outcome.number}: {fault[:300]}" for fault in outcome.faults), flush=True)
        elif outcome.faults or arguments.only is not None:
            print(described(arguments.seed, outcome, 1000 if arguments.only is not None else 60), flush=True)
        if done % 50 == 0:
            print(f"{done} rounds, {time.monotonic() - began:.0f} s", file=sys.stderr, flush=True)

    began = time.monotonic()
    numbers = numbers if arguments.only is None else range(arguments.only, arguments.only + 1)
    outcomes = play_many(arguments.seed, numbers, arguments.jobs, told, arguments.keep)
    spent = time.monotonic() - began
    print(f"\nseed {arguments.seed}, Python {platform.python_version()}, {spent:.0f} s")
    print(f"waits cut short: {', '.join(turn_knobs()) or 'none, for no such name exists'}\n{table(outcomes)}")
    return 1 if any(outcome.faults for outcome in outcomes) else 0


if __name__ == "__main__":
    sys.exit(main())
