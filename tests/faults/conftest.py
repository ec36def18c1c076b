"""One platform for all faults that leave it as they found it: a house takes longer to furnish than most faults to pass."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterator
from operator import itemgetter

import pytest
import structlog

from commons_contracts.ids import PersonId

from .clients import FREE, Pair, pairs
from .ground import Ground, house


@pytest.fixture(scope="session", autouse=True)
def quiet() -> None:
    """Services in a test's own process would say a line for each fact."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))


@pytest.fixture(scope="session")
def lasting(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    """A running platform with people on it; whoever uses it leaves it whole and calm."""
    with house(tmp_path_factory.mktemp("lasting"), mentors=60, mentees=40) as ground:
        yield ground


@pytest.fixture(scope="session")
def people(lasting: Ground) -> tuple[list[Pair], list[PersonId]]:
    """Mentees and mentors who have not met, each mentor once as long as there are others; and mentors nobody asks."""
    found, free = pairs(lasting), [PersonId(mentor) for (mentor,) in lasting.sql("matching", FREE)]
    met: Counter[PersonId] = Counter()
    turns = []
    for pair in found:
        turns.append((met[pair.mentor], pair))
        met[pair.mentor] += 1
    asked = {mentor for pair in found for mentor in (pair.mentor, pair.other)}
    return [pair for _, pair in sorted(turns, key=itemgetter(0))], [
        one for one in dict.fromkeys(free) if one not in asked
    ]


@pytest.fixture(scope="session")
def unmatched(people: tuple[list[Pair], list[PersonId]]) -> Iterator[Pair]:
    """Who has not met yet: take a pair with `next`."""
    return iter(people[0])


@pytest.fixture(scope="session")
def unasked(people: tuple[list[Pair], list[PersonId]]) -> Iterator[PersonId]:
    """Mentors whom nobody misses: take one with `next`."""
    return iter(people[1])
