"""How fast a rush of notices becomes letters, and how fast letters leave."""

from __future__ import annotations

import time
from collections import Counter

import pytest
import sqlalchemy as sa
from aiosmtpd.controller import Controller

from commons_chassis import doors
from commons_chassis.clock import Setting, real_now
from commons_chassis.ids import new_id
from commons_chassis.runtime import running
from commons_chassis.settings import ServiceSettings
from commons_chassis.testing import NOON, make_database
from commons_contracts.codes import AccountState, NoticeCode, Role
from commons_onebox.server import free_port
from commons_profiles.app import service
from commons_profiles.post.office import Office
from commons_profiles.post.settings import PostSettings
from commons_profiles.tables import addresses, letters, memberships, notices, people, projects

pytestmark = pytest.mark.bench
PEOPLE, EACH, SENT = 1_000, 10, 500
FLOOR = 1_000
"""Letters a second that must be written at least, on two cores; sending is the mail server's pace."""


class Inbox:
    def __init__(self) -> None:
        self.got: Counter[str] = Counter()

    async def handle_DATA(self, server, session, envelope):  # noqa: N802 - aiosmtpd's own form
        self.got[envelope.rcpt_tos[0]] += 1
        return "250 OK"


@pytest.fixture
async def office(servers):
    it = make_database(service, servers[0], suffix="_letters")
    inbox, port = Inbox(), free_port()
    server = Controller(inbox, hostname="127.0.0.1", port=port)
    server.start()
    told = {"nats": servers[1], "app_dsn": it.app_dsn, "engine_dsn": it.engine_dsn}
    settings = PostSettings(
        env="dev", public_url="https://x.org", mail_from="a@x.org", link_key="k" * 32,
        smtp=f"smtp://127.0.0.1:{port}",
    )  # fmt: skip
    async with running(service, ServiceSettings(env="dev", name="profiles", **told)) as runtime:
        runtime.clock.setting = Setting(frozen=NOON)
        yield Office(runtime, settings), inbox
    server.stop()


async def _rush(office) -> None:
    """Some thousand people are told ten things each, all at once."""
    project, persons = new_id(), [new_id() for _ in range(PEOPLE)]
    person = {"display_name": "Ada", "birth_year": 1990, "birth_month": 1, "country": "SE", "language": "sv",
              "zone": "Europe/Stockholm", "state": AccountState.ACTIVE, "version": 1}  # fmt: skip
    member = {"project": project, "roles": (Role.MENTEE,), "active_on": NOON.date(), "version": 1}
    told = {"project": project, "code": NoticeCode.CONNECTION_ACCEPTED, "at": NOON}
    actor = doors.service_actor(None)
    async with doors.transaction(service, office._runtime.app, actor, real_now(), own=True) as tx:
        row = {"id": project, "slug": "rush", "name": "WESTEM", "zone": "Europe/Stockholm", "languages": ("sv",)}
        await tx.run(sa.insert(projects), [row])
        await tx.run(sa.insert(people), [{**person, "person": it} for it in persons])
        await tx.run(sa.insert(memberships), [{**member, "person": it, "id": new_id()} for it in persons])
        kept = [{"person": it, "address": f"{it}@x.org", "since": NOON} for it in persons]
        await tx.run(sa.insert(addresses), kept)
        await tx.run(sa.insert(notices), [{**told, "person": it, "id": new_id()} for it in persons * EACH])


async def test_letters_a_second(office):
    office, inbox = office
    await _rush(office)
    began = time.perf_counter()
    while await office.sort():
        pass
    written = PEOPLE * EACH / (time.perf_counter() - began)

    began, sent = time.perf_counter(), 0
    while sent < SENT:
        sent += await office.send_some()
    left = sent / (time.perf_counter() - began)
    print(f"\n{PEOPLE * EACH:,} notices: {written:,.0f} letters a second are written, {left:,.0f} a second leave")

    async with doors.transaction(service, office._runtime.app, doors.service_actor(None), real_now(), own=True) as tx:
        waiting = await tx.value(sa.select(sa.func.count()).select_from(letters))
    assert (waiting, sum(inbox.got.values())) == (PEOPLE * EACH - SENT, SENT)
    assert written > FLOOR
