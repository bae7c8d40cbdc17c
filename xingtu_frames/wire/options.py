"""What a user chooses becomes questions: each option in the spelling of the path that is asked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from itertools import pairwise
from typing import Any, Literal

from ..errors import ParameterError, must_be, no_such, quoted
from ..ids import item_ids, kol_ids
from ..tables.catalog import OPTIONS
from ..tables.inputs import CHINA, Day
from ..tables.schema import CREATOR, ITEM, Answer, Option, Subject, Table
from .call import Call, CallsAbout, call_for_query
from .endpoints import ENDPOINTS
from .parameters import DATES, Endpoint
from .twins import FREE_TEXT, PAIRS, Pair

Api = Literal["current", "legacy"]


def questions(
    tables: Sequence[Table], ids: Sequence[str], chosen: Mapping[str, object], api: Api = "current"
) -> dict[str, list[Call]]:
    """Return for each table the question about each id: the first page, where there are several.

    Parameters
    ----------
    tables
        What is to be read.
    ids
        Checked ids of creators or videos; not looked at by a table whose answer has no subject.
    chosen
        Option -> choice. One that is left out has the default of the answer.
    api
        ``"legacy"`` asks the twin of an endpoint where it has one.

    Raises
    ------
    ParameterError
        A choice that this path does not know. Nothing is sent.
    """
    for name, value in chosen.items():
        # Also a choice that none of these tables has: it is wrong all the same.
        if (
            name in OPTIONS
            and _is_shared(name, tables)
            and (api != "legacy" or OPTIONS[name].parameter not in FREE_TEXT)
        ):
            OPTIONS[name].spell(value)
    made: dict[Answer, list[Call]] = {}
    for table in tables:
        if table.answer not in made:
            made[table.answer] = calls_of(table.answer, ids, chosen, api)
    return {table.name: made[table.answer] for table in tables}


def in_our_words(tables: Iterable[Table], chosen: Mapping[str, object], api: Api = "current") -> dict[str, object]:
    """Return options with each choice that is named in Chinese under its own name; any other value as it is.

    A parameter of the legacy paths that takes any text takes Chinese too.
    """
    declared = {**OPTIONS, **{name: one for table in tables for name, one in table.options.items()}}
    found = dict(chosen)
    for name, value in chosen.items():
        option = declared.get(name)
        if isinstance(option, Option) and not (api == "legacy" and option.parameter in FREE_TEXT):
            found[name] = option.meant(value)
    return found


def check_options(tables: Iterable[Table], options: Iterable[str]) -> None:
    """Refuse an option that none of the tables has."""
    known = {name for table in tables for name in table.arguments}
    unknown = [name for name in options if name not in known]
    if unknown:
        raise no_such("option", unknown, sorted(known))


def _is_shared(name: str, tables: Sequence[Table]) -> bool:
    """Return whether no table has choices of its own under the name of an option that many share."""
    own = [option for table in tables if isinstance(option := table.options.get(name), Option)]
    return all(option.choices == OPTIONS[name].choices for option in own)


def about(tables: Sequence[Table], ids: Any) -> tuple[Subject | None, list[str]]:
    """Return what the tables are about, and the checked ids of that, each once.

    Raises
    ------
    InvalidIdError
        An id that cannot be one.
    ParameterError
        Tables about different things, or ids for tables that are about none.
    """
    subjects = list(dict.fromkeys(table.answer.subject for table in tables))
    if len(subjects) > 1:
        names = ", ".join(f"{table.name} ({_noun(table)})" for table in tables)
        raise ParameterError(f"these tables need ids of different things, ask for them one by one: {names}")
    subject = subjects[0] if subjects else CREATOR
    if subject is None and ids is not None:
        raise ParameterError(f"{tables[0].name} takes no ids")
    return subject, [] if subject is None else item_ids(ids) if subject is ITEM else kol_ids(ids)


def _noun(table: Table) -> str:
    return "none" if table.answer.subject is None else table.answer.subject.nouns


def calls_of(answer: Answer, ids: Sequence[str], chosen: Mapping[str, object], api: Api = "current") -> list[Call]:
    """Return the question about each id: what does not depend on the id is checked and spelled once.

    Raises
    ------
    ParameterError
        A choice that this path does not know. Nothing is sent.
    """
    pair = PAIRS.get(answer.endpoint) if api == "legacy" else None
    endpoint = ENDPOINTS[answer.endpoint if pair is None else pair.legacy]
    values = settled(answer, chosen)
    wire = _current(answer, values, endpoint) if pair is None else _legacy(answer, values, pair)
    if answer.pages is not None:
        wire[answer.pages.parameter] = "1"
    about = endpoint.subject or endpoint.item
    if answer.subject is None or about is None:
        return [call_for_query(endpoint.name, wire)]
    if not ids:
        return []
    first = call_for_query(endpoint.name, {**wire, about: ids[0]})
    if endpoint.item:
        return [first, *(first.with_parameter(about, one) for one in ids[1:])]
    return [first, *CallsAbout(first, ids[1:])]


def settled(answer: Answer, chosen: Mapping[str, Any], today: date | None = None) -> dict[str, object]:
    """Return every option of an answer with what is asked: the choice, or the default.

    Raises
    ------
    ParameterError
        A day that is not one, or days that are not in order.
    """
    values = {o.name: chosen.get(o.name, o.default) for o in answer.options if isinstance(o, Option)}
    known = {o.name: chosen.get(o.name, o.default) for o in answer.options if not isinstance(o, Day)}
    values |= {o.name: o.read(known[o.name], known) for o in answer.options if not isinstance(o, Option | Day)}
    days = [day for day in answer.options if isinstance(day, Day)]
    today = today or datetime.now(CHINA).date()
    # A day whose default counts from another one comes after that.
    for day in sorted(days, key=lambda one: bool(one.of)):
        value = chosen.get(day.name)
        values[day.name] = day.default(today, values) if value is None else day.read(value)
    for day, later in pairwise([day for day in days if values[day.name] is not None]):
        if values[day.name] > values[later.name]:
            raise ParameterError(
                f"{day.name} must not be after {later.name}: {values[day.name]} is after {values[later.name]}"
            )
    return values


def _current(answer: Answer, values: Mapping[str, Any], endpoint: Endpoint) -> dict[str, str]:
    wire = dict(answer.fixed)
    for option in answer.options:
        value = values[option.name]
        if isinstance(option, Option):
            spelled: str | None = option.spell(value) or None
        else:
            spelled = None if value is None else _spelled(value, endpoint, option.parameter)
        if option.parameter and spelled is not None:
            wire[option.parameter] = spelled
    return wire


def _legacy(answer: Answer, values: Mapping[str, Any], pair: Pair) -> dict[str, str]:
    wire = dict(pair.sent)
    for parameter, value in answer.fixed.items():
        name, spelling = pair.spelled[parameter]
        wire[name] = (spelling or {}).get(value, value)
    for option in answer.options:
        value = values[option.name]
        if isinstance(option, Option):
            wire |= _legacy_choice(option, value, pair)
        elif option.parameter in pair.spelled:
            name, _ = pair.spelled[option.parameter]
            if value is not None:
                wire[name] = _spelled(value, ENDPOINTS[pair.legacy], name)
        elif option.parameter and value is not None:
            raise ParameterError(
                f'the legacy path {pair.legacy} has no {option.name}: leave it out, or ask with api="current"'
            )
    return wire


def _legacy_choice(option: Option, value: object, pair: Pair) -> dict[str, str]:
    """Return the legacy parameter of a choice, with its value; nothing where that path implies it."""
    if option.parameter not in pair.spelled:
        implied = pair.fixed.get(option.parameter, option.choices[option.default])
        _check_known(option, value, {implied}, pair)
        return {}
    parameter, spelling = pair.spelled[option.parameter]
    if spelling is not None:
        _check_known(option, value, set(spelling), pair)
        return {parameter: spelling[option.choices[value]]}
    if not isinstance(value, str) or not value.strip():
        raise must_be(option.name, "text", quoted(value))
    if value == option.default:
        return {}
    return {parameter: value}


def _check_known(option: Option, value: object, known: set[str], pair: Pair) -> None:
    allowed = [choice for choice, wire in option.choices.items() if wire in known]
    if not allowed:
        raise ParameterError(f'the legacy path {pair.legacy} names no values for {option.name}; ask with api="current"')
    if not option.has(value) or option.choices[value] not in known:
        raise option.refusal(value, allowed, f" on the legacy path {pair.legacy}")


def _spelled(value: date | str, endpoint: Endpoint, parameter: str) -> str:
    return value if isinstance(value, str) else value.strftime(DATES[endpoint.parameter(parameter).kind])
