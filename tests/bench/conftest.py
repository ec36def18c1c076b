"""Servers that keep what they are given, and the report that every measurement adds to."""

from __future__ import annotations

import os

import pytest
from toy import tallying

from commons_chassis.testing import make_database
from commons_onebox.testing import start_nats, start_postgres

from . import cards
from .report import Report, show_newest, table

ROUNDS = int(os.environ.get("BENCH_ROUNDS", "5"))


@pytest.fixture(scope="session")
def anyio_backend():
    """As the services and the gateway run."""
    return ("asyncio", {"use_uvloop": True})


@pytest.fixture(scope="session")
def rounds():
    """How often everything is measured, in turn; BENCH_ROUNDS says otherwise."""
    return ROUNDS


@pytest.fixture(scope="session")
def servers(tmp_path_factory):
    """PostgreSQL and NATS that sync what they acknowledge, as a platform has them: (admin DSN, NATS URL)."""
    folder = tmp_path_factory.mktemp("bench")
    folder.chmod(0o755)
    postgres, nats = start_postgres(folder, durable=True), start_nats(folder, durable=True)
    yield postgres.admin_dsn, nats.url
    nats.stop()
    postgres.stop()


@pytest.fixture(scope="session")
def databases(servers):
    return {service.name: make_database(service, servers[0]) for service in (cards.service, tallying.service)}


@pytest.fixture(scope="session")
def report(servers):
    """Kept, and shown in the document, where everything was measured; what is printed is what was."""
    report = Report(servers[0])
    report.machine["rounds"] = ROUNDS
    yield report
    print("\n" + "\n".join(table(report.as_json())))
    if report.whole:
        report.keep()
        show_newest()
