"""One platform for all faults that leave it as they found it: a house takes longer to furnish than most faults to pass."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest
import structlog

from .clients import Pair, pairs
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
def unmatched(lasting: Ground) -> Iterator[Pair]:
    """Mentees and mentors who have not met: take one with `next`."""
    return iter(pairs(lasting))
