"""What `make test` leaves to `make ci`: most combinations of a product of parameters, most examples of a property."""

from __future__ import annotations

import functools
import inspect
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence

import hypothesis
import pytest


def examples(usual: int) -> int:
    """Return how many examples are tried where the hypothesis profile in use is not of 100."""
    return max(1, usual * hypothesis.settings.default.max_examples // 100)


def is_quick() -> bool:
    """Return whether this is `make test`."""
    return examples(100) < 100


def each(name: str, values: Iterable[object]) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Let one test try every value of a parameter and fail with all that fail.

    It is for tests that take less time than pytest needs to collect, begin and report one. Their fixtures are shared.
    """
    tried = list(values)

    def decorate(test: Callable[..., None]) -> Callable[..., None]:
        @functools.wraps(test)
        def try_all(**fixtures: object) -> None:
            failures: list[BaseException] = []
            for value in tried:
                try:
                    test(**{name: value}, **fixtures)
                except (AssertionError, pytest.fail.Exception) as failure:
                    failure.add_note(f"{name} = {value!r:.200}")
                    failures.append(failure)
                except BaseException as error:
                    error.add_note(f"{name} = {value!r:.200}")
                    raise
            if failures:
                raise BaseExceptionGroup(f"{len(failures)} of {len(tried)} values of {name}", failures)

        signature = inspect.signature(test)
        others = [parameter for parameter in signature.parameters.values() if parameter.name != name]
        try_all.__signature__ = signature.replace(parameters=others)  # type: ignore[attr-defined]
        return try_all

    return decorate


def leave_to_ci(items: Sequence[pytest.Item]) -> None:
    """Mark as slow what the tests marked `each_once` and `one_in` leave out."""
    products: dict[str, list[pytest.Function]] = defaultdict(list)
    for item in items:
        marks = {mark.name for mark in item.iter_markers()}
        if isinstance(item, pytest.Function) and {"each_once", "one_in"} & marks and "slow" not in marks:
            products[item.nodeid.partition("[")[0]].append(item)
    for product in products.values():
        for place in set(range(len(product))) - set(_kept(product)):
            product[place].add_marker(pytest.mark.slow)


def _kept(product: Sequence[pytest.Function]) -> Sequence[int]:
    once, one_in = (product[0].get_closest_marker(name) for name in ("each_once", "one_in"))
    count = one_in.args[0] if one_in else 1
    if once is None:
        return range(0, len(product), count)
    places = _each_value_once([_values(item) for item in product])
    # What adds values of several parameters is kept: a short one keeps all its values.
    return [place for number, (place, added) in enumerate(places) if added > 1 or number % count == 0]


def _each_value_once(product: Sequence[frozenset[Hashable]]) -> Iterator[tuple[int, int]]:
    """Yield places in a product whose values together are all there are, with how many each adds: the most first."""
    missing = frozenset[Hashable]().union(*product)
    while missing:
        place = max(range(len(product)), key=lambda place: len(product[place] & missing))
        yield place, len(product[place] & missing)
        missing -= product[place]


def _values(item: pytest.Function) -> frozenset[Hashable]:
    return frozenset(
        (name, type(value), value if isinstance(value, Hashable) else id(value))
        for name, value in item.callspec.params.items()
    )
