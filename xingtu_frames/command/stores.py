"""What the command line does with the stored answers as a whole: cache, and the lake beside it."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from ..client.client import Client
from ..errors import ParameterError
from ..fetch.lake.archive import archive_lake
from ..fetch.lake.lake import export_lake
from ..store.transfer import export_store, import_store
from ..wording.terminal import marked

_SHOWN = 20
_USUAL = "answers"


class Said(NamedTuple):
    """What a command says: on stdout, line by line on stderr, and by its exit status."""

    out: str = ""
    err: Iterable[str] = ()
    status: int = 0


def add_cache(parser: ArgumentParser) -> None:
    """Add what `cache` takes."""
    parser.add_argument("action", choices=tuple(CACHE))
    parser.add_argument("file", nargs="?", help="the file, or the folder of the lake for archive")
    parser.add_argument("--yes", action="store_true", help="clear or archive without asking")
    parser.add_argument("--older-than", metavar="AGE", help="what archive moves into the lake, such as 30d")
    _add_name(parser)


def add_lake(parser: ArgumentParser) -> None:
    """Add what `lake` takes."""
    parser.add_argument("folder")
    _add_name(parser)


def _add_name(parser: ArgumentParser) -> None:
    parser.add_argument("--name", help=f"of the files in the lake, one for each store ({_USUAL})")


def _name(arguments: Namespace) -> str:
    return _USUAL if arguments.name is None else str(arguments.name)


def check_cache(arguments: Namespace) -> None:
    """Refuse a file, an age or a name where the deed takes none, and none where it needs one.

    Raises
    ------
    ParameterError
        It is so.
    """
    if (arguments.action in _WITH_FILES) != (arguments.file is not None):
        raise ParameterError(f"cache {arguments.action} takes {'no' if arguments.file else 'a'} file")
    if (arguments.action == "archive") != (arguments.older_than is not None):
        raise ParameterError("only cache archive takes an age: cache archive LAKE --older-than 30d")
    if arguments.action != "archive" and arguments.name is not None:
        raise ParameterError(f"cache {arguments.action} takes no --name: it names files in a lake")


def cache(client: Client, arguments: Namespace) -> Said:
    """Do what `cache` is asked for."""
    return CACHE[arguments.action](client, arguments)


def lake(client: Client, arguments: Namespace) -> Said:
    """Bring a lake up to date."""
    written = export_lake(arguments.folder, client=client, name=_name(arguments))
    return Said(f"{arguments.folder}: {f'{written} new answers' if written else 'up to date'}")


def _info(client: Client, _: Namespace) -> Said:
    counts, size = client.store.count(), client.store.size()
    return Said(f"{client.store.shown}\n{counts['answers']} answers, {counts['requests']} requests, {size:,} bytes")


def _clear(client: Client, arguments: Namespace) -> Said:
    answers = client.store.count()["answers"]
    client.store.days.check_removes()
    if not arguments.yes and not _agreed(f"Delete {answers} paid answers in {client.store.shown}?"):
        return Said(err=["nothing was deleted"], status=2)
    client.store.clear()
    return Said(f"deleted {answers} answers; the ledger is kept")


def _export(client: Client, arguments: Namespace) -> Said:
    answers, lost = export_store(client.store, arguments.file)
    errors = [f"{lost} answers are damaged and could not be saved"] if lost else []
    return Said(f"wrote {arguments.file}: {answers} answers, no ledger, no token", errors, int(bool(lost)))


def _import(client: Client, arguments: Namespace) -> Said:
    new, known, refused = import_store(client.store, arguments.file)
    errors = [f"refused: {problem}" for problem in refused[:_SHOWN]]
    if len(refused) > _SHOWN:
        errors.append(f"refused: {len(refused) - _SHOWN} more")
    text = f"{new} answers added to {client.store.shown}, {known} were there already; --offline serves any age"
    return Said(text, errors, int(bool(refused)))


def _archive(client: Client, arguments: Namespace) -> Said:
    folder, age, store = arguments.file, arguments.older_than, client.store.shown

    asked = f"paid answers older than {age} from {store} to {folder}? They are deleted here, and asking their questions"

    def confirm(answers: int) -> bool:
        return arguments.yes or not answers or _agreed(f"Move {answers} {asked} again is a paid request.")

    done = archive_lake(folder, age, confirm=confirm, client=client, name=_name(arguments))
    if done is None:
        return Said(err=["nothing was deleted"], status=2)
    errors = [f"{done.left} damaged answers stay in {store}"] if done.left else []
    text = f"moved {done.answers} answers to {folder}; history(..., lake=...) reads them"
    return Said(text, errors, int(bool(done.left)))


def _agreed(question: str) -> bool:
    try:
        reply = input(marked(f"{question} [y/N] "))
    except EOFError:
        return False
    return reply.strip().lower() in ("y", "yes")


_WITH_FILES = ("export", "import", "archive")
CACHE: Mapping[str, Callable[[Client, Namespace], Said]] = {
    "info": _info,
    "clear": _clear,
    "export": _export,
    "import": _import,
    "archive": _archive,
}
"""What `cache` does, by its first argument."""
