"""People of a round put straight into the tables of matching, as it would have heard of them: thousands in a second."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from random import Random
from typing import Any
from uuid import UUID, uuid5

import psycopg
from bench_matching.grounds import people
from psycopg.types.json import Jsonb

from commons_contracts.codes import Criterion, Initiator, Method, Role, Style, Unit
from commons_contracts.ids import ProgrammeId, ProjectId
from commons_contracts.mentoring import MatchRules, ProgrammePublished, ProgrammeRules, RequestRules, Weight
from commons_contracts.profiles import Description, Speaks
from commons_matching.rules.engine.people import Profile

LONG_AGO = datetime(2026, 8, 1, 12, tzinfo=UTC)
POINTS = {
    Criterion.FIELD: 3500,
    Criterion.GOALS: 2500,
    Criterion.LANGUAGES: 1500,
    Criterion.HOURS: 1000,
    Criterion.PLACE: 1000,
    Criterion.STAGE: 500,
}


def a_programme(project: ProjectId, programme: ProgrammeId) -> ProgrammePublished:
    return ProgrammePublished(
        project=project,
        at=LONG_AGO,
        programme=programme,
        version=1,
        starts_on=date(2027, 3, 1),
        ends_on=date(2027, 9, 30),
        rules=ProgrammeRules(
            units=(Unit.PAIR,),
            styles=(Style.TRADITIONAL,),
            requests=RequestRules(initiator=Initiator.MENTEE),
            matching=MatchRules(
                method=Method.ALGORITHM,
                collected=tuple(POINTS),
                criteria=tuple(Weight(criterion=c, points=p) for c, p in POINTS.items()),
            ),
        ),
    )


def fill(dsn: str, project: UUID, round: UUID, *, mentors: int, mentees: int, seed: int, shuffle: int = 0) -> None:
    """The same people for the same seed, entered in an order that `shuffle` decides. `dsn`: of who stands above the walls."""
    crowd = people(mentors, mentees, seed)
    everyone = [(Role.MENTOR, one) for one in crowd.mentors] + [(Role.MENTEE, one) for one in crowd.mentees]
    Random(shuffle).shuffle(everyone)
    with psycopg.connect(dsn) as c:
        _copy(c, "standings", _standings(everyone, project))
        _copy(c, "cards", _cards(everyone, project))
        _copy(c, "participations", _participations(everyone, project, round))
        _copy(c, "places", _places(everyone, project, round))
        points = {p.place: p.at for _, p in everyone if p.place is not None and p.at is not None}
        for place, (north, east) in points.items():
            row = {"place": place, "latitude": north, "longitude": east, "changed": 1}
            c.execute(
                "insert into place_points (place, latitude, longitude, changed)"
                " values (%(place)s, %(latitude)s, %(longitude)s, %(changed)s) on conflict do nothing",
                row,
            )


Everyone = Sequence[tuple[Role, Profile]]
Rows = Iterable[dict[str, Any]]


def _copy(c: psycopg.Connection, table: str, rows: Rows) -> None:
    found = list(rows)
    with c.cursor().copy(f"copy {table} ({', '.join(found[0])}) from stdin") as copy:
        for row in found:
            copy.write_row(list(row.values()))


def _standings(everyone: Everyone, project: UUID) -> Rows:
    for role, p in everyone:
        yield {"project": project, "person": p.person, "roles": [role.value], "adult": True, "conduct": Jsonb({})}


def _cards(everyone: Everyone, project: UUID) -> Rows:
    for role, p in everyone:
        yield {
            "id": uuid5(project, f"card {p.person}"),
            "project": project,
            "person": p.person,
            "description": Jsonb(described(p).model_dump(mode="json")),
            "fields": list(p.fields),
            "languages": [tongue for tongue, _ in p.languages],
            "country": p.country,
            "place": p.place,
            "introduced": role is Role.MENTOR,
            "paused": False,
            "changed": 1,
        }


def described(p: Profile) -> Description:
    return Description(
        fields=p.fields,
        languages=tuple(Speaks(language=tongue, level=level) for tongue, level in p.languages),
        country=p.country,
        place=p.place,
        goals=p.goals,
        hours=p.hours,
        modality=p.modality,
        stage=p.stage,
        topics=p.topics,
        radius_km=p.radius_km,
        organisation=p.organisation,
        wants_woman=False,
    )


def _participations(everyone: Everyone, project: UUID, round: UUID) -> Rows:
    for role, p in everyone:
        whose = {"id": uuid5(round, f"part {p.person}"), "project": project, "round": round, "person": p.person}
        yield whose | {"role": role.value, "at": LONG_AGO, "changed": 1}


def _places(everyone: Everyone, project: UUID, round: UUID) -> Rows:
    for role, p in everyone:
        if role is Role.MENTOR:
            whose = {"id": uuid5(round, f"place {p.person}"), "project": project, "round": round, "mentor": p.person}
            yield whose | {"style": Style.TRADITIONAL.value, "most": p.places}
