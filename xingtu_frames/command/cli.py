"""The command line: ``xingtu-frames``.

Exit status: 0 all done, 1 some creators failed (listed on stderr), 2 nothing could be done (one line says why).
The token comes from the environment only: an argument would be visible to every process of the machine.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import sys
import warnings
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any, NoReturn, TextIO

import pandas as pd

from .. import __version__
from ..board.metrics import chosen_metrics, tables_read
from ..client.client import Client
from ..client.settings import TOKEN_VARIABLE
from ..client.workers import UnderWayWarning, under_way
from ..decide.presets import PRESETS, preset_named
from ..errors import BILLED, EXTRAS, Failure, FileError, InvalidIdError, ParameterError, XingtuError
from ..fetch.compare import Survey, survey
from ..fetch.sample import SAMPLE_DAYS, sample_client, sample_ids, sample_tables
from ..fetch.search import found_creators
from ..fetch.steps import fetch_tables
from ..fetch.track import tracked
from ..files import csv_text, read_shortlist, write_csv, write_excel
from ..files.shortlist_rows import summary
from ..files.whole import write_whole
from ..ids import Ids, kol_ids
from ..tables.catalog import TABLES, table_named, tables_named
from ..tables.inputs import CHINA
from ..tables.schema import ITEM, Table
from ..tables.search import SEARCH
from ..wire import check_options
from ..wording.fitting import Table as GridTable, fitted_grid, window
from ..wording.terminal import label, marked, one_line, spelled
from ..wording.zone import IN_HEADER
from . import interrupts
from .asking import add_client, add_options, chosen_options, client_of
from .budget import add_budget, check_budget, spending
from .catalog import describe
from .filters import add_filters, chosen_filters
from .stores import Said, add_cache, add_lake, cache, check_cache, lake
from .tracked import add_tracking, tables_to_track, tracked_text

_PROGRAM = "xingtu-frames"
_FILES = frozenset({".csv", ".tsv", ".txt", ".xlsx", ".xlsm", ".xls"})
_DEMO_BUDGET = 300_000.0
_UNFORESEEN = (ArithmeticError, AttributeError, LookupError, MemoryError, RuntimeError, TypeError, ValueError)
"""What is our fault, and still no reason to show a traceback to who does not program."""

_FREE_WITH_THE_BOARD = ("spread_benchmarks", "link_struct")
"""Tables that read an answer which the board needs anyway."""
_DEMO_ALSO, _DEMO_METRIC = "daily_fans", "expected_plays"
"""What the demo shows beside the tables that rest on payloads and the metrics of a usual board."""


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        _, unknown, words = message.partition("unrecognized arguments: ")
        if unknown:
            # A value that was typed there may be a token, so only names of options are repeated.
            names = " ".join(word.partition("=")[0] for word in words.split() if word.startswith("-"))
            message = f"{unknown}{names or '(not an option)'}; the token comes from {TOKEN_VARIABLE} only"
        raise ParameterError(f"{message}; see {self.prog} --help")


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit status."""
    status = 2
    with interrupts.handled(), warnings.catch_warnings():
        warnings.showwarning = _show_warning
        # The line on the interrupt says it.
        warnings.simplefilter("ignore", UnderWayWarning)
        try:
            _make_printable()
            arguments = _parser().parse_args(argv)
            status = arguments.run(arguments)
            sys.stdout.flush()
        except XingtuError as error:
            _say(f"{_PROGRAM}: {_said(error)}")
            status = 2
        except KeyboardInterrupt:
            _say(f"{_PROGRAM}: interrupted; what arrived is stored{_may_be_charged(under_way())}")
            status = 2
        except BrokenPipeError:
            # The reader of our output has gone, as `head` does; Python would complain at exit.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            status = 0
        except OSError as error:
            _say(f"{_PROGRAM}: the output cannot be written: {error.strerror or error}")
            status = 2
        except _UNFORESEEN as error:
            _say(f"{_PROGRAM}: this should not happen ({type(error).__name__}: {one_line(error)}); please report it")
            status = 2
    return status


def _said(error: XingtuError) -> str:
    """Return an error on one line, but a list of bad ids with one to a line."""
    if not isinstance(error, InvalidIdError):
        return one_line(error)
    parts = list(map(one_line, str(error).splitlines()))
    return ("\n  " if len(parts) > 2 else ": ").join(parts)


def _may_be_charged(requests: int) -> str:
    if not requests:
        return ""
    were = "request was" if requests == 1 else "requests were"
    return f"; {requests} {were} under way and may be charged: the ledger lists them as unknown"


def _make_printable() -> None:
    """Let a terminal that lacks a character show a substitute, and a pipe carry UTF-8."""
    for stream in (sys.stdout, sys.stderr):
        change = getattr(stream, "reconfigure", None)
        if change is None:
            continue
        if stream.isatty():
            change(errors=spelled(stream.encoding))
        else:
            change(errors="replace", encoding="utf-8")


def _print(text: str, stream: TextIO | None = None) -> None:
    """Print text, its controls as visible marks: names and messages of others reach the terminal only through here."""
    print(marked(text), file=stream)


def _say(text: str) -> None:
    _print(text, sys.stderr)


def _show_warning(message: Warning | str, *_: object, **__: object) -> None:
    _say(f"warning: {one_line(str(message))}")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog=_PROGRAM,
        description="Douyin Xingtu creator data as tables.",
        epilog=f"The token is read from the environment variable {TOKEN_VARIABLE}.",
    )
    parser.add_argument("--version", action="version", version=f"{_PROGRAM} {__version__}")
    commands = parser.add_subparsers(metavar="COMMAND", required=True, parser_class=_Parser)

    def command(name: str, run: Callable[[argparse.Namespace], int], summary: str) -> argparse.ArgumentParser:
        added: argparse.ArgumentParser = commands.add_parser(name, help=summary, description=summary)
        added.set_defaults(run=run)
        return added

    demo = command("demo", _demo, "the whole job on synthetic sample creators: no token, no network")
    _add_output(demo)
    compare = command("compare", _compare, "board in the terminal; workbook, CSVs and pictures in a folder")
    compare.add_argument("shortlist", nargs="+", help="creator ids, Xingtu addresses, or CSV/Excel/text files of them")
    _add_output(compare)
    fetch = command("fetch", _fetch, "one table as CSV to the terminal, or into a file")
    search = command("search", _search, "creators found, as CSV to the terminal, or into a file")
    track = command("track", _track, "fetch again what is due, and nothing else: made for cron, every hour if you like")
    add_tracking(track)
    for added in (search, track):
        added.add_argument("--plan", action="store_true", help="say what it would send, and send nothing")
    add_filters(search)
    for added in (fetch, search):
        added.add_argument("-o", "--output", metavar="FILE", help="a .csv, .xlsx or .parquet file")
    plan = command("plan", _plan, "what fetch would send; sends nothing")
    listed = f"{_PROGRAM} tables lists them"
    fetch.add_argument("table", help=f"a table: {listed}")
    plan.add_argument("table", help=f"tables separated by commas, or compare: {listed}")
    for added in (fetch, plan, track):
        _add_ids(added)
    ledger = command("ledger", _ledger, "every request ever sent with this cache, and what it cost")
    ledger.add_argument(
        "--since", help="only requests since this time, such as 2026-11-01T10:00+08:00; UTC without a zone"
    )
    budget = command("budget", _budget, "how many requests all who use this cache may pay for, and how many they have")
    add_budget(budget)
    command("tables", _tables, "the tables there are")
    command("describe", _describe, "the columns of a table").add_argument("table")
    of_cache = command("cache", _cache, "the stored answers")
    add_cache(of_cache)
    of_lake = command(
        "lake", _lake, "bring a folder of Parquet files up to date with the stored answers; sends nothing"
    )
    add_lake(of_lake)
    doctor = command("doctor", _doctor, "check token, store, fonts and versions; sends nothing")
    for added in (compare, fetch, search, plan):
        added.add_argument("--refresh", action="store_true", help="fetch again although an answer is stored")
    for added in (compare, fetch, plan, track):
        add_options(added)
    for added in (compare, fetch, search, plan, track, ledger, budget, of_cache, of_lake, doctor):
        add_client(added)
    return parser


def _add_ids(parser: argparse.ArgumentParser) -> None:
    shortlist = parser.add_argument("shortlist", nargs="+", help="creator ids, Xingtu addresses, or files of them")
    # Not "*", which takes nothing as soon as an option stands before the first id.
    shortlist.required = False
    help_text = "video ids or addresses instead, for tables about videos"
    parser.add_argument("--item", nargs="+", action="extend", metavar="VIDEO", help=help_text)


def _add_output(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--out", type=Path, default=Path("out"), metavar="DIR", help="folder for the files (out)")
    parser.add_argument("--lang", choices=("zh", "en"), default="zh", help="labels of table, workbook, pictures (zh)")
    goals = ", ".join(f"{preset.name} or {preset.english}" for preset in PRESETS.values())
    parser.add_argument("--goal", default="性价比", help=f"what creators are scored for: {goals} (性价比)")
    parser.add_argument("--budget", type=_yuan, metavar="YUAN", help="plan whom to book for so much")
    parser.add_argument("--fee", type=_fraction, help="with --budget: what the platform adds to a price: 0.05 is 5 %%")
    parser.add_argument("--rebate", type=_fraction, help="with --budget: what comes back of a price: 0.1 is 10 %%")
    parser.add_argument("--pptx", action="store_true", help="a deck as well: needs xingtu_frames[pptx]")


def _yuan(text: str) -> float:
    with contextlib.suppress(ValueError):
        if 0 < float(text) < float("inf"):
            return float(text)
    raise argparse.ArgumentTypeError(f"must be yuan above 0, such as 300000, not {text!r}")


def _fraction(text: str) -> float:
    with contextlib.suppress(ValueError):
        if 0 <= float(text) < 1:
            return float(text)
    raise argparse.ArgumentTypeError(f"must be a fraction from 0 up to 1, such as 0.05 for 5 %, not {text!r}")


def _report(failures: Sequence[Failure]) -> int:
    """List each creator, video or page that failed on stderr, with the first reason and how often it came."""
    by_subject: dict[str, list[str]] = {}
    for failure in failures:
        about = failure.get("item_id") or failure["kol_id"] or "a page"
        by_subject.setdefault(about, []).append(one_line(failure["error"]))
    for about, errors in by_subject.items():
        more = f" (and {len(errors) - 1} more)" if len(errors) > 1 else ""
        _say(f"failed: {about}: {errors[0]}{more}")
    return 1 if failures else 0


def _shortlist(items: Sequence[str]) -> pd.DataFrame:
    """Return ids and names of files and plain ids, in the order given."""
    parts = [_part(item) for item in items]
    together = pd.concat(parts, ignore_index=True)
    return together.groupby("kol_id", sort=False, as_index=False).first()


def _ids_for(tables: Sequence[Table], arguments: argparse.Namespace) -> Ids:
    """Return the ids that the tables are about: creators of the shortlist with names, or videos of ``--item``."""
    names = ", ".join(table.name for table in tables)
    subjects = {table.answer.subject for table in tables}
    if None in subjects:
        raise ParameterError(f"{names} takes no ids; see {_PROGRAM} search --help")
    if subjects == {ITEM}:
        if arguments.shortlist or not arguments.item:
            raise ParameterError(f"{names} needs videos: give their ids or addresses after --item, and no shortlist")
        return list(arguments.item)
    if arguments.item or not arguments.shortlist:
        raise ParameterError(f"{names} needs creators: give a shortlist of ids, addresses or files, and no --item")
    return _shortlist(arguments.shortlist)


def _part(item: str) -> pd.DataFrame:
    if os.path.isfile(item) or Path(item).suffix.lower() in _FILES:
        found = read_shortlist(item)
        skipped = summary(found.attrs["skipped"])
        if skipped:
            _say(f"left out of {item}: {skipped}")
        return found[["kol_id", "name"]]
    return pd.DataFrame({"kol_id": kol_ids(item)}).assign(name=None)


def _demo(arguments: argparse.Namespace) -> int:
    if arguments.budget is None:
        arguments.budget = _DEMO_BUDGET
    metrics = [*(metric.name for metric in chosen_metrics(None)), _DEMO_METRIC]
    also = (*sample_tables(), _DEMO_ALSO)
    with sample_client() as client:
        ask = partial(survey, sample_ids(), metrics=metrics, also=also, options=SAMPLE_DAYS, client=client)
        return _survey(ask, arguments, sample=True)


def _compare(arguments: argparse.Namespace) -> int:
    if arguments.budget is None and (arguments.fee, arguments.rebate) != (None, None):
        raise ParameterError("--fee and --rebate belong to a plan, which needs --budget, such as --budget 300000")
    shortlist = _shortlist(arguments.shortlist)
    about = partial(survey, shortlist["kol_id"], names=shortlist, options=chosen_options(arguments))
    with client_of(arguments) as client:
        ask = partial(about, also=_FREE_WITH_THE_BOARD, refresh=arguments.refresh, client=client)
        return _survey(ask, arguments, sample=arguments.sample)


def _survey(ask: Callable[[], Survey], arguments: argparse.Namespace, *, sample: bool) -> int:
    # Drawing and writing load only when something is to be drawn.
    from ..report.deck.write import installed_writer
    from ..report.folder import Decided, asked_text, board_text, decision_text, leftovers, make_folder, write_all

    goal = preset_named(arguments.goal)
    if arguments.pptx:
        installed_writer()  # before anything is paid for
    make_folder(arguments.out)
    found = ask()
    on_top = {"fee": arguments.fee or 0.0, "rebate": arguments.rebate or 0.0}
    decided = Decided(found, goal, arguments.budget, arguments.lang, sample=sample, **on_top)
    _print(board_text(found.board, arguments.lang, window(sys.stdout)))
    _print(f"{decided.title} · {asked_text(found.board, arguments.lang)}\n")
    _print(f"{decision_text(decided, window(sys.stdout))}\n")
    if decided.unplanned:
        _say(f"warning: no plan: {one_line(decided.unplanned)}")
    written = []
    for path, what in write_all(decided, arguments.out, deck=arguments.pptx):
        _print(f"wrote {path}: {what}")
        written.append(path)
    old = leftovers(arguments.out, written)
    if old:
        _say(f"warning: {arguments.out} also holds files of an earlier run: {', '.join(old)}")
    return _report(found.failures)


def _fetch(arguments: argparse.Namespace) -> int:
    table = table_named(arguments.table)
    options = chosen_options(arguments)
    check_options([table], options)
    write = _writer(arguments.output, table.name)
    ids = _ids_for([table], arguments)
    with client_of(arguments) as client:
        fetched = fetch_tables([table], ids, options, refresh=arguments.refresh, client=client)
    write(fetched.frames[table.name])
    return _report(fetched.failures)


def _search(arguments: argparse.Namespace) -> int:
    filters = chosen_filters(arguments)
    write = _writer(arguments.output, SEARCH.name)
    with client_of(arguments) as client:
        if arguments.plan:
            return _requests(client, client.plan(SEARCH.name, refresh=arguments.refresh, **filters))
        found = found_creators(filters, refresh=arguments.refresh, client=client)
    write(found.frame)
    attrs = found.frame.attrs
    total = "an unknown number" if attrs["total"] is None else f"{attrs['total']:,}"
    pages = f"{attrs['pages']} {'page' if attrs['pages'] == 1 else 'pages'}"
    _say(f"{len(found.frame)} creators of {total}, from {pages}; stopped: {attrs['stopped']}")
    return _report(found.failures)


def _writer(output: str | None, table: str) -> Callable[[pd.DataFrame], None]:
    """Return what writes the frame; an output that cannot be is refused here, before anything is paid."""
    if output is None:
        return _print_csv
    path = Path(output)
    if not path.parent.is_dir():
        raise FileError(f"{path} cannot be written: the folder {path.parent} does not exist")
    if path.is_dir():
        raise FileError(f"{path} cannot be written: it is a folder")
    kind = path.suffix.lower()
    if kind == ".csv":
        return lambda frame: _done(write_csv(frame, path))
    if kind == ".xlsx":
        return lambda frame: _done(write_excel({TABLES[table].label_zh: frame}, path))
    if kind == ".parquet":
        EXTRAS["parquet"].require()
        return lambda frame: _done(write_whole(path, frame.to_parquet()))
    raise ParameterError(f"-o must end in .csv, .xlsx or .parquet, not {output!r}")


def _print_csv(frame: pd.DataFrame) -> None:
    text = csv_text(frame, ids_as_text=False)
    # A program that reads on gets every character, a person at a terminal none that it obeys.
    sys.stdout.write(marked(text) if sys.stdout.isatty() else text)


def _done(path: Path) -> None:
    _say(f"wrote {path}")


def _plan(arguments: argparse.Namespace) -> int:
    tables = [name.strip() for name in arguments.table.split(",") if name.strip()]
    if not tables:
        raise ParameterError(f"no table named; there are: {', '.join(TABLES)}")
    if tables == ["compare"]:
        tables = tables_read(chosen_metrics(None))
    ids = _ids_for(tables_named(tables), arguments)
    options: dict[str, Any] = {**chosen_options(arguments), "refresh": arguments.refresh}
    with client_of(arguments) as client:
        return _requests(client, client.plan(tables, ids, **options))


def _requests(client: Client, plan: pd.DataFrame) -> int:
    _print(_grid(plan.groupby(["table", "endpoint", "state"], sort=False).size().rename("requests").reset_index()))
    lacking = int((plan["state"] != "cached").sum())
    _print(f"\n{0 if client.offline else lacking} of {len(plan)} requests would be sent")
    if client.offline and lacking:
        _print(f"{lacking} {'answer is' if lacking == 1 else 'answers are'} not stored, and the client is offline")
    return 0


def _track(arguments: argparse.Namespace) -> int:
    tables = tables_to_track(arguments.tables)
    ids = _ids_for(tables, arguments)
    how = {"every": arguments.every, "plan": arguments.plan}
    with client_of(arguments) as client:
        found = tracked(ids, tables, chosen_options(arguments), client=client, **how)
    _print(tracked_text(found, dry=arguments.plan))
    if found.left:
        _say(found.rest)
    return max(_report(found.failures), int(found.left > 0))


def _ledger(arguments: argparse.Namespace) -> int:
    with client_of(arguments) as client:
        ledger = client.ledger(since=arguments.since)
    sent_at = ledger["sent_at"].dt.tz_convert(CHINA).dt.strftime("%Y-%m-%d %H:%M:%S")
    shown = ledger.assign(sent_at=sent_at).rename(columns={"sent_at": f"sent_at{IN_HEADER['en']}"}).astype(object)
    shown["error"] = [text if pd.isna(text) else label(text, 60) for text in shown["error"]]
    _print(_grid(shown.where(shown.notna(), ""), spare=("elapsed_s", "http_status", "code")))
    billed = ledger["billed"].value_counts()
    counts = ", ".join(f"{billed.get(kind, 0)} {kind}" for kind in BILLED)
    _print(f"\n{len(ledger)} requests; billed: {counts}")
    return 0


def _budget(arguments: argparse.Namespace) -> int:
    check_budget(arguments)
    with client_of(arguments) as client:
        _print(_grid(spending(client, arguments)))
    return 0


def _tables(_: argparse.Namespace) -> int:
    rows = [(table.name, table.label_zh, table.row, table.endpoint) for table in TABLES.values()]
    _print(_grid(pd.DataFrame(rows, columns=["table", "中文", "a row is", "one request per creator to"])))
    _print("\nTables with the same request share one answer.")
    return 0


def _describe(arguments: argparse.Namespace) -> int:
    _print(_grid(describe(arguments.table), spare=("evidence", "dtype", "confidence"), prose=("meaning",)))
    return 0


def _grid(frame: pd.DataFrame, *, spare: Sequence[str] = (), prose: Sequence[str] = ()) -> str:
    """Return a frame as a table that fits the window, where there is one."""
    columns = {str(name): frame[name].tolist() for name in frame.columns}
    return fitted_grid(GridTable(columns, (), spare, prose), window(sys.stdout), "the piped output (| less -S)")


def _cache(arguments: argparse.Namespace) -> int:
    check_cache(arguments)
    return _finish(cache, arguments)


def _lake(arguments: argparse.Namespace) -> int:
    return _finish(lake, arguments)


def _finish(deed: Callable[[Client, argparse.Namespace], Said], arguments: argparse.Namespace) -> int:
    with client_of(arguments) as client:
        said = deed(client, arguments)
    if said.out:
        _print(said.out)
    for line in said.err:
        _say(line)
    return said.status


def _doctor(arguments: argparse.Namespace) -> int:
    from .doctor import examine

    with client_of(arguments) as client:
        findings = list(examine(client))
    _print(_grid(pd.DataFrame(findings, columns=["what", "state", "found"]), prose=("found",)))
    return 1 if any(finding.state == "broken" for finding in findings) else 0
