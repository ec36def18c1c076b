"""Lists walked with cursors: a cursor that is none is told so, and no exception, however near a real one it is."""

from __future__ import annotations

import base64
import json
from contextlib import contextmanager
from datetime import UTC, datetime
from uuid import UUID

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from toy import counting
from toy.counting import CounterView, Start

from commons_chassis.pages import news, page
from commons_chassis.testing import run
from commons_contracts.base import Refusal
from commons_contracts.codes import RefusalCode

service = counting.service
counters = service.metadata.tables["counters"]
log = service.metadata.tables["event_log"]
KEYS = (log.c.at.desc(), log.c.seq, log.c.id)
AT, SEQ, ID = datetime(2026, 1, 1, tzinfo=UTC).isoformat(), 1, str(UUID(int=1))
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)
TIMES = st.datetimes().map(datetime.isoformat) | st.datetimes(timezones=st.timezones()).map(datetime.isoformat)
NEAR = st.tuples(TIMES | st.just(AT) | st.integers(), st.integers() | st.text(), st.uuids().map(str) | st.text())
EXAMPLES = (
    [AT, 2**63, ID],
    [AT, -(2**70), ID],
    ["2026-01-01T00:00:00", SEQ, ID],
    ["0001-01-01T00:00:00+14:00", SEQ, ID],
    ["9999-12-31T23:59:59-14:00", SEQ, ID],
    [AT, True, ID],
    [10**18, SEQ, ID],
    [AT, SEQ, "\0"],
    [AT, SEQ],
    {},
)


def written(value):
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


CURSORS = (
    (JSON | NEAR).map(written)
    | st.text()
    | st.binary().map(lambda raw: base64.urlsafe_b64encode(raw).decode().rstrip("="))
)


@contextmanager
def unless_not_found():
    try:
        yield
    except Refusal as no:
        if no.code is not RefusalCode.NOT_FOUND:
            raise


def brought(here):
    """What is shown of those on a page, whose keys alone were asked for."""
    return sa.select(log.c.id).join(here, here.c["_key_2"] == log.c.id)


async def walk(tx, after, **how):
    async with tx.db.begin_nested():
        return await page(
            tx,
            sa.select(log),
            keys=KEYS,
            first=2,
            after=after,
            show=lambda row: CounterView(id=row["id"], count=0),
            **how,
        )


@pytest.mark.parametrize("how", [{}, {"whole": brought}, {"values": {}, "whole": brought}], ids=["", "whole", "once"])
async def test_a_list_is_walked_to_its_end_once(tx, how):
    made = [(await run(service, Start(), tx)).id for _ in range(5)]
    await tx.write_facts()
    seen, after, more = [], None, True
    while more:
        found = await walk(tx, after, **how)
        assert found.total == len(made)
        seen += [view.id for view in found.items]
        after, more = found.cursors[-1], found.more
    order = sa.select(log.c.id).order_by(*KEYS)
    assert seen == [row["id"] for row in await tx.rows(order)]
    behind = await walk(tx, after, **how)
    assert (behind.items, behind.more, behind.total) == ((), False, len(made))


@pytest.mark.parametrize("how", [{}, {"whole": brought}], ids=["", "whole"])
async def test_a_list_may_be_empty(tx, how):
    found = await walk(tx, None, **how)
    assert (found.items, found.more, found.total) == ((), False, 0)


@given(CURSORS)
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@example("A" * 60_000)
async def test_any_other_cursor_is_not_found_or_a_place_behind_which_something_may_be(tx, cursor):
    with unless_not_found():
        await walk(tx, cursor)


@pytest.mark.parametrize("value", EXAMPLES, ids=str)
async def test_what_looks_like_a_place_and_cannot_be_one(tx, value):
    with unless_not_found():
        await walk(tx, written(value))


@given(st.text() | st.integers().map(str) | st.sampled_from(["²", "٣", "9" * 5000, str(2**63), "-1", "", " 1"]))
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_any_other_cursor_of_news_is_not_found_or_one(tx, cursor):
    with unless_not_found():
        async with tx.db.begin_nested():
            _, after = await news(tx, sa.select(counters), counters.c.changed, cursor)
        assert after.isdecimal()
