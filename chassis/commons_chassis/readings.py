"""What a service stands at when it is asked: numbers read from its database and the broker for every look at its metrics."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterable, Iterator

import sqlalchemy as sa
from nats.errors import Error as NatsError
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlalchemy.exc import SQLAlchemyError

from . import doors
from .clock import real_now
from .deploy import STREAM, durable
from .relay import Relay
from .runtime import Runtime
from .service import Figure
from .tx import Tx

PATIENCE_SECONDS = 2.0
ABOUT = {
    "commons_outbox_facts": "Facts committed and not yet published.",
    "commons_outbox_oldest_seconds": "Age of the oldest of them.",
    "commons_deadlines_overdue": "Deadlines that are due and have not run.",
    "commons_deadlines_overdue_seconds": "How long the oldest of them has been due.",
    "commons_parked_facts": "Facts that came early and wait for those before them, by their owner.",
    "commons_dead_letters": "Facts and deadlines that could not be digested and wait for a person, by their owner.",
    "commons_copy_age_seconds": "Since this service last heard all that an owner had to tell.",
    "commons_consumer_lag_facts": "Facts of an owner that this service has not heard yet.",
    "commons_consumer_unacked_facts": "Of an owner's facts, those in this service's hands.",
    "commons_database_up": "Whether the database answers.",
    "commons_broker_up": "Whether the broker is connected.",
    "commons_relay_leading": "Whether this process is the one that publishes the service's facts.",
    "commons_event_loop_late_seconds": "How late the process' own pulse was, the last time.",
    "commons_database_pool_used": "Connections of a pool that are in use.",
    "commons_database_pool_size": "Connections that a pool may have.",
}
RECONNECTS = "commons_broker_reconnects"
STANDING = sa.text("""
    select 'commons_outbox_facts' as name, '' as owner, count(*)::float as value from outbox
    union all select 'commons_outbox_oldest_seconds', '', extract(epoch from :real - min(since)) from outbox
    union all select 'commons_deadlines_overdue', '', count(*) from due where due_at <= :now
    union all select 'commons_deadlines_overdue_seconds', '', extract(epoch from :now - min(due_at))
        from due where due_at <= :now
    union all select 'commons_parked_facts', owner, count(*) from parked group by owner
    union all select 'commons_dead_letters', owner, count(*) from dead_letters group by owner
    union all select 'commons_copy_age_seconds', owner, extract(epoch from :real - at) from owners_heard
""")
"""Every reading of `owner` is told for each owner heard; zero where there is no row."""
Row = tuple[str, dict[str, str], float]


class Readings(Collector):
    """`read` looks, `collect` tells what the last look found; what could not be read is not told."""

    def __init__(self, runtime: Runtime, relay: Relay) -> None:
        self.runtime, self.relay = runtime, relay
        self.late = 0.0
        self._rows: list[Row] = []
        self._programme: list[Metric] = []

    async def read(self) -> None:
        rows, self._programme = list(self._process()), []
        try:
            rows += [*await self._database(), ("commons_database_up", {}, 1.0)]
            self._programme = await self._figures() if self.runtime.service.figures else []
        except (SQLAlchemyError, OSError, TimeoutError):
            rows.append(("commons_database_up", {}, 0.0))
        up = float(self.runtime.client.is_connected)
        rows.append(("commons_broker_up", {}, up))
        with contextlib.suppress(NatsError, OSError, TimeoutError):
            async with asyncio.timeout(PATIENCE_SECONDS * up):
                rows += await self._consumers()
        self._rows = rows

    def collect(self) -> Iterable[Metric]:
        name = self.runtime.service.name
        families: dict[str, Metric] = {}
        for metric, more, value in self._rows:
            labels = {"service": name, **more}
            if metric not in families:
                families[metric] = GaugeMetricFamily(metric, ABOUT[metric], labels=list(labels))
            families[metric].add_sample(metric, labels, value)
        again = CounterMetricFamily(RECONNECTS, "How often the broker was lost and found again.", labels=["service"])
        again.add_metric([name], self.runtime.client.stats["reconnects"])
        return [*families.values(), *self._programme, again]

    def _process(self) -> Iterator[Row]:
        yield "commons_relay_leading", {}, float(self.relay.leading)
        yield "commons_event_loop_late_seconds", {}, self.late
        reads = self.runtime.reads
        pools = {"reads": (reads.used, reads.size)}
        for pool, engine in (("app", self.runtime.app), ("engine", self.runtime.engine)):
            pools[pool] = engine.pool.checkedout(), engine.pool.size()  # type: ignore[attr-defined]
        for pool, (used, size) in pools.items():
            yield "commons_database_pool_used", {"pool": pool}, used
            yield "commons_database_pool_size", {"pool": pool}, size

    async def _database(self) -> list[Row]:
        now = {"real": real_now(), "now": self.runtime.clock.now()}
        async with self.runtime.quick.connect() as c:
            found = {(row.name, row.owner): float(row.value or 0.0) for row in await c.execute(STANDING, now)}
        for owner in self.runtime.service.hears:
            for name in ("commons_parked_facts", "commons_dead_letters"):
                found.setdefault((name, owner), 0.0)
        found.setdefault(("commons_dead_letters", self.runtime.service.name), 0.0)
        return [(name, {"owner": owner} if owner else {}, value) for (name, owner), value in found.items()]

    async def _consumers(self) -> list[Row]:
        rows: list[Row] = []
        for owner in self.runtime.service.hears:
            found = await self.runtime.js.consumer_info(STREAM, durable(self.runtime.service.name, owner))
            rows.append(("commons_consumer_lag_facts", {"owner": owner}, found.num_pending or 0))
            rows.append(("commons_consumer_unacked_facts", {"owner": owner}, found.num_ack_pending or 0))
        return rows

    async def _figures(self) -> list[Metric]:
        """On the platform's own ground: what counts over all projects is a function that the migrations lend."""
        runtime, actor = self.runtime, doors.service_actor(None)
        async with doors.transaction(runtime.service, runtime.app, actor, runtime.clock.now(), own=True) as tx:
            return [await read(figure, tx) for figure in runtime.service.figures]


async def read(figure: Figure, tx: Tx) -> Metric:
    """What a figure's statement finds now."""
    statement = sa.text(figure.statement)
    if ":now" in figure.statement:
        statement = statement.bindparams(now=tx.now)
    found = GaugeMetricFamily(figure.name, figure.says, labels=figure.labels)
    for row in await tx.rows(statement):
        found.add_metric([str(row[label]) for label in figure.labels], float(row["value"]))
    return found
