"""Bring a service's database up to date; write the next migration; say how tables, walls and migrations differ."""

from __future__ import annotations

import contextlib
import io
import sys
from collections.abc import Iterator
from importlib import import_module
from importlib.resources import files
from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext

from . import walls
from .service import Service
from .settings import driver


@contextlib.contextmanager
def _owner(dsn: str) -> Iterator[sa.Engine]:
    engine = sa.create_engine(driver(dsn, sync=True), poolclass=sa.NullPool)
    try:
        yield engine
    finally:
        engine.dispose()


def _folder(service: Service) -> Path:
    return Path(import_module(service.migrations).__path__[0])


def _config(service: Service, engine: sa.Engine) -> Config:
    it = Config(stdout=io.StringIO())
    it.set_main_option("script_location", str(files("commons_chassis") / "alembic"))
    it.set_main_option("version_locations", str(_folder(service)))
    it.set_main_option("path_separator", "newline")
    it.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    it.attributes.update(engine=engine, metadata=service.metadata)
    return it


def upgrade(service: Service, owner_dsn: str) -> None:
    """Run what is missing, and set what each role may do. Forward only: there is no way back but a new migration."""
    with _owner(owner_dsn) as engine:
        command.upgrade(_config(service, engine), "head")
        with engine.begin() as connection:
            walls.grant(connection, service.metadata, service.name)


def knows(service: Service, revision: str) -> bool:
    """Whether this is one of the service's migrations: whoever made a later one is a newer version."""
    return any(_folder(service).glob(f"{revision}_*.py"))


def differences(service: Service, owner_dsn: str) -> list[str]:
    """How a migrated database differs from the tables in code, walls included; empty when it does not."""
    with _owner(owner_dsn) as engine, engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        found = [str(diff) for diff in compare_metadata(context, service.metadata)]
        for what, have, want in (
            ("wall", walls.policies(connection), walls.wanted(service.metadata)),
            ("right", walls.granted(connection), walls.rights(service.metadata, service.name)),
        ):
            found += [f"missing {what}: {row}" for row in sorted(want - have)]
            found += [f"unknown {what}: {row}" for row in sorted(have - want)]
        return found


def revise(service: Service, owner_dsn: str, text: str) -> Path:
    """Write the next migration from the difference, with the walls of new tables. Read it before you commit it."""
    with _owner(owner_dsn) as engine:
        command.upgrade(_config(service, engine), "head")  # without rights: the new tables are not there yet
        with engine.connect() as connection:
            known = set(sa.inspect(connection).get_table_names())
        number = f"{len(list(_folder(service).glob('[0-9]*.py'))) + 1:04}"
        command.revision(_config(service, engine), text, autogenerate=True, rev_id=number)
    written = next(_folder(service).glob(f"{number}_*.py"))
    fresh = [t for t in service.metadata.sorted_tables if t.name not in known]
    lines = [f"    op.execute({statement!r})\n" for t in fresh for statement in walls.ddl(t, service.name)]
    with written.open("a") as out:
        out.writelines(lines)
    sys.stderr.write(f"wrote {written}\n")
    return written
