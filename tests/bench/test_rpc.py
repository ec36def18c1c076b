"""P7: what one question costs between two processes, ours beside FastStream's, in turn."""

from __future__ import annotations

import asyncio
from uuid import UUID

import pytest

from commons_chassis.deploy import declare_streams
from commons_chassis.ids import new_id

from . import cards
from .ends import End
from .others import BUSY, CALM, Moment
from .peer import ALIKE, ALIKE_BY_PARAMETERS, ALIKE_WITH_WORKERS, BARE

pytestmark = pytest.mark.bench
CALLS, DEAR_CALLS, SLOW_CALLS, SLOW = 512, 128, 128, 0.002
SLICES = 4
"""Short turns, many of them: what else runs on the machine then disturbs both sides alike."""
MICROSECONDS = 1_000_000


@pytest.fixture(scope="module")
def ends(servers, databases):
    """(who asks, our service, FastStream's)"""
    nats, database = servers[1], databases["counting"]
    asyncio.run(declare_streams(nats, [cards.service]))
    roles = {"app_dsn": database.app_dsn, "engine_dsn": database.engine_dsn}
    with (
        End("serving", nats=nats, **roles) as serving,
        End("peer", nats=nats) as peer,
        End("asking", nats=nats) as asks,
    ):
        yield asks, serving, peer


@pytest.fixture(scope="module")
def sides(ends):
    """A name for each way; called, it gives (processor seconds of both ends, seconds of the clock), a call."""
    asks, serving, peer = ends
    actor = {"person": str(UUID(int=0)), "project": str(new_id())}

    def measured(answering, *order, **how):
        before = answering.does("processor_seconds")
        took = asks.does(*order, **how)
        processor = took["processor"] + answering.does("processor_seconds") - before
        return processor / took["count"], took["clock"] / took["count"]

    def ours(count, seconds=0.0, *, transaction=False):
        return measured(serving, "ours", **actor, count=count, seconds=seconds, transaction=transaction)

    def theirs(count, seconds=0.0, *, subject=ALIKE):
        return measured(peer, "theirs", subject=subject, **actor, count=count, seconds=seconds)

    return ours, theirs


def test_a_call_takes_a_fraction_of_the_processor(sides, report, rounds):
    ours, theirs = sides
    found = {name: [] for name in ("ours", "transaction", ALIKE, ALIKE_BY_PARAMETERS, BARE)}
    for _ in range(1 + rounds * SLICES):
        found["ours"].append(ours(CALLS)[0])
        for subject in (ALIKE, BARE):
            found[subject].append(theirs(CALLS, subject=subject)[0])
        found[ALIKE_BY_PARAMETERS].append(theirs(DEAR_CALLS, subject=ALIKE_BY_PARAMETERS)[0])
        found["transaction"].append(ours(DEAR_CALLS, transaction=True)[0])
    own = found["ours"]
    for name in (ALIKE, ALIKE_BY_PARAMETERS, BARE):
        ratios = [other / mine for mine, other in zip(own, found[name], strict=True)]
        report.says(f"rpc_processor_{name}", ratios[1:])  # the first round warmed everyone up
    for name in ("ours", "transaction", ALIKE, BARE):
        report.says(f"rpc_{name}", [seconds * MICROSECONDS for seconds in found[name][1:]])
    assert not report.broken(f"rpc_processor_{ALIKE}")


def test_slow_handlers_do_not_hold_up_one_another(sides, report, rounds):
    ours, theirs = sides
    turns = []
    while len(turns) <= 2 * rounds and sum(calm for *_, calm in turns[1:]) < rounds:
        begin, own = Moment.now(), ours(SLOW_CALLS * 4, SLOW)[1]
        one_by_one = theirs(SLOW_CALLS, SLOW)[1] / own
        workers = theirs(SLOW_CALLS * 4, SLOW, subject=ALIKE_WITH_WORKERS)[1] / own
        turns.append((one_by_one, workers, begin.others() <= CALM))
    calm = [turn for turn in turns[1:] if turn[-1]]
    one_by_one, workers, _ = zip(*(calm or turns[1:]), strict=True)
    report.says("rpc_slow_handlers", one_by_one, judged=bool(calm))
    report.says("rpc_slow_handlers_with_workers", workers)
    assert not report.broken("rpc_slow_handlers")
    if not calm:
        pytest.skip(BUSY)
