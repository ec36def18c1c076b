"""Brings what the services of a running platform hold into the one database of the monolith."""

from __future__ import annotations

from typing import Any

import psycopg
import sqlalchemy as sa
from psycopg import conninfo, sql
from psycopg.rows import dict_row
from sqlalchemy.orm import Session

from commons_chassis.settings import driver

from . import tables as t

NAME = "bench_monolith"


def database(admin: str, name: str) -> str:
    """The address of another database of the same server."""
    parts = conninfo.conninfo_to_dict(admin)
    return f"postgresql://{parts['user']}:{parts['password']}@{parts['host']}:{parts['port']}/{name}"


def monolith(admin: str, project: Any) -> str:
    """The address of a new database with the same people in it."""
    with psycopg.connect(admin, autocommit=True) as server:
        server.execute(sql.SQL("create database {}").format(sql.Identifier(NAME)))

    def rows(service: str, question: str) -> list[dict[str, Any]]:
        with psycopg.connect(database(admin, f"commons_{service}"), row_factory=dict_row) as c:
            return c.execute(question, {"project": project}).fetchall()

    engine = sa.create_engine(driver(database(admin, NAME), sync=True))
    t.Base.metadata.create_all(engine)
    with Session(engine) as db:
        for things in (_places(rows), _people(rows), _rounds(rows), _who(rows)):
            db.add_all(things)
            db.flush()
        db.commit()
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as c:
        c.execute(sa.text("vacuum analyze"))
    engine.dispose()
    return database(admin, NAME)


def _places(rows: Any) -> list[Any]:
    return [t.Place(**row) for row in rows("geo", "select id, latitude, longitude from places")]


def _people(rows: Any) -> list[Any]:
    question = """select m.person, p.display_name, m.active_on, i.text, i.published from memberships m
        join profiles p on p.id = m.id left join introductions i on i.id = m.id and i.published
        where m.project = %(project)s and m.roles <> '{}'"""
    known = {row["person"]: row for row in rows("profiles", question)}
    adults = {
        row["person"] for row in rows("matching", "select person from standings where adult and project = %(project)s")
    }
    assert not rows("matching", "select person from consents where project = %(project)s"), (
        "the peer compares nobody by it"
    )
    found: list[Any] = []
    for card in rows("matching", "select * from cards where project = %(project)s"):
        told, row, person = card["description"], known[card["person"]], card["person"]
        found.append(
            t.Person(
                id=person,
                display_name=row["display_name"],
                active_on=row["active_on"],
                adult=person in adults,
                introduced=card["introduced"],
                paused=card["paused"],
                **{
                    name: told[name]
                    for name in ("fields", "goals", "topics", "country", "place", "hours", "modality", "stage")
                },
                languages=[t.Speaks(nth=nth, **speaks) for nth, speaks in enumerate(told["languages"])],
                introduction=t.Introduction(text=row["text"], published=True) if row["published"] else None,
            )
        )
    return found


def _rounds(rows: Any) -> list[Any]:
    return [t.Round(**row) for row in rows("matching", "select id, rules from rounds where project = %(project)s")]


def _who(rows: Any) -> list[Any]:
    taking_part = "select round as round_id, person as person_id, role from participations where project = %(project)s"
    places = (
        "select round as round_id, mentor as mentor_id, style, most, used, held from places where project = %(project)s"
    )
    return [
        *(t.Participation(**row) for row in rows("matching", taking_part)),
        *(t.MentorPlaces(**row) for row in rows("matching", places)),
        *(t.Block(**row) for row in rows("matching", "select by as by_id, person as person_id from blocked")),
    ]
