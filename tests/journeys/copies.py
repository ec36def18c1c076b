"""Every copy that a service keeps, and what its owner has: two questions that must have one answer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

STANDING = ("matching", "mentoring", "community")


@dataclass(frozen=True)
class Copy:
    """`theirs` is asked of the service that keeps it, `owners` of the one that owns it; both as sets of rows."""

    name: str
    service: str
    theirs: str
    owner: str
    owners: str


ACCEPTED = """(select coalesce(jsonb_object_agg(kind, version), '{}') from
  (select kind, max(version) as version from acceptances a where a.membership = m.id group by kind) newest)"""
ADULT = """(make_date(p.birth_year + 18, p.birth_month, 1) + interval '1 month' <= now())"""


def copies() -> Iterator[Copy]:
    for service in (*STANDING, "profiles"):
        yield Copy(
            f"standings in {service}",
            service,
            "select project, person, roles, adult, conduct::text from standings",
            "profiles",
            f"select m.project, m.person, m.roles, {ADULT}, {ACCEPTED}::text from memberships m join people p using (person)",
        )
        yield Copy(
            f"codes in force in {service}",
            service,
            "select project, kind, version from conduct_in_force",
            "community",
            "select project, kind, newest from codes_of_conduct",
        )
        yield Copy(
            f"blocks in {service}",
            service,
            "select by, person from blocked",
            "profiles",
            "select person, blocked from blocks",
        )
        yield Copy(
            f"minors in {service}",
            service,
            "select person from pending_guardian",
            "profiles",
            "select person from people where state = 'PENDING_GUARDIAN'",
        )
    yield from OTHERS


OTHERS = (
    Copy(
        "mentor cards",
        "matching",
        "select project, person, description::text, introduced, paused from cards where introduced or paused or fields <> '{}'",
        "profiles",
        """select m.project, m.person, p.description::text, coalesce(i.published, false), m.paused is not null
           from memberships m join profiles p on p.id = m.id left join introductions i on i.id = m.id
           where i.published or m.paused is not null or p.description->'fields' <> '[]'""",
    ),
    Copy(
        "consents to be matched",
        "matching",
        "select project, person, criterion::text, codes from consents",
        "profiles",
        """select project, person, criterion, array_remove(gender, null) || background from (
             select project, person, criterion, array[gender] as gender, background from criterion_consents
             where withdrawn_at is null) told""",
    ),
    Copy(
        "trainings",
        "matching",
        "select project, person, module::text, held_on from trainings",
        "profiles",
        "select project, person, module, max(held_on) from trainings group by 1, 2, 3",
    ),
    Copy(
        "where places are",
        "matching",
        "select place, latitude, longitude from place_points",
        "geo",
        "select place, latitude, longitude from lived_in where latitude is not null",
    ),
    Copy(
        "zones in matching", "matching", "select project, zone from zones", "profiles", "select id, zone from projects"
    ),
    Copy(
        "zones in mentoring",
        "mentoring",
        "select project, zone from projects",
        "profiles",
        "select id, zone from projects",
    ),
    Copy(
        "zones of people",
        "mentoring",
        "select person, zone from person_zones",
        "profiles",
        "select person, zone from people",
    ),
    Copy(
        "rules of published programmes",
        "matching",
        "select id, project, (published->>'version')::int, (published->'rules')::text from programmes",
        "mentoring",
        "select id, project, number, rules::text from programmes where state = 'PUBLISHED'",
    ),
    Copy(
        "rounds",
        "matching",
        "select programme, programme_version, rules::text from rounds",
        "mentoring",
        "select id, number, rules::text from programmes where state = 'PUBLISHED'",
    ),
    Copy(
        "checklists",
        "profiles",
        "select project, readiness::text from checklists",
        "mentoring",
        """select distinct on (project) project, (rules->'entry'->'readiness')::text from programmes
           where state = 'PUBLISHED' order by project, number desc""",
    ),
    Copy(
        "when sessions are",
        "profiles",
        "select session, project, mentorship, state, starts_at, minutes, mode, sequence from meetings",
        "mentoring",
        "select id, project, mentorship, state, starts_at, minutes, mode, sequence from sessions",
    ),
    Copy(
        "registrations",
        "profiles",
        "select project, person, role from registrations",
        "matching",
        "select distinct project, person, role::text from participations",
    ),
    Copy(
        "mentorships of matches",
        "mentoring",
        "select match, mentor, mentee, style, programme_version from mentorships",
        "matching",
        "select m.id, mentor, mentee, style::text, r.programme_version from matches m join rounds r on r.id = m.round",
    ),
    Copy(
        "channels of matches",
        "community",
        "select match, mentor, mentee from channels",
        "matching",
        "select id, mentor, mentee from matches",
    ),
    Copy(
        "positions of organisations",
        "geo",
        "select id, kind, place, latitude, longitude from organisation_positions",
        "profiles",
        "select id, kind, place, latitude, longitude from organisations",
    ),
    Copy(
        "places taken",
        "matching",
        "select round, mentor, style::text, used from places where used > 0",
        "matching",
        "select round, mentor, style::text, count(distinct coalesce(circle, id))::int from matches where place_held"
        " group by round, mentor, style",
    ),
    Copy(
        "places held for mentorships",
        "matching",
        "select id from matches where place_held",
        "mentoring",
        "select match from mentorships where state = 'OPEN' or (state = 'FROZEN' and frozen_from = 'OPEN')",
    ),
)
