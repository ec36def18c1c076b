"""What each process of the platform does. Importing this imports all that they need, once, before they are forked."""

import os
import secrets
import socket
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from importlib import import_module
from signal import Signals

from commons_chassis import deploy, migrate
from commons_chassis.run import main
from commons_chassis.service import Service
from commons_chassis.settings import SettingError
from commons_gateway import devtoken
from commons_gateway.serving import server
from commons_gateway.settings import GatewaySettings
from commons_onebox import repairs
from commons_onebox.environment import is_development
from commons_onebox.home import SEALS, SERVICES, Home
from commons_onebox.keys import keep, new_badge_key, new_master_key, new_seed
from commons_onebox.server import wait_until
from commons_onebox.subjects import users
from commons_onebox.walls import authorization
from commons_onebox.web import answers

PATIENCE = 60.0

# Drivers and protocols are found by name when they are first used: the parent should hold them before that.
for _name in (
    "asyncpg",
    "sqlalchemy.dialects.postgresql.asyncpg",
    "uvicorn.lifespan.on",
    "uvicorn.loops.uvloop",
    "uvicorn.protocols.http.httptools_impl",
    "uvicorn.protocols.websockets.websockets_sansio_impl",
):
    import_module(_name)

# All of them, here: a service that cannot be imported stops the start, with its own words.
APPS: dict[str, Service] = {name: import_module(f"commons_{name}.app").service for name in SERVICES}


def provision(home: Home) -> None:
    """Make the databases, the roles and the keys that are missing."""
    for name in SERVICES:
        deploy.provision(home.postgres.admin_dsn, name, home.role_passwords(name))
    deploy.provision_keys(home.postgres.admin_dsn, SEALS, home.passwords[f"{SEALS}_keys"])
    if is_development() and not home.issuer_key.exists():
        devtoken.make_key(home.issuer_key)
    if not home.gateway_secret.exists():
        keep(home.gateway_secret, secrets.token_urlsafe(32))
    if not home.link_key.exists():
        keep(home.link_key, secrets.token_urlsafe(32))
    if not home.master_key.exists():
        keep(home.master_key, new_master_key())
    if not home.badge_key.exists():
        keep(home.badge_key, new_badge_key())


def walls(home: Home) -> str:
    """Whom the broker lets in, and what each may do there: what the services are decides it."""
    known = users(APPS.values(), movable=is_development())
    return authorization(known, {user.name: home.seed(user.name) for user in known})


def rotate(home: Home, user: str) -> None:
    """Give a user of the broker another key. Whoever came in by the old one is sent away, ends, and reads the new one."""
    keep(home.seed_file(user), new_seed())
    run = home.run
    if run is not None and run.alive():
        replace(home.broker, authorization=walls(home)).prepare()
        os.kill(run.processes[home.broker.name], Signals.SIGHUP)


def upgrade(home: Home, name: str) -> None:
    """Bring one service's tables up to date."""
    migrate.upgrade(APPS[name], home.dsn(name, "owner"))


def declare_streams(home: Home) -> None:
    """Make the stream and the consumers that are missing; what is in the logs goes into a new stream again."""
    repairs.stand_up(home)


def run_service(name: str, environment: Mapping[str, str], ready: Callable[[], None]) -> None:
    """Be the service until a signal ends it."""
    os.environ.update(environment)
    main(APPS[name], ready)


def run_gateway(door: socket.socket, environment: Mapping[str, str], ready: Callable[[], None]) -> None:
    """Be the gateway until a signal ends it; requests wait in `door` while it starts."""
    os.environ.update(environment)
    try:
        gateway = server(GatewaySettings.told(), ready=ready)
    except SettingError as wrong:
        raise SystemExit(str(wrong)) from None
    gateway.run(sockets=[door])


def wait_for_answers(home: Home, url: str) -> None:
    """End when every service is ready and the gateway answers in GraphQL."""
    for name in SERVICES:
        ready = f"http://127.0.0.1:{home.ports[name]}/readyz"
        if not wait_until(partial(answers, ready), PATIENCE, pause=0.05):
            raise SystemExit(f"{name} is not ready: {ready}")
    if not wait_until(lambda: answers(f"{url}/graphql", b'{"query": "{ __typename }"}'), PATIENCE, pause=0.05):
        raise SystemExit(f"the gateway does not answer: {url}/graphql")
