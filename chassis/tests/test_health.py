"""What a process says of itself over HTTP, and by its beat to those who hear it."""

from __future__ import annotations

from datetime import timedelta
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest
import sqlalchemy as sa
from anyio import to_thread
from prometheus_client.parser import text_string_to_metric_families as parsed
from toy import counting, tallying
from toy.counting import Start
from toy.people import a_member
from toy.tallying import Tally

from commons_chassis.clock import real_now
from commons_chassis.settings import ServiceSettings
from commons_chassis.testing import eventually, make_database
from commons_onebox.alive import alive, started
from commons_onebox.server import free_port
from commons_onebox.testing import start_nats


@pytest.fixture
async def house(postgres_dsn, tmp_path, worker_id):
    """counting, and tallying with a port for its health; the broker that they share."""
    nats = start_nats(tmp_path)
    suffix = f"_health_{worker_id}"
    pair = (counting.service, make_database(counting.service, postgres_dsn, suffix=suffix))
    db = make_database(tallying.service, postgres_dsn, suffix=suffix)
    settings = ServiceSettings(
        env="dev", nats=nats.url, name="tallying", health_port=free_port(),
        app_dsn=db.app_dsn, engine_dsn=db.engine_dsn, owner_dsn=db.owner_dsn,
    )  # fmt: skip
    async with alive([pair, (tallying.service, db)], nats.url) as house, started(tallying.service, settings) as it:
        house.runtimes["tallying"], house.runtimes["broker"] = it, nats
        yield house
    nats.stop()


async def _page(house, path):
    port = house.runtimes["tallying"].settings.health_port

    def ask():
        try:
            with urlopen(f"http://127.0.0.1:{port}{path}", timeout=15) as answer:
                return answer.status, answer.headers["Content-Type"], answer.read().decode()
        except HTTPError as no:
            with no:
                return no.code, no.headers["Content-Type"], ""

    return await to_thread.run_sync(ask)


async def test_it_is_live_and_ready_and_counts_without_naming_anyone(house):
    actor = await a_member(house)
    counter = (await house.asker.ask(Start(), actor)).id
    for _ in range(20):
        await house.asker.ask(Tally(counter=counter), actor)

    assert (await _page(house, "/livez"))[0] == 200
    assert (await _page(house, "/readyz"))[0] == 200
    assert (await _page(house, "/other"))[0] == 404
    status, kind, text = await _page(house, "/metrics")
    assert (status, kind) == (200, "text/plain; version=0.0.4; charset=utf-8")
    found = {(s.name, tuple(sorted(s.labels.items()))): s.value for m in parsed(text) for s in m.samples}
    tally = (("code", ""), ("message", "tally"), ("outcome", "done"), ("service", "tallying"))
    heard = (("outcome", "applied"), ("owner", "counting"), ("service", "tallying"))
    of_it, of_owner = (("service", "tallying"),), (("owner", "counting"), ("service", "tallying"))
    assert found["commons_rpc_total", tally] >= 20
    assert found["commons_facts_heard_total", heard] >= 1
    assert found["commons_database_up", of_it] == found["commons_broker_up", of_it] == 1
    assert found["commons_consumer_lag_facts", of_owner] == found["commons_dead_letters", of_owner] == 0
    for pool in ("app", "engine", "reads"):
        assert found["commons_database_pool_size", (("pool", pool), *of_it)] > 0
    assert 0 <= found["commons_copy_age_seconds", of_owner] < 30
    assert not any(str(id) in text for id in (counter, actor.person, actor.project))


async def test_without_its_broker_it_lives_and_is_not_ready(house):
    house.runtimes["broker"].kill()
    assert await eventually(lambda: not house.runtimes["tallying"].client.is_connected)
    assert (await _page(house, "/readyz"))[0] == 503
    assert (await _page(house, "/livez"))[0] == 200
    assert 'commons_broker_up{service="tallying"} 0.0' in (await _page(house, "/metrics"))[2]


async def test_the_beat_of_an_owner_tells_how_old_its_copy_is(house):
    heard = tallying.metadata.tables["owners_heard"]

    async def fresh():
        async with house.runtimes["tallying"].engine.connect() as c:
            at = await c.scalar(sa.select(heard.c.at).where(heard.c.owner == "counting"))
        return at is not None and real_now() - at < timedelta(seconds=8)

    assert await eventually(fresh, seconds=10)
