"""What somebody deletes by hand comes back by itself: a consumer, the stream, the broker's whole store."""

from __future__ import annotations

import asyncio
import os
import signal
import time

import pytest
from nats.js.errors import NotFoundError

from commons_chassis.connect import DEPLOY, connected
from commons_chassis.deploy import STREAM, durable
from commons_onebox.home import SERVICES
from commons_onebox.server import wait_until

from .acts import NOTICES_OF_A_MATCH, calm, match
from .ground import Ground
from .truths import broken

pytestmark = pytest.mark.faults

BACK_SECONDS = 40.0


def _in_jetstream(ground: Ground, what) -> object:
    async def asked():
        async with connected(ground.url, DEPLOY, ground.home.seed(DEPLOY)) as client:
            return await what(client.jetstream())

    return asyncio.run(asked())


def _stream(ground: Ground):
    async def info(js):
        try:
            return await js.stream_info(STREAM)
        except NotFoundError:
            return None

    return _in_jetstream(ground, info)


def _logged(ground: Ground) -> int:
    return sum(ground.one(name, "select count(*) from event_log") for name in SERVICES)


def _numbers(ground: Ground) -> dict[str, object]:
    """What a fact that is applied twice would add to."""
    return {
        name: ground.sql(name, "select (select count(*) from event_log), (select count(*) from sequences)")[0]
        for name in SERVICES
    } | {"notices": ground.one("profiles", "select count(*) from notices")}


def _started(ground: Ground, name: str) -> int:
    run = ground.home.run
    return run.started[name] if run and name in run.started else 0


def _comes_back(ground: Ground, name: str, before: int) -> None:
    assert wait_until(lambda: _started(ground, name) not in (0, before), BACK_SECONDS, pause=0.1), (
        f"{name} went on, deaf"
    )


@pytest.mark.long
def test_a_consumer_that_somebody_deleted_comes_back(lasting, unmatched):
    before, process = _numbers(lasting), _started(lasting, "community")
    _in_jetstream(lasting, lambda js: js.delete_consumer(STREAM, durable("community", "matching")))
    match(lasting, [next(unmatched)])
    _comes_back(lasting, "community", process)
    assert calm(lasting)
    assert broken(lasting) == []
    assert _numbers(lasting)["notices"] == before["notices"] + NOTICES_OF_A_MATCH


def test_a_stream_that_somebody_deleted_comes_back_with_all_that_was_ever_told(lasting, unmatched):
    process = _started(lasting, "matching")
    _in_jetstream(lasting, lambda js: js.delete_stream(STREAM))
    match(lasting, [next(unmatched)])
    waiting = lasting.one("matching", "select count(*) from outbox")
    _comes_back(lasting, "matching", process)
    assert calm(lasting)
    after = _numbers(lasting)
    assert waiting > 0, "what was told while there was no stream should have waited"
    assert broken(lasting) == []
    assert _stream(lasting).state.messages >= _logged(lasting)
    match(lasting, [next(unmatched)])
    assert calm(lasting)
    assert _numbers(lasting)["notices"] == after["notices"] + NOTICES_OF_A_MATCH


@pytest.mark.long
def test_a_store_that_is_wiped_is_filled_again_from_the_logs(lasting, unmatched, capsys):
    before = _numbers(lasting)
    store = lasting.home.broker.folder / "jetstream"
    store.rename(store.with_name("lost"))
    os.kill(lasting.pid("nats"), signal.SIGKILL)
    began = time.monotonic()
    assert wait_until(lambda: _back_in_full(lasting), BACK_SECONDS, pause=0.2)
    assert calm(lasting)
    with capsys.disabled():
        print(
            f"\nstore wiped: {_logged(lasting)} facts of {len(SERVICES)} logs told again, calm after {time.monotonic() - began:.1f} s"
        )
    assert _numbers(lasting) == before
    match(lasting, [next(unmatched)])
    assert calm(lasting)
    assert broken(lasting) == []


def _back_in_full(ground: Ground) -> bool:
    try:
        found = _stream(ground)
    except OSError:
        return False
    return found is not None and found.state.messages >= _logged(ground)
