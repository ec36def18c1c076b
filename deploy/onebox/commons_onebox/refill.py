"""A platform in containers from a backup: its empty server gets the databases, before any service starts."""

from __future__ import annotations

import asyncio
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg import sql

from commons_onebox import installation, tools
from commons_onebox.backup import KEYS_DUMP, Source
from commons_onebox.home import KEY_STORE, SERVICES, HomeError
from commons_onebox.manifest import Manifest
from commons_onebox.restore import accept, load, look, readable
from commons_onebox.supervisor import Say

OURS = (*(f"commons_{name}" for name in SERVICES), KEY_STORE)


def source() -> Source:
    """What `backup` saves here: all databases. The secrets lie on a volume that this container sees a part of."""
    return Source(admin_dsn=installation.admin_dsn(), root=Path("/run/secrets"))


def refill(folder: Path, keys: Path | None, *, replay: bool, say: Say) -> Manifest:
    """Make the databases what was backed up in `folder`; without `keys`, what authors alone could read stays closed.

    `replay`: databases of different moments are taken as well, and every copy is then filled again from the logs. The
    deploy step that follows brings the tables up to date, and makes the stream. Raises HomeError or SettingError, and
    then nothing of it is there.
    """
    found, admin, pairs = readable(folder, keys), installation.admin_dsn(), installation.everyone()
    with _whole_or_not_at_all(admin):
        installation.provision(admin, pairs)
        for name, dump in found.services.items():
            load(admin, f"commons_{name}", folder / dump.file.name)
        if keys is not None and (keys / KEYS_DUMP).exists():
            load(admin, KEY_STORE, keys / KEYS_DUMP)
        accept(look(admin, found), say, replay=replay)
        if replay:
            installation.upgrade(pairs)
            for service, settings in pairs:
                asyncio.run(tools.forget_what_was_heard(service, settings))
    return found


@contextmanager
def _whole_or_not_at_all(admin_dsn: str) -> Iterator[None]:
    with psycopg.connect(admin_dsn, autocommit=True) as admin:
        known = admin.execute("select datname from pg_database where datname = any(%s)", [list(OURS)]).fetchall()
        if known:
            there = ", ".join(sorted(name for (name,) in known))
            raise HomeError(f"The server has {there} already; a backup is restored to an empty one.")
        try:
            yield
        except BaseException as broken:
            for name in OURS:
                admin.execute(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name)))
            if isinstance(broken, subprocess.CalledProcessError):
                raise HomeError(
                    "A database could not be restored, and PostgreSQL has said why. None is there."
                ) from None
            raise
