"""Four months of many mentorships under the moved clock: how fast what falls due is done, and that each thing is, once."""

from __future__ import annotations

import os
import time
from itertools import pairwise

import psycopg
import pytest

from commons_chassis.deploy import declare_streams
from commons_chassis.runtime import running
from commons_chassis.settings import ServiceSettings
from commons_chassis.testing import MASTER_KEY, make_database
from commons_mentoring.app import service
from commons_onebox.testing import start_nats

from .ends import End
from .pairs import MEETING, NOW, STILL, laid_out

pytestmark = pytest.mark.bench
PAIRS = int(os.environ.get("BENCH_PAIRS", "10000"))
PARTS, LONGEST = 5, 600.0

TOLD = """
select split_part(subject, '.', 3) as kind, body ->> 'days' as days, body ->> 'code' as code, count(*), count(distinct aggregate),
    count(distinct (aggregate, body ->> 'subject_id', body ->> 'number'))
from event_log where project = %s and at > %s group by 1, 2, 3
"""


@pytest.fixture
def own_nats(tmp_path):
    """A stream in which nothing was told before."""
    nats = start_nats(tmp_path, durable=True)
    yield nats.url
    nats.stop()


@pytest.fixture
def course(servers):
    return make_database(service, servers[0], suffix="_course")


async def test_four_months_of_many_pairs_fall_due_in_order_each_thing_once(course, own_nats, report):
    await declare_streams(own_nats, [service])
    told = {"nats": own_nats, "app_dsn": course.app_dsn, "engine_dsn": course.engine_dsn, "keys_dsn": course.keys_dsn}
    async with running(service, ServiceSettings(env="dev", name="mentoring", master_key=MASTER_KEY, **told)) as runtime:
        project = await laid_out(runtime, course.admin_dsn, PAIRS)
    with psycopg.connect(course.admin_dsn, autocommit=True) as look, End("pairs", **told) as mentoring:
        waiting = _count(look, "due")
        assert waiting == 3 * PAIRS + PAIRS // MEETING + PAIRS // STILL
        before = mentoring.does("processor_seconds")
        mentoring.does("move")
        times = _followed(look, waiting)
        _told(look)
        lag = time.perf_counter() - times[0]
        processor = mentoring.does("processor_seconds") - before
        done = waiting + 2 * (PAIRS // STILL)  # what stands still is looked at three times
        report.says("due_rate", [done / PARTS / (end - begin) for begin, end in pairwise(times)])
        report.says("due_lag", [lag])
        report.says("due_processor", [processor / done * 1000])
        _each_thing_once(look, project)


def _count(look, table):
    return look.execute(f"select count(*) from {table}").fetchone()[0]


def _told(look):
    while _count(look, "outbox"):
        time.sleep(0.05)


def _followed(look, waiting):
    """When the first, a fifth, two fifths ... of what waits had been done."""
    times, limit = [time.perf_counter()], time.monotonic() + LONGEST
    while len(times) <= PARTS:
        assert time.monotonic() < limit
        if _count(look, "due") <= waiting * (PARTS - len(times)) // PARTS:
            times.append(time.perf_counter())
        else:
            time.sleep(0.05)
    return times


def _each_thing_once(look, project):
    """Each reminder to each of the two, about her mentorship or session; the ladder for those that stand still alone."""
    still, dead = PAIRS // STILL, _count(look, "dead_letters")
    found = {tuple(row[:3]): tuple(row[3:]) for row in look.execute(TOLD, [project, NOW])}
    twice = {
        "HALFWAY_REFLECTION": PAIRS,
        "PERIOD_ENDS": PAIRS,
        "PERIOD_ENDED": PAIRS,
        "SESSION_REMINDER": PAIRS // MEETING,
        "STILL_MEETING": still,
        "MENTORSHIP_PAUSED": still,
    }
    facts = {
        ("halfway_reached", None): PAIRS,
        ("period_end_near", "14"): PAIRS,
        ("period_end_near", "0"): PAIRS,
        ("mentorship_stood_still", "21"): still,
        ("mentorship_stood_still", "35"): still,
        ("mentorship_paused", "42"): still,
    }
    wanted = {("notice_wanted", None, code): (2 * n,) * 3 for code, n in twice.items()}
    wanted |= {(kind, days, None): (n,) * 3 for (kind, days), n in facts.items()}
    assert (found, dead) == (wanted, 0)
